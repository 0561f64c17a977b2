"""What it costs that every change is logged: the same statements with and without the capture triggers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from lsk import bulk
from lsk.store import Store, transaction

from . import data
from .measure import Line, medians, times

BULK = 100_000  # cells
SAVES = 200
ONE = "UPDATE review SET diary_number = ?, result = ? WHERE id = ?"


@contextlib.contextmanager
def opened(folder: Path, source: Path, captured: bool) -> Iterator[Store]:
    data.copy(source, folder)
    with Store.open(folder / data.UNIT) as store:
        if not captured:
            for name in [r[0] for r in store.db.execute("SELECT name FROM sqlite_schema WHERE name GLOB 'capture_*'")]:
                store.db.execute(f'DROP TRIGGER "{name}"')
        yield store


def single_saves(folder: Path, source: Path, captured: bool) -> Iterator[None]:
    """One statement, one durable transaction, again and again on rows spread over the table."""
    with opened(folder, source, captured) as store:
        ids = [r[0] for r in store.db.execute(f"SELECT id FROM review WHERE rowid % {data.ROWS // SAVES} = 7")]
        store.db.execute(ONE, ("varm", "varm", ids.pop()))
        yield
        for n, id_ in enumerate(ids):
            store.db.execute(ONE, (f"2026-{n}", f"Resultatet av granskning {n}", id_))
        yield


def bulk_update(folder: Path, source: Path, captured: bool) -> Iterator[None]:
    """Five cells a row, one statement."""
    with opened(folder, source, captured) as store:
        data.fill_new(store, BULK // len(data.EDITED), seed=5)
        yield
        with data.changing(store) if captured else transaction(store.db):
            store.db.execute(data.update_from("temp.new"))
        yield


def bulk_insert(folder: Path, source: Path, captured: bool, by_triggers: bool = False) -> Iterator[None]:
    """Many rows at once, by LSK's own way for them, by the triggers as another tool would, or with no log at all."""
    with opened(folder, source, captured) as store:
        assert store.file.unit is not None
        rows = list(data.reviews(store.file.unit, data.ROWS, BULK // (len(data.COLUMNS) - 1)))
        yield
        with data.changing(store) if captured else transaction(store.db):
            if captured and not by_triggers:
                bulk.insert(store.db, data.ENTITY, data.COLUMNS, rows)
            else:
                marks = ", ".join("?" * len(data.COLUMNS))
                store.db.executemany(f"INSERT INTO review({', '.join(data.COLUMNS)}) VALUES ({marks})", rows)
        yield


def lines(root: Path, rounds: int) -> Iterator[Line]:
    source = data.base(root)
    for what, work, target, wall in (
        (f"{SAVES - 1} single durable saves (wall): with / without triggers", single_saves, 1.5, True),
        (f"{BULK} cells changed in bulk: with / without triggers", bulk_update, 2, False),
        (f"{BULK} cells inserted in bulk: with / without a log", bulk_insert, 3, False),
    ):
        found = medians(rounds, ours=(work, source, True), limit=(work, source, False))
        yield times(what, found["ours"], found["limit"], target, wall)
    found = medians(rounds, ours=(bulk_insert, source, True, True), limit=(bulk_insert, source, False))
    yield times(f"{BULK} cells inserted by another tool: with / without triggers", found["ours"], found["limit"], 3)
