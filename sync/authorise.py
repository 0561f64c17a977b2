"""Whose row is it? A unit's file changes the unit's own rows; the rest of what it sends is set aside (XS3)."""

from __future__ import annotations

import sqlite3

from lsk.capture import COL, DELETE, EACH, INSERT, NEW, owner
from lsk.model import ENTITIES
from lsk.model.vocabulary import SHARED, UNIT, Entity

from .stage import touched

SHARED_ROW = "posten är gemensam och ändras bara i huvudfilen"
OTHERS_ROW = "posten hör till en annan enhet"
NO_ROW = "posten finns inte i huvudfilen"
MIXED = "ändringen är inte gjord av LSK"
UNFIT = "ett värde i posten godtas inte av huvudfilen"
OWN = "(SELECT id FROM temp.subtree)"


def before(db: sqlite3.Connection, which: str, used: dict[int, set[str]]) -> dict[str, str]:
    """Rows the news may not touch, by what the operations say and by who owns the rows here now: row → reason.

    A row that keeps its owner is looked at only once, when it has been written (``after``): reading it is the cost.
    """
    refused = {row: MIXED for (row,) in db.execute("SELECT row FROM trow WHERE odd")}
    refused |= {
        row: MIXED
        for (row,) in db.execute(  # a new row with the id of a record of another kind
            """SELECT row FROM trow WHERE there IS NULL
               AND EXISTS (SELECT 1 FROM sync_op o WHERE o.row = trow.row AND o.tbl <> trow.tbl)"""
        )
    }
    for entity, unit, row in db.execute(
        f"""SELECT x.entity, o.unit, o.row FROM other.sync_op o CROSS JOIN xtbl x ON x.otbl = o.tbl
            WHERE {which} AND (o.unit NOT IN {OWN} OR (o.unit IS NULL AND o.kind IN ({INSERT}, {DELETE})))"""
    ).fetchall():
        reason = stated(entity, unit)
        if reason:
            refused.setdefault(row, reason)
    for tbl, name in touched(db):
        some = "" if owning(ENTITIES[name]) in used.get(tbl, ()) else "AND (r.died OR r.dirty)"
        where = f'trow r CROSS JOIN "{name}" e ON e.rowid = r.there AND r.tbl = {tbl} {some}'
        refused = foreign(db, name, where) | refused
        for (row,) in db.execute(
            "SELECT row FROM trow WHERE tbl = ? AND there IS NULL AND NOT born AND NOT died AND NOT dirty", (tbl,)
        ):
            refused.setdefault(row, NO_ROW)
    return refused


def stated(name: str, unit: str | None) -> str:
    """The reason an operation is refused for the owner it states itself, or nothing.

    An operation states an owner when the row is born and when it dies; of a change the tables tell. They do so also of
    a child of a parent that was deleted, or not yet written, in the same save.
    """
    if unit is not None:
        return OTHERS_ROW
    known = ENTITIES.get(name)
    return SHARED_ROW if known is None or known.scope in (SHARED, UNIT) else ""


def foreign(db: sqlite3.Connection, name: str, rows: str) -> dict[str, str]:
    """Rows of one table (``rows``: SQL FROM, the table as ``e``) that the unit does not own."""
    who = owner(ENTITIES[name], "e")
    return {
        row: SHARED_ROW if unit is None else OTHERS_ROW
        for row, unit in db.execute(
            f"SELECT id, unit FROM (SELECT e.id, {who} AS unit FROM {rows}) WHERE unit IS NULL OR unit NOT IN {OWN}"
        )
    }


def after(db: sqlite3.Connection) -> dict[str, str]:
    """Rows that turned out not to be the unit's once merged, but for what a repair brought back."""
    refused: dict[str, str] = {}
    for tbl, name in touched(db):
        clean = f'trow r CROSS JOIN "{name}" e ON e.rowid = r.there AND r.tbl = {tbl} AND NOT r.dirty AND r.first > 0'
        other = f"""trow r CROSS JOIN "{name}" e ON e.id = r.row AND r.tbl = {tbl} AND r.first > 0
          AND (r.dirty OR r.there IS NULL)"""
        refused |= foreign(db, name, clean) | foreign(db, name, other)
    return refused


def owning(entity: Entity) -> str:
    """The column that says who owns a row."""
    return "unit" if entity.scope in (SHARED, UNIT) else entity.scope


def unfit(db: sqlite3.Connection) -> dict[str, str]:
    """Rows with a value that our tables do not take: each row's new values are tried on their own, and rolled back."""
    refused: dict[str, str] = {}
    for tbl, name in touched(db):
        declared = {"ref", *(f.name for f in ENTITIES[name].columns)}
        for (row,) in db.execute("SELECT row FROM trow WHERE tbl = ?", (tbl,)).fetchall():
            values = {n: v for n, v in incoming(db, row) if n in declared}
            if values and not fits(db, name, row, values):
                refused[row] = UNFIT
    return refused or {row: UNFIT for (row,) in db.execute("SELECT row FROM trow")}


def incoming(db: sqlite3.Connection, row: str) -> list[tuple[str, object]]:
    """(column, value) for every value the news gives a row, in order."""
    return db.execute(
        f"""SELECT x.name, {NEW} FROM trow t
            CROSS JOIN other.sync_op o ON o.row = t.row AND o.id BETWEEN t.first AND t.last
            CROSS JOIN {EACH} JOIN xcol x ON x.otbl = o.tbl AND x.ono = {COL}
            WHERE t.row = ? AND o.kind <> 3 ORDER BY o.id""",
        (row,),
    ).fetchall()


def fits(db: sqlite3.Connection, name: str, row: str, values: dict[str, object]) -> bool:
    """Whether the table takes the values, in the row that is there or in a new one."""
    listed, marks = ", ".join(f'"{n}"' for n in values), ", ".join("?" * len(values))
    db.execute("SAVEPOINT fit")
    try:
        if db.execute(f'SELECT 1 FROM "{name}" WHERE id = ?', (row,)).fetchone():
            db.execute(f'UPDATE "{name}" SET ({listed}) = (SELECT {marks}) WHERE id = ?', (*values.values(), row))
        else:
            db.execute(f'INSERT INTO "{name}"(id, {listed}) VALUES (?, {marks})', (row, *values.values()))
    except sqlite3.IntegrityError:
        return False
    finally:
        db.execute("ROLLBACK TO fit")
        db.execute("RELEASE fit")
    return True
