"""What leaves a unit's file: deleted rows, rows that are another's now with their history, what was set aside."""

from __future__ import annotations

import sqlite3

from lsk.capture import DELETE, SEQUENCE_BITS
from lsk.model import ENTITIES
from lsk.model.vocabulary import Ref
from lsk.store import now

from .causality import saw
from .columns import fresh, in_our_numbers
from .package import About
from .scope import kinds
from .seal import leaves_of
from .stage import touched

# Deleted in the main file and changed here since: it lives, in both, until a person has decided.
CONTESTED = f"""SELECT u.row FROM unsent u WHERE u.row NOT IN (SELECT row FROM dead)
  AND EXISTS (SELECT 1 FROM main.sync_op o WHERE o.row = u.row AND o.kind = {DELETE})"""
LEFT = "lämnat enheten"  # why an operation is no longer here, in the place of a decision to destroy it


def rows(db: sqlite3.Connection, about: About) -> None:
    """Remove what the log says is dead and, when the package is whole, what is not in it and not newly made here.

    A row that a change not yet sent leans on stays until the main file has seen that change; it is noted in sync_kept.
    """
    db.execute("DELETE FROM sync_kept")
    fresh(db, "going", "row TEXT PRIMARY KEY, entity TEXT, out INTEGER")
    for _, entity in touched(db):
        db.execute(
            f"""INSERT OR IGNORE INTO going SELECT e.id, '{entity}', 0 FROM dead d
                CROSS JOIN "{entity}" e ON e.id = d.row"""
        )
    if about.whole:
        for entity in ENTITIES:
            db.execute(
                f"""INSERT OR IGNORE INTO going SELECT id, '{entity}', 1 FROM "{entity}"
                    WHERE id NOT IN (SELECT row FROM other.image_row)
                    AND id NOT IN (SELECT row FROM unsent WHERE born) AND id NOT IN ({CONTESTED})"""
            )
    while stay(db):
        continue
    for (entity,) in db.execute("SELECT DISTINCT entity FROM going").fetchall():
        db.execute(f"DELETE FROM \"{entity}\" WHERE id IN (SELECT row FROM going WHERE entity = '{entity}')")
    db.execute("INSERT OR IGNORE INTO indexed SELECT row, entity FROM going")
    forget(db)


def stay(db: sqlite3.Connection) -> int:
    """Let rows stay that a row which is not going refers to; how many."""
    count = 0
    to = kinds(db, "going")
    for entity in ENTITIES.values():
        for f in (f for f in entity.columns if isinstance(f, Ref) and f.to in to):
            found = db.execute(
                f"""SELECT DISTINCT g.row FROM going g CROSS JOIN "{entity.name}" e ON e."{f.name}" = g.row
                    WHERE g.entity = '{f.to}' AND e.id NOT IN (SELECT row FROM going)"""
            ).fetchall()
            db.executemany("INSERT OR IGNORE INTO sync_kept VALUES (?, -1)", found)
            db.executemany("DELETE FROM going WHERE row = ?", found)
            count += len(found)
    return count


def forget(db: sqlite3.Connection) -> None:
    """A row that went to another unit takes its history along; the main file keeps it. A deleted row's history stays.

    Of the file's own operations the leaf stays, so that its seals still hold.
    """
    fresh(db, "gone", "id INTEGER PRIMARY KEY, own INTEGER")
    db.execute(
        f"""INSERT INTO gone SELECT o.id, o.id >> {SEQUENCE_BITS} = l.stream FROM going g
            CROSS JOIN main.sync_op o ON o.row = g.row, sync_local l WHERE g.out
            AND EXISTS (SELECT 1 FROM main.sync_op x WHERE x.row = g.row AND x.kind <> {DELETE} AND NOT EXISTS (
              SELECT 1 FROM main.sync_op y WHERE y.row = g.row AND y.kind = {DELETE} AND {saw("y", "x")}))
            AND g.row NOT IN (SELECT row FROM unsent)"""
    )
    db.executemany(
        "INSERT OR IGNORE INTO main.sync_destroyed(op, leaf, decision, at) VALUES (?, ?, ?, ?)",
        [(o, leaf, LEFT, now()) for o, leaf in list(leaves_of(db, "main", "IN (SELECT id FROM gone WHERE own)"))],
    )
    db.execute("DELETE FROM main.sync_op WHERE id IN (SELECT id FROM gone)")
    db.execute("DELETE FROM main.sync_conflict WHERE row IN (SELECT row FROM going)")


def come_back(db: sqlite3.Connection) -> None:
    """Operations that had left the file with their row, and are here again, are read as they are."""
    db.execute("DELETE FROM main.sync_destroyed WHERE decision = ? AND op IN (SELECT id FROM main.sync_op)", (LEFT,))


def quarantine(db: sqlite3.Connection, stream: int, about: About) -> None:
    """What the main file set aside is set aside here too.

    If that was a delete of a row that had become another's, nothing tells here any more that the row is gone: its
    history goes after it.
    """
    db.execute(
        f"""INSERT OR IGNORE INTO main.sync_quarantine
            SELECT o.op, x.tbl, o.row, o.kind, o.unit, o.reason, o.found_at, o.epoch, o.hlc, o.salt,
              ifnull(m.new, {in_our_numbers(db, "o.new")}), ifnull(m.old, {in_our_numbers(db, "o.old")})
            FROM other.sync_quarantine o JOIN xtbl x ON x.otbl = o.tbl LEFT JOIN main.sync_op m ON m.id = o.op
            WHERE o.op >> {SEQUENCE_BITS} = ?""",
        (stream,),
    )
    aside = db.execute("DELETE FROM main.sync_op WHERE id IN (SELECT op FROM main.sync_quarantine)").rowcount
    if aside and about.whole:
        deleted_before(db, stream)
        forget(db)


def deleted_before(db: sqlite3.Connection, stream: int) -> None:
    """Fill temp.going with the rows set aside that the main file does not give us and that are not here either."""
    fresh(db, "going", "row TEXT PRIMARY KEY, entity TEXT, out INTEGER")
    for entity in ENTITIES:
        db.execute(
            f"""INSERT OR IGNORE INTO going SELECT DISTINCT q.row, '{entity}', 1 FROM main.sync_quarantine q
                WHERE q.op >> {SEQUENCE_BITS} = ? AND q.tbl IN (SELECT tbl FROM sync_column WHERE entity = '{entity}')
                AND q.row NOT IN (SELECT row FROM other.image_row) AND q.row NOT IN (SELECT id FROM "{entity}")""",
            (stream,),
        )
