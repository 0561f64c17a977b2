"""Keep references and trees whole after a merge. One author: only the main file repairs, by operations that travel on.

A repair is an ordinary operation of the main file, marked REPAIR: it overrides what it had seen but does not settle it,
so the conflict it stands on stays listed until a person decides (sync-design 1.5, 1.6, 1.8).
"""

from __future__ import annotations

import sqlite3

from lsk.capture import DELETE, REPAIR
from lsk.change import Change
from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity, Ref
from lsk.store import VERSION, Store, now

from . import derive
from .causality import first_of
from .columns import fresh
from .stage import touched

NOWHERE = "posten hänvisar till en post som inte finns i huvudfilen"


def keep_whole(main: Store, code: str, actor: str, used: dict[int, set[str]]) -> dict[str, str]:
    """Bring back what is still referred to and break cycles. Returns rows that refer to nothing known: row → reason.

    ``used``: the columns that were given values; a row that was only changed in others cannot have lost its footing.
    """
    db = main.db
    names = [name for _, name in touched(db)]
    db.execute("INSERT OR IGNORE INTO dead SELECT row FROM trow WHERE died AND NOT dirty")
    if not suspect(db, used) or (not dangling(db, names, used) and not cycles(db, names)):
        return {}
    change = Change(db, main.file, main.today, main.terms)
    change.begin()
    db.execute("UPDATE sync_local SET capture = 1")
    fresh(db, "dirty", "row TEXT PRIMARY KEY")
    lost = bring_back(db, names)
    if not lost:
        break_cycles(db, names)
    db.execute("UPDATE sync_local SET capture = 0")
    db.execute(
        "UPDATE sync_op SET kind = ? WHERE id BETWEEN ? AND ?", (REPAIR, change.number, first_of(main.file.stream + 1))
    )
    change.end(now(), actor, f"synkronisering med {code}: hänvisningar hölls hela", VERSION, None)
    derive.work_out(db)
    derive.settle(db)
    return lost


def suspect(db: sqlite3.Connection, used: dict[int, set[str]]) -> bool:
    """Whether a reference, or a place in a tree, can have come to lead nowhere or in a ring."""
    leading = any(f.name in used.get(tbl, ()) for tbl, name in touched(db) for f in references(ENTITIES[name]))
    return leading or db.execute("SELECT 1 FROM trow WHERE dirty OR died LIMIT 1").fetchone() is not None


def references(entity: Entity) -> list[Ref]:
    return [f for f in entity.columns if isinstance(f, Ref)]


def dangling(
    db: sqlite3.Connection, names: list[str], used: dict[int, set[str]] | None = None
) -> list[tuple[str, str, str]]:
    """(row, entity, id) for each reference to a row that is gone: from touched rows, and to rows that died.

    ``used`` as in keep_whole; without it every touched row is looked at.
    """
    found: list[tuple[str, str, str]] = []
    given = set().union(*used.values()) if used is not None else None
    for name in names:
        every = given is None or any(f.name in given for f in references(ENTITIES[name]))
        for f in references(ENTITIES[name]) if loose(db, name, "1" if every else "r.dirty") else ():
            found += leaning(db, name, f, f'trow r CROSS JOIN "{name}" e ON e.id = r.row')
    fallen = {ENTITIES[name] for name in names} if db.execute("SELECT 1 FROM dead").fetchone() else set()
    for entity in ENTITIES.values():
        for f in references(entity):
            if ENTITIES[f.to] in fallen:
                found += leaning(db, entity.name, f, f'dead r CROSS JOIN "{entity.name}" e ON e."{f.name}" = r.row')
    return sorted(set(found))


def loose(db: sqlite3.Connection, name: str, which: str) -> bool:
    """Whether any reference of a table's touched rows leads nowhere: one look at each row, not one a reference.

    ``which``: SQL over ``r``, a row of temp.trow.
    """
    nowhere = [
        f"""(e."{f.name}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{f.to}" p WHERE p.id = e."{f.name}"))"""
        for f in references(ENTITIES[name])
    ]
    if not nowhere:
        return False
    rows = f'trow r CROSS JOIN "{name}" e ON e.id = r.row'
    return db.execute(f"SELECT 1 FROM {rows} WHERE {which} AND ({' OR '.join(nowhere)}) LIMIT 1").fetchone() is not None


def leaning(db: sqlite3.Connection, name: str, f: Ref, rows: str) -> list[tuple[str, str, str]]:
    return [
        (row, f.to, target)
        for row, target in db.execute(
            f"""SELECT e.id, e."{f.name}" FROM {rows} WHERE e."{f.name}" IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM "{f.to}" p WHERE p.id = e."{f.name}")"""
        )
    ]


def bring_back(db: sqlite3.Connection, names: list[str]) -> dict[str, str]:
    """A row that is used outlives its delete. Rows that refer to what was never known are returned, with reason."""
    names = list(names)
    while missing := dangling(db, names):
        for target, name in {(target, name) for _, name, target in missing}:
            image = last_image(db, target)
            if not image:
                return {row: NOWHERE for row, _, t in missing if t == target}
            columns = ", ".join(f'"{c}"' for c in image)
            marks = ", ".join("?" * len(image))
            db.execute(f'INSERT INTO "{name}"(id, {columns}) VALUES (?, {marks})', (target, *image.values()))
            db.execute("INSERT OR IGNORE INTO dirty VALUES (?)", (target,))
            db.execute("DELETE FROM dead WHERE row = ?", (target,))
            db.execute(
                """INSERT OR IGNORE INTO trow(row, tbl, first, last, born, died, several, odd, dirty)
                   SELECT ?, tbl, 0, 0, 0, 0, 0, 0, 1 FROM sync_column WHERE entity = ? LIMIT 1""",
                (target, name),
            )
            if name not in names:
                names.append(name)
    return {}


def last_image(db: sqlite3.Connection, row: str) -> dict[str, object]:
    """All that the latest delete of a row remembers of it."""
    return {
        name: value
        for name, value in db.execute(
            f"""SELECT n.name, c.old FROM sync_op o
                CROSS JOIN sync_cell c ON c.op = o.id JOIN sync_column n ON n.tbl = o.tbl AND n.no = c.col
                WHERE o.id = (SELECT id FROM sync_op WHERE row = ? AND kind = {DELETE}
                  ORDER BY hlc DESC, id DESC LIMIT 1)""",
            (row,),
        )
        if any(name == f.name for e in ENTITIES.values() for f in e.columns) or name == "ref"
    }


def cycles(db: sqlite3.Connection, names: list[str]) -> list[tuple[str, str]]:
    """(entity, row) for every touched row that lies under itself."""
    return [
        (name, row)
        for name in names
        if ENTITIES[name].tree
        for (row,) in db.execute(
            f"""WITH RECURSIVE above(start, id) AS (
                  SELECT e.id, e.parent FROM trow t CROSS JOIN "{name}" e ON e.id = t.row WHERE e.parent IS NOT NULL
                  UNION SELECT a.start, e.parent FROM above a CROSS JOIN "{name}" e ON e.id = a.id
                  WHERE e.parent IS NOT NULL)
                SELECT start FROM above WHERE id = start"""
        )
    ]


def break_cycles(db: sqlite3.Connection, names: list[str]) -> None:
    """The later move of those in a cycle is void: the row goes back to where it was, or to the top."""
    moved: set[str] = set()
    while found := cycles(db, names):
        name = found[0][0]
        row, before = later_move(db, name, [r for n, r in found if n == name])
        known = db.execute(f'SELECT 1 FROM "{name}" WHERE id = ?', (before,)).fetchone()
        back = before if known and row not in moved else None
        moved.add(row)
        db.execute(f'UPDATE "{name}" SET parent = ? WHERE id = ?', (back, row))
        db.execute("INSERT OR IGNORE INTO dirty VALUES (?)", (row,))


def later_move(db: sqlite3.Connection, name: str, rows: list[str]) -> tuple[str, str | None]:
    """The row of the cycle that was moved last, and its parent before that."""
    marks = ", ".join("?" * len(rows))
    row, before = db.execute(
        f"""WITH RECURSIVE ring(id) AS (SELECT id FROM "{name}" WHERE id IN ({marks})
              UNION SELECT e.parent FROM ring r JOIN "{name}" e ON e.id = r.id WHERE e.parent IS NOT NULL)
            SELECT o.row, c.old FROM ring r CROSS JOIN sync_op o ON o.row = r.id
            JOIN sync_column n ON n.tbl = o.tbl AND n.name = 'parent'
            CROSS JOIN sync_cell c ON c.op = o.id AND c.col = n.no
            ORDER BY o.hlc DESC, o.id DESC LIMIT 1""",
        rows,
    ).fetchone()
    return row, before
