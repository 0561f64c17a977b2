"""A publication beside SQLite's own copy of the same file: python -m tests.bench.publish.publish [--data FOLDER].

The promise is about all but the checker: hiding small counts and solving what is left is measured by itself.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from lsk.publish import build, publish
from lsk.store import Store
from tests.bench.publish.data import TODAY, town
from tests.bench.sync.measure import Line, medians, run_lines, times

MOST = 3.0  # times VACUUM INTO


def copied(folder: Path, main: Path) -> Generator[Any, None, None]:
    with contextlib.closing(sqlite3.connect(main)) as db:
        yield
        db.execute("VACUUM INTO ?", (str(folder / "kopia.db"),))
        yield


def published(folder: Path, main: Path, before: int = 0) -> Generator[Any, None, None]:
    """Its own figure is the seconds that protecting small counts took."""
    with Store.open(main, readonly=True, today=TODAY) as store:
        for _ in range(before):
            publish(store, folder / "ut")
        with watched(build, "protect") as taken:
            yield
            publish(store, folder / "ut")
            yield sum(taken)


@contextlib.contextmanager
def watched(module: ModuleType, name: str) -> Iterator[list[float]]:
    """The seconds on the wall of each call of a function."""
    taken: list[float] = []
    whole = getattr(module, name)

    def timed(*args: Any) -> Any:
        start = time.perf_counter()
        try:
            return whole(*args)
        finally:
            taken.append(time.perf_counter() - start)

    setattr(module, name, timed)
    try:
        yield taken
    finally:
        setattr(module, name, whole)


def lines(root: Path, rounds: int) -> Iterator[Line]:
    main = town(root)
    cost = medians(rounds, copy=(copied, main), first=(published, main), next=(published, main, 1))
    for when, taken in (("the first time", cost["first"]), ("again, into the same folder", cost["next"])):
        beside = replace(taken, wall=taken.wall - taken.figure)
        yield times(f"publish {when}, beside the checker / VACUUM INTO", beside, cost["copy"], MOST, wall=True)
        yield times(f"publish {when}, with the checker / VACUUM INTO", taken, cost["copy"], wall=True)


def main() -> int:
    return run_lines(lines, "python -m tests.bench.publish.publish", __doc__)


if __name__ == "__main__":
    sys.exit(main())
