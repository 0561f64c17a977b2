"""From facts about deviations to tables of protected counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from lsk.publish.atoms import Fact, system, whole
from lsk.publish.deviations import ALWAYS
from lsk.publish.earlier import NOTHING, Cell, Earlier, Row
from lsk.publish.suppress import hide
from lsk.publish.system import System
from lsk.publish.vocabulary import ALL, Cube


@dataclass(frozen=True)
class Counted:
    """A cube filled in: its rows, each measure a count or None for hidden; and how many were hidden."""

    cube: Cube
    rows: list[Row]
    hidden: int


def fill(
    cubes: Sequence[Cube],
    systems: Mapping[int, System[Cell]],
    threshold: int,
    told: Callable[[], None] = lambda: None,
) -> list[Counted]:
    """Count every cell of every cube and hide what must be hidden, over all of them and what was published earlier.

    ``told`` is called after each year.
    """
    value: dict[Cell, int | None] = {}
    for each in systems.values():
        hidden = hide(each, threshold, totals=grand(cubes, each.values))
        value |= {cell: None if cell in hidden else number for cell, number in each.values.items()}
        told()
    return [counted(cube, value) for cube in cubes]


def counted(cube: Cube, value: Mapping[Cell, int | None]) -> Counted:
    keys = dict.fromkeys(row for name, row, _ in value if name == cube.name)
    filled = [(*row, *(value[cube.name, row, column.name] for column, _ in cube.measures)) for row in keys]
    return Counted(cube, filled, sum(v is None for (name, _, _), v in value.items() if name == cube.name))


def grand(cubes: Sequence[Cube], cells: Iterable[Cell]) -> set[Cell]:
    """The cells that count everything of a period: the ones that charts and key figures are made from."""
    totals = {cube.name: len(cube.totals) for cube in cubes}
    everything = {(cube.name, column.name) for cube in cubes for column, mark in cube.measures if not mark}
    return {cell for cell in cells if cell[1].count(ALL) == totals[cell[0]] and (cell[0], cell[2]) in everything}


def systems_of(
    cubes: Sequence[Cube], facts: Sequence[Fact], today: str, earlier: Earlier = NOTHING, coarse: Collection[str] = ()
) -> dict[int, System[Cell]]:
    """The system of each year; no cell sums over years. ``coarse``: the cubes of which only the totals are shown."""
    by_year: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_year[fact["ar"]].append(whole(fact))
    found = [fact for of_year in by_year.values() for fact in of_year]
    this = int(today[:4])
    asked: dict[int, list[Cell]] = {year: [] for year in range(min(by_year, default=this), this + 1)}
    for cube in cubes:
        for row in rows(cube, found, list(asked), today, cube.name in coarse):
            asked[row[0]] += [(cube.name, row, column.name) for column, _ in cube.measures]
    return {year: system(cubes, year, by_year[year], cells, earlier.of(year, cubes)) for year, cells in asked.items()}


def rows(cube: Cube, facts: Sequence[Fact], years: list[int], today: str, coarse: bool) -> Iterator[Row]:
    """Every row of the cube: the values that always have one, those that occur, and the total."""
    quarter = (int(today[5:7]) + 2) // 3
    lists = [years, *(values(cube, column.name, facts, coarse) for column in cube.by[1:])]
    for row in product(*lists):
        if "kvartal" not in [c.name for c in cube.by] or (row[0], row[1]) <= (int(today[:4]), quarter):
            yield row


def values(cube: Cube, name: str, facts: Sequence[Fact], coarse: bool) -> list[Any]:
    if name not in cube.totals:
        return list(dict.fromkeys([*ALWAYS.get(name, ()), *seen(cube, name, facts)]))
    return [ALL] if coarse else list(dict.fromkeys([*ALWAYS.get(name, ()), *seen(cube, name, facts), ALL]))


def seen(cube: Cube, name: str, facts: Sequence[Fact]) -> list[Any]:
    dimension, wanted = cube.only
    return sorted({fact[name] for fact in facts if not dimension or fact[dimension] == wanted})
