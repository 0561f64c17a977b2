"""A package: what one file tells another, as a small SQLite file of its own with a part of the log in it.

*Up*: a unit's own operations after the last one the main file has. *Down*: what is new in the main file about the rows
that belong in one unit's file; when it has changed which rows those are, the package is *whole* and holds them all.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from lsk import capture
from lsk.errors import LskError
from lsk.store import Store, connect, transaction

from . import belonging, share
from .causality import MAIN, first_of, vector
from .scope import inside, present_columns, shown, subtree

FORMAT = 2  # raised when the tables of a package change

Vector = dict[int, int]

PARTS = (
    *("sync_stream", "sync_column", "sync_op", "sync_dep", "sync_conflict", "sync_quarantine"),
    *("change_set", "sync_seal", "sync_destroyed"),
)
OWN_TABLES = (
    "CREATE TABLE about(text TEXT NOT NULL) STRICT",
    "CREATE TABLE image_row(row TEXT PRIMARY KEY, tbl INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE image_cell(row TEXT NOT NULL, col INTEGER NOT NULL, value ANY) STRICT",
)
TABLES = tuple(s for s in capture.TABLES if s.split("(")[0].removeprefix("CREATE TABLE ") in PARTS) + OWN_TABLES

SEALS_AGAIN = 16  # seals of what was taken by hand before it was sealed, which the main file then lacks
IMAGES_BY_ROW = "CREATE INDEX image_cell_row ON image_cell(row)"  # made when the package is filled, which is faster


@dataclass(frozen=True)
class About:
    """``base``: what the receiver must have seen; ``upto``: what it has seen when it has taken the package.

    ``holds``: which rows it then has.
    In a package up, ``base`` is what the unit's file has taken from the main file, and ``upto`` its own last operation.
    """

    sender: int
    receiver: int
    base: Vector
    upto: Vector
    whole: bool = False
    holds: belonging.Digests = field(default_factory=dict)


@contextlib.contextmanager
def packing(db: sqlite3.Connection, to: Path) -> Iterator[None]:
    """An empty package at ``to``, attached as ``pack``; one transaction."""
    to.unlink(missing_ok=True)
    db.execute("ATTACH ? AS pack", (str(to),))
    try:
        db.execute("PRAGMA pack.synchronous = OFF")  # a package that did not get ready is thrown away
        db.execute("PRAGMA pack.journal_mode = OFF")
        db.execute(f"PRAGMA pack.user_version = {FORMAT}")
        with transaction(db):
            for statement in TABLES:
                db.execute(statement.replace("CREATE TABLE ", "CREATE TABLE pack.", 1))
            yield
            db.execute(IMAGES_BY_ROW.replace("INDEX ", "INDEX pack.", 1))
    finally:
        db.execute("DETACH pack")


def tell(db: sqlite3.Connection, about: About) -> None:
    db.execute("INSERT INTO pack.about VALUES (?)", (json.dumps(asdict(about)),))


def told(path: Path) -> About:
    """What a package says of itself. LskError when it is not a package."""
    try:
        with contextlib.closing(connect(path, readonly=True)) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > FORMAT:
                raise LskError(
                    f"{path} är skriven av en nyare version av LSK (paketformat {version}, här {FORMAT}). "
                    "Inget har tagits in. Uppdatera LSK."
                )
            expect(db)
            fields = json.loads(db.execute("SELECT text FROM about").fetchone()[0])
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        raise LskError(f"{path} är inget paket som LSK har gjort. Inget har tagits in.") from error
    for name in ("base", "upto"):
        fields[name] = {int(stream): n for stream, n in fields[name].items()}
    return About(**fields)


def expect(db: sqlite3.Connection) -> None:
    """ValueError unless the file has a package's tables and nothing else: no view, no trigger, no other column."""
    with contextlib.closing(sqlite3.connect(":memory:")) as model:
        for statement in (*TABLES, IMAGES_BY_ROW):
            model.execute(statement)
        schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"
        if [tuple(r) for r in db.execute(schema)] != model.execute(schema).fetchall():
            raise ValueError("schema")
    if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise ValueError("quick_check")


def acknowledged(db: sqlite3.Connection, schema: str = "main") -> Vector:
    """What a unit's file has seen, its own stream as far as it knows that the main file has it."""
    own = db.execute(f"SELECT stream FROM {schema}.sync_local").fetchone()[0]
    seen = vector(db, schema)
    row = db.execute(f"SELECT upto FROM {schema}.sync_seen WHERE stream = ?", (own,)).fetchone()
    return {**seen, own: row[0] if row else 0}


def write_up(unit: Store, to: Path, after: int, upto: int) -> About:
    """The unit's own operations number ``after`` + 1 to ``upto``."""
    db, stream = unit.db, unit.file.stream
    low, high = first_of(stream) + after + 1, first_of(stream) + upto
    about = About(stream, MAIN, acknowledged(db), {stream: upto})
    with packing(db, to):
        tell(db, about)
        db.execute("INSERT INTO pack.sync_op SELECT * FROM main.sync_op WHERE id BETWEEN ? AND ?", (low, high))
        db.execute("INSERT INTO pack.change_set SELECT * FROM main.change_set WHERE id BETWEEN ? AND ?", (low, high))
        db.execute(
            """INSERT INTO pack.sync_dep SELECT * FROM main.sync_dep WHERE stream = ?1 AND epoch >= ifnull(
                 (SELECT epoch FROM main.sync_op WHERE id = ?2), 0)""",
            (stream, low - 1),
        )
        db.execute("INSERT INTO pack.sync_column SELECT * FROM main.sync_column")
        db.execute(
            "INSERT INTO pack.sync_destroyed SELECT * FROM main.sync_destroyed WHERE op BETWEEN ? AND ?", (low, high)
        )
        # What was set aside is sealed like the rest.
        db.execute(
            "INSERT INTO pack.sync_quarantine SELECT * FROM main.sync_quarantine WHERE op BETWEEN ? AND ?", (low, high)
        )
        db.execute(
            f"""INSERT INTO pack.sync_seal SELECT * FROM main.sync_seal WHERE signer = ?1 AND stream = ?1
                AND upto > ifnull((SELECT upto FROM main.sync_seal WHERE signer = ?1 AND stream = ?1 AND upto <= ?2
                                   ORDER BY upto DESC LIMIT 1 OFFSET {SEALS_AGAIN - 1}), 0)""",
            (stream, after),
        )
    return about


def write_down(
    main: Store,
    receiver: int,
    base: Vector,
    to: Path,
    *,
    whole: bool = False,
    has: int | None = None,
    since: Vector | None = None,
) -> About:
    """What a unit's file, which has seen ``base``, lacks. LskError when the file's unit is gone.

    ``has``: how far it has its own operations, if it lost some. ``since``: history up to here is left out.
    """
    db = main.db
    unit = str(db.execute("SELECT unit FROM sync_stream WHERE no = ?", (receiver,)).fetchone()[0])
    upto = vector(db)
    with packing(db, to):
        subtree(db, unit)
        since = base if since is None else since
        share.touched(db, since, upto, receiver)
        whole = whole or has is not None or belonging.changed(db, since, upto, receiver)
        inside(db, "main", unit)
        holds = belonging.digests(db, "SELECT entity, id FROM inside")
        about = About(main.file.stream, receiver, base, {**upto, receiver: upto.get(receiver, 0)}, whole, holds)
        tell(db, about)
        share.choose(db, since, upto, receiver, has)
        share.copy(db, {} if whole else since, receiver, has)
        if has is not None:
            db.execute(
                """INSERT INTO pack.sync_seal SELECT * FROM main.sync_seal
                   WHERE signer = ?1 AND stream = ?1 AND upto > ?2""",
                (receiver, has),
            )
        if whole:
            images(db)
    return about


def images(db: sqlite3.Connection) -> None:
    """Every row inside as it is, references that lead outside left empty."""
    for entity, tbl, columns in present_columns(db):
        db.execute(f"INSERT INTO pack.image_row SELECT id, {tbl} FROM inside WHERE entity = '{entity.name}'")
        for no, name in columns:
            db.execute(
                f"""INSERT INTO pack.image_cell SELECT * FROM (
                      SELECT s.id, {no}, {shown(entity, name)} AS value FROM inside n
                      CROSS JOIN main."{entity.name}" s ON s.id = n.id WHERE n.entity = '{entity.name}')
                    WHERE value IS NOT NULL"""
            )
