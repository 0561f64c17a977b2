"""What the published numbers of one period have to do with each other, now and with what was shown before.

A *cell* is a published number. It sums *atoms*: the finest groups anyone counts. Several publications of a period are
several layers of the same atoms: what a layer shows is an equation, what it hides is at least one, and events that
have come do not go away, so that atoms only grow from one layer to the next, and not at all once their time is over.
Somebody who tries to work out a hidden
number has these equations and nothing else; ``suppress`` and ``check`` both ask what they leave open.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Generic, TypeVar

from lsk.publish.program import ENDLESS, Program

K = TypeVar("K", bound=Hashable)
FEWEST = 3  # numbers that a hidden cell must be able to be, as far as anyone can tell
Shown = Mapping[K, "int | None"]  # None: hidden


@dataclass(frozen=True)
class Link:
    """An atom has in the next layer at least as many events as in this one (``sign`` 1), or at most (-1)."""

    layer: int
    atom: int
    sign: int


@dataclass(frozen=True)
class System(Generic[K]):
    """``counts``: the events of each atom now. ``cells``: the atoms that each sums. ``ties``: pairs of sets of atoms
    that count the same events. ``grows``: the atoms whose events stay. ``earlier``: what was shown, the oldest first;
    ``still``: for each of them the atoms that were to get no more. ``asked``: the cells of this publication, all unless
    said. ``wholes``: for a cell that counts a part of what another one counts, that other one: what is left is a
    number too, though nobody prints it. ``links``: what holds between the layers, made by ``settled``.
    """

    counts: Sequence[int]
    cells: Mapping[K, frozenset[int]]
    ties: Sequence[tuple[frozenset[int], frozenset[int]]] = ()
    grows: Collection[int] = ()
    earlier: Sequence[Shown[K]] = ()
    still: Sequence[Collection[int]] = ()
    asked: Collection[K] | None = None
    wholes: Mapping[K, K] = field(default_factory=dict)
    links: Sequence[Link] = ()

    def value(self, cell: K) -> int:
        return sum(self.counts[atom] for atom in self.cells[cell])

    @cached_property
    def values(self) -> dict[K, int]:
        """The true numbers of the cells of this publication."""
        return {cell: self.value(cell) for cell in (self.cells if self.asked is None else self.asked)}

    def small(self, threshold: int) -> set[K]:
        """The cells that count too few, or all but a few. That there are none is no secret."""
        left = {cell: self.values[whole] - self.values[cell] for cell, whole in self.wholes.items()}
        few = range(1, threshold)
        return {cell for cell, number in self.values.items() if number and (number in few or left.get(cell) in few)}

    @cached_property
    def support(self) -> frozenset[int]:
        """The atoms with events now; that others have none is no secret."""
        return frozenset(atom for atom, count in enumerate(self.counts) if count)


@dataclass(frozen=True)
class Layer(Generic[K]):
    """One publication in a program: the column of each atom that may have events, the row of each cell that has."""

    columns: Mapping[int, int]
    rows: Mapping[K, int]


def lay(program: Program, system: System[K], shown: Shown[K], atoms: Collection[int] | None = None) -> Layer[K]:
    """Add what a publication shows to a program. ``atoms``: those that may have events, unless all may."""
    empty = {atom for cell, number in shown.items() if number == 0 for atom in system.cells.get(cell, ())}
    possible = (range(len(system.counts)) if atoms is None else sorted(atoms)) if system.counts else ()
    columns = {atom: program.column() for atom in possible if atom not in empty}
    rows = {}
    for cell, number in shown.items():
        if number != 0 and cell in system.cells:
            summed = [columns[atom] for atom in system.cells[cell] if atom in columns]
            rows[cell] = program.total(summed, 1, ENDLESS) if number is None else program.total(summed, number, number)
    for one, other in system.ties:
        terms = {columns[a]: 1.0 for a in one if a in columns} | {columns[a]: -1.0 for a in other if a in columns}
        if terms:
            program.row(terms, 0, 0)
    return Layer(columns, rows)


def number_in(system: System[K], layer: Layer[K], cell: K, world: Sequence[int]) -> int:
    """The number of a cell in a world that a program gave."""
    return sum(world[layer.columns[atom]] for atom in system.cells[cell] if atom in layer.columns)


def gaps(seen: Collection[int]) -> list[tuple[float, float]]:
    """Where a number that is at least one and was not seen can lie: above, below, and between."""
    if not seen:
        return [(1, ENDLESS)]
    known = sorted(seen)
    between = [(low + 1, high - 1) for low, high in zip([0, *known], known, strict=False) if high - low > 1]
    return [(known[-1] + 1, ENDLESS), *between]


def growth(layers: Sequence[Layer[K]], link: Link) -> dict[int, float]:
    """What a link says is not below nought, as terms; empty when that is plain."""
    earlier, later = (layers[number].columns.get(link.atom) for number in (link.layer, link.layer + 1))
    terms = {column: sign for column, sign in ((earlier, -link.sign), (later, link.sign)) if column is not None}
    return {column: float(sign) for column, sign in terms.items()} if any(sign < 0 for sign in terms.values()) else {}


def tie_layers(program: Program, system: System[K], layers: Sequence[Layer[K]]) -> None:
    """Nothing that has come goes away, as far as the system says."""
    for link in system.links:
        if terms := growth(layers, link):
            program.row(terms, 0)


def settled(system: System[K]) -> System[K]:
    """The system with what can be believed: earlier publications that go together, and growth that is true.

    Someone may have corrected or deleted records since. What is contradicted by the file misleads whoever relies on
    it and gives nothing away, so it is left out, as little as possible.
    """
    sound = [number for number, shown in enumerate(system.earlier) if possible(system, shown)]
    still = [system.still[number] if system.still else () for number in sound]
    system = replace(system, earlier=[system.earlier[number] for number in sound], still=still)
    program = Program()
    layers = [lay(program, system, shown) for shown in system.earlier]
    layers.append(lay(program, system, system.values, system.support))
    slack = {}
    for number, closed in enumerate(still):
        for link in (Link(number, atom, sign) for atom in system.grows for sign in (1, -1)[: 1 + (atom in closed)]):
            if terms := growth(layers, link):
                slack[link] = free = program.column(cost=1)
                program.row({**terms, free: 1.0}, 0)
    found = program.solve() if slack else []
    if found is None:
        return replace(system, earlier=(), still=())
    return replace(system, links=[link for link, free in slack.items() if not found[free]])


def possible(system: System[K], shown: Shown[K]) -> bool:
    program = Program()
    lay(program, system, shown)
    return program.solve() is not None
