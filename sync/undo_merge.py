"""Take back what a merge brought into the main file, as one ordinary change that travels on like any other.

A row goes back to what it was: from what the merge remembered of it (sync_before), else from the old values of the
merged operations, which stay in the log. A row that was changed since stays as it is, and so does one that something
newer leans on. Set by set; the references are checked before anything is written.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from lsk.capture import INSERT, REPAIR, resolve
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Entity, Ref
from lsk.records import title_of
from lsk.store import Store
from lsk.terms import numbered

from . import apply, repair
from .causality import first_of
from .columns import fresh
from .conflicts import ROW
from .stage import touched

CHANGED = "ändrad efteråt, lämnad som den är"
LEANED_ON = "används av en nyare post, lämnad som den är"
LEANS = "hänvisade till en post som inte finns längre, lämnad som den är"
DESTROYED = "värdena är gallrade, lämnad som den är"
UNKNOWN = "finns bara i en nyare version av LSK, lämnad som den är"


@dataclass(frozen=True)
class Merge:
    """One merge into this file: when, by whom, from which file, and how many rows came, changed and went."""

    number: int
    at: str
    actor: str | None
    code: str
    operations: int
    added: int
    changed: int
    removed: int
    undone: bool
    stream: int
    first: int
    upto: int

    @property
    def key(self) -> int:
        """What a change set that takes the merge back says it undoes."""
        return first_of(self.stream) + self.first


@dataclass(frozen=True)
class Left:
    """A row that was not taken back, and why."""

    entity: str
    record: str
    ref: str
    reason: str


@dataclass
class Undone:
    """What taking back a merge did: rows brought back, changed back and removed, and those left as they are."""

    merge: Merge
    brought_back: int = 0
    changed: int = 0
    removed: int = 0
    left: list[Left] = field(default_factory=list)


MERGES = f"""SELECT m.no AS number, m.at, m.actor, ifnull(s.code, '?') AS code,
    m.operations, m.added, m.changed, m.removed, EXISTS (
    SELECT 1 FROM change_set u WHERE u.undoes = m.stream << 36 | m.first AND NOT EXISTS (
      SELECT 1 FROM change_set r WHERE r.undoes = u.id)) AS undone, m.stream, m.first, m.upto
  FROM sync_merge m LEFT JOIN sync_stream s ON s.no = m.stream
  WHERE m.operations AND m.no > (SELECT max(no) FROM sync_merge) - {apply.MERGES_REMEMBERED} ORDER BY m.no DESC"""


def merges(store: Store) -> list[Merge]:
    """The merges that can be told apart and taken back, newest first."""
    return [Merge(**{**dict(row), "undone": bool(row["undone"])}) for row in store.db.execute(MERGES)]


def undo_merge(store: Store, number: int | None, actor: str) -> Undone:
    """Take back merge ``number``, or the latest that still stands. LskError says why it cannot be done."""
    merge = chosen(store, number)
    undone = Undone(merge)
    with store.change(actor, f"ångrar sammanslagning {merge.number} med {merge.code}", undoes=merge.key) as change:
        gather(store.db, merge)
        changed_since(store.db, merge)
        keep_footing(store.db)
        undone.left = left(store)
        write(store.db, undone)
        settle(store.db, merge)
        refuse_rings(store)
        if not change.operations:
            raise LskError(
                f"Det finns inget att ta tillbaka av sammanslagning {merge.number}: "
                f"{numbered(len(undone.left), 'post är lämnad som den är', 'poster är lämnade som de är')}, "
                "på grund av senare ändringar eller för att annat hänvisar dit. Ändra för hand."
            )
    return undone


def chosen(store: Store, number: int | None) -> Merge:
    if store.file.is_unit_file:
        raise LskError(
            f"{store.path} är en enhetsfil. En sammanslagning ångras i huvudfilen, och följer med nästa synk."
        )
    found = [m for m in merges(store) if (not m.undone if number is None else m.number == number)]
    if not found:
        which = (
            "som kan ångras" if number is None else f"med nummer {number} bland de {apply.MERGES_REMEMBERED} senaste"
        )
        raise LskError(f"Det finns ingen sammanslagning {which}. Se dem med: lsk undo {store.path} --merge --list")
    if found[0].undone:
        raise LskError(f"Sammanslagning {number} är redan ångrad. Gör om den med: lsk redo {store.path}")
    return found[0]


# --- what it was ---------------------------------------------------------------------------------------------------


def gather(db: sqlite3.Connection, merge: Merge) -> None:
    """Fill temp.trow (row, tbl, was: it was there before, left: why it stays) and temp.val with the former values."""
    brought(db, merge)
    fresh(db, "trow", "row TEXT PRIMARY KEY, tbl INTEGER, was INTEGER, left TEXT")
    made_whole = f"""kind = {REPAIR} AND EXISTS (SELECT 1 FROM sync_column n CROSS JOIN sync_cell c
      ON c.op = b.id AND c.col = n.no AND c.old IS NULL WHERE n.tbl = b.tbl AND n.name = 'ref')"""
    db.execute(
        f"""INSERT INTO trow SELECT row, tbl, ifnull(
              (SELECT old FROM sync_before s WHERE s.merge = ? AND s.row = b.row AND s.col = {ROW}),
              NOT (kind = {INSERT} OR ({made_whole}))), NULL
            FROM brought b WHERE place IN (SELECT min(place) FROM brought GROUP BY row)""",
        (merge.number,),
    )
    fresh(db, "val", "row TEXT, col INTEGER, new ANY, id INTEGER, PRIMARY KEY (row, col)")
    db.execute("INSERT INTO val SELECT row, col, old, 0 FROM sync_before WHERE merge = ? AND col >= 0", (merge.number,))
    db.execute(
        """INSERT OR IGNORE INTO val SELECT row, col, old, 0 FROM (
             SELECT b.row, c.col, c.old, min(b.place) FROM brought b CROSS JOIN sync_cell c ON c.op = b.id
             GROUP BY 1, 2)"""
    )


def brought(db: sqlite3.Connection, merge: Merge) -> None:
    """Fill temp.brought with the operations of a merge in order, those that kept it whole last."""
    fresh(db, "brought", "place INTEGER PRIMARY KEY, id INTEGER, row TEXT, tbl INTEGER, kind INTEGER")
    db.execute(
        f"""INSERT INTO brought SELECT row_number() OVER (ORDER BY repaired, id), id, row, tbl, kind FROM (
              SELECT 0 AS repaired, id, row, tbl, kind FROM sync_op WHERE id BETWEEN :first AND :last
              UNION ALL SELECT 1, o.id, o.row, o.tbl, o.kind FROM sync_local l
              CROSS JOIN sync_op o ON o.id > l.stream << 36 AND o.id < (l.stream + 1) << 36
              WHERE o.kind = {REPAIR} AND o.epoch = :epoch)""",
        {"first": merge.key, "last": first_of(merge.stream) + merge.upto, "epoch": epoch(db, merge)},
    )


def epoch(db: sqlite3.Connection, merge: Merge) -> int:
    """The epoch that began in this file with the merge."""
    return int(
        db.execute(
            """SELECT epoch FROM sync_dep WHERE stream = (SELECT stream FROM sync_local) AND dep = ? AND upto = ?""",
            (merge.stream, merge.upto),
        ).fetchone()[0]
    )


# --- what stays ----------------------------------------------------------------------------------------------------


def changed_since(db: sqlite3.Connection, merge: Merge) -> None:
    """Leave the rows that were changed after the merge, here or by a later one. Undone and redone cancel out."""
    db.execute(
        f"""WITH RECURSIVE chain(id) AS (SELECT id FROM change_set WHERE undoes = :key
              UNION SELECT c.id FROM change_set c JOIN chain ON c.undoes = chain.id)
            UPDATE trow SET left = :why WHERE row IN (
              SELECT o.row FROM sync_local l
              CROSS JOIN sync_op o ON o.id > l.stream << 36 AND o.id < (l.stream + 1) << 36
              WHERE o.epoch >= :epoch AND NOT (o.kind = {REPAIR} AND o.epoch = :epoch)
              AND ifnull((SELECT max(h.id) FROM change_set h WHERE h.id <= o.id), 0) NOT IN (SELECT id FROM chain)
              UNION ALL SELECT o.row FROM sync_merge m CROSS JOIN sync_op o
              ON o.id BETWEEN m.stream << 36 | m.first AND m.stream << 36 | m.upto WHERE m.no > :no)""",
        {"epoch": epoch(db, merge), "key": merge.key, "no": merge.number, "why": CHANGED},
    )
    stay(db, DESTROYED, "SELECT b.row FROM brought b CROSS JOIN sync_destroyed d ON d.op = b.id")
    placed = ", ".join(str(tbl) for tbl, _ in touched(db)) or "0"
    stay(db, UNKNOWN, f"SELECT row FROM trow WHERE tbl NOT IN ({placed})")


def keep_footing(db: sqlite3.Connection) -> None:
    """Leave the rows that something which stays refers to, and those that would refer to nothing."""
    found = True
    while found:
        found = sum(leans(db, *each) for each in references(db)) > 0


def references(db: sqlite3.Connection) -> list[tuple[Entity, Ref | AnyRef, int, int, int | None]]:
    """Every field that refers to a record: its kind of record, its column's number, and both tables' numbers."""
    tables = dict(db.execute("SELECT DISTINCT entity, tbl FROM sync_column").fetchall())
    rows = db.execute("SELECT entity, name, no FROM sync_column").fetchall()
    numbers = {(entity, name): no for entity, name, no in rows}
    return [
        (e, f, numbers[e.name, f.name], tables[e.name], tables[f.to] if isinstance(f, Ref) else None)
        for e in ENTITIES.values()
        for f in e.columns
        if isinstance(f, Ref | AnyRef)
    ]


def leans(db: sqlite3.Connection, entity: Entity, f: Ref | AnyRef, no: int, tbl: int, to: int | None) -> bool:
    """Leave what one field forbids to take back; whether that was anything."""
    still = f"NOT (own.row IS NOT NULL AND EXISTS (SELECT 1 FROM val v WHERE v.row = e.id AND v.col = {no}))"
    found = stay(
        db,
        LEANED_ON,
        f"""SELECT t.row FROM trow t CROSS JOIN "{entity.name}" e ON e."{f.name}" = t.row
            LEFT JOIN trow own ON own.row = e.id AND own.left IS NULL
            WHERE NOT t.was AND t.left IS NULL AND t.tbl = {"t.tbl" if to is None else to}
            AND ifnull(own.was, 1) AND {still}""",
    )
    if to is None:
        return found
    return found | stay(
        db,
        LEANS,
        f"""SELECT t.row FROM trow t CROSS JOIN val v ON v.row = t.row AND v.col = {no}
            LEFT JOIN "{f.to}" p ON p.id = v.new LEFT JOIN trow own ON own.row = v.new AND own.left IS NULL
            WHERE t.tbl = {tbl} AND t.was AND t.left IS NULL AND v.new IS NOT NULL
            AND NOT ifnull(own.was, p.id IS NOT NULL)""",
    )


def stay(db: sqlite3.Connection, reason: str, rows: str) -> bool:
    return db.execute(f"UPDATE trow SET left = ? WHERE left IS NULL AND row IN ({rows})", (reason,)).rowcount > 0


def left(store: Store) -> list[Left]:
    """The rows that stay, with what people call them."""
    rows = store.db.execute(
        """SELECT DISTINCT n.entity, t.row, t.left FROM trow t JOIN sync_column n ON n.tbl = t.tbl
           WHERE t.left IS NOT NULL ORDER BY n.entity, t.row"""
    ).fetchall()
    return [Left(entity, row, reference(store.db, entity, row), reason) for entity, row, reason in rows]


def reference(db: sqlite3.Connection, entity: str, row: str) -> str:
    found = db.execute(f'SELECT ref FROM "{entity}" WHERE id = ?', (row,)).fetchone() if entity in ENTITIES else None
    return str(found[0] or "") if found else ""


# --- back ----------------------------------------------------------------------------------------------------------


def write(db: sqlite3.Connection, undone: Undone) -> None:
    """Bring the rows that do not stay back to temp.val; the triggers log it."""
    db.execute("DELETE FROM val WHERE row IN (SELECT row FROM trow WHERE left IS NOT NULL)")
    fresh(db, "dead", "row TEXT PRIMARY KEY")
    db.execute("INSERT INTO dead SELECT row FROM trow WHERE NOT was AND left IS NULL")
    for tbl, entity in touched(db):
        before = db.execute(f'SELECT count(*) FROM "{entity}"').fetchone()[0]
        undone.changed += apply.write_values(db, tbl, entity, "SELECT row FROM trow WHERE was AND left IS NULL")
        whole = db.execute(f'SELECT count(*) FROM "{entity}"').fetchone()[0]
        apply.remove(db, entity, f"SELECT d.row FROM dead d JOIN trow t ON t.row = d.row AND t.tbl = {tbl}")
        undone.brought_back += whole - before
        undone.removed += whole - db.execute(f'SELECT count(*) FROM "{entity}"').fetchone()[0]


def settle(db: sqlite3.Connection, merge: Merge) -> None:
    """Decide the conflicts that the merge made and no value had to be changed for: what was here stands."""
    rows = db.execute(
        f"""SELECT DISTINCT n.entity, c.row, CASE c.col WHEN {ROW} THEN 'ref' ELSE n.name END
            FROM sync_conflict c JOIN trow t ON t.row = c.row AND t.left IS NULL AND t.was
            JOIN sync_column n ON n.tbl = c.tbl AND n.no = max(c.col, 0) WHERE c.found_at >= ?""",
        (merge.at,),
    ).fetchall()
    for entity, row, name in rows:
        if entity in ENTITIES and name in ENTITIES[entity].names:
            resolve(db, ENTITIES[entity], row, name)


def refuse_rings(store: Store) -> None:
    ring = repair.cycles(store.db, [name for _, name in touched(store.db)])
    if ring:
        name, row = ring[0]
        raise LskError(
            f"Det går inte att ångra: {title_of(store.db, name, row)} skulle hamna under sig själv. "
            "Flytta den för hand först, och ångra sedan."
        )
