"""A unit's file changes the unit's own records; everything shared is read there (XS3, design section 7 point 5)."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from lsk.capture import DELETE, INSERT, SEQUENCE_BITS, owner
from lsk.model import ENTITIES
from lsk.rules import Finding

if TYPE_CHECKING:
    from lsk.store import FileInfo
    from lsk.terms import Terms

# The unit and every unit under it.
SUBTREE = """WITH RECURSIVE mine(id) AS (
  SELECT id FROM unit WHERE id = :unit UNION SELECT u.id FROM unit u JOIN mine ON u.parent = mine.id)
  SELECT id FROM mine"""


def subtree(db: sqlite3.Connection, unit: str | None) -> list[str]:
    """The ids of a unit and of all units under it."""
    return [row[0] for row in db.execute(SUBTREE, {"unit": unit})]


def trespass(db: sqlite3.Connection, change_set: int, file: FileInfo, terms: Terms) -> list[Finding]:
    """What a change in a unit's file touched that is not the unit's."""
    if not file.is_unit_file:
        return []
    rows = elsewhere(db, change_set, (change_set >> SEQUENCE_BITS) + 1 << SEQUENCE_BITS, file.unit)
    return [
        Finding(
            rule="a_unit_file_changes_only_its_own",
            record=row["row"],
            entity=row["entity"],
            ref="",
            requirement="",
            severity="fel",
            message=f"{terms.entity_the(row['entity']).capitalize()} {whose(row)} och kan bara läsas i enhetens fil.",
            remedy="Be kvalitetssamordnaren ändra i huvudfilen.",
        )
        for row in rows
    ]


def whose(row: sqlite3.Row) -> str:
    return "är gemensam" if row["unit"] is None else "hör till en annan enhet"


def elsewhere(db: sqlite3.Connection, first: int, last: int, unit: str | None) -> list[sqlite3.Row]:
    """(entity, row, owning unit) of the operations ``first`` to before ``last`` whose owner lies outside the unit.

    An operation states the owner of a row that is born or dies; of a row that is changed, the row itself does.
    """
    given = {"first": first, "last": last, "unit": unit}
    ours = """(SELECT DISTINCT c.entity, o.row, o.kind, o.unit FROM sync_op o
      JOIN (SELECT DISTINCT tbl, entity FROM sync_column) c ON c.tbl = o.tbl WHERE o.id >= :first AND o.id < :last)"""
    owners = [f"SELECT entity, row, unit FROM {ours} WHERE kind IN ({INSERT}, {DELETE})"]
    for (entity,) in db.execute(f"SELECT DISTINCT entity FROM {ours} WHERE kind NOT IN ({INSERT}, {DELETE})", given):
        who = owner(ENTITIES[entity], "e")
        owners.append(
            f"""SELECT entity, row, {who} FROM {ours} o CROSS JOIN "{entity}" e ON e.id = o.row
                WHERE o.entity = '{entity}' AND o.kind NOT IN ({INSERT}, {DELETE})"""
        )
    return db.execute(
        f"""SELECT entity, row, max(unit) AS unit FROM ({" UNION ALL ".join(owners)})
            WHERE unit IS NULL OR unit NOT IN ({SUBTREE}) GROUP BY entity, row""",
        given,
    ).fetchall()
