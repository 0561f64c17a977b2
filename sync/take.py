"""Take a unit file's news into the main file: stage, judge, classify, append, apply, work out, repair.

Set by set, in one transaction, with capture off (sync-design 1.4). If it turns out that a row may not be taken, the
whole attempt is rolled back to a savepoint and made again without that row, whose operations go to quarantine.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, fields

from lsk import search
from lsk.capture import COLUMN_BITS, DELETE, INSERT, SEQUENCE_BITS
from lsk.model import ENTITIES
from lsk.store import Store, now, transaction

from . import apply, authorise, derive, repair
from .causality import SEQUENCE_MASK, advance, first_of, pull_clock, upto, vector
from .columns import copy_cells, copy_operations, fresh, translate
from .scope import subtree
from .sides import refuse_broken, refuse_two_histories


@dataclass(frozen=True)
class SetAside:
    """A row whose operations were put in quarantine, and why."""

    entity: str
    record: str
    ref: str
    reason: str


@dataclass
class Taken:
    """What one file took from the other: rows per kind of change, and what it could not place or not accept."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    operations: int = 0
    unknown: list[str] = field(default_factory=list)  # table.column that only the other file has
    quarantined: list[SetAside] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.added + self.changed + self.removed

    def __add__(self, more: Taken) -> Taken:
        return Taken(*(getattr(self, f.name) + getattr(more, f.name) for f in fields(self)))


def take_up(main: Store, unit: Store, actor: str) -> Taken:
    """The main file takes what is new in the unit's file, attached as ``other``. Nothing new, nothing written."""
    db, file = main.db, unit.file
    with transaction(db):
        refuse_two_histories(db, file, main.path, unit.path)
        seen = vector(db).get(file.stream, 0)
        newest = db.execute("SELECT seq FROM other.sync_local").fetchone()[0]
        fetched = fetch(main, unit, actor, seen, newest) if newest > seen else Taken()
        if newest > seen or waiting(db):
            db.execute("UPDATE sync_stream SET last_sync_at = ? WHERE no = ?", (now(), file.stream))
    return fetched


def waiting(db: sqlite3.Connection) -> bool:
    """Whether the attached file has not yet seen all that we have."""
    theirs = vector(db, "other")
    return any(n > theirs.get(stream, 0) for stream, n in vector(db).items())


def fetch(main: Store, unit: Store, actor: str, seen: int, newest: int) -> Taken:
    db, stream = main.db, unit.file.stream
    refuse_broken(db, unit.file, seen, newest, unit.path)
    low, high = first_of(stream) + seen + 1, first_of(stream) + newest
    db.execute("UPDATE sync_local SET capture = 0")
    db.execute("INSERT OR IGNORE INTO sync_dep SELECT * FROM other.sync_dep WHERE stream = ?", (stream,))
    translate(db)
    subtree(db, str(unit.file.unit))
    advance(db, {stream: newest})
    pull_clock(db, db.execute("SELECT max(hlc) FROM other.sync_op WHERE id BETWEEN ? AND ?", (low, high)).fetchone()[0])
    refused: dict[str, str] = authorise.before(db, low, high)
    while True:
        db.execute("SAVEPOINT attempt")
        stage(db, low, high, refused)
        merge_rows(db, low, high)
        wrong = repair.keep_whole(main, unit.file.code, actor) or authorise.after(db)
        if not wrong:
            break
        db.execute("ROLLBACK TO attempt")
        db.execute("RELEASE attempt")
        refused |= wrong
    taken = count(db, low, high)
    db.execute("RELEASE attempt")
    quarantine(db, low, high, refused)
    taken.quarantined = [
        SetAside(entity, row, reference(db, entity, row), refused[row])
        for row, entity in authorise.entities(db, refused).items()
    ]
    db.execute("UPDATE sync_local SET capture = 1")
    search.refresh(db)
    return taken


def stage(db: sqlite3.Connection, low: int, high: int, refused: dict[str, str]) -> None:
    """temp.trow: every row the news is about, its first and last operation, and whether we changed it meanwhile."""
    fresh(db, "refused", "row TEXT PRIMARY KEY")
    db.executemany("INSERT INTO refused VALUES (?)", [(row,) for row in refused])
    fresh(
        db, "trow",
        "row TEXT PRIMARY KEY, tbl INTEGER, first INTEGER, last INTEGER, born INTEGER, died INTEGER, "
        "existed INTEGER DEFAULT 0, dirty INTEGER DEFAULT 0",
    )  # fmt: skip
    db.execute(
        f"""INSERT INTO trow(row, tbl, first, last, born, died)
            SELECT o.row, x.tbl, min(o.id), max(o.id), max(o.kind = {INSERT}), max(o.kind = {DELETE})
            FROM other.sync_op o CROSS JOIN xtbl x ON x.otbl = o.tbl
            WHERE o.id BETWEEN ? AND ? AND o.row NOT IN (SELECT row FROM refused) GROUP BY o.row""",
        (low, high),
    )
    for tbl, entity in apply.touched(db):
        db.execute(
            f'UPDATE trow SET existed = EXISTS (SELECT 1 FROM "{entity}" e WHERE e.id = trow.row) WHERE tbl = ?',
            (tbl,),
        )
    epoch = "(SELECT epoch FROM other.sync_op WHERE id = trow.first)"
    # Clean: the sender had seen every other file's operation on the row. An insert of what is here already is not.
    db.execute(
        f"""UPDATE trow SET dirty = 1 WHERE (born AND (existed OR died)) OR (died AND (
              SELECT kind FROM other.sync_op WHERE id = trow.last) <> {DELETE}) OR EXISTS (
              SELECT 1 FROM sync_op o
              WHERE o.row = trow.row AND o.id >> {SEQUENCE_BITS} <> trow.first >> {SEQUENCE_BITS}
              AND o.id & {SEQUENCE_MASK} > {upto("trow.first", epoch, "o.id")})"""
    )


def merge_rows(db: sqlite3.Connection, low: int, high: int) -> None:
    """Append the operations, then bring the rows up to what the log says."""
    copy_operations(db, f"o.id BETWEEN {low} AND {high} AND o.row NOT IN (SELECT row FROM refused)")
    db.execute(
        "INSERT OR IGNORE INTO main.change_set SELECT * FROM other.change_set WHERE id BETWEEN ? AND ?", (low, high)
    )
    tables = apply.touched(db)
    fresh(db, "dead", "row TEXT PRIMARY KEY")
    for tbl, entity in tables:
        apply.single_operations(db, tbl, entity)
    apply.last_values(db, low, high)
    for tbl, entity in tables:
        apply.write_values(db, tbl, entity, "SELECT row FROM trow WHERE born")
        apply.remove(db, entity, f"SELECT row FROM trow WHERE tbl = {tbl} AND died AND NOT dirty")
    settled(db, low, high)
    fresh(db, "dirty", "row TEXT PRIMARY KEY")
    if db.execute("INSERT INTO dirty SELECT row FROM trow WHERE dirty").rowcount:
        derive.work_out(db)
        derive.settle(db)
        for tbl, entity in tables:
            apply.write_values(db, tbl, entity, "SELECT row FROM dirty")
            apply.remove(db, entity, "SELECT row FROM dead")


def settled(db: sqlite3.Connection, low: int, high: int) -> None:
    """An operation that had seen every side of a conflict decides it."""
    db.execute(
        f"""DELETE FROM sync_conflict WHERE row IN (SELECT row FROM trow WHERE NOT dirty) AND EXISTS (
              SELECT 1 FROM sync_op o WHERE o.row = sync_conflict.row AND o.id BETWEEN ? AND ?
              AND (sync_conflict.col = -1 OR o.kind = {DELETE} OR EXISTS (
                SELECT 1 FROM sync_cell c WHERE c.id = o.id << {COLUMN_BITS} | sync_conflict.col)))""",
        (low, high),
    )


def count(db: sqlite3.Connection, low: int, high: int) -> Taken:
    """How many rows came, changed and went."""
    fresh(db, "now_there", "row TEXT PRIMARY KEY")
    for tbl, entity in apply.touched(db):
        db.execute(
            f'INSERT INTO now_there SELECT t.row FROM trow t CROSS JOIN "{entity}" e ON e.id = t.row WHERE t.tbl = ?',
            (tbl,),
        )
    added, changed, removed = db.execute(
        """SELECT ifnull(sum(n.row IS NOT NULL AND NOT existed), 0), ifnull(sum(n.row IS NOT NULL AND existed), 0),
           ifnull(sum(n.row IS NULL AND existed), 0) FROM trow t LEFT JOIN now_there n USING (row)"""
    ).fetchone()
    operations = db.execute("SELECT count(*) FROM sync_op WHERE id BETWEEN ? AND ?", (low, high)).fetchone()[0]
    unknown = (
        db.execute(
            f"""SELECT DISTINCT n.entity || '.' || n.name FROM sync_op o
            CROSS JOIN sync_cell c ON c.id BETWEEN o.id << {COLUMN_BITS} AND o.id << {COLUMN_BITS} | 127
            JOIN xcol n ON n.tbl = o.tbl AND n.no = c.id & 127 AND NOT n.placed
            WHERE o.id BETWEEN ? AND ? ORDER BY 1""",
            (low, high),
        ).fetchall()
        if db.execute("SELECT 1 FROM xcol WHERE NOT placed").fetchone()
        else []
    )
    return Taken(added, changed, removed, operations, [r[0] for r in unknown])


def quarantine(db: sqlite3.Connection, low: int, high: int, refused: dict[str, str]) -> None:
    """Keep the refused operations, cells and all, outside the log: never applied, never passed on, never lost."""
    if not refused:
        return
    which = f"o.id BETWEEN {low} AND {high} AND o.row IN (SELECT row FROM refused)"
    fresh(db, "reasons", "row TEXT PRIMARY KEY, reason TEXT")
    db.executemany("INSERT INTO reasons VALUES (?, ?)", refused.items())
    db.execute(
        f"""INSERT INTO sync_quarantine SELECT o.id, x.tbl, o.row, o.kind, o.unit, r.reason, ?
            FROM other.sync_op o JOIN xtbl x ON x.otbl = o.tbl JOIN reasons r ON r.row = o.row WHERE {which}""",
        (now(),),
    )
    copy_cells(db, "other.sync_op", which)


def reference(db: sqlite3.Connection, entity: str, row: str) -> str:
    """What people call a row that was set aside: its reference here, or the one it was sent with."""
    found = None
    if entity in ENTITIES:
        found = db.execute(f'SELECT ref FROM "{entity}" WHERE id = ?', (row,)).fetchone()
    found = (
        found
        or db.execute(
            f"""SELECT c.new FROM sync_quarantine q JOIN sync_column n ON n.tbl = q.tbl AND n.name = 'ref'
            JOIN sync_cell c ON c.id = q.op << {COLUMN_BITS} | n.no WHERE q.row = ? AND c.new IS NOT NULL LIMIT 1""",
            (row,),
        ).fetchone()
    )
    return str(found[0] or "") if found else ""
