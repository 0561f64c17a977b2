"""Whose a record is."""

from __future__ import annotations

import sqlite3

from lsk import capture
from lsk.model import ENTITIES


def owner(db: sqlite3.Connection, entity: str, record: str) -> str | None:
    """The unit that owns a record; None for what is shared or the main file's."""
    row = db.execute(
        f'SELECT {capture.owner(ENTITIES[entity], "t")} FROM "{entity}" t WHERE t.id = ?', (record,)
    ).fetchone()
    return None if row is None else row[0]
