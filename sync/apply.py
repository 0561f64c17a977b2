"""Bring what the log says into the tables, many rows at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from lsk.capture import COLUMN_BITS, COLUMN_MASK, DELETE
from lsk.model import ENTITIES

from .columns import fresh


def touched(db: sqlite3.Connection) -> list[tuple[int, str]]:
    """The tables that temp.trow is about, as far as we have them: number, name."""
    rows = db.execute("SELECT DISTINCT t.tbl, c.entity FROM trow t JOIN sync_column c ON c.tbl = t.tbl").fetchall()
    return [(tbl, entity) for tbl, entity in rows if entity in ENTITIES]


def places(db: sqlite3.Connection, tbl: int, entity: str, numbers: Iterable[int]) -> list[tuple[int, str]]:
    """Number and name of the columns that have a place in our table."""
    declared = {"ref", *(f.name for f in ENTITIES[entity].columns)}
    names = dict(db.execute("SELECT no, name FROM sync_column WHERE tbl = ?", (tbl,)).fetchall())
    return [(no, names[no]) for no in sorted(numbers) if names[no] in declared]


def single_operations(db: sqlite3.Connection, tbl: int, entity: str) -> None:
    """Clean rows with one operation: straight from the cells, no sorting."""
    found = db.execute(
        f"""SELECT DISTINCT c.id & {COLUMN_MASK} FROM trow t CROSS JOIN sync_cell c
            ON c.id BETWEEN t.last << {COLUMN_BITS} AND t.last << {COLUMN_BITS} | {COLUMN_MASK}
            WHERE t.tbl = ? AND t.first = t.last AND NOT t.dirty AND NOT t.died""",
        (tbl,),
    )
    used = places(db, tbl, entity, [r[0] for r in found])
    if not used:
        return
    joins = " ".join(f"LEFT JOIN sync_cell c{no} ON c{no}.id = t.last << {COLUMN_BITS} | {no}" for no, _ in used)
    sets = ", ".join(f'"{n}" = CASE WHEN c{no}.id IS NULL THEN "{entity}"."{n}" ELSE c{no}.new END' for no, n in used)
    which = f"t.tbl = {tbl} AND t.first = t.last AND NOT t.dirty AND NOT t.died"
    db.execute(
        f'UPDATE "{entity}" SET {sets} FROM trow t {joins} WHERE {which} AND NOT t.born AND "{entity}".id = t.row'
    )
    names = ", ".join(f'"{n}"' for _, n in used)
    values = ", ".join(f"c{no}.new" for no, _ in used)
    db.execute(
        f'INSERT INTO "{entity}"(id, {names}) SELECT t.row, {values} FROM trow t {joins} WHERE {which} AND t.born'
    )


def last_values(db: sqlite3.Connection, low: int, high: int) -> None:
    """Fill temp.val with the last value of each cell of clean rows that have several incoming operations."""
    fresh(db, "val", "row TEXT, col INTEGER, new ANY, id INTEGER, PRIMARY KEY (row, col)")
    db.execute(
        f"""INSERT INTO val SELECT o.row, c.id & {COLUMN_MASK} AS col, c.new, max(c.id) FROM trow t
            CROSS JOIN sync_op o ON o.row = t.row AND o.id BETWEEN ? AND ? AND o.kind <> {DELETE}
            CROSS JOIN sync_cell c ON c.id BETWEEN o.id << {COLUMN_BITS} AND o.id << {COLUMN_BITS} | {COLUMN_MASK}
            WHERE t.first <> t.last AND NOT t.dirty AND NOT t.died GROUP BY o.row, col""",
        (low, high),
    )


def write_values(db: sqlite3.Connection, tbl: int, entity: str, add: str) -> None:
    """Bring temp.val into a table: change rows that are there, add those that ``add`` (SQL giving row ids) allows."""
    numbers = [
        r[0]
        for r in db.execute("SELECT DISTINCT v.col FROM val v JOIN trow t ON t.row = v.row WHERE t.tbl = ?", (tbl,))
    ]
    used = places(db, tbl, entity, numbers)
    if not used:
        return
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
    db.execute(f'UPDATE "{entity}" SET {sets} FROM piv p WHERE "{entity}".id = p.row AND ({differs})')
    names = ", ".join(f'"{n}"' for _, n in used)
    values = ", ".join(f"p.v{no}" for no, _ in used)
    db.execute(
        f"""INSERT INTO "{entity}"(id, {names}) SELECT p.row, {values} FROM piv p
            WHERE p.row IN ({add}) AND p.row NOT IN (SELECT id FROM "{entity}")"""
    )


def remove(db: sqlite3.Connection, entity: str, rows: str) -> None:
    db.execute(f'DELETE FROM "{entity}" WHERE id IN ({rows})')
