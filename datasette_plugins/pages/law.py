"""How far the requirements of the law are met: by area, by provision, and requirement by requirement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from markupsafe import Markup

from datasette_plugins.chart import bars, legend
from datasette_plugins.pages.content import Asked, Content, Section, has, rows, section
from datasette_plugins.words import capital

FULFILMENTS = {
    "uppfyllt": "Uppfyllt",
    "delvis": "Delvis eller planerat",
    "saknas": "Saknas",
    "ej bedömt": "Inte bedömt än",
}


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    return {
        "lead": "Lagar och föreskrifter ställer krav på ledningssystemet. Så långt har vi kommit med att uppfylla dem.",
        "sections": list(sections(db)),
    }


def sections(db: sqlite3.Connection) -> Iterator[Section]:
    if has(db, "kravuppfyllnad"):
        yield section(
            db, "Kraven och hur de uppfylls", "De som inte uppfylls först. Ett krav kan vara bedömt för varje enhet.",
            "kravuppfyllnad",
            """SELECT krav, kravtext, lagrum, enhet, uppfyllnad, bedomt, krav_id FROM kravuppfyllnad""",
            order="uppfyllnad = 'saknas' DESC, uppfyllnad IN ('delvis', 'planerad') DESC, rowid",
            chart=coverage(db), most=20, links={"krav": ("/spar/", "krav_id")},
        )  # fmt: skip
    if has(db, "lagtackning"):
        yield section(
            db, "Lagrum för lagrum", "Hur många krav varje lagrum ställer, och hur de uppfylls.", "lagtackning",
            """SELECT forfattning, lagrum, rubrik, galler_till, krav, uppfyllda, delvis, saknas, ej_bedomda, lagrum_id
               FROM lagtackning""",
            most=40, links={"lagrum": ("/spar/", "lagrum_id")},
        )  # fmt: skip
    if has(db, "omraden"):
        yield section(
            db, "Områden", "De områden som ledningssystemet omfattar.", "omraden",
            "SELECT nr, omrade, forfattning, hanvisning, tackning FROM omraden", most=40,
        )  # fmt: skip
    yield section(
        db, "Bestämmelser som har ändrats", "Lagrum som har upphört eller ersatts.", "lagrum",
        """SELECT forfattning, lagrum, rubrik, galler_till, ersatt_av FROM lagrum
           WHERE galler_till IS NOT NULL OR ersatt_av IS NOT NULL""",
        order="galler_till DESC, rowid",
    )  # fmt: skip


def coverage(db: sqlite3.Connection) -> Markup:
    """Each area's judgements, or all of them in one bar where requirements have no area."""
    found = rows(
        db,
        """SELECT ifnull(omrade, 'Övriga krav') AS omrade,
             iif(uppfyllnad = 'planerad', 'delvis', uppfyllnad) AS uppfyllnad, count(*) AS n
           FROM kravuppfyllnad GROUP BY 1, 2""",
    )
    areas = sorted({row["omrade"] for row in found}, key=lambda area: (area == "Övriga krav", area))
    count = {(row["omrade"], row["uppfyllnad"]): row["n"] for row in found}
    series = [(words, [count.get((area, kind), 0) for area in areas]) for kind, words in FULFILMENTS.items()]
    if not areas:
        return Markup("")
    names = [capital(area) for area in areas] if len(areas) > 1 else ["Alla krav"]
    return bars("Krav efter hur de uppfylls", names, series) + legend(list(FULFILMENTS.values()))
