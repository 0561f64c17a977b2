"""Is the file whole, and do its tables say what its log says? Each thing that is wrong becomes a finding in Swedish."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from lsk import capture
from lsk.capture import COLUMN_BITS, COLUMN_MASK, INSERT, SEQUENCE_BITS
from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity, Ref
from lsk.rules import Finding
from lsk.store import Store

from . import derive
from .causality import SEQUENCE_MASK, vector
from .columns import fresh

BACKUP = "Använd senaste säkerhetskopian eller be om hjälp innan du fortsätter."
OUTSIDE = (
    "Filen har troligen ändrats av ett annat program med loggningen avstängd; jämför med historiken och rätta för hand."
)


def verify(store: Store) -> list[Finding]:
    """Everything that is wrong with the file itself. Reads only; open the file with readonly to see it as it lies."""
    if broken := list(structure(store)):
        return broken
    return [*triggers(store), *log(store), *tables(store)]


def wrong(message: str, remedy: str, rule: str, row: tuple[str, str, str] | None = None) -> Finding:
    entity, record, ref = row or ("", "", "")
    return Finding(
        rule=rule,
        record=record or None,
        entity=entity,
        ref=ref,
        requirement="",
        severity="fel",
        message=message,
        remedy=remedy,
    )


def structure(store: Store) -> Iterator[Finding]:
    for (text,) in store.db.execute("PRAGMA integrity_check"):
        if text != "ok":
            yield wrong(f"Filen är skadad: {text}.", BACKUP, "integritet")
    for table, rowid, to, _ in store.db.execute("PRAGMA foreign_key_check"):
        yield wrong(f"Rad {rowid} i {table} hänvisar till en post i {to} som inte finns.", OUTSIDE, "hänvisningar")


def triggers(store: Store) -> Iterator[Finding]:
    if not capture.intact(store.db):
        yield wrong(
            "Loggningen är ändrad eller borttagen ur filen.", "Öppna filen i LSK, så läggs den tillbaka.", "loggning"
        )
    if not store.db.execute("SELECT capture FROM sync_local").fetchone()[0]:
        yield wrong("Loggningen är avstängd i filen.", OUTSIDE, "loggning")


def log(store: Store) -> Iterator[Finding]:
    db = store.db
    span = f"BETWEEN o.id << {COLUMN_BITS} AND o.id << {COLUMN_BITS} | {COLUMN_MASK}"
    checks = {
        "{n} ändringar i loggen saknar innehåll.": f"""SELECT count(*) FROM sync_op o
           WHERE NOT EXISTS (SELECT 1 FROM sync_cell c WHERE c.id {span})""",
        "{n} värden i loggen hör inte till någon ändring.": f"""SELECT count(*) FROM sync_cell c
           WHERE NOT EXISTS (SELECT 1 FROM sync_op o WHERE o.id = c.id >> {COLUMN_BITS})
           AND NOT EXISTS (SELECT 1 FROM sync_quarantine q WHERE q.op = c.id >> {COLUMN_BITS})""",
        "{n} ändringar i loggen gäller en okänd tabell.": """SELECT count(*) FROM sync_op
           WHERE tbl NOT IN (SELECT tbl FROM sync_column)""",
        "{n} värden i loggen gäller ett okänt fält.": f"""SELECT count(*) FROM sync_op o
           CROSS JOIN sync_cell c ON c.id {span}
           WHERE NOT EXISTS (SELECT 1 FROM sync_column n WHERE n.tbl = o.tbl AND n.no = c.id & {COLUMN_MASK})""",
        "{n} ändringar i loggen kommer från en okänd fil.": f"""SELECT count(*) FROM sync_op
           WHERE id >> {SEQUENCE_BITS} NOT IN (SELECT no FROM sync_stream)""",
    }
    for message, sql in checks.items():
        if n := db.execute(sql).fetchone()[0]:
            yield wrong(message.format(n=n), BACKUP, "logg")
    if not store.file.is_unit_file:
        yield from gaps(db)


def gaps(db: sqlite3.Connection) -> Iterator[Finding]:
    """The main file's log holds every operation of every file it has taken from."""
    have = dict(
        db.execute(
            f"""SELECT id >> {SEQUENCE_BITS}, count(*)
                FROM (SELECT id FROM sync_op UNION SELECT op FROM sync_quarantine)
                GROUP BY 1"""
        ).fetchall()
    )
    top = dict(
        db.execute(f"SELECT id >> {SEQUENCE_BITS}, max(id) & {SEQUENCE_MASK} FROM sync_op GROUP BY 1").fetchall()
    )
    codes = dict(db.execute("SELECT no, code FROM sync_stream").fetchall())
    for stream, upto in vector(db).items():
        if have.get(stream, 0) != upto or top.get(stream, 0) > upto:
            yield wrong(
                f"Loggen från {codes.get(stream, stream)} har luckor: {have.get(stream, 0)} av {upto} ändringar finns.",
                BACKUP,
                "logg",
            )


def tables(store: Store) -> Iterator[Finding]:
    """Work out every logged row anew and compare."""
    db = store.db
    fresh(db, "dirty", "row TEXT PRIMARY KEY")
    db.execute("INSERT OR IGNORE INTO dirty SELECT row FROM sync_op")
    derive.work_out(db)
    for tbl, name in db.execute("SELECT DISTINCT tbl, entity FROM sync_column").fetchall():
        if name in ENTITIES:
            yield from table(db, store, tbl, ENTITIES[name])
    yield from conflict_list(store)


def table(db: sqlite3.Connection, store: Store, tbl: int, entity: Entity) -> Iterator[Finding]:
    label = store.terms.entity_label(entity.name)
    logged = f"(SELECT DISTINCT row FROM sync_op WHERE tbl = {tbl})"
    for record, there in db.execute(
        f"""SELECT l.row, e.id IS NOT NULL FROM {logged} l LEFT JOIN "{entity.name}" e ON e.id = l.row
            WHERE (e.id IS NULL) <> (l.row IN (SELECT row FROM dead))"""
    ).fetchall():
        what = "finns fast den är borttagen" if there else "saknas fast den inte är borttagen"
        ref = db.execute(f'SELECT ref FROM "{entity.name}" WHERE id = ?', (record,)).fetchone()
        named = (ref[0] if ref else None) or record
        yield wrong(f"{label} {named} {what} enligt loggen.", OUTSIDE, "tabell", (entity.name, record, named))
    for no, name in db.execute("SELECT no, name FROM sync_column WHERE tbl = ?", (tbl,)).fetchall():
        if name == "ref" or any(f.name == name for f in entity.columns):
            yield from column(db, store, tbl, entity, no, name)


def column(db: sqlite3.Connection, store: Store, tbl: int, entity: Entity, no: int, name: str) -> Iterator[Finding]:
    field = None if name == "ref" else entity.field(name)
    expected = "v.new"
    if store.file.is_unit_file and isinstance(field, Ref):  # a reference that leads out of the file is empty in it
        expected = f'(SELECT p.id FROM "{field.to}" p WHERE p.id = v.new)'
    for record, ref in db.execute(
        f"""SELECT e.id, e.ref
            FROM (SELECT row, max(kind = {INSERT}) AS whole FROM sync_op WHERE tbl = {tbl} GROUP BY row) l
            JOIN "{entity.name}" e ON e.id = l.row LEFT JOIN val v ON v.row = l.row AND v.col = {no}
            WHERE (l.whole OR v.row IS NOT NULL) AND e."{name}" IS NOT {expected}"""
    ).fetchall():
        label = "Beteckning" if field is None else store.terms.field_label(entity.name, name)
        yield wrong(
            f"{store.terms.entity_label(entity.name)} {ref}: ”{label}” är inte vad loggen säger.",
            OUTSIDE, "tabell", (entity.name, record, ref or ""),
        )  # fmt: skip


def conflict_list(store: Store) -> Iterator[Finding]:
    ours, derived = (
        {tuple(r) for r in store.db.execute(f"SELECT row, col, winner, others FROM {name}")}
        for name in ("sync_conflict", "clash")
    )
    for row, *_ in sorted(ours ^ derived, key=str):
        yield wrong(
            f"Listan över konflikter stämmer inte med loggen för posten {row}.",
            "Synka filen igen, så räknas listan om.",
            "konflikter",
        )
