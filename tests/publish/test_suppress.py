"""No hidden count can be worked out: shown by trying every set of numbers that fits what is published."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from lsk.publish.suppress import hide

small_tables = st.integers(2, 3).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 9), min_size=width, max_size=width), min_size=2, max_size=3)
)


def grid(table: list[list[int]]) -> tuple[list[int], dict[tuple, frozenset[int]]]:
    """Every square, every row and column total, and the grand total, over the squares as atoms."""
    wide = len(table[0])
    atoms = {(r, c): r * wide + c for r in range(len(table)) for c in range(wide)}
    cells = {key: frozenset([atom]) for key, atom in atoms.items()}
    cells |= {(r, "alla"): frozenset(a for (row, _), a in atoms.items() if row == r) for r in range(len(table))}
    cells |= {("alla", c): frozenset(a for (_, col), a in atoms.items() if col == c) for c in range(wide)}
    cells["alla", "alla"] = frozenset(atoms.values())
    return [n for row in table for n in row], cells


def readings(counts: list[int], cells: dict, hidden: set, slack: int = 5) -> dict[tuple, set[int]]:
    """What each hidden cell could be, for someone who knows all that is shown and that nothing hidden is zero.

    Tries every table whose squares are within ``slack`` of the true ones.
    """
    shown = {key: sum(counts[a] for a in atoms) for key, atoms in cells.items() if key not in hidden}
    known = {next(iter(cells[key])): n for key, n in shown.items() if len(cells[key]) == 1}
    ranges = [[known[a]] if a in known else range(max(1, n - slack), n + slack + 1) for a, n in enumerate(counts)]
    possible: dict[tuple, set[int]] = {key: set() for key in hidden}
    for attempt in product(*ranges):
        if all(sum(attempt[a] for a in cells[key]) == n for key, n in shown.items()):
            for key in hidden:
                possible[key].add(sum(attempt[a] for a in cells[key]))
                if all(len(values) > 1 for values in possible.values()):
                    return possible
    return possible


@settings(max_examples=120, deadline=None)
@given(small_tables)
def test_no_hidden_cell_has_a_single_possible_value(table):
    counts, cells = grid(table)
    hidden = hide(counts, cells)
    assert all(len(values) > 1 for values in readings(counts, cells, hidden, slack=2).values())


@settings(deadline=None)
@given(small_tables, st.integers(5, 12))
def test_every_small_count_is_hidden_and_every_zero_shown(table, threshold):
    counts, cells = grid(table)
    hidden = hide(counts, cells, threshold)
    for key, atoms in cells.items():
        value = sum(counts[a] for a in atoms)
        assert key in hidden or value == 0 or value >= threshold
        assert key not in hidden or value > 0


@given(st.lists(st.integers(5, 500), min_size=1, max_size=6))
def test_nothing_is_hidden_when_nothing_is_small(numbers):
    counts, cells = grid([numbers, numbers])
    assert hide(counts, cells) == set()


def test_the_smallest_neighbour_is_hidden_with_a_small_count():
    counts, cells = [3, 40, 8, 90], {n: frozenset([n]) for n in range(4)} | {"alla": frozenset(range(4))}
    assert hide(counts, cells) == {0, 2}


def test_a_total_goes_when_the_parts_alone_would_give_the_count_away():
    cells = {"ett": frozenset([0]), "två": frozenset([1]), "alla": frozenset([0, 1])}
    assert hide([2, 0], cells) == {"ett", "alla"}


def test_five_ones_do_not_show_their_sum():
    cells = {n: frozenset([n]) for n in range(5)} | {"alla": frozenset(range(5))}
    assert hide([1] * 5, cells) == {*range(5), "alla"}


def test_another_table_over_the_same_events_gives_nothing_back():
    """Events by kind in one table and by track in another: the sums must agree, and must not tell."""
    counts = [4, 30, 2, 9]  # kind 0 and 1, track a and b
    kinds = {("slag", 0): frozenset([0, 1]), ("slag", 1): frozenset([2, 3])}
    tracks = {("spår", "a"): frozenset([0, 2]), ("spår", "b"): frozenset([1, 3]), "alla": frozenset(range(4))}
    cells = {**kinds, **tracks, "lex": frozenset([2])}
    hidden = hide(counts, cells)
    assert {"lex"} <= hidden < set(cells)


def test_the_brute_force_can_find_a_leak():
    counts, cells = grid([[3, 20], [30, 40]])
    assert readings(counts, cells, {(0, 0)})[0, 0] == {3}
