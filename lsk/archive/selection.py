"""Which records belong to an archive up to a year: nothing of later years, and nothing that leads nowhere."""

from __future__ import annotations

import sqlite3

from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity, Ref

References = list[tuple[Entity, Ref]]


def select(db: sqlite3.Connection, year: int) -> None:
    """Fill temp.kept (entity, id) with the archive's records.

    A record of a later year is left out, and so is what must refer to one; what is kept takes with it all it refers to.
    """
    db.execute("DROP TABLE IF EXISTS temp.kept")
    db.execute("CREATE TEMP TABLE kept (entity TEXT, id TEXT, PRIMARY KEY (entity, id)) WITHOUT ROWID")
    for entity in ENTITIES.values():
        db.execute(f"""INSERT INTO kept SELECT '{entity.name}', t.id FROM "{entity.name}" t {in_time(entity, year)}""")
    while sum(drop(db, entity, field) for entity, field in references(required=True)):
        continue
    while sum(add(db, entity, field) for entity, field in references(required=False)):
        continue


def in_time(entity: Entity, year: int) -> str:
    """The condition for what belongs to the years up to this one. A report of a year is handed in the year after."""
    if not entity.year_by:
        return ""
    if any(field.name == "year" for field in entity.columns):
        return f"WHERE ifnull(t.year, 0) <= {year}"
    return f"""WHERE ifnull(t."{entity.year_by}", '') <= '{year}-12-31'"""


def references(required: bool) -> References:
    """Every reference between tables, or only those that a record cannot be without."""
    return [(e, f) for e in ENTITIES.values() for f in e.columns if isinstance(f, Ref) and (f.required or not required)]


def drop(db: sqlite3.Connection, entity: Entity, field: Ref) -> int:
    """Leave out what must refer to something that is left out; returns how many."""
    return db.execute(
        f"""DELETE FROM kept WHERE entity = '{entity.name}' AND id IN (
              SELECT t.id FROM "{entity.name}" t LEFT JOIN kept k ON k.entity = '{field.to}' AND k.id = t."{field.name}"
              WHERE k.id IS NULL)"""
    ).rowcount


def add(db: sqlite3.Connection, entity: Entity, field: Ref) -> int:
    """Take with what is kept all it refers to; returns how many."""
    return db.execute(
        f"""INSERT OR IGNORE INTO kept SELECT '{field.to}', t."{field.name}" FROM kept k
            CROSS JOIN "{entity.name}" t ON t.id = k.id
            WHERE k.entity = '{entity.name}' AND t."{field.name}" IS NOT NULL"""
    ).rowcount
