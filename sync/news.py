"""What has come from other files since somebody last looked: how many records of each kind, from which files."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from dataclasses import dataclass

from lsk.capture import SEQUENCE_BITS
from lsk.model import ENTITIES
from lsk.store import Store

from .causality import first_of


@dataclass(frozen=True)
class Arrival:
    """Records of one kind that came, new or changed, and the condition (over t) that finds those still there."""

    entity: str
    count: int
    gone: int
    codes: tuple[str, ...]
    where: str


@dataclass(frozen=True)
class News:
    """``epoch``: what is to be remembered once it has been seen. ``at``: the day of the latest sync, or ""."""

    epoch: int
    at: str
    arrivals: list[Arrival]


def news(store: Store, seen: int | None) -> News:
    """What came after epoch ``seen``; without one, or with one from a future that a backup undid, since its last work.

    Each merge begins an epoch of this file, and notes how far it has come in each other file's log.
    """
    db, own = store.db, store.file.stream
    latest = db.execute("SELECT ifnull(max(epoch), 0) FROM sync_dep WHERE stream = ?", (own,)).fetchone()[0]
    if not latest:
        return News(0, "", [])
    since = seen if seen is not None and seen <= latest else last_worked(db, own, latest)
    ranges = db.execute(
        """SELECT d.dep, max(d.upto) AS upto, ifnull((SELECT max(e.upto) FROM sync_dep e
             WHERE e.stream = d.stream AND e.dep = d.dep AND e.epoch <= ?2), 0) AS before
           FROM sync_dep d WHERE d.stream = ?1 AND d.epoch > ?2 GROUP BY d.dep""",
        (own, since),
    ).fetchall()
    came = " OR ".join(span(row) for row in ranges)
    return News(latest, heard(db), arrivals(db, came) if came else [])


def span(row: sqlite3.Row) -> str:
    start = first_of(row["dep"])
    return f"o.id BETWEEN {start + row['before'] + 1} AND {start + row['upto']}"


def last_worked(db: sqlite3.Connection, own: int, latest: int) -> int:
    """The epoch of the newest change made here before the latest merge; the one before that merge if there is none.

    Epochs only rise along the log, so it is found by halving: a large import after the merge is not read through.
    """

    def epoch_at(sequence: int) -> int:
        span = (first_of(own), first_of(own) + sequence)
        row = db.execute("SELECT epoch FROM sync_op WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1", span).fetchone()
        return -1 if row is None else int(row["epoch"])

    length = db.execute("SELECT seq FROM sync_local").fetchone()[0]
    epoch = epoch_at(bisect_left(range(1, length + 1), latest, key=epoch_at))
    return latest - 1 if epoch < 0 else epoch


def heard(db: sqlite3.Connection) -> str:
    return str(db.execute("SELECT ifnull(max(last_sync_at), '') FROM sync_stream").fetchone()[0])[:10]


def arrivals(db: sqlite3.Connection, came: str) -> list[Arrival]:
    """The kinds of records that the operations touched, in the order of the model."""
    found = {
        row["entity"]: row
        for row in db.execute(
            f"""SELECT c.entity, o.tbl, count(DISTINCT o.row) AS n, group_concat(DISTINCT s.code) AS codes
                FROM sync_op o JOIN (SELECT DISTINCT tbl, entity FROM sync_column) c ON c.tbl = o.tbl
                LEFT JOIN sync_stream s ON s.no = o.id >> {SEQUENCE_BITS} WHERE {came} GROUP BY o.tbl"""
        )
    }
    return [arrival(db, found[name], came) for name in ENTITIES if name in found]


def arrival(db: sqlite3.Connection, row: sqlite3.Row, came: str) -> Arrival:
    where = f"t.id IN (SELECT o.row FROM sync_op o WHERE o.tbl = {row['tbl']} AND ({came}))"
    left = db.execute(f'SELECT count(*) FROM "{row["entity"]}" t WHERE {where}').fetchone()[0]
    codes = tuple(sorted((row["codes"] or "?").split(",")))
    return Arrival(row["entity"], left, row["n"] - left, codes, where)
