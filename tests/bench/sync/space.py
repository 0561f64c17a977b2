"""How much a file grows by the log, beside the values themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from lsk.store import Store, transaction

from . import data
from .capture import opened
from .measure import Line, amount, medians

CELLS = 100_000
MOST_BYTES = 40  # per changed cell, beside its old and new value


def growth(folder: Path, source: Path, captured: bool) -> Iterator[int | None]:
    """The figure: by how many bytes the file has grown, the logged values not counted."""
    with opened(folder, source, captured) as store:
        data.fill_new(store, CELLS // len(data.EDITED), seed=5)
        before, logged = used(store.db), last(store.db)
        yield None
        with data.changing(store) if captured else transaction(store.db):
            store.db.execute(data.update_from("temp.new"))
        yield used(store.db) - before - values(store, logged)


def used(db: sqlite3.Connection) -> int:
    pages, free, size = (db.execute(f"PRAGMA {p}").fetchone()[0] for p in ("page_count", "freelist_count", "page_size"))
    return int((pages - free) * size)


def last(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT ifnull(max(id), 0) FROM sync_op").fetchone()[0])


def values(store: Store, after: int) -> int:
    lengths = "ifnull(length(CAST(new AS BLOB)), 0) + ifnull(length(CAST(old AS BLOB)), 0)"
    return int(
        store.db.execute(f"SELECT ifnull(sum({lengths}), 0) FROM sync_cell WHERE op > ?", (after,)).fetchone()[0]
    )


def lines(root: Path, rounds: int) -> Iterator[Line]:
    source = data.base(root)
    found = medians(1, ours=(growth, source, True), limit=(growth, source, False))
    each = (found["ours"].figure - found["limit"].figure) / CELLS
    yield amount(f"{CELLS} cells changed: log bytes per cell beside old and new value", each, "B", MOST_BYTES)
