"""The cost of a merge where the main file has changed some of the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from . import data
from .measure import Line, medians, times
from .merge import direct

CELLS = 100_000
PART = 10  # one row in ten
SLOWEST = 1.5


def lines(root: Path, rounds: int) -> Iterator[Line]:
    both, one = data.conflicts(root, CELLS, PART), data.updates(root, CELLS)
    found = medians(rounds, ours=(direct, both), limit=(direct, one))
    what = f"{CELLS} cells changed: with / without conflict in every {PART}th row"
    yield times(what, found["ours"], found["limit"], SLOWEST)
