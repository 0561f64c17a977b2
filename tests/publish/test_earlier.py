"""A publication holds also against what the same folder showed before: no number can be worked out from the two."""

import json
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lsk.errors import LskError
from lsk.publish import publish
from lsk.publish.check import pinned
from lsk.publish.deviations import CUBES
from lsk.publish.earlier import NOTHING, REGISTER, Earlier, read_earlier
from lsk.publish.suppress import hide
from lsk.publish.system import FEWEST, System
from lsk.publish.vocabulary import ALL
from tests.publish.example import TODAY
from tests.publish.grids import grid, published, total
from tests.publish.test_publish import rows

NEAR = (3, 6)  # how far from the true numbers worlds are looked for; further where the near ones settle something
numbers = st.sampled_from([0, 1, 2, 3, 5, 6, 9, 12])


def worlds(counts, cells, hidden, slack):
    """Every set of events near the true one that would have been published alike."""
    shown = {key: total(counts, atoms) for key, atoms in cells.items() if key not in hidden}
    known = {next(iter(cells[key])): n for key, n in shown.items() if len(cells[key]) == 1}
    ranges = [[known[a]] if a in known else range(max(1, n - slack), n + slack + 1) for a, n in enumerate(counts)]
    return [w for w in product(*ranges) if all(total(w, cells[key]) == n for key, n in shown.items())]


def settled(first, second, cells, hidden, still, slack=NEAR[0]):
    """The hidden cells, of either publication, with fewer than three possible numbers for somebody who has both and
    knows that the squares in ``still`` are as they were and that the others have only grown."""
    pairs = [
        (one, two)
        for one, two in product(worlds(first, cells, hidden[0], slack), worlds(second, cells, hidden[1], slack))
        if all(a == b if n in still else a <= b for n, (a, b) in enumerate(zip(one, two, strict=True)))
    ]
    return [
        (number, key)
        for number in (0, 1)
        for key in hidden[number]
        if len({total(pair[number], cells[key]) for pair in pairs}) < FEWEST
    ]


def two_publications(first, growth, cells, still=frozenset()):
    """What is hidden in a publication and in the next, when events have come in between; and the system of both."""
    totals = [key for key in cells if ALL in key]
    one = System(first, cells)
    before = hide(one, totals=totals)
    second = [n + more for n, more in zip(first, growth, strict=True)]
    both = System(second, cells, grows=range(len(first)), earlier=[published(one, before)], still=[still])
    return both, (before, hide(both, totals=totals))


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 3).flatmap(lambda wide: st.tuples(*[st.lists(numbers, min_size=wide, max_size=wide)] * 2)),
       st.lists(st.sampled_from([0, 0, 1, 2, 5]), min_size=6, max_size=6), st.booleans())  # fmt: skip
@example(([3, 0, 5], [5, 5, 0]), [2, 1, 0, 0, 0, 0], True)  # no other world within three
def test_two_publications_together_settle_no_hidden_number(table, more, both_rows):
    first, cells = grid(list(table))
    wide = len(table[0])
    still = frozenset() if both_rows else frozenset(range(wide))
    growth = [0 if place in still else n for place, n in enumerate(more[: 2 * wide])]
    both, hidden = two_publications(first, growth, cells, still)
    found = []
    for slack in NEAR:
        if not (found := settled(first, both.counts, cells, hidden, still, slack)):
            break
    # what was shown before, and has not changed, may be known although it is hidden now: that gives nothing new away
    known = {key for key in cells if key not in hidden[0] and total(growth, cells[key]) == 0}
    assert [(number, key) for number, key in found if number == 0 or key not in known] == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=3, max_size=3),
    st.lists(st.lists(st.sampled_from([0, 0, 0, 1, 3]), min_size=12, max_size=12), min_size=3, max_size=3),
)
def test_four_publications_in_a_row_settle_no_hidden_number(table, growths):
    counts, cells = grid(table)
    shown = []
    for growth in [[0] * 12, *growths]:
        counts = [n + more for n, more in zip(counts, growth, strict=True)]
        system = System(counts, cells, grows=range(12), earlier=shown, still=[()] * len(shown))
        now = published(system, hide(system))
        assert pinned(system, now) == []
        shown = [*shown, now]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=2, max_size=3))
def test_the_same_numbers_again_show_nothing_more(table):
    first, cells = grid(table)
    _, (before, after) = two_publications(first, [0] * len(first), cells)
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
    one = System([12, 5, 1], cells)
    two = System([12, 5, 1], cells, grows=range(3), earlier=[published(one, hidden[0])], still=[range(3)])
    assert {each.numbers for each in pinned(two, published(two, hidden[1]))} == {frozenset([1]), frozenset([12])}
    assert hide(two) == hidden[0]


def test_a_new_event_of_a_kind_is_not_told_by_the_total():
    """18 and none became 18 and one: a total of 19 would say it."""
    cells = {"avvikelser": frozenset([0]), "grava": frozenset([1]), ALL: frozenset([0, 1])}
    known = {"avvikelser": 18, "grava": 0, ALL: 18}
    one_more = System([18, 1], cells, grows=[0, 1], earlier=[known])
    hidden = hide(one_more, totals=[ALL])
    assert "grava" in hidden and pinned(one_more, published(one_more, hidden)) == []
    told = {each.cell for each in pinned(one_more, published(one_more, {"grava"}))}
    assert told == {"grava"}


def test_corrected_records_mislead_nobody_and_stop_nothing():
    """A case was deleted, and another moved: what was shown cannot be true any more, and is not reckoned with."""
    cells = {"ett": frozenset([0]), "två": frozenset([1]), ALL: frozenset([0, 1])}
    for before in ({"ett": 9, "två": 9, ALL: 18}, {"ett": None, "två": None, ALL: 40}, {"ett": 1, "två": 1, ALL: 9}):
        system = System([6, 8], cells, grows=[0, 1], earlier=[before])
        assert hide(system) == set()
        assert pinned(system, published(system, set())) == []


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
    one_more(store, "klagomål")
    publish(store, tmp_path, today=TODAY.replace(day=21))
    earlier = read_earlier(done.path, CUBES)
    assert [day for day, _ in earlier.publications] == ["2026-11-20", "2026-11-21"]
    held = json.loads((tmp_path / REGISTER).read_text(encoding="utf-8"))
    first, second = (publication["celler"] for publication in held["publiceringar"])
    assert 0 < len(second) < len(first) / 10  # of the second only what is new
    units = dict(store.db.execute("SELECT substr(id, -12), name FROM unit"))
    written = {
        (cube.name, tuple(row[c.name] for c in cube.by), column.name): row[column.name]
        for cube in CUBES
        for row in rows(done.path, cube.name)
        for column, _ in cube.measures
    }
    assert {
        (table, tuple(units.get(value, value) for value in row), column): number
        for (table, row, column), number in earlier.publications[-1][1].items()
    } == written


def test_without_a_register_the_published_file_is_what_is_known(store, tmp_path):
    done = publish(store, tmp_path)
    earlier = read_earlier(done.path, CUBES)
    (tmp_path / REGISTER).unlink()
    units = dict(store.db.execute("SELECT substr(id, -12), name FROM unit"))
    assert read_earlier(done.path, CUBES, units) == earlier


def test_the_first_format_is_read(tmp_path):
    """It held the last number of each cell, and whether the latest publication hid it."""
    cells = [["avvikelser_per_kvartal", [2026, 1, "alla"], "antal", 18, False],
             ["avvikelser_per_kvartal", [2026, 1, "avvikelser"], "antal", 12, True],
             ["avvikelser_per_kvartal", [2026, 1, "grava"], "antal", None, True]]  # fmt: skip
    (tmp_path / REGISTER).write_text(json.dumps({"format": 1, "dag": "2026-05-01", "celler": cells}), encoding="utf-8")
    total_cell, shown_once, never = (("avvikelser_per_kvartal", tuple(row), "antal") for _, row, *_ in cells)
    assert read_earlier(tmp_path / "namnd.db", CUBES) == Earlier(
        (("2026-05-01", {shown_once: 12}), ("2026-05-01", {total_cell: 18, shown_once: None, never: None}))
    )


def test_a_damaged_register_stops_the_publication(store, tmp_path):
    done = publish(store, tmp_path)
    before = done.path.read_bytes()
    for text, what in (
        ("", "säkerhetskopia"),
        ("[]", "säkerhetskopia"),
        ('{"format": 1, "dag": "igår", "celler": []}', "säkerhetskopia"),
        ('{"format": 2, "publiceringar": [{"dag": "2026-01-01", "celler": [["t", 1, "a", 2]]}]}', "säkerhetskopia"),
        ('{"format": 9, "publiceringar": []}', "nyare version"),
    ):
        (tmp_path / REGISTER).write_text(text, encoding="utf-8")
        with pytest.raises(LskError, match=what):
            publish(store, tmp_path)
    assert done.path.read_bytes() == before


def test_a_file_of_another_kind_is_nothing_published(tmp_path):
    (tmp_path / "namnd.db").write_bytes(b"x" * 2000)
    assert read_earlier(tmp_path / "namnd.db", CUBES) == NOTHING
