"""A unit's file changes the unit's own records; everything shared is read there (XS3, design section 7 point 5)."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from lsk.capture import SEQUENCE_BITS
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
    last = (change_set >> SEQUENCE_BITS) + 1 << SEQUENCE_BITS
    rows = db.execute(
        f"""SELECT DISTINCT c.entity, o.row FROM sync_op o JOIN sync_column c ON c.tbl = o.tbl
            WHERE o.id >= :first AND o.id < :last AND (o.unit IS NULL OR o.unit NOT IN ({SUBTREE}))""",
        {"first": change_set, "last": last, "unit": file.unit},
    ).fetchall()
    return [
        Finding(
            rule="a_unit_file_changes_only_its_own",
            record=row["row"],
            entity=row["entity"],
            ref="",
            requirement="",
            severity="fel",
            message=f"{terms.entity_the(row['entity']).capitalize()} är gemensam och kan bara läsas i enhetens fil.",
            remedy="Be kvalitetssamordnaren ändra i huvudfilen.",
        )
        for row in rows
    ]
