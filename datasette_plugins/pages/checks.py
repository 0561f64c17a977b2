"""Self-checks and internal control: what was planned, what is done and what is late."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from markupsafe import Markup

from datasette_plugins.chart import bars, legend
from datasette_plugins.facts import about
from datasette_plugins.pages.content import Asked, Content, Section, has, rows, section

CHECKED = ("Gjorda", "Sena", "Kommande")
DRAWN = 24  # units in the chart; those with something late first where there are more
CONTROLLED = ("Utan avvikelse", "Med avvikelse", "Inte gjorda än")


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    year = int(about(db)["publicerad"][:4])
    return {
        "lead": "Verksamhetens egna kontroller: vad som har planerats, vad som är gjort och vad som är sent.",
        "sections": [*self_checks(db, year), *internal_control(db, year)],
    }


def self_checks(db: sqlite3.Connection, year: int) -> Iterator[Section]:
    if not has(db, "egenkontroller", "egenkontroll_omgangar"):
        return
    found = rows(
        db,
        f"""SELECT enhet, gjorda, sena, planerade - gjorda - sena FROM egenkontroller WHERE ar = ?
            ORDER BY (SELECT count(*) FROM egenkontroller WHERE ar = ?) > {DRAWN} AND sena = 0, rowid LIMIT {DRAWN}""",
        (year, year),
    )
    series = [(name, [row[n] for row in found]) for n, name in enumerate(CHECKED, 1)]
    chart = bars(f"Egenkontroller {year} per enhet", [row[0] for row in found], series) + legend(CHECKED)
    yield section(
        db, f"Egenkontroller {year}", "Varje stapel är årets planerade omgångar.", "egenkontroller",
        "SELECT * FROM egenkontroller WHERE ar <= ?", (year,), order="ar DESC, rowid",
        chart=chart if found else Markup(""),
    )  # fmt: skip
    yield section(
        db, "Egenkontroller som inte är gjorda i tid", "Omgångar vars dag har passerat, och de som gjordes för sent.",
        "egenkontroller_sena",
        """SELECT enhet, egenkontroll, period, ansvarig, senast, gjord, lage FROM egenkontroll_omgangar
           WHERE lage IN ('sen', 'gjord för sent')""",
        order="lage DESC, senast DESC",  # the late before those done too late, by the index
    )  # fmt: skip


def internal_control(db: sqlite3.Connection, year: int) -> Iterator[Section]:
    if not has(db, "kontrollmoment"):
        return
    found = rows(
        db,
        """SELECT plan, sum(lage = 'gjord'), sum(lage = 'avvikelse'), sum(lage NOT IN ('gjord', 'avvikelse'))
           FROM kontrollmoment WHERE ar = ? GROUP BY plan ORDER BY min(rowid)""",
        (year,),
    )
    series = [(name, [row[n] for row in found]) for n, name in enumerate(CONTROLLED, 1)]
    chart = bars(f"Intern kontroll {year}, moment", [row[0] for row in found], series) + legend(CONTROLLED)
    yield section(
        db, "Intern kontroll", "Kontrollmomenten i planerna för intern kontroll, och vad kontrollerna visade.",
        "kontrollmoment",
        """SELECT kontrollmoment, plan, ar, period, gjord, andel, lage FROM kontrollmoment""",
        order="ar DESC, gjord IS NOT NULL, gjord DESC, rowid",
        chart=chart if found else Markup(""), most=20,
    )  # fmt: skip
