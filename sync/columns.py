"""Numbers of tables and columns are each file's own; keys are shared. This is the dictionary between two files."""

from __future__ import annotations

import sqlite3

from lsk.capture import COLUMN_BITS, COLUMN_MASK
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


def copy_operations(db: sqlite3.Connection, which: str) -> int:
    """Append operations of the other file to our log, cells and all, in our numbers; returns how many.

    ``which`` is SQL over ``o``, a row of other.sync_op. Operations we have already stay as they are.
    """
    count = db.execute(
        f"""INSERT OR IGNORE INTO main.sync_op SELECT o.id, o.epoch, o.hlc, x.tbl, o.kind, o.row, o.unit, o.salt
            FROM other.sync_op o CROSS JOIN xtbl x ON x.otbl = o.tbl WHERE {which}"""
    ).rowcount
    copy_cells(db, "other.sync_op", which)
    return count


def copy_run(db: sqlite3.Connection, low: int, high: int, but: str = "") -> int:
    """Append a whole run of operations, ``low`` to ``high``; ``but`` is SQL over ``o`` for those to leave out.

    Returns how many cells the other file has within the run, whether they belong to an operation or not.
    """
    span = (low << COLUMN_BITS, high << COLUMN_BITS | COLUMN_MASK)
    if but or not same_numbers(db):
        copy_operations(db, f"o.id BETWEEN {low} AND {high}" + (f" AND NOT ({but})" if but else ""))
        count = db.execute("SELECT count(*) FROM other.sync_cell WHERE id BETWEEN ? AND ?", span).fetchone()[0]
        return int(count)
    db.execute(
        """INSERT INTO main.sync_op SELECT id, epoch, hlc, tbl, kind, row, unit, salt FROM other.sync_op
           WHERE id BETWEEN ? AND ?""",
        (low, high),
    )
    return db.execute(
        "INSERT INTO main.sync_cell SELECT id, new, old FROM other.sync_cell WHERE id BETWEEN ? AND ?", span
    ).rowcount


def copy_cells(db: sqlite3.Connection, headers: str, which: str, key: str = "id") -> None:
    """The cells of the operations in ``headers`` (alias o, operation number in ``key``)."""
    span = f"c.id BETWEEN o.{key} << {COLUMN_BITS} AND o.{key} << {COLUMN_BITS} | {COLUMN_MASK}"
    if same_numbers(db):
        select = f"SELECT c.id, c.new, c.old FROM {headers} o CROSS JOIN other.sync_cell c ON {span} WHERE {which}"
    else:
        select = f"""SELECT o.{key} << {COLUMN_BITS} | x.no, c.new, c.old FROM {headers} o
          CROSS JOIN other.sync_cell c ON {span} CROSS JOIN xcol x ON x.otbl = o.tbl AND x.ono = c.id & {COLUMN_MASK}
          WHERE {which}"""
    db.execute(f"INSERT OR IGNORE INTO main.sync_cell {select}")
