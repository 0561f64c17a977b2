"""Which of the main file's history a unit's file gets: what is new about the unit's rows, and whole rows in conflict.

A unit's file starts without history, so that no other unit's comes along. A row's earlier history follows only when it
is needed to see who had seen what: when two changes of the row did not know of each other.
"""

from __future__ import annotations

import sqlite3

from lsk.capture import DELETE
from lsk.model import ENTITIES
from lsk.model.vocabulary import SHARED, UNIT

from .causality import first_of, saw
from .columns import fresh
from .scope import kinds


def touched(db: sqlite3.Connection, base: dict[int, int], upto: dict[int, int], receiver: int) -> None:
    """Fill temp.changed_row (row, entity) with what has changed since ``base``, other than by the receiver itself."""
    fresh(db, "changed_row", "row TEXT PRIMARY KEY, entity TEXT")
    for stream, newest in upto.items():
        if newest > base.get(stream, 0) and stream != receiver:
            db.execute(
                """INSERT OR IGNORE INTO changed_row SELECT o.row, c.entity FROM (
                     SELECT DISTINCT row, tbl FROM sync_op WHERE id > ? AND id <= ?) o
                   JOIN (SELECT DISTINCT tbl, entity FROM sync_column) c ON c.tbl = o.tbl""",
                (first_of(stream) + base.get(stream, 0), first_of(stream) + newest),
            )


def choose(
    db: sqlite3.Connection, base: dict[int, int], upto: dict[int, int], receiver: int, has: int | None = None
) -> None:
    """Fill temp.news (id) with the operations to send: about rows in temp.inside, and about the unit's rows now gone.

    ``has``: the receiver lacks its own operations beyond this one, and gets them back.
    """
    fresh(db, "news", "id INTEGER PRIMARY KEY")
    gone(db)
    for stream, newest in upto.items():
        if stream != receiver:
            db.execute(
                """INSERT INTO news SELECT o.id FROM sync_op o WHERE o.id > ? AND o.id <= ?
                   AND (o.row IN (SELECT id FROM inside) OR o.row IN (SELECT row FROM gone))""",
                (first_of(stream) + base.get(stream, 0), first_of(stream) + newest),
            )
        elif has is not None:
            db.execute(
                "INSERT INTO news SELECT id FROM sync_op WHERE id > ? AND id <= ?",
                (first_of(stream) + has, first_of(stream) + newest),
            )
    db.execute(
        f"""INSERT OR IGNORE INTO news SELECT o.id FROM (
              SELECT DISTINCT x.row FROM news n CROSS JOIN sync_op x ON x.id = n.id
              CROSS JOIN sync_op o ON o.row = x.row
              WHERE o.id <> x.id AND NOT {saw("x", "o")} AND NOT {saw("o", "x")}) r
            CROSS JOIN sync_op o ON o.row = r.row"""
    )
    contested(db)


def gone(db: sqlite3.Connection) -> None:
    """Fill temp.gone (row) with touched rows that are deleted and, as far as is known for certain, were the unit's.

    When it is not certain, the row is not named: a delete remembers all that the row held (see belonging.unclear).
    """
    fresh(db, "gone", "row TEXT PRIMARY KEY")
    for entity in (ENTITIES[name] for name in kinds(db, "changed_row")):
        dead = f"""SELECT t.row FROM changed_row t WHERE t.entity = '{entity.name}'
          AND NOT EXISTS (SELECT 1 FROM "{entity.name}" e WHERE e.id = t.row)"""
        if entity.scope == SHARED:
            db.execute(f"INSERT INTO gone {dead}")
        else:
            shared = f"OR (o.unit IS NULL AND {int(entity.scope == UNIT)})"
            db.execute(
                f"""INSERT INTO gone SELECT d.row FROM ({dead}) d WHERE
                      (SELECT o.unit IN (SELECT id FROM temp.subtree) {shared} FROM sync_op o
                       WHERE o.row = d.row AND o.kind = {DELETE} ORDER BY o.hlc DESC, o.id DESC LIMIT 1)"""
            )


def contested(db: sqlite3.Connection) -> None:
    """The whole history of rows in conflict, so that the conflict can be shown and decided in the unit's file too."""
    db.execute(
        """INSERT OR IGNORE INTO news SELECT o.id FROM (SELECT DISTINCT row FROM sync_conflict) c
           CROSS JOIN inside i ON i.id = c.row CROSS JOIN sync_op o ON o.row = c.row"""
    )


def copy(db: sqlite3.Connection, base: dict[int, int], receiver: int, has: int | None = None) -> None:
    """Put the operations in temp.news into the package with who, when and why, and what the receiver needs beside.

    Of what was set aside the receiver gets the values only if it has lost them (``has``, see ``choose``).
    """
    db.execute("INSERT INTO pack.sync_op SELECT o.* FROM news n CROSS JOIN main.sync_op o ON o.id = n.id")
    db.execute(
        """INSERT OR IGNORE INTO pack.change_set SELECT * FROM main.change_set WHERE id IN (
             SELECT (SELECT max(h.id) FROM main.change_set h WHERE h.id <= n.id) FROM news n)"""
    )
    db.execute(
        """INSERT INTO pack.sync_stream
           SELECT no, replica, code, name, unit, created_at, last_sync_at, revoked_at, sign_key, age_key, NULL
           FROM main.sync_stream"""
    )
    db.execute("INSERT INTO pack.sync_column SELECT * FROM main.sync_column")
    db.execute(
        """INSERT INTO pack.sync_destroyed SELECT * FROM main.sync_destroyed WHERE cause IS NOT NULL
           AND (op IN (SELECT id FROM news) OR (op > ? AND op < ?))""",
        (first_of(receiver), first_of(receiver + 1)),
    )
    deps(db, base)
    db.execute(
        "INSERT INTO pack.sync_conflict SELECT c.* FROM main.sync_conflict c WHERE c.row IN (SELECT id FROM inside)"
    )
    lost = first_of(receiver + 1) if has is None else first_of(receiver) + has
    db.execute(
        """INSERT INTO pack.sync_quarantine SELECT op, tbl, row, kind, unit, reason, found_at, epoch, hlc, salt,
             iif(op > ?3, new, NULL), iif(op > ?3, old, NULL) FROM main.sync_quarantine WHERE op > ?1 AND op < ?2""",
        (first_of(receiver), first_of(receiver + 1), lost),
    )


def deps(db: sqlite3.Connection, base: dict[int, int]) -> None:
    """How far each file had seen the others, from the epoch where the receiver's knowledge of it ends."""
    for (stream,) in db.execute("SELECT DISTINCT stream FROM main.sync_dep").fetchall():
        db.execute(
            """INSERT INTO pack.sync_dep SELECT * FROM main.sync_dep WHERE stream = ?1 AND epoch >= ifnull(
                 (SELECT epoch FROM main.sync_op WHERE id = ?2), 0)""",
            (stream, first_of(stream) + base.get(stream, 0)),
        )
