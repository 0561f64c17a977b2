"""The numbers of a year as a system: the finest groups of events, and which of them every published number sums.

The groups are kept in blocks that share only the kind of event: by quarter, by unit, and by track and state. No table
has a quarter and a unit, so any numbers of the blocks that agree for each kind can be true at once: nothing is lost,
and the groups are few.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

from lsk.publish.deviations import BEFORE, BLOCKS, KIND, LASTING, PARTS
from lsk.publish.earlier import Cell, Row
from lsk.publish.system import Shown, System
from lsk.publish.vocabulary import ALL, Cube

Fact = Mapping[str, Any]


def system(
    cubes: Collection[Cube],
    year: int,
    facts: Sequence[Fact],
    asked: Sequence[Cell],
    earlier: Sequence[tuple[str, Shown[Cell]]],
) -> System[Cell]:
    """The system of a year: the cells asked for now and those shown before (on which day), over the groups of its
    facts."""
    shown = list(dict.fromkeys(cell for _, each in earlier for cell in each))
    cells: dict[Cell, list[int]] = {cell: [] for cell in (*asked, *shown)}
    counts: list[int] = []
    over: list[set[int]] = [set() for _ in earlier]
    groups: list[list[tuple[int, Fact]]] = [[] for _ in BLOCKS]
    for place, block in enumerate(BLOCKS):
        found = Counter(dict.fromkeys(conceivable(cubes, block, facts, shown), 0))
        for fact in facts:
            found[tuple(fact[name] for name in block)] += fact["antal"]
        for group, count in found.items():
            atom = whole(dict(zip(block, group, strict=True)))
            groups[place].append((len(counts), atom))
            for cube in cubes:
                for cell in cells_with(cube, year, atom, place):
                    if cell in cells:
                        cells[cell].append(len(counts))
            for (day, _), still in zip(earlier, over, strict=True):
                if complete(year, atom, day):
                    still.add(len(counts))
            counts.append(count)
    return System(
        counts,
        {cell: frozenset(atoms) for cell, atoms in cells.items()},
        ties=[tie for place in range(1, len(BLOCKS)) for tie in ties(BLOCKS[place][0], groups[0], groups[place])],
        grows=[atom for block in groups[: len(LASTING)] for atom, _ in block],
        earlier=[each for _, each in earlier],
        still=over,
        asked=asked,
        wholes=wholes(cubes, asked),
    )


def wholes(cubes: Iterable[Cube], asked: Iterable[Cell]) -> dict[Cell, Cell]:
    """For each cell that counts those with a mark, the cell of the same row that counts all."""
    counted = {cube.name: column.name for cube in cubes for column, mark in cube.measures if not mark}
    marked = {(cube.name, column.name) for cube in cubes for column, mark in cube.measures if mark}
    return {(name, row, of): (name, row, counted[name]) for name, row, of in asked if (name, of) in marked}


def whole(group: Fact) -> Fact:
    """A group with the coarser ones that follow from its kind."""
    return {**group, **{name: part(group[KIND]) for name, part in PARTS.items()}} if KIND in group else group


def ties(
    name: str, first: Sequence[tuple[int, Fact]], other: Sequence[tuple[int, Fact]]
) -> Iterator[tuple[frozenset[int], frozenset[int]]]:
    """Two blocks count the same events: for each value of what they have in common, the atoms of both."""
    common: dict[Any, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for side, block in enumerate((first, other)):
        for number, atom in block:
            common[atom[name]][side].add(number)
    for one, two in common.values():
        yield frozenset(one), frozenset(two)


def complete(year: int, atom: Fact, day: str) -> bool:
    """Whether the time of a lasting atom, a quarter or the year, was over on a day."""
    return (year, atom.get("kvartal", 4)) < (int(day[:4]), (int(day[5:7]) + 2) // 3)


def cells_with(cube: Cube, year: int, atom: Fact, block: int) -> Iterator[Cell]:
    """The cells of a cube that sum an atom of the block."""
    dimension, wanted = cube.only
    names = [column.name for column in cube.by[1:]]
    for column, mark in cube.measures:
        if block_of(cube, mark) == block and (not mark or atom[mark]) and (not dimension or atom[dimension] == wanted):
            for row in product(*((atom[name], ALL) if name in cube.totals else (atom[name],) for name in names)):
                yield cube.name, (year, *row), column.name


@cache
def block_of(cube: Cube, mark: str) -> int:
    """The first block that knows all that a measure of a cube asks for."""
    asked = {column.name for column in cube.by[1:]} | {mark, cube.only[0]} - {""}
    return next(
        place
        for place, block in enumerate(BLOCKS)
        if all(name in block or (name in PARTS and KIND in block) for name in asked if name)
    )


def conceivable(
    cubes: Collection[Cube], block: Sequence[str], facts: Sequence[Fact], shown: Iterable[Cell]
) -> Iterator[Row]:
    """Every group that an earlier publication may have counted, as far as its cells tell; none when there is none."""
    columns = {cube.name: [column.name for column in cube.by] for cube in cubes}
    seen: dict[str, dict[Any, None]] = {name: {fact[name]: None for fact in facts} for name in block}
    before = False
    for table, row, _ in shown:
        before = True
        for name, value in zip(columns[table], row, strict=True):
            if name in seen and value != ALL:
                seen[name][value] = None
    if before:
        for name, values in seen.items():
            values |= dict.fromkeys(BEFORE.get(name, ()))
        yield from product(*seen.values())
