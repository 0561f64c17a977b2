"""Actions by status and age, those that a political body has decided on, and what effect they had."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from markupsafe import Markup

from datasette_plugins.chart import bars, legend
from datasette_plugins.pages.content import Asked, Content, Section, has, rows, section
from datasette_plugins.words import capital

AGES = ("högst 3 månader", "3 till 12 månader", "över ett år", "okänd")
EFFECTS = ("ja", "delvis", "nej")


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    return {
        "lead": "Vad som görs för att det ska bli bättre, hur långt det har kommit och vilken effekt det fick.",
        "sections": list(sections(db)),
    }


def sections(db: sqlite3.Connection) -> Iterator[Section]:
    yield section(
        db, "Var åtgärderna befinner sig", "Från förslag till avslutad, och hur länge sedan de föreslogs.", "atgarder",
        """SELECT status, sum(antal) AS antal,
             coalesce(sum(antal) FILTER (WHERE alder = 'över ett år'), 0) AS over_ett_ar
           FROM atgarder GROUP BY status""",
        order="min(rowid)", chart=by_status(db),
    )  # fmt: skip
    if has(db, "atgarder_uppfoljning"):
        yield section(
            db, "Försenade", "Beslutade åtgärder vars dag har passerat. Längst försenad först.", "atgarder_forsenade",
            """SELECT atgard, enhet, ansvarig, senast, status, atgard_id FROM atgarder_uppfoljning
               WHERE lage = 'försenad'""",
            order="senast",
            links={"atgard": ("/spar/", "atgard_id")},
        )  # fmt: skip
        yield section(
            db, "Vad de gav", "Genomförda åtgärder och om de fick den effekt som var tänkt.", "atgarder_effekt",
            """SELECT atgard, enhet, klar, foljdes_upp, effekt, atgard_id FROM atgarder_uppfoljning
               WHERE lage = 'klar'""",
            order="klar DESC",
            chart=effects(db), links={"atgard": ("/spar/", "atgard_id")},
        )  # fmt: skip


def by_status(db: sqlite3.Connection) -> Markup:
    found = rows(db, "SELECT status, alder, sum(antal) AS n FROM atgarder GROUP BY 1, 2 ORDER BY min(rowid)")
    steps = list(dict.fromkeys(row["status"] for row in found))
    count = {(row["status"], row["alder"]): row["n"] for row in found}
    series = [(capital(age), [count.get((step, age), 0) for step in steps]) for age in AGES]
    drawn = [(name, values) for name, values in series if any(values)]
    if not drawn:
        return Markup("")
    title = "Åtgärder efter läge och ålder"
    return bars(title, [capital(step) for step in steps], drawn) + legend([name for name, _ in drawn])


def effects(db: sqlite3.Connection) -> Markup:
    found = dict(
        rows(
            db,
            """SELECT ifnull(effekt, 'ej följd upp'), count(*) FROM atgarder_uppfoljning
               WHERE lage = 'klar' GROUP BY 1""",
        )
    )
    kinds = [*EFFECTS, *sorted(found.keys() - set(EFFECTS))]
    words = {"ja": "Önskad effekt", "delvis": "Delvis effekt", "nej": "Ingen effekt"}
    if not found:
        return Markup("")
    return bars("Åtgärdernas effekt", [words.get(kind, capital(kind)) for kind in kinds],
                [("Åtgärder", [found.get(kind, 0) for kind in kinds])])  # fmt: skip
