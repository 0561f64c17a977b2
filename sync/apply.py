"""Bring what the log says into the tables, many rows at a time. Works on temp.trow (stage.py) and temp.val (derive.py)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from lsk.capture import COLUMN_BITS, COLUMN_MASK, DELETE
from lsk.model import ENTITIES

from .columns import fresh

Numbered = list[tuple[int, str]]


def places(db: sqlite3.Connection, tbl: int, entity: str, names: Iterable[str]) -> Numbered:
    """Number and name of those columns that have a place in our table."""
    declared = {"ref", *(f.name for f in ENTITIES[entity].columns)} & set(names)
    rows = db.execute("SELECT no, name FROM sync_column WHERE tbl = ? ORDER BY no", (tbl,))
    return [(no, name) for no, name in rows if name in declared]


def single_operations(db: sqlite3.Connection, tbl: int, entity: str, names: Iterable[str]) -> None:
    """Clean rows with one operation: straight from the cells, no sorting."""
    used = places(db, tbl, entity, names)
    if not used:
        return
    joins = " ".join(f"LEFT JOIN sync_cell c{no} ON c{no}.id = t.last << {COLUMN_BITS} | {no}" for no, _ in used)
    sets = ", ".join(f'"{n}" = CASE WHEN c{no}.id IS NULL THEN "{entity}"."{n}" ELSE c{no}.new END' for no, n in used)
    which = f"t.tbl = {tbl} AND t.first = t.last AND NOT t.dirty AND NOT t.died"
    db.execute(
        f'UPDATE "{entity}" SET {sets} FROM trow t {joins} WHERE {which} AND NOT t.born AND "{entity}".rowid = t.there'
    )
    listed = ", ".join(f'"{n}"' for _, n in used)
    values = ", ".join(f"c{no}.new" for no, _ in used)
    db.execute(
        f"""INSERT INTO "{entity}"(id, {listed}) SELECT t.row, {values} FROM trow t {joins}
            WHERE {which} AND t.born ORDER BY t.first"""
    )


def last_values(db: sqlite3.Connection, which: str) -> None:
    """Fill temp.val with the last value of each cell of clean rows that have several incoming operations of one file."""
    fresh(db, "val", "row TEXT, col INTEGER, new ANY, id INTEGER, PRIMARY KEY (row, col)")
    db.execute(
        f"""INSERT INTO val SELECT o.row, c.id & {COLUMN_MASK} AS col, c.new, max(c.id) FROM trow t
            CROSS JOIN sync_op o ON o.row = t.row AND {which} AND o.kind <> {DELETE}
            CROSS JOIN sync_cell c ON c.id BETWEEN o.id << {COLUMN_BITS} AND o.id << {COLUMN_BITS} | {COLUMN_MASK}
            WHERE t.first <> t.last AND NOT t.dirty AND NOT t.died GROUP BY o.row, col"""
    )


def write_values(db: sqlite3.Connection, tbl: int, entity: str, add: str) -> int:
    """Bring temp.val into a table: change rows that are there, add those that ``add`` (SQL giving row ids) allows.

    Returns how many rows were changed, those added not counted.
    """
    numbers = {
        r[0]
        for r in db.execute("SELECT DISTINCT v.col FROM val v JOIN trow t ON t.row = v.row WHERE t.tbl = ?", (tbl,))
    }
    used = [(no, n) for no, n in places(db, tbl, entity, ENTITIES[entity].names | {"ref"}) if no in numbers]
    if not used:
        return 0
    db.execute("DROP TABLE IF EXISTS temp.piv")
    spread = ", ".join(
        f"max(v.col = {no}) AS h{no}, max(CASE v.col WHEN {no} THEN v.new END) AS v{no}" for no, _ in used
    )
    db.execute(
        f"""CREATE TEMP TABLE piv AS SELECT v.row, {spread} FROM val v CROSS JOIN trow t ON t.row = v.row
            WHERE t.tbl = {tbl} AND v.row NOT IN (SELECT row FROM dead) GROUP BY v.row"""
    )
    sets = ", ".join(f'"{n}" = CASE WHEN p.h{no} THEN p.v{no} ELSE "{entity}"."{n}" END' for no, n in used)
    differs = " OR ".join(f'(p.h{no} AND p.v{no} IS NOT "{entity}"."{n}")' for no, n in used)
    changed = db.execute(
        f'UPDATE "{entity}" SET {sets} FROM piv p WHERE "{entity}".id = p.row AND ({differs})'
    ).rowcount
    listed = ", ".join(f'"{n}"' for _, n in used)
    values = ", ".join(f"p.v{no}" for no, _ in used)
    db.execute(
        f"""INSERT INTO "{entity}"(id, {listed}) SELECT p.row, {values} FROM piv p
            WHERE p.row IN ({add}) AND p.row NOT IN (SELECT id FROM "{entity}")"""
    )
    return changed


def remove(db: sqlite3.Connection, entity: str, rows: str) -> None:
    db.execute(f'DELETE FROM "{entity}" WHERE id IN ({rows})')


def remember(db: sqlite3.Connection, merge: int, tables: Numbered) -> None:
    """Keep what dirty rows are before the merge changes them; clean ones are told by their operations' old values."""
    if not db.execute("SELECT 1 FROM trow WHERE dirty LIMIT 1").fetchone():
        return
    db.execute("INSERT INTO sync_before SELECT ?, row, -1, tbl, there IS NOT NULL FROM trow WHERE dirty", (merge,))
    for tbl, entity in tables:
        for no, name in places(db, tbl, entity, ENTITIES[entity].names | {"ref"}):
            db.execute(
                f"""INSERT INTO sync_before SELECT ?, t.row, {no}, t.tbl, e."{name}" FROM trow t
                    CROSS JOIN "{entity}" e ON e.rowid = t.there WHERE t.dirty AND t.tbl = {tbl}""",
                (merge,),
            )
