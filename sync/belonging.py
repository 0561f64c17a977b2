"""Has it changed which rows belong in a unit's file? Then the package must hold them all (scope.py says which do).

A row that is new, changed or deleted is told by its operations. What they cannot tell is that a row no one touched has
come in or gone out: because its unit was moved, its parent handed over, or what it must refer to deleted.
"""

from __future__ import annotations

import sqlite3
from itertools import chain

from lsk.capture import COLUMN_BITS, COLUMN_MASK, DELETE, INSERT
from lsk.model import ENTITIES
from lsk.model.vocabulary import SHARED, UNIT, AnyRef, Entity, Ref

from .causality import first_of
from .columns import fresh
from .scope import demands, kinds, leads_out


def changed(db: sqlite3.Connection, base: dict[int, int], upto: dict[int, int], receiver: int) -> bool:
    """Whether any change since ``base`` can have moved rows in or out. Needs temp.changed_row."""
    numbers = [
        tbl << COLUMN_BITS | no
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


def moved(db: sqlite3.Connection, stream: int, after: int, newest: int, numbers: list[int]) -> bool:
    """Whether a row that was there has been given another owner. A row deleted and brought back counts."""
    if newest <= after:
        return False
    return (
        db.execute(
            f"""SELECT 1 FROM sync_op o CROSS JOIN sync_cell c
                  ON c.id BETWEEN o.id << {COLUMN_BITS} AND o.id << {COLUMN_BITS} | {COLUMN_MASK}
                WHERE o.id > ? AND o.id <= ? AND o.kind NOT IN ({INSERT}, {DELETE})
                AND (o.tbl << {COLUMN_BITS} | (c.id & {COLUMN_MASK})) IN ({", ".join(map(str, numbers))}) LIMIT 1""",
            (first_of(stream) + after, first_of(stream) + newest),
        ).fetchone()
        is not None
    )


def born(db: sqlite3.Connection, base: dict[int, int], upto: dict[int, int], receiver: int) -> None:
    """Note in temp.born (row) what is there now that the receiver may hold and that may not be its: see ``outside``.

    The temporary table ``subtree`` has the receiver's units.
    """
    fresh(db, "born", "row TEXT PRIMARY KEY")
    leaning(db, base, upto, receiver)
    pointed_at(db, base, upto, receiver)
    made_anew(db, base, upto)


def made_anew(db: sqlite3.Connection, base: dict[int, int], upto: dict[int, int]) -> None:
    """Rows that may have got another owner with no change of owner in the log: made twice, or deleted in between.

    Two files make the same row when its id is worked out from what it is about; a row can be brought back otherwise.
    """
    fresh(db, "again", "row TEXT PRIMARY KEY, tbl INTEGER")
    for stream, newest in upto.items():
        db.execute(
            f"""INSERT OR IGNORE INTO again SELECT o.row, o.tbl FROM sync_op o WHERE o.id > ? AND o.id <= ?
                AND (o.kind = {INSERT} AND EXISTS (
                       SELECT 1 FROM sync_op x WHERE x.row = o.row AND x.kind = {INSERT} AND x.id <> o.id)
                  OR o.kind = {DELETE} AND (o.unit IS NULL OR o.unit IN (SELECT id FROM temp.subtree)))""",
            (first_of(stream) + base.get(stream, 0), first_of(stream) + newest),
        )
    tables = db.execute(
        "SELECT DISTINCT k.entity FROM (SELECT DISTINCT tbl FROM again) a JOIN sync_column k ON k.tbl = a.tbl"
    ).fetchall()
    for name in {row[0] for row in tables} & set(ENTITIES):
        note(db, name, f'SELECT e.id FROM again a CROSS JOIN "{name}" e ON e.id = a.row')


def note(db: sqlite3.Connection, name: str, rows: str) -> None:
    """Rows of one table, by SQL, are to be looked at."""
    db.execute(f"INSERT OR IGNORE INTO born {rows}")
    db.execute(
        f"""INSERT OR IGNORE INTO changed_row
            SELECT b.row, '{name}' FROM born b CROSS JOIN "{name}" e ON e.id = b.row"""
    )


def leaning(db: sqlite3.Connection, base: dict[int, int], upto: dict[int, int], receiver: int) -> None:
    """What the receiver made that must refer to a record; added to temp.changed_row too.

    The record may have gone to another unit before the receiver's new row came here; then that row goes as well. A row
    that follows its parent needs no look: it was refused with the parent gone.
    """
    low, high = (first_of(receiver) + v.get(receiver, 0) for v in (base, upto))
    for name in {entity.name for entity, _ in demands() if entity.scope == UNIT}:
        note(
            db,
            name,
            f"""SELECT e.id FROM sync_op o CROSS JOIN "{name}" e ON e.id = o.row
                WHERE o.id > {low} AND o.id <= {high} AND o.kind = {INSERT}
                AND o.tbl = (SELECT tbl FROM sync_column WHERE entity = '{name}' LIMIT 1)""",
        )


def pointed_at(db: sqlite3.Connection, base: dict[int, int], upto: dict[int, int], receiver: int) -> None:
    """What the receiver's changes refer to. It may have kept a record that went to another unit, for their sake."""
    low, high = (first_of(receiver) + v.get(receiver, 0) for v in (base, upto))
    kept = {(e.name, f.name): f.to for e in ENTITIES.values() for f in e.columns if isinstance(f, Ref) and leads_out(f)}
    numbers: dict[str, list[str]] = {}
    for tbl, no, entity, name in db.execute("SELECT tbl, no, entity, name FROM sync_column").fetchall():
        if (entity, name) in kept:
            numbers.setdefault(kept[entity, name], []).append(str(tbl << COLUMN_BITS | no))
    fresh(db, "pointed", "row TEXT, number INTEGER, PRIMARY KEY (row, number)")
    db.execute(
        f"""INSERT OR IGNORE INTO pointed SELECT c.new, o.tbl << {COLUMN_BITS} | (c.id & {COLUMN_MASK})
            FROM sync_op o CROSS JOIN sync_cell c
            ON c.id BETWEEN o.id << {COLUMN_BITS} AND o.id << {COLUMN_BITS} | {COLUMN_MASK}
            WHERE o.id > ? AND o.id <= ? AND o.kind <> {DELETE} AND c.new IS NOT NULL
            AND (o.tbl << {COLUMN_BITS} | (c.id & {COLUMN_MASK})) IN ({", ".join(chain(*numbers.values()))})""",
        (low, high),
    )
    if db.execute("SELECT 1 FROM pointed LIMIT 1").fetchone():
        for to, those in numbers.items():
            which = f"p.number IN ({', '.join(those)})"
            note(db, to, f'SELECT e.id FROM pointed p CROSS JOIN "{to}" e ON e.id = p.row WHERE {which}')


def outside(db: sqlite3.Connection) -> bool:
    """Whether a row of temp.born is not in temp.inside, and so has to be taken out of the receiver's file."""
    return db.execute("SELECT 1 FROM born WHERE row NOT IN (SELECT id FROM inside) LIMIT 1").fetchone() is not None


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
