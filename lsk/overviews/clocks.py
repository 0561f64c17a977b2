"""Cases with a clock, counted for the report."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import date

from lsk.clock_steps import DONE_LATE, LATE, TRACKS, steps
from lsk.overviews import Asked, Row, overview
from lsk.overviews.pictures import units

CASES = """SELECT id, iif(track IN ('lex Sarah', 'lex Maria'), track, 'klagomål') AS kind, unit FROM deviation
  WHERE received_on LIKE ? || '%' AND (track IN ('lex Sarah', 'lex Maria') OR kind IN ('klagomål', 'synpunkt'))"""


@overview("klockor", "Lex Sarah, lex Maria och klagomål: antal, och steg som är eller blev sena.", "R26 R36")
def counted(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """R26 R36: the cases that came in the year, and how many steps went past the local goal. No goal, no late step."""
    within = units(db, asked)
    cases = [c for c in db.execute(CASES, (str(asked.year),)) if within is None or c["unit"] in within]
    came = Counter(case["kind"] for case in cases)
    states = Counter((case["kind"], step.state) for case in cases for step in steps(db, case["id"], date.today()))
    return [
        {"slag": kind, "ärenden": came[kind], "sena steg": states[kind, LATE],
         "steg klara efter målet": states[kind, DONE_LATE]}
        for kind in TRACKS
    ]  # fmt: skip
