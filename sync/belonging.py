"""Has it changed which rows belong in a unit's file? Then the package must hold them all (scope.py says which do).

A row that is new, changed or deleted is told by its operations. What they cannot tell is that a row no one touched has
come in or gone out: because its unit was moved, its parent handed over, or what it must refer to deleted. Here that is
seen beforehand, where it is easy to see. What is not seen here is noticed where the package arrives: it tells which
rows the file should hold when it has been taken (``digests``), and a file that would hold others asks for all of them.
"""

from __future__ import annotations

import hashlib
import sqlite3
from itertools import groupby
from operator import itemgetter

from lsk.capture import DELETE, INSERT
from lsk.model import ENTITIES
from lsk.model.vocabulary import SHARED, UNIT, AnyRef, Entity

from .causality import first_of
from .scope import kinds, leads_out

DIGITS = 16

Digests = dict[str, str]  # kind of record, by the name it was first declared with → how many, and a digest of their ids


def changed(db: sqlite3.Connection, base: dict[int, int], upto: dict[int, int], receiver: int) -> bool:
    """Whether any change since ``base`` can have moved rows in or out. Needs temp.changed_row."""
    numbers = [
        (tbl, no)
        for tbl, no, entity, name in db.execute("SELECT tbl, no, entity, name FROM sync_column").fetchall()
        if entity in ENTITIES and name in deciding(ENTITIES[entity])
    ]
    return (
        set_aside(db, base, upto, receiver)
        or any(moved(db, stream, base.get(stream, 0), newest, numbers) for stream, newest in upto.items())
        or leaned_on(db, *(first_of(receiver) + v.get(receiver, 0) for v in (base, upto)))
        or unclear(db)
    )


def set_aside(db: sqlite3.Connection, base: dict[int, int], upto: dict[int, int], receiver: int) -> bool:
    """Whether something that the receiver sent was put in quarantine since."""
    low, high = (first_of(receiver) + v.get(receiver, 0) for v in (base, upto))
    return db.execute("SELECT 1 FROM sync_quarantine WHERE op > ? AND op <= ?", (low, high)).fetchone() is not None


def deciding(entity: Entity) -> set[str]:
    """The columns that decide whose a row is, and whether it can be in a file at all."""
    names = {"parent"} if entity.name == "unit" else set()
    if entity.scope == UNIT:
        names |= {"unit", "allotted_to"} & entity.names
    elif entity.scope != SHARED:
        names.add(entity.scope)
    return names | {f.name for f in entity.columns if f.required and leads_out(f)}


def moved(db: sqlite3.Connection, stream: int, after: int, newest: int, columns: list[tuple[int, int]]) -> bool:
    """Whether a row that was there has been given another owner. A row deleted and brought back counts."""
    if newest <= after:
        return False
    return (
        db.execute(
            f"""SELECT 1 FROM sync_op o CROSS JOIN sync_cell c ON c.op = o.id
                WHERE o.id > ? AND o.id <= ? AND o.kind NOT IN ({INSERT}, {DELETE})
                AND (o.tbl, c.col) IN (VALUES {", ".join(map(str, columns))}) LIMIT 1""",
            (first_of(stream) + after, first_of(stream) + newest),
        ).fetchone()
        is not None
    )


def leaned_on(db: sqlite3.Connection, low: int, high: int) -> bool:
    """Whether a row was deleted, or brought back, that a row without foreign key must refer to.

    The receiver's own operations after ``low`` up to ``high`` count too: what leaned on the row goes from its file.
    """
    if db.execute(f"{deleted(low, high)} LIMIT 1").fetchone() is None:
        return False
    fields = [(e, f) for e in ENTITIES.values() for f in e.columns if f.required and isinstance(f, AnyRef)]
    dead = deleted(low, high)
    return any(
        db.execute(
            f"""SELECT 1 FROM ({dead}) d CROSS JOIN "{entity.name}" e ON e."{field.name}" = d.row LIMIT 1"""
        ).fetchone()
        for entity, field in fields
    )


def deleted(low: int, high: int) -> str:
    """SQL for the rows concerned that have been deleted at any time."""
    return f"""SELECT t.row FROM (SELECT row FROM changed_row
        UNION SELECT row FROM sync_op WHERE id > {low} AND id <= {high}) t
      WHERE EXISTS (SELECT 1 FROM sync_op o WHERE o.row = t.row AND o.kind = {DELETE})"""


def unclear(db: sqlite3.Connection) -> bool:
    """Whether a touched row is gone of which the log does not say whose it was: deleted together with its parent."""
    return any(
        db.execute(
            f"""SELECT 1 FROM changed_row t WHERE t.entity = ?
                AND NOT EXISTS (SELECT 1 FROM "{e.name}" x WHERE x.id = t.row)
                AND (SELECT o.unit IS NULL FROM sync_op o WHERE o.row = t.row AND o.kind = {DELETE}
                     ORDER BY o.hlc DESC, o.id DESC LIMIT 1) LIMIT 1""",
            (e.name,),
        ).fetchone()
        for e in (ENTITIES[name] for name in kinds(db, "changed_row"))
        if e.scope not in (SHARED, UNIT)
    )


def digests(db: sqlite3.Connection, rows: str) -> Digests:
    """Of the rows that a SELECT gives (entity, id), kind by kind."""
    found: dict[str, tuple[int, hashlib._Hash]] = {}
    for name, ids in groupby(db.execute(f"{rows} ORDER BY 1, 2"), key=itemgetter(0)):
        entity, listed = ENTITIES[name], [row[1] for row in ids]
        found[entity.was or name] = (len(listed), hashlib.sha256("".join(listed).encode()))
    return {name: f"{count} {digest.hexdigest()[:DIGITS]}" for name, (count, digest) in found.items()}


def held(db: sqlite3.Connection) -> Digests:
    """Of all the rows in a file."""
    return digests(db, " UNION ALL ".join(f"SELECT '{name}', id FROM main.\"{name}\"" for name in ENTITIES))


def alike(ours: Digests, theirs: Digests) -> bool:
    """Whether two files hold the same rows, of the kinds that both programs know."""
    names = {entity.was or name for name, entity in ENTITIES.items()}
    return ours == {name: digest for name, digest in theirs.items() if name in names}
