"""The year as twelve months: what falls due in each, what is done, and what is late."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any

from lsk import capture
from lsk.due import DUE, Falling
from lsk.model import ENTITIES

MOST = 40  # lines of one kind in one month; the rest are behind a line that counts them


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


def where(entity: str, span: str, units: tuple[str, ...] | None) -> tuple[str, tuple[Any, ...]]:
    """The condition over t for what falls due within ``span`` ("2026", "2026-03") in some units, with its values."""
    kind = DUE[entity]
    parts, values = [f"({kind.counts})", f"t.{kind.day} >= ?", f"t.{kind.day} < ?"], [span, span + "~"]
    if units is not None:
        parts.append(f"{capture.owner(ENTITIES[entity], 't')} IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(units))
    return " AND ".join(parts), tuple(values)


def state(kind: Falling) -> str:
    """SQL for klar, sen or "". The day is its first parameter."""
    return f"CASE WHEN NOT ({kind.open}) THEN 'klar' WHEN t.{kind.day} < ? THEN 'sen' ELSE '' END"


def months(db: sqlite3.Connection, year: int, today: date, units: tuple[str, ...] | None = None) -> list[Month]:
    """The twelve months of a year."""
    load: dict[tuple[int, str], int] = {}
    for entity, kind in DUE.items():
        condition, values = where(entity, str(year), units)
        for month, how, n in db.execute(
            f"""SELECT CAST(substr(t.{kind.day}, 6, 2) AS INTEGER), {state(kind)}, count(*) FROM "{entity}" t
                WHERE {condition} GROUP BY 1, 2""",
            (today.isoformat(), *values),
        ):
            load[month, how] = load.get((month, how), 0) + n
    return [Month(m, *(load.get((m, how), 0) for how in ("klar", "sen", ""))) for m in range(1, 13)]


def falling_due(
    db: sqlite3.Connection, entity: str, year: int, month: int, today: date, units: tuple[str, ...] | None = None
) -> tuple[list[Due], int]:
    """What of a kind falls due in a month, by day: at most MOST of them, and how many there are in all."""
    kind = DUE[entity]
    condition, values = where(entity, f"{year}-{month:02}", units)
    whose = f"(SELECT short_name FROM unit WHERE id = {capture.owner(ENTITIES[entity], 't')})"
    rows = db.execute(
        f"""SELECT t.id, t.{kind.day} AS day, {state(kind)} AS state, {kind.title} AS title, {whose} AS unit,
              count(*) OVER () AS n
            FROM "{entity}" t WHERE {condition} ORDER BY 2, state = 'klar', 4, t.id LIMIT ?""",
        (today.isoformat(), *values, MOST),
    ).fetchall()
    found = [Due(entity, r["id"], r["day"], r["state"], r["title"] or "", r["unit"]) for r in rows]
    return found, rows[0]["n"] if rows else 0


def dayless(db: sqlite3.Connection, year: int) -> list[sqlite3.Row]:
    """Obligations that have neither a day nor anything done in the year: id, name, cadence."""
    return db.execute(
        f"SELECT t.id, t.ref, t.name, t.cadence FROM obligation t WHERE {DAYLESS} ORDER BY t.name_sort, t.id",
        (f"{year}%",),
    ).fetchall()
