"""Seals: a chain of digests over what a file has written, signed with the file's key (design section 7 points 5 and 8).

Each operation has a *leaf*: a digest of its header, its salt and its cells. A seal's digest covers the leaves of a run
of operations and the digest of the seal before it. When an operation's values are destroyed by decision, the leaf stays
in ``sync_destroyed``, and the chain still holds; without the salt nobody can try out which values gave the leaf.

A file seals its own operations. When it is closed the main file also seals what it has taken from files that have not
sealed it, as a receipt.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsk.capture import COL, EACH, NEW, OLD
from lsk.store import Store, explained, now, transaction

from .causality import SEQUENCE_MASK, first_of

if TYPE_CHECKING:
    from .keys import Keys


@dataclass(frozen=True)
class Seal:
    """``signer`` vouches for the operations ``first``–``upto`` of ``stream``."""

    signer: int
    stream: int
    first: int
    upto: int
    previous: bytes | None
    digest: bytes
    signature: bytes | None
    at: str

    @property
    def signed(self) -> bytes:
        """What the signature is over."""
        return f"LSK-sigill {self.stream} {self.first} {self.upto} ".encode() + self.digest


def exactly(value: str) -> str:
    """SQL: a value as text that no other value gives, text with NUL in it too: kind, length, then the value itself."""
    return (
        f"""substr(typeof({value}), 1, 1) || ifnull(length(CAST({value} AS BLOB)), '') || ' ' || ifnull({value}, '')"""
    )


def leaves(db: sqlite3.Connection, schema: str, first: int, last: int) -> Iterator[tuple[int, bytes]]:
    """(operation, leaf) for the operations numbered ``first`` to ``last``, in order; a gap is left out."""
    return leaves_of(db, schema, f"BETWEEN {first} AND {last}")


def leaves_of(db: sqlite3.Connection, schema: str, which: str) -> Iterator[tuple[int, bytes]]:
    """The same for the operations whose numbers are ``which``: SQL, as in ``IN (SELECT …)``."""
    keys = f"leaf_key_{schema}"  # each file numbers its columns itself
    columns = "tbl INTEGER, no INTEGER, key TEXT, PRIMARY KEY (tbl, no)"
    db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {keys}({columns}) WITHOUT ROWID")
    db.execute(f"DELETE FROM temp.{keys}")
    db.execute(f"INSERT INTO temp.{keys} SELECT tbl, no, key FROM {schema}.sync_column")
    for operation, leaf, text in db.execute(written(db, schema, which, keys)):
        yield operation, leaf or hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def written(db: sqlite3.Connection, schema: str, which: str, keys: str) -> str:
    """SQL for (operation, leaf if its values are destroyed, else the text that the leaf is the digest of), in order."""
    header = f"o.id || ' ' || o.epoch || ' ' || o.hlc || ' ' || o.kind || ' ' || o.row || ' ' || {exactly('o.unit')}"
    by_key = "" if in_order(db, keys) else "ORDER BY n.key"  # the same in every file, however it numbers its columns
    cells = f"""(SELECT group_concat(said, '') FROM (
      SELECT n.key || ' ' || {exactly("c.new")} || {exactly("c.old")} AS said
      FROM (SELECT {COL} AS col, {NEW} AS new, {OLD} AS old FROM {EACH}) c
      CROSS JOIN temp.{keys} n ON n.tbl = o.tbl AND n.no = c.col {by_key}))"""
    text = f"{header} || ' ' || ifnull(o.salt, '-') || ' ' || ifnull({cells}, '')"
    plain = f"{schema}.sync_op o WHERE o.id {which}"
    apart = " UNION ALL ".join(
        f"SELECT op FROM {schema}.{name} WHERE op {which}" for name in ("sync_quarantine", "sync_destroyed")
    )
    if db.execute(f"SELECT 1 FROM ({apart}) LIMIT 1").fetchone() is None:
        return f"SELECT o.id, NULL, {text} FROM {plain} ORDER BY o.id"
    destroyed = f"(SELECT op FROM {schema}.sync_destroyed)"
    return f"""SELECT id, leaf, {text}
      FROM (SELECT id, epoch, hlc, tbl, kind, row, unit, salt, new, old, NULL AS leaf FROM {plain}
              AND id NOT IN {destroyed}
            UNION ALL SELECT op, epoch, hlc, tbl, kind, row, unit, salt, new, old, NULL FROM {schema}.sync_quarantine
              WHERE op {which} AND op NOT IN {destroyed}
            UNION ALL SELECT op, 0, 0, 0, 0, '', NULL, NULL, NULL, NULL, leaf FROM {schema}.sync_destroyed
              WHERE op {which}) o ORDER BY id"""


def in_order(db: sqlite3.Connection, keys: str) -> bool:
    """Whether a file's numbers follow the keys, as they do when it has not been through upgrades."""
    return (
        db.execute(
            f"""SELECT 1 FROM (SELECT key < lag(key) OVER (PARTITION BY tbl ORDER BY no) AS wrong
                FROM temp.{keys}) WHERE wrong LIMIT 1"""
        ).fetchone()
        is None
    )


def chained(previous: bytes | None, links: Iterable[tuple[int, bytes]]) -> tuple[bytes, int]:
    """The digest of a run of operations after the one before it, and how many they were."""
    digest, count = hashlib.sha256(previous or b""), 0
    for _, leaf in links:
        digest.update(leaf)
        count += 1
    return digest.digest(), count


def run(db: sqlite3.Connection, schema: str, stream: int, first: int, upto: int) -> Iterator[tuple[int, bytes]]:
    return leaves(db, schema, first_of(stream) + first, first_of(stream) + upto)


SEALS = "SELECT signer, stream, first, upto, previous, digest, signature, at FROM {schema}.sync_seal"


def seals(db: sqlite3.Connection, stream: int, signer: int, after: int = 0, schema: str = "main") -> list[Seal]:
    """The seals of a stream by one signer beyond operation number ``after``, in order."""
    rows = db.execute(
        f"{SEALS.format(schema=schema)} WHERE signer = ? AND stream = ? AND upto > ? ORDER BY upto",
        (signer, stream, after),
    )
    return [Seal(*row) for row in rows]


def latest(db: sqlite3.Connection, stream: int, signer: int, schema: str = "main") -> Seal | None:
    row = db.execute(
        f"{SEALS.format(schema=schema)} WHERE signer = ? AND stream = ? ORDER BY upto DESC LIMIT 1", (signer, stream)
    ).fetchone()
    return Seal(*row) if row else None


def make(
    db: sqlite3.Connection, signer: int, stream: int, upto: int, keys: Keys | None, schema: str = "main"
) -> Seal | None:
    """The next seal of a stream up to operation ``upto``, or None when everything is sealed. Not yet written."""
    before = latest(db, stream, signer)
    first = before.upto + 1 if before else 1
    if upto < first:
        return None
    previous = before.digest if before else None
    digest, _ = chained(previous, run(db, schema, stream, first, upto))
    unsigned = Seal(signer, stream, first, upto, previous, digest, None, now())
    signature = keys.sign(unsigned.signed) if keys else None
    return Seal(signer, stream, first, upto, previous, digest, signature, unsigned.at)


def write(db: sqlite3.Connection, found: Iterable[Seal]) -> None:
    db.executemany(
        "INSERT OR IGNORE INTO main.sync_seal VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(s.signer, s.stream, s.first, s.upto, s.previous, s.digest, s.signature, s.at) for s in found],
    )


def seal(store: Store, keys: Keys) -> Seal | None:
    """Seal what this file has written since it last was sealed. In a transaction of its own."""
    stream = store.file.stream
    with transaction(store.db):
        newest = store.db.execute("SELECT seq FROM sync_local").fetchone()[0]
        made = make(store.db, stream, stream, newest, keys)
        if made:
            write(store.db, [made])
    return made


def close(store: Store) -> Seal | None:
    """Seal what is new when the day's work is over, if the file's keys are on this computer."""
    if store.readonly or not (unsealed(store.db) or receipts_due(store)):
        return None
    from . import keys
    from .ownership import keyed

    try:
        receive(store)
        return seal(store, keyed(store)) if keys.own(store.file.replica) else None
    except sqlite3.DatabaseError as error:
        raise explained(error, store.path) from error


def receipts_due(store: Store) -> list[tuple[int, int, int]]:
    """(stream, first, upto) of what the main file has taken and no one has sealed."""
    if store.file.is_unit_file:
        return []
    rows = store.db.execute(
        """SELECT s.stream, ifnull(max(k.upto), 0) + 1, s.upto FROM sync_seen s
           LEFT JOIN sync_seal k ON k.stream = s.stream WHERE s.stream <> ?
           GROUP BY s.stream HAVING s.upto > ifnull(max(k.upto), 0)""",
        (store.file.stream,),
    )
    return [tuple(row) for row in rows]


def receive(store: Store) -> None:
    """Write receipts for what has been taken unsealed. They need no signature: who keeps the main file keeps them."""
    due = receipts_due(store)
    if due:
        with transaction(store.db):
            for stream, first, upto in due:
                digest, _ = chained(None, run(store.db, "main", stream, first, upto))
                write(store.db, [Seal(store.file.stream, stream, first, upto, None, digest, None, now())])


def unsealed(db: sqlite3.Connection) -> int:
    """How many operations of this file's own wait to be sealed."""
    return int(
        db.execute(
            """SELECT l.seq - ifnull((SELECT max(upto) FROM sync_seal WHERE signer = l.stream AND stream = l.stream), 0)
               FROM sync_local l"""
        ).fetchone()[0]
    )


def broken(db: sqlite3.Connection, seal: Seal, schema: str = "main") -> bool:
    """Whether the operations are no longer those that were sealed."""
    digest, count = chained(seal.previous, run(db, schema, seal.stream, seal.first, seal.upto))
    return digest != seal.digest or count != seal.upto - seal.first + 1


def culprit(db: sqlite3.Connection, ours: str, theirs: str, seal: Seal) -> int | None:
    """The first operation within a seal that two files tell differently, as its number, if both have them."""
    one = dict(run(db, ours, seal.stream, seal.first, seal.upto))
    other = dict(run(db, theirs, seal.stream, seal.first, seal.upto))
    return next((o & SEQUENCE_MASK for o in sorted(one | other) if one.get(o) != other.get(o)), None)
