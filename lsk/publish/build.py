"""Make a publication: select, count, hide, look once more, write.

While the tables are selected, SQLite itself refuses to read any field that the table may not show (an authorizer
on the connection), so a mistake in a query is an error and not a leak.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsk.errors import LskError, Refused
from lsk.model import ENTITIES
from lsk.model.vocabulary import Publish, Ref
from lsk.personal import register
from lsk.publish.check import pinned
from lsk.publish.cubes import fill, systems_of
from lsk.publish.deviations import CUBES, FACTS, SOURCES, THROUGH, UNITS
from lsk.publish.earlier import Cell, Earlier, cells_of, read_earlier
from lsk.publish.personal import Suspect, allowed, suspects
from lsk.publish.suppress import SMALLEST
from lsk.publish.system import System
from lsk.publish.tables import TABLES
from lsk.publish.vocabulary import Cube, Table
from lsk.publish.write import ABOUT, APPLICATION_ID, HIDDEN, Filled, finished, write

if TYPE_CHECKING:
    from lsk.store import Store

__all__ = ["ABOUT", "APPLICATION_ID", "HIDDEN", "LEVELS", "Filled", "Publication", "publish", "stopped", "tables_of"]

LEVELS = {Publish.COMMITTEE: "namnd", Publish.OPEN: "oppen"}
THRESHOLD = "publication_threshold"
COARSE = "publication_coarse"
Told = Callable[[str, int, int], None]  # what is going on, how much of it is done, of how much


def silently(what: str, done: int, of: int) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class Publication:
    """What was written, and where."""

    path: Path
    level: Publish
    tables: list[Filled]


@dataclass(frozen=True)
class Selected:
    """What one moment of the file holds that may come out: the tables, the facts to count, and what rules them."""

    about: tuple[Any, ...]
    tables: list[Filled]
    facts: list[dict[str, Any]]
    units: dict[str, str]
    unit_texts: list[tuple[str, str]]
    names: frozenset[tuple[str, ...]]
    allowed: set[str]
    threshold: int
    coarse: tuple[str, ...]

    @property
    def suspects(self) -> list[Suspect]:
        return suspects(self.tables, self.unit_texts, self.names, self.allowed)


def tables_of(level: Publish) -> list[Table | Cube]:
    """The tables that the level may see; of two with the same name its own, which is declared last."""
    every: tuple[Table | Cube, ...] = (*CUBES, *TABLES)
    seen = [table for table in every if level is Publish.COMMITTEE or table.level is Publish.OPEN]
    return list({table.name: table for table in seen}.values())


def publish(
    store: Store, out: Path, level: str = Publish.COMMITTEE, today: date | None = None, told: Told = silently
) -> Publication:
    """Write OUT/namnd.db (or oppen.db). Refused when a text holds probable personal data, LskError when a hidden
    number could be worked out; then nothing is written. ``today``: the day of publication."""
    wanted = known_level(level)
    day_of = (today or store.today).isoformat()
    path = out / f"{LEVELS[wanted]}.db"
    moment = select(store.db, wanted, day_of, told)
    if found := moment.suspects:
        raise Refused([suspect.finding for suspect in found])
    cubes = [table for table in tables_of(wanted) if isinstance(table, Cube)]
    earlier = read_earlier(path, CUBES, moment.units) if cubes else None
    counted = protect(store, cubes, moment, day_of, earlier, told) if earlier is not None else []
    now = dict(cell for part in counted if isinstance(part.table, Cube) for cell in cells_of(part.table, part.rows))
    order = [table.name for table in tables_of(wanted)]
    parts = sorted([*moment.tables, *counted], key=lambda part: order.index(part.table.name))
    filled = [finished(part, moment.units, moment.threshold) for part in parts]
    told("Skriver", 0, 1)
    write(path, moment.about, filled, earlier.then(day_of, now) if earlier is not None else None)
    told("Skriver", 1, 1)
    return Publication(path, wanted, filled)


def stopped(store: Store, level: str = Publish.COMMITTEE, today: date | None = None) -> list[Suspect]:
    """The texts that stop a publication of the level."""
    return select(store.db, known_level(level), (today or store.today).isoformat()).suspects


def known_level(level: str) -> Publish:
    wanted = next((known for known in LEVELS if known == level), None)
    if wanted is None:
        raise LskError(f"Nivån {level} finns inte. Välj {' eller '.join(LEVELS)}.")
    return wanted


# --- select ----------------------------------------------------------------------------------------------------------


def select(db: sqlite3.Connection, level: Publish, today: str, told: Told = silently) -> Selected:
    """Everything that is needed, from one moment of the file."""
    tables = tables_of(level)
    rows = db.cursor()
    rows.row_factory = None  # plain tuples: there are many
    db.execute("BEGIN")
    try:
        threshold = threshold_of(db)
        filled = []
        for number, table in enumerate(tables):
            told("Väljer ut", number + 1, len(tables))
            if isinstance(table, Table):
                sources = " ".join(column.sources for column in table.columns)
                with only(db, readable(sources, table.through, table.level)):
                    filled.append(Filled(table, rows.execute(table.sql, {"today": today}).fetchall()))
        facts: list[dict[str, Any]] = []
        units: list[tuple[str, str, str, str]] = []
        if any(isinstance(table, Cube) for table in tables):
            with only(db, readable(SOURCES, THROUGH, Publish.COMMITTEE)):
                facts = [dict(row) for row in db.execute(FACTS, {"today": today})]
                units = db.execute(UNITS).fetchall()
        about = description(db, level, today, threshold)
        coarse = tuple((setting(db, COARSE) or "").replace(",", " ").split())
        texts = [(ref, name) for _, name, _, ref in units]
        return Selected(about, filled, facts, unit_names(units), texts, register(db), allowed(db), threshold, coarse)
    finally:
        db.execute("ROLLBACK")


def unit_names(units: list[tuple[str, str, str, str]]) -> dict[str, str]:
    """The name of each unit by its key; two of the same name are told apart."""
    often = Counter(name for _, name, _, _ in units)
    return {key: name if often[name] == 1 else f"{name} ({short})" for key, name, short, _ in units}


def setting(db: sqlite3.Connection, key: str) -> str | None:
    row = db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def threshold_of(db: sqlite3.Connection) -> int:
    """The smallest count that is shown: the municipality's own, and never under five."""
    text = setting(db, THRESHOLD) or str(SMALLEST)
    if not text.isdecimal():
        raise LskError(f"Inställningen {THRESHOLD} är ”{text}”. Ange ett heltal, {SMALLEST} eller högre.")
    return max(SMALLEST, int(text))


def description(db: sqlite3.Connection, level: Publish, today: str, threshold: int) -> tuple[Any, ...]:
    row = db.execute(
        "SELECT name, area_of_activity, responsible_body FROM municipality ORDER BY ref LIMIT 1"
    ).fetchone()
    said = (setting(db, f"publication_{key}") for key in ("licence", "contact", "frequency", "address"))
    return (*(row or (None, None, None)), str(level), today, threshold, *said)


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


# --- protect ---------------------------------------------------------------------------------------------------------


def protect(
    store: Store, cubes: list[Cube], moment: Selected, today: str, earlier: Earlier, told: Told
) -> list[Filled]:
    """The cubes with small counts hidden, and looked at once more as somebody would who wants to know them."""
    systems = systems_of(cubes, moment.facts, today, earlier, moment.coarse)
    steps = iter(range(1, 2 * len(systems) + 1))

    def step() -> None:
        told("Skyddar små antal", next(steps), 2 * len(systems))

    filled = [Filled(part.cube, part.rows, part.hidden) for part in fill(cubes, systems, moment.threshold, step)]
    shown: dict[Cell, int | None] = {}
    for part in filled:
        if isinstance(part.table, Cube):
            shown.update(cells_of(part.table, part.rows))
    leaks = Counter(leak for year in systems for leak in leaking(year, systems[year], shown, step))
    if leaks:
        raise LskError(coarser(store, {cube.name: cube for cube in cubes}, leaks, moment.coarse))
    return filled


def leaking(
    year: int, system: System[Cell], shown: Mapping[Cell, int | None], step: Callable[[], None]
) -> Iterator[tuple[str, int]]:
    """The table and year of each hidden number that could be worked out."""
    of_year = {cell: number for cell, number in shown.items() if cell[1][0] == year}
    step()
    if not system.earlier or system.earlier[-1] != of_year:  # the same again tells nothing new
        for each in pinned(system, of_year):
            yield each.cell[0], year


def coarser(store: Store, cubes: Mapping[str, Cube], leaks: Counter[tuple[str, int]], coarse: tuple[str, ...]) -> str:
    """What stands in the way, and which table to make coarser."""
    (name, year), count = leaks.most_common(1)[0]
    candidates = [name, *sorted(cubes, key=lambda each: -len(cubes[each].totals))]
    table = next((each for each in candidates if each in cubes and cubes[each].total and each not in coarse), None)
    what = f"Inget är publicerat: i tabellen ”{cubes[name].title}” för {year} kan {count} dolda antal räknas fram ur "
    what += "det som visas eller har visats. "
    if table is None:
        return what + f"Höj inställningen {THRESHOLD} och publicera igen."
    wanted = " ".join([*coarse, table])
    held = store.db.execute("SELECT ref FROM setting WHERE key = ?", (COARSE,)).fetchone()
    way = f"set {store.path} {held[0]}" if held else f"add {store.path} setting key={COARSE}"
    way += f' value="{wanted}"'
    return what + f"Gör tabellen ”{cubes[table].title}” grövre, så att bara summorna visas: lsk {way}"
