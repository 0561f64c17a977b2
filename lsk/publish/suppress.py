"""Hide small counts so that no sum gives them back (law-facts 6.1, design section 9).

A hidden cell is safe when enough *worlds* are known: other sets of events, whole numbers all, that would have been
published exactly alike, earlier publications included, and have other numbers in that cell. The cheapest world is
asked for as a program, where every cell that is shown and has another number in it has a price; those cells are then
hidden too. A world stays one whatever is hidden later, for it changes no cell that is still shown. A zero is always
shown.

The idea of paying for the cells that protect a cell is that of complementary suppression by linear programs
(Kelly, Golden and Assad 1992; Hundepool et al., Statistical Disclosure Control, 2012, section 4.4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Generic

from lsk.publish.program import CORNERS, Program
from lsk.publish.system import FEWEST, K, Shown, System, gaps, lay, number_in, settled, tie_layers

SMALLEST = 5
DEAREST = 1000  # a cell costs what it counts, up to this; a total as many times more
Target = tuple[int, K]  # a layer, and a cell that it hides


def hide(system: System[K], threshold: int = SMALLEST, *, totals: Collection[K] = ()) -> set[K]:
    """Which cells must not be shown now: the small ones, those that leave little, and those that would give a hidden
    one back, now or in an earlier publication. ``totals`` are hidden last."""
    small = system.small(threshold)
    if (again := repeated(system, small)) is not None:
        return again
    if not small and not any(None in shown.values() for shown in system.earlier):
        return set()
    return Search(settled(system), small, totals).run()


def repeated(system: System[K], small: set[K]) -> set[K] | None:
    """What the latest publication hid, when nothing that it shows has changed: the same again tells nothing new."""
    latest: Shown[K] = system.earlier[-1] if system.earlier else {}
    hidden = {cell for cell in system.values if cell in latest and latest[cell] is None}
    fits = all(
        cell in latest and (number > 0 if latest[cell] is None else number == latest[cell])
        for cell, number in system.values.items()
    )
    return hidden if fits and small <= hidden else None


class Search(Generic[K]):
    """Worlds asked for until every hidden cell has enough of them."""

    def __init__(self, system: System[K], small: set[K], totals: Collection[K]) -> None:
        self.system = system
        self.hidden = set(small)
        self.value = system.values
        self.program = Program()
        self.now = len(system.earlier)
        self.layers = [lay(self.program, system, shown) for shown in system.earlier]
        # Every number that is not nought may become another, at a price; so each is laid out as if it were hidden.
        changeable: Shown[K] = {cell: number and None for cell, number in self.value.items()}
        self.layers.append(lay(self.program, system, changeable, system.support))
        tie_layers(self.program, system, self.layers)
        self.price = {cell: self.buy(cell, cell in totals) for cell in self.layers[-1].rows if cell not in small}
        self.seen: dict[Target[K], set[int]] = defaultdict(set)
        for cell in small:
            self.seen[self.now, cell].add(self.value[cell])

    def buy(self, cell: K, total: bool) -> tuple[int, int]:
        """The columns that a shown cell pays with for each event more or less."""
        latest = self.system.earlier[-1] if self.system.earlier else {}
        cost = min(self.value[cell], DEAREST) * (DEAREST if total else 1)
        if latest.get(cell, 0) is None and not total:
            cost = 1  # hidden before: the same cells again tell the least
        more, less = self.program.column(cost), self.program.column(cost)
        columns = self.layers[-1].columns
        summed = {columns[atom]: 1.0 for atom in self.system.cells[cell] if atom in columns}
        self.program.row({**summed, more: -1.0, less: 1.0}, self.value[cell], self.value[cell])
        return more, less

    def run(self) -> set[K]:
        waiting: list[Target[K]] = [(self.now, cell) for cell in sorted(self.hidden, key=self.value.__getitem__)]
        waiting[:0] = [(n, cell) for n in range(self.now) for cell in self.layers[n].rows if self.hides(n, cell)]
        atoms = [column for layer in self.layers for column in layer.columns.values()]
        for seed in range(CORNERS):
            world = self.program.scatter(atoms, seed)
            if world is not None and not self.bought(world):
                self.adopt(world)
        while waiting:
            target = waiting.pop()
            while len(self.seen[target]) < FEWEST and (world := self.cheapest(target)) is not None:
                waiting += [(self.now, cell) for cell in self.adopt(world)]
        return self.hidden

    def hides(self, layer: int, cell: K) -> bool:
        return self.system.earlier[layer][cell] is None if layer < self.now else cell in self.hidden

    def cheapest(self, target: Target[K]) -> list[int] | None:
        """The cheapest world with a number in the target that none had; None when it can have no other."""
        layer, cell = target
        seen = self.seen[target]
        best: list[int] | None = None
        for lower, upper in gaps(seen):
            self.program.bound(self.layers[layer].rows[cell], lower, upper)
            found = self.program.solve()
            if found is not None and (best is None or self.program.paid(found) < self.program.paid(best)):
                best = found
                if not self.program.paid(best):
                    break
        self.program.bound(self.layers[layer].rows[cell], 1)
        return best

    def adopt(self, world: list[int]) -> list[K]:
        """Hide what the world changes, and remember the numbers of every hidden cell in it."""
        bought = self.bought(world)
        for cell in bought:
            for column in self.price.pop(cell):
                self.program.price(column, 0)
            self.seen[self.now, cell].add(self.value[cell])
        self.hidden.update(bought)
        for number, layer in enumerate(self.layers):
            for cell in layer.rows:
                if self.hides(number, cell):
                    self.seen[number, cell].add(number_in(self.system, layer, cell, world))
        return bought

    def bought(self, world: list[int]) -> list[K]:
        """The cells that are shown and have another number in the world."""
        return [cell for cell, paid in self.price.items() if any(world[column] for column in paid)]
