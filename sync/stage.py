"""What is new in the other file, row by row: temp.trow, which every step of a merge works on."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from lsk.capture import DELETE, EACH, INSERT, REPAIR, SEQUENCE_BITS
from lsk.model import ENTITIES

from .causality import first_of, vector
from .columns import fresh

SCAN = 4  # reading the whole stretch of unseen operations is cheaper than asking row by row up to this many a row

WRITTEN = re.compile(r"(0|[1-9][0-9]*)x?(text|integer|real|null)")  # a cell as LSK writes it: column and kind of value

TROW = (
    "row TEXT PRIMARY KEY, tbl INTEGER, first INTEGER, last INTEGER, born INTEGER, died INTEGER, "
    "several INTEGER, odd INTEGER, there INTEGER, dirty INTEGER"
)


@dataclass(frozen=True)
class Run:
    """A stretch of a sender's operations, ``low`` to ``high``, attached as ``other``; what one look at it tells."""

    stream: int
    low: int
    high: int
    count: int
    epoch: int
    hlc: int
    kinds: int  # of records: 1, or 2 for more

    @property
    def which(self) -> str:
        """SQL over ``o``, a row of other.sync_op."""
        return f"o.id BETWEEN {self.low} AND {self.high}"


def run(db: sqlite3.Connection, stream: int, after: int, upto: int) -> Run:
    """The operations of a stream that are numbered after one and up to another, as far as they are there."""
    low, high = first_of(stream) + after + 1, first_of(stream) + upto
    row = db.execute(
        """SELECT count(*), min(epoch), max(hlc), 1 + (min(tbl) < max(tbl)) FROM other.sync_op
           WHERE id BETWEEN ? AND ?""",
        (low, high),
    ).fetchone()
    return Run(stream, low, high, *row)


def stage(db: sqlite3.Connection, which: str) -> None:
    """Fill temp.trow with the rows that the operations selected by ``which`` (SQL over ``o``) are about.

    ``first``, ``last``: the first and last of them; ``several``: from more than one file; ``there``: where the row is
    in our table, NULL when it is not; ``dirty``: its values are worked out from the log; ``odd``: no LSK wrote this.
    """
    fresh(db, "trow", TROW)
    db.execute(
        f"""INSERT INTO trow SELECT o.row, x.tbl, o.id, o.id, o.kind = {INSERT}, o.kind = {DELETE}, 0,
              o.kind >= {REPAIR} OR o.kind < {INSERT}, NULL, 0
            FROM other.sync_op o CROSS JOIN xtbl x ON x.otbl = o.tbl WHERE {which} ORDER BY o.id
            ON CONFLICT(row) DO UPDATE SET last = excluded.last, born = max(born, excluded.born),
              died = max(died, excluded.died), odd = odd OR excluded.odd OR tbl <> excluded.tbl,
              several = several OR first >> {SEQUENCE_BITS} <> excluded.last >> {SEQUENCE_BITS}"""
    )
    for tbl, entity in touched(db):
        db.execute(f'UPDATE trow SET there = (SELECT e.rowid FROM "{entity}" e WHERE e.id = row) WHERE tbl = ?', (tbl,))


def touched(db: sqlite3.Connection) -> list[tuple[int, str]]:
    """The tables that temp.trow is about, as far as we have them: number, name."""
    rows = db.execute(
        """SELECT DISTINCT t.tbl, c.entity FROM (SELECT DISTINCT tbl FROM trow) t
           JOIN sync_column c ON c.tbl = t.tbl ORDER BY t.tbl"""
    ).fetchall()
    return [(tbl, entity) for tbl, entity in rows if entity in ENTITIES]


def mark_dirty(db: sqlite3.Connection, news: Run) -> None:
    """Mark the rows where the sender's operations did not know of all that is in our log.

    A row that was there already when it was made, or was both made and deleted, is worked out from the log too.
    """
    db.execute(
        f"""UPDATE trow SET dirty = 1 WHERE (born AND (there IS NOT NULL OR died)) OR (died AND
              (SELECT kind FROM other.sync_op WHERE id = last) <> {DELETE})"""
    )
    rows = db.execute("SELECT count(*) FROM trow").fetchone()[0]
    for other, knew, have in unseen(db, news):
        span = f"BETWEEN {first_of(other) + knew + 1} AND {first_of(other) + have}"
        if have - knew <= SCAN * rows:
            db.execute(f"UPDATE trow SET dirty = 1 WHERE row IN (SELECT row FROM sync_op WHERE id {span})")
        else:
            db.execute(
                f"""UPDATE trow SET dirty = 1 WHERE NOT dirty
                    AND EXISTS (SELECT 1 FROM sync_op o WHERE o.row = trow.row AND o.id {span})"""
            )


def unseen(db: sqlite3.Connection, news: Run) -> list[tuple[int, int, int]]:
    """(stream, how far the sender had seen it when it began, how far we have): what the sender did not know of."""
    knew = dict(
        db.execute(
            """SELECT dep, max(upto) FROM sync_dep WHERE stream = ? AND epoch <= ? GROUP BY dep""",
            (news.stream, news.epoch),
        ).fetchall()
    )
    return [(s, knew.get(s, 0), have) for s, have in vector(db).items() if s != news.stream and have > knew.get(s, 0)]


def columns_used(db: sqlite3.Connection, which: str, kinds: int = 2) -> dict[int, set[str]] | None:
    """Table number → names of the columns that the new operations give values to, as far as we have a place for them.

    ``which`` is SQL over ``o``, a row of other.sync_op; ``kinds``: if they are all of 1 kind of record, nothing needs
    to be sorted. None when the cells are not written as LSK writes them.
    """
    used: dict[int, set[str]] = {}
    grouped = "GROUP BY o.tbl" if kinds > 1 else ""
    for otbl, cells in db.execute(
        f"""SELECT o.tbl, group_concat(DISTINCT c.key || c.type) FROM other.sync_op o CROSS JOIN {EACH}
            WHERE {which} {grouped}"""
    ).fetchall():
        found = [WRITTEN.fullmatch(cell) for cell in (cells.split(",") if cells else ())]
        numbers = {match[1] for match in found if match}
        if None in found:
            return None
        for tbl, name in db.execute(
            f"SELECT tbl, name FROM xcol WHERE otbl = ? AND placed AND ono IN ({', '.join(numbers)})", (otbl,)
        ):
            used.setdefault(tbl, set()).add(name)
    return used
