"""The year as twelve months: what falls due in each, what is done, and what is late."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any

from lsk import capture
from lsk.due import DUE
from lsk.model import ENTITIES

MOST = 40  # lines of one kind in one month; the rest are behind a line that counts them


@dataclass(frozen=True)
class Kind:
    """A kind of record that has a day to be done by: what of it counts, and SQL for what it is called."""

    entity: str
    counts: str
    title: str

    @property
    def day(self) -> str:
        return DUE[self.entity][1]


KINDS = (
    Kind("occurrence", "1", "(SELECT o.name FROM obligation o WHERE o.id = t.obligation) || ', ' || t.period"),
    Kind("self_check_round", "1", "(SELECT s.name FROM self_check s WHERE s.id = t.self_check) || ', ' || t.period"),
    Kind("action", "t.status <> 'avslagen'", "t.text"),
    Kind("document_version", "t.status = 'fastställd'",
         "(SELECT d.title FROM document d WHERE d.id = t.document) || ', version ' || t.version_number"),
    Kind("decision", "1", "t.text"),
)  # fmt: skip

# Obligations of the year that no day has been set for: neither planned nor done in it.
DAYLESS = """ifnull(t.cadence, '') NOT IN ('vid händelse', 'fortlöpande') AND NOT EXISTS (
  SELECT 1 FROM occurrence o WHERE o.obligation = t.id AND coalesce(o.due, o.done_on, o.period) LIKE ?)"""


@dataclass(frozen=True)
class Month:
    """The load of a month."""

    number: int
    done: int
    late: int
    coming: int

    @property
    def total(self) -> int:
        return self.done + self.late + self.coming


@dataclass(frozen=True)
class Due:
    """One thing that falls due. ``state``: klar, sen or "" (still to come)."""

    entity: str
    id: str
    day: str
    state: str
    title: str
    unit: str | None


def where(kind: Kind, span: str, units: tuple[str, ...] | None) -> tuple[str, tuple[Any, ...]]:
    """The condition over t for what falls due within ``span`` ("2026", "2026-03") in some units, with its values."""
    parts, values = [f"({kind.counts})", f"t.{kind.day} >= ?", f"t.{kind.day} < ?"], [span, span + "~"]
    if units is not None:
        parts.append(f"{capture.owner(ENTITIES[kind.entity], 't')} IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(units))
    return " AND ".join(parts), tuple(values)


def state(kind: Kind) -> str:
    """SQL for klar, sen or "". The day is its first parameter."""
    still = DUE[kind.entity][0]
    return f"CASE WHEN NOT ({still}) THEN 'klar' WHEN t.{kind.day} < ? THEN 'sen' ELSE '' END"


def months(db: sqlite3.Connection, year: int, today: date, units: tuple[str, ...] | None = None) -> list[Month]:
    """The twelve months of a year."""
    load: dict[tuple[int, str], int] = {}
    for kind in KINDS:
        condition, values = where(kind, str(year), units)
        for month, how, n in db.execute(
            f"""SELECT CAST(substr(t.{kind.day}, 6, 2) AS INTEGER), {state(kind)}, count(*) FROM "{kind.entity}" t
                WHERE {condition} GROUP BY 1, 2""",
            (today.isoformat(), *values),
        ):
            load[month, how] = load.get((month, how), 0) + n
    return [Month(m, *(load.get((m, how), 0) for how in ("klar", "sen", ""))) for m in range(1, 13)]


def falling_due(
    db: sqlite3.Connection, kind: Kind, year: int, month: int, today: date, units: tuple[str, ...] | None = None
) -> tuple[list[Due], int]:
    """What of a kind falls due in a month, by day: at most MOST of them, and how many there are in all."""
    condition, values = where(kind, f"{year}-{month:02}", units)
    whose = f"(SELECT short_name FROM unit WHERE id = {capture.owner(ENTITIES[kind.entity], 't')})"
    rows = db.execute(
        f"""SELECT t.id, t.{kind.day} AS day, {state(kind)} AS state, {kind.title} AS title, {whose} AS unit,
              count(*) OVER () AS n
            FROM "{kind.entity}" t WHERE {condition} ORDER BY 2, state = 'klar', 4, t.id LIMIT ?""",
        (today.isoformat(), *values, MOST),
    ).fetchall()
    found = [Due(kind.entity, r["id"], r["day"], r["state"], r["title"] or "", r["unit"]) for r in rows]
    return found, rows[0]["n"] if rows else 0


def dayless(db: sqlite3.Connection, year: int) -> list[sqlite3.Row]:
    """Obligations that have neither a day nor anything done in the year: id, name, cadence."""
    return db.execute(
        f"SELECT t.id, t.ref, t.name, t.cadence FROM obligation t WHERE {DAYLESS} ORDER BY t.name_sort, t.id",
        (f"{year}%",),
    ).fetchall()
