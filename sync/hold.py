"""Keep a unit's file whole until the main file has decided: empty references that lead outside, no rings in its trees.

Only the main file repairs by operations that travel (repair.py). A unit's file may have to wait for that: what it holds
otherwise than the log says, because a change of its own is not yet sent, is noted in sync_kept.
"""

from __future__ import annotations

import sqlite3

from lsk.model import ENTITIES
from lsk.model.vocabulary import Ref

from .repair import cycles, later_move
from .scope import leads_out
from .stage import touched


def whole(db: sqlite3.Connection) -> None:
    """Empty what leads outside and open rings, in the rows of temp.trow."""
    for tbl, name in touched(db):
        for f in ENTITIES[name].columns:
            if isinstance(f, Ref) and leads_out(f) and not f.required:
                db.execute(
                    f"""UPDATE "{name}" SET "{f.name}" = NULL WHERE id IN (SELECT row FROM trow WHERE tbl = {tbl})
                        AND "{f.name}" IS NOT NULL AND NOT EXISTS (
                          SELECT 1 FROM "{f.to}" p WHERE p.id = "{name}"."{f.name}")"""
                )
    open_rings(db, [name for _, name in touched(db)])


def open_rings(db: sqlite3.Connection, names: list[str]) -> None:
    """The later move of those in a ring waits at the place it came from, or at the top."""
    moved: set[str] = set()
    while found := cycles(db, names):
        name = found[0][0]
        row, before = later_move(db, name, [r for n, r in found if n == name])
        known = db.execute(f'SELECT 1 FROM "{name}" WHERE id = ?', (before,)).fetchone()
        db.execute(
            f'UPDATE "{name}" SET parent = ? WHERE id = ?', (before if known and row not in moved else None, row)
        )
        db.execute(
            """INSERT OR IGNORE INTO sync_kept SELECT ?, no FROM sync_column WHERE entity = ? AND name = 'parent'""",
            (row, name),
        )
        moved.add(row)
