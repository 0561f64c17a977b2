"""Hide small counts so that no sum gives them back (law-facts 6.1, design section 9).

What is published is a set of *cells*, and every cell is a sum over *atoms*: the finest groups anyone counts, each with
its number of events. A quarter, a year and a kind are then only different sums over the same atoms, so one pass
protects all tables together, totals included.

A hidden cell is safe when there is a *witness*: another set of events, with at least one event in every hidden cell,
that would have been published exactly alike and has another number in that cell. A witness is made by moving a few
events between atoms; every cell that the move changes is hidden with it. A move stays a witness whatever is hidden
later, because it changes no cell that is still shown. A zero is always shown.

What was published earlier is known for good. A cell that still has the number it was shown with is not changed by a
move, since hiding it now would be no protection; a cell that has grown since then is not brought below what was shown.
A hidden cell that has got no new events stays hidden: its number may give back another one as it was then.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import chain, combinations_with_replacement, product
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
WIDTH = 10  # how many of the nearest atoms are tried at each step of a move
DEARER = 10**6  # a cell of a higher rank is hidden only when no cells of a lower rank will do
Move = tuple[tuple[int, ...], tuple[int, ...]]  # atoms that get one event more, and atoms that get one less


def hide(
    counts: Sequence[int],
    cells: Mapping[K, frozenset[int]],
    threshold: int = 5,
    *,
    totals: Collection[K] = (),
    known: Mapping[K, int] | None = None,
    before: Collection[K] = (),
    kept: Collection[K] = (),
    fresh: Sequence[int] = (),
) -> set[K]:
    """Which cells must not be shown. ``cells`` maps a cell to the atoms it sums; below ``threshold`` is small.

    ``totals`` are hidden last. ``known`` holds what earlier publications showed, ``before`` what the latest one hid;
    those of them that are ``kept`` stay hidden, and are protected, whatever they now hold. ``fresh`` is how many of the
    events of each atom are new since then: only they can stand in for what makes a cell small that was shown.
    """
    known = known or {}
    value = {key: sum(counts[atom] for atom in atoms) for key, atoms in cells.items()}
    keys = [key for key in cells if value[key]]
    wanted = [key for key in keys if value[key] < threshold or key in kept]
    if not wanted and not before:
        return set()
    table = Table([value[key] for key in keys], *merged(counts, fresh, [cells[key] for key in keys]))
    table.hidden = sum(1 << keys.index(key) for key in wanted)
    table.before = sum(1 << number for number, key in enumerate(keys) if key in before)
    table.floors = [max(1, known[key]) if known.get(key, 0) <= value[key] and key in known else 1 for key in keys]
    table.weights = [weight(value[key], key in totals, known.get(key), key in before) for key in keys]
    news = sum(1 << number for number, key in enumerate(keys) if key in known and key not in before)
    safe = 0
    for key in sorted(wanted, key=lambda key: value[key], reverse=True):
        cell = keys.index(key)
        if known.get(key) == value[key] or safe >> cell & 1:
            continue  # shown already, so that nothing can protect it; or protected already
        new = news >> cell & 1 and table.grown(cell)
        changed = table.changed(table.cheapest_witness(cell, table.fresh if new else table.counts))
        table.hidden |= changed
        safe |= changed if new else changed & ~news
    hidden = {key for number, key in enumerate(keys) if table.hidden >> number & 1}
    if all(table.open_before(keys.index(key)) for key in set(keys).intersection(before) - hidden):
        return hidden
    return hide(counts, cells, threshold, totals=totals, known=known, before=before, kept=before, fresh=fresh)


def weight(value: int, total: bool, known: int | None, before: bool) -> int:
    """What it costs to hide a cell: its events, by rank; next to nothing for one that was hidden already."""
    if before:
        return value * DEARER if total else 1
    if known == value:
        return int(value * DEARER**4)
    return int(value * DEARER ** (total + (known is not None)))


def merged(
    counts: Sequence[int], fresh: Sequence[int], cells: Sequence[frozenset[int]]
) -> tuple[list[int], list[int], list[int]]:
    """The atoms that have events, those that always go together as one: their events, the fresh ones, their cells."""
    sums: dict[int, int] = {}
    news: dict[int, int] = {}
    for atom, count in enumerate(counts):
        member = sum(1 << number for number, atoms in enumerate(cells) if atom in atoms)
        if member and count:
            sums[member] = sums.get(member, 0) + count
            news[member] = news.get(member, 0) + (fresh[atom] if fresh else 0)
    return list(sums.values()), list(news.values()), list(sums)


class Table:
    """The cells as bits: what they hold, which atoms they sum, and which are hidden so far."""

    def __init__(self, values: list[int], counts: list[int], fresh: list[int], members: list[int]) -> None:
        self.values = values
        self.counts = counts
        self.fresh = fresh
        self.members = members
        self.hidden = 0
        self.before = 0
        self.floors = [1] * len(values)
        self.weights = values

    def changed(self, move: Move) -> int:
        """The cells that get another number by the move, as bits."""
        return self.larger(move) | self.larger((move[1], move[0]))

    def larger(self, move: Move) -> int:
        """The cells that get more events than they lose. At most two atoms on each side, so two bits hold the sums."""
        (more1, more2), (less1, less2) = (self.sums(atoms) for atoms in move)
        return more2 & ~less2 | more1 & ~less1 & ~(more2 ^ less2)

    def sums(self, atoms: tuple[int, ...]) -> tuple[int, int]:
        one = two = 0
        for atom in atoms:
            two |= one & self.members[atom]
            one ^= self.members[atom]
        return one, two

    def cost(self, move: Move) -> int:
        """The weight of what would be hidden that is now shown."""
        mask = self.changed(move) & ~self.hidden
        return sum(weight for number, weight in enumerate(self.weights) if mask >> number & 1)

    def possible(self, move: Move, counts: list[int]) -> bool:
        """Whether no atom loses more than it may, and no hidden cell below one or below what was shown."""
        more, less = move
        if counts is self.fresh and not all(counts[atom] for atom in more):
            return False  # nothing was new there
        if any(counts[atom] < less.count(atom) for atom in less):
            return False
        smaller = self.larger((less, more))
        return all(
            value - self.loss(number, move) >= self.floors[number]
            for number, value in enumerate(self.values)
            if smaller >> number & 1
        )

    def loss(self, cell: int, move: Move) -> int:
        gain, fall = (sum(self.members[atom] >> cell & 1 for atom in atoms) for atoms in move)
        return fall - gain

    def open_before(self, cell: int) -> bool:
        """Whether a cell that was hidden, and now is not, can have held another number then: the new events may have
        been others. Without that it stays hidden, and so does all that was."""
        old = Table([], [n - new for n, new in zip(self.counts, self.fresh, strict=True)], self.fresh, self.members)
        old.values = [old.sum_of(number) for number in range(len(self.values))]
        old.floors = [1] * len(self.values)
        return any(
            old.possible((more, less), old.counts) and old.changed((more, less)) >> cell & 1
            for more, less in old.within(cell, self.before)
            if all(more.count(atom) <= self.fresh[atom] for atom in more) and all(self.fresh[atom] for atom in less)
        )

    def sum_of(self, cell: int) -> int:
        return sum(count for count, member in zip(self.counts, self.members, strict=True) if member >> cell & 1)

    def grown(self, cell: int) -> bool:
        return any(new and member >> cell & 1 for new, member in zip(self.fresh, self.members, strict=True))

    def cheapest_witness(self, cell: int, counts: list[int]) -> Move:
        """The possible move that changes ``cell`` at the lowest cost. One event more is always possible.

        ``counts`` are the events of each atom that may be moved.
        """
        near = (m for atom in range(len(self.counts)) if self.members[atom] >> cell & 1 for m in self.moves(atom))
        moves = chain(self.within(cell, self.hidden | self.before), near)
        best: Move | None = None
        lowest = -1
        for move in moves:
            cost = self.cost(move)
            if (best is None or cost < lowest) and self.changed(move) >> cell & 1 and self.possible(move, counts):
                best, lowest = move, cost
                if not cost:
                    break
        assert best is not None
        return best

    def within(self, cell: int, allowed: int) -> Iterator[Move]:
        """Every move of at most two atoms each way that changes ``cell`` and none but the cells allowed.

        So what protected a number in the publication before is always found again.
        """
        like: dict[tuple[int, int], list[tuple[int, ...]]] = {}
        atoms = range(len(self.counts))
        for some in chain([()], ((atom,) for atom in atoms), combinations_with_replacement(atoms, 2)):
            one, two = self.sums(some)
            like.setdefault((one & ~allowed, two & ~allowed), []).append(some)
        for group in like.values():
            touching = [some for some in group if any(self.members[atom] >> cell & 1 for atom in some)]
            for some, other in product(touching, group):
                yield some, other
                yield other, some

    def moves(self, atom: int) -> Iterator[Move]:
        """One event more in ``atom``, or one less, made up for by one, or by three others that close a rectangle."""
        yield (atom,), ()
        for beside in self.near(atom):
            yield (atom,), (beside,)
            yield (beside,), (atom,)
            for across in self.near(beside):
                for corner in self.near(atom):
                    yield (atom, across), (beside, corner)
                    yield (beside, corner), (atom, across)

    def near(self, atom: int) -> list[int]:
        """The atoms that most easily make up for a change in ``atom``."""
        others = (other for other in range(len(self.counts)) if other != atom)
        return nsmallest(WIDTH, others, key=lambda other: self.cost(((atom,), (other,))))
