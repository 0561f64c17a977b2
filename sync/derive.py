"""What the log says: which value a cell shows, whether a row lives, and what is in conflict.

Everything here is a function of the set of operations on the rows in temp.dirty, so it comes out the same in any order:
- A *head* is an operation on a cell that no other operation on it had seen. The head with the latest (hlc, id) shows.
- Heads with different values are a conflict. A repair overrides what it had seen, settling nothing.
- A row lives unless every change of it had been seen by a delete; a delete nobody answered is a conflict, column -1.
"""

from __future__ import annotations

import sqlite3

from lsk.capture import COL, DELETE, EACH, INSERT, NEW, REPAIR, VALUE
from lsk.store import now

from .causality import saw
from .columns import fresh

CELLS = f"dirty d CROSS JOIN sync_op o ON o.row = d.row CROSS JOIN {EACH}"


def work_out(db: sqlite3.Connection) -> None:
    """From temp.dirty(row) make temp.val(row, col, new), temp.dead(row), temp.clash(row, col, tbl, winner, others)."""
    candidates(db)
    fresh(db, "head", HEAD)
    db.execute(f"INSERT INTO head {unseen()}")
    fresh(db, "val", "row TEXT, col INTEGER, new ANY, id INTEGER, PRIMARY KEY (row, col)")
    db.execute("INSERT OR IGNORE INTO val SELECT row, col, new, id FROM head ORDER BY row, col, hlc DESC, id DESC")
    lives(db)
    contested_cells(db)
    contested_rows(db)
    db.execute("DELETE FROM clash WHERE row IN (SELECT row FROM dead)")


HEAD = "row TEXT, col INTEGER, hlc INTEGER, id INTEGER, new ANY, tbl INTEGER, PRIMARY KEY (row, col, hlc DESC, id DESC)"


def unseen(but: str = "1") -> str:
    """SELECT for the candidates that no other candidate for the same cell had seen; ``but``: SQL for which of those."""
    return f"""SELECT x.row, x.col, x.hlc, x.id, x.new, x.tbl FROM cand x WHERE NOT EXISTS (
      SELECT 1 FROM cand y WHERE y.row = x.row AND y.col = x.col AND y.id <> x.id AND {but} AND {saw("y", "x")})"""


def candidates(db: sqlite3.Connection) -> None:
    """Every value ever stated for a cell. Who brings a row back states all of it, the empty cells too."""
    fresh(
        db,
        "cand",
        "row TEXT, col INTEGER, id INTEGER, epoch INTEGER, hlc INTEGER, kind INTEGER, tbl INTEGER, new ANY, "
        "PRIMARY KEY (row, col, id)",
    )
    db.execute(
        f"""INSERT OR IGNORE INTO cand SELECT o.row, {COL}, o.id, o.epoch, o.hlc, o.kind, o.tbl, {NEW}
            FROM {CELLS} WHERE o.kind <> {DELETE}"""
    )
    db.execute(
        f"""INSERT OR IGNORE INTO cand SELECT o.row, n.no, o.id, o.epoch, o.hlc, o.kind, o.tbl, NULL
            FROM dirty d CROSS JOIN sync_op o ON o.row = d.row JOIN sync_column n ON n.tbl = o.tbl
            WHERE o.kind = {INSERT} AND EXISTS (SELECT 1 FROM sync_op x WHERE x.row = o.row AND {saw("o", "x")})"""
    )


def lives(db: sqlite3.Connection) -> None:
    """What was destroyed by decision keeps no row alive, whether its delete had seen it or not."""
    fresh(db, "dead", "row TEXT PRIMARY KEY")
    db.execute(
        f"""INSERT INTO dead SELECT d.row FROM dirty d
            WHERE EXISTS (SELECT 1 FROM sync_op y WHERE y.row = d.row AND y.kind = {DELETE})
            AND NOT EXISTS (SELECT 1 FROM sync_op x WHERE x.row = d.row AND x.kind <> {DELETE} AND NOT EXISTS (
              SELECT 1 FROM sync_op y WHERE y.row = d.row AND y.kind = {DELETE} AND {saw("y", "x")})
              AND NOT EXISTS (SELECT 1 FROM sync_destroyed g WHERE g.op = x.id AND g.cause IS NOT NULL))"""
    )
    # A row older than the log is known only from what its delete remembers.
    db.execute(
        f"""INSERT OR IGNORE INTO val SELECT o.row, {COL}, {VALUE}, o.id FROM {CELLS}
            WHERE o.kind = {DELETE} AND o.row NOT IN (SELECT row FROM dead) ORDER BY o.hlc DESC, o.id DESC"""
    )


def contested_cells(db: sqlite3.Connection) -> None:
    """Cells with several values that no one had seen each other; a repair counts for none."""
    fresh(db, "clash", "row TEXT, col INTEGER, tbl INTEGER, winner INTEGER, others TEXT, PRIMARY KEY (row, col)")
    repaired = db.execute(f"SELECT 1 FROM cand WHERE kind = {REPAIR} LIMIT 1").fetchone()
    valid = f"({unseen(f'(y.kind <> {REPAIR} OR x.kind = {REPAIR})')})" if repaired else "head"
    db.execute(
        f"""WITH several AS (SELECT DISTINCT h.row, h.col, v.id AS shown FROM val v CROSS JOIN {valid} h
              ON h.row = v.row AND h.col = v.col AND h.id <> v.id)
            INSERT INTO clash
            SELECT o.row, o.col, min(o.tbl), o.shown, group_concat(o.id) FILTER (WHERE o.id <> o.shown)
            FROM (SELECT h.row, h.col, h.tbl, h.id, h.new, s.shown FROM several s
                  CROSS JOIN {valid} h ON h.row = s.row AND h.col = s.col ORDER BY h.row, h.col, h.id) o
            GROUP BY o.row, o.col HAVING count(DISTINCT o.new) + max(o.new IS NULL) > 1"""
    )


def contested_rows(db: sqlite3.Connection) -> None:
    db.execute(
        f"""INSERT INTO clash SELECT row, -1, min(tbl), NULL, group_concat(id) FROM (
              SELECT x.row, x.tbl, x.id FROM dirty d CROSS JOIN sync_op x ON x.row = d.row WHERE x.kind = {DELETE}
              AND NOT EXISTS (SELECT 1 FROM sync_op y WHERE y.row = x.row AND y.kind <> {REPAIR} AND {saw("y", "x")})
              ORDER BY x.id) GROUP BY row"""
    )


def settle(db: sqlite3.Connection) -> None:
    """Write temp.clash as the conflicts of the rows in temp.dirty; an old conflict keeps the moment it was found."""
    db.execute(
        """UPDATE sync_conflict SET winner = c.winner, others = c.others FROM clash c
           WHERE c.row = sync_conflict.row AND c.col = sync_conflict.col"""
    )
    db.execute(
        """DELETE FROM sync_conflict WHERE row IN (SELECT row FROM dirty)
           AND NOT EXISTS (SELECT 1 FROM clash c WHERE c.row = sync_conflict.row AND c.col = sync_conflict.col)"""
    )
    db.execute("INSERT OR IGNORE INTO sync_conflict SELECT row, col, tbl, winner, others, ? FROM clash", (now(),))
