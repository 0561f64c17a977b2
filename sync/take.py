"""Take a unit's news into the main file: stage, judge, classify, append, apply, work out, repair.

Set by set, in one transaction, with capture off (sync-design 1.4). What was sealed is checked first or, when it is
much, at the same time on a connection of its own; the commit waits for the verdict. If it turns out that a row may not
be taken, everything is rolled back and done again without that row, whose operations go to quarantine.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields

from lsk import capture
from lsk.capture import COL, DELETE, EACH, value_in
from lsk.model import ENTITIES, MOVED
from lsk.store import Store, now

from . import apply, authorise, derive, forget, moved, repair
from .causality import SEQUENCE_MASK, advance, pull_clock, vector
from .columns import copy_run, fresh, in_our_numbers, translate
from .prove import Known, Proof, Sender, damaged, known, prove, proved, refuse_other_history
from .scope import subtree
from .seal import latest
from .sides import refuse_ahead, refuse_gaps
from .stage import Run, columns_used, mark_dirty, run, stage, touched

MANY = 1_000  # operations
AT_ONCE = 5_000  # operations; to check so many takes about as long as it takes to open the file once more


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
    unsealed: int = 0  # operations that the sender's key does not vouch for
    unknown: list[str] = field(default_factory=list)  # table.column that only the other file has
    quarantined: list[SetAside] = field(default_factory=list)
    forgotten: int = 0  # changes of rows destroyed by decision meanwhile

    @property
    def rows(self) -> int:
        return self.added + self.changed + self.removed

    def __add__(self, more: Taken) -> Taken:
        return Taken(*(getattr(self, f.name) + getattr(more, f.name) for f in fields(self)))


def take_up(main: Store, sender: Sender, actor: str) -> Taken:
    """The main file takes what is new in ``sender``'s file or package, attached as ``other``.

    Nothing new, nothing written. LskError when it is not what was sealed, lacks something, or has another history.
    """
    db = main.db
    refused: dict[str, str] = {}
    with ThreadPoolExecutor(1) as aside:
        while True:
            db.execute("BEGIN IMMEDIATE")
            try:
                refuse_ahead(db, sender, main.path)
                seen = vector(db).get(sender.stream, 0)
                refuse_other_history(db, sender, seen)
                news = run(db, sender.stream, seen, sender.newest) if sender.newest > seen else None
                if news:
                    refuse_gaps(db, sender, news)
                proof = proving(db, sender, known(db, sender.stream, seen), aside)
                taken = Taken()
                if news:
                    taken, wrong = merge(main, sender, actor, news, refused)
                    if wrong:
                        refused |= wrong
                        db.execute("ROLLBACK")
                        continue
                finish(db, sender, proof(), taken, news is not None)
                db.execute("COMMIT")
                return taken
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise


def proving(db: sqlite3.Connection, sender: Sender, about: Known, aside: ThreadPoolExecutor) -> Callable[[], Proof]:
    """Have the seals checked; what waits for the answer. A little is checked at once, much beside the merge."""
    theirs = latest(db, sender.stream, sender.stream, "other")
    if theirs and theirs.upto - (about.last.upto if about.last else 0) > AT_ONCE:
        return aside.submit(prove, sender, about).result
    verdict = proved(db, "other", sender, about)
    return lambda: verdict


def finish(db: sqlite3.Connection, sender: Sender, proof: Proof, taken: Taken, news: bool) -> None:
    """Write down what was proved, and that we have heard from the file."""
    taken.unsealed = proof.unsealed
    if news or proof.seals or proof.enrols or waiting(db):
        proof.write(db)
        db.execute("UPDATE sync_stream SET last_sync_at = ? WHERE no = ?", (now(), sender.stream))


def waiting(db: sqlite3.Connection) -> bool:
    """Whether the attached file has not yet seen all that we have."""
    theirs = vector(db, "other") if has(db, "sync_local") else {}
    return bool(theirs) and any(n > theirs.get(stream, 0) for stream, n in vector(db).items())


def has(db: sqlite3.Connection, table: str) -> bool:
    return db.execute("SELECT 1 FROM other.sqlite_schema WHERE name = ?", (table,)).fetchone() is not None


def merge(main: Store, sender: Sender, actor: str, news: Run, refused: dict[str, str]) -> tuple[Taken, dict[str, str]]:
    """One attempt, without the rows in ``refused``. The other half of the answer: rows that may not be taken either."""
    db, stream = main.db, sender.stream
    fresh(db, "refused", "row TEXT PRIMARY KEY, reason TEXT")
    db.executemany("INSERT INTO refused VALUES (?, ?)", refused.items())
    but = "o.row IN (SELECT row FROM refused)" if refused else ""
    which = news.which + (f" AND NOT ({but})" if but else "")
    db.execute("UPDATE sync_local SET capture = 0")
    db.execute("INSERT OR IGNORE INTO sync_dep SELECT * FROM other.sync_dep WHERE stream = ?", (stream,))
    translate(db)
    subtree(db, sender.unit)
    stage(db, which)
    mark_dirty(db, news)
    used = columns_used(db, news.which, news.kinds)
    if used is None:
        raise damaged(sender)
    if wrong := authorise.before(db, which, used):
        return Taken(), wrong
    number = record(db, sender, actor, news)
    apply.remember(db, number, touched(db), used)
    copy_run(db, news.low, news.high, but)
    db.execute(
        "INSERT OR IGNORE INTO main.change_set SELECT * FROM other.change_set WHERE id BETWEEN ? AND ?",
        (news.low, news.high),
    )
    forgotten = forget.late(db)
    try:
        with capture.lifted(db, touched_by_many(db, news)):
            write_rows(db, news, used)
    except sqlite3.IntegrityError as error:
        if "CHECK" not in str(error) and "NOT NULL" not in str(error):
            raise
        return Taken(), authorise.unfit(db)
    advance(db, {stream: sender.newest})
    pull_clock(db, news.hlc)
    wrong = repair.keep_whole(main, sender.code, actor, used) or authorise.after(db)
    if wrong:
        return Taken(), wrong
    taken = count(db, which)
    quarantine(db, news, refused)
    taken.quarantined = set_aside(db, news)
    taken.forgotten = forgotten + (forget.late(db) if refused else 0)
    db.execute(
        "UPDATE sync_merge SET operations = ?, added = ?, changed = ?, removed = ? WHERE no = ?",
        (taken.operations, taken.added, taken.changed, taken.removed, number),
    )
    moved.carry(main, actor)
    db.execute("UPDATE sync_local SET capture = 1")
    return taken, {}


def record(db: sqlite3.Connection, sender: Sender, actor: str, news: Run) -> int:
    """Write down that this merge is done, by whom, from which file; its number."""
    return int(
        db.execute(
            "INSERT INTO sync_merge VALUES (NULL, ?, ?, ?, ?, ?, 0, 0, 0, 0) RETURNING no",
            (now(), actor, sender.stream, news.low & SEQUENCE_MASK, sender.newest),
        ).fetchone()[0]
    )


def touched_by_many(db: sqlite3.Connection, news: Run) -> list[str]:
    """The tables, if the news is so much that it pays to take their triggers away meanwhile."""
    return [entity for _, entity in touched(db)] if news.count >= MANY else []


def write_rows(db: sqlite3.Connection, news: Run, used: dict[int, set[str]]) -> None:
    """Bring the rows up to what the log says, now that the operations are in it."""
    tables = touched(db)
    fresh(db, "dead", "row TEXT PRIMARY KEY")
    for tbl, entity in tables:
        apply.single_operations(db, tbl, entity, used.get(tbl, ()))
    if db.execute("SELECT 1 FROM trow WHERE first <> last AND NOT dirty AND NOT died LIMIT 1").fetchone():
        apply.last_values(db, news.which)
        for tbl, entity in tables:
            apply.write_values(db, tbl, entity, "SELECT row FROM trow WHERE born")
    if db.execute("SELECT 1 FROM trow WHERE died AND NOT dirty LIMIT 1").fetchone():
        for tbl, entity in tables:
            apply.remove(db, entity, f"SELECT row FROM trow WHERE tbl = {tbl} AND died AND NOT dirty")
    settled(db, news)
    fresh(db, "dirty", "row TEXT PRIMARY KEY")
    if db.execute("INSERT INTO dirty SELECT row FROM trow WHERE dirty").rowcount:
        derive.work_out(db)
        derive.settle(db)
        for tbl, entity in tables:
            apply.write_values(db, tbl, entity, "SELECT row FROM dirty")
            apply.remove(db, entity, "SELECT row FROM dead")


def settled(db: sqlite3.Connection, news: Run) -> None:
    """An operation that had seen every side of a conflict decides it."""
    if db.execute("SELECT 1 FROM sync_conflict LIMIT 1").fetchone() is None:
        return
    db.execute(
        f"""DELETE FROM sync_conflict WHERE row IN (SELECT row FROM trow WHERE NOT dirty) AND EXISTS (
              SELECT 1 FROM sync_op o WHERE o.row = sync_conflict.row AND o.id BETWEEN ? AND ?
              AND (sync_conflict.col = -1 OR o.kind = {DELETE} OR EXISTS (
                SELECT 1 FROM sync_cell c WHERE c.op = o.id AND c.col = sync_conflict.col)))""",
        (news.low, news.high),
    )


def count(db: sqlite3.Connection, which: str) -> Taken:
    """How many rows came, changed and went."""
    fresh(db, "now_there", "row TEXT PRIMARY KEY")
    for tbl, entity in touched(db):  # what a clean row has become needs no looking up
        db.execute(
            f"""INSERT INTO now_there SELECT t.row FROM trow t CROSS JOIN "{entity}" e ON e.id = t.row
                WHERE t.tbl = ? AND t.dirty""",
            (tbl,),
        )
    here = "CASE WHEN dirty THEN row IN (SELECT row FROM now_there) ELSE NOT died END"
    added, changed, removed = db.execute(
        f"""SELECT ifnull(sum(here AND there IS NULL), 0), ifnull(sum(here AND there IS NOT NULL), 0),
              ifnull(sum(NOT here AND there IS NOT NULL), 0)
            FROM (SELECT {here} AS here, there FROM trow WHERE first > 0)"""
    ).fetchone()
    operations = db.execute(f"SELECT count(*) FROM other.sync_op o WHERE {which}").fetchone()[0]
    return Taken(added, changed, removed, operations, 0, unknown(db, which))


def unknown(db: sqlite3.Connection, which: str) -> list[str]:
    """The columns that the new operations give values to and this program has no place for."""
    if db.execute("SELECT 1 FROM xcol WHERE NOT placed").fetchone() is None:
        return []
    rows = db.execute(
        f"""SELECT DISTINCT n.entity || '.' || n.name FROM other.sync_op o
            CROSS JOIN {EACH} JOIN xcol n ON n.otbl = o.tbl AND n.ono = {COL} AND NOT n.placed
            JOIN sync_column k ON k.tbl = n.tbl AND k.no = n.no
            WHERE {which} AND k.key NOT IN (SELECT value FROM json_each(?)) ORDER BY 1""",
        (json.dumps([m.was for m in MOVED]),),
    )
    return [r[0] for r in rows]


def quarantine(db: sqlite3.Connection, news: Run, refused: dict[str, str]) -> None:
    """Keep the refused operations, cells and all, outside the log: never applied, never passed on, never lost."""
    if not refused:
        return
    which = f"{news.which} AND o.row IN (SELECT row FROM refused)"
    db.execute(
        f"""INSERT OR IGNORE INTO sync_quarantine
            SELECT o.id, x.tbl, o.row, o.kind, o.unit, r.reason, ?, o.epoch, o.hlc, o.salt,
              {in_our_numbers(db, "o.new")}, {in_our_numbers(db, "o.old")}
            FROM other.sync_op o JOIN xtbl x ON x.otbl = o.tbl JOIN refused r ON r.row = o.row WHERE {which}""",
        (now(),),
    )


def set_aside(db: sqlite3.Connection, news: Run) -> list[SetAside]:
    """The rows that were set aside just now, with what people call them: their reference here, or as it was sent."""
    rows = db.execute(
        """SELECT DISTINCT c.entity, q.row, q.reason FROM sync_quarantine q
           JOIN (SELECT DISTINCT tbl, entity FROM sync_column) c ON c.tbl = q.tbl
           WHERE q.op BETWEEN ? AND ? ORDER BY c.entity, q.row""",
        (news.low, news.high),
    ).fetchall()
    return [SetAside(entity, row, reference(db, entity, row), reason) for entity, row, reason in rows]


def reference(db: sqlite3.Connection, entity: str, row: str) -> str:
    found = None
    if entity in ENTITIES:
        found = db.execute(f'SELECT ref FROM "{entity}" WHERE id = ?', (row,)).fetchone()
    found = (
        found
        or db.execute(
            f"""SELECT * FROM (SELECT {value_in("q.new", "n.no")} AS ref FROM sync_quarantine q
                  JOIN sync_column n ON n.tbl = q.tbl AND n.name = 'ref' WHERE q.row = ?)
                WHERE ref IS NOT NULL LIMIT 1""",
            (row,),
        ).fetchone()
    )
    return str(found[0] or "") if found else ""
