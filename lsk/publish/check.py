"""The last look before anything is written: can a hidden number be worked out from all that is shown?

It knows nothing of how the numbers were hidden. It lays out the equations that anybody has who holds this publication
and the earlier ones, and asks for each hidden number whether it can be another, and yet another (the attacker's
problem: Hundepool et al., Statistical Disclosure Control, 2012, section 4.3). Fewer than three is too few.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Generic

from lsk.publish.program import CORNERS, Program
from lsk.publish.system import FEWEST, K, Layer, Shown, System, gaps, lay, number_in, settled, tie_layers


@dataclass(frozen=True)
class Pinned(Generic[K]):
    """A hidden cell that can be told too well: the few numbers it can be. ``layer``: the publication that hides it,
    the newest last."""

    layer: int
    cell: K
    numbers: frozenset[int]


def pinned(system: System[K], shown: Shown[K]) -> list[Pinned[K]]:
    """Every hidden cell, of this publication or an earlier one, that this one lets somebody work out.

    One that can be worked out without this publication is none of its fault.
    """
    system = settled(system)
    if not any(None in each.values() for each in (*system.earlier, shown)):
        return []
    found = narrow(system, shown)
    if not found:
        return []
    silent: Shown[K] = {cell: number and None for cell, number in shown.items()}
    before = {(old.layer, old.cell) for old in narrow(system, silent, {(one.layer, one.cell) for one in found})}
    return [one for one in found if (one.layer, one.cell) not in before]


def narrow(system: System[K], shown: Shown[K], only: set[tuple[int, K]] | None = None) -> list[Pinned[K]]:
    """The hidden cells that can be fewer than three numbers."""
    program = Program()
    published = [*system.earlier, shown]
    layers = [lay(program, system, each) for each in system.earlier]
    layers.append(lay(program, system, shown, system.support))
    tie_layers(program, system, layers)
    hidden = [
        (number, cell) for number, layer in enumerate(layers) for cell in layer.rows if published[number][cell] is None
    ]
    seen: dict[tuple[int, K], set[int]] = defaultdict(set)
    atoms = [column for layer in layers for column in layer.columns.values()]
    for seed in range(CORNERS):
        if world := program.scatter(atoms, -1 - seed):
            for number, cell in hidden:
                seen[number, cell].add(number_in(system, layers[number], cell, world))
    for target in hidden:
        if only is None or target in only:
            while len(seen[target]) < FEWEST and (world := another(program, layers, target, system, seen[target])):
                for number, cell in hidden:
                    seen[number, cell].add(number_in(system, layers[number], cell, world))
    asked = hidden if only is None else [target for target in hidden if target in only]
    return [Pinned(n, cell, frozenset(seen[n, cell])) for n, cell in asked if len(seen[n, cell]) < FEWEST]


def another(
    program: Program, layers: list[Layer[K]], target: tuple[int, K], system: System[K], seen: set[int]
) -> list[int] | None:
    """A world that fits all that is shown, with a number in the target that was not seen; None when there is none."""
    layer, cell = target
    row = layers[layer].rows[cell]
    for lower, upper in gaps(seen):
        program.bound(row, lower, upper)
        if (world := program.solve()) is not None:
            break
    program.bound(row, 1)
    return world
