"""The two files of a merge: open them, attach one to the other, and say no before anything is written."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from lsk import capture
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.network_path import is_network_path
from lsk.store import Store, explained, uri

from .causality import MAIN, VECTOR, first_of
from .prove import MOST_CELL, Sender, altered, damaged, revoked
from .stage import Run

READ_TABLES = (
    *("sync_local", "sync_stream", "sync_column", "sync_op", "sync_dep", "sync_seen", "sync_conflict"),
    *("sync_quarantine", "change_set", "sync_seal", "sync_destroyed"),
)


RESTORED_MAIN = (
    "skriv ut det som fattas ur enhetens fil med lsk export, läs in det i huvudfilen med lsk import, spärra den gamla "
    "enhetsfilen och gör en ny (se handboken, ”Återställd huvudfil”)."
)

# What a unit's file is told of the others: not their secrets. Keys that the main file has not heard of yet stay.
STREAMS = """INSERT OR REPLACE INTO main.sync_stream
  SELECT no, replica, code, name, unit, created_at, last_sync_at, revoked_at,
    ifnull(sign_key, (SELECT m.sign_key FROM main.sync_stream m WHERE m.no = o.no)),
    ifnull(age_key, (SELECT m.age_key FROM main.sync_stream m WHERE m.no = o.no)), NULL
  FROM other.sync_stream o"""


@contextlib.contextmanager
def attached(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Read another file as ``other``. That nothing in it can run is seen to before: refuse_strange, package.expect."""
    db.execute("ATTACH ? AS other", (uri(path, "ro"),))
    most = db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_CELL)
    try:
        yield
    finally:
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, most)
        db.execute("DETACH other")


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


def refuse_network(path: Path) -> None:
    if is_network_path(path):
        raise LskError(
            f"{path} ligger på en nätverksdisk, där två som synkar samtidigt kan förstöra filen. Flytta filen till den "
            "egna datorn, och synka genom nätverksmappen med: lsk sync FIL --hub MAPP"
        )


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
    """A unit's file has plain tables where tables should be, and no triggers on them but those the main file has."""
    kinds = dict(store.db.execute("SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view')").fetchall())
    ours = {tuple(r) for r in main.db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")}
    ours |= {(name_of_trigger(sql), sql) for sql in capture.triggers(store.db)}
    triggers = store.db.execute("SELECT name, sql, tbl_name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    guarded = {*READ_TABLES, *ENTITIES, "captured"}
    odd = [name for name in READ_TABLES if kinds.get(name) != "table"]
    odd += [name for name in ENTITIES if kinds.get(name, "table") != "table"]
    odd += [name for name, sql, table in triggers if table in guarded and (name, sql) not in ours]
    odd += [name for name in READ_TABLES if computed(store.db, name)]
    if odd:
        raise LskError(
            f"{store.path} har ändrats på ett sätt som LSK inte känner igen ({', '.join(sorted(odd))}), så den slås "
            "inte samman. Be kvalitetssamordnaren göra en ny enhetsfil."
        )


def name_of_trigger(sql: str) -> str:
    return sql.split('"')[1]


def computed(db: sqlite3.Connection, table: str) -> bool:
    """Whether a table has a column that is computed when it is read."""
    return any(row["hidden"] for row in db.execute(f'PRAGMA table_xinfo("{table}")'))


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
        raise revoked(unit.path, known["revoked_at"])
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
            "Huvudfilen är troligen en återställd säkerhetskopia; använd den senaste huvudfilen. Finns den inte kvar: "
            f"{RESTORED_MAIN}"
        )
    # The last change of the main file's that the sender holds must be the one that has this number here.
    other_main = db.execute(
        """SELECT 1 FROM other.sync_op o JOIN main.sync_op m ON m.id = o.id
           WHERE o.id = (SELECT max(id) FROM other.sync_op WHERE id > ? AND id < ?)
             AND (m.row <> o.row OR m.hlc <> o.hlc OR m.salt <> o.salt)""",
        (first_of(MAIN), first_of(MAIN + 1)),
    ).fetchone()
    if other_main:
        raise LskError(
            f"{main} är en annan kopia av huvudfilen än den som {sender.path} har synkats med: båda har ändrats. "
            "Inget har tagits in. Använd den huvudfil som enheterna synkar med, och för in det andra i den."
        )


def refuse_gaps(db: sqlite3.Connection, sender: Sender, news: Run) -> None:
    """What is about to be read must be whole, and end where the sender says."""
    above = db.execute(
        "SELECT 1 FROM other.sync_op WHERE id > ? AND id < ?", (news.high, first_of(sender.stream + 1))
    ).fetchone()
    if above or news.count != news.high - news.low + 1:
        raise damaged(sender)
    # A leaf is believed in place of values only for what was destroyed here; else any values could stand beside it.
    believed = db.execute(
        """SELECT 1 FROM other.sync_destroyed d CROSS JOIN other.sync_op o ON o.id = d.op WHERE d.op > ? AND d.op <= ?
           AND (o.row NOT IN (SELECT m.row FROM main.sync_destroyed c JOIN main.sync_op m ON m.id = c.op
                              WHERE c.cause IS NOT NULL)
                OR o.new IS NOT NULL OR o.old IS NOT NULL) LIMIT 1""",
        (news.low - 1, news.high),
    ).fetchone()
    if believed:
        raise altered(sender, "ändringar sägs vara gallrade som inte är det")
