"""What the machine (machine.py) found, each made as small as it could be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lsk.errors import LskError
from lsk.history import undo
from sync.package import acknowledged, told, write_down
from sync.sides import attached
from sync.take_down import take_down
from sync.verify import verify
from tests.sync.world import World

Make = Callable[..., World]


def test_a_package_cut_off_in_its_first_page_is_refused_with_a_sentence(world: Make, tmp_path: Path) -> None:
    w = world("NORD")
    package = tmp_path / "paket"
    write_down(w["main"], w["NORD"].file.stream, {}, package, whole=True)
    cut = tmp_path / "avkortat"
    for length in (0, 10, 100, 1000, 5000):
        cut.write_bytes(package.read_bytes()[:length])
        with pytest.raises(LskError):
            told(cut)


def test_a_whole_package_that_comes_late_puts_nothing_back(world: Make, tmp_path: Path) -> None:
    w = world("NORD")
    row = w.deviation("NORD", "NORD", "Före")
    w.sync("NORD")
    late, unit = tmp_path / "sent", w["NORD"]
    about = write_down(w["main"], unit.file.stream, acknowledged(unit.db), late, whole=True)
    w.set("main", "deviation", row, what_happened="Nyare")
    w.sync("NORD")
    before = w.dump("NORD")
    with attached(unit.db, late):
        take_down(unit, about)
    assert w.dump("NORD") == before


def test_a_row_brought_back_and_then_another_units_takes_its_history_along(world: Make) -> None:
    """A delete in its past does not make a row dead: what left the file is not missed in it."""
    w = world()
    deviation = w.deviation("main", "NORD")
    process = w.add("main", "process", name="Gemensam två")
    w.make("NORD")
    values = {"kind": "rör", "source": deviation, "target": process, "unit": w.units["NORD"]}
    link = w.add("NORD", "link", **values, note="först")
    undo(w["NORD"], "NORD")
    assert w.add("NORD", "link", **values) == link
    w.set("main", "process", process, unit=w.units["SYD"])
    w.sync("NORD")
    assert w.get("main", "link", link) == link
    assert w.get("NORD", "link", link) is None
    assert [f.sentence for name in ("main", "NORD") for f in verify(w[name])] == []


def test_a_link_leaves_the_file_that_deleted_what_it_joins(world: Make) -> None:
    """Both files of a unit come to hold the same, whichever of them deleted the end of a link."""
    w = world()
    deviation = w.deviation("main", "NORD")
    process = w.add("main", "process", name="Larm", unit=w.units["NORD"])
    link = w.add("main", "link", kind="rör", source=deviation, target=process, unit=w.units["NORD"])
    w.make("NORD")
    w.make("NORD2", "NORD")
    w.raw("NORD2", "DELETE FROM deviation WHERE id = ?", deviation)
    w.sync("NORD", "NORD2")
    assert w.get("NORD", "link", link) is None
    assert w.get("NORD2", "link", link) is None


def test_a_whole_package_leaves_what_is_not_yet_sent(world: Make, tmp_path: Path) -> None:
    """It was written before the main file had heard of the edit, and no operation in it is about the row."""
    w = world()
    row = w.deviation("main", "NORD", "Före")
    w.make("NORD")
    unit, package = w["NORD"], tmp_path / "helt"
    w.set("NORD", "deviation", row, what_happened="Eget")
    w.set("main", "unit", w.units["NORDA"], parent=None)
    about = write_down(w["main"], unit.file.stream, acknowledged(unit.db), package)
    with attached(unit.db, package):
        take_down(unit, about)
    assert about.whole
    assert w.get("NORD", "deviation", row, "what_happened") == "Eget"
    assert verify(unit) == []


def test_a_link_made_to_what_had_gone_to_another_unit_follows_it(world: Make, tmp_path: Path) -> None:
    """The package that took the deviation away came before the link was sent; the next must take the link."""
    w = world()
    deviation = w.deviation("main", "NORD")
    process = w.add("main", "process", name="Gemensam")
    w.make("NORD")
    values = {"kind": "rör", "source": deviation, "target": process, "unit": w.units["NORD"]}
    link = w.add("NORD", "link", **values)
    w.set("main", "deviation", deviation, unit=w.units["SYD"])
    package, unit = tmp_path / "paket", w["NORD"]
    about = write_down(w["main"], unit.file.stream, acknowledged(unit.db), package)
    with attached(unit.db, package):
        take_down(unit, about)
    assert w.get("NORD", "link", link) == link
    w.sync("NORD")
    assert w.get("main", "link", link) == link
    assert w.get("NORD", "link", link) is None


def test_a_link_deleted_and_made_anew_for_another_unit_leaves_the_first(world: Make) -> None:
    """It has the same id, and the log holds no change of owner: only a delete and an insert."""
    w = world()
    deviation = w.deviation("main", "NORDA")
    process = w.add("main", "process", name="Gemensam")
    values = {"kind": "rör", "source": deviation, "target": process}
    link = w.add("main", "link", **values, unit=w.units["NORDA"])
    w.make("NORDA")
    assert w.get("NORDA", "link", link) == link
    w.delete("main", "link", link)
    assert w.add("main", "link", **values, unit=w.units["NORD"]) == link
    w.sync("NORDA")
    assert w.get("NORDA", "link", link) is None
    assert [f.sentence for name in ("main", "NORDA") for f in verify(w[name])] == []


def test_a_delete_of_what_had_become_anothers_takes_the_history_along(world: Make) -> None:
    """The delete is set aside; without it, what is left in the unit's log would say that the row lives."""
    w = world("NORD")
    row = w.deviation("main", "NORD")
    w.sync("NORD")
    w.set("main", "deviation", row, unit=w.units["SYD"])
    w.delete("NORD", "deviation", row)
    (summary,) = w.sync("NORD")
    assert [aside.record for aside in summary.up.quarantined] == [row]
    assert w.get("main", "deviation", row) == row
    assert [f.sentence for name in ("main", "NORD") for f in verify(w[name])] == []


def test_a_link_made_in_two_files_leaves_the_one_whose_unit_did_not_get_it(world: Make) -> None:
    """Both made the same row, each as its own unit's; the log holds two inserts and no change of owner."""
    w = world()
    deviation = w.deviation("main", "NORDA")
    process = w.add("main", "process", name="Gemensam")
    values = {"kind": "rör", "source": deviation, "target": process}
    for name in ("NORD", "NORDA"):
        w.make(name)
    link = w.add("NORDA", "link", **values, unit=w.units["NORDA"])
    assert w.add("NORD", "link", **values, unit=w.units["NORD"]) == link
    for name in ("NORDA", "NORD", "NORDA"):
        w.sync(name)
    assert w.get("main", "link", link, "unit") == w.units["NORD"]
    assert w.get("NORDA", "link", link) is None
    assert [f.sentence for name in ("main", "NORD", "NORDA") for f in verify(w[name])] == []


def test_a_whole_package_leaves_what_it_deletes_and_the_unit_has_changed(world: Make, tmp_path: Path) -> None:
    """Edit against delete: the record lives, in the unit's file as in the main file, until a person has decided."""
    w = world("SYD")
    row = w.deviation("main", "SYD", "Först")
    w.sync("SYD")
    w.delete("main", "deviation", row)
    w.set("SYD", "deviation", row, what_happened="Röd")
    package, unit = tmp_path / "paket", w["SYD"]
    about = write_down(w["main"], unit.file.stream, acknowledged(unit.db), package, whole=True)
    with attached(unit.db, package):
        take_down(unit, about)
    assert w.get("SYD", "deviation", row, "what_happened") == "Röd"
    w.sync("SYD")
    assert [w.get(name, "deviation", row, "what_happened") for name in ("main", "SYD")] == ["Röd", "Röd"]
    assert w.contested("main") == w.contested("SYD") != set()
    assert [f.sentence for name in ("main", "SYD") for f in verify(w[name])] == []


def test_what_a_unit_kept_for_a_change_not_yet_sent_goes_when_that_is_sent(world: Make, tmp_path: Path) -> None:
    """A shared process became another unit's while the unit had a new one, not yet sent, under it."""
    w = world()
    above = w.add("main", "process", name="Gemensam två")
    w.make("NORDA")
    under = w.add("NORDA", "process", name="Egen", unit=w.units["NORDA"], parent=above)
    w.set("main", "process", above, unit=w.units["SYD"])
    package, unit = tmp_path / "paket", w["NORDA"]
    about = write_down(w["main"], unit.file.stream, acknowledged(unit.db), package)
    with attached(unit.db, package):
        take_down(unit, about)
    assert w.get("NORDA", "process", above) == above
    w.sync("NORDA")
    assert w.get("NORDA", "process", above) is None
    assert w.get("NORDA", "process", under, "parent") is None
    assert w.get("main", "process", under, "parent") == above
    assert [f.sentence for name in ("main", "NORDA") for f in verify(w[name])] == []


def test_what_left_a_file_and_comes_back_in_a_conflict_is_there_again(world: Make) -> None:
    """The file's own operation, of which only the leaf was kept when the row was another's, has its values again."""
    w = world("NORD", "SYD")
    row = w.deviation("NORD", "NORD", "Före")
    w.sync("NORD")
    w.set("main", "deviation", row, unit=w.units["SYD"])
    w.sync("NORD", "SYD")
    w.set("SYD", "deviation", row, what_happened="Syds")
    w.set("main", "deviation", row, what_happened="Huvudfilens")
    w.sync("SYD")
    w.set("main", "deviation", row, unit=w.units["NORD"])
    w.sync("NORD", "SYD")
    assert w.contested("NORD") == w.contested("main") != set()
    assert [f.sentence for name in ("main", "NORD", "SYD") for f in verify(w[name])] == []
