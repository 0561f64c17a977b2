"""The one history: every change of every row, written by triggers, so that any tool's edit is caught.

An operation is one changed row. It is named by one integer, ``stream << 36 | sequence``: which file, and
which of its operations. Its changed cells lie side by side in it, as two JSON objects: column number to new value, and
column number to old value. The view ``sync_cell`` tells them one by one.
``sync_dep`` says how far a file had seen every other file in each of its epochs, so "had seen" is a comparison,
not a clock.
A change set is the run of operations from its own number up to the next change set's.
(sync-design 1.0–1.3; the tables bear its names.)
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import count

from lsk.model import ENTITIES
from lsk.model.vocabulary import SHARED, UNIT, Entity, Ref

SEQUENCE_BITS = 36
INSERT, UPDATE, DELETE = 1, 2, 3
RESOLVE = 4  # a person chose among contested values; lists the cells also when the one shown was chosen
REPAIR = 5  # the main file kept references and trees whole after a merge; overrides, but settles nothing

# SQLite's JSON would cut a value off at a NUL. Where there is one, texts are spelt without (NUL as \0, a backslash as
# \1), and their columns' numbers have an x after them. GLOB finds it fastest; what only looks like one does no harm.
SPELT = r"""iif({0} GLOB '*\u0000*', (SELECT json_group_object(key || iif(type = 'text', 'x', ''), value)
  FROM json_each(replace(replace({0}, '\\', '\\1'), '\u0000', '\\0'))), {0})"""
UNSPELT = r"replace(replace({0}, '\0', char(0)), '\1', '\')"

# The cells of an operation, ``o``, one by one: FROM, then the column's number, its new value and its old one.
EACH = "json_each(ifnull(o.new, o.old)) c"
COL = "CAST(c.key AS INTEGER)"
VALUE = f"iif(c.key GLOB '*x', {UNSPELT.format('c.value')}, c.value)"
NEW = f"iif(o.new IS NULL, NULL, {VALUE})"


def gathered(value: str, number: str) -> str:
    """SQL aggregate: values under their columns' numbers, as an operation keeps them, but for NUL (``spelt``)."""
    return f"json_group_object({number}, {value})"


def spelt(cells: str) -> str:
    """SQL for cells that are ``gathered``, so that a value with NUL in it is kept whole."""
    return SPELT.format(cells)


def value_in(cells: str, number: str) -> str:
    """SQL for the value that ``cells``, as ``gathered``, has for a column; ``number``: its number, as SQL text."""
    spelt = UNSPELT.format(f"json_extract({cells}, '$.' || {number} || 'x')")
    return f"ifnull(json_extract({cells}, '$.' || {number}), {spelt})"


OLD = f"iif(o.new IS NULL, {VALUE}, {value_in('o.old', COL)})"

MILLISECONDS = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

TABLES = (
    # This file: who it is, how far it has come, and what the program is doing right now.
    """CREATE TABLE sync_local(
      one INTEGER PRIMARY KEY CHECK (one = 1),
      replica TEXT NOT NULL, code TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('huvudfil', 'enhetsfil')),
      name TEXT, unit TEXT, stream INTEGER NOT NULL, seq INTEGER NOT NULL DEFAULT 0, epoch INTEGER NOT NULL DEFAULT 0,
      hlc INTEGER NOT NULL DEFAULT 0, capture INTEGER NOT NULL DEFAULT 1,
      change_set INTEGER, outside INTEGER, outside_at INTEGER, token TEXT, unswept INTEGER) STRICT""",
    # ``token``: a secret that a new unit's file is born with; whoever has it may say which keys are the file's.
    # ``unswept``: values were destroyed since the file was last written anew, and may still stand in its free pages.
    """CREATE TABLE sync_stream(
      no INTEGER PRIMARY KEY, replica TEXT NOT NULL, code TEXT NOT NULL, name TEXT, unit TEXT,
      created_at TEXT NOT NULL, last_sync_at TEXT, revoked_at TEXT, sign_key BLOB, age_key TEXT, token TEXT) STRICT""",
    """CREATE TABLE sync_column(
      tbl INTEGER NOT NULL, no INTEGER NOT NULL, entity TEXT NOT NULL, name TEXT NOT NULL, key TEXT,
      PRIMARY KEY (tbl, no), UNIQUE (entity, name)) STRICT""",
    # ``key`` is what a column was called when it was first declared: the same in every file, whatever it is called now.
    "CREATE UNIQUE INDEX sync_column_key ON sync_column(key)",
    """CREATE TABLE sync_op(
      id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, hlc INTEGER NOT NULL, tbl INTEGER NOT NULL,
      kind INTEGER NOT NULL, row TEXT NOT NULL, unit TEXT, salt INTEGER, new TEXT, old TEXT) STRICT""",
    # ``new``: what the cells became, NULL when the row was deleted; ``old``: what they were, NULL when it was new.
    # ``unit``: who owned the row, said where the tables cannot tell afterwards: when it is born and when it dies.
    "CREATE INDEX sync_op_row ON sync_op(row)",  # the id is in every index
    """CREATE TABLE sync_dep(
      stream INTEGER NOT NULL, epoch INTEGER NOT NULL, dep INTEGER NOT NULL, upto INTEGER NOT NULL,
      PRIMARY KEY (stream, dep, epoch)) STRICT, WITHOUT ROWID""",
    "CREATE TABLE sync_seen(stream INTEGER PRIMARY KEY, upto INTEGER NOT NULL) STRICT",
    # col -1 stands for the row itself: deleted by one, changed by another.
    """CREATE TABLE sync_conflict(
      row TEXT NOT NULL, col INTEGER NOT NULL, tbl INTEGER NOT NULL, winner INTEGER, others TEXT NOT NULL,
      found_at TEXT NOT NULL, PRIMARY KEY (row, col)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE sync_quarantine(
      op INTEGER PRIMARY KEY, tbl INTEGER NOT NULL, row TEXT NOT NULL, kind INTEGER NOT NULL, unit TEXT,
      reason TEXT NOT NULL, found_at TEXT NOT NULL, epoch INTEGER, hlc INTEGER, salt INTEGER,
      new TEXT, old TEXT) STRICT""",
    """CREATE TABLE change_set(
      id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT, why TEXT, program TEXT, undoes INTEGER) STRICT""",
    "CREATE INDEX change_set_at ON change_set(at)",
    "CREATE INDEX change_set_undoes ON change_set(undoes) WHERE undoes IS NOT NULL",
    # Seals: ``signer`` says that operations ``first``–``upto`` of a stream have this digest, chained to the one before.
    """CREATE TABLE sync_seal(
      signer INTEGER NOT NULL, stream INTEGER NOT NULL, first INTEGER NOT NULL, upto INTEGER NOT NULL,
      previous BLOB, digest BLOB NOT NULL, signature BLOB, at TEXT NOT NULL,
      PRIMARY KEY (signer, stream, upto)) STRICT, WITHOUT ROWID""",
    # What was destroyed by decision: the digest of what stood there, which decision, and the operation (``cause``) that
    # took the row away. Without a cause: what left a unit's file, and the main file keeps.
    """CREATE TABLE sync_destroyed(
      op INTEGER PRIMARY KEY, leaf BLOB NOT NULL, decision TEXT NOT NULL, at TEXT NOT NULL, cause INTEGER) STRICT""",
    # Where a unit's file waits for the main file's repair, and its tables are not what the log says (col -1: lives).
    """CREATE TABLE sync_kept(
      row TEXT NOT NULL, col INTEGER NOT NULL, PRIMARY KEY (row, col)) STRICT, WITHOUT ROWID""",
    # What a unit's file was told of rows and columns that its program has no place for: until a newer one opens it.
    """CREATE TABLE sync_unplaced(
      row TEXT NOT NULL, col INTEGER NOT NULL, tbl INTEGER NOT NULL, value ANY, PRIMARY KEY (row, col)) STRICT""",
    """CREATE TABLE sync_merge(
      no INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT, stream INTEGER NOT NULL, first INTEGER, upto INTEGER,
      operations INTEGER NOT NULL, added INTEGER NOT NULL, changed INTEGER NOT NULL,
      removed INTEGER NOT NULL) STRICT""",
    # What rows that both sides had touched were before a merge, so that the merge can be undone. col -1: was there.
    """CREATE TABLE sync_before(
      merge INTEGER NOT NULL, row TEXT NOT NULL, col INTEGER NOT NULL, tbl INTEGER NOT NULL, old ANY,
      PRIMARY KEY (merge, row, col)) STRICT, WITHOUT ROWID""",
    # Bundles written to a place, and bundles read, by name.
    """CREATE TABLE sync_sent(
      place TEXT NOT NULL, receiver INTEGER NOT NULL, name TEXT NOT NULL, upto TEXT NOT NULL, at TEXT NOT NULL,
      PRIMARY KEY (place, name)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE sync_received(name TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE ref_counter(
      code TEXT, year TEXT, n INTEGER NOT NULL, PRIMARY KEY (code, year)) STRICT, WITHOUT ROWID""",
)


def key(entity: Entity, name: str) -> str:
    """What a column was called when it was first declared: its name in every file and every version."""
    was = "" if name == "ref" else entity.field(name).was
    return f"{entity.was or entity.name}.{was or name}"


def number_columns(db: sqlite3.Connection) -> None:
    """Give each table and column of this file its number, once. Numbers are the file's own; keys are shared."""
    known = {row[0]: tuple(row) for row in db.execute("SELECT key, tbl, no, entity, name FROM sync_column")}
    tables = {k.partition(".")[0]: row[1] for k, row in known.items()}
    renamed, new = [], []
    for entity in ENTITIES.values():
        first = (entity.was or entity.name) not in tables
        tbl = tables.setdefault(entity.was or entity.name, max(tables.values(), default=0) + 1)
        if not first:
            db.execute("UPDATE sync_column SET entity = ?1 WHERE tbl = ?2 AND entity <> ?1", (entity.name, tbl))
        taken = [row[2] for row in known.values() if row[1] == tbl]
        numbers = count(max(taken, default=-1) + 1)
        keys = {key(entity, name): name for name in ("ref", *(f.name for f in entity.columns))}
        for permanent, name in sorted(keys.items()):  # in a new file the numbers follow the keys: seals read them so
            if permanent not in known:
                new.append((tbl, next(numbers), entity.name, name, permanent))
            elif known[permanent][4] != name:
                renamed.append((permanent, name))
    db.executemany("INSERT INTO sync_column VALUES (?, ?, ?, ?, ?)", new)
    # By way of the key, so that two columns can change names with each other.
    db.executemany("UPDATE sync_column SET name = key WHERE key = ?", [(permanent,) for permanent, _ in renamed])
    db.executemany("UPDATE sync_column SET name = ?2 WHERE key = ?1", renamed)


def owner(entity: Entity, row: str) -> str:
    """SQL for the unit that owns ``row`` (an alias, NEW or OLD): its own column, its parent's owner, or nobody's."""
    if entity.scope == SHARED:
        return "NULL"
    if entity.scope == UNIT:
        return f"{row}.unit"
    parent = next(f for f in entity.fields if isinstance(f, Ref) and f.name == entity.scope)
    alias = f"{parent.to}_of"
    return (
        f'(SELECT {owner(ENTITIES[parent.to], alias)} FROM "{parent.to}" {alias} '
        f'WHERE {alias}.id = {row}."{parent.name}")'
    )


# What every trigger does, said once: count up, write the operation, and let whoever edits a contested cell, and so has
# seen all its values, decide it. Every connection reads all triggers before it does anything, so they are kept short.
COMMON = (
    """CREATE VIEW "captured" AS SELECT 0 AS tbl, 0 AS kind, '' AS "row", '' AS unit, '' AS new, '' AS old""",
    f"""CREATE TRIGGER "capture_header" INSTEAD OF INSERT ON "captured"
WHEN NEW.kind <> {UPDATE} OR NEW.new <> '{{}}' BEGIN
  SELECT RAISE(ABORT, 'posten finns redan; använd UPDATE i stället för REPLACE') FROM sync_local
    WHERE NEW.kind = {INSERT} AND change_set IS NULL
      AND {DELETE} <> (SELECT kind FROM sync_op WHERE row = NEW.row ORDER BY hlc DESC, id DESC LIMIT 1);
  UPDATE sync_local SET seq = seq + 1, hlc = max(hlc + 1, {MILLISECONDS} << 16),
    outside = iif(change_set IS NULL AND outside_at IS NOT {MILLISECONDS},
      stream << {SEQUENCE_BITS} | (seq + 1), outside),
    outside_at = iif(change_set IS NULL, {MILLISECONDS}, NULL);
  INSERT INTO change_set(id, at) SELECT outside, {NOW} FROM sync_local
    WHERE change_set IS NULL AND outside = stream << {SEQUENCE_BITS} | seq;
  INSERT INTO sync_op SELECT stream << {SEQUENCE_BITS} | seq, epoch, hlc, NEW.tbl, NEW.kind, NEW.row, NEW.unit,
    random(), {spelt("NEW.new")}, {spelt("NEW.old")} FROM sync_local;
  DELETE FROM sync_conflict WHERE row = NEW.row AND NEW.kind <> {INSERT}
    AND (col = -1 OR col IN (SELECT {COL} FROM json_each(ifnull(NEW.new, NEW.old)) c));
END""",
    f"""CREATE VIEW "sync_cell" AS SELECT o.id AS op, {COL} AS col, {NEW} AS new, {OLD} AS old
  FROM sync_op o, {EACH}""",
)
VIEWS = ("captured", "sync_cell")
CAPTURES = f"type = 'trigger' AND name GLOB 'capture_*' OR type = 'view' AND name IN {VIEWS}"


def install(db: sqlite3.Connection) -> None:
    """Make everything that captures anew from what is declared."""
    for name in triggers_present(db):
        db.execute(f'DROP TRIGGER "{name}"')
    for view in VIEWS:
        db.execute(f'DROP VIEW IF EXISTS "{view}"')
    for statement in triggers(db):
        db.execute(statement)


def triggers_present(db: sqlite3.Connection) -> list[str]:
    return [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name GLOB 'capture_*'")]


def intact(db: sqlite3.Connection) -> bool:
    """Whether what captures in the file is what this program would make."""
    return {r[0] for r in db.execute(f"SELECT sql FROM sqlite_schema WHERE {CAPTURES}")} == set(triggers(db))


def triggers(db: sqlite3.Connection) -> list[str]:
    """The statements that make the capture of the columns of this file."""
    numbered = tuple(map(tuple, db.execute("SELECT entity, tbl, no, name FROM sync_column ORDER BY tbl, no")))
    return triggers_for(numbered, tuple(ENTITIES.values()))


@lru_cache(maxsize=4)
def triggers_for(numbered: tuple[tuple[str, int, int, str], ...], entities: tuple[Entity, ...]) -> list[str]:
    """The same, from what ``sync_column`` says. Kept, for a sync asks about several files that number alike."""
    columns: dict[str, list[tuple[int, int, str]]] = {}
    declared = {(e.name, name) for e in entities for name in ("ref", *(f.name for f in e.columns))}
    for entity, tbl, no, name in numbered:
        if (entity, name) in declared:  # a newer file's columns have numbers here, but no place in the tables
            columns.setdefault(entity, []).append((tbl, no, name))
    kinds = (INSERT, UPDATE, DELETE)
    return [*COMMON, *(trigger(entity, kind, columns[entity.name]) for entity in entities for kind in kinds)]


def trigger(entity: Entity, kind: int, columns: list[tuple[int, int, str]]) -> str:
    """One trigger: the cells that changed, new and old, to ``captured``. An update that changed none writes nothing."""
    event = {INSERT: "INSERT", UPDATE: "UPDATE", DELETE: "DELETE"}[kind]
    row = "OLD" if kind == DELETE else "NEW"
    cell = {INSERT: '({0},NEW."{1}",NULL)', UPDATE: '({0},NEW."{1}",OLD."{1}")', DELETE: '({0},NULL,OLD."{1}")'}[kind]
    cells = ",".join(cell.format(no, name) for _, no, name in columns)
    unit = "NULL" if kind == UPDATE else owner(entity, row)
    new = "NULL" if kind == DELETE else gathered("n", "c")
    old = "NULL" if kind == INSERT else gathered("o", "c")
    return f"""CREATE TRIGGER "capture_{entity.name}_{event.lower()}" AFTER {event} ON "{entity.name}"
WHEN (SELECT capture FROM sync_local) BEGIN
  INSERT INTO captured SELECT {columns[0][0]}, {kind}, {row}.id, {unit}, {new}, {old}
    FROM (SELECT 0 c, NULL n, NULL o WHERE 0 UNION ALL VALUES {cells}) WHERE n IS NOT o;
{reference(entity) if kind == INSERT else ""}END"""


@contextlib.contextmanager
def lifted(db: sqlite3.Connection, tables: Iterable[str]) -> Iterator[None]:
    """Without the triggers that capture these tables, in a transaction where nothing is to be captured anyway.

    A trigger that is told not to log costs a third of the change itself.
    """
    there = {
        name: sql
        for table in tables
        for name, sql in db.execute(
            "SELECT name, sql FROM sqlite_schema WHERE tbl_name = ? AND type = 'trigger' AND name GLOB 'capture_*'",
            (table,),
        ).fetchall()
    }
    for name in there:
        db.execute(f'DROP TRIGGER "{name}"')
    yield
    for sql in there.values():
        db.execute(sql)


def resolve(db: sqlite3.Connection, entity: Entity, record: str, column: str) -> None:
    """Log that a person settled a contested cell with the value it already has. Call inside a change."""
    tbl, no = db.execute(
        "SELECT tbl, no FROM sync_column WHERE entity = ? AND name = ?", (entity.name, column)
    ).fetchone()
    value = spelt(gathered(f't."{column}"', str(no)))
    db.execute(f"UPDATE sync_local SET seq = seq + 1, hlc = max(hlc + 1, {MILLISECONDS} << 16)")
    db.execute(
        f"""INSERT INTO sync_op
            SELECT l.stream << {SEQUENCE_BITS} | l.seq, l.epoch, l.hlc, ?, {RESOLVE}, t.id, NULL, random(),
              {value}, {value}
            FROM sync_local l, "{entity.name}" t WHERE t.id = ? GROUP BY t.id""",
        (tbl, record),
    )
    db.execute("DELETE FROM sync_conflict WHERE row = ? AND col IN (-1, ?)", (record, no))


def reference(entity: Entity) -> str:
    """A reference for a record that came without one, from another tool."""
    if entity.identity:
        return f"""  UPDATE "{entity.name}" SET ref = '{entity.code}-' || substr(NEW.id, 1, 8)
    WHERE id = NEW.id AND NEW.ref IS NULL;
"""
    year = "substr(strftime('%Y', 'now'), 3)"
    return f"""  INSERT INTO ref_counter SELECT '{entity.code}', {year}, 1 WHERE NEW.ref IS NULL
    ON CONFLICT DO UPDATE SET n = n + 1;
  UPDATE "{entity.name}" SET ref = (SELECT l.code || '-{entity.code}-' || r.year || '-' || printf('%03d', r.n)
    FROM sync_local l, ref_counter r WHERE r.code = '{entity.code}' AND r.year = {year})
    WHERE id = NEW.id AND NEW.ref IS NULL;
"""


def side_by_side(db: sqlite3.Connection) -> bool:
    """Put the cells of a log that had a row for each of them into their operations; False if it had not."""
    if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sync_cell' AND type = 'table'").fetchone():
        return False
    for table, name in (("sync_op", "id"), ("sync_quarantine", "op")):
        db.execute(
            f"""UPDATE {table} SET (new, old) = (
                  SELECT {spelt(gathered("c.new", "c.id & 127"))}, {spelt(gathered("c.old", "c.id & 127"))}
                  FROM sync_cell c
                  WHERE c.id BETWEEN {table}.{name} << 7 AND {table}.{name} << 7 | 127)
                WHERE {name} NOT IN (SELECT op FROM sync_destroyed)"""
        )
        db.execute(f"UPDATE {table} SET old = NULL WHERE kind = {INSERT}")
        db.execute(f"UPDATE {table} SET new = NULL WHERE kind = {DELETE}")
    db.execute("DROP TABLE sync_cell")
    return True
