"""The year's obligations one by one: when, how far, and what shows that it was done."""

from __future__ import annotations

import sqlite3
from datetime import date

from lsk.overviews import Asked, Row, overview
from lsk.overviews.pictures import units
from lsk.records import entity_of, title_of

OCCURRENCES = """SELECT o.name, t.unit, u.short_name, t.period, t.due, t.done_on, t.evidence, t.evidence_text,
    CASE WHEN t.status <> 'klar' AND t.due < ? THEN 'försenad' ELSE t.status END AS state
  FROM occurrence t JOIN obligation o ON o.id = t.obligation LEFT JOIN unit u ON u.id = t.unit
  WHERE coalesce(t.due, t.done_on, t.period) LIKE ? || '%' ORDER BY ifnull(t.due, t.done_on), o.name_sort, t.id"""


@overview("uppgifter", "Årets uppgifter: kommande, pågår, klara och försenade, med underlag.", "R11 R17 R38 R47 R58")
def occurrences(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """R11 R58: every occurrence that falls due in the year; late is what has passed its day and is not done."""
    within = units(db, asked)
    rows = db.execute(OCCURRENCES, (date.today().isoformat(), str(asked.year))).fetchall()
    return [
        {
            "uppgift": row["name"], "enhet": row["short_name"], "period": row["period"], "dag": row["due"],
            "läge": row["state"], "klar den": row["done_on"], "underlag": evidence(db, row),
        }
        for row in rows if within is None or row["unit"] in within
    ]  # fmt: skip


def evidence(db: sqlite3.Connection, row: sqlite3.Row) -> str | None:
    """What shows that it was done: the record pointed at, else what is written."""
    kind = entity_of(db, row["evidence"]) if row["evidence"] else None
    return title_of(db, kind, row["evidence"]) if kind else row["evidence_text"]
