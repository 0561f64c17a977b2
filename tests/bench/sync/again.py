"""A second sync with nothing new, beside what it takes to start the same program."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sync.merge import sync_pair

from . import data
from .measure import Line, amount

MOST_MILLISECONDS = 50
IMPORTS = "from lsk.cli import main; import sync.commands, sync.merge"


def milliseconds(*args: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *args], check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def lines(root: Path, rounds: int) -> Iterator[Line]:
    folder = data.copy(data.updates(root, 10_000), root / "igen")
    sync_pair(folder / data.MAIN, folder / data.UNIT, data.ACTOR)
    sync = ("-m", "lsk.cli", "sync", str(folder / data.MAIN), str(folder / data.UNIT))
    taken = [(milliseconds(*sync), milliseconds("-c", IMPORTS)) for _ in range(rounds + 1)][1:]  # the first warms up
    synced, started = (statistics.median(column) for column in zip(*taken, strict=True))
    yield amount("second sync with nothing new, beyond the program's start", synced - started, "ms", MOST_MILLISECONDS)
