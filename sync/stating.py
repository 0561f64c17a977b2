"""Operations by which the main file states what follows from others': they travel on, override, and settle nothing."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from lsk.capture import REPAIR
from lsk.change import Change
from lsk.store import VERSION, Store, now

from . import derive
from .causality import first_of


@contextlib.contextmanager
def stated(main: Store, why: str, actor: str) -> Iterator[None]:
    """Change rows by operations of the main file marked as repairs. Call inside a transaction.

    What was in conflict in the rows of temp.dirty, as it is at the end, stays in conflict. Leaves capture as it was.
    """
    db = main.db
    was = capturing(db, 1)
    change = Change(db, main.file, main.today, main.terms)
    change.begin()
    yield
    capturing(db, was)
    db.execute(
        "UPDATE sync_op SET kind = ? WHERE id BETWEEN ? AND ?", (REPAIR, change.number, first_of(main.file.stream + 1))
    )
    change.end(now(), actor, why, VERSION, None)
    derive.work_out(db)
    derive.settle(db)


@contextlib.contextmanager
def quiet(db: sqlite3.Connection) -> Iterator[None]:
    """Change rows without logging it: they become what the log says already."""
    was = capturing(db, 0)
    yield
    capturing(db, was)


def capturing(db: sqlite3.Connection, capture: int) -> int:
    """Log changes, or do not; returns what was so before."""
    was = int(db.execute("SELECT capture FROM sync_local").fetchone()[0])
    db.execute("UPDATE sync_local SET capture = ?", (capture,))
    return was
