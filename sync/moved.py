"""Columns that have become fields of another kind of record (lsk.model.MOVED): the main file carries the values over.

It does so when it is brought up to date, and after each merge with a file whose older program still writes the old
column. One author, by operations that travel on, marked as repairs: if somebody has changed the field where it is now
without knowing of the older program's edit, both values are a conflict and a person decides.
"""

from __future__ import annotations

import sqlite3

from lsk.capture import DELETE, INSERT
from lsk.change import derived_id
from lsk.model import ENTITIES, MOVED
from lsk.model.vocabulary import Moved
from lsk.store import Store

from . import derive
from .causality import saw
from .columns import fresh
from .stating import stated

WHY = "flyttade fält"


def carry(main: Store, actor: str, *, only: set[tuple[str, str]] | None = None) -> None:
    """Bring over what the new places have not seen: to the new columns in ``only``, or of the rows in temp.trow."""
    for move in MOVED:
        if only is None or (move.to, move.field) in only:
            carry_one(main, move, actor, merged=only is None)


def carry_one(main: Store, move: Moved, actor: str, merged: bool) -> None:
    db, entity = main.db, ENTITIES[move.to]
    db.create_function("moved_to", 1, lambda row: derived_id(entity, {move.by: row}), deterministic=True)
    if not fresh_values(db, move, merged):
        return
    with stated(main, WHY, actor):
        # What the new field does not take stays in the log of the old one.
        db.execute(
            f"""INSERT OR IGNORE INTO "{move.to}"(id, ref, "{move.by}", "{move.field}")
                SELECT target, '{entity.code}-' || substr(target, 1, 8), row, new FROM moving
                WHERE new IS NOT NULL AND target NOT IN (SELECT id FROM "{move.to}")"""
        )
        db.execute(
            f"""UPDATE OR IGNORE "{move.to}" SET "{move.field}" = m.new FROM moving m
                WHERE "{move.to}".id = m.target AND "{move.to}"."{move.field}" IS NOT m.new"""
        )
        fresh(db, "dirty", "row TEXT PRIMARY KEY")
        db.execute("INSERT INTO dirty SELECT target FROM moving")


def fresh_values(db: sqlite3.Connection, move: Moved, merged: bool) -> int:
    """Fill temp.moving (row, target, new) with values of the old column that no change of the new field had seen."""
    fresh(db, "moving", "row TEXT PRIMARY KEY, target TEXT, new ANY")
    old = db.execute("SELECT tbl, no, entity FROM sync_column WHERE key = ?", (move.was,)).fetchone()
    if old is None or old["entity"] not in ENTITIES:
        return 0
    tbl, no, origin = old
    now_at = db.execute("SELECT no FROM sync_column WHERE entity = ? AND name = ?", (move.to, move.field)).fetchone()[0]
    among = "AND o.row IN (SELECT row FROM trow)" if merged else ""
    fresh(db, "dirty", "row TEXT PRIMARY KEY")
    db.execute(
        f"""INSERT OR IGNORE INTO dirty SELECT o.row FROM sync_op o WHERE o.tbl = ? {among}
            AND EXISTS (SELECT 1 FROM sync_cell c WHERE c.op = o.id AND c.col = ?)""",
        (tbl, no),
    )
    derive.work_out(db)
    return db.execute(
        f"""INSERT INTO moving SELECT v.row, moved_to(v.row), v.new FROM val v CROSS JOIN sync_op x ON x.id = v.id
            CROSS JOIN "{origin}" e ON e.id = v.row
            WHERE v.col = ? AND NOT EXISTS (SELECT 1 FROM sync_op y WHERE y.row = moved_to(v.row) AND {saw("y", "x")}
              AND (y.kind IN ({INSERT}, {DELETE})
                   OR EXISTS (SELECT 1 FROM sync_cell c WHERE c.op = y.id AND c.col = ?)))""",
        (no, now_at),
    ).rowcount
