"""A publication beside SQLite's own copy of the same file: python -m tests.bench.publish.publish [--data FOLDER]."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from lsk.publish import publish
from lsk.store import Store
from tests.bench.publish.data import TODAY, town
from tests.bench.sync.measure import Line, medians, run_lines, times

MOST = 3.0  # times VACUUM INTO


def copied(folder: Path, main: Path) -> Generator[Any, None, None]:
    with contextlib.closing(sqlite3.connect(main)) as db:
        yield
        db.execute("VACUUM INTO ?", (str(folder / "kopia.db"),))
        yield


def published(folder: Path, main: Path) -> Generator[Any, None, None]:
    with Store.open(main, readonly=True, today=TODAY) as store:
        yield
        publish(store, folder / "ut")
        yield


def again(folder: Path, main: Path) -> Generator[Any, None, None]:
    with Store.open(main, readonly=True, today=TODAY) as store:
        publish(store, folder / "ut")
        yield
        publish(store, folder / "ut")
        yield


def lines(root: Path, rounds: int) -> Iterator[Line]:
    main = town(root)
    cost = medians(rounds, copy=(copied, main), first=(published, main), next=(again, main))
    yield times("publish with the checker, beside VACUUM INTO", cost["first"], cost["copy"], MOST, wall=True)
    yield times("publish again into the same folder", cost["next"], cost["copy"], wall=True)


def main() -> int:
    return run_lines(lines, "python -m tests.bench.publish.publish", __doc__)


if __name__ == "__main__":
    sys.exit(main())
