"""What the app's pictures show, as rows: the risk matrix, the year's load, the cycle of complaints."""

from __future__ import annotations

import sqlite3
from datetime import date

from lsk import complaint_cycle, priorities, risk_matrix, year_wheel
from lsk.overviews import Asked, Row, overview
from lsk.rules.ownership import subtree


def units(db: sqlite3.Connection, asked: Asked) -> tuple[str, ...] | None:
    """The unit asked for and those under it; None for all."""
    return None if asked.unit is None else tuple(subtree(db, asked.unit))


@overview("beslutsunderlag", "Prioriterade åtgärder i den ordning de föreslås, med vad de leder till.", "R54 R56")
def memo(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """R56: what the committee is to decide on, with the impact description of each proposal."""
    names = dict(db.execute("SELECT id, name FROM unit").fetchall())
    within = units(db, asked)
    return [
        {
            "nr": number,
            "beteckning": action["ref"],
            "åtgärd": action["text"],
            "enhet": names.get(action["unit"]),
            "ruta": action["quadrant"],
            "resursinsats": action["resource_input"],
            "förbättring": action["improvement"],
            "konsekvenser": action["scenario"],
            "för brukarna": action["impact_users"],
            "för personalen": action["impact_staff"],
            "för ekonomin": action["impact_economy"],
        }
        for number, action in enumerate(priorities.memo(db), 1)
        if within is None or action["unit"] in within
    ]


@overview("riskmatris", "De öppna riskerna i riskmatrisens rutor: som de först bedömdes, och nu.", "R21 R57 V37")
def risks(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """R57: every square that holds or held a risk, the gravest first, on the newest scale."""
    matrix = risk_matrix.matrix(db, risk_matrix.About(risk_matrix.scales(db)[0], units(db, asked)))
    held = [square for square in matrix.squares.values() if square.now or square.first]
    return [
        {
            "sannolikhet": square.place[0], "konsekvens": square.place[1], "riskvärde": square.score,
            "nivå": square.band, "först": square.first, "nu": square.now,
            "anmärkning": "åtgärd krävs" if square.now and matrix.needs_action(square) else None,
        }
        for square in sorted(held, key=lambda square: (square.score or 0, square.place), reverse=True)
    ]  # fmt: skip


@overview("årshjul", "Årets tolv månader: hur mycket som ska göras, är klart och är sent.", "R11 R17 R38 R47 R58")
def year(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """R11 R58: the load of each month."""
    months = year_wheel.months(db, asked.year, date.today(), units(db, asked))
    return [
        {"månad": f"{asked.year}-{m.number:02}", "att göra": m.total, "klara": m.done, "sena": m.late, "kvar": m.coming}
        for m in months
    ]


@overview("kretslopp", "Var årets klagomål och synpunkter står, för varje avdelning.", "T48 T53 T55")
def cycle(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T48: how many stand in each step of the cycle, by the municipality's own words for the steps."""
    words = complaint_cycle.words(db)
    return [
        {
            "avdelning": department.name,
            **dict(zip(words, department.steps, strict=True)),
            "ej åtgärdade": department.not_acted_on,
            "nya eller ej tillgodosedda behov": department.unmet_needs,
        }
        for department in complaint_cycle.departments(db, asked.year)
        if asked.unit is None or asked.unit in department.units
    ]
