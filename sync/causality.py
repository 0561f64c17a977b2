"""Who had seen what: the one comparison that everything in a merge rests on (sync-design 1.3)."""

from __future__ import annotations

import sqlite3

from lsk.capture import MILLISECONDS, SEQUENCE_BITS

MAIN = 1  # the main file's stream
SEQUENCE_MASK = (1 << SEQUENCE_BITS) - 1
DAY_AHEAD = (24 * 3600 * 1000) << 16  # how far another file's clock may pull ours


def first_of(stream: int) -> int:
    """Below every operation of a stream."""
    return stream << SEQUENCE_BITS


def upto(later: str, epoch: str, earlier: str) -> str:
    """SQL: how far the file of operation ``later`` had, in its ``epoch``, seen the file of operation ``earlier``."""
    return f"""ifnull((SELECT d.upto FROM sync_dep d WHERE d.stream = {later} >> {SEQUENCE_BITS}
      AND d.dep = {earlier} >> {SEQUENCE_BITS} AND d.epoch <= {epoch} ORDER BY d.epoch DESC LIMIT 1), 0)"""


def saw(y: str, x: str) -> str:
    """SQL: operation ``y`` was made knowing operation ``x`` (aliases of rows with id and epoch). Exact, no clock."""
    return f"""(({y}.id >> {SEQUENCE_BITS} = {x}.id >> {SEQUENCE_BITS} AND {y}.id > {x}.id)
      OR ({y}.id >> {SEQUENCE_BITS} <> {x}.id >> {SEQUENCE_BITS}
          AND {x}.id & {SEQUENCE_MASK} <= {upto(f"{y}.id", f"{y}.epoch", f"{x}.id")}))"""


# How far a file has come in every stream, its own included. {0} is the schema.
VECTOR = """SELECT stream, seq AS upto FROM {0}.sync_local UNION ALL
  SELECT stream, upto FROM {0}.sync_seen WHERE stream <> (SELECT stream FROM {0}.sync_local)"""


def vector(db: sqlite3.Connection, schema: str = "main") -> dict[int, int]:
    """Stream → last sequence seen."""
    return {row[0]: row[1] for row in db.execute(VECTOR.format(schema))}


def advance(db: sqlite3.Connection, seen: dict[int, int]) -> None:
    """Begin a new epoch in which this file has seen ``seen``; only what is new is written down."""
    stream = db.execute("UPDATE sync_local SET epoch = epoch + 1 RETURNING stream").fetchone()[0]
    known = dict(db.execute("SELECT stream, upto FROM sync_seen").fetchall())
    news = [(s, n) for s, n in seen.items() if s != stream and n > known.get(s, 0)]
    db.executemany("INSERT OR REPLACE INTO sync_seen VALUES (?, ?)", news)
    db.executemany("INSERT INTO sync_dep SELECT stream, epoch, ?, ? FROM sync_local", news)


def pull_clock(db: sqlite3.Connection, stamp: int | None) -> None:
    """Our next stamp comes after what we have just read, but a clock gone wild drags ours a day at most."""
    db.execute(f"UPDATE sync_local SET hlc = max(hlc, min(?, ({MILLISECONDS} << 16) + {DAY_AHEAD}))", (stamp or 0,))
