"""What falls due, for calendars and reminders: when, and whose it is. Of a case only its reference, not its words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from lsk import capture
from lsk.due import DUE, Falling
from lsk.model import ENTITIES


@dataclass(frozen=True)
class Entry:
    """One thing and its day (ISO). ``lead``: how many days before it is time to begin. ``about``: what it comes of."""

    entity: str
    id: str
    day: str
    done: bool
    title: str
    unit: str | None
    unit_name: str | None
    role: str | None
    person: str | None
    lead: int
    about: str | None

    @property
    def words(self) -> str:
        return f"{self.title} ({self.unit_name})" if self.unit_name else self.title


def entries(db: sqlite3.Connection, first: str, units: Sequence[str] | None = None) -> list[Entry]:
    """All that has a day from ``first`` (ISO) on, by day; only of the units, where they are named."""
    whose = "AND unit IN (SELECT value FROM json_each(:units))" if units is not None else ""
    every = " UNION ALL ".join(ask(name, kind) for name, kind in DUE.items())
    rows = db.execute(
        f"""SELECT e.*, u.short_name AS unit_name FROM ({every}) e
            LEFT JOIN unit u ON u.id = e.unit WHERE day >= :first {whose} ORDER BY day, title, e.id""",
        {"first": first, "units": json.dumps(units)},
    )
    return [
        Entry(r["entity"], r["id"], r["day"], not r["open"], r["title"], r["unit"], r["unit_name"], r["role"],
              r["person"], r["lead"], r["about"])
        for r in rows
    ]  # fmt: skip


def ask(entity: str, kind: Falling) -> str:
    return f"""SELECT '{entity}' AS entity, t.id, t.{kind.day} AS day, {kind.open} AS open,
        {kind.told or kind.title} AS title, {capture.owner(ENTITIES[entity], "t")} AS unit,
        {kind.role} AS role, {kind.person} AS person, {kind.lead} AS lead, {kind.about} AS about
      FROM "{entity}" t WHERE t.{kind.day} IS NOT NULL AND {kind.counts}"""
