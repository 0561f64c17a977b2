"""The two files of a merge: open them, attach one to the other, and say no before anything is written."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from lsk.capture import COLUMN_BITS, SEQUENCE_BITS
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.store import Store, explained, uri

from .causality import VECTOR, first_of
from .prove import Sender

READ_TABLES = (
    *("sync_local", "sync_stream", "sync_column", "sync_op", "sync_cell", "sync_dep", "sync_seen", "sync_conflict"),
    *("sync_quarantine", "change_set", "sync_seal", "sync_destroyed"),
)


# What a unit's file is told of the others: not their secrets.
STREAMS = """INSERT OR REPLACE INTO main.sync_stream
  SELECT no, replica, code, name, unit, created_at, last_sync_at, revoked_at, sign_key, age_key, NULL
  FROM other.sync_stream"""


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


def sender(unit: Store) -> Sender:
    """A unit's file as the one whose news is read."""
    row = unit.db.execute(
        """SELECT l.seq, l.token, s.sign_key, s.age_key FROM sync_local l LEFT JOIN sync_stream s ON s.no = l.stream"""
    ).fetchone()
    file = unit.file
    return Sender(
        unit.path, file.stream, file.code, str(file.unit), row["seq"],
        sign_key=row["sign_key"], age_key=row["age_key"], token=row["token"],
    )  # fmt: skip


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
    known = main.db.execute("SELECT replica, revoked_at, unit FROM sync_stream WHERE no = ?", (file.stream,)).fetchone()
    root = unit.db.execute("SELECT replica FROM sync_stream WHERE no = ?", (main.file.stream,)).fetchone()
    if known is None or known["replica"] != file.replica or root is None or root["replica"] != main.file.replica:
        raise LskError(
            f"{unit.path} hör inte till {main.path}: den är gjord från en annan huvudfil. Kontrollera filnamnen."
        )
    if known["revoked_at"]:
        raise LskError(
            f"{unit.path} är spärrad sedan {known['revoked_at'][:10]}. Gör en ny enhetsfil med: lsk unit-file"
        )
    if known["unit"] != file.unit:
        raise LskError(
            f"{unit.path} säger sig gälla en annan enhet än den gjordes för. Inget har tagits in. "
            "Spärra filen och gör en ny med: lsk unit-file"
        )
    if not main.db.execute("SELECT 1 FROM unit WHERE id = ?", (file.unit,)).fetchone():
        raise LskError(
            f"Enheten som {unit.path} gäller finns inte längre i {main.path}. "
            "Ta tillbaka enheten eller lägg undan filen."
        )


def refuse_ahead(db: sqlite3.Connection, sender: Sender, main: Path) -> None:
    """The sender cannot have seen what the main file does not hold."""
    ahead = db.execute(
        f"""SELECT 1 FROM other.sync_dep o LEFT JOIN ({VECTOR.format("main")}) m ON m.stream = o.dep
            WHERE o.stream = ? AND o.dep <> o.stream AND o.upto > ifnull(m.upto, 0) LIMIT 1""",
        (sender.stream,),
    ).fetchone()
    if ahead:
        raise LskError(
            f"{main} är äldre än {sender.path}: enhetens fil har redan sett ändringar som inte finns här. "
            "Huvudfilen är troligen en återställd säkerhetskopia; använd den senaste huvudfilen."
        )


def refuse_gaps(db: sqlite3.Connection, sender: Sender, seen: int) -> None:
    """What is about to be read must be whole: no gap in the numbers, no cell that lacks its operation."""
    low, newest = first_of(sender.stream), sender.newest
    count = db.execute(
        "SELECT count(*) FROM other.sync_op WHERE id > ? AND id <= ?", (low + seen, low + newest)
    ).fetchone()[0]
    above = db.execute(
        "SELECT 1 FROM other.sync_op WHERE id > ? AND id >> ? = ?", (low + newest, SEQUENCE_BITS, sender.stream)
    ).fetchone()
    stray = db.execute(
        f"""SELECT 1 FROM other.sync_cell c WHERE c.id > ? AND c.id < ?
            AND c.id >> {COLUMN_BITS} NOT IN (SELECT id FROM other.sync_op WHERE id > ? AND id <= ?) LIMIT 1""",
        ((low + seen + 1) << COLUMN_BITS, (low + newest + 1) << COLUMN_BITS, low + seen, low + newest),
    ).fetchone()
    if count != newest - seen or above or stray:
        raise LskError(
            f"{sender.path} är skadad: ändringarna i den hänger inte ihop. Inget har tagits in. "
            "Använd en säkerhetskopia av filen."
        )
