"""Who answers for what falls due: a person, or those who hold the role nearest the unit."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import date

from lsk import capture
from lsk.due import DUE
from lsk.model import ENTITIES

HELD = """SELECT a.role, ifnull(a.unit, '') AS unit, a.person FROM assignment a
  WHERE a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to >= :today)"""


def answering(db: sqlite3.Connection, entity: str, record: str, today: date) -> tuple[str, list[str]]:
    """The role that answers for a record, "" for none, and the names of those who hold it there; or of the person."""
    kind = DUE[entity]
    unit = capture.owner(ENTITIES[entity], "t")
    row = db.execute(
        f'''SELECT {kind.person} AS person, {kind.role} AS role, {unit} AS unit FROM "{entity}" t WHERE t.id = ?''',
        (record,),
    ).fetchone()
    if row is None:
        return "", []
    ids = [row["person"]] if row["person"] else nearest(holders(db, today), parents_of(db), row["role"], row["unit"])
    names = [name for one in ids for (name,) in db.execute("SELECT name FROM person WHERE id = ?", (one,))]
    role = db.execute("SELECT name FROM role WHERE id = ?", (row["role"],)).fetchone()
    return role["name"] if role else "", sorted(names)


def parents_of(db: sqlite3.Connection) -> dict[str, str | None]:
    return dict(db.execute("SELECT id, parent FROM unit").fetchall())


def holders(db: sqlite3.Connection, today: date) -> dict[tuple[str, str], list[str]]:
    """Who holds each role today: (role, unit) → persons; the unit is "" for the whole activity."""
    held: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in db.execute(HELD, {"today": today.isoformat()}):
        held[row["role"], row["unit"]].append(row["person"])
    return held


def nearest(
    held: dict[tuple[str, str], list[str]], parents: dict[str, str | None], role: str | None, unit: str | None
) -> list[str]:
    """Those who hold the role in the unit, else in the nearest unit over it, else for all; all of them without unit."""
    if role is None:
        return []
    if unit is None:
        return sorted({person for (of, _), persons in held.items() if of == role for person in persons})
    seen: set[str] = set()
    at: str | None = unit
    while at is not None and at not in seen:  # units in a circle can arise when two files meet
        if held.get((role, at)):
            return held[role, at]
        seen.add(at)
        at = parents.get(at)
    return held.get((role, ""), [])
