"""A second copy of a unit's file that has been edited becomes a file of its own (faults 9 and 10).

A copied file, or a backup that was restored and then edited, uses the same numbers for other changes. Its changes after
the last one that the main file has too are given new numbers, in a stream of its own that had seen just what the copy
had. Then an ordinary sync takes them, and what both copies changed is in conflict.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from lsk.capture import INSERT, SEQUENCE_BITS
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.store import VERSION, FileInfo, Store, now, transaction, uri

from .causality import SEQUENCE_MASK, first_of, vector
from .columns import fresh
from .leave import LEFT
from .seal import leaves
from .sides import open_main, open_unit, spoken
from .unit_file import enlist

WHY = "kopian blev en egen fil med egen kod i beteckningarna"


def adopt(main: Path, path: Path, actor: str) -> FileInfo:
    """Make the copy at ``path`` a file of its own; who it is now. Both files are written at once, or neither.

    LskError when it is no unit's file of this main file, is revoked, or has no changes that need it.
    """
    with contextlib.ExitStack() as opened:
        store = opened.enter_context(open_main(main))
        copy = opened.enter_context(open_unit(store, path))
        with spoken(path), copy_attached(store.db, path), transaction(store.db):
            common = last_common(store.db, copy.file.stream)
            refuse_needless(store, copy, common)
            info = newcomer(store, copy)
            renumber(store.db, copy.file.stream, info.stream, common)
            become(store.db, copy.file.stream, info, common)
            own_references(store.db, copy.file.code, info, actor)
    return info


def renamed(copy: Store) -> list[tuple[str, str]]:
    """(old, new) for every reference that ``adopt`` gave anew, as the copy's log tells it."""
    rows = copy.db.execute(
        f"""SELECT v.old, v.new FROM change_set c CROSS JOIN sync_op o ON o.id >= c.id
            CROSS JOIN sync_cell v ON v.op = o.id
            JOIN sync_column n ON n.tbl = o.tbl AND n.no = v.col AND n.name = 'ref'
            WHERE c.id = (SELECT max(id) FROM change_set WHERE id >> {SEQUENCE_BITS} = ?1 AND why = ?2)
            AND o.id < ?3 ORDER BY o.id""",
        (copy.file.stream, WHY, first_of(copy.file.stream + 1)),
    )
    return [tuple(row) for row in rows]


@contextlib.contextmanager
def copy_attached(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """The copy as ``other``, to be written too: SQLite commits both files or neither."""
    db.execute("ATTACH ? AS other", (uri(path, "rw"),))
    try:
        yield
    finally:
        db.execute("DETACH other")


def last_common(db: sqlite3.Connection, stream: int) -> int:
    """The number of the last change of a stream up to which both files tell the same."""
    low, high = first_of(stream) + 1, first_of(stream + 1) - 1
    common = 0
    ours_first = list(leaves(db, "main", low, high))  # read out before the other's: they number columns differently
    for (one, ours), (other, theirs) in zip(ours_first, leaves(db, "other", low, high), strict=False):
        if one != other or ours != theirs:
            break
        common = one & SEQUENCE_MASK
    return common


def refuse_needless(main: Store, copy: Store, common: int) -> None:
    newest = vector(copy.db)[copy.file.stream]
    if newest <= common or vector(main.db).get(copy.file.stream, 0) <= common:
        raise LskError(
            f"{copy.path} behöver inte bli en egen fil: inget i den strider mot det som huvudfilen har. "
            f"Synka den som vanligt: lsk sync {main.path} {copy.path}"
        )


def newcomer(main: Store, copy: Store) -> FileInfo:
    """A new number and code for the copy, written in both files."""
    info = enlist(main, str(copy.file.unit), copy.file.name, code_of(copy))
    main.db.execute(
        """INSERT INTO other.sync_stream(no, replica, code, name, unit, created_at)
           SELECT no, replica, code, name, unit, created_at FROM main.sync_stream WHERE no = ?""",
        (info.stream,),
    )
    return info


def code_of(copy: Store) -> str:
    row = copy.db.execute("SELECT short_name FROM unit WHERE id = ?", (copy.file.unit,)).fetchone()
    return str(row[0]) if row else copy.file.code


def renumber(db: sqlite3.Connection, old: int, new: int, common: int) -> None:
    """Move the copy's changes after ``common`` to the new stream, numbered from 1, wherever they are named."""
    fresh(db, "moved", "was INTEGER PRIMARY KEY, now INTEGER")
    db.execute(
        """INSERT INTO moved SELECT id, ?1 + row_number() OVER (ORDER BY id) FROM other.sync_op
           WHERE id > ?2 AND id < ?3""",
        (first_of(new), first_of(old) + common, first_of(old + 1)),
    )
    span = (first_of(old) + common + 1, first_of(old + 1) - 1)
    # What the main file set aside, or what left the unit, under these numbers was the other copy's.
    db.execute("DELETE FROM other.sync_quarantine WHERE op BETWEEN ? AND ?", span)
    db.execute("DELETE FROM other.sync_destroyed WHERE op BETWEEN ? AND ? AND decision = ?", (*span, LEFT))
    for table, column in (
        *(("sync_op", "id"), ("sync_destroyed", "op"), ("sync_destroyed", "cause")),
        *(("change_set", "id"), ("change_set", "undoes")),
    ):
        db.execute(f"UPDATE other.{table} SET {column} = m.now FROM moved m WHERE m.was = {column}")
    db.execute("UPDATE other.sync_conflict SET winner = m.now FROM moved m WHERE m.was = winner")
    db.execute(
        """UPDATE other.sync_conflict SET others = (
             SELECT group_concat(ifnull(m.now, j.value)) FROM json_each('[' || others || ']') j
             LEFT JOIN moved m ON m.was = j.value) WHERE others <> ''"""
    )


def become(db: sqlite3.Connection, old: int, info: FileInfo, common: int) -> None:
    """The copy is the new file, which has seen the old one up to ``common`` and the others as the copy had."""
    db.execute(
        "INSERT INTO other.sync_dep SELECT ?, epoch, dep, upto FROM other.sync_dep WHERE stream = ? AND dep <> ?",
        (info.stream, old, info.stream),
    )
    if common:
        db.execute(
            """INSERT OR REPLACE INTO other.sync_dep
               SELECT ?1, ifnull(min(epoch), 0), ?2, ?3 FROM other.sync_dep WHERE stream = ?1""",
            (info.stream, old, common),
        )
    token = db.execute("SELECT token FROM main.sync_stream WHERE no = ?", (info.stream,)).fetchone()[0]
    db.execute(
        """UPDATE other.sync_local SET replica = ?, code = ?, stream = ?, token = ?, outside = NULL, outside_at = NULL,
             seq = (SELECT count(*) FROM moved)""",
        (info.replica, info.code, info.stream, token),
    )
    db.execute("INSERT OR REPLACE INTO other.sync_seen VALUES (?, ?)", (old, common))
    db.execute("DELETE FROM other.sync_seal WHERE stream = ? OR signer = ?", (old, old))
    db.execute("DELETE FROM other.sync_sent")
    db.execute("DELETE FROM other.sync_received")
    db.execute("UPDATE other.search_seen SET upto = min(upto, ?) WHERE stream = ?", (first_of(old) + common, old))


def own_references(db: sqlite3.Connection, old: str, info: FileInfo, actor: str) -> None:
    """Both copies have counted on from the same number: what was made in this one is called by its new code instead.

    An ordinary change of the new file, logged by the copy's own triggers.
    """
    number, before = db.execute(f"SELECT stream << {SEQUENCE_BITS} | (seq + 1), seq FROM other.sync_local").fetchone()
    db.execute("UPDATE other.sync_local SET change_set = ?", (number,))
    for entity in (e for e in ENTITIES.values() if not e.identity):
        db.execute(
            f"""UPDATE other."{entity.name}" SET ref = ?1 || substr(ref, length(?2) + 1)
                WHERE substr(ref, 1, length(?2) + 1) = ?2 || '-' AND id IN (
                  SELECT row FROM other.sync_op WHERE kind = {INSERT} AND id > ?3 AND id < ?4)""",
            (info.code, old, first_of(info.stream), first_of(info.stream + 1)),
        )
    if db.execute("SELECT seq FROM other.sync_local").fetchone()[0] > before:
        db.execute("INSERT INTO other.change_set VALUES (?, ?, ?, ?, ?, NULL)", (number, now(), actor, WHY, VERSION))
    db.execute("UPDATE other.sync_local SET change_set = NULL")
