"""A unit's file takes a package from the main file (package.py). What the unit has not sent yet stays as it is.

A row that the unit has not touched since becomes what the main file says it is; one that it has touched is worked out
from the log, where the unit's own changes and the main file's both are.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from lsk import search
from lsk.capture import INSERT
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.store import Store, now, transaction

from . import apply, belonging, derive, forget, hold, leave
from .causality import advance, first_of, pull_clock, vector
from .columns import copy_operations, fresh, translate
from .package import About, acknowledged
from .sides import STREAMS
from .stage import columns_used, stage, touched
from .take import Taken, unknown


class Early(LskError):
    """The package builds on one that has not come yet. It can wait; nothing is changed."""


class Amiss(Early):
    """With the package the file would not hold the rows that the main file means it to. Nothing is changed."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} behöver få allt på nytt från huvudfilen. Det begärs av sig självt.")


def take_down(unit: Store, about: About) -> Taken:
    """Take the package attached as ``other``. Nothing new, nothing written.

    Early when an earlier one is missing; Amiss when only a whole package will do.
    """
    try:
        return taken_down(unit, about)
    except sqlite3.IntegrityError as error:
        if about.whole or "FOREIGN KEY" not in str(error):
            raise
        raise Amiss(unit.path) from error


def taken_down(unit: Store, about: About) -> Taken:
    db, stream = unit.db, unit.file.stream
    with transaction(db):
        knows = acknowledged(db)
        if any(n > knows.get(s, 0) for s, n in about.base.items() if s != stream):
            raise Early(
                f"{unit.path} saknar ett tidigare paket från huvudfilen. Det här får vänta tills det har kommit."
            )
        if all(n <= knows.get(s, 0) for s, n in about.upto.items()):  # one that came late tells nothing
            return Taken()
        db.execute("UPDATE sync_local SET capture = 0")
        translate(db)
        db.execute("INSERT OR IGNORE INTO sync_dep SELECT * FROM other.sync_dep")
        db.execute(STREAMS)
        newest = about.upto.get(stream, 0)
        # What the file itself once sent, and lost when a backup was restored, the main file may not have taken yet.
        acked = knows[stream] if about.sender == stream else newest
        which = "o.id NOT IN (SELECT id FROM known)"
        news(db, stream, acked)
        stage(db, which)
        unsettled(db)
        used = columns_used(db, which) or {}
        operations = copy_operations(db, which)
        leave.come_back(db)
        db.execute("INSERT OR IGNORE INTO main.change_set SELECT * FROM other.change_set")
        forgotten = forget.arrive(db)
        missing = unknown(db, which)
        taken = write(db, about, used)
        leave.quarantine(db, stream, about)
        conflicts(db, about)
        hold.whole(db)
        catch_up(unit, newest)
        own_seals(db, stream)
        advance(db, about.upto)
        db.execute("INSERT OR REPLACE INTO sync_seen VALUES (?, ?)", (stream, acked))
        pull_clock(db, db.execute("SELECT max(hlc) FROM other.sync_op").fetchone()[0])
        db.execute("UPDATE sync_stream SET last_sync_at = ? WHERE no = ?", (now(), stream))
        db.execute("UPDATE sync_local SET capture = 1")
        search.reindex(db, "SELECT row, entity FROM indexed")
        taken.operations, taken.unknown, taken.forgotten = operations, missing, forgotten
        if amiss(db, about):
            raise Amiss(unit.path)
        return taken


def amiss(db: sqlite3.Connection, about: About) -> bool:
    """Whether the file holds other rows than it should. Not asked while it has changes of its own that are not sent."""
    if about.whole or not about.holds or db.execute("SELECT 1 FROM unsent LIMIT 1").fetchone():
        return False
    return not belonging.alike(belonging.held(db), about.holds)


def news(db: sqlite3.Connection, stream: int, acked: int) -> None:
    """temp.known: operations of the package that we have; temp.unsent: rows we have changed that main has not seen."""
    fresh(db, "known", "id INTEGER PRIMARY KEY")
    db.execute("INSERT INTO known SELECT id FROM other.sync_op WHERE id IN (SELECT id FROM main.sync_op)")
    fresh(db, "unsent", "row TEXT PRIMARY KEY, born INTEGER")
    db.execute(
        f"""INSERT INTO unsent SELECT row, max(kind = {INSERT}) FROM main.sync_op
            WHERE id > ? AND id < ? GROUP BY row""",
        (first_of(stream) + acked, first_of(stream + 1)),
    )


def unsettled(db: sqlite3.Connection) -> None:
    """Mark as dirty the rows whose values the package's operations cannot simply give."""
    db.execute(
        """INSERT OR IGNORE INTO trow SELECT k.row, n.tbl, 0, 0, 0, 0, 0, 0, NULL, 1 FROM sync_kept k
           JOIN (SELECT DISTINCT row, tbl FROM main.sync_op) n ON n.row = k.row"""
    )
    there(db)
    db.execute(
        """UPDATE trow SET dirty = 1 WHERE several OR (born AND (there IS NOT NULL OR died))
             OR (there IS NULL AND NOT born)
             OR died OR row IN (SELECT row FROM unsent) OR row IN (SELECT row FROM other.sync_conflict)
             OR row IN (SELECT row FROM main.sync_conflict)"""
    )


def write(db: sqlite3.Connection, about: About, used: dict[int, set[str]]) -> Taken:
    """Bring the rows up to what the package says; how many came, changed and went."""
    fresh(db, "dead", "row TEXT PRIMARY KEY")
    fresh(db, "dirty", "row TEXT PRIMARY KEY")
    fresh(db, "val", "row TEXT, col INTEGER, new ANY, id INTEGER, PRIMARY KEY (row, col)")
    fresh(db, "indexed", "row TEXT PRIMARY KEY, entity TEXT")
    changed = 0
    if about.whole:
        changed += imaged(db)
    else:
        for tbl, entity in touched(db):
            apply.single_operations(db, tbl, entity, used.get(tbl, ()))
        apply.last_values(db, "o.id BETWEEN t.first AND t.last")
        for tbl, entity in touched(db):
            apply.write_values(db, tbl, entity, "SELECT row FROM trow WHERE born")
    dirty = "dirty AND row IN (SELECT row FROM unsent)" if about.whole else "dirty"
    db.execute(f"INSERT INTO dirty SELECT row FROM trow WHERE {dirty}")
    derive.work_out(db)
    for tbl, entity in touched(db):
        apply.write_values(db, tbl, entity, "SELECT row FROM dirty")
    leave.rows(db, about)
    added, stayed, removed = counted(db)
    return Taken(added, changed if about.whole else stayed, removed)


def there(db: sqlite3.Connection) -> None:
    """Note in temp.trow where the rows that have no operations of their own are in our tables."""
    for tbl, entity in touched(db):
        db.execute(
            f'UPDATE trow SET there = (SELECT e.rowid FROM "{entity}" e WHERE e.id = row) WHERE tbl = ? AND first = 0',
            (tbl,),
        )


def counted(db: sqlite3.Connection) -> tuple[int, int, int]:
    """How many of the staged rows came, stayed and went; with those that went without being staged."""
    fresh(db, "now_there", "row TEXT PRIMARY KEY")
    for tbl, entity in touched(db):
        db.execute(
            f'INSERT INTO now_there SELECT t.row FROM trow t CROSS JOIN "{entity}" e ON e.id = t.row WHERE t.tbl = ?',
            (tbl,),
        )
    added, stayed, removed = db.execute(
        """SELECT ifnull(sum(here AND NOT was), 0), ifnull(sum(here AND was), 0), ifnull(sum(was AND NOT here), 0)
           FROM (SELECT n.row IS NOT NULL AS here, t.there IS NOT NULL AS was FROM trow t
                 LEFT JOIN now_there n USING (row))"""
    ).fetchone()
    left = db.execute("SELECT count(*) FROM going WHERE row NOT IN (SELECT row FROM trow)").fetchone()[0]
    return added, stayed, removed + left


def imaged(db: sqlite3.Connection) -> int:
    """Make our rows what the package's images say, but for those that we have changed since; how many were changed."""
    db.execute(
        """INSERT OR IGNORE INTO trow
           SELECT i.row, x.tbl, 0, 0, 1, 0, 0, 0, NULL, i.row IN (SELECT row FROM unsent) FROM other.image_row i
           JOIN xtbl x ON x.otbl = i.tbl"""
    )
    there(db)
    db.execute("INSERT INTO indexed SELECT i.row, x.entity FROM other.image_row i JOIN xtbl x ON x.otbl = i.tbl")
    db.execute("DELETE FROM sync_unplaced")
    db.execute(
        """INSERT INTO sync_unplaced SELECT i.row, x.no, x.tbl, c.value FROM xcol x
           CROSS JOIN other.image_row i ON i.tbl = x.otbl
            CROSS JOIN other.image_cell c ON c.row = i.row AND c.col = x.ono
           WHERE NOT x.placed"""
    )
    kinds = db.execute(
        "SELECT DISTINCT x.tbl, x.entity FROM other.image_row i JOIN xtbl x ON x.otbl = i.tbl"
    ).fetchall()
    return sum(apply.write_images(db, tbl, entity) for tbl, entity in kinds if entity in ENTITIES)


def conflicts(db: sqlite3.Connection, about: About) -> None:
    """Our conflicts are the main file's; on rows that we have changed since, what our log says."""
    derive.settle(db)
    some = "" if about.whole else "AND row IN (SELECT row FROM trow)"
    db.execute(f"DELETE FROM main.sync_conflict WHERE row NOT IN (SELECT row FROM unsent) {some}")
    db.execute(
        """INSERT OR REPLACE INTO main.sync_conflict
           SELECT c.row, CASE WHEN c.col < 0 THEN c.col ELSE x.no END, t.tbl, c.winner, c.others, c.found_at
           FROM other.sync_conflict c JOIN xtbl t ON t.otbl = c.tbl
           LEFT JOIN xcol x ON x.otbl = c.tbl AND x.ono = c.col WHERE c.row NOT IN (SELECT row FROM unsent)"""
    )


def own_seals(db: sqlite3.Connection, stream: int) -> None:
    """The file's own seals that come with operations it had lost, in place of what it may have sealed otherwise."""
    first = db.execute(
        "SELECT min(first) FROM other.sync_seal WHERE signer = ?1 AND stream = ?1", (stream,)
    ).fetchone()[0]
    if first is not None:
        db.execute("DELETE FROM main.sync_seal WHERE signer = ?1 AND stream = ?1 AND upto >= ?2", (stream, first))
        db.execute(
            "INSERT INTO main.sync_seal SELECT * FROM other.sync_seal WHERE signer = ?1 AND stream = ?1", (stream,)
        )


def catch_up(unit: Store, newest: int) -> None:
    """If this is an older copy of the file, restored: go on numbering where the newest copy was."""
    db, stream, code = unit.db, unit.file.stream, unit.file.code
    if newest <= vector(db)[stream]:
        return
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
