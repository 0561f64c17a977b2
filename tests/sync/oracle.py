"""What sync ought to come to, worked out a second time: in plain Python, over what was written and what was seen.

Nothing here reads the log's own account of who had seen what (sync_dep). The test keeps its own: at every write it
notes how far the file had come in every other file's changes, by what was in truth carried between them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lsk.capture import DELETE, INSERT, REPAIR, SEQUENCE_BITS
from lsk.model import ENTITIES
from lsk.model.vocabulary import SHARED, UNIT, AnyRef, Entity, Ref

SEQUENCE = (1 << SEQUENCE_BITS) - 1
Row = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """One operation as it was written, and how far its file had then seen the others: stream → sequence."""

    id: int
    hlc: int
    kind: int
    entity: str
    row: str
    cells: dict[str, Any]
    seen: dict[int, int] = field(repr=False)

    @property
    def stamp(self) -> tuple[int, int]:
        return self.hlc, self.id

    def saw(self, other: Written) -> bool:
        stream, sequence = other.id >> SEQUENCE_BITS, other.id & SEQUENCE
        if stream == self.id >> SEQUENCE_BITS:
            return self.id > other.id
        return sequence <= self.seen.get(stream, 0)


def read(db: sqlite3.Connection, stream: int, after: int, seen: dict[int, int]) -> list[Written]:
    """The operations of a file's own beyond sequence ``after``, straight from its log."""
    span = stream << SEQUENCE_BITS
    operations = db.execute(
        """SELECT o.id, o.hlc, o.kind, n.entity, o.row FROM sync_op o
           JOIN (SELECT DISTINCT tbl, entity FROM sync_column) n ON n.tbl = o.tbl
           WHERE o.id > ? AND o.id <= ? ORDER BY o.id""",
        (span + after, span + SEQUENCE),
    ).fetchall()
    return [
        Written(
            *operation,
            dict(
                db.execute(
                    """SELECT n.name, c.new FROM sync_cell c JOIN sync_column n
                       ON n.entity = ? AND n.no = c.col WHERE c.op = ?""",
                    (operation[3], operation[0]),
                )
            ),
            seen,
        )
        for operation in operations
    ]


@dataclass
class Verdict:
    """What a row should be: its values (None when it is gone), and who contests what: column → operations."""

    values: Row | None
    contested: dict[str, set[int]]
    shown: dict[str, int]  # column → the operation whose value shows


def judged(entity: str, writes: list[Written]) -> Verdict:
    """One row, from every operation on it that counts."""
    columns = ["ref", *(f.name for f in ENTITIES[entity].columns)]
    changes = [w for w in writes if w.kind != DELETE]
    deletes = [w for w in writes if w.kind == DELETE]
    if deletes and all(any(d.saw(w) for d in deletes) for w in changes):
        return Verdict(None, {}, {})
    values: Row = {}
    contested: dict[str, set[int]] = {}
    shown: dict[str, int] = {}
    for column in columns:
        stated = [(w, w.cells.get(column)) for w in changes if column in w.cells or brings_back(w, writes)]
        heads = [(w, v) for w, v in stated if not any(y.saw(w) for y, _ in stated)]
        if not heads:
            values[column] = None
            continue
        winner, values[column] = max(heads, key=lambda head: head[0].stamp)
        shown[column] = winner.id
        still = [
            (w, v) for w, v in stated if not any(y.saw(w) for y, _ in stated if y.kind != REPAIR or w.kind == REPAIR)
        ]
        if len({(type(v), v) for _, v in still}) > 1:
            contested[column] = {w.id for w, _ in still} | {winner.id}
    unanswered = {d.id for d in deletes if not any(w.saw(d) for w in writes if w.kind != REPAIR)}
    if unanswered:
        contested["*"] = unanswered
    return Verdict(values, contested, shown)


def brings_back(write: Written, writes: list[Written]) -> bool:
    """An insert that knew the row from before states all of it, the empty cells too."""
    return write.kind == INSERT and any(write.saw(other) for other in writes)


def rows_of(db: sqlite3.Connection) -> dict[str, tuple[str, Row]]:
    """Every row of a file: id → its kind and what it holds."""
    found = {}
    for entity in ENTITIES.values():
        names = ("id", "ref", *(f.name for f in entity.columns))
        for row in db.execute(f'SELECT {", ".join(f"{chr(34)}{n}{chr(34)}" for n in names)} FROM "{entity.name}"'):
            values = dict(zip(names, row, strict=True))
            found[values.pop("id")] = (entity.name, values)
    return found


def owner(rows: dict[str, tuple[str, Row]], record: str) -> str | None:
    """The unit whose a row is, or None for everybody's."""
    name, values = rows[record]
    scope = ENTITIES[name].scope
    if scope == SHARED:
        return None
    if scope == UNIT:
        return values["unit"]
    return owner(rows, values[scope])


def under(rows: dict[str, tuple[str, Row]], unit: str) -> set[str]:
    """A unit and the units under it."""
    found = {unit}
    while more := {r for r, (n, v) in rows.items() if n == "unit" and v["parent"] in found} - found:
        found |= more
    return found


def belongs(rows: dict[str, tuple[str, Row]], unit: str) -> dict[str, tuple[str, Row]]:
    """What the file of a unit should hold of the main file's rows, as it should hold them."""
    units = under(rows, unit)
    inside = {r for r in rows if follows(rows, r, units)}
    while out := {r for r in inside if any(v not in inside for v in must(rows[r]))}:
        inside -= out
    return {r: (rows[r][0], as_shown(rows[r], inside)) for r in inside}


def follows(rows: dict[str, tuple[str, Row]], record: str, units: set[str]) -> bool:
    name, values = rows[record]
    scope = ENTITIES[name].scope
    if scope not in (SHARED, UNIT):
        return follows(rows, values[scope], units)
    return scope == SHARED or values["unit"] is None or bool({values["unit"], values.get("allotted_to")} & units)


def must(row: tuple[str, Row]) -> Iterable[str]:
    """What a row cannot be without."""
    name, values = row
    return [values[f.name] for f in ENTITIES[name].columns if f.required and isinstance(f, (Ref, AnyRef))]


def as_shown(row: tuple[str, Row], inside: set[str]) -> Row:
    """A reference to a row that is not in the file is empty in it."""
    name, values = row
    entity: Entity = ENTITIES[name]
    out = {f.name for f in entity.columns if isinstance(f, Ref) and values[f.name] not in inside}
    return {n: None if n in out else v for n, v in values.items()}
