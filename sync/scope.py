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
from lsk.model.vocabulary import SHARED, UNIT, AnyRef, Entity, Ref

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
    demands = [(e, f) for e in ENTITIES.values() for f in e.columns if f.required and leads_out(f)]
    while sum(drop_leaning_out(db, schema, entity, field.name) for entity, field in demands):
        continue


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
        return table
    if entity.scope == UNIT:
        ways = [
            f"t.{name} IN (SELECT id FROM temp.subtree)" for name in ("unit", "allotted_to") if name in entity.names
        ]
        return f"{table} WHERE t.unit IS NULL OR {' OR '.join(ways)}"
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


def names(db: sqlite3.Connection, entity: Entity) -> list[str]:
    """The stored columns that both files have."""
    have = [{r[1] for r in db.execute(f'PRAGMA {s}.table_info("{entity.name}")')} for s in ("main", "other")]
    return [name for name in ("ref", *(f.name for f in entity.columns)) if all(name in h for h in have)]


def present(db: sqlite3.Connection) -> Iterator[Entity]:
    """The entities both files have a table for."""
    tables = {r[0] for r in db.execute("SELECT name FROM other.sqlite_schema WHERE type = 'table'")}
    return (e for e in ENTITIES.values() if e.name in tables)


def shown(entity: Entity, name: str) -> str:
    """SQL for a column of ``s`` as the unit's file holds it."""
    field = None if name == "ref" else entity.field(name)
    if isinstance(field, Ref) and leads_out(field):
        return f'(SELECT i.id FROM inside i WHERE i.id = s."{name}")'
    return f's."{name}"'
