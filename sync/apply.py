"""Bring what the log says into the tables, many rows at a time: from temp.trow (stage.py) and temp.val (derive.py)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import pairwise

from lsk.capture import COL, DELETE, EACH, NEW, UNSPELT, value_in
from lsk.model import ENTITIES
from lsk.model.vocabulary import Ref
from lsk.schema import quote

from .columns import fresh

Numbered = list[tuple[int, str]]
MERGES_REMEMBERED = 20
PORTION = 20_000
LAST = "\x7f"  # after every id


def places(db: sqlite3.Connection, tbl: int, entity: str, names: Iterable[str]) -> Numbered:
    """Number and name of those columns that have a place in our table."""
    declared = {"ref", *(f.name for f in ENTITIES[entity].columns)} & set(names)
    rows = db.execute("SELECT no, name FROM sync_column WHERE tbl = ? ORDER BY no", (tbl,))
    return [(no, name) for no, name in rows if name in declared]


def given(entity: str, name: str, value: str) -> str:
    """SQL for what a cell of a new row becomes: an older program knew nothing of a column that must have a value."""
    default = ENTITIES[entity].defaults.get(name)
    return value if default is None else f"ifnull({value}, {quote(default)})"


def single_operations(db: sqlite3.Connection, tbl: int, entity: str, names: Iterable[str]) -> None:
    """Clean rows with one operation: straight from the cells, no sorting."""
    used = places(db, tbl, entity, names)
    if not used:
        return
    sets = ", ".join(f'"{n}" = {changed(no, entity, n)}' for no, n in used)
    which = f"t.tbl = {tbl} AND t.first = t.last AND NOT t.dirty AND NOT t.died"
    for above, upto in portions(db, tbl):
        db.execute(
            f"""UPDATE "{entity}" SET {sets} FROM trow t CROSS JOIN sync_op o ON o.id = t.last
                WHERE {which} AND NOT t.born AND "{entity}".rowid = t.there AND t.row > ? AND t.row <= ?""",
            (above, upto),
        )
    listed = ", ".join(f'"{n}"' for _, n in used)
    values = ", ".join(given(entity, n, value_in("o.new", f"'{no}'")) for no, n in used)
    db.execute(
        f"""INSERT INTO "{entity}"(id, {listed}) SELECT t.row, {values} FROM trow t
            CROSS JOIN sync_op o ON o.id = t.last WHERE {which} AND t.born"""
    )


def changed(no: int, entity: str, name: str) -> str:
    """SQL for what a cell becomes by the operation ``o``: its value there, if it has one, or what it is."""
    plain, spelt = f"o.new, '$.{no}'", f"o.new, '$.{no}x'"
    return f"""ifnull(json_extract({plain}), CASE WHEN json_type({plain}) IS NOT NULL THEN NULL
      WHEN json_type({spelt}) IS NULL THEN "{entity}"."{name}" ELSE {UNSPELT.format(f"json_extract({spelt})")} END)"""


def portions(db: sqlite3.Connection, tbl: int) -> list[tuple[str, str]]:
    """Stretches of the staged rows of a table, each small enough for SQLite to hold the new values of in memory."""
    if db.execute("SELECT count(*) FROM trow").fetchone()[0] <= PORTION:
        return [("", LAST)]
    ends = db.execute(
        f"""SELECT row FROM (SELECT row, row_number() OVER (ORDER BY row) AS n FROM trow WHERE tbl = ? AND NOT born)
            WHERE n % {PORTION} = 0""",
        (tbl,),
    ).fetchall()
    edges = ["", *(r[0] for r in ends), LAST]
    return list(pairwise(edges))


def last_values(db: sqlite3.Connection, which: str) -> None:
    """Fill temp.val with the last value of each cell of clean rows with several incoming operations of one file."""
    fresh(db, "val", "row TEXT, col INTEGER, new ANY, id INTEGER, PRIMARY KEY (row, col)")
    db.execute(
        f"""INSERT INTO val SELECT o.row, {COL} AS col, {NEW}, max(o.id) FROM trow t
            CROSS JOIN sync_op o ON o.row = t.row AND {which} AND o.kind <> {DELETE} CROSS JOIN {EACH}
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
    spread = ", ".join(
        f"max(v.col = {no}) AS h{no}, max(CASE v.col WHEN {no} THEN v.new END) AS v{no}" for no, _ in used
    )
    pivot(
        db,
        f"""SELECT v.row, {spread} FROM val v CROSS JOIN trow t ON t.row = v.row
            WHERE t.tbl = {tbl} AND v.row NOT IN (SELECT row FROM dead) GROUP BY v.row""",
    )
    return write_pivot(db, entity, used, add)


def write_images(db: sqlite3.Connection, tbl: int, entity: str) -> int:
    """Make the rows of one table what the package's images say, cell by cell; returns how many were changed."""
    used = db.execute("SELECT no, name, otbl, ono FROM xcol WHERE tbl = ? AND placed ORDER BY no", (tbl,)).fetchall()
    spread = ", ".join(f"1 AS h{no}, max(CASE c.col WHEN {ono} THEN c.value END) AS v{no}" for no, _, _, ono in used)
    pivot(
        db,
        f"""SELECT i.row, {spread} FROM other.image_row i LEFT JOIN other.image_cell c ON c.row = i.row
            WHERE i.tbl = {used[0][2]} GROUP BY i.row""",
    )
    return write_pivot(db, entity, [(no, name) for no, name, _, _ in used], "SELECT row FROM other.image_row")


def pivot(db: sqlite3.Connection, select: str) -> None:
    db.execute("DROP TABLE IF EXISTS temp.piv")
    db.execute(f"CREATE TEMP TABLE piv AS {select}")


def write_pivot(db: sqlite3.Connection, entity: str, used: Numbered, add: str) -> int:
    """Bring temp.piv (row, and per column whether it has a value, h, and which, v) into a table; see write_values."""
    sets = ", ".join(f'"{n}" = CASE WHEN p.h{no} THEN p.v{no} ELSE "{entity}"."{n}" END' for no, n in used)
    differs = " OR ".join(f'(p.h{no} AND p.v{no} IS NOT "{entity}"."{n}")' for no, n in used)
    changed = db.execute(
        f'UPDATE "{entity}" SET {sets} FROM piv p WHERE "{entity}".id = p.row AND ({differs})'
    ).rowcount
    listed = ", ".join(f'"{n}"' for _, n in used)
    values = ", ".join(given(entity, n, f"p.v{no}") for no, n in used)
    db.execute(
        f"""INSERT INTO "{entity}"(id, {listed}) SELECT p.row, {values} FROM piv p
            WHERE p.row IN ({add}) AND p.row NOT IN (SELECT id FROM "{entity}")"""
    )
    return changed


def remove(db: sqlite3.Connection, entity: str, rows: str) -> None:
    db.execute(f'DELETE FROM "{entity}" WHERE id IN ({rows})')


def remember(db: sqlite3.Connection, merge: int, tables: Numbered, used: dict[int, set[str]]) -> None:
    """Keep what a merge may change and its operations do not tell: dirty rows, references a unit's file cannot see.

    Only of the latest merges: what is older is not taken back.
    """
    db.execute("DELETE FROM sync_before WHERE merge <= ?", (merge - MERGES_REMEMBERED,))
    dirty = db.execute("SELECT 1 FROM trow WHERE dirty LIMIT 1").fetchone() is not None
    died = db.execute("SELECT 1 FROM trow WHERE died LIMIT 1").fetchone() is not None
    db.execute("INSERT INTO sync_before SELECT ?, row, -1, tbl, there IS NOT NULL FROM trow WHERE dirty", (merge,))
    for tbl, entity in tables:
        columns = places(db, tbl, entity, ENTITIES[entity].names | {"ref"})
        rows = f'FROM trow t CROSS JOIN "{entity}" e ON e.rowid = t.there'
        if dirty:
            values = " ".join(f'WHEN {no} THEN e."{name}"' for no, name in columns)
            numbers = ", ".join(f"({no})" for no, _ in columns)
            db.execute(
                f"""INSERT INTO sync_before SELECT ?, t.row, n.column1, t.tbl, CASE n.column1 {values} END
                    {rows} CROSS JOIN (VALUES {numbers}) n WHERE t.tbl = {tbl} AND t.dirty""",
                (merge,),
            )
        hidden = {f.name for f in ENTITIES[entity].columns if isinstance(f, Ref)}
        for no, name in columns:
            if name in hidden and (died or name in used.get(tbl, ())):
                db.execute(
                    f"""INSERT INTO sync_before SELECT ?, t.row, {no}, t.tbl, e."{name}" {rows}
                        WHERE t.tbl = {tbl} AND NOT t.dirty AND e."{name}" IS NOT NULL""",
                    (merge,),
                )
