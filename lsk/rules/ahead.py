"""Ask the gates in advance: what would they say of a record with these values? Nothing is written."""

from __future__ import annotations

import sqlite3
from typing import Any

from lsk.rules import Finding, ask, load, prepare


def ahead(db: sqlite3.Connection, name: str, record: str, values: dict[str, Any], only: str = "") -> list[Finding]:
    """What gates and warnings, or ``only`` one rule, would say if ``values`` were saved in a record."""
    rows = as_it_would_be(db, name, record, values)
    prepare(db)
    asked = [r for r in load().values() if r.entity == name and (r.name == only if only else r.kind != "finding")]
    return [f for r in asked if not r.columns or set(r.columns) & values.keys() for f in ask(db, r, rows)]


def as_it_would_be(db: sqlite3.Connection, name: str, record: str, values: dict[str, Any]) -> str:
    """The record with the values in place, as SQL that stands where a rule's ``{rows}`` does."""
    columns = [row["name"] for row in db.execute(f'PRAGMA table_xinfo("{name}")')]
    told = [f'{literal(db, values[c])} AS "{c}"' if c in values else f'"{c}"' for c in columns]
    return f'(SELECT {", ".join(told)} FROM "{name}" WHERE id = {literal(db, record)})'


def literal(db: sqlite3.Connection, value: Any) -> str:
    """A value as it is written in SQL: a rule's text has no place for parameters."""
    return str(db.execute("SELECT quote(?)", (value,)).fetchone()[0])
