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


def inside(db: sqlite3.Connection, schema: str, unit: str, only: bool = False) -> None:
    """Fill temp.inside (id, entity) with every row of ``schema`` that belongs in the unit's file.

    ``only``: of the rows in temp.changed_row (row, entity), and of those that they depend on.
    """
    subtree(db, unit, schema)
    fresh(db, "inside", "id TEXT PRIMARY KEY, entity TEXT")
    if only:
        candidates(db, schema)
    concerned = kinds(db, "changed_row") if only else set(ENTITIES)
    for entity in (e for e in parents_first() if e.name in concerned):
        among = f"AND t.id IN (SELECT row FROM changed_row WHERE entity = '{entity.name}')" if only else ""
        db.execute(
            f"INSERT OR IGNORE INTO inside SELECT t.id, '{entity.name}' FROM {belonging(entity, schema)} {among}"
        )
    leaning = [(entity, field) for entity, field in demands() if entity.name in concerned]
    while sum(drop_leaning_out(db, schema, entity, field.name) for entity, field in leaning):
        continue


def kinds(db: sqlite3.Connection, table: str) -> set[str]:
    """The entities that a temporary table (…, entity) names."""
    return {row[0] for row in db.execute(f"SELECT DISTINCT entity FROM temp.{table}")} & set(ENTITIES)


def demands() -> list[tuple[Entity, Field]]:
    """What a row must refer to, and may not find in a unit's file."""
    return [(e, f) for e in ENTITIES.values() for f in e.columns if f.required and leads_out(f)]


def candidates(db: sqlite3.Connection, schema: str) -> None:
    """Add to temp.changed_row what the rows in it depend on: the parents they follow, and what they must refer to."""
    ways = [(e, f.name) for e, f in demands()]
    ways += [(e, e.scope) for e in ENTITIES.values() if e.scope not in (SHARED, UNIT)]
    more = True
    while more:
        concerned = kinds(db, "changed_row")
        more = sum(add_depended(db, schema, e, name) for e, name in set(ways) if e.name in concerned) > 0


def add_depended(db: sqlite3.Connection, schema: str, entity: Entity, name: str) -> int:
    """Add what the changed rows of one table refer to by one field; how many came."""
    field = entity.field(name)
    to = (field.to,) if isinstance(field, Ref) else field.to if isinstance(field, AnyRef) else ()
    found = 0
    for kind in to or ENTITIES:
        found += db.execute(
            f"""INSERT OR IGNORE INTO changed_row SELECT p.id, '{kind}' FROM changed_row t
                CROSS JOIN {schema}."{entity.name}" e ON e.id = t.row
                CROSS JOIN {schema}."{kind}" p ON p.id = e."{name}" WHERE t.entity = '{entity.name}'"""
        ).rowcount
    return found


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
