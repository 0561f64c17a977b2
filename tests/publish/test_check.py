"""The checker finds every hidden cell that can be told.

The table is the one by which Fischetti and Salazar explain cell suppression ("Solving the cell suppression problem on
tabular data with linear constraints", Management Science 47, 2001), used since in Hundepool et al., Statistical
Disclosure Control, 2012, chapter 4: investments by activity (I to III) and region (A to C), with margins. What each
pattern gives away is worked out by hand here, with the method of those books: the least and the most that a hidden
cell can be, given every equation that is published. As in LSK, a hidden number is never nought.
"""

import pytest

from lsk.publish.check import pinned
from lsk.publish.suppress import hide
from lsk.publish.system import System
from lsk.publish.vocabulary import ALL
from tests.publish.grids import grid, published

TABLE = [[20, 50, 10], [8, 19, 22], [17, 32, 12]]
ONE, II, III = range(3)
A, B, C = range(3)


def told(hidden, table=TABLE):
    """The cells that can be told, each with the numbers that it can be."""
    system = System(*grid(table))
    return {each.cell: set(each.numbers) for each in pinned(system, published(system, hidden))}


@pytest.mark.parametrize(
    ("hidden", "found"),
    [
        pytest.param({(II, C)}, {(II, C): {22}}, id="one cell is its row total less the others"),
        pytest.param(
            {(II, A), (II, C)}, {(II, A): {8}, (II, C): {22}}, id="two in a row are told by their columns"
        ),
        pytest.param(
            {(ONE, A), (II, A), (III, A)}, {(ONE, A): {20}, (II, A): {8}, (III, A): {17}}, id="and a column by its rows"
        ),
        pytest.param(
            {(II, A), (II, C), (III, A), (III, C)}, {}, id="four corners are safe: the sensitive one is from 6 to 29"
        ),
        pytest.param(
            {(II, A), (II, C), (III, A), (III, C), (ONE, B)}, {(ONE, B): {50}}, id="a fifth, alone in row and column"
        ),
        pytest.param(
            {(ONE, A), (II, B), (III, C), (ONE, B), (II, C), (III, A)}, {}, id="a circle of six has one free number"
        ),
        pytest.param(
            {(ONE, A), (ONE, B), (II, B), (II, C), (III, C)},
            {(ONE, A): {20}, (ONE, B): {50}, (II, B): {19}, (II, C): {22}, (III, C): {12}},
            id="an open path is told from its end",
        ),
        pytest.param({(II, C), (II, ALL)}, {(II, C): {22}, (II, ALL): {49}}, id="the total of the row does not help"),
        pytest.param(
            {(II, C), (II, ALL), (ALL, C), (ALL, ALL)}, {}, id="all the totals it is in do: it is one or more"
        ),
    ],
)  # fmt: skip
def test_every_cell_that_can_be_told_is_found(hidden, found):
    assert told(hidden) == found


@pytest.mark.parametrize(
    ("table", "numbers"),
    [
        pytest.param([[1, 2], [2, 1]], [{1, 2}] * 4, id="1 and 2, or 2 and 1: a choice of two is too little"),
        pytest.param([[1, 1], [1, 1]], [{1}] * 4, id="nothing hidden is nought, so 2 is 1 and 1"),
    ],
)
def test_few_numbers_are_too_few(table, numbers):
    corners = [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert told(set(corners), table) == dict(zip(corners, numbers, strict=True))
    assert told(set(corners), [[2, 2], [2, 2]]) == {}  # 1, 2 or 3


def test_only_whole_numbers_count():
    """Three sums of two tell each of the three; a sum of halves tells two numbers where whole ones tell one."""
    cells = {n: frozenset([n]) for n in range(3)}
    pairs = {pair: frozenset(pair) for pair in ((0, 1), (1, 2), (0, 2))}
    system = System([2, 3, 4], {**cells, **pairs})
    found = {each.cell: each.numbers for each in pinned(system, published(system, set(cells)))}
    assert found == {0: {2}, 1: {3}, 2: {4}}


def test_what_is_hidden_for_the_table_is_safe():
    """Everything under 23 is small: what is shown besides is little, and tells nothing."""
    system = System(*grid(TABLE))
    for threshold in (9, 11, 13, 18, 23):
        hidden = hide(system, threshold, totals=[cell for cell in system.cells if ALL in cell])
        assert told(hidden) == {}
        assert not any(ALL in cell for cell in hidden)


def test_a_cell_that_could_be_told_before_is_not_blamed_on_this_publication():
    counts, cells = grid(TABLE)
    system = System(counts, cells)
    shown = published(system, {(II, C)})
    again = System(counts, cells, earlier=[shown], grows=range(9), still=[range(9)])
    assert pinned(again, published(again, set(cells))) == []
    safe = published(system, {(II, A), (II, C), (III, A), (III, C)})
    more = System(counts, cells, earlier=[safe], grows=range(9), still=[range(9)])
    found = {(each.layer, each.cell): each.numbers for each in pinned(more, published(more, {(II, A), (III, A)}))}
    assert found == {
        (0, (II, A)): {8}, (0, (II, C)): {22}, (0, (III, A)): {17}, (0, (III, C)): {12},
        (1, (II, A)): {8}, (1, (III, A)): {17},
    }  # fmt: skip
