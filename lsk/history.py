"""What happened, when, by whom: the log as people read it, and undo and redo as new changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lsk.capture import COLUMN_BITS, COLUMN_MASK, DELETE, INSERT, SEQUENCE_BITS
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.store import Store

OUTSIDE = "ändrad utanför LSK"


@dataclass(frozen=True)
class CellChange:
    """One field of one record, from old to new. ``kind``: 1 added, 2 changed, 3 taken away."""

    operation: int
    entity: str
    record: str
    kind: int
    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class ChangeSet:
    """One save. ``actor`` is None when another program made it. ``file`` is the code of the file it was made on."""

    id: int
    at: str
    actor: str | None
    why: str | None
    file: str
    undoes: int | None
    changes: tuple[CellChange, ...]


HEADERS = f"""SELECT c.id, c.at, c.actor, c.why, c.undoes, s.code AS file,
  coalesce((SELECT min(n.id) FROM change_set n WHERE n.id > c.id AND n.id >> {SEQUENCE_BITS} = c.id >> {SEQUENCE_BITS}),
    (c.id >> {SEQUENCE_BITS}) + 1 << {SEQUENCE_BITS}) AS beyond
  FROM change_set c LEFT JOIN sync_stream s ON s.no = c.id >> {SEQUENCE_BITS}"""

CELLS = f"""SELECT o.id, n.entity, o.row, o.kind, n.name, v.old, v.new FROM sync_op o
  JOIN sync_cell v ON v.id BETWEEN o.id << {COLUMN_BITS} AND o.id << {COLUMN_BITS} | {COLUMN_MASK}
  JOIN sync_column n ON n.tbl = o.tbl AND n.no = v.id & {COLUMN_MASK}"""


def cells(db: sqlite3.Connection, first: int, beyond: int, record: str | None = None) -> tuple[CellChange, ...]:
    """Every changed cell of the operations from ``first`` up to ``beyond``."""
    only, values = (" AND o.row = ?", (first, beyond, record)) if record else ("", (first, beyond))
    rows = db.execute(f"{CELLS} WHERE o.id >= ? AND o.id < ?{only} ORDER BY v.id", values)
    return tuple(CellChange(*row) for row in rows)


def log(db: sqlite3.Connection, limit: int = 50, record: str | None = None, before: str | None = None) -> list[ChangeSet]:
    """The newest change sets, newest first; those of one record if named. ``before``: only older than that moment."""
    conditions, values = [], []
    if record is not None:
        conditions.append(
            """c.id IN (SELECT (SELECT max(h.id) FROM change_set h WHERE h.id <= o.id) FROM sync_op o WHERE o.row = ?)"""
        )
        values.append(record)
    if before is not None:
        conditions.append("c.at < ?")
        values.append(before)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    headers = db.execute(f"{HEADERS} {where} ORDER BY c.at DESC, c.id DESC LIMIT ?", (*values, limit)).fetchall()
    return [whole(db, header, record) for header in headers]


def whole(db: sqlite3.Connection, header: sqlite3.Row, record: str | None = None) -> ChangeSet:
    return ChangeSet(
        header["id"], header["at"], header["actor"], header["why"], header["file"] or "?", header["undoes"],
        cells(db, header["id"], header["beyond"], record),
    )  # fmt: skip


def diff(db: sqlite3.Connection, start: str, end: str) -> list[CellChange]:
    """What became different between two moments (ISO, ``start`` <= t < ``end``): one line a cell, first old to last new."""
    rows = db.execute(
        f"""WITH span AS ({CELLS} WHERE o.hlc >> 16 >= :start AND o.hlc >> 16 < :end),
              edge AS (SELECT row, name, min(id) AS first, max(id) AS last, entity FROM span GROUP BY row, name)
            SELECT e.last, e.entity, e.row,
              CASE WHEN l.kind = 3 THEN 3 WHEN f.kind = 1 THEN 1 ELSE 2 END, e.name, f.old, l.new
            FROM edge e JOIN span f ON f.row = e.row AND f.name = e.name AND f.id = e.first
            JOIN span l ON l.row = e.row AND l.name = e.name AND l.id = e.last
            WHERE f.old IS NOT l.new ORDER BY e.entity, e.row, e.name""",
        {"start": milliseconds(db, start), "end": milliseconds(db, end)},
    )
    return [CellChange(*row) for row in rows]


def milliseconds(db: sqlite3.Connection, moment: str) -> int:
    value = db.execute("SELECT CAST((julianday(?) - 2440587.5) * 86400000 AS INTEGER)", (moment,)).fetchone()[0]
    if value is None:
        raise LskError(f"”{moment}” är inget datum. Skriv som 2026-11-03.")
    return int(value)


def undo(store: Store, actor: str) -> ChangeSet:
    """Take back this file's latest change that still stands. The taking back is itself a change, and can be redone."""
    standing = next((s for s in own(store.db) if s["undoes"] is None and s["id"] not in reversed_sets(store.db)), None)
    if standing is None:
        raise LskError("Det finns inget att ångra i den här filen.")
    return reverse(store, standing, actor, f"ångrar: {standing['why'] or OUTSIDE}")


def redo(store: Store, actor: str) -> ChangeSet:
    """Make again what was last taken back, unless something new has been done since."""
    undone = reversed_sets(store.db)
    standing = (s for s in own(store.db) if s["id"] not in undone and not is_redo(store.db, s))
    latest = next(standing, None)
    if latest is None or latest["undoes"] is None:
        raise LskError("Det finns inget att göra om.")
    return reverse(store, latest, actor, "gör om")


def is_redo(db: sqlite3.Connection, header: sqlite3.Row) -> bool:
    target = db.execute("SELECT undoes FROM change_set WHERE id = ?", (header["undoes"],)).fetchone()
    return target is not None and target["undoes"] is not None


def own(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """The headers of the changes made on this file, newest first."""
    return iter(
        db.execute(
            f"""{HEADERS} WHERE c.id >> {SEQUENCE_BITS} = (SELECT stream FROM sync_local) ORDER BY c.id DESC LIMIT 500"""
        ).fetchall()
    )


def reversed_sets(db: sqlite3.Connection) -> set[int]:
    """The change sets that are taken back now: undone, and the undoing not itself undone."""
    found: set[int] = set()
    for header in own(db):
        if header["undoes"] is not None and header["id"] not in found:
            found.add(header["undoes"])
    return found


def reverse(store: Store, header: sqlite3.Row, actor: str, why: str) -> ChangeSet:
    """A new change that puts back what ``header`` changed. LskError when somebody has changed it since."""
    changes = cells(store.db, header["id"], header["beyond"])
    with store.change(actor, why, undoes=header["id"]):
        store.db.execute("PRAGMA defer_foreign_keys = ON")
        for operation in sorted({c.operation for c in changes}, reverse=True):
            put_back(store, [c for c in changes if c.operation == operation])
    return whole(store.db, header)


def put_back(store: Store, changes: list[CellChange]) -> None:
    """Undo one operation on one row."""
    db, first = store.db, changes[0]
    table = f'"{ENTITIES[first.entity].name}"'
    if first.kind == DELETE:
        names = ", ".join(f'"{c.field}"' for c in changes)
        marks = ", ".join("?" * len(changes))
        values = (first.record, *(c.old for c in changes))
        db.execute(f"INSERT INTO {table}(id, {names}) VALUES (?, {marks})", values)
        return
    row = db.execute(f"SELECT * FROM {table} WHERE id = ?", (first.record,)).fetchone()
    later = row is None or any(row[c.field] != c.new for c in changes)
    if later:
        label = store.terms.entity_the(first.entity)
        raise LskError(
            f"Det går inte att ångra: {label} {row['ref'] if row else ''} har ändrats sedan dess. "
            "Se historiken och ändra för hand."
        )
    if first.kind == INSERT:
        db.execute(f"DELETE FROM {table} WHERE id = ?", (first.record,))
    else:
        sets = ", ".join(f'"{c.field}" = ?' for c in changes)
        db.execute(f"UPDATE {table} SET {sets} WHERE id = ?", (*(c.old for c in changes), first.record))
