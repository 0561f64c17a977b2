"""Numbers of tables and columns are each file's own; keys are shared. This is the dictionary between two files."""

from __future__ import annotations

import sqlite3

from lsk.capture import COL
from lsk.model import ENTITIES


def translate(db: sqlite3.Connection) -> None:
    """Fill temp.xcol: the other file's numbers, ours, and whether the column has a place in our tables.

    What only the other file knows (a newer program made it) gets a number here too, so that the log can keep it.
    """
    for entity, name, key in db.execute(
        """SELECT o.entity, o.name, o.key FROM other.sync_column o LEFT JOIN main.sync_column m USING (key)
           WHERE m.no IS NULL ORDER BY o.tbl, o.no"""
    ).fetchall():
        db.execute(
            """INSERT INTO main.sync_column SELECT
                 ifnull(t.tbl, (SELECT max(tbl) + 1 FROM main.sync_column)),
                 ifnull((SELECT max(no) + 1 FROM main.sync_column WHERE tbl = t.tbl), 0), ifnull(t.entity, ?1), ?2, ?3
               FROM (SELECT 1) LEFT JOIN (SELECT m.tbl, m.entity FROM other.sync_column o
                 JOIN main.sync_column m USING (key) WHERE o.entity = ?1 LIMIT 1) t""",
            (entity, name, key),
        )
    fresh(db, "unplaced", "entity TEXT, name TEXT, PRIMARY KEY (entity, name)")
    known = set(map(tuple, db.execute("SELECT entity, name FROM main.sync_column")))
    db.executemany("INSERT INTO unplaced VALUES (?, ?)", known - placed())
    fresh(
        db,
        "xcol",
        "otbl INTEGER, ono INTEGER, tbl INTEGER, no INTEGER, entity TEXT, name TEXT, placed INTEGER, "
        "PRIMARY KEY (otbl, ono)",
    )
    db.execute(
        """INSERT INTO xcol SELECT o.tbl, o.no, m.tbl, m.no, m.entity, m.name,
             NOT EXISTS (SELECT 1 FROM unplaced p WHERE p.entity = m.entity AND p.name = m.name)
           FROM other.sync_column o CROSS JOIN main.sync_column m USING (key)"""
    )
    fresh(db, "xtbl", "otbl INTEGER PRIMARY KEY, tbl INTEGER, entity TEXT")
    db.execute("INSERT OR IGNORE INTO xtbl SELECT DISTINCT otbl, tbl, entity FROM xcol")


def placed() -> set[tuple[str, str]]:
    """Every (table, column) that this program has a place for."""
    return {(e.name, name) for e in ENTITIES.values() for name in ("ref", *(f.name for f in e.columns))}


def same_numbers(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM xcol WHERE otbl <> tbl OR ono <> no").fetchone() is None


def fresh(db: sqlite3.Connection, name: str, columns: str) -> None:
    """An empty temporary table."""
    db.execute(f"DROP TABLE IF EXISTS temp.{name}")
    db.execute(
        f"CREATE TEMP TABLE {name}({columns}) WITHOUT ROWID"
        if "PRIMARY KEY" in columns
        else f"CREATE TEMP TABLE {name}({columns})"
    )


def in_our_numbers(db: sqlite3.Connection, cells: str) -> str:
    """SQL for the cells (``o.new`` or ``o.old``, o a row of the other file's) with our numbers of the columns."""
    if same_numbers(db):
        return cells
    return f"""iif({cells} IS NULL, NULL, (SELECT json_group_object(no || iif(key GLOB '*x', 'x', ''), value) FROM (
      SELECT x.no, c.key, c.value FROM json_each({cells}) c
      JOIN xcol x ON x.otbl = o.tbl AND x.ono = {COL} ORDER BY x.no)))"""


def copy_operations(db: sqlite3.Connection, which: str) -> int:
    """Append operations of the other file to our log, cells and all, in our numbers; returns how many.

    ``which`` is SQL over ``o``, a row of other.sync_op. Operations we have already stay as they are.
    """
    return db.execute(
        f"""INSERT OR IGNORE INTO main.sync_op SELECT o.id, o.epoch, o.hlc, x.tbl, o.kind, o.row, o.unit, o.salt,
              {in_our_numbers(db, "o.new")}, {in_our_numbers(db, "o.old")}
            FROM other.sync_op o CROSS JOIN xtbl x ON x.otbl = o.tbl WHERE {which}"""
    ).rowcount


def copy_run(db: sqlite3.Connection, low: int, high: int, but: str = "") -> None:
    """Append a whole run of operations, ``low`` to ``high``; ``but`` is SQL over ``o`` for those to leave out."""
    if but or not same_numbers(db):
        copy_operations(db, f"o.id BETWEEN {low} AND {high}" + (f" AND NOT ({but})" if but else ""))
    else:
        db.execute(
            """INSERT INTO main.sync_op SELECT id, epoch, hlc, tbl, kind, row, unit, salt, new, old FROM other.sync_op
               WHERE id BETWEEN ? AND ?""",
            (low, high),
        )
