"""Make a unit's file: built fresh by selection, so that it has never held what the unit must not see."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import uuid
from pathlib import Path

from lsk import capture
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.store import FileInfo, Store, explained, now, transaction

from .causality import vector
from .ownership import keyed
from .package import write_down
from .sides import attached
from .take_down import take_down

CODE_LENGTH = 8


def make_unit_file(main: Store, unit: str, out: Path, actor: str) -> FileInfo:
    """Write a new file at ``out`` for the unit with id ``unit``. LskError when it cannot be; then no file is left."""
    row = main.db.execute("SELECT name, short_name FROM unit WHERE id = ?", (unit,)).fetchone()
    if main.file.is_unit_file:
        raise LskError(f"{main.path} är själv en enhetsfil. Gör enhetsfiler från huvudfilen.")
    if row is None:
        raise LskError("Enheten finns inte i huvudfilen. Se enheterna med: lsk list FIL unit")
    if out.exists():
        raise LskError(f"{out} finns redan. Välj ett annat filnamn.")
    if not out.absolute().parent.is_dir():
        raise LskError(f"Mappen {out.absolute().parent} finns inte. Skapa den eller välj en annan mapp.")
    work = out.with_name(out.name + ".ny")
    work.unlink(missing_ok=True)
    info = None
    if main.db.execute("SELECT sign_key FROM sync_stream WHERE no = ?", (main.file.stream,)).fetchone()[0] is None:
        keyed(main)  # the new file must know whose news to trust
    try:
        with transaction(main.db):
            info = enlist(main, unit, row["name"], row["short_name"])
        build(main, info, work)
        work.replace(out)
    except sqlite3.OperationalError as error:
        raise explained(error, out) from error
    finally:
        if info is not None and not out.exists():
            with transaction(main.db):
                main.db.execute("DELETE FROM sync_stream WHERE no = ?", (info.stream,))
        work.unlink(missing_ok=True)
    return info


def enlist(main: Store, unit: str, name: str, short_name: str) -> FileInfo:
    """Give the new file its number and its code, and write them into the main file. Call inside a transaction."""
    stream = main.db.execute("SELECT max(no) + 1 FROM main.sync_stream").fetchone()[0]
    info = FileInfo(free_code(main.db, short_name), stream, "enhetsfil", name, unit, str(uuid.uuid4()))
    main.db.execute(
        """INSERT INTO main.sync_stream(no, replica, code, name, unit, created_at, token)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (info.stream, info.replica, info.code, info.name, unit, now(), secrets.token_hex(16)),
    )
    return info


def free_code(db: sqlite3.Connection, short_name: str) -> str:
    """The unit's short name as a code for references; HTN2 and so on when it is taken."""
    base = "".join(c for c in short_name.upper() if c.isalnum())[:CODE_LENGTH] or "ENH"
    taken = {r[0] for r in db.execute("SELECT code FROM sync_stream")} | {e.code for e in ENTITIES.values()}
    code, number = base, 1
    while code in taken:
        number += 1
        code = f"{base}{number}"
    return code


def build(main: Store, info: FileInfo, path: Path) -> None:
    """Fill the new file from the main file: a whole package, without the history of rows that no one disputes."""
    new = Store.blank(
        path, code=info.code, kind=info.kind, stream=info.stream, name=info.name, unit=info.unit, today=main.today
    )
    package = path.with_name(path.name + ".paket")
    try:
        with contextlib.closing(new.db):
            about = write_down(main, info.stream, {}, package, whole=True, since=vector(main.db))
            with transaction(new.db):
                new.db.execute("UPDATE sync_local SET replica = ?, token = ?", (info.replica, token(main, info)))
                new.db.execute("UPDATE sync_local SET epoch = -1")  # what it has seen at birth holds from epoch 0
            with attached(new.db, package):
                number_alike(new.db)
                take_down(new, about)
    finally:
        package.unlink(missing_ok=True)


def token(main: Store, info: FileInfo) -> str:
    return str(main.db.execute("SELECT token FROM sync_stream WHERE no = ?", (info.stream,)).fetchone()[0])


def number_alike(db: sqlite3.Connection) -> None:
    """Use the main file's numbers for tables and columns."""
    mine, theirs = (set(map(tuple, db.execute(f"SELECT * FROM {s}.sync_column"))) for s in ("main", "other"))
    if mine != theirs:
        with transaction(db):
            db.execute("DELETE FROM main.sync_column")
            db.execute("INSERT INTO main.sync_column SELECT * FROM other.sync_column")
            capture.install(db)
