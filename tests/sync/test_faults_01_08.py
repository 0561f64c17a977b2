"""Faults 1–8 of the list in docs/sync.md's source: news in any order, and edits and deletes that met."""

from __future__ import annotations

import shutil

import pytest

from lsk.errors import LskError
from lsk.history import undo
from sync.causality import vector
from sync.conflicts import conflicts, decide
from sync.envelope import read_header
from sync.take_down import Early
from tests.sync.mail import fetch, own_operations, send_down, send_up, take
from tests.sync.world import Make, everywhere, two_files


def test_01_the_same_bundle_by_folder_mail_and_usb(world: Make) -> None:
    w = world("NORD")
    row = w.deviation("NORD", "NORD", "En gång")
    bundle = send_up(w, "NORD", "folder")
    for way in ("mail", "usb"):
        shutil.copyfile(bundle, w.folder / f"{way}.lskb")
    assert take(w["main"], bundle).added == 1
    before = w.dump("main")
    for way in ("mail", "usb"):
        assert take(w["main"], w.folder / f"{way}.lskb").operations == 0
    assert w.dump("main") == before
    assert w.get("main", "deviation", row, "what_happened") == "En gång"


def test_01_the_same_bundle_down_three_times(world: Make) -> None:
    w = world("NORD")
    row = w.deviation("main", "NORD", "En gång")
    bundle = send_down(w, "NORD", "ned")
    assert fetch(w["NORD"], bundle).added == 1
    before = w.dump("NORD")
    for _ in range(2):
        assert fetch(w["NORD"], bundle).operations == 0
    assert w.dump("NORD") == before
    assert w.get("NORD", "deviation", row) == row


def test_02_bundles_in_the_order_3_1_2(world: Make) -> None:
    """What builds on an earlier bundle is not taken before it; nothing changes until that has come."""
    w = world("NORD")
    row = w.deviation("NORD", "NORD", "Ett")
    bundles = [send_up(w, "NORD", "1")]
    for text in ("Två", "Tre"):
        sent = vector(w["NORD"].db)[w["NORD"].file.stream]
        w.set("NORD", "deviation", row, what_happened=text)
        bundles.append(send_up(w, "NORD", text, after=sent))
    one, two, three = bundles
    for early in (three, two):
        before = w.dump("main")
        with pytest.raises(LskError):
            take(w["main"], early)
        assert w.dump("main") == before
    assert [take(w["main"], bundle).operations for bundle in (one, two, three)] == [1, 1, 1]
    assert w.get("main", "deviation", row, "what_happened") == "Tre"
    assert own_operations(w, "main", "NORD") == 3


def test_02_bundles_down_in_the_order_3_1_2(world: Make) -> None:
    w = world("NORD")
    w["NORD"].close()
    w.close()
    row = w.deviation("main", "NORD", "Ett")
    with w.copied(w.folder / "tvilling") as twin:  # it takes each bundle at once, so that the next builds on it
        bundles = []
        for text in ("Två", "Tre", "Fyra"):
            twin.set("main", "deviation", row, what_happened=text)
            bundles.append(send_down(twin, "NORD", text))
            fetch(twin["NORD"], bundles[-1])
        one, two, three = bundles
        for early in (three, two):
            before = w.dump("NORD")
            with pytest.raises(Early, match="tidigare paket"):
                fetch(w["NORD"], early)
            assert w.dump("NORD") == before
        for bundle in (one, two, three):
            fetch(w["NORD"], bundle)
        assert w.all_rows("NORD") == twin.all_rows("NORD")
        assert w.log("NORD") == twin.log("NORD")
    assert read_header(three).base[1] == read_header(two).upto[1]


def test_03_three_edit_three_fields(world: Make) -> None:
    w, row = two_files(world)
    w.set("main", "deviation", row, what_happened="Ny text")
    w.set("NORD", "deviation", row, diary_number="2026-1")
    w.set("NORD2", "deviation", row, status="registrerad")
    for _ in range(2):
        w.sync("NORD", "NORD2")
    assert everywhere(w, "deviation", row, "what_happened") == {"Ny text"}
    assert everywhere(w, "deviation", row, "diary_number") == {"2026-1"}
    assert everywhere(w, "deviation", row, "status") == {"registrerad"}
    assert w.contested("main") == set()


def test_04_same_field_is_one_conflict_until_decided(world: Make) -> None:
    w, row = two_files(world)
    w.set("NORD", "deviation", row, what_happened="Nord")
    w.set("NORD2", "deviation", row, what_happened="Nord två")
    w.sync("NORD2")
    w.sync("NORD")
    w.sync("NORD2")
    assert everywhere(w, "deviation", row, "what_happened") == {"Nord två"}
    for name in ("main", "NORD", "NORD2"):
        (conflict,) = conflicts(w[name])
        assert [s.value for s in conflict.sides] == ["Nord två", "Nord"]
        assert (conflict.base, {s.actor for s in conflict.sides}) == ("Före", {"NORD", "NORD2"})
    decide(w["NORD"], conflicts(w["NORD"])[0], "ours", "Chefen")
    w.sync("NORD", "NORD2")
    assert everywhere(w, "deviation", row, "what_happened") == {"Nord"}
    assert [conflicts(w[name]) for name in ("main", "NORD", "NORD2")] == [[], [], []]


def test_05_a_conflict_lists_exactly_the_heads(world: Make) -> None:
    w, row = two_files(world)
    w.set("NORD", "deviation", row, what_happened="Ett")
    w.sync("NORD")
    w.set("main", "deviation", row, what_happened="Två, efter ett")
    w.set("NORD2", "deviation", row, what_happened="Tre")
    w.sync("NORD2")
    (conflict,) = conflicts(w["main"])
    assert {s.value for s in conflict.sides} == {"Två, efter ett", "Tre"}
    assert conflict.base == "Före"


def test_06_delete_against_edit(world: Make) -> None:
    w, row = two_files(world)
    w.delete("NORD", "deviation", row)
    w.set("main", "deviation", row, what_happened="Ändrad")
    (summary,) = w.sync("NORD")
    (conflict,) = summary.conflicts
    assert (conflict.column, [s.words for s in conflict.sides]) == (-1, ["behåll", "ta bort"])
    w.sync("NORD2")
    assert everywhere(w, "deviation", row, "what_happened") == {"Ändrad"}
    decide(w["main"], conflicts(w["main"])[0], "ta bort", "Anna")
    w.sync("NORD", "NORD2")
    assert everywhere(w, "deviation", row, "id") == {None}
    assert [w.contested(name) for name in ("main", "NORD", "NORD2")] == [set(), set(), set()]


def test_06_delete_against_edit_kept(world: Make) -> None:
    w, row = two_files(world)
    w.delete("main", "deviation", row)
    w.set("NORD", "deviation", row, what_happened="Ändrad")
    w.sync("NORD", "NORD2")
    decide(w["NORD2"], conflicts(w["NORD2"])[0], "behåll", "Bo")
    w.sync("NORD", "NORD2")
    assert everywhere(w, "deviation", row, "what_happened") == {"Ändrad"}
    assert [w.contested(name) for name in ("main", "NORD", "NORD2")] == [set(), set(), set()]


def test_07_both_delete(world: Make) -> None:
    w, row = two_files(world)
    w.delete("NORD", "deviation", row)
    w.delete("NORD2", "deviation", row)
    w.sync("NORD", "NORD2")
    assert everywhere(w, "deviation", row, "id") == {None}
    assert w.contested("main") == set()


def test_07_both_delete_and_one_brings_back(world: Make) -> None:
    w, row = two_files(world, diary_number="2026-1")
    w.set("NORD", "deviation", row, diary_number=None)
    w.delete("NORD", "deviation", row)
    undo(w["NORD"], "Chefen")
    w.delete("NORD2", "deviation", row)
    for _ in range(2):
        w.sync("NORD", "NORD2")
    assert everywhere(w, "deviation", row, "what_happened") == {"Före"}
    assert everywhere(w, "deviation", row, "diary_number") == {None}


def test_08_a_deleted_parent_that_is_used_comes_back(world: Make) -> None:
    w = world()
    parent = w.add("main", "process", name="Larm", unit=w.units["NORD"])
    w.make("NORD")
    w.make("NORD2", "NORD")
    w.delete("NORD", "process", parent)
    child = w.add("main", "activity", process=parent, name="Ta emot larm")
    (summary,) = w.sync("NORD")
    assert [(c.entity, c.record, c.column) for c in summary.conflicts] == [("process", parent, -1)]
    w.sync("NORD2")
    assert everywhere(w, "process", parent, "name") == {"Larm"}
    assert everywhere(w, "activity", child, "process") == {parent}
    decide(w["NORD"], conflicts(w["NORD"])[0], "behåll", "Chefen")
    w.sync("NORD", "NORD2")
    assert [w.contested(name) for name in ("main", "NORD", "NORD2")] == [set(), set(), set()]


def test_08_a_parent_deleted_in_main_comes_back(world: Make) -> None:
    w = world()
    parent = w.add("main", "process", name="Larm", unit=w.units["NORD"])
    w.make("NORD")
    w.delete("main", "process", parent)
    child = w.add("NORD", "activity", process=parent, name="Ta emot larm")
    w.sync("NORD")
    assert w.get("main", "activity", child, "process") == parent
    assert w.contested("main") == w.contested("NORD") != set()
