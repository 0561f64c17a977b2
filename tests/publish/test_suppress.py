"""No hidden count can be told: shown by trying every set of numbers that fits what is published."""

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from lsk.publish.check import pinned
from lsk.publish.suppress import SMALLEST, hide
from lsk.publish.system import FEWEST, System, gaps
from lsk.publish.vocabulary import ALL
from tests.publish.grids import grid, published, total

small_tables = st.integers(2, 3).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 9), min_size=width, max_size=width), min_size=2, max_size=2)
)


def readings(counts: list[int], cells: dict, hidden: set, slack: int = 4) -> dict[tuple, set[int]]:
    """What each hidden cell could be, for someone who knows all that is shown, that nothing hidden is zero and which
    squares are empty.

    Tries every table whose squares are within ``slack`` of the true ones.
    """
    shown = {key: total(counts, atoms) for key, atoms in cells.items() if key not in hidden}
    known = {next(iter(cells[key])): n for key, n in shown.items() if len(cells[key]) == 1}
    ranges = [[known[a]] if a in known else range(max(1, n - slack), n + slack + 1) for a, n in enumerate(counts)]
    possible: dict[tuple, set[int]] = {key: set() for key in hidden}
    for attempt in product(*ranges):
        if all(total(attempt, cells[key]) == n for key, n in shown.items()):
            for key in hidden:
                possible[key].add(total(attempt, cells[key]))
            if all(len(values) >= FEWEST for values in possible.values()):
                break
    return possible


@settings(max_examples=150, deadline=None)
@given(small_tables)
def test_every_hidden_cell_may_be_three_numbers(table):
    counts, cells = grid(table)
    hidden = hide(System(counts, cells))
    assert [key for key, values in readings(counts, cells, hidden).items() if len(values) < FEWEST] == []


@settings(deadline=None)
@given(small_tables, st.integers(5, 12))
def test_every_small_count_is_hidden_and_every_zero_shown(table, threshold):
    counts, cells = grid(table)
    hidden = hide(System(counts, cells), threshold)
    for key, atoms in cells.items():
        value = total(counts, atoms)
        assert key in hidden or value == 0 or value >= threshold
        assert key not in hidden or value > 0


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), min_size=5, max_size=5), min_size=4, max_size=4))
def test_the_check_agrees_on_larger_tables(table):
    counts, cells = grid(table)
    system = System(counts, cells)
    assert pinned(system, published(system, hide(system))) == []


@given(st.lists(st.integers(5, 500), min_size=1, max_size=6))
def test_nothing_is_hidden_when_nothing_is_small(numbers):
    assert hide(System(*grid([numbers, numbers]))) == set()


def test_the_smallest_neighbour_is_hidden_with_a_small_count():
    counts, cells = [3, 40, 8, 90], {n: frozenset([n]) for n in range(4)} | {"alla": frozenset(range(4))}
    assert hide(System(counts, cells)) == {0, 2}


def test_a_total_goes_when_the_parts_alone_would_give_the_count_away():
    cells = {"ett": frozenset([0]), "två": frozenset([1]), "alla": frozenset([0, 1])}
    assert hide(System([2, 0], cells)) == {"ett", "alla"}


def test_five_ones_do_not_show_their_sum():
    cells = {n: frozenset([n]) for n in range(5)} | {"alla": frozenset(range(5))}
    assert hide(System([1] * 5, cells)) == {*range(5), "alla"}


def test_a_total_is_hidden_last():
    cells = {"ett": frozenset([0]), "två": frozenset([1]), ALL: frozenset([0, 1])}
    nested = {**cells, "nära": frozenset([1]), "mycket": frozenset([1, 2])}
    assert ALL not in hide(System([1, 30, 500], nested), totals=[ALL])


def test_another_table_over_the_same_events_gives_nothing_back():
    """Events by kind in one table and by track in another: the sums must agree, and must not tell."""
    counts = [4, 30, 2, 9]  # kind 0 and 1, track a and b
    kinds = {("slag", 0): frozenset([0, 1]), ("slag", 1): frozenset([2, 3])}
    tracks = {("spår", "a"): frozenset([0, 2]), ("spår", "b"): frozenset([1, 3]), "alla": frozenset(range(4))}
    system = System(counts, {**kinds, **tracks, "lex": frozenset([2])})
    hidden = hide(system)
    assert {"lex"} <= hidden < set(system.cells)
    assert pinned(system, published(system, hidden)) == []


def test_tables_that_share_a_margin_only_by_a_tie_are_protected_together():
    """Quarters in one block, tracks in the other, the year shown in both: 3 of lex Sarah must not be the year less
    the others."""
    quarters = {("kvartal", n): frozenset([n]) for n in range(4)} | {("år", 1): frozenset(range(4))}
    tracks = {("spår", n): frozenset([n]) for n in (4, 5)}
    system = System([6, 7, 8, 9, 27, 3], quarters | tracks, ties=[(frozenset(range(4)), frozenset([4, 5]))])
    naive = published(system, {("spår", 5)})
    assert [(each.cell, each.numbers) for each in pinned(system, naive)] == [(("spår", 5), {3})]
    hidden = hide(system, totals=[("år", 1)])
    assert hidden == {("spår", 4), ("spår", 5)}
    assert pinned(system, published(system, hidden)) == []


def test_the_brute_force_can_find_a_leak():
    counts, cells = grid([[3, 20], [30, 40]])
    assert readings(counts, cells, {(0, 0)})[0, 0] == {3}


def test_where_another_number_may_lie():
    assert gaps(set()) == [(1, float("inf"))]
    assert gaps({4}) == [(5, float("inf")), (1, 3)]
    assert gaps({1, 2, 6}) == [(7, float("inf")), (3, 5)]


def handled(cases):
    """How many came in and how many of them are closed, of each kind and in all."""
    counts = [n for pair in cases for n in pair]
    kinds = {**{n: frozenset([2 * n, 2 * n + 1]) for n in range(len(cases))}, ALL: frozenset(range(len(counts)))}
    cells = {(kind, "came"): atoms for kind, atoms in kinds.items()}
    cells |= {(kind, "closed"): frozenset(a for a in atoms if a % 2 == 0) for kind, atoms in kinds.items()}
    return System(counts, cells, wholes={(kind, "closed"): (kind, "came") for kind in kinds})


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6)), min_size=2, max_size=4))
def test_a_few_that_are_left_cannot_be_told_by_subtraction(cases):
    """As long as how many came in is shown, how many are closed may be three numbers, and so may what is left."""
    system = handled(cases)
    hidden = hide(system)
    for cell, whole in system.wholes.items():
        left = system.values[whole] - system.values[cell]
        assert not 0 < left < SMALLEST or not system.values[cell] or cell in hidden
    assert pinned(system, published(system, hidden)) == []


def test_all_but_a_few_are_not_shown():
    system = handled([(38, 2), (20, 20), (15, 15)])
    assert (0, "closed") in hide(system) and (0, "closed") not in hide(replace(system, wholes={}))
