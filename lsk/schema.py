"""Tables from declarations: STRICT, with foreign keys, checks, sort keys and an id that any SQLite tool can make.

Only SQLite's own functions are used, so that the file works in every SQLite tool.
"""

from __future__ import annotations

import contextlib
import importlib
import sqlite3
from functools import lru_cache
from typing import TYPE_CHECKING

from lsk import capture, search
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Choice, Date, Decimal, Entity, Field, Flag, Integer, Ref, Text

if TYPE_CHECKING:
    from sqlite_utils import Migrations

APPLICATION_ID = 0x4C534B31  # "LSK1"
PAGE = (
    8192  # bytes; a change with its texts is often a quarter of SQLite's usual page, and would leave much of it empty
)
FORMAT = 2  # raised when an older program could no longer read the file, as when a table or column is renamed

# Called with the new tables and columns of a file that had a log: it may already know values of them, from files of a
# newer program. Named as text, as commands are, for reading the log is sync's and lsk imports nothing of sync.
FILLED_BY = "sync.fill:fill"
Columns = list[tuple[str, str]]  # (entity, column)

# UUIDv7: 48 bits of milliseconds, then random bits. Made by SQLite, so that a plain INSERT gets one too.
NEW_ID = """(printf('%08x-%04x-7%03x-%04x-%012x',
  CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) >> 16,
  CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) & 65535,
  abs(random() % 4096), 32768 | abs(random() % 16384), abs(random() % 281474976710656)))"""


def sort_key(column: str) -> str:
    """Swedish order as an SQL expression: case folded, z < å < ä < ö. In ASCII, { | } follow z in that order."""
    key = f"ifnull({column}, '')"
    for old, new in (("Å", "å"), ("Ä", "ä"), ("Ö", "ö"), ("É", "e"), ("é", "e"), ("Ü", "y"), ("ü", "y")):
        key = f"replace({key}, '{old}', '{new}')"
    key = f"lower({key})"
    for old, new in (("å", "{"), ("æ", "|"), ("ä", "|"), ("ø", "}"), ("ö", "}")):
        key = f"replace({key}, '{old}', '{new}')"
    return key


def check(field: Field) -> str:
    """The CHECK that SQLite itself can hold for this field, or nothing."""
    name = f'"{field.name}"'
    if isinstance(field, Choice) and field.values:
        return f"{name} IN ({', '.join(quote(v) for v in field.values)})"
    if isinstance(field, Date):
        return f"{name} = date({name}, '+0 days')"  # the modifier makes 30 February another day
    if isinstance(field, Decimal):
        return f"{name} NOT GLOB '*[^0-9.-]*' AND {name} GLOB '*[0-9]*'"
    if isinstance(field, Flag):
        return f"{name} IN (0, 1)"
    if isinstance(field, Integer):
        bounds = ((">=", field.minimum), ("<=", field.maximum))
        return " AND ".join(f"{name} {sign} {bound}" for sign, bound in bounds if bound is not None)
    if isinstance(field, Text) and field.required:
        return f"{name} <> ''"
    return ""


def quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def column(field: Field) -> str:
    parts = [f'"{field.name}"', field.sql_type]
    if field.required:
        parts.append("NOT NULL")
    if isinstance(field, Choice) and field.default is not None:
        parts.append(f"DEFAULT {quote(field.default)}")
    if condition := check(field):
        parts.append(f"CHECK ({condition})")
    if isinstance(field, Ref):
        parts.append(f'REFERENCES "{field.to}"(id) DEFERRABLE INITIALLY DEFERRED')
    return " ".join(parts)


def sort_columns(entity: Entity) -> list[str]:
    return [
        f'"{f.name}_sort" TEXT GENERATED ALWAYS AS ({sort_key(f.name)}) VIRTUAL'
        for f in entity.columns
        if isinstance(f, Text) and f.sorted
    ]


def table(entity: Entity) -> str:
    columns = [f"id TEXT PRIMARY KEY NOT NULL DEFAULT {NEW_ID} CHECK (length(id) = 36)", "ref TEXT"]
    columns += [column(f) for f in entity.columns]
    return f'CREATE TABLE "{entity.name}" (\n  ' + ",\n  ".join(columns + sort_columns(entity)) + "\n) STRICT"


def indexes(entity: Entity) -> list[str]:
    """What lists, references and the year ask for. An order of lists ends with the id, for many may share a value."""
    wanted = {name: f'"{name}"' for name in ("ref", *(f.name for f in entity.columns if isinstance(f, (Ref, AnyRef))))}
    wanted |= {f"{f.name}_sort": f'"{f.name}_sort", id' for f in entity.columns if isinstance(f, Text) and f.sorted}
    if entity.year_by:  # lists are in this order, the records without a date last (lsk.records.sort_column)
        column = f'"{entity.year_by}"'
        key = column if entity.field(entity.year_by).required else f"ifnull({column}, '')"
        wanted[entity.year_by] = f"{key}, id"
    return [
        f'CREATE INDEX IF NOT EXISTS "ix_{entity.name}_{name}" ON "{entity.name}"({what})'
        for name, what in wanted.items()
    ]


def guards(entity: Entity) -> tuple[str, str]:
    """An id never changes: a changed key is the known way for two files to drift apart. Nor does a reference vanish."""
    return (
        f'CREATE TRIGGER IF NOT EXISTS "{entity.name}_id_stays" BEFORE UPDATE OF id ON "{entity.name}" '
        "WHEN NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'id kan inte ändras'); END",
        f'CREATE TRIGGER IF NOT EXISTS "{entity.name}_ref_stays" BEFORE UPDATE OF ref ON "{entity.name}" '
        "WHEN NEW.ref IS NULL AND (SELECT capture AND change_set IS NULL FROM sync_local) "
        "BEGIN SELECT RAISE(ABORT, 'beteckningen kan inte tas bort'); END",
    )


def guard(db: sqlite3.Connection) -> None:
    """Put back what keeps ids and references from being changed."""
    for entity in ENTITIES.values():
        for statement in guards(entity):
            db.execute(statement)


def guarded(db: sqlite3.Connection) -> bool:
    """Whether all of that is there."""
    there = {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    return all({f"{name}_id_stays", f"{name}_ref_stays"} <= there for name in ENTITIES)


def begin(db: sqlite3.Connection) -> None:
    """Fill an empty file with the tables as declared, and nothing in them."""
    source = sqlite3.connect(":memory:")
    with contextlib.closing(source):
        source.deserialize(pattern(tuple(ENTITIES.values()), STEPS, FORMAT))
        source.backup(db)


@lru_cache(maxsize=2)
def pattern(entities: tuple[Entity, ...], steps: int, form: int) -> bytes:
    """A file with the tables of these declarations. Kept, for a thousand statements make it and files are alike."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    with contextlib.closing(db):
        db.execute(f"PRAGMA page_size = {PAGE}")
        db.execute("BEGIN")
        grow(db)
        db.execute("COMMIT")
        migrate(db)
        return db.serialize()


def grow(db: sqlite3.Connection) -> None:
    """Bring the tables up to the declarations, adding what is missing and taking nothing away."""
    present = {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    old = "sync_local" in present
    if not old:
        for statement in (*capture.TABLES, *search.TABLES):
            db.execute(statement)
    for entity in ENTITIES.values():
        if entity.was in present and entity.name not in present:
            rename_table(db, entity)
            present.add(entity.name)
    added: Columns = []
    names = dict(db.execute("SELECT key, name FROM sync_column").fetchall())
    for entity in ENTITIES.values():
        if entity.name in present:
            rename_columns(db, entity, names)
            added += add_columns(db, entity)
        else:
            db.execute(table(entity))
            added += [(entity.name, name) for name in ("ref", *(f.name for f in entity.columns))]
        for statement in (*guards(entity), *indexes(entity)):
            db.execute(statement)
    capture.number_columns(db)
    capture.install(db)
    if old and added:
        module, _, function = FILLED_BY.partition(":")
        getattr(importlib.import_module(module), function)(db, added)


def complete_log(db: sqlite3.Connection) -> bool:
    """Bring the log's own tables up to ``capture.TABLES``, adding what is missing; whether anything was."""
    added = False
    wanted = sqlite3.connect(":memory:")
    with contextlib.closing(wanted):
        for statement in capture.TABLES:
            name = statement.split("(")[0].split(" ON ")[0].split()[-1]
            wanted.execute(statement)
            have = {row[1] for row in db.execute(f'PRAGMA table_info("{name}")')}
            if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (name,)).fetchone():
                db.execute(statement)
                added = True
            for _, column, kind, *_ in wanted.execute(f'PRAGMA table_info("{name}")') if have else ():
                if column not in have:
                    db.execute(f'ALTER TABLE "{name}" ADD COLUMN "{column}" {kind}')
                    added = True
    db.execute("UPDATE sync_column SET key = entity || '.' || name WHERE key IS NULL")
    return added


def rename_table(db: sqlite3.Connection, entity: Entity) -> None:
    drop_named(db, entity.was)
    db.execute(f'ALTER TABLE "{entity.was}" RENAME TO "{entity.name}"')
    db.execute("UPDATE search_row SET entity = ? WHERE entity = ?", (entity.name, entity.was))


def rename_columns(db: sqlite3.Connection, entity: Entity, now: dict[str, str]) -> None:
    """Give renamed columns their new names, by way of their permanent names, so that two can change with each other."""
    have = {row[1] for row in db.execute(f'PRAGMA table_xinfo("{entity.name}")')}
    ways = [(now.get(capture.key(entity, f.name), f.name), capture.key(entity, f.name), f.name) for f in entity.columns]
    ways = [(old, key, new) for old, key, new in ways if old != new and old in have]
    ways += [(f"{old}_sort", f"{key}_sort", f"{new}_sort") for old, key, new in ways if f"{old}_sort" in have]
    if ways:
        drop_named(db, entity.name)
    for old, key, _ in ways:
        db.execute(f'ALTER TABLE "{entity.name}" RENAME COLUMN "{old}" TO "{key}"')
    for _, key, new in ways:
        db.execute(f'ALTER TABLE "{entity.name}" RENAME COLUMN "{key}" TO "{new}"')


def drop_named(db: sqlite3.Connection, table: str) -> None:
    """Drop the indexes and triggers that bear the names of a table and its columns; ``grow`` makes them anew."""
    rows = db.execute(
        "SELECT type, name FROM sqlite_schema WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
        (table,),
    ).fetchall()
    for kind, name in rows:
        db.execute(f'DROP {kind} "{name}"')


def add_columns(db: sqlite3.Connection, entity: Entity) -> Columns:
    """Add what is missing; returns the columns that were, the sort keys apart."""
    have = {row[1] for row in db.execute(f'PRAGMA table_xinfo("{entity.name}")')}
    new = [f for f in entity.columns if f.name not in have]
    definitions = [column(f) for f in new] + [c for c in sort_columns(entity) if c.split('"')[1] not in have]
    for definition in definitions:
        db.execute(f'ALTER TABLE "{entity.name}" ADD COLUMN {definition}')
    return [(entity.name, f.name) for f in new]


def migrations() -> Migrations:
    """The steps a file has gone through, kept by sqlite-utils. A new field needs a step that calls ``grow``."""
    from sqlite_utils import Database, Migrations

    steps = Migrations("lsk")

    @steps()
    def m0001_first_tables(db: Database) -> None:
        if not db["sync_local"].exists():
            grow(db.conn)

    @steps()
    def m0002_seals(db: Database) -> None:
        """Keys, seals, retention, merges that can be undone, bundles, what a newer program told."""
        if complete_log(db.conn):
            capture.side_by_side(db.conn)
            grow(db.conn)

    @steps()
    def m0003_cells_side_by_side(db: Database) -> None:
        """One row in the log for an operation, where each of its cells had one; indexes that lists page by."""
        complete_log(db.conn)
        capture.side_by_side(db.conn)
        for name in ENTITIES:
            drop_named(db.conn, name)
        grow(db.conn)

    @steps()
    def m0004_adaptations(db: Database) -> None:
        """What is to be adapted to a new wording of the law; the profile's words in their order."""
        grow(db.conn)

    return steps


def migrate(db: sqlite3.Connection) -> None:
    from sqlite_utils import Database

    migrations().apply(Database(db, execute_plugins=False))
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {FORMAT}")


def pending(db: sqlite3.Connection) -> bool:
    """Whether the file is older than this program. Read without sqlite-utils, which is slow to import."""
    row = db.execute("SELECT count(*) FROM _sqlite_migrations WHERE migration_set = 'lsk'").fetchone()
    return bool(row[0] < STEPS)


STEPS = 4  # how many steps ``migrations`` has; a test counts them
