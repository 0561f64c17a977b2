"""Write the published file: a new SQLite file that holds what was selected and nothing else.

While the tables are selected, SQLite itself refuses to read any field that the table may not show (an authorizer
on the connection), so a mistake in a query is an error and not a leak.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsk.errors import LskError, Refused
from lsk.model import ENTITIES
from lsk.model.vocabulary import Publish, Ref, Text
from lsk.personal import register, suspicions
from lsk.publish.cubes import fill
from lsk.publish.deviations import CUBES, FACTS, SOURCES, THROUGH
from lsk.publish.earlier import NOTHING, REGISTER, Earlier, cells_of, read_earlier
from lsk.publish.tables import TABLES
from lsk.publish.vocabulary import Column, Cube, Table, day, number
from lsk.rules import Finding

if TYPE_CHECKING:
    from lsk.store import Store

LEVELS = {Publish.COMMITTEE: "namnd", Publish.OPEN: "oppen"}
APPLICATION_ID = 0x4C534B50  # "LSKP": a published file, never the municipality's own
SMALLEST = 5
HIDDEN = "_dold"  # beside a protected count: 1 where it is not shown
SQL_TYPES = {"number": "INTEGER", "order": "INTEGER", "share": "REAL"}

ABOUT = (
    Column("kommun", "Kommun", "municipality.name"),
    Column("verksamhet", "Verksamhet", "municipality.area_of_activity"),
    Column("ansvarigt_organ", "Ansvarigt organ", "municipality.responsible_body"),
    Column("niva", "Nivå"),
    day("publicerad", "Publicerad"),
    number("troskel", "Minsta antal som visas"),
)


@dataclass(frozen=True)
class Filled:
    """A table with its rows, and how many counts in it were hidden."""

    table: Table | Cube
    rows: Sequence[Sequence[Any]]
    hidden: int = 0


@dataclass(frozen=True)
class Publication:
    """What was written, and where."""

    path: Path
    level: Publish
    tables: list[Filled]


def tables_of(level: Publish) -> list[Table | Cube]:
    """The tables that the level may see."""
    return [table for table in (*CUBES, *TABLES) if level is Publish.COMMITTEE or table.level is Publish.OPEN]


def publish(store: Store, out: Path, level: str = Publish.COMMITTEE, today: date | None = None) -> Publication:
    """Write OUT/namnd.db (or oppen.db). Refused when a text holds probable personal data; then nothing is written."""
    wanted = next((known for known in LEVELS if known == level), None)
    if wanted is None:
        raise LskError(f"Nivån {level} finns inte. Välj {' eller '.join(LEVELS)}.")
    day_of = (today or store.today).isoformat()
    db, path = store.db, out / f"{LEVELS[wanted]}.db"
    earlier = read_earlier(path, CUBES) if wanted is Publish.COMMITTEE else NOTHING
    with reading(db):
        limit = threshold(db)
        about = description(db, wanted, day_of, limit)
        filled = [*selected(db, wanted, day_of), *counted(db, wanted, day_of, limit, earlier)]
        names = register(db)
    if found := [finding for part in filled for finding in telling(part, names)]:
        raise Refused(found)
    order = [table.name for table in tables_of(wanted)]
    filled.sort(key=lambda part: order.index(part.table.name))
    now = dict(cell for part in filled if isinstance(part.table, Cube) for cell in cells_of(part.table, part.rows))
    filled = [Filled(part.table, written_rows(part), part.hidden) for part in filled]
    return Publication(write(path, about, filled, earlier.then(day_of, now) if now else NOTHING), wanted, filled)


@contextlib.contextmanager
def reading(db: sqlite3.Connection) -> Iterator[None]:
    """One moment of the file for all that is selected."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")


def threshold(db: sqlite3.Connection) -> int:
    """The smallest count that is shown: the municipality's own, and never under five."""
    row = db.execute("SELECT value FROM setting WHERE key = 'publication_threshold'").fetchone()
    text = (row[0] if row else None) or str(SMALLEST)
    if not text.isdecimal():
        raise LskError(f"Inställningen publication_threshold är ”{text}”. Ange ett heltal, {SMALLEST} eller högre.")
    return max(SMALLEST, int(text))


def description(db: sqlite3.Connection, level: Publish, today: str, limit: int) -> tuple[Any, ...]:
    row = db.execute(
        "SELECT name, area_of_activity, responsible_body FROM municipality ORDER BY ref LIMIT 1"
    ).fetchone()
    return (*(row or (None, None, None)), str(level), today, limit)


# --- select ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def only(db: sqlite3.Connection, allowed: set[tuple[str, str]]) -> Iterator[None]:
    """Let SQLite read these columns and no others."""

    def may(action: int, one: str | None, two: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ:
            column = (two or "").removesuffix("_sort")
            known = (one, column) in allowed or (one in ENTITIES and column in ("", "id", "ref"))
            return sqlite3.SQLITE_OK if known else sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION) else sqlite3.SQLITE_DENY

    db.set_authorizer(may)
    try:
        yield
    finally:
        db.set_authorizer(None)


def marked(fields: str, level: Publish) -> set[tuple[str, str]]:
    """The fields named that the model lets the level see."""
    enough = (Publish.OPEN, level)
    named = [tuple(name.split(".")) for name in fields.split()]
    return {(entity, field) for entity, field in named if ENTITIES[entity].field(field).publish in enough}


def readable(sources: str, through: str, level: Publish) -> set[tuple[str, str]]:
    """What the query of a table may read: its sources if they are marked, what it joins through, and references."""
    joins = {
        (entity.name, f.name) for entity in ENTITIES.values() for f in entity.fields if isinstance(f, Ref) and f.publish
    }
    deciding = {(name.partition(".")[0], name.partition(".")[2]) for name in through.split()}
    shown = {
        (entity, f.name) for entity, f in ((e, ENTITIES[e].field(n)) for e, n in marked(sources, level)) if f.stored
    }
    return shown | deciding | {j for j in joins if marked(".".join(j), level)}


def selected(db: sqlite3.Connection, level: Publish, today: str) -> Iterator[Filled]:
    for table in tables_of(level):
        if isinstance(table, Table):
            sources = " ".join(column.sources for column in table.columns)
            with only(db, readable(sources, table.through, table.level)):
                rows = db.execute(table.sql, {"today": today}).fetchall()
            yield Filled(table, rows)


def counted(db: sqlite3.Connection, level: Publish, today: str, limit: int, earlier: Earlier) -> Iterator[Filled]:
    cubes = [table for table in tables_of(level) if isinstance(table, Cube)]
    if cubes:
        with only(db, readable(SOURCES, THROUGH, Publish.COMMITTEE)):
            facts = [dict(row) for row in db.execute(FACTS, {"today": today, "since": earlier.day})]
        for part in fill(cubes, facts, limit, today, earlier):
            yield Filled(part.cube, part.rows, part.hidden)


# --- stop for personal data ------------------------------------------------------------------------------------------


def free_text(column: Column) -> bool:
    """Whether somebody may have written a name in it."""
    return any(isinstance(ENTITIES[entity].field(field), Text) for entity, field in column.fields)


def telling(part: Filled, names: frozenset[tuple[str, ...]]) -> Iterator[Finding]:
    """Every text of a table that probably tells of a person, by the record's reference and never by what it says."""
    table = part.table
    texts = [(place, column) for place, column in enumerate(table.columns) if free_text(column)]
    if isinstance(table, Cube):
        texts = []  # only choices and numbers
    for row in part.rows:
        for place, column in texts:
            for kind in dict.fromkeys(s.kind for s in suspicions(row[place] or "", names)):
                ref = row[len(table.columns)] if len(row) > len(table.columns) else ""
                yield Finding(
                    rule="personuppgift_i_publicering",
                    record=None,
                    entity=getattr(table, "entity", ""),
                    ref=ref or "",
                    requirement="R5",
                    severity="fel",
                    message=f"Inget är publicerat: {ref or table.title}, {column.title.lower()}, innehåller {kind}.",
                    remedy="Ta bort uppgiften ur posten och publicera igen.",
                )


# --- write -----------------------------------------------------------------------------------------------------------


def written_rows(part: Filled) -> list[tuple[Any, ...]]:
    """The declared columns alone; a protected count followed by whether it is hidden."""
    width = len(part.table.columns)
    if isinstance(part.table, Table):
        return [tuple(row)[:width] for row in part.rows]
    by = len(part.table.by)
    return [(*row[:by], *(v for count in row[by:] for v in (count, int(count is None)))) for row in part.rows]


def definition(table: Table | Cube) -> str:
    protected = {column.name for column, _ in table.measures} if isinstance(table, Cube) else set()
    columns = []
    for column in table.columns:
        columns.append(f'"{column.name}" {SQL_TYPES.get(column.kind, "TEXT")}')
        if column.name in protected:
            columns.append(f'"{column.name}{HIDDEN}" INTEGER')
    return ", ".join(columns)


def write(path: Path, about: tuple[Any, ...], filled: Sequence[Filled], published: Earlier) -> Path:
    """A new file under another name, then moved into place, so that nobody sees half of it.

    The register goes first: should the file not follow, the next publication holds against more than was shown.
    """
    work = path.with_name(path.name + ".ny")
    register = path.with_name(REGISTER + ".ny")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        work.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(work)) as db, db:
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            names = ", ".join(f'"{column.name}" {SQL_TYPES.get(column.kind, "TEXT")}' for column in ABOUT)
            create(db, "om", names, [about])
            for part in filled:
                create(db, part.table.name, definition(part.table), part.rows)
        if published != NOTHING:
            register.write_text(published.text(), encoding="utf-8", newline="\n")
            register.replace(path.with_name(REGISTER))
        work.replace(path)
    except (OSError, sqlite3.OperationalError) as error:
        raise LskError(
            f"{path} kunde inte skrivas ({error}). Kontrollera att mappen får ändras och att ingen visar filen just nu."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            work.unlink(missing_ok=True)
            register.unlink(missing_ok=True)
    return path


def create(db: sqlite3.Connection, name: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
    db.execute(f'CREATE TABLE "{name}" ({columns}) STRICT')
    marks = ", ".join("?" * (columns.count(", ") + 1))
    db.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
