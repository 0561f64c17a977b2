"""Which of the main file's history a unit's file gets: what is new about the unit's rows, and whole rows in conflict.

A unit's file starts without history, so that no other unit's comes along. A row's earlier history follows only when it
is needed to see who had seen what: when two changes of the row did not know of each other.
"""

from __future__ import annotations

import sqlite3

from .causality import first_of, saw
from .columns import copy_operations, fresh


def start(db: sqlite3.Connection) -> None:
    """An empty temp.news(id): the operations to copy."""
    fresh(db, "news", "id INTEGER PRIMARY KEY")


def new_operations(db: sqlite3.Connection, mine: dict[int, int], theirs: dict[int, int]) -> None:
    """What we have not seen about rows inside, and about rows (in temp.diff) that have gone."""
    for stream, newest in theirs.items():
        db.execute(
            """INSERT INTO news SELECT o.id FROM other.sync_op o WHERE o.id > ? AND o.id <= ?
               AND (o.row IN (SELECT id FROM inside) OR (o.row IN (SELECT id FROM diff WHERE what = 3)
                    AND (o.unit IS NULL OR o.unit IN (SELECT id FROM temp.subtree))))""",
            (first_of(stream) + mine.get(stream, 0), first_of(stream) + newest),
        )
    db.execute(
        f"""INSERT OR IGNORE INTO news SELECT o.id FROM (
              SELECT DISTINCT x.row FROM news n CROSS JOIN other.sync_op x ON x.id = n.id
              CROSS JOIN other.sync_op o ON o.row = x.row
              WHERE o.id <> x.id AND NOT {saw("x", "o")} AND NOT {saw("o", "x")}) r
            CROSS JOIN other.sync_op o ON o.row = r.row"""
    )


def contested(db: sqlite3.Connection) -> None:
    """The whole history of rows in conflict, so that the conflict can be shown and decided in the unit's file too."""
    db.execute(
        """INSERT OR IGNORE INTO news SELECT o.id FROM (SELECT DISTINCT row FROM other.sync_conflict) c
           CROSS JOIN inside i ON i.id = c.row CROSS JOIN other.sync_op o ON o.row = c.row"""
    )


def copy(db: sqlite3.Connection) -> int:
    """Copy the operations in temp.news with who, when and why, and make our conflicts those of the main file."""
    count = copy_operations(db, "o.id IN (SELECT id FROM news)")
    db.execute(
        """INSERT OR IGNORE INTO main.change_set SELECT * FROM other.change_set WHERE id IN (
             SELECT (SELECT max(h.id) FROM other.change_set h WHERE h.id <= n.id) FROM news n)"""
    )
    db.execute("DELETE FROM main.sync_conflict")
    db.execute(
        """INSERT INTO main.sync_conflict
           SELECT c.row, CASE WHEN c.col < 0 THEN c.col ELSE x.no END, t.tbl, c.winner, c.others, c.found_at
           FROM other.sync_conflict c JOIN inside i ON i.id = c.row JOIN xtbl t ON t.otbl = c.tbl
           LEFT JOIN xcol x ON x.otbl = c.tbl AND x.ono = c.col"""
    )
    return count
