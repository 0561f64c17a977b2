"""What well-known replication engines test for, restated as tests of this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lsk.change import derived_id
from lsk.errors import LskError
from lsk.history import undo
from lsk.model import ENTITIES
from sync.conflicts import conflicts, decide
from sync.package import acknowledged, write_down
from sync.sides import attached
from sync.take_down import take_down
from sync.verify import verify
from tests.sync.miniature import miniature
from tests.sync.world import World, template

Make = Callable[..., World]
FILES = ("main", "NORD", "NORD2")


@pytest.fixture(scope="module")
def main_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "main.db"
    with miniature():
        template(path)
    return path


@pytest.fixture(autouse=True)
def small() -> Iterator[None]:
    with miniature():
        yield


def two_files(world: Make) -> tuple[World, str]:
    """Main and two files of one unit, all holding one deviation."""
    w = world()
    row = w.deviation("main", "NORD", "Före")
    w.make("NORD")
    w.make("NORD2", "NORD")
    return w, row


def settled(w: World) -> None:
    """Sync until all know all; then the files are equal and sound, and nothing is left to do."""
    for _ in range(2):
        w.sync("NORD", "NORD2")
    assert all(s.nothing_new for s in w.sync("NORD", "NORD2"))
    assert w.rows("main", "deviation") == w.rows("NORD", "deviation") == w.rows("NORD2", "deviation")
    assert w.contested("main") == w.contested("NORD") == w.contested("NORD2")
    assert [f.sentence for name in FILES for f in verify(w[name])] == []


def everywhere(w: World, row: str, field: str) -> set[object]:
    return {w.get(name, "deviation", row, field) for name in FILES}


def set_clocks(w: World, stamp: int) -> None:
    for name in FILES:
        w[name].db.execute("UPDATE sync_local SET hlc = ?", (stamp,))


@pytest.mark.parametrize("first", ["NORD", "NORD2"])
def test_equal_clocks_are_decided_by_the_operation_and_not_by_who_syncs_first(world: Make, first: str) -> None:
    w, row = two_files(world)
    set_clocks(w, 4_102_444_800_000 << 16)
    for name in ("NORD", "NORD2"):
        w.set(name, "deviation", row, what_happened=f"av {name}")
    stamps = {w[n].db.execute("SELECT hlc FROM sync_op ORDER BY id DESC LIMIT 1").fetchone()[0] for n in FILES[1:]}
    assert len(stamps) == 1
    w.sync(first)
    settled(w)
    assert everywhere(w, row, "what_happened") == {"av NORD2"}  # the later stream
    assert {s.value for s in conflicts(w["main"])[0].sides} == {"av NORD", "av NORD2"}


def test_clocks_years_apart_do_not_decide_who_had_seen_whom(world: Make) -> None:
    w, row = two_files(world)
    w["NORD"].db.execute("UPDATE sync_local SET hlc = ?", (7_258_118_400_000 << 16,))  # the year 2200
    w.set("NORD", "deviation", row, what_happened="Från framtiden")
    settled(w)
    w.set("NORD2", "deviation", row, what_happened="Sett, och ändrat")
    settled(w)
    assert everywhere(w, row, "what_happened") == {"Sett, och ändrat"}
    assert w.contested("main") == set()


def test_the_same_value_on_both_sides_is_no_conflict_and_ends_one_that_was(world: Make) -> None:
    w, row = two_files(world)
    for name in ("NORD", "NORD2"):
        w.set(name, "deviation", row, what_happened="Lika")
    settled(w)
    assert w.contested("main") == set()
    for name in ("NORD", "NORD2"):
        w.set(name, "deviation", row, what_happened=f"av {name}")
    settled(w)
    assert len(w.contested("main")) == 1
    for name in ("NORD", "NORD2"):
        w.set(name, "deviation", row, what_happened="Lika igen")
    settled(w)
    assert w.contested("main") == set()
    assert everywhere(w, row, "what_happened") == {"Lika igen"}


def test_what_one_file_wrote_reaches_another_through_the_third(world: Make) -> None:
    """NORD and NORD2 never meet; a chain of edits, each knowing the one before, is no conflict anywhere."""
    w, row = two_files(world)
    for number in range(4):
        name = ("NORD", "NORD2")[number % 2]
        w.set(name, "deviation", row, what_happened=f"{number} av {name}")
        w.sync(name)
        w.sync(("NORD2", "NORD")[number % 2])
    settled(w)
    assert everywhere(w, row, "what_happened") == {"3 av NORD2"}
    assert w.contested("main") == set()
    values = "SELECT new FROM sync_cell WHERE new GLOB '? av NORD*' ORDER BY new"
    logs = {tuple(r[0] for r in w[name].db.execute(values)) for name in FILES}
    assert logs == {("0 av NORD", "1 av NORD2", "2 av NORD", "3 av NORD2")}


def test_a_row_deleted_and_synced_can_be_brought_back(world: Make) -> None:
    w, row = two_files(world)
    w.set("main", "deviation", row, diary_number="2026-1")
    settled(w)
    w.delete("NORD", "deviation", row)
    settled(w)
    assert everywhere(w, row, "id") == {None}
    undo(w["NORD"], "Chefen")
    settled(w)
    assert everywhere(w, row, "diary_number") == {"2026-1"}
    assert w.contested("main") == set()


def test_brought_back_against_an_edit_that_knew_neither(world: Make) -> None:
    w, row = two_files(world)
    w.delete("NORD", "deviation", row)
    undo(w["NORD"], "Chefen")
    w.set("NORD2", "deviation", row, what_happened="Ändrad")
    settled(w)
    (conflict,) = conflicts(w["main"])
    assert (conflict.field, {s.value for s in conflict.sides}) == ("what_happened", {"Före", "Ändrad"})
    decide(w["NORD2"], conflicts(w["NORD2"])[0], "ours", "Chefen")
    settled(w)
    assert everywhere(w, row, "what_happened") == {"Ändrad"}
    assert w.contested("main") == set()


def test_a_row_with_nothing_but_what_the_table_gives(world: Make) -> None:
    """Another program fills in no more than it must: id, reference and status are the table's own."""
    w, _ = two_files(world)
    w.raw("NORD", "INSERT INTO process(unit, name) VALUES (?, 'Larm')", w.units["NORD"])
    (row,) = w["NORD"].db.execute("SELECT id FROM process WHERE name = 'Larm'").fetchone()
    settled(w)
    assert w.rows("main", "process")[row] == w.rows("NORD", "process")[row] == w.rows("NORD2", "process")[row]
    assert w.get("main", "process", row, "ref").startswith("NORD-PRO-")
    assert w.get("main", "process", row, "status") == "identifierad"


def test_a_link_made_in_two_files_is_one_row_by_what_it_joins(world: Make) -> None:
    w, row = two_files(world)
    process = w.add("main", "process", name="Larm", unit=w.units["NORD"])
    settled(w)
    values = {"kind": "rör", "source": row, "target": process}
    ids = {w.add(name, "link", **values, unit=w.units["NORD"], note=f"av {name}") for name in ("NORD", "NORD2")}
    assert ids == {derived_id(ENTITIES["link"], values)}
    turned = w.add("NORD", "link", kind="rör", source=process, target=row, unit=w.units["NORD"])
    assert turned not in ids
    settled(w)
    for name in FILES:
        assert set(w.rows(name, "link")) == {*ids, turned}
    (conflict,) = conflicts(w["main"])
    assert (conflict.field, {s.value for s in conflict.sides}) == ("note", {"av NORD", "av NORD2"})


def test_a_link_deleted_by_one_and_made_by_the_other(world: Make) -> None:
    """The same derived id is deleted and made again in one file while the other edits it: it lives, all values kept."""
    w, row = two_files(world)
    process = w.add("main", "process", name="Larm", unit=w.units["NORD"])
    values = {"kind": "rör", "source": row, "target": process, "unit": w.units["NORD"]}
    link = w.add("main", "link", **values, note="först")
    settled(w)
    w.delete("NORD", "link", link)
    assert w.add("NORD", "link", **values) == link
    w.set("NORD2", "link", link, note="ändrad")
    settled(w)
    (conflict,) = conflicts(w["main"])
    assert (conflict.record, conflict.field, {s.value for s in conflict.sides}) == (link, "note", {None, "ändrad"})
    assert {w.get(name, "link", link, "source") for name in FILES} == {row}


def test_the_same_package_a_thousand_times_is_taken_once(world: Make, tmp_path: Path) -> None:
    w, row = two_files(world)
    w.set("main", "deviation", row, what_happened="Nytt")
    w.add("main", "process", name="Gemensam två")
    package, unit = tmp_path / "paket", w["NORD"]
    about = write_down(w["main"], unit.file.stream, acknowledged(unit.db), package)
    with attached(unit.db, package):
        assert take_down(unit, about).operations > 0
        after = w.dump("NORD")
        for _ in range(1000):
            assert take_down(unit, about).rows == 0
    assert w.dump("NORD") == after
    settled(w)


def test_a_file_does_not_merge_with_itself(world: Make) -> None:
    w, _ = two_files(world)
    before = [w.dump(name) for name in FILES]
    with pytest.raises(LskError, match="huvudfilen själv"):
        w.sync("main")
    with pytest.raises(LskError, match="flera gånger"):
        w.sync("NORD", "NORD")
    assert [w.dump(name) for name in FILES] == before


def test_large_cells_in_conflict_keep_every_byte(world: Make) -> None:
    w, row = two_files(world)
    texts = {name: f"{name} åäö \x00 {'😀é' * 350_000}" for name in ("NORD", "NORD2")}
    assert all(len(text.encode()) > 1_000_000 for text in texts.values())
    for name, text in texts.items():
        w.set(name, "deviation", row, immediate_action=text)
    settled(w)
    for name in FILES:
        (conflict,) = conflicts(w[name])
        assert {s.value for s in conflict.sides} == set(texts.values())
        assert w.get(name, "deviation", row, "immediate_action") == texts["NORD2"]


@pytest.mark.parametrize("first, second", [(None, ""), ("", None)])
def test_empty_is_not_the_same_as_nothing(world: Make, first: str | None, second: str | None) -> None:
    w, row = two_files(world)
    w.set("main", "deviation", row, immediate_action="Ringde")
    settled(w)
    w.raw("NORD", "UPDATE deviation SET immediate_action = ? WHERE id = ?", first, row)
    w.raw("NORD2", "UPDATE deviation SET immediate_action = ? WHERE id = ?", second, row)
    settled(w)
    (conflict,) = conflicts(w["main"])
    assert [s.value for s in conflict.sides] == [second, first]
    assert everywhere(w, row, "immediate_action") == {second}


def test_nothing_to_empty_is_a_change_that_travels(world: Make) -> None:
    w, row = two_files(world)
    for value in ("", None, ""):
        w.raw("NORD", "UPDATE deviation SET immediate_action = ? WHERE id = ?", value, row)
        settled(w)
        assert everywhere(w, row, "immediate_action") == {value}


def test_two_rows_at_one_place_keep_it_and_have_one_order(world: Make) -> None:
    w, _ = two_files(world)
    process = w.add("main", "process", name="Larm", unit=w.units["NORD"])
    first, last = (w.add("main", "activity", process=process, name=n) for n in ("först", "sist"))
    settled(w)
    between = "a0V"
    made = {name: w.add(name, "activity", process=process, name=name, position=between) for name in FILES}
    settled(w)
    order = "SELECT id FROM activity WHERE process = ? ORDER BY position, id"
    seen = {tuple(r[0] for r in w[name].db.execute(order, (process,))) for name in FILES}
    assert seen == {(first, *sorted(made.values()), last)}
    assert w.contested("main") == set()


def test_a_computed_row_made_while_another_file_deletes_it(world: Make) -> None:
    """Deleted by one who knew it, deleted and made again by another: it lives with what was made again."""
    w, _ = two_files(world)
    check = w.add("main", "self_check", name="Läkemedel", unit=w.units["NORD"], frequency="år")
    values = {"self_check": check, "period": "2026", "due": "2026-12-31"}
    row = w.add("main", "self_check_round", **values)
    settled(w)
    w.delete("NORD", "self_check_round", row)
    w.delete("NORD2", "self_check_round", row)
    assert w.add("NORD2", "self_check_round", **values | {"due": "2026-11-30"}) == row
    settled(w)
    assert {w.get(name, "self_check_round", row, "due") for name in FILES} == {"2026-11-30"}
    (conflict,) = conflicts(w["main"])
    assert (conflict.record, conflict.column, {s.words for s in conflict.sides}) == (row, -1, {"behåll", "ta bort"})
