"""Bring the main file's news down into a unit's file: its rows become what the main file says they are.

The main file has by then taken everything the unit's file had (or set it aside), so there is nothing here that the main
file does not know; what belongs in the file is selected, compared, and only the difference is written.
"""

from __future__ import annotations

import sqlite3

from lsk import search
from lsk.capture import DELETE, SEQUENCE_BITS
from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity
from lsk.store import Store, now, transaction

from . import scope, share
from .causality import advance, first_of, pull_clock, vector
from .columns import fresh, translate
from .take import Taken


def take_down(unit: Store) -> Taken | None:
    """The unit's file takes what is new in the main file, attached as ``other``. Nothing new, nothing written.

    None when the unit's file has been changed since the main file took from it: take up again first.
    """
    db, stream = unit.db, unit.file.stream
    with transaction(db):
        mine, theirs = vector(db), vector(db, "other")
        if mine[stream] > theirs.get(stream, 0):
            return None
        if not set_aside(db, stream) and all(n <= mine.get(s, 0) for s, n in theirs.items()):
            return Taken()
        db.execute("UPDATE sync_local SET capture = 0")
        translate(db)
        db.execute("INSERT OR IGNORE INTO sync_dep SELECT * FROM other.sync_dep")
        db.execute("INSERT OR REPLACE INTO sync_stream SELECT * FROM other.sync_stream")
        scope.inside(db, "other", str(unit.file.unit))
        taken = difference(db)
        share.start(db)
        share.new_operations(db, mine, theirs)
        share.contested(db)
        write_difference(db)
        taken.operations = share.copy(db)
        forget_what_left(db)
        quarantine(db, stream)
        if mine[stream] < theirs.get(stream, 0):
            catch_up(unit, theirs[stream])
        advance(db, theirs)
        pull_clock(db, db.execute("SELECT max(hlc) FROM sync_op").fetchone()[0])
        db.execute("UPDATE sync_stream SET last_sync_at = ? WHERE no = ?", (now(), stream))
        db.execute("UPDATE sync_local SET capture = 1")
        search.reindex(db, "SELECT id, entity FROM diff")
        return taken


def set_aside(db: sqlite3.Connection, stream: int) -> bool:
    """Whether the main file has set aside something of ours that we have not heard of."""
    return (
        db.execute(
            f"""SELECT 1 FROM other.sync_quarantine WHERE op >> {SEQUENCE_BITS} = ?
                AND op NOT IN (SELECT op FROM main.sync_quarantine) LIMIT 1""",
            (stream,),
        ).fetchone()
        is not None
    )


def difference(db: sqlite3.Connection) -> Taken:
    """Fill temp.diff (id, entity, what): rows to add (1), to change (2), deleted (3), gone to another unit (4)."""
    fresh(db, "diff", "id TEXT PRIMARY KEY, entity TEXT, what INTEGER")
    for entity in scope.present(db):
        name = entity.name
        differs = " OR ".join(f't."{c}" IS NOT {scope.shown(entity, c)}' for c in scope.names(db, entity))
        db.execute(
            f"""INSERT INTO diff SELECT n.id, '{name}', CASE WHEN t.id IS NULL THEN 1 ELSE 2 END
                FROM inside n CROSS JOIN other."{name}" s ON s.id = n.id LEFT JOIN main."{name}" t ON t.id = n.id
                WHERE n.entity = '{name}' AND (t.id IS NULL OR {differs})"""
        )
        db.execute(
            f"""INSERT INTO diff SELECT t.id, '{name}', 3 + EXISTS (SELECT 1 FROM other."{name}" s WHERE s.id = t.id)
                FROM main."{name}" t WHERE t.id NOT IN (SELECT id FROM inside)"""
        )
    return Taken(
        *db.execute(
            "SELECT ifnull(sum(what = 1), 0), ifnull(sum(what = 2), 0), ifnull(sum(what > 2), 0) FROM diff"
        ).fetchone()
    )


def write_difference(db: sqlite3.Connection) -> None:
    for (name,) in db.execute("SELECT DISTINCT entity FROM diff").fetchall():
        write_table(db, ENTITIES[name])


def write_table(db: sqlite3.Connection, entity: Entity) -> None:
    name, columns = entity.name, scope.names(db, entity)
    rows = f"""FROM diff d CROSS JOIN other."{name}" s ON s.id = d.id WHERE d.entity = '{name}'"""
    listed = ", ".join(f'"{c}"' for c in columns)
    values = ", ".join(f'{scope.shown(entity, c)} AS "{c}"' for c in columns)
    db.execute(f"""DELETE FROM main."{name}" WHERE id IN (SELECT id FROM diff WHERE entity = '{name}' AND what > 2)""")
    db.execute(
        f"""UPDATE main."{name}" SET {", ".join(f'"{c}" = v."{c}"' for c in columns)}
            FROM (SELECT s.id AS _id, {values} {rows} AND d.what = 2) v WHERE main."{name}".id = v._id"""
    )
    db.execute(f"""INSERT INTO main."{name}"(id, {listed}) SELECT s.id, {values} {rows} AND d.what = 1""")


def forget_what_left(db: sqlite3.Connection) -> None:
    """A row that went to another unit takes its history along; main keeps it. A deleted row's history stays."""
    fresh(db, "gone", "id INTEGER PRIMARY KEY")
    db.execute(
        f"""INSERT INTO gone SELECT o.id FROM diff d CROSS JOIN main.sync_op o ON o.row = d.id WHERE d.what = 4
            OR (d.what = 3 AND NOT EXISTS (SELECT 1 FROM main.sync_op x WHERE x.row = d.id AND x.kind = {DELETE}))"""
    )
    db.execute("DELETE FROM main.sync_cell WHERE id >> 7 IN (SELECT id FROM gone)")
    db.execute("DELETE FROM main.sync_op WHERE id IN (SELECT id FROM gone)")


def quarantine(db: sqlite3.Connection, stream: int) -> None:
    """What the main file set aside is set aside here too."""
    db.execute(
        f"""INSERT OR IGNORE INTO main.sync_quarantine SELECT q.op, x.tbl, q.row, q.kind, q.unit, q.reason, q.found_at
            FROM other.sync_quarantine q JOIN xtbl x ON x.otbl = q.tbl WHERE q.op >> {SEQUENCE_BITS} = ?""",
        (stream,),
    )
    db.execute("DELETE FROM main.sync_op WHERE id IN (SELECT op FROM main.sync_quarantine)")


def catch_up(unit: Store, newest: int) -> None:
    """This is an older copy of the file, restored: go on numbering where the newest copy was."""
    db, stream, code = unit.db, unit.file.stream, unit.file.code
    low, high = first_of(stream), first_of(stream + 1)
    db.execute(
        """UPDATE sync_local SET seq = ?, epoch = max(epoch,
             (SELECT ifnull(max(epoch), 0) FROM sync_dep WHERE stream = ?),
             (SELECT ifnull(max(epoch), 0) FROM sync_op WHERE id > ? AND id < ?))""",
        (newest, stream, low, high),
    )
    for entity in (e for e in ENTITIES.values() if not e.identity):
        prefix = f"{code}-{entity.code}-"
        db.execute(
            f"""INSERT INTO ref_counter
                SELECT '{entity.code}', substr(ref, ?1, 2), max(CAST(substr(ref, ?1 + 3) AS INTEGER))
                FROM "{entity.name}" WHERE substr(ref, 1, ?1 - 1) = ?2 GROUP BY 2
                ON CONFLICT DO UPDATE SET n = max(n, excluded.n)""",
            (len(prefix) + 1, prefix),
        )
