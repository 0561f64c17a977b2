"""Make the log forget: destroy what operations said, and keep a digest so that every chain of seals still holds.

An operation's header (which row, which unit, when, whose stream) stays; its values, its salt and every other trace of
them in the file go. Its leaf goes to sync_destroyed with the decision and with the ``cause``: the main file's delete of
the row. Without the salt nobody can try out which values gave the leaf.

A change of the row that had not seen its cause is destroyed where it arrives, and brings nothing back (derive.lives).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lsk.capture import SEQUENCE_BITS
from lsk.errors import LskError
from lsk.store import Store, now, transaction

from .causality import MAIN, SEQUENCE_MASK, first_of, saw
from .columns import fresh
from .seal import leaves_of


@dataclass(frozen=True)
class Destroyed:
    """What one decision destroyed in this file: how many operations on how many rows, and when in the main file."""

    decision: str
    at: str
    operations: int
    rows: int


def destroyed(db: sqlite3.Connection) -> list[Destroyed]:
    """What has been destroyed, the latest first."""
    found = db.execute(
        """SELECT decision, max(at), count(*), count(DISTINCT cause) FROM sync_destroyed WHERE cause IS NOT NULL
           GROUP BY decision, substr(at, 1, 10) ORDER BY 2 DESC, 1"""
    )
    return [Destroyed(*row) for row in found]


def tainted(db: sqlite3.Connection, upto: dict[int, int]) -> bool:
    """Whether a bundle that this file wrote may hold values since destroyed. ``upto``: what whoever takes it has seen.

    No clock is asked: a bundle is clean when its writer, by ``upto``, had seen the delete that the destruction was.
    """
    own = db.execute("SELECT stream FROM sync_local").fetchone()[0]
    streams = upto.items() if own == MAIN else [(own, upto.get(own, 0))]
    return any(
        db.execute(
            f"SELECT 1 FROM sync_destroyed WHERE op > ? AND op <= ? AND cause & {SEQUENCE_MASK} > ? LIMIT 1",
            (first_of(stream), first_of(stream) + newest, upto.get(MAIN, 0)),
        ).fetchone()
        for stream, newest in streams
    )


def doom(db: sqlite3.Connection) -> None:
    """An empty temp.doomed: the operations to destroy, what destroys each, and by which decision."""
    fresh(db, "doomed", "op INTEGER PRIMARY KEY, cause INTEGER, decision TEXT")


def late(db: sqlite3.Connection) -> int:
    """Destroy what the attached unit file wrote about rows that it did not know were destroyed; how many operations."""
    if not any_destroyed(db):
        return 0
    doom(db)
    unaware(db)
    db.execute(
        """INSERT OR IGNORE INTO main.sync_destroyed(op, leaf, decision, at, cause)
           SELECT o.op, o.leaf, d.decision, o.at, d.cause FROM doomed d
           CROSS JOIN other.sync_destroyed o ON o.op = d.op"""
    )
    return bury(db)


def arrive(db: sqlite3.Connection) -> int:
    """Destroy in a unit's file what the attached package says was destroyed in the main file; how many operations."""
    doom(db)
    db.execute(
        """INSERT INTO doomed SELECT d.op, d.cause, d.decision FROM other.sync_destroyed d WHERE d.cause IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM main.sync_destroyed m WHERE m.op = d.op AND m.cause IS NOT NULL)"""
    )
    db.execute(
        """INSERT OR REPLACE INTO main.sync_destroyed(op, leaf, decision, at, cause)
           SELECT o.op, o.leaf, o.decision, o.at, o.cause FROM doomed d
           CROSS JOIN other.sync_destroyed o ON o.op = d.op"""
    )
    unaware(db)
    return bury(db)


def any_destroyed(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sync_destroyed WHERE cause IS NOT NULL LIMIT 1").fetchone() is not None


def unaware(db: sqlite3.Connection) -> None:
    """Add to temp.doomed the operations, set aside or not, on destroyed rows whose destruction they had not seen."""
    for table, key in (("sync_op", "id"), ("sync_quarantine", "op")):
        db.execute(
            f"""INSERT OR IGNORE INTO doomed SELECT o.id, y.id, y.decision
                FROM (SELECT d.id, d.epoch, d.row, g.decision FROM sync_destroyed g CROSS JOIN sync_op d ON d.id = g.op
                      WHERE g.op = g.cause) y
                CROSS JOIN (SELECT {key} AS id, epoch, row FROM {table}) o ON o.row = y.row
                WHERE NOT EXISTS (SELECT 1 FROM sync_destroyed h WHERE h.op = o.id AND h.cause IS NOT NULL)
                AND NOT {saw("o", "y")}"""
        )


def bury(db: sqlite3.Connection) -> int:
    """Destroy the operations in temp.doomed and every trace of their rows in the log; how many. In a transaction."""
    doomed = {op: (decision, cause) for op, decision, cause in db.execute("SELECT op, decision, cause FROM doomed")}
    if not doomed:
        return 0
    db.execute("PRAGMA secure_delete = ON")
    db.executemany(
        """INSERT INTO main.sync_destroyed(op, leaf, decision, at, cause) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT(op) DO UPDATE SET decision = excluded.decision, cause = excluded.cause""",
        [
            (op, leaf, decision, now(), cause)
            for op, leaf in list(leaves_of(db, "main", "IN (SELECT op FROM doomed)"))
            for decision, cause in [doomed[op]]
        ],
    )
    for table, name in (("sync_op", "id"), ("sync_quarantine", "op")):
        db.execute(
            f"""UPDATE main.{table} SET salt = NULL, new = NULL, old = NULL WHERE {name} IN (SELECT op FROM doomed)"""
        )
    erase_rows(db)
    erase_reasons(db)
    db.execute("UPDATE sync_local SET unswept = 1")
    return len(doomed)


def erase_rows(db: sqlite3.Connection) -> None:
    """What else the file keeps of the rows: what they were before a merge, conflicts, the search index."""
    fresh(db, "erased", "row TEXT PRIMARY KEY")
    for table, key in (("sync_op", "id"), ("sync_quarantine", "op")):
        db.execute(
            f"INSERT OR IGNORE INTO erased SELECT o.row FROM doomed d CROSS JOIN main.{table} o ON o.{key} = d.op"
        )
    db.execute("DELETE FROM main.sync_before WHERE row IN (SELECT row FROM erased)")
    db.execute("DELETE FROM main.sync_unplaced WHERE row IN (SELECT row FROM erased)")
    db.execute("DELETE FROM main.sync_conflict WHERE row IN (SELECT row FROM erased)")
    db.execute(
        "DELETE FROM search WHERE rowid IN (SELECT r.doc FROM erased e CROSS JOIN search_row r ON r.record = e.row)"
    )


def erase_reasons(db: sqlite3.Connection) -> None:
    """What people wrote about a change of which nothing is left: a reason may name what was destroyed."""
    after = f"""ifnull((SELECT min(n.id) FROM (SELECT id FROM main.change_set UNION SELECT change_set FROM sync_local) n
      WHERE n.id > s.id), (s.id >> {SEQUENCE_BITS}) + 1 << {SEQUENCE_BITS})"""
    db.execute(
        f"""UPDATE main.change_set AS s SET why = NULL WHERE why IS NOT NULL
            AND id IN (SELECT (SELECT max(h.id) FROM main.change_set h WHERE h.id <= d.op) FROM doomed d)
            AND NOT EXISTS (SELECT 1 FROM main.sync_op o WHERE o.id >= s.id AND o.id < {after}
              AND o.id >> {SEQUENCE_BITS} = s.id >> {SEQUENCE_BITS}
              AND NOT EXISTS (SELECT 1 FROM sync_destroyed g WHERE g.op = o.id AND g.cause IS NOT NULL))"""
    )


def sweep(store: Store) -> bool:
    """Write the file anew if values were destroyed in it, so that they are gone from its free pages too.

    It may be done again after a crash or when the file was in use. LskError when it cannot be done now.
    """
    db = store.db
    if store.readonly or not db.execute("SELECT unswept FROM sync_local").fetchone()[0]:
        return False
    try:
        with transaction(db):
            db.execute("INSERT INTO search(search) VALUES ('optimize')")  # the index keeps what it was told to drop
        db.execute("PRAGMA temp_store = FILE")
        db.execute("VACUUM")
        with transaction(db):
            db.execute("UPDATE sync_local SET unswept = iif(EXISTS (SELECT 1 FROM sync_kept WHERE col = -1), 1, NULL)")
    except sqlite3.OperationalError as error:
        raise LskError(
            f"{store.path} är gallrad, men kunde inte skrivas om ({error}), så gallrade värden kan ligga kvar i filens "
            f"lediga utrymme. Stäng andra program som har filen öppen och kör: lsk gallring {store.path}"
        ) from error
    finally:
        db.execute("PRAGMA temp_store = MEMORY")
    return True
