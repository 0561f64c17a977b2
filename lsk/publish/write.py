"""The published file itself: written beside the old one and moved into its place, never half."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsk.errors import LskError, file_trouble
from lsk.model.vocabulary import Publish
from lsk.publish.deviations import UNIT
from lsk.publish.earlier import REGISTER, Earlier
from lsk.publish.vocabulary import ALL, Column, Cube, Table, day, number

APPLICATION_ID = 0x4C534B50  # "LSKP": a published file, never the municipality's own
HIDDEN = "_dold"  # beside a protected number: 1 where it is not shown
SQL_TYPES = {"number": "INTEGER", "order": "INTEGER", "share": "REAL", "decimal": "REAL"}

ABOUT = Table(  # its one row is made by the publication, not selected
    "om",
    "Om publiceringen",
    "Vad som är publicerat, när, och gränsen för små antal.",
    Publish.OPEN,
    (
        Column("kommun", "Kommun", "municipality.name"),
        Column("verksamhet", "Verksamhet", "municipality.area_of_activity"),
        Column("ansvarigt_organ", "Ansvarigt organ", "municipality.responsible_body"),
        Column("niva", "Nivå"),
        day("publicerad", "Publicerad"),
        number("troskel", "Minsta antal som visas"),
        Column("licens", "Licens"),
        Column("kontakt", "Kontakt"),
        Column("uppdateras", "Uppdateras varje"),
        Column("adress", "Webbadress"),
    ),
    "",
    grain="publiceringen",
)


@dataclass(frozen=True)
class Filled:
    """A table with its rows, and how many numbers in it were hidden."""

    table: Table | Cube
    rows: Sequence[Sequence[Any]]
    hidden: int = 0


def protected(table: Table | Cube) -> set[str]:
    """The columns that may be hidden, and say so in a column beside them."""
    if isinstance(table, Cube):
        return {column.name for column, _ in table.measures}
    return {column.name for column in table.columns if column.base}


def finished(part: Filled, units: Mapping[str, str], threshold: int) -> Filled:
    """The rows as they are written: the declared columns alone, units by name, a protected number followed by whether
    it is hidden."""
    table = part.table
    if isinstance(table, Cube):
        return Filled(table, cube_rows(table, part.rows, units), part.hidden)
    width = len(table.columns)
    rows = part.rows if part.rows and len(part.rows[0]) == width else [row[:width] for row in part.rows]
    if not protected(table):
        return Filled(table, rows)
    kept = [screened(table, row, threshold) for row in rows]
    small = [place for place, name in enumerate(written_names(table)) if name.endswith(HIDDEN)]
    return Filled(table, kept, sum(row[place] for row in kept for place in small))


def screened(table: Table, row: Sequence[Any], threshold: int) -> list[Any]:
    """A row with the numbers hidden that are taken from too few, each followed by whether it is."""
    values = dict(zip((column.name for column in table.columns), row, strict=True))
    written: list[Any] = []
    for column in table.columns:
        value = values[column.name]
        few = bool(column.base) and 0 < (values[column.base] or 0) < max(column.least, threshold)
        written.append(None if few else value)
        if column.base:
            written.append(int(few and value is not None))
    return written


def cube_rows(cube: Cube, rows: Sequence[Sequence[Any]], units: Mapping[str, str]) -> list[tuple[Any, ...]]:
    by = [column.name for column in cube.by]
    if UNIT in by:
        place = by.index(UNIT)
        rows = [(*row[:place], units.get(row[place], row[place]), *row[place + 1 :]) for row in rows]
        rows = sorted(rows, key=lambda row: (row[:place], row[place] == ALL, row[place].casefold()))
    return [(*row[: len(by)], *(v for n in row[len(by) :] for v in (n, int(n is None)))) for row in rows]


def written_names(table: Table | Cube) -> list[str]:
    """The columns of the written table."""
    hidden = protected(table)
    return [n for c in table.columns for n in ([c.name, c.name + HIDDEN] if c.name in hidden else [c.name])]


def written_as(table: Table | Cube) -> list[str]:
    """The SQL that makes the written table and its indexes: what SQLite keeps as the file's schema, word for word."""
    kinds = {column.name: SQL_TYPES.get(column.kind, "TEXT") for column in table.columns}
    columns = ", ".join(f'"{name}" {kinds.get(name, "INTEGER")}' for name in written_names(table))
    indexes = table.indexes if isinstance(table, Table) else ()
    return [
        f'CREATE TABLE "{table.name}" ({columns}) STRICT',
        *(f'CREATE INDEX "{table.name}_{n}" ON "{table.name}" ({by})' for n, by in enumerate(indexes, 1)),
    ]


def write(path: Path, about: tuple[Any, ...], filled: Sequence[Filled], published: Earlier | None) -> Path:
    """A new file under another name, then moved into place, so that nobody sees half of it.

    The register goes first: should the file not follow, the next publication holds against more than was shown.
    """
    work = path.with_name(path.name + ".ny")
    register = path.with_name(REGISTER + ".ny")
    beside = [work, register, work.with_name(work.name + "-journal")]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in beside:  # by a run that was killed
            left.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(work)) as db, db:
            db.execute("PRAGMA journal_mode = OFF")  # a run that is cut off leaves nothing to go back to
            db.execute("PRAGMA synchronous = OFF")  # all of it is put on the disk below, once
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            for part in (Filled(ABOUT, [about]), *filled):
                create(db, part)
        with work.open("rb+") as file:
            os.fsync(file.fileno())
        if published is not None:
            register.write_text(published.text(), encoding="utf-8", newline="\n")
            register.replace(path.with_name(REGISTER))
        work.replace(path)
    except (OSError, sqlite3.OperationalError) as error:
        raise LskError(unwritten(path, error)) from error
    finally:
        with contextlib.suppress(OSError):
            for left in beside:
                left.unlink(missing_ok=True)
    return path


def unwritten(path: Path, error: Exception) -> str:
    why = file_trouble(error) if isinstance(error, OSError) else str(error)
    if "disk is full" in why or "disken är full" in why:
        return f"{path} kunde inte skrivas: disken är full. Ta bort något och publicera igen."
    return f"{path} kunde inte skrivas ({why}). Kontrollera att mappen får ändras och att ingen visar filen just nu."


def create(db: sqlite3.Connection, part: Filled) -> None:
    table, *indexes = written_as(part.table)
    db.execute(table)
    marks = ", ".join("?" * len(written_names(part.table)))
    db.executemany(f'INSERT INTO "{part.table.name}" VALUES ({marks})', part.rows)
    for index in indexes:  # last: sorted once
        db.execute(index)
