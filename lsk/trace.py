"""The thread from paragraph to committee decision and back: what a record leads to and comes from."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Entity, Field, Ref
from lsk.records import entity_of, title_of

# Everything hangs on these; to follow them from one record would be to follow all.
HUBS = {"unit", "role", "person", "municipality", "service_area", "risk_scale", "statute", "meeting"}
MOST = 12  # of one kind from one record; the rest are counted in the list view


class Step(NamedTuple):
    """One record of a thread. ``way`` → it is pointed at, ← it points here; ``by``: (entity, field) or kind of link."""

    depth: int
    way: str
    by: tuple[str, str]
    entity: str
    id: str
    ref: str
    title: str


def thread(db: sqlite3.Connection, name: str, record: str, depth: int = 3) -> list[Step]:
    """The record and all it hangs together with, ``depth`` links away, in the order to be read."""
    found: list[Step] = []
    seen: set[str] = set()

    def follow(step: Step) -> None:
        found.append(step)
        seen.add(step.id)
        if step.depth == depth or (step.entity in HUBS and step.depth):
            return
        for way, by, entity, other in neighbours(db, step.entity, step.id):
            if other not in seen:
                follow(described(db, step.depth + 1, way, by, entity, other))

    follow(described(db, 0, "", ("", ""), name, record))
    return found


def described(db: sqlite3.Connection, depth: int, way: str, by: tuple[str, str], entity: str, record: str) -> Step:
    row = db.execute(f'SELECT ref FROM "{entity}" WHERE id = ?', (record,)).fetchone()
    return Step(depth, way, by, entity, record, row["ref"] if row else "", title_of(db, entity, record))


def neighbours(db: sqlite3.Connection, name: str, record: str) -> list[tuple[str, tuple[str, str], str, str]]:
    """(way, by, entity, id) of what lies one step away."""
    return [*outward(db, ENTITIES[name], record), *inward(db, name, record), *linked(db, record)]


def references(entity: Entity) -> list[Field]:
    return [f for f in entity.columns if isinstance(f, (Ref, AnyRef)) and entity.name != "link"]


def outward(db: sqlite3.Connection, entity: Entity, record: str) -> list[tuple[str, tuple[str, str], str, str]]:
    row = db.execute(f'SELECT * FROM "{entity.name}" WHERE id = ?', (record,)).fetchone()
    found = []
    for field in references(entity):
        other = row[field.name] if row else None
        kind = None if other is None else field.to if isinstance(field, Ref) else entity_of(db, other)
        if other is not None and kind is not None and kind not in HUBS:
            found.append(("→", (entity.name, field.name), str(kind), str(other)))
    return found


def inward(db: sqlite3.Connection, name: str, record: str) -> list[tuple[str, tuple[str, str], str, str]]:
    found = []
    for other in ENTITIES.values():
        for field in references(other):
            if (field.to == name) if isinstance(field, Ref) else (name in field.to):  # type: ignore[attr-defined]
                rows = db.execute(
                    f'SELECT id FROM "{other.name}" WHERE "{field.name}" = ? ORDER BY ref LIMIT {MOST}', (record,)
                )
                found += [("←", (other.name, field.name), other.name, row["id"]) for row in rows]
    return found


def linked(db: sqlite3.Connection, record: str) -> list[tuple[str, tuple[str, str], str, str]]:
    rows = db.execute(
        "SELECT kind, target AS other, '→' AS way FROM link WHERE source = ?1 "
        "UNION ALL SELECT kind, source, '←' FROM link WHERE target = ?1 ORDER BY 1",
        (record,),
    ).fetchall()
    kinds = [(row, entity_of(db, row["other"])) for row in rows]
    return [(row["way"], (row["kind"], ""), kind, row["other"]) for row, kind in kinds if kind is not None]
