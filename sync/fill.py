"""A newer program opens a file whose log already knows values of tables and columns that only now have a place.

They came from files of a newer program (sync-design 1.14). What they are is worked out from the log, like any row in
doubt. The main file states what it fills by operations of its own, marked as repairs: the files that it could not pass
the rows on to, while it had no place for them, get them so. A unit's file only fills.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from lsk import search
from lsk.change import Change
from lsk.model import ENTITIES
from lsk.model.vocabulary import Ref
from lsk.store import VERSION, Store, now

from . import apply, authorise, derive, hold, moved, repair
from .columns import fresh
from .stage import TROW, touched
from .stating import capturing, quiet, stated

ACTOR = "LSK"
UPGRADE = "ny programversion"

Columns = list[tuple[str, str]]  # (entity, column)


def fill(db: sqlite3.Connection, columns: Columns) -> None:
    """Give new tables and columns the values that the log has for them. Call inside the transaction that made them."""
    if db.execute("SELECT 1 FROM sync_local").fetchone() is None:
        return
    store = Store(Path(db.execute("PRAGMA database_list").fetchone()[2]), db)
    if asked_for(db, columns):
        if store.file.is_unit_file:
            with quiet(db):
                place(db)
                hold_back(db)
        else:
            with stated(store, f"{UPGRADE}: fyllt ur loggen", ACTOR):
                place(db)
            lean(store)
        search.reindex(db, "SELECT t.row, n.entity FROM trow t JOIN sync_column n ON n.tbl = t.tbl AND n.name = 'ref'")
        db.execute(
            """DELETE FROM sync_unplaced WHERE EXISTS (
                 SELECT 1 FROM grown g WHERE g.tbl = sync_unplaced.tbl AND g.no = sync_unplaced.col)"""
        )
    if not store.file.is_unit_file:
        moved.carry(store, ACTOR, only=set(columns))


def asked_for(db: sqlite3.Connection, columns: Columns) -> bool:
    """Fill temp.grown (tbl, no, whole: the table is new), temp.dirty and temp.trow; whether there is any such row."""
    fresh(db, "grown", "tbl INTEGER, no INTEGER, whole INTEGER, PRIMARY KEY (tbl, no)")
    new = {entity for entity, name in columns if name == "ref"}
    db.executemany(
        "INSERT INTO grown SELECT tbl, no, ? FROM sync_column WHERE entity = ? AND name = ?",
        [(entity in new, entity, name) for entity, name in columns],
    )
    fresh(db, "trow", TROW)
    db.execute(
        """INSERT INTO trow SELECT row, tbl, 0, 0, max(born), 0, 0, 0, NULL, 1 FROM (
             SELECT o.row, o.tbl, g.whole AS born FROM sync_op o CROSS JOIN grown g ON g.tbl = o.tbl
             WHERE g.whole OR EXISTS (SELECT 1 FROM sync_cell c WHERE c.op = o.id AND c.col = g.no)
             UNION SELECT u.row, u.tbl, g.whole FROM grown g
             CROSS JOIN sync_unplaced u ON u.tbl = g.tbl AND u.col = g.no)
           GROUP BY row"""
    )
    fresh(db, "dirty", "row TEXT PRIMARY KEY")
    return db.execute("INSERT INTO dirty SELECT row FROM trow").rowcount > 0


def place(db: sqlite3.Connection) -> None:
    """Write what the rows in temp.dirty are, in the new columns and tables only."""
    derive.work_out(db)
    db.execute(
        "INSERT OR IGNORE INTO val SELECT row, col, value, 0 FROM sync_unplaced WHERE row NOT IN (SELECT row FROM dead)"
    )
    db.execute(
        """DELETE FROM val WHERE NOT EXISTS (SELECT 1 FROM trow t CROSS JOIN grown g ON g.tbl = t.tbl
             WHERE t.row = val.row AND g.no = val.col)"""
    )
    db.execute("SAVEPOINT filled")
    try:
        write(db)
    except sqlite3.IntegrityError:
        db.execute("ROLLBACK TO filled")
        leave_unfit(db)
        write(db)
    db.execute("RELEASE filled")


def write(db: sqlite3.Connection) -> None:
    for tbl, entity in touched(db):
        apply.write_values(db, tbl, entity, "SELECT row FROM trow WHERE born")


def leave_unfit(db: sqlite3.Connection) -> None:
    """What a still newer program takes and this one does not stays in the log, and is noted in sync_kept."""
    for tbl, entity in touched(db):
        names = dict(apply.places(db, tbl, entity, ENTITIES[entity].names | {"ref"}))
        for row, born in db.execute("SELECT row, born FROM trow WHERE tbl = ?", (tbl,)).fetchall():
            values = {names[col]: new for col, new in db.execute("SELECT col, new FROM val WHERE row = ?", (row,))}
            if values and not authorise.fits(db, entity, row, values):
                db.execute(
                    "INSERT OR IGNORE INTO sync_kept SELECT row, iif(?, -1, col) FROM val WHERE row = ?", (born, row)
                )
                db.execute("DELETE FROM val WHERE row = ?", (row,))
                db.execute("INSERT OR IGNORE INTO dead VALUES (?)", (row,))


def lean(main: Store) -> None:
    """What the filled rows refer to, and was deleted while nobody here knew of them, comes back.

    A row that refers to what never was here is deleted; the log keeps it.
    """
    db = main.db
    used = {tbl: set(ENTITIES[entity].names) for tbl, entity in touched(db)}
    fresh(db, "dead", "row TEXT PRIMARY KEY")
    while lost := repair.keep_whole(main, UPGRADE, ACTOR, used):
        change = Change(db, main.file, main.today, main.terms)
        change.begin()
        capturing(db, 1)
        for _, entity in touched(db):
            db.executemany(f'DELETE FROM "{entity}" WHERE id = ?', [(row,) for row in lost])
        change.end(now(), ACTOR, f"{UPGRADE}: {repair.NOWHERE}", VERSION, None)
    capturing(db, 1)


def hold_back(db: sqlite3.Connection) -> None:
    """In a unit's file: filled rows that must refer to what is not here wait outside the tables for the main file."""
    found = True
    while found:
        found = False
        for tbl, entity in touched(db):
            for f in (f for f in ENTITIES[entity].columns if isinstance(f, Ref)):
                gone = f"""SELECT e.id FROM trow t CROSS JOIN "{entity}" e ON e.id = t.row WHERE t.tbl = {tbl}
                  AND e."{f.name}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{f.to}" p WHERE p.id = e."{f.name}")"""
                if f.required:
                    db.execute(f"INSERT OR IGNORE INTO sync_kept SELECT id, -1 FROM ({gone})")
                    found |= db.execute(f'DELETE FROM "{entity}" WHERE id IN ({gone})').rowcount > 0
                else:
                    db.execute(f'UPDATE "{entity}" SET "{f.name}" = NULL WHERE id IN ({gone})')
    hold.whole(db)
