"""The year wheel, and the municipality's own tables of steering instruments and measurements where it has them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from markupsafe import Markup

from datasette_plugins.chart import bars, legend
from datasette_plugins.facts import about
from datasette_plugins.pages.content import Asked, Content, Section, has, rows, section

STATES = {"klart": "Klart", "försenat": "Försenat", "kommande": "Kommande", "utan datum": "Utan datum"}


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    year = about(db)["publicerad"][:4]
    return {
        "lead": "Vad som ska göras varje år, av vem och till vem: rapporter, uppföljningar, planer och översyner.",
        "sections": [*wheel(db, year), *(table for table in own_tables(db) if table.rows)],
    }


def wheel(db: sqlite3.Connection, year: str) -> Iterator[Section]:
    found = rows(
        db,
        """SELECT CAST(substr(senast, 6, 2) AS INTEGER) AS manad, lage, count(*) AS n FROM arshjul
           WHERE senast LIKE ? || '%' GROUP BY 1, 2""",
        (year,),
    )
    count = {((row["manad"] + 2) // 3, row["lage"]): 0 for row in found}
    for row in found:
        count[(row["manad"] + 2) // 3, row["lage"]] += row["n"]
    series = [(words, [count.get((q, state), 0) for q in range(1, 5)]) for state, words in STATES.items()]
    drawn = [(words, values) for words, values in series if any(values)]
    chart = (
        bars(f"Årshjulet {year}, kvartal för kvartal", [f"Kvartal {q}" for q in range(1, 5)], drawn)
        + legend([words for words, _ in drawn])
        if drawn
        else Markup("")
    )
    yield section(
        db, "Försenat och det som kommer", f"Årshjulet {year}: varje stapel är uppgifter vars dag ligger i kvartalet.",
        "arshjul",
        """SELECT uppgift, period, lage, senast, enhet, ansvarig, mottagare FROM arshjul
           WHERE lage IN ('försenat', 'kommande')""",
        order="lage = 'försenat' DESC, senast, rowid",
        chart=chart, most=25,
    )  # fmt: skip


def own_tables(db: sqlite3.Connection) -> Iterator[Section]:
    if has(db, "styrinstrument"):
        yield section(
            db, "Styrinstrument", "Hur varje styrinstrument fastställs och vem som ansvarar.", "styrinstrument",
            "SELECT styrinstrument, faststalls, ansvar, lage FROM styrinstrument", order="nr", most=30,
        )  # fmt: skip
    if has(db, "matningar"):
        yield section(
            db, "Mätningar", "Vad som mäts och av vem, vad det omfattar och vem som redovisar. ”Saknas” betyder att "
            "inget är planerat eller gjort under året.", "matningar",
            "SELECT vad_mats, omfattar, ansvar, lage FROM matningar", order="nr", most=30,
        )  # fmt: skip
