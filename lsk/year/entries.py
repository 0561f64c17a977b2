"""What falls due, for calendars and reminders: when, and whose it is. Of a case only its reference, not its words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from lsk import capture
from lsk.due import DUE
from lsk.model import ENTITIES

LEAD = 30  # days ahead, where the obligation does not say


@dataclass(frozen=True)
class Source:
    """A kind of record with a day: what it is called, and SQL for who answers for it. ``about``: what it hangs on."""

    entity: str
    title: str
    role: str
    person: str = "NULL"
    lead: str = str(LEAD)
    about: str = "NULL"
    join: str = ""


SOURCES = (
    Source("occurrence", "o.name || ', ' || t.period", "o.responsible_role", lead=f"ifnull(o.lead_days, {LEAD})",
           about="o.id", join="JOIN obligation o ON o.id = t.obligation"),
    Source("self_check_round", "'Egenkontroll: ' || s.name || ', ' || t.period", "s.responsible_role",
           about="s.id", join="JOIN self_check s ON s.id = t.self_check"),
    Source("document_version", "'Se över ' || d.title", "d.owner_role",
           about="d.id", join="JOIN document d ON d.id = t.document"),
    Source("action", "'Åtgärd ' || t.ref", "t.responsible_role", person="t.responsible"),
)  # fmt: skip


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
    rows = db.execute(
        f"""SELECT e.*, u.short_name AS unit_name FROM ({" UNION ALL ".join(map(ask, SOURCES))}) e
            LEFT JOIN unit u ON u.id = e.unit WHERE day >= :first {whose} ORDER BY day, title, e.id""",
        {"first": first, "units": json.dumps(units)},
    )
    return [
        Entry(r["entity"], r["id"], r["day"], not r["open"], r["title"], r["unit"], r["unit_name"], r["role"],
              r["person"], r["lead"], r["about"])
        for r in rows
    ]  # fmt: skip


def ask(source: Source) -> str:
    still, day = DUE[source.entity]
    kept = "t.status = 'fastställd'" if source.entity == "document_version" else "1"  # a replaced one asks for nothing
    return f"""SELECT '{source.entity}' AS entity, t.id, t.{day} AS day, {still} AS open, {source.title} AS title,
        {capture.owner(ENTITIES[source.entity], "t")} AS unit, {source.role} AS role, {source.person} AS person,
        {source.lead} AS lead, {source.about} AS about
      FROM "{source.entity}" t {source.join} WHERE t.{day} IS NOT NULL AND {kept}"""
