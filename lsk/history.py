"""What happened, when, by whom: the log as people read it, and undo and redo as new changes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from lsk.capture import DELETE, INSERT, RESOLVE, SEQUENCE_BITS, UPDATE
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.store import Store

OUTSIDE = "ändrad utanför LSK"
MOST = 1000  # fields of one change set that are read unless more are asked for
ALL = -1


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
    """One save. ``actor`` is None when another program made it. ``file`` is the code of the file it was made on.

    ``more``: how many fields were changed beyond those in ``changes``; an import may change a million.
    """

    id: int
    at: str
    actor: str | None
    why: str | None
    file: str
    undoes: int | None
    changes: tuple[CellChange, ...]
    more: int = 0


HEADERS = f"""SELECT c.id, c.at, c.actor, c.why, c.undoes, s.code AS file,
  coalesce((SELECT min(n.id) FROM change_set n WHERE n.id > c.id AND n.id >> {SEQUENCE_BITS} = c.id >> {SEQUENCE_BITS}),
    (c.id >> {SEQUENCE_BITS}) + 1 << {SEQUENCE_BITS}) AS beyond
  FROM change_set c LEFT JOIN sync_stream s ON s.no = c.id >> {SEQUENCE_BITS}"""

CELLS = """SELECT o.id, n.entity, o.row, o.kind, n.name, v.old, v.new, o.hlc FROM sync_op o
  JOIN sync_cell v ON v.op = o.id JOIN sync_column n ON n.tbl = o.tbl AND n.no = v.col"""


def cells(
    db: sqlite3.Connection, first: int, beyond: int, record: str | None = None, most: int = ALL
) -> tuple[CellChange, ...]:
    """The changed cells of the operations from ``first`` up to ``beyond``, of one record if named."""
    only, values = (" AND o.row = ?", (first, beyond, record)) if record else ("", (first, beyond))
    rows = db.execute(f"{CELLS} WHERE o.id >= ? AND o.id < ?{only} ORDER BY o.id, v.col LIMIT ?", (*values, most))
    return tuple(CellChange(*row[:7]) for row in rows)


def log(
    db: sqlite3.Connection, limit: int = 50, record: str | None = None, before: str | None = None, most: int = MOST
) -> list[ChangeSet]:
    """The newest change sets, newest first; those of one record if named. ``before``: only older than that moment.

    Each holds at most ``most`` changed fields, and says how many more there were.
    """
    conditions, values = [], []
    if record is not None:
        conditions.append(
            "c.id IN (SELECT (SELECT max(h.id) FROM change_set h WHERE h.id <= o.id) FROM sync_op o WHERE o.row = ?)"
        )
        values.append(record)
    if before is not None:
        conditions.append("c.at < ?")
        values.append(before)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    headers = db.execute(f"{HEADERS} {where} ORDER BY c.at DESC, c.id DESC LIMIT ?", (*values, limit)).fetchall()
    return [whole(db, header, record, most) for header in headers]


def whole(db: sqlite3.Connection, header: sqlite3.Row, record: str | None = None, most: int = MOST) -> ChangeSet:
    changes = cells(db, header["id"], header["beyond"], record, most)
    more = 0 if len(changes) != most else how_many(db, header, record) - most
    return ChangeSet(
        header["id"],
        header["at"],
        header["actor"],
        header["why"],
        header["file"] or "?",
        header["undoes"],
        changes,
        more,
    )


def how_many(db: sqlite3.Connection, header: sqlite3.Row, record: str | None) -> int:
    """How many fields a change set changed."""
    only, values = (" AND o.row = ?", (record,)) if record else ("", ())
    counted = f"SELECT count(*) FROM ({CELLS} WHERE o.id >= ? AND o.id < ?{only})"
    return int(db.execute(counted, (header["id"], header["beyond"], *values)).fetchone()[0])


def diff(db: sqlite3.Connection, start: str, end: str) -> list[CellChange]:
    """What became different between two moments (ISO, ``start`` <= t < ``end``): a cell each, first old to last new."""
    rows = db.execute(
        f"""WITH span AS (
              SELECT s.*, row_number() OVER (PARTITION BY row, name ORDER BY hlc, id) AS nth,
                row_number() OVER (PARTITION BY row, name ORDER BY hlc DESC, id DESC) AS nth_last
              FROM ({CELLS} WHERE o.hlc >> 16 >= :start AND o.hlc >> 16 < :end) s)
            SELECT l.id, l.entity, l.row,
              CASE WHEN l.kind = {DELETE} THEN {DELETE} WHEN f.kind = {INSERT} THEN {INSERT} ELSE {UPDATE} END,
              l.name, f.old, l.new
            FROM span f JOIN span l USING (row, name)
            WHERE f.nth = 1 AND l.nth_last = 1 AND f.old IS NOT l.new ORDER BY l.entity, l.row, l.name""",
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
    standing = undoable(store.db)
    if standing is None:
        raise LskError("Det finns inget att ångra i den här filen.")
    about = standing["why"] or (OUTSIDE if standing["actor"] is None else f"en ändring av {standing['actor']}")
    return reverse(store, standing, actor, f"ångrar: {about}")


def redo(store: Store, actor: str) -> ChangeSet:
    """Make again what was last taken back, unless something new has been done since."""
    undoing = redoable(store.db)
    if undoing is None:
        raise LskError("Det finns inget att göra om.")
    return reverse(store, undoing, actor, "gör om")


def undoable(db: sqlite3.Connection) -> sqlite3.Row | None:
    """The header of the change that ``undo`` would take back.

    A conflict that was settled with the value that stood leaves nothing to take back.
    """
    changed = f"EXISTS (SELECT 1 FROM sync_op o WHERE o.id >= c.id AND o.id < beyond AND o.kind <> {RESOLVE})"
    return latest(db, f"c.undoes IS NULL AND {changed}")


def redoable(db: sqlite3.Connection) -> sqlite3.Row | None:
    """The header of the undoing that ``redo`` would take back: the latest change, those that are redone apart."""
    a_redo = "EXISTS (SELECT 1 FROM change_set d WHERE d.id = c.undoes AND d.undoes IS NOT NULL)"
    row = latest(db, f"NOT {a_redo}")
    return None if row is None or row["undoes"] is None else row


def latest(db: sqlite3.Connection, condition: str) -> sqlite3.Row | None:
    """The header of the newest change made on this file that fits and still stands."""
    row: sqlite3.Row | None = db.execute(
        f"""{HEADERS} WHERE c.id >> {SEQUENCE_BITS} = (SELECT stream FROM sync_local) AND {condition} AND NOT EXISTS (
              SELECT 1 FROM change_set u WHERE u.undoes = c.id
                AND NOT EXISTS (SELECT 1 FROM change_set r WHERE r.undoes = u.id))
            ORDER BY c.id DESC LIMIT 1"""
    ).fetchone()
    return row


def reverse(store: Store, header: sqlite3.Row, actor: str, why: str) -> ChangeSet:
    """A new change that puts back what ``header`` changed, last operation first. LskError when it was changed since."""
    refuse_destroyed(store.db, header)
    operations = store.db.execute(
        """SELECT o.id, o.kind, o.row, (SELECT entity FROM sync_column WHERE tbl = o.tbl) AS entity FROM sync_op o
           WHERE o.id >= ? AND o.id < ? ORDER BY o.id DESC""",
        (header["id"], header["beyond"]),
    ).fetchall()
    reversed_set = whole(store.db, header)  # read now: the span of the newest set is open, and takes in what comes next
    with store.change(actor, why, undoes=header["id"]):
        for operation in operations:
            put_back(store, operation, cells(store.db, operation["id"], operation["id"] + 1))
    return reversed_set


def refuse_destroyed(db: sqlite3.Connection, header: sqlite3.Row) -> None:
    """What was destroyed by decision is nowhere to be had back from."""
    found = db.execute(
        "SELECT decision FROM sync_destroyed WHERE op >= ? AND op < ? AND cause IS NOT NULL LIMIT 1",
        (header["id"], header["beyond"]),
    ).fetchone()
    if found:
        raise LskError(f"Det går inte att ångra: värdena är gallrade enligt {found[0]} och finns inte kvar någonstans.")


def put_back(store: Store, operation: sqlite3.Row, changes: tuple[CellChange, ...]) -> None:
    """Undo one operation on one row."""
    db, record, table = store.db, operation["row"], f'"{operation["entity"]}"'
    if operation["kind"] == DELETE:
        names = ", ".join(["id", *(f'"{c.field}"' for c in changes)])
        marks = ", ".join("?" * (len(changes) + 1))
        db.execute(f"INSERT INTO {table}({names}) VALUES ({marks})", (record, *(c.old for c in changes)))
        return
    row = db.execute(f"SELECT * FROM {table} WHERE id = ?", (record,)).fetchone()
    left = {c.field: c.new for c in changes}
    if operation["kind"] == INSERT:  # a new row left all its other fields empty
        left = {f.name: None for f in ENTITIES[operation["entity"]].columns} | left
    if row is None or any(row[name] != value for name, value in left.items()):
        raise LskError(
            f"Det går inte att ångra: {store.terms.entity_the(operation['entity'])} {row['ref'] if row else ''} "
            "har ändrats sedan dess. Se historiken och ändra för hand."
        )
    if operation["kind"] == INSERT:
        db.execute(f"DELETE FROM {table} WHERE id = ?", (record,))
    elif changes:
        sets = ", ".join(f'"{c.field}" = ?' for c in changes)
        db.execute(f"UPDATE {table} SET {sets} WHERE id = ?", (*(c.old for c in changes), record))
