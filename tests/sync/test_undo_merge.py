"""Taking back what a merge brought: as new changes, row by row as they were, and on every file after the next sync."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from lsk.cli import cli
from lsk.errors import LskError
from lsk.history import redo
from lsk.store import Store
from sync.apply import MERGES_REMEMBERED
from sync.undo_merge import CHANGED, DESTROYED, LEANED_ON, LEANS, Undone, merges, undo_merge
from sync.verify import verify
from tests.sync.world import ACTOR, World

Make = Callable[..., World]
Rows = dict[str, tuple[object, ...]]


def take_back(w: World, number: int | None = None) -> Undone:
    return undo_merge(w["main"], number, ACTOR)


def sound(w: World, *names: str) -> None:
    for name in ("main", *names):
        w.close(name)
        with Store.open(w.path(name), readonly=True) as store:
            assert [f.sentence for f in verify(store)] == []


def reasons(undone: Undone) -> dict[str, str]:
    return {row.record: row.reason for row in undone.left}


@pytest.fixture
def busy(world: Make) -> tuple[World, dict[str, str], Rows]:
    """A merge that adds, changes, deletes, and brings both kinds of conflict; and the main file's rows before it."""
    w = world("NORD")
    ids = {name: w.deviation("main", "NORD", name) for name in ("ändrad", "borta", "båda", "bara här", "återkom")}
    w.sync("NORD")
    w.set("NORD", "deviation", ids["ändrad"], what_happened="ett")
    w.set("NORD", "deviation", ids["ändrad"], what_happened="två", diary_number="N 1")
    w.delete("NORD", "deviation", ids["borta"])
    w.set("NORD", "deviation", ids["båda"], what_happened="Nord", diary_number="N 2")
    w.set("NORD", "deviation", ids["återkom"], what_happened="används")
    ids["ny"] = w.deviation("NORD", "NORD", "ny")
    w.set("main", "deviation", ids["båda"], what_happened="Huvud")
    w.delete("main", "deviation", ids["återkom"])
    before = w.all_rows("main")
    w.sync("NORD")
    return w, ids, before


def test_everything_a_merge_brought_goes_back_and_the_unit_follows(busy: tuple[World, dict[str, str], Rows]) -> None:
    w, ids, before = busy
    assert w.all_rows("main") != before
    assert len(w.contested("main")) == 2  # båda, återkom
    logged: frozenset[object] = frozenset(w.log("main"))
    undone = take_back(w)
    assert w.all_rows("main") == before
    assert (undone.brought_back, undone.changed, undone.removed, undone.left) == (1, 2, 2, [])
    assert w.contested("main") == set()
    assert logged < frozenset(w.log("main"))  # the merged operations stay
    w.sync("NORD")
    assert (
        w.rows("NORD", "deviation")
        == w.rows("main", "deviation")
        == {k: v for k, v in before.items() if k in ids.values()}
    )
    assert w.contested("NORD") == set()
    sound(w, "NORD")


def test_one_change_set_that_can_be_redone_and_undone_again(busy: tuple[World, dict[str, str], Rows]) -> None:
    w, _, before = busy
    merged, count = w.all_rows("main"), change_sets(w)
    take_back(w)
    assert change_sets(w) == count + 1
    with pytest.raises(LskError, match=r"redan ångrad.*lsk redo"):
        take_back(w, merges(w["main"])[0].number)
    redo(w["main"], ACTOR)
    assert w.all_rows("main") == merged
    assert not merges(w["main"])[0].undone
    assert take_back(w).left == []
    assert w.all_rows("main") == before
    w.sync("NORD")
    sound(w, "NORD")


def change_sets(w: World) -> int:
    return int(w["main"].db.execute("SELECT count(*) FROM change_set").fetchone()[0])


def test_an_earlier_value_shown_in_a_conflict_is_decided_for_without_being_changed(world: Make) -> None:
    w = world("NORD")
    row = w.deviation("main", "NORD", "Före")
    w.sync("NORD")
    w.set("NORD", "deviation", row, what_happened="Nord")
    w.set("main", "deviation", row, what_happened="Huvud")  # the later stamp
    w.sync("NORD")
    assert w.get("main", "deviation", row, "what_happened") == "Huvud"
    assert len(w.contested("main")) == 1
    take_back(w)
    assert w.contested("main") == set()
    w.sync("NORD")
    assert w.get("NORD", "deviation", row, "what_happened") == "Huvud"
    assert w.contested("NORD") == set()


def test_what_was_changed_since_stays_and_is_named(world: Make) -> None:
    w = world("NORD", "NORDA")
    mine, later, free = (w.deviation("main", "NORDA", text) for text in ("a", "b", "c"))
    w.sync("NORD", "NORDA")
    for row in (mine, later, free):
        w.set("NORD", "deviation", row, diary_number="N 1")
    w.sync("NORD", "NORDA")
    w.set("main", "deviation", mine, what_happened="Huvud")
    w.set("NORDA", "deviation", later, what_happened="Norda")
    w.sync("NORDA")
    number = next(m.number for m in merges(w["main"]) if m.code == "NORD")
    undone = take_back(w, number)
    assert reasons(undone) == {mine: CHANGED, later: CHANGED}
    assert [w.get("main", "deviation", r, "diary_number") for r in (mine, later, free)] == ["N 1", "N 1", None]
    assert "ändrad efteråt, lämnad som den är" in undone.left[0].reason


def test_what_something_newer_leans_on_stays(world: Make) -> None:
    w = world("NORD")
    process = w.add("NORD", "process", name="Ny process", unit=w.units["NORD"])
    activity = w.add("NORD", "activity", process=process, name="Steg")
    alone = w.add("NORD", "process", name="Ensam", unit=w.units["NORD"])
    w.sync("NORD")
    w.add("main", "activity", process=process, name="Huvudfilens steg")
    undone = take_back(w)
    assert reasons(undone) == {process: LEANED_ON}
    assert w.get("main", "process", process) and not w.get("main", "activity", activity)
    assert not w.get("main", "process", alone)
    w.sync("NORD")
    sound(w, "NORD")


def test_what_leans_on_a_row_that_was_changed_since_stays_with_it(world: Make) -> None:
    w = world("NORD")
    process = w.add("NORD", "process", name="Ny process", unit=w.units["NORD"])
    activity = w.add("NORD", "activity", process=process, name="Steg")
    w.sync("NORD")
    w.set("main", "activity", activity, name="Annat steg")
    with pytest.raises(LskError, match=r"inget att ta tillbaka.*2 poster"):
        take_back(w)
    assert w.get("main", "process", process)


def test_a_former_reference_to_a_row_that_is_gone_stays_away(world: Make) -> None:
    w = world("NORD")
    old, new = (w.add("main", "process", name=n, unit=w.units["NORD"]) for n in ("Gammal", "Ny"))
    row = w.add("main", "activity", process=old, name="Steg")
    w.sync("NORD")
    w.set("NORD", "activity", row, process=new)
    other = w.deviation("NORD", "NORD", "följer med")
    w.sync("NORD")
    w.delete("main", "process", old)
    undone = take_back(w)
    assert reasons(undone) == {row: LEANS}
    assert w.get("main", "activity", row, "process") == new
    assert not w.get("main", "deviation", other)


def test_a_reference_that_the_unit_could_not_see_comes_back(world: Make) -> None:
    w = world("NORD")
    foreign = w.add("main", "process", name="Syds process", unit=w.units["SYD"])
    own = w.add("main", "process", name="Nords process", unit=w.units["NORD"])
    row = w.deviation("main", "NORD", "x", process=foreign)
    gone = w.deviation("main", "NORD", "y", process=foreign)
    w.sync("NORD")
    assert w.get("NORD", "deviation", row, "process") is None
    w.set("NORD", "deviation", row, process=own)
    w.delete("NORD", "deviation", gone)
    w.sync("NORD")
    take_back(w)
    assert [w.get("main", "deviation", r, "process") for r in (row, gone)] == [foreign, foreign]


def test_what_a_merge_repaired_goes_back_too(world: Make) -> None:
    w = world("NORD")
    process = w.add("main", "process", name="P", unit=w.units["NORD"])
    w.sync("NORD")
    w.delete("main", "process", process)
    w.add("NORD", "activity", process=process, name="Steg")
    before = w.all_rows("main")
    w.sync("NORD")
    assert w.get("main", "process", process)  # brought back, for the activity leans on it
    take_back(w)
    assert w.all_rows("main") == before
    assert w.contested("main") == set()
    w.sync("NORD")
    assert not w.get("NORD", "process", process)
    sound(w, "NORD")


def test_a_move_that_would_make_a_ring_is_refused(world: Make) -> None:
    w = world("NORD")
    a, b = (w.add("main", "process", name=n, unit=w.units["NORD"]) for n in "AB")
    w.set("main", "process", a, parent=b)
    w.sync("NORD")
    w.set("NORD", "process", a, parent=None)
    w.sync("NORD")
    w.set("main", "process", b, parent=a)
    dump = w.dump("main")
    with pytest.raises(LskError, match="hamna under sig själv"):
        take_back(w)
    assert w.dump("main") == dump


def test_values_destroyed_by_decision_are_not_missed(world: Make) -> None:
    w = world("NORD")
    row = w.deviation("main", "NORD", "Före")
    w.sync("NORD")
    w.set("NORD", "deviation", row, what_happened="Nord")
    other = w.deviation("NORD", "NORD", "ny")
    w.sync("NORD")
    db = w["main"].db
    operation = db.execute("SELECT max(id) FROM sync_op WHERE row = ?", (row,)).fetchone()[0]
    db.execute("INSERT INTO sync_destroyed VALUES (?, x'00', 'G-1', '2026-01-01', NULL)", (operation,))
    assert reasons(take_back(w)) == {row: DESTROYED}
    assert not w.get("main", "deviation", other)


def test_only_the_latest_merges_are_remembered(world: Make) -> None:
    w = world("NORD")
    row = w.deviation("main", "NORD", "0")
    w.sync("NORD")
    for n in range(MERGES_REMEMBERED + 2):
        w.set("NORD", "deviation", row, what_happened=f"Nord {n}")
        w.set("main", "deviation", row, what_happened=f"Huvud {n}")
        w.sync("NORD")
    kept = {r[0] for r in w["main"].db.execute("SELECT DISTINCT merge FROM sync_before")}
    assert kept == {m.number for m in merges(w["main"])}
    assert len(kept) == MERGES_REMEMBERED
    with pytest.raises(LskError, match="ingen sammanslagning med nummer 1 bland"):
        take_back(w, 1)


def test_no_merge_and_a_units_file_are_told(world: Make) -> None:
    w = world("NORD")
    with pytest.raises(LskError, match="ingen sammanslagning som kan ångras"):
        take_back(w)
    with pytest.raises(LskError, match=r"enhetsfil.*huvudfilen"):
        undo_merge(w["NORD"], None, ACTOR)


def lsk(*args: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [str(a) for a in args])
    return result.exit_code, result.output if result.exception is None else str(result.exception)


def test_the_command_lists_undoes_and_redoes(busy: tuple[World, dict[str, str], Rows]) -> None:
    w, _, before = busy
    w.close()
    path = w.path("main")
    code, listed = lsk("undo", path, "--merge", "--list")
    assert code == 0 and "NORD" in listed and "Borttagna" in listed
    assert [m["code"] for m in json.loads(lsk("undo", path, "--merge", "--list", "--json")[1])] == ["NORD"]
    code, said = lsk("undo", "--merge", path, "--as", ACTOR)
    assert code == 0
    assert "med NORD: 2 borttagna, 2 ändrade tillbaka, 1 återtagen." in said
    assert w.all_rows("main") == before
    assert "ångrad" in lsk("undo", path, "--merge", "--list")[1]
    assert lsk("redo", path)[0] == 0
    assert w.all_rows("main") != before
    assert json.loads(lsk("undo", path, "1", "--merge", "--json")[1])["removed"] == 2


def test_a_number_without_merge_is_wrong_usage(world: Make) -> None:
    w = world()
    code, said = lsk("undo", w.path("main"), "3")
    assert code != 0 and "--merge" in said


def test_undo_without_merge_takes_back_the_latest_change(world: Make) -> None:
    w = world()
    row = w.deviation("main", "NORD", "x")
    w.close()
    code, said = lsk("undo", w.path("main"))
    assert code == 0 and said.startswith("Ångrat:")
    assert not w.get("main", "deviation", row)
