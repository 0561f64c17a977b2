"""From facts about deviations to tables of protected counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from lsk.publish.deviations import ALWAYS
from lsk.publish.earlier import NOTHING, Cell, Earlier, Row
from lsk.publish.suppress import hide
from lsk.publish.vocabulary import ALL, Cube

Fact = dict[str, Any]


@dataclass(frozen=True)
class Counted:
    """A cube filled in: its rows, each measure a count or None for hidden; and how many were hidden."""

    cube: Cube
    rows: list[Row]
    hidden: int


def fill(
    cubes: Sequence[Cube], facts: Sequence[Fact], threshold: int, today: str, earlier: Earlier = NOTHING
) -> list[Counted]:
    """Count every cell of every cube and hide what must be hidden, over all of them and what was published earlier."""
    years = range(min((fact["ar"] for fact in facts), default=int(today[:4])), int(today[:4]) + 1)
    counts = [fact["antal"] for fact in facts]
    cells: dict[Cell, frozenset[int]] = {}
    for cube in cubes:
        for row in rows(cube, facts, years, today):
            for column, mark in cube.measures:
                cells[cube.name, row, column.name] = frozenset(atoms(cube, row, mark, facts))
    totals = {(cube.name, row, name) for cube in cubes for row, name in grand(cube, cells)}
    fresh = [fact["nya"] for fact in facts]
    kept = {cell for cell in earlier.hidden if not any(fresh[a] for a in cells.get(cell, ()))}
    hidden: set[Cell] = set()
    for year in years:  # no cell sums over years, so each can be judged on its own
        of_year = {cell: found for cell, found in cells.items() if cell[1][0] == year}
        hidden |= hide(
            counts, of_year, threshold,
            totals=totals, known=earlier.shown, before=earlier.hidden, kept=kept, fresh=fresh,
        )  # fmt: skip
    value = {cell: None if cell in hidden else sum(counts[a] for a in found) for cell, found in cells.items()}
    return [counted(cube, value) for cube in cubes]


def grand(cube: Cube, cells: Iterable[Cell]) -> Iterator[tuple[Row, str]]:
    """The cells that count everything of a period: the ones that charts and key figures are made from."""
    everything = {column.name for column, mark in cube.measures if not mark}
    return ((row, name) for table, row, name in cells if table == cube.name and ALL in row and name in everything)


def counted(cube: Cube, value: dict[Cell, int | None]) -> Counted:
    keys = dict.fromkeys(row for name, row, _ in value if name == cube.name)
    filled = [(*row, *(value[cube.name, row, column.name] for column, _ in cube.measures)) for row in keys]
    return Counted(cube, filled, sum(v is None for (name, _, _), v in value.items() if name == cube.name))


def rows(cube: Cube, facts: Sequence[Fact], years: range, today: str) -> Iterator[Row]:
    """Every row of the cube: the values that always have one, those that occur, and the total."""
    quarter = (int(today[5:7]) + 2) // 3
    lists = [years, *(values(cube, column.name, facts) for column in cube.by[1:])]
    for row in product(*lists):
        if "kvartal" not in [c.name for c in cube.by] or (row[0], row[1]) <= (int(today[:4]), quarter):
            yield row


def values(cube: Cube, name: str, facts: Sequence[Fact]) -> list[Any]:
    dimension, wanted = cube.only
    seen = sorted({fact[name] for fact in facts if not dimension or fact[dimension] == wanted})
    return list(dict.fromkeys([*ALWAYS[name], *seen, *([ALL] if cube.total == name else [])]))


def atoms(cube: Cube, row: Row, mark: str, facts: Sequence[Fact]) -> Iterator[int]:
    """The facts that a cell sums."""
    dimension, wanted = cube.only
    asked = [(column.name, value) for column, value in zip(cube.by, row, strict=True) if value != ALL]
    for number, fact in enumerate(facts):
        counts = (not mark or fact[mark]) and (not dimension or fact[dimension] == wanted)
        if counts and all(fact[name] == value for name, value in asked):
            yield number
