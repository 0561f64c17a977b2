"""The archive itself: written in a folder beside, and given its name when it is whole."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from lsk.archive.selection import select
from lsk.capture import SEQUENCE_BITS
from lsk.dictionary import dictionary
from lsk.errors import LskError, file_trouble
from lsk.history import CELLS, milliseconds
from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity
from lsk.schema import column
from lsk.store import VERSION, Store, uri

DATABASE, TABLES, REPORTS, SUMS, READER, ABOUT = (
    "arkiv.db", "tabeller", "rapporter", "KONTROLLSUMMOR.txt", "las_arkiv.py", "LAS_MIG.md",
)  # fmt: skip
APPLICATION_ID = 0x4C534B41  # "LSKA": an archive, which the program does not open as a municipality's file
HISTORY = "historik"
HISTORY_COLUMNS = "tid TEXT, vem TEXT, varfor TEXT, fil TEXT, tabell TEXT, post TEXT, kolumn TEXT, fore, efter"


@dataclass(frozen=True)
class Done:
    """The number of rows of each table, and of files among the reports."""

    tables: dict[str, int]
    reports: int


def write(store: Store, year: int, folder: Path, reports: Path | None = None) -> Done:
    """Write the archive up to ``year`` as the new folder ``folder``. LskError when it is there or cannot be made."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LskError(f"{folder} finns redan och är inte tom. Välj en ny mapp för arkivet.")
    if reports is not None and not manifests(reports):
        raise LskError(f"{reports} innehåller ingen rapport med manifest. Ange mappen som lsk report skrev i.")
    work = folder.with_name(folder.name + ".ny")
    try:
        shutil.rmtree(work, ignore_errors=True)  # left by a run that was killed
        (work / TABLES).mkdir(parents=True)
        tables = write_database(store, year, work / DATABASE)
        write_tables(work)
        (work / "datakatalog.md").write_text(dictionary(), encoding="utf-8", newline="\n")
        (work / ABOUT).write_text(about(store, year), encoding="utf-8", newline="\n")
        (work / READER).write_bytes(resources.files(__package__).joinpath(READER).read_bytes())
        if reports is not None:
            shutil.copytree(reports, work / REPORTS)
        taken = files_of(work / REPORTS)
        (work / SUMS).write_text(sums(work), encoding="utf-8", newline="\n")
        if folder.exists():
            folder.rmdir()
        work.rename(folder)
    except OSError as error:
        raise LskError(f"{folder} kunde inte skrivas: {file_trouble(error)}. Inget arkiv är skrivet.") from error
    except sqlite3.OperationalError as error:
        raise LskError(f"{folder} kunde inte skrivas ({error}). Inget arkiv är skrivet.") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Done(tables, len(taken))


def manifests(reports: Path) -> list[Path]:
    return [path for path in files_of(reports) if path.name.endswith("manifest.json")]


def files_of(folder: Path) -> list[Path]:
    """Every file under a folder, in the order of its path as the checksums write it."""
    return sorted(
        (path for path in folder.rglob("*") if path.is_file()), key=lambda p: p.relative_to(folder).as_posix()
    )


def write_database(store: Store, year: int, path: Path) -> dict[str, int]:
    """The kept records in tables as the file has them, without what only the program needs; and the year's history.

    No copy of the whole file: it would pass for a file that can be synced.
    """
    rows = {}
    db = sqlite3.connect(uri(store.path, "ro"), uri=True, isolation_level=None)
    with contextlib.closing(db):
        db.execute("ATTACH ? AS archive", (uri(path, "rwc"),))
        db.execute(f"PRAGMA archive.application_id = {APPLICATION_ID}")
        db.execute("BEGIN")
        select(db, year)
        for entity in ENTITIES.values():
            db.execute(definition(entity))
            names = ", ".join(column_names(entity))
            rows[entity.name] = db.execute(
                f"""INSERT INTO archive."{entity.name}" SELECT {names} FROM main."{entity.name}" t
                    WHERE id IN (SELECT id FROM kept WHERE entity = '{entity.name}') ORDER BY ref, id"""
            ).rowcount
        rows[HISTORY] = write_history(db, year)
        db.execute("COMMIT")
        db.execute("DETACH archive")
    return rows


def definition(entity: Entity) -> str:
    """The table without triggers, sort keys and new ids: nothing will be added to it."""
    columns = ["id TEXT PRIMARY KEY NOT NULL", "ref TEXT", *(column(field) for field in entity.columns)]
    return f'CREATE TABLE archive."{entity.name}" ({", ".join(columns)}) STRICT'


def column_names(entity: Entity) -> list[str]:
    return ['"id"', '"ref"', *(f'"{field.name}"' for field in entity.columns)]


def write_history(db: sqlite3.Connection, year: int) -> int:
    """Who changed what during the year; returns the number of rows."""
    db.execute(f'CREATE TABLE archive."{HISTORY}" ({HISTORY_COLUMNS})')
    return db.execute(
        f"""INSERT INTO archive."{HISTORY}"
            SELECT c.at, c.actor, c.why, f.code, s.entity, s.row, s.name, s.old, s.new FROM (
              SELECT x.*, (SELECT max(h.id) FROM change_set h WHERE h.id <= x.id) AS change
              FROM ({CELLS} WHERE o.hlc >> 16 >= :start AND o.hlc >> 16 < :end) x) s
            LEFT JOIN change_set c ON c.id = s.change LEFT JOIN sync_stream f ON f.no = c.id >> {SEQUENCE_BITS}
            ORDER BY s.hlc, s.id, s.name""",
        {"start": milliseconds(db, f"{year}-01-01"), "end": milliseconds(db, f"{year + 1}-01-01")},
    ).rowcount


def write_tables(folder: Path) -> None:
    """Each table of the archive's database as CSV, cell by cell as it is there."""
    with contextlib.closing(sqlite3.connect(uri(folder / DATABASE, "ro"), uri=True)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            found = db.execute(f'SELECT * FROM "{name}" ORDER BY rowid')
            with (folder / TABLES / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                lines = csv.writer(file)
                lines.writerow(heading[0] for heading in found.description)
                lines.writerows(found)


def about(store: Store, year: int) -> str:
    text = resources.files(__package__).joinpath(ABOUT).read_text(encoding="utf-8")
    row = store.db.execute("SELECT name FROM municipality").fetchone()
    return text.format(
        name=row["name"] if row else store.file.name,
        year=year,
        today=store.today.isoformat(),
        file=store.path.name,
        version=VERSION,
    )


def sums(folder: Path) -> str:
    """A line for each file: its SHA-256 and its path, as sha256sum writes them."""
    return "".join(lines(folder))


def lines(folder: Path) -> Iterator[str]:
    for path in files_of(folder):
        with path.open("rb") as file:
            yield f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.relative_to(folder).as_posix()}\n"
