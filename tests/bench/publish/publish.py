"""A publication beside SQLite's own copy of the same file: python -m tests.bench.publish.publish [--data FOLDER]."""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from lsk.publish import publish
from lsk.store import Store
from tests.bench.publish.data import TODAY, town
from tests.bench.sync.measure import HEADING, Line, medians, times, told

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
    parser = argparse.ArgumentParser(prog="python -m tests.bench.publish.publish", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="a folder for the file, kept for the next run")
    chosen = parser.parse_args()
    print(HEADING)
    ok = True
    with tempfile.TemporaryDirectory(prefix="lsk-bench-") as name:
        root = chosen.data or Path(name)
        root.mkdir(exist_ok=True)
        for line in lines(root, chosen.rounds):
            print(told(line), flush=True)
            ok = ok and line.ok
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
