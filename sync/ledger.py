"""What a file remembers of its mail: bundles written to a place, bundles read, and what the others have said they have.

``sync_sent`` holds one row a bundle. Rows whose name is no bundle's are notes: under the place "" what a receiver has
told us of itself, by whatever way; under a real place how far we looked and found nothing to send, or what we wait for.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from lsk.store import now, transaction

from .package import Vector

BUNDLE = ".lskb"
ANYWHERE = ""  # in place of a place: what the receiver itself has said
HAS, ASKS = "har", "begär"  # notes about a receiver: what it has, what it wants everything anew from
# Notes at a place: nothing to send up to here; we lack an earlier one; we have asked for everything anew.
NOTHING, WAITS, ASKED = "inget", "väntar", "begärt"


def covered(part: Vector, whole: Vector) -> bool:
    """Whether whoever has seen ``whole`` has seen ``part``."""
    return all(n <= whole.get(stream, 0) for stream, n in part.items())


def further(one: Vector, other: Vector) -> Vector:
    return {stream: max(one.get(stream, 0), other.get(stream, 0)) for stream in {**one, **other}}


def as_text(vector: Vector) -> str:
    return json.dumps(vector, sort_keys=True)


def as_vector(text: str) -> Vector:
    return {int(stream): n for stream, n in json.loads(text).items()}


def known(db: sqlite3.Connection, place: str) -> tuple[set[str], set[str]]:
    """Names of the bundles we have written at a place, and of those we are done with reading (``seen_as``)."""
    sent = {row[0] for row in db.execute("SELECT name FROM sync_sent WHERE place = ?", (place,))}
    return sent, {row[0] for row in db.execute("SELECT name FROM sync_received")}


def seen_as(name: str, size: int) -> str:
    """How a file at a place is remembered: one that has arrived in part comes back larger."""
    return f"{name} {size}"


def received(db: sqlite3.Connection, names: Iterable[str]) -> None:
    """Remember that we are done with these. In a transaction of its own; none when there is nothing to remember."""
    if rows := [(name, now()) for name in names]:
        with transaction(db):
            db.executemany("INSERT OR IGNORE INTO sync_received VALUES (?, ?)", rows)


def sent(db: sqlite3.Connection, place: str, receiver: int) -> dict[str, Vector]:
    """The bundles written at a place for a receiver: name → what the receiver has seen when it has taken it."""
    rows = db.execute("SELECT name, upto FROM sync_sent WHERE place = ? AND receiver = ?", (place, receiver))
    return {name: as_vector(upto) for name, upto in rows if name.endswith(BUNDLE)}


def furthest(db: sqlite3.Connection, place: str, receiver: int) -> Vector:
    """What a receiver has, or will have when it has read all that we have written at the place."""
    vector = note(db, ANYWHERE, receiver, HAS) or {}
    for upto in sent(db, place, receiver).values():
        vector = further(vector, upto)
    return vector


def record(db: sqlite3.Connection, place: str, receiver: int, name: str, upto: Vector, at: str = "") -> None:
    """Write down a bundle, or a note."""
    db.execute(
        "INSERT OR REPLACE INTO sync_sent VALUES (?, ?, ?, ?, ?)",
        (place, receiver, name if name.endswith(BUNDLE) else f"{name} {receiver}", as_text(upto), at or now()),
    )


def note(db: sqlite3.Connection, place: str, receiver: int, name: str) -> Vector | None:
    row = db.execute(
        "SELECT upto FROM sync_sent WHERE place = ? AND name = ?", (place, f"{name} {receiver}")
    ).fetchone()
    return as_vector(row[0]) if row else None


def drop_note(db: sqlite3.Connection, place: str, receiver: int, name: str) -> None:
    db.execute("DELETE FROM sync_sent WHERE place = ? AND name = ?", (place, f"{name} {receiver}"))


def told_at(db: sqlite3.Connection, receiver: int) -> str:
    """When a receiver last said what it has, by its own clock; "" when it never did."""
    row = db.execute(
        "SELECT at FROM sync_sent WHERE place = ? AND name = ?", (ANYWHERE, f"{HAS} {receiver}")
    ).fetchone()
    return str(row[0]) if row else ""


def forget(db: sqlite3.Connection, place: str, names: Iterable[str]) -> None:
    """Bundles that are no longer at the place."""
    db.executemany("DELETE FROM sync_sent WHERE place = ? AND name = ?", [(place, name) for name in names])
