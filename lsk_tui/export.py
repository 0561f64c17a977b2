"""A list as it is seen, as a file for a Swedish Excel: its columns, its rows, its order. No screen here."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from lsk.csvfiles import excel_cell, guarded
from lsk.errors import LskError, file_trouble
from lsk.records import select
from lsk.store import Store
from lsk_tui.pages import Book

BATCH = 500


def proposed(store: Store, title: str) -> Path:
    """Beside the file, under the name of the list and the day."""
    name = re.sub(r"[^\w-]+", "-", title.casefold()).strip("-")
    return store.path.resolve().with_name(f"{name}-{store.today.isoformat()}.csv")


def target(text: str) -> Path:
    """The file a person means; LskError when nothing can be written there."""
    if not text.strip():
        raise LskError("Ange vad filen ska heta, till exempel avvikelser.csv.")
    path = Path(text.strip()).expanduser().absolute()
    path = path if path.suffix else path.with_suffix(".csv")
    if path.is_dir():
        raise LskError(f"{path} är en mapp. Skriv också vad filen ska heta.")
    if not path.parent.is_dir():
        raise LskError(f"Mappen {path.parent} finns inte. Skapa den först, eller välj en annan.")
    return path


def write(store: Store, book: Book, path: Path) -> int:
    """Write the whole list to ``path`` (BOM, semicolon, whole texts); the number of rows. All of it or nothing."""
    return save(path, cells(store, book)) - 1


def cells(store: Store, book: Book) -> Iterator[list[str]]:
    """The headings, and then every row."""
    yield [guarded(column.heading) for column in book.columns]
    fields = [column.field for column in book.columns]
    for row in rows(store, book):
        values = [(field, row["ref" if field is None else field.name]) for field in fields]
        yield [guarded(v or "") if f is None else excel_cell(store.db, f, v) for f, v in values]


def save(path: Path, table: Iterable[list[str]]) -> int:
    """Write lines of cells; how many. All of it or nothing."""
    work = path.with_name(path.name + ".ny")
    count = 0
    try:
        with work.open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file, delimiter=";")
            for line in table:
                out.writerow(line)
                count += 1
        work.replace(path)
    except OSError as error:
        work.unlink(missing_ok=True)
        raise LskError(f"{path} kunde inte skrivas: {file_trouble(error)}. Välj en annan fil.") from error
    return count


def rows(store: Store, book: Book) -> Iterator[sqlite3.Row]:
    """Every row of the list in its order, read some at a time."""
    q, after = book.question, None
    while True:
        found = select(
            store.db, q.entity, where=book.where, params=book.params, sort=q.sort, descending=q.descending,
            limit=BATCH, after=after,
        )  # fmt: skip
        yield from found
        if len(found) < BATCH:
            return
        after = (found[-1]["_sort"], found[-1]["id"])
