"""Small tables with margins, for the tests of protection."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from lsk.publish.system import System
from lsk.publish.vocabulary import ALL


def grid(table: Sequence[Sequence[int]]) -> tuple[list[int], dict[Any, frozenset[int]]]:
    """Every square, every row and column total, and the grand total, over the squares as atoms."""
    wide = len(table[0])
    atoms = {(r, c): r * wide + c for r in range(len(table)) for c in range(wide)}
    cells: dict[Any, frozenset[int]] = {key: frozenset([atom]) for key, atom in atoms.items()}
    cells |= {(r, ALL): frozenset(a for (row, _), a in atoms.items() if row == r) for r in range(len(table))}
    cells |= {(ALL, c): frozenset(a for (_, col), a in atoms.items() if col == c) for c in range(wide)}
    cells[ALL, ALL] = frozenset(atoms.values())
    return [n for row in table for n in row], cells


def total(counts: Sequence[int], atoms: Iterable[int]) -> int:
    return sum(counts[atom] for atom in atoms)


def published(system: System[Any], hidden: Collection[Any]) -> dict[Any, int | None]:
    """What everybody sees."""
    return {cell: None if cell in hidden else number for cell, number in system.values.items()}
