"""What earlier publications in the same folder have shown, which a new one must hold against.

The register lies beside the published file and holds only what was public: for each publication, the protected cells
that it showed or hid otherwise than the one before.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lsk.errors import LskError
from lsk.publish.vocabulary import Cube

REGISTER = "publicerat.json"
FORMAT = 2
Row = tuple[Any, ...]
Cell = tuple[str, Row, str]  # cube, values of its dimensions, measure
Shown = Mapping[Cell, "int | None"]  # None: hidden


@dataclass(frozen=True)
class Earlier:
    """The publications so far, the oldest first: the day, and every protected cell with its number."""

    publications: tuple[tuple[str, Shown], ...] = ()

    def then(self, day: str, now: Shown) -> Earlier:
        """After one more publication. The same cells again are no news."""
        if self.publications and self.publications[-1][1] == now:
            return Earlier((*self.publications[:-1], (day, dict(now))))
        return Earlier((*self.publications, (day, dict(now))))

    def of(self, year: int, cubes: Collection[Cube]) -> list[tuple[str, dict[Cell, int | None]]]:
        """The publications that told something new of a year, in cells that can be understood: the last day that
        each was true, and its cells."""
        width = {cube.name: len(cube.by) for cube in cubes}
        measures = {(cube.name, column.name) for cube in cubes for column, _ in cube.measures}
        found: list[tuple[str, dict[Cell, int | None]]] = []
        for day, shown in self.publications:
            of_year = {
                cell: number
                for cell, number in shown.items()
                if cell[1][0] == year and (cell[0], cell[2]) in measures and len(cell[1]) == width[cell[0]]
            }
            if found and found[-1][1] == of_year:
                found[-1] = (day, of_year)
            elif of_year:
                found.append((day, of_year))
        return found

    def text(self) -> str:
        """As a file: one cell on each line, in order; of each publication only what differs from the one before."""
        parts = []
        before: Shown = {}
        for day, now in self.publications:
            changed = [cell for cell in now if cell not in before or before[cell] != now[cell]]
            lines = [line(cell, now[cell]) for cell in sorted(changed, key=in_order)]
            gone = [line(cell) for cell in sorted(before.keys() - now.keys(), key=in_order)]
            held = f'{{"dag": "{day}", "celler": [\n' + ",\n".join(lines) + "\n]"
            parts.append(held + (', "borta": [\n' + ",\n".join(gone) + "\n]}" if gone else "}"))
            before = now
        return f'{{"format": {FORMAT}, "publiceringar": [\n' + ",\n".join(parts) + "\n]}\n"


NOTHING = Earlier()


def in_order(cell: Cell) -> tuple[str, tuple[str, ...], str]:
    return cell[0], tuple(map(str, cell[1])), cell[2]


def line(cell: Cell, *number: int | None) -> str:
    return json.dumps([*cell, *number], ensure_ascii=False)


def cells_of(cube: Cube, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[Cell, int | None]]:
    """The cells of a filled cube."""
    width = len(cube.by)
    for row in rows:
        for place, (column, _) in enumerate(cube.measures):
            yield (cube.name, tuple(row[:width]), column.name), row[width + place]


def read_earlier(published: Path, cubes: Sequence[Cube], units: Mapping[str, str] | None = None) -> Earlier:
    """The register of the folder; without one, what the published file there shows. LskError when it is damaged.

    ``units``: the name of each unit by its key, for a published file, which holds names only.
    """
    register = published.with_name(REGISTER)
    if not register.is_file():
        return from_file(published, cubes, units or {}) if published.is_file() else NOTHING
    try:
        held = json.loads(register.read_text(encoding="utf-8"))
        form = held["format"]
        if form in READERS:
            return READERS[form](held)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LskError(
            f"{register} går inte att läsa. Filen minns vad som har publicerats, så att små antal inte kan räknas fram "
            "ur två kopior. Hämta den ur en säkerhetskopia, eller publicera i en ny mapp."
        ) from error
    raise LskError(f"{register} är skriven av en nyare version av LSK. Uppdatera LSK och publicera igen.")


def read_now(held: dict[str, Any]) -> Earlier:
    found: list[tuple[str, Shown]] = []
    shown: dict[Cell, int | None] = {}
    for each in held["publiceringar"]:
        shown = {**shown, **{cell(*parts): whole(number) for *parts, number in each["celler"]}}
        for parts in each.get("borta", ()):
            del shown[cell(*parts)]
        found.append((date.fromisoformat(each["dag"]).isoformat(), shown))
    return Earlier(tuple(found))


def read_first(held: dict[str, Any]) -> Earlier:
    """The first format held the number that each cell was last shown with, and which cells the latest had hidden."""
    cells = [(cell(*parts), whole(number), bool(gone)) for *parts, number, gone in held["celler"]]
    day = date.fromisoformat(held["dag"]).isoformat()
    latest = {each: None if gone else number for each, number, gone in cells}
    sooner = {each: number for each, number, gone in cells if gone and number is not None}
    return Earlier((*([(day, sooner)] if sooner else []), (day, latest)))


READERS = {1: read_first, 2: read_now}


def cell(table: str, row: list[Any], column: str) -> Cell:
    if not (isinstance(table, str) and isinstance(row, list) and row and isinstance(column, str)):
        raise ValueError(table)
    return table, tuple(row), column


def whole(number: Any) -> int | None:
    if number is not None and not isinstance(number, int):
        raise ValueError(number)
    return number


def from_file(published: Path, cubes: Sequence[Cube], units: Mapping[str, str]) -> Earlier:
    """What a file published before there was a register shows. Another kind of file shows nothing."""
    from lsk.publish.deviations import UNIT

    now: dict[Cell, int | None] = {}
    key = {name: unit for unit, name in units.items()}
    try:
        with contextlib.closing(sqlite3.connect(f"{published.absolute().as_uri()}?mode=ro", uri=True)) as db:
            (day,) = db.execute("SELECT publicerad FROM om").fetchone()
            have = {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}
            for cube in cubes:
                if cube.name in have:
                    names = ", ".join(f'"{column.name}"' for column in cube.columns)
                    rows = db.execute(f'SELECT {names} FROM "{cube.name}"').fetchall()
                    for (table, row, column), count in cells_of(cube, rows):
                        by = zip((dimension.name for dimension in cube.by), row, strict=True)
                        keyed = tuple(key.get(value, value) if name == UNIT else value for name, value in by)
                        now[table, keyed, column] = count
    except sqlite3.DatabaseError:
        return NOTHING  # not ours, or of another version: nothing in it can be compared
    return NOTHING.then(day, now) if now else NOTHING
