"""Whose a record is, and what it belongs to."""

from __future__ import annotations

import sqlite3

from lsk import capture
from lsk.model import ENTITIES
from lsk.model.vocabulary import SHARED, UNIT, Ref
from lsk.records import one, title_of


def owner(db: sqlite3.Connection, entity: str, record: str) -> str | None:
    """The unit that owns a record; None for what is shared or the main file's."""
    row = db.execute(
        f'SELECT {capture.owner(ENTITIES[entity], "t")} FROM "{entity}" t WHERE t.id = ?', (record,)
    ).fetchone()
    return None if row is None else row[0]


def in_its_place(db: sqlite3.Connection, entity: str, record: str, title: str) -> str:
    """A title after the one of what the record is a part of: "ordinär" says nothing without its deviation."""
    kind, row = ENTITIES[entity], one(db, entity, record)
    parent = kind.scope if kind.scope not in (SHARED, UNIT) else kind.identity[0] if kind.identity else ""
    field = kind.field(parent) if parent else None
    if not isinstance(field, Ref) or row is None:
        return title
    return f"{title_of(db, field.to, row[parent]).rstrip('.')}, {title}"
