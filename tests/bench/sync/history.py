"""The cost of a merge does not grow with what both files already know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from . import data
from .measure import Line, medians, times
from .merge import direct

CELLS = 100_000
OLDER = 20
SLOWEST = 1.3


def lines(root: Path, rounds: int) -> Iterator[Line]:
    old, new = data.history(root, CELLS, OLDER), data.updates(root, CELLS)
    found = medians(rounds, ours=(direct, old), limit=(direct, new))
    what = f"{CELLS} cells changed: with / without {OLDER} older changes a row"
    yield times(what, found["ours"], found["limit"], SLOWEST)
