"""What two people changed without knowing of each other, in words, and the decision about it."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from typing import Any

from lsk import values
from lsk.capture import DELETE, SEQUENCE_BITS, resolve
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.model.vocabulary import Field, Text
from lsk.records import title_of
from lsk.store import Store

from .causality import saw

ROW = -1  # the column that stands for the row itself
KEEP, DELETED = "behåll", "ta bort"
LETTERS = str.maketrans("0123456789abcdef", "bcdfghjkmnpqrstv")  # no vowels: no words, and no digits: no numbers
CODE_LENGTH = 5


@dataclass(frozen=True)
class Side:
    """One of the contested values: who gave it, when and on which file. ``own``: on this file."""

    operation: int
    value: Any
    words: str
    actor: str
    at: str
    file: str
    own: bool


@dataclass(frozen=True)
class Conflict:
    """A contested cell; ``field`` is empty when it is the row itself: deleted by one, changed by another.

    ``code``: what people call it, on every file, as long as nobody gives another value. ``sides``: every value, the one
    that shows first. ``base``: what they all started from.
    """

    code: str
    entity: str
    record: str
    ref: str
    title: str
    field: str
    label: str
    column: int
    base: Any
    base_words: str
    sides: tuple[Side, ...]
    found_at: str


def listed(db: sqlite3.Connection) -> set[tuple[str, int]]:
    """The contested cells, row and column: to tell afterwards which are new."""
    return {(row[0], row[1]) for row in db.execute("SELECT row, col FROM sync_conflict")}


def fresh_since(store: Store, before: set[tuple[str, int]]) -> list[Conflict]:
    """The open conflicts that were not among ``before``. Nothing new, nothing read."""
    if listed(store.db) <= before:
        return []
    return [c for c in conflicts(store) if (c.record, c.column) not in before]


def conflicts(store: Store) -> list[Conflict]:
    """The open conflicts, oldest first."""
    rows = store.db.execute(
        """SELECT c.row, c.col, c.winner, c.others, c.found_at, t.entity, n.name FROM sync_conflict c
           JOIN (SELECT DISTINCT tbl, entity FROM sync_column) t ON t.tbl = c.tbl
           LEFT JOIN sync_column n ON n.tbl = c.tbl AND n.no = c.col ORDER BY c.found_at, c.row, c.col"""
    ).fetchall()
    known = [row for row in rows if row["entity"] in ENTITIES]
    return [told(store, code, row) for code, row in zip(codes(known), known, strict=True)]


def contested(row: sqlite3.Row) -> list[int]:
    """The operations that contest a cell, the one that shows first."""
    return [int(o) for o in ([row["winner"]] if row["winner"] else []) + (row["others"] or "").split(",") if o]


def codes(rows: list[sqlite3.Row]) -> list[str]:
    """A short code for each conflict, made of the record, the field and the contested values; no two are alike.

    A number in a list would mean another conflict when the list has changed; a code means this one or none.
    """
    about = [f"{row['row']} {row['name'] or ''} {sorted(contested(row))}" for row in rows]
    whole = [hashlib.sha256(text.encode()).hexdigest().translate(LETTERS) for text in about]
    length = CODE_LENGTH
    while len({code[:length] for code in whole}) < len(whole):
        length += 1
    return [code[:length] for code in whole]


def told(store: Store, code: str, row: sqlite3.Row) -> Conflict:
    db, name, record = store.db, row["entity"], row["row"]
    ref = db.execute(f'SELECT ref FROM "{name}" WHERE id = ?', (record,)).fetchone()
    operations, column = contested(row), row["col"]
    if column == ROW:
        sides = tuple(
            side(store, o, KEEP if kind != DELETE else DELETED, None) for o, kind in answers(db, record, operations)
        )
        base, label = None, "hela posten"
    else:
        field = field_of(name, row["name"])
        sides = tuple(side(store, o, shown(db, field, cell(db, o, column)), cell(db, o, column)) for o in operations)
        base, label = base_of(db, record, column, operations), store.terms.field_label(name, row["name"])
    return Conflict(
        code, name, record, (ref["ref"] if ref else "") or "", title_of(db, name, record), row["name"] or "", label,
        column, base, "" if column == ROW else shown(db, field_of(name, row["name"]), base), sides, row["found_at"],
    )  # fmt: skip


def field_of(entity: str, name: str) -> Field:
    try:
        return ENTITIES[entity].field(name)
    except KeyError:
        return Text(name)  # the reference, or a column that only a newer program knows


def shown(db: sqlite3.Connection, field: Field, value: Any) -> str:
    return values.shown(db, field, value)


def answers(db: sqlite3.Connection, record: str, deletes: list[int]) -> list[tuple[int, int]]:
    """What kept the row alive (the latest change that no contested delete had seen), then the deletes."""
    marks = ", ".join("?" * len(deletes))
    kept = db.execute(
        f"""SELECT x.id, x.kind FROM sync_op x WHERE x.row = ? AND x.kind <> {DELETE} AND EXISTS (
              SELECT 1 FROM sync_op y WHERE y.id IN ({marks}) AND NOT {saw("y", "x")})
            ORDER BY x.hlc DESC, x.id DESC LIMIT 1""",
        (record, *deletes),
    ).fetchall()
    return [*(tuple(k) for k in kept), *((d, DELETE) for d in deletes)]


def cell(db: sqlite3.Connection, operation: int, column: int) -> Any:
    row = db.execute("SELECT new FROM sync_cell WHERE op = ? AND col = ?", (operation, column)).fetchone()
    return None if row is None else row[0]


def side(store: Store, operation: int, words: str, value: Any) -> Side:
    row = store.db.execute(
        f"""SELECT c.actor, c.at, s.code, o.hlc FROM sync_op o LEFT JOIN sync_stream s ON s.no = o.id >> {SEQUENCE_BITS}
            LEFT JOIN change_set c ON c.id = (SELECT max(h.id) FROM change_set h WHERE h.id <= o.id)
            WHERE o.id = ?""",
        (operation,),
    ).fetchone()
    own = operation >> SEQUENCE_BITS == store.file.stream
    if row is None:
        return Side(operation, value, words, "okänd", "", "?", own)
    return Side(operation, value, words, row["actor"] or "okänd", row["at"] or "", row["code"] or "?", own)


def base_of(db: sqlite3.Connection, record: str, column: int, heads: list[int]) -> Any:
    """What the cell held before the first change that not all sides knew of."""
    marks = ", ".join("?" * len(heads))
    row = db.execute(
        f"""SELECT c.old FROM sync_op x CROSS JOIN sync_cell c ON c.op = x.id AND c.col = ?
            WHERE x.row = ? AND EXISTS (
              SELECT 1 FROM sync_op y WHERE y.id IN ({marks}) AND (y.id = x.id OR NOT {saw("y", "x")}))
            ORDER BY x.hlc, x.id LIMIT 1""",
        (column, record, *heads),
    ).fetchone()
    return None if row is None else row[0]


def find(store: Store, code: str) -> Conflict:
    """The open conflict with this code. LskError when there is none, or it is no longer between the same values."""
    found = conflicts(store)
    for conflict in found:
        if conflict.code == code.strip().lower():
            return conflict
    have = "Det finns inga konflikter."
    if found:
        have = "Den är avgjord eller har fått nya värden, eller så är koden felskriven."
    if found and code.strip().isdigit():
        have = "Ange konfliktens kod, inte dess plats i listan."
    raise LskError(f"Konflikten {code} finns inte. {have} Se konflikterna med: lsk conflicts {store.path}")


def chosen(conflict: Conflict, which: str) -> Any:
    """The value that ``ours`` or ``theirs`` stands for: what was written on this file, or the only other one."""
    own = next((s for s in conflict.sides if s.own), conflict.sides[0])
    rest = [s for s in conflict.sides if s is not own]
    if which == "ours":
        return own.value
    if len(rest) != 1:
        raise LskError(
            f"Konflikten {conflict.code} har {len(conflict.sides)} värden. Skriv värdet i stället för theirs."
        )
    return rest[0].value


def decide(store: Store, conflict: Conflict, take: str, actor: str) -> None:
    """Settle a conflict: ``take`` is ours, theirs or a value as people write it. Sync settles it on every file.

    The decision is an ordinary change that has seen all sides; Refused or LskError when the rules say no to it.
    """
    if conflict.column == ROW:
        decide_row(store, conflict, take, actor)
        return
    field = field_of(conflict.entity, conflict.field)
    value = chosen(conflict, take) if take in ("ours", "theirs") else values.parse(store.db, field, take, store.today)
    decide_cell(store, conflict, value, actor)


def decide_for(store: Store, conflict: Conflict, side: Side, actor: str) -> None:
    """Settle a conflict with the value of one of its sides, exactly as it was given."""
    if conflict.column == ROW:
        decide_row(store, conflict, side.words, actor)
    else:
        decide_cell(store, conflict, side.value, actor)


def decide_cell(store: Store, conflict: Conflict, value: Any, actor: str) -> None:
    with store.change(actor, f"avgör konflikt: {conflict.label}") as change:
        shown_now = store.db.execute(
            f'SELECT "{conflict.field}" FROM "{conflict.entity}" WHERE id = ?', (conflict.record,)
        ).fetchone()
        if shown_now is not None and shown_now[0] == value:
            resolve(store.db, ENTITIES[conflict.entity], conflict.record, conflict.field)
        else:
            change.update(conflict.entity, conflict.record, {conflict.field: value})


def decide_row(store: Store, conflict: Conflict, take: str, actor: str) -> None:
    """Deleted by one, changed by another: keep the row or delete it."""
    words = {s.words: s for s in conflict.sides}
    if take in ("ours", "theirs"):
        mine = next((s.words for s in conflict.sides if s.own), KEEP)
        take = mine if take == "ours" else next(w for w in (KEEP, DELETED) if w != mine)
    if take not in words and take not in (KEEP, DELETED):
        raise LskError(f"Konflikten {conflict.code} gäller hela posten. Skriv --take ”{KEEP}” eller ”{DELETED}”.")
    with store.change(actor, f"avgör konflikt: {take}") as change:
        if take == DELETED:
            change.delete(conflict.entity, conflict.record)
        else:
            resolve(store.db, ENTITIES[conflict.entity], conflict.record, "ref")
