"""Which files there are, when they were last heard from, and how much waits between them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from lsk.store import Store
from lsk.terms import numbered

from . import ledger
from .causality import MAIN, vector
from .package import Vector, acknowledged

DAYS = 14  # unheard of for so long is marked


@dataclass(frozen=True)
class FileStatus:
    """A file as this one knows it. ``heard``: date or ""; ``waits``: changes it has not said that it has."""

    code: str
    name: str
    heard: str
    waits: int
    keys: str
    mark: str


def status(store: Store, days: int = DAYS) -> list[FileStatus]:
    """In the main file one line a unit's file; in a unit's file one line about the main file."""
    rows = store.db.execute("SELECT * FROM sync_stream ORDER BY no").fetchall()
    seen = vector(store.db)
    if store.file.is_unit_file:
        own = store.file.stream
        me = next(row for row in rows if row["no"] == own)
        return [one(row, me["last_sync_at"], seen[own] - acknowledged(store.db)[own], days) for row in rows[:1]]
    return [one(row, row["last_sync_at"], lacks(store.db, row["no"], seen), days) for row in rows if row["no"] != MAIN]


def one(row: sqlite3.Row, heard: str | None, waits: int, days: int) -> FileStatus:
    return FileStatus(
        row["code"], row["name"] or "", (heard or "")[:10], waits,
        "kända" if row["sign_key"] and row["age_key"] else "saknas", mark(row, heard, days),
    )  # fmt: skip


def mark(row: sqlite3.Row, heard: str | None, days: int) -> str:
    if row["revoked_at"]:
        return f"spärrad {row['revoked_at'][:10]}"
    since = datetime.fromisoformat(heard or row["created_at"])
    silent = (datetime.now(UTC) - since).days
    if silent >= days:
        how = numbered(silent, "dag", "dagar")
        return f"inte hört av på {how}" if heard else f"aldrig hört av, gjord för {how} sedan"
    return ""


def lacks(db: sqlite3.Connection, stream: int, seen: Vector) -> int:
    """How many changes, the unit's own aside, have come since what the file last said that it has."""
    told = ledger.note(db, ledger.ANYWHERE, stream, ledger.HAS) or {}
    rows = db.execute("SELECT dep, max(upto) FROM sync_dep WHERE stream = ? GROUP BY dep", (stream,))
    has = ledger.further(told, dict(rows.fetchall()))
    return sum(n - has.get(s, 0) for s, n in seen.items() if s != stream and n > has.get(s, 0))
