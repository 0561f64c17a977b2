"""What a unit's file holds of the main file's rows: everything shared, everything the unit and those under it own,
and what is allotted to them: a risk (H22) or a process (J15) that stays another's, and so is only read there.

A row is the unit's, or shared, by its own ``unit`` column or by its parent's owner. References decide three things:
- A link (trace) is there only when both its ends are.
- A row that must refer to a record outside (an acknowledgement of another unit's routine) stays outside itself.
- A reference that may be empty and leads outside (a risk in another unit's process) is empty in the unit's file.
  That is the only way to keep foreign keys whole without showing another unit's record. The main file's value is
  untouched, for only what is changed travels up. References without foreign key (an action's origin) stay: an id
  tells nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from lsk.model import ENTITIES
from lsk.model.vocabulary import SHARED, UNIT, AnyRef, Entity, Field, Ref

from .columns import fresh


def subtree(db: sqlite3.Connection, unit: str, schema: str = "main") -> None:
    """Fill temp.subtree with the unit and every unit under it."""
    fresh(db, "subtree", "id TEXT PRIMARY KEY")
    db.execute(
        f"""WITH RECURSIVE mine(id) AS (SELECT id FROM {schema}.unit WHERE id = ?
              UNION SELECT u.id FROM {schema}.unit u JOIN mine ON u.parent = mine.id)
            INSERT INTO temp.subtree SELECT id FROM mine""",
        (unit,),
    )


def inside(db: sqlite3.Connection, schema: str, unit: str) -> None:
    """Fill temp.inside (id, entity) with every row of ``schema`` that belongs in the unit's file."""
    subtree(db, unit, schema)
    fresh(db, "inside", "id TEXT PRIMARY KEY, entity TEXT")
    for entity in parents_first():
        db.execute(f"INSERT OR IGNORE INTO inside SELECT t.id, '{entity.name}' FROM {belonging(entity, schema)}")
    while sum(drop_leaning_out(db, schema, entity, field.name) for entity, field in demands()):
        continue


def kinds(db: sqlite3.Connection, table: str) -> set[str]:
    """The entities that a temporary table (…, entity) names."""
    return {row[0] for row in db.execute(f"SELECT DISTINCT entity FROM temp.{table}")} & set(ENTITIES)


def demands() -> list[tuple[Entity, Field]]:
    """What a row must refer to, and may not find in a unit's file."""
    return [(e, f) for e in ENTITIES.values() for f in e.columns if f.required and leads_out(f)]


def parents_first() -> list[Entity]:
    def depth(entity: Entity) -> int:
        return 0 if entity.scope in (SHARED, UNIT) else 1 + depth(ENTITIES[parent(entity).to])

    return sorted(ENTITIES.values(), key=depth)


def parent(entity: Entity) -> Ref:
    """The reference whose owner the entity follows."""
    return next(f for f in entity.fields if isinstance(f, Ref) and f.name == entity.scope)


def belonging(entity: Entity, schema: str) -> str:
    """FROM and WHERE for the rows (alias t) that are shared, the unit's or allotted to it."""
    table = f'{schema}."{entity.name}" t'
    if entity.scope == SHARED:
        return f"{table} WHERE 1"
    if entity.scope == UNIT:
        ways = [
            f"t.{name} IN (SELECT id FROM temp.subtree)" for name in ("unit", "allotted_to") if name in entity.names
        ]
        return f"{table} WHERE (t.unit IS NULL OR {' OR '.join(ways)})"
    field = parent(entity)
    return f"""inside i CROSS JOIN {table} ON t."{field.name}" = i.id WHERE i.entity = '{field.to}'"""


def leads_out(field: object) -> bool:
    """Whether a field can refer to a record that the unit's file does not hold."""
    if isinstance(field, Ref):
        return ENTITIES[field.to].scope != SHARED
    return isinstance(field, AnyRef)


def drop_leaning_out(db: sqlite3.Connection, schema: str, entity: Entity, field: str) -> int:
    return db.execute(
        f"""DELETE FROM inside WHERE entity = '{entity.name}' AND id IN (
              SELECT t.id FROM {schema}."{entity.name}" t WHERE t.id IN (SELECT id FROM inside)
              AND t."{field}" NOT IN (SELECT id FROM inside))"""
    ).rowcount


def present_columns(db: sqlite3.Connection) -> Iterator[tuple[Entity, int, list[tuple[int, str]]]]:
    """Each entity with the numbers of its table and of its stored columns in this file."""
    for entity in ENTITIES.values():
        rows = db.execute(
            "SELECT tbl, no, name FROM sync_column WHERE entity = ? ORDER BY no", (entity.name,)
        ).fetchall()
        columns = [(no, name) for _, no, name in rows if name in entity.names]
        yield entity, rows[0][0], columns


def shown(entity: Entity, name: str) -> str:
    """SQL for a column of ``s`` as the unit's file holds it."""
    field = None if name == "ref" else entity.field(name)
    if isinstance(field, Ref) and leads_out(field):
        return f'(SELECT i.id FROM inside i WHERE i.id = s."{name}")'
    return f's."{name}"'
