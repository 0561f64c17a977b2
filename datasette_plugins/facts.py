"""Facts of a published file. It does not change while it is open, so each is read once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

KNOWN: WeakKeyDictionary[Any, dict[Hashable, Any]] = WeakKeyDictionary()


async def fact(database: Any, name: Hashable, read: Callable[[sqlite3.Connection], T]) -> T:
    """What ``read`` answers about Datasette's ``database``, under a name of its own."""
    facts = KNOWN.setdefault(database, {})
    if name not in facts:
        facts[name] = await database.execute_fn(read)
    known: T = facts[name]
    return known


async def values(database: Any, sql: str) -> list[str]:
    """The only column of a query that takes no parameters."""
    return await fact(database, sql, lambda db: [str(value) for (value,) in db.execute(sql)])


def about(db: sqlite3.Connection) -> dict[str, Any]:
    """The file's row about itself: whose it is, its level, when it was published."""
    cursor = db.execute("SELECT * FROM om")
    return dict(zip((c[0] for c in cursor.description), cursor.fetchone(), strict=True))
