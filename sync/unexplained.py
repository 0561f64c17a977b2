"""What the tables say and the log does not: changes made with logging off. Take them into the log, or put them back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lsk.capture import INSERT
from lsk.change import Change
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity, Ref
from lsk.store import VERSION, Store, now, transaction

from . import apply, derive
from .columns import fresh

ACTOR, WHY = "okänd", "ändrad utan logg"


@dataclass(frozen=True)
class Difference:
    """``kind``: a row is missing (saknas), is there though dead (död) or never logged (okänd),
    or one of its fields differs (värde).

    ``here``: what the table holds; ``logged``: what the log says. Both only for a field.
    """

    kind: str
    entity: str
    record: str
    ref: str
    field: str = ""
    here: Any = None
    logged: Any = None


def differences(store: Store) -> list[Difference]:
    """Work out every logged row anew (temp.val, dead, clash) and compare. What waits in sync_kept is excused."""
    db = store.db
    fresh(db, "dirty", "row TEXT PRIMARY KEY")
    db.execute("INSERT OR IGNORE INTO dirty SELECT row FROM sync_op")
    derive.work_out(db)
    found: list[Difference] = []
    for tbl, name in db.execute("SELECT DISTINCT tbl, entity FROM sync_column").fetchall():
        if name in ENTITIES:
            found += [*rows(db, tbl, ENTITIES[name]), *fields(store, tbl, ENTITIES[name])]
            found += [] if store.file.is_unit_file else unlogged(db, tbl, ENTITIES[name])
    return found


def rows(db: sqlite3.Connection, tbl: int, entity: Entity) -> Iterator[Difference]:
    """Rows that live and are not there, or are dead and there."""
    for record, ref, there in db.execute(
        f"""SELECT l.row, coalesce(e.ref, (SELECT v.new FROM val v JOIN sync_column n ON n.tbl = {tbl} AND n.no = v.col
                AND n.name = 'ref' WHERE v.row = l.row), l.row), e.id IS NOT NULL
            FROM (SELECT DISTINCT row FROM sync_op WHERE tbl = {tbl}) l LEFT JOIN "{entity.name}" e ON e.id = l.row
            WHERE (e.id IS NULL) <> (l.row IN (SELECT row FROM dead))
            AND l.row NOT IN (SELECT row FROM sync_kept WHERE col = -1)"""
    ):
        yield Difference("död" if there else "saknas", entity.name, record, ref)


def unlogged(db: sqlite3.Connection, tbl: int, entity: Entity) -> Iterator[Difference]:
    """Rows that the main file's log has never heard of. (A unit's file is made with rows and without their history.)"""
    for record, ref in db.execute(
        f"""SELECT id, ifnull(ref, id) FROM "{entity.name}" e
            WHERE NOT EXISTS (SELECT 1 FROM sync_op o WHERE o.row = e.id AND o.tbl = {tbl})"""
    ):
        yield Difference("okänd", entity.name, record, ref)


def fields(store: Store, tbl: int, entity: Entity) -> Iterator[Difference]:
    """Fields of living rows that hold something else than the log says."""
    db = store.db
    for no, name in db.execute("SELECT no, name FROM sync_column WHERE tbl = ?", (tbl,)).fetchall():
        if name != "ref" and name not in {f.name for f in entity.columns}:
            continue  # a newer program's column has no place here
        field = None if name == "ref" else entity.field(name)
        expected = apply.given(entity.name, name, "v.new")
        if store.file.is_unit_file and isinstance(field, Ref):  # a reference that leads out of the file is empty in it
            expected = f'(SELECT p.id FROM "{field.to}" p WHERE p.id = v.new)'
        for record, ref, here, logged in db.execute(
            f"""SELECT e.id, ifnull(e.ref, e.id), e."{name}", {expected}
                FROM (SELECT row, max(kind = {INSERT}) AS whole FROM sync_op WHERE tbl = {tbl} GROUP BY row) l
                JOIN "{entity.name}" e ON e.id = l.row LEFT JOIN val v ON v.row = l.row AND v.col = {no}
                WHERE (l.whole OR v.row IS NOT NULL) AND e."{name}" IS NOT {expected}
                AND l.row NOT IN (SELECT row FROM dead)
                AND NOT EXISTS (SELECT 1 FROM sync_kept k WHERE k.row = l.row AND k.col IN (-1, {no}))"""
        ):
            yield Difference("värde", entity.name, record, ref, name, here, logged)


def conflicts_differ(db: sqlite3.Connection) -> list[str]:
    """Rows whose list of conflicts is not what the log says. Needs temp.clash."""
    columns = "row, col, winner, others"
    return [
        row
        for (row,) in db.execute(
            f"""SELECT DISTINCT row FROM (
                  SELECT * FROM (SELECT {columns} FROM sync_conflict EXCEPT SELECT {columns} FROM clash)
                  UNION ALL SELECT * FROM (SELECT {columns} FROM clash EXCEPT SELECT {columns} FROM sync_conflict))
                ORDER BY row"""
        )
    ]


def settle(store: Store, adopt: bool) -> int:
    """Put back what the log says and, to ``adopt``, make the changes again as ordinary ones; how many there were.

    All or nothing. LskError when a row cannot be put back, or something would refer to what is not there.
    """
    db = store.db
    with transaction(db):
        found = differences(store)
        db.execute("DELETE FROM sync_conflict WHERE row NOT IN (SELECT row FROM dirty)")
        derive.settle(db)
        db.execute("UPDATE sync_local SET capture = 0")
        extra = [(odd, image(db, odd)) for odd in found if odd.kind in ("död", "okänd")]
        put_back(store, found)
        db.execute("UPDATE sync_local SET capture = 1")
        if adopt:
            make_again(store, found, extra)
        if db.execute("PRAGMA foreign_key_check").fetchone():
            raise LskError(
                f"Det som ändrats i {store.path} hänger inte ihop: en post hänvisar till en annan som inte finns. "
                "Inget är ändrat. " + ("Prova lsk verify --restore." if adopt else "Använd en säkerhetskopia.")
            )
    return len(found)


def image(db: sqlite3.Connection, odd: Difference) -> dict[str, Any]:
    """The row as it stands in the table."""
    names = ", ".join(f'"{n}"' for n in ("id", "ref", *(f.name for f in ENTITIES[odd.entity].columns)))
    return dict(db.execute(f'SELECT {names} FROM "{odd.entity}" WHERE id = ?', (odd.record,)).fetchone())


def put_back(store: Store, found: list[Difference]) -> None:
    """Make the tables what the log says. Capture must be off."""
    db = store.db
    for odd in found:
        if odd.kind == "värde":
            db.execute(f'UPDATE "{odd.entity}" SET "{odd.field}" = ? WHERE id = ?', (odd.logged, odd.record))
        elif odd.kind == "saknas":
            bring_back(store, odd)
        else:
            db.execute(f'DELETE FROM "{odd.entity}" WHERE id = ?', (odd.record,))


def bring_back(store: Store, odd: Difference) -> None:
    values = dict(
        store.db.execute(
            """SELECT n.name, v.new FROM val v JOIN sync_column n ON n.no = v.col AND n.entity = ? WHERE v.row = ?""",
            (odd.entity, odd.record),
        ).fetchall()
    )
    known = {n: v for n, v in values.items() if n == "ref" or n in {f.name for f in ENTITIES[odd.entity].columns}}
    try:
        insert(store.db, odd.entity, {"id": odd.record, **known})
    except sqlite3.IntegrityError as error:
        raise LskError(
            f"{store.terms.entity_label(odd.entity)} {odd.ref} kan inte läggas tillbaka: {store.path} har inte hela "
            "dess historik. Inget är ändrat. Gör en ny enhetsfil med: lsk unit-file"
        ) from error


def insert(db: sqlite3.Connection, entity: str, values: dict[str, Any]) -> None:
    names, marks = ", ".join(f'"{n}"' for n in values), ", ".join("?" * len(values))
    db.execute(f'INSERT INTO "{entity}"({names}) VALUES ({marks})', tuple(values.values()))


def make_again(store: Store, found: list[Difference], extra: list[tuple[Difference, dict[str, Any]]]) -> None:
    """The unexplained changes once more, now as one change set that the log hears of."""
    db = store.db
    change = Change(db, store.file, store.today, store.terms)
    change.begin()
    for odd, values in extra:
        insert(db, odd.entity, values)
    for odd in found:
        if odd.kind == "värde":
            db.execute(f'UPDATE "{odd.entity}" SET "{odd.field}" = ? WHERE id = ?', (odd.here, odd.record))
        elif odd.kind == "saknas":
            db.execute(f'DELETE FROM "{odd.entity}" WHERE id = ?', (odd.record,))
    change.end(now(), ACTOR, WHY, VERSION, None)
