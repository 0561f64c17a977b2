"""Whose row is it? A unit's file changes the unit's own rows; the rest of what it sends is set aside (XS3)."""

from __future__ import annotations

import sqlite3

from lsk.capture import REPAIR, owner
from lsk.model import ENTITIES
from lsk.model.vocabulary import SHARED, UNIT

from .apply import touched

SHARED_ROW = "posten är gemensam och ändras bara i huvudfilen"
OTHERS_ROW = "posten hör till en annan enhet"
NO_ROW = "posten finns inte i huvudfilen"
MIXED = "ändringen är inte gjord av LSK"
OWN = "(SELECT id FROM temp.subtree)"


def before(db: sqlite3.Connection, low: int, high: int) -> dict[str, str]:
    """Rows the news may not touch, by what the operations say and by who owns the rows here now: row → reason."""
    db.execute("CREATE TEMP TABLE IF NOT EXISTS asked(row TEXT PRIMARY KEY, entity TEXT) WITHOUT ROWID")
    db.execute("DELETE FROM asked")
    db.execute(
        """INSERT OR IGNORE INTO asked SELECT o.row, x.entity FROM other.sync_op o CROSS JOIN xtbl x ON x.otbl = o.tbl
           WHERE o.id BETWEEN ? AND ?""",
        (low, high),
    )
    refused = dict(
        db.execute(
            f"""SELECT row, '{MIXED}' FROM other.sync_op WHERE id BETWEEN ? AND ? GROUP BY row
                HAVING min(tbl) <> max(tbl) OR max(kind) >= {REPAIR} OR min(kind) < 1""",
            (low, high),
        ).fetchall()
    )
    for entity, unit, row in db.execute(
        f"""SELECT DISTINCT x.entity, o.unit, o.row FROM other.sync_op o CROSS JOIN xtbl x ON x.otbl = o.tbl
            WHERE o.id BETWEEN ? AND ? AND (o.unit IS NULL OR o.unit NOT IN {OWN})""",
        (low, high),
    ).fetchall():
        reason = stated(entity, unit)
        if reason:
            refused.setdefault(row, reason)
    for (name,) in db.execute("SELECT DISTINCT entity FROM asked").fetchall():
        if name in ENTITIES:
            refused |= foreign(db, name, "asked") | refused
    return refused


def stated(name: str, unit: str | None) -> str:
    """The reason an operation is refused for the owner it states itself, or nothing.

    A child of a parent that was deleted, or not yet written, in the same save states no owner; the tables tell.
    """
    if unit is not None:
        return OTHERS_ROW
    known = ENTITIES.get(name)
    return SHARED_ROW if known is None or known.scope in (SHARED, UNIT) else ""


def foreign(db: sqlite3.Connection, name: str, rows: str) -> dict[str, str]:
    """Rows of one table, among ``rows`` (SQL giving row), that the unit does not own."""
    who = owner(ENTITIES[name], "e")
    return {
        row: SHARED_ROW if unit is None else OTHERS_ROW
        for row, unit in db.execute(
            f"""SELECT id, unit FROM (SELECT e.id, {who} AS unit FROM {rows} r CROSS JOIN "{name}" e ON e.id = r.row)
                WHERE unit IS NULL OR unit NOT IN {OWN}"""
        )
    }


def after(db: sqlite3.Connection) -> dict[str, str]:
    """Rows that turned out not to be the unit's once merged, or that nobody here knows."""
    refused: dict[str, str] = {}
    for tbl, name in touched(db):
        refused |= foreign(db, name, "(SELECT row FROM trow WHERE first > 0)")  # not what a repair brought back
        refused |= {
            row: NO_ROW
            for (row,) in db.execute(
                f"""SELECT t.row FROM trow t WHERE t.tbl = ? AND NOT t.died AND NOT t.dirty
                    AND NOT EXISTS (SELECT 1 FROM "{name}" e WHERE e.id = t.row)""",
                (tbl,),
            )
        }
    return refused


def entities(db: sqlite3.Connection, rows: dict[str, str]) -> dict[str, str]:
    """Row → entity, for rows asked about."""
    return {
        row: entity for row, entity in db.execute("SELECT row, entity FROM asked ORDER BY entity, row") if row in rows
    }
