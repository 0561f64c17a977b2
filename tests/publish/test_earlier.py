"""A publication holds also against what the same folder showed before: no number can be worked out from the two."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsk.errors import LskError
from lsk.publish import publish
from lsk.publish.deviations import CUBES
from lsk.publish.earlier import NOTHING, REGISTER, read_earlier
from lsk.publish.suppress import hide
from lsk.publish.vocabulary import ALL
from tests.publish.example import TODAY
from tests.publish.test_publish import rows
from tests.publish.test_suppress import grid

SLACK = 3
numbers = st.sampled_from([0, 1, 2, 3, 5, 6, 9, 12])


def total(counts, atoms):
    return sum(counts[atom] for atom in atoms)


def worlds(counts, cells, hidden):
    """Every set of events near the true one that would have been published alike."""
    shown = {key: total(counts, atoms) for key, atoms in cells.items() if key not in hidden}
    known = {next(iter(cells[key])): n for key, n in shown.items() if len(cells[key]) == 1}
    ranges = [[known[a]] if a in known else range(max(1, n - SLACK), n + SLACK + 1) for a, n in enumerate(counts)]
    return [w for w in product(*ranges) if all(total(w, cells[key]) == n for key, n in shown.items())]


def settled(first, second, cells, hidden, still):
    """The hidden cells, of either publication, with one possible number for somebody who has both and knows that the
    squares in ``still`` are as they were and that the others have only grown."""
    pairs = [
        (one, two)
        for one, two in product(worlds(first, cells, hidden[0]), worlds(second, cells, hidden[1]))
        if all(a == b if n in still else a <= b for n, (a, b) in enumerate(zip(one, two, strict=True)))
    ]
    return [
        (number, key)
        for number in (0, 1)
        for key in hidden[number]
        if len({total(pair[number], cells[key]) for pair in pairs}) < 2
    ]


def published(first, growth, cells):
    """What is hidden in a publication and in the next, when events have come in between."""
    second = [n + more for n, more in zip(first, growth, strict=True)]
    totals = [key for key in cells if ALL in key]
    before = hide(first, cells, totals=totals)
    known = {key: total(first, atoms) for key, atoms in cells.items() if key not in before}
    kept = {key for key in before if not total(growth, cells[key])}
    after = hide(second, cells, totals=totals, known=known, before=before, kept=kept, fresh=growth)
    return second, (before, after)


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 3).flatmap(lambda wide: st.tuples(*[st.lists(numbers, min_size=wide, max_size=wide)] * 2)),
       st.lists(st.sampled_from([0, 0, 1, 2, 5]), min_size=6, max_size=6), st.booleans())  # fmt: skip
def test_two_publications_together_settle_no_hidden_number(table, more, both_rows):
    first, cells = grid(list(table))
    wide = len(table[0])
    growth = [n if both_rows or place >= wide else 0 for place, n in enumerate(more[: 2 * wide])]
    second, hidden = published(first, growth, cells)
    found = settled(first, second, cells, hidden, set() if both_rows else set(range(wide)))
    # a larger number that is hidden for another's sake, and was shown before, may be known: it protects no less
    assert [key for number, key in found if number == 0 or key in hidden[0] or total(second, cells[key]) < 5] == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=2, max_size=3))
def test_the_same_numbers_again_show_nothing_more(table):
    first, cells = grid(table)
    _, (before, after) = published(first, [0] * len(first), cells)
    assert after == before


def test_the_brute_force_can_find_a_leak_between_two():
    """The numbers that once leaked: 18 in all, 5 complaints; then the other 12."""
    cells = {
        "avvikelser": frozenset([0]),
        "klagomål": frozenset([1]),
        "grava": frozenset([2]),
        ALL: frozenset(range(3)),
    }
    hidden = ({"avvikelser", "grava"}, {"klagomål", "grava"})
    assert (1, "grava") in settled([12, 5, 1], [12, 5, 1], cells, hidden, {0, 1, 2})
    assert hide([12, 5, 1], cells, known={"klagomål": 5, ALL: 18}, before=hidden[0], kept=hidden[0]) == hidden[0]


def test_a_total_is_hidden_last():
    cells = {"ett": frozenset([0]), "två": frozenset([1]), ALL: frozenset([0, 1])}
    nested = {**cells, "nära": frozenset([1]), "mycket": frozenset([1, 2])}
    assert ALL not in hide([1, 30, 500], nested, totals=[ALL])


def test_a_lone_new_event_of_a_kind_is_not_told_by_the_total():
    """18 and none became 18 and one: a total of 19 would say it."""
    cells = {"avvikelser": frozenset([0]), "grava": frozenset([1]), ALL: frozenset([0, 1])}
    known = {"avvikelser": 18, "grava": 0, ALL: 18}
    assert hide([18, 1], cells, totals=[ALL], known=known, fresh=[0, 1]) == {"grava", ALL}
    assert hide([19, 1], cells, totals=[ALL], known=known, fresh=[1, 1]) == {"grava", "avvikelser"}


# --- in the file -----------------------------------------------------------------------------------------------------


def quarters(path):
    return {(r["ar"], r["kvartal"], r["grupp"]): r["antal"] for r in rows(path, "avvikelser_per_kvartal")}


def one_more(store, kind):
    with store.change("Anna", "ny") as change:
        unit = store.db.execute("SELECT unit FROM deviation LIMIT 1").fetchone()[0]
        change.insert(
            "deviation",
            {"kind": kind, "unit": unit, "received_on": TODAY.isoformat(), "what_happened": "x", "track": "lokal"},
        )


@pytest.mark.parametrize("register", [True, False])
def test_a_new_complaint_opens_no_finished_quarter(store, tmp_path, register):
    first = quarters(publish(store, tmp_path).path)
    for kind in ("klagomål", "avvikelse", "synpunkt"):
        one_more(store, kind)
        if not register:
            (tmp_path / REGISTER).unlink()  # published before there was one: the file itself is what is known
        again = quarters(publish(store, tmp_path).path)
        now = (TODAY.year, (TODAY.month + 2) // 3)
        assert {key: n for key, n in again.items() if key[:2] != now} == {
            key: n for key, n in first.items() if key[:2] != now
        }
        assert all(n is not None for (_, _, group), n in again.items() if group == ALL)


def test_the_register_holds_what_was_shown_and_no_more(store, tmp_path):
    done = publish(store, tmp_path)
    earlier = read_earlier(done.path, CUBES)
    assert earlier.day == TODAY.isoformat() and earlier.hidden and not earlier.hidden & earlier.shown.keys()
    for (table, row, column), number in earlier.shown.items():
        cube = next(cube for cube in CUBES if cube.name == table)
        key = [c.name for c in cube.by]
        assert [r[column] for r in rows(done.path, table) if tuple(r[k] for k in key) == row] == [number]
    (tmp_path / REGISTER).unlink()
    assert read_earlier(done.path, CUBES) == earlier


def test_a_damaged_register_stops_the_publication(store, tmp_path):
    done = publish(store, tmp_path)
    before = done.path.read_bytes()
    for text in ("", "[]", '{"format": 9, "celler": []}', '{"format": 1, "dag": "igår", "celler": []}'):
        (tmp_path / REGISTER).write_text(text, encoding="utf-8")
        with pytest.raises(LskError, match="säkerhetskopia"):
            publish(store, tmp_path)
    assert done.path.read_bytes() == before


def test_a_file_of_another_kind_is_nothing_published(tmp_path):
    (tmp_path / "namnd.db").write_bytes(b"x" * 2000)
    assert read_earlier(tmp_path / "namnd.db", CUBES) == NOTHING
