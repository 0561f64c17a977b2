"""The two files of a merge: open them, attach one to the other, and say no before anything is written."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from lsk.capture import COLUMN_BITS, SEQUENCE_BITS
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.store import FileInfo, Store, explained, uri

from .causality import VECTOR, first_of

READ_TABLES = (
    *("sync_local", "sync_stream", "sync_column", "sync_op", "sync_cell", "sync_dep", "sync_seen", "sync_conflict"),
    *("sync_quarantine", "change_set"),
)


@contextlib.contextmanager
def attached(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Read another file as ``other``. Nothing in it may run: no function of its schema is trusted."""
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("ATTACH ? AS other", (uri(path, "ro"),))
    try:
        yield
    finally:
        db.execute("DETACH other")
        db.execute("PRAGMA trusted_schema = ON")


@contextlib.contextmanager
def spoken(path: Path) -> Iterator[None]:
    """What SQLite refuses, said as a sentence about ``path``."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise explained(error, path) from error


def writable(store: Store) -> None:
    """LskError when the file is read-only or another program is writing in it."""
    with spoken(store.path):
        store.db.execute("BEGIN IMMEDIATE")
        try:
            store.db.execute("UPDATE sync_local SET capture = capture")  # only a write shows that a file is read-only
        finally:
            store.db.execute("ROLLBACK")


def open_main(path: Path) -> Store:
    store = Store.open(path)
    if store.file.is_unit_file:
        store.close()
        raise LskError(f"{path} är en enhetsfil. Ange huvudfilen först: lsk sync HUVUDFIL ENHETSFIL")
    return store


def open_unit(main: Store, path: Path) -> Store:
    """Open a unit's file and make sure that it belongs to this main file. LskError says what is wrong."""
    with contextlib.suppress(OSError):
        if path.samefile(main.path):
            raise LskError(f"{path} är huvudfilen själv. Ange enhetens fil.")
    store = Store.open(path)
    try:
        refuse_strange(main, store)
        refuse_unrelated(main, store)
        writable(store)
    except BaseException:
        store.close()
        raise
    return store


def refuse_strange(main: Store, store: Store) -> None:
    """A unit's file has tables where tables should be, and no triggers on them but those the main file has."""
    kinds = dict(store.db.execute("SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view')").fetchall())
    ours = {r[0] for r in main.db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    triggers = store.db.execute("SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    guarded = {*READ_TABLES, *ENTITIES}
    odd = [name for name in READ_TABLES if kinds.get(name) != "table"]
    odd += [name for name in ENTITIES if kinds.get(name, "table") != "table"]
    odd += [name for name, table in triggers if table in guarded and name not in ours]
    if odd:
        raise LskError(
            f"{store.path} har ändrats på ett sätt som LSK inte känner igen ({', '.join(sorted(odd))}), så den slås "
            "inte samman. Be kvalitetssamordnaren göra en ny enhetsfil."
        )


def refuse_unrelated(main: Store, unit: Store) -> None:
    file = unit.file
    if not file.is_unit_file:
        raise LskError(f"{unit.path} är en annan huvudfil och kan inte slås samman med {main.path}. Ange enhetens fil.")
    known = main.db.execute("SELECT replica, revoked_at FROM sync_stream WHERE no = ?", (file.stream,)).fetchone()
    root = unit.db.execute("SELECT replica FROM sync_stream WHERE no = ?", (main.file.stream,)).fetchone()
    if known is None or known["replica"] != file.replica or root is None or root["replica"] != main.file.replica:
        raise LskError(
            f"{unit.path} hör inte till {main.path}: den är gjord från en annan huvudfil. Kontrollera filnamnen."
        )
    if known["revoked_at"]:
        raise LskError(
            f"{unit.path} är spärrad sedan {known['revoked_at'][:10]}. Gör en ny enhetsfil med: lsk unit-file"
        )
    if not main.db.execute("SELECT 1 FROM unit WHERE id = ?", (file.unit,)).fetchone():
        raise LskError(
            f"Enheten som {unit.path} gäller finns inte längre i {main.path}. "
            "Ta tillbaka enheten eller lägg undan filen."
        )


def refuse_two_histories(db: sqlite3.Connection, file: FileInfo, main: Path, path: Path) -> None:
    """The same operation number must mean the same operation in both files (faults 9, 10, 37)."""
    seen = db.execute(
        "SELECT ifnull((SELECT upto FROM main.sync_seen WHERE stream = ?), 0)", (file.stream,)
    ).fetchone()[0]
    newest = db.execute("SELECT seq FROM other.sync_local").fetchone()[0]
    differing = db.execute(
        """SELECT 1 FROM other.sync_op o JOIN main.sync_op m ON m.id = o.id
           WHERE m.hlc <> o.hlc OR m.row <> o.row OR m.kind <> o.kind OR m.epoch <> o.epoch LIMIT 1"""
    ).fetchone()
    low = first_of(file.stream)
    lost = db.execute(
        """SELECT 1 FROM other.sync_op o WHERE o.id > ? AND o.id <= ?
           AND NOT EXISTS (SELECT 1 FROM main.sync_op m WHERE m.id = o.id)
           AND NOT EXISTS (SELECT 1 FROM main.sync_quarantine q WHERE q.op = o.id) LIMIT 1""",
        (low, low + min(seen, newest)),
    ).fetchone()
    if differing or lost:
        raise LskError(
            f"{path} är en annan kopia av samma enhetsfil: båda har ändrats under samma nummer, och den andra är redan "
            "synkad. Inget har tagits in eller gått förlorat. Använd den andra kopian, eller gör en ny enhetsfil och "
            "skriv in det som saknas."
        )
    ahead = db.execute(
        f"""SELECT 1 FROM ({VECTOR.format("other")}) o LEFT JOIN ({VECTOR.format("main")}) m USING (stream)
            WHERE o.stream <> ? AND o.upto > ifnull(m.upto, 0) LIMIT 1""",
        (file.stream,),
    ).fetchone()
    if ahead:
        raise LskError(
            f"{main} är äldre än {path}: enhetens fil har redan sett ändringar som inte finns här. "
            "Huvudfilen är troligen en återställd säkerhetskopia; använd den senaste huvudfilen."
        )


def refuse_broken(db: sqlite3.Connection, file: FileInfo, seen: int, newest: int, path: Path) -> None:
    """What is about to be read must be whole: no gap in the numbers, no damage, no cell that lacks its operation."""
    low = first_of(file.stream)
    count = db.execute(
        "SELECT count(*) FROM other.sync_op WHERE id > ? AND id <= ?", (low + seen, low + newest)
    ).fetchone()[0]
    above = db.execute(
        "SELECT 1 FROM other.sync_op WHERE id > ? AND id >> ? = ?", (low + newest, SEQUENCE_BITS, file.stream)
    ).fetchone()
    sound = db.execute("PRAGMA other.quick_check(1)").fetchone()[0] == "ok"
    stray = db.execute(
        f"""SELECT 1 FROM other.sync_cell c WHERE c.id > ? AND c.id < ?
            AND NOT EXISTS (SELECT 1 FROM other.sync_op o WHERE o.id = c.id >> {COLUMN_BITS}) LIMIT 1""",
        ((low + seen + 1) << COLUMN_BITS, (low + newest + 1) << COLUMN_BITS),
    ).fetchone()
    if count != newest - seen or above or stray or not sound:
        raise LskError(
            f"{path} är skadad: ändringarna i den hänger inte ihop. Inget har tagits in. "
            "Använd en säkerhetskopia av filen."
        )
