"""What earlier publications in the same folder have shown, which a new one must hold against.

The register lies beside the published file and holds only what was public: every protected cell with the number it was
last shown with, and whether the latest publication hid it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from lsk.errors import LskError
from lsk.publish.vocabulary import Cube

REGISTER = "publicerat.json"
FORMAT = 1
Row = tuple[Any, ...]
Cell = tuple[str, Row, str]  # cube, values of its dimensions, measure


@dataclass(frozen=True)
class Earlier:
    """The day of the latest publication; the cells ever shown, with the number last shown; those the latest hid."""

    day: str = ""
    shown: dict[Cell, int] = field(default_factory=dict)
    hidden: set[Cell] = field(default_factory=set)

    def then(self, day: str, now: dict[Cell, int | None]) -> Earlier:
        """After one more publication. A cell that it does not hold stays as it was."""
        shown = {cell: number for cell, number in now.items() if number is not None}
        gone = {cell for cell, number in now.items() if number is None}
        return Earlier(day, {**self.shown, **shown}, (self.hidden - now.keys()) | gone)

    def text(self) -> str:
        """As a file: one cell on each line, in order."""
        cells = sorted(self.shown.keys() | self.hidden, key=lambda cell: (cell[0], tuple(map(str, cell[1])), cell[2]))
        lines = (
            json.dumps([table, row, column, self.shown.get(cell), cell in self.hidden], ensure_ascii=False)
            for cell in cells
            for table, row, column in [cell]
        )
        return f'{{"format": {FORMAT}, "dag": "{self.day}", "celler": [\n' + ",\n".join(lines) + "\n]}\n"


NOTHING = Earlier()


def cells_of(cube: Cube, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[Cell, int | None]]:
    """The cells of a filled cube."""
    width = len(cube.by)
    for row in rows:
        for place, (column, _) in enumerate(cube.measures):
            yield (cube.name, tuple(row[:width]), column.name), row[width + place]


def read_earlier(published: Path, cubes: Sequence[Cube]) -> Earlier:
    """The register of the folder; without one, what the published file there shows. LskError when it is damaged."""
    register = published.with_name(REGISTER)
    if not register.is_file():
        return from_file(published, cubes) if published.is_file() else NOTHING
    try:
        held = json.loads(register.read_text(encoding="utf-8"))
        if held["format"] != FORMAT:
            raise ValueError(held["format"])
        cells = [((table, tuple(row), column), number, gone) for table, row, column, number, gone in held["celler"]]
        day = date.fromisoformat(held["dag"]).isoformat()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LskError(
            f"{register} går inte att läsa. Filen minns vad som har publicerats, så att små antal inte kan räknas fram "
            "ur två kopior. Hämta den ur en säkerhetskopia, eller publicera i en ny mapp."
        ) from error
    shown = {cell: number for cell, number, _ in cells if number is not None}
    return Earlier(day, shown, {cell for cell, _, gone in cells if gone})


def from_file(published: Path, cubes: Sequence[Cube]) -> Earlier:
    """What a file published before there was a register shows. Another kind of file shows nothing."""
    now: dict[Cell, int | None] = {}
    try:
        with contextlib.closing(sqlite3.connect(f"{published.absolute().as_uri()}?mode=ro", uri=True)) as db:
            (day,) = db.execute("SELECT publicerad FROM om").fetchone()
            for cube in cubes:
                names = ", ".join(f'"{column.name}"' for column in cube.columns)
                now |= dict(cells_of(cube, db.execute(f'SELECT {names} FROM "{cube.name}"').fetchall()))
    except sqlite3.DatabaseError:
        return NOTHING  # not ours, or of another version: nothing in it can be compared
    return NOTHING.then(day, now)
