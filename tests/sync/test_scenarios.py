"""The acceptance scenarios XS1–XS4, and the two promises around them: any order, any repetition."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.sync.world import World

Make = Callable[..., World]


def test_xs1_two_unit_files(world: Make) -> None:
    """Two managers change different rows offline; sync merges both; a second sync changes nothing."""
    w = world("NORD", "SYD")
    north, south = w.deviation("NORD", "NORD", "Trasig lyft"), w.deviation("SYD", "SYD", "Missat larm")
    first, second = w.sync("NORD", "SYD")
    assert (first.up.added, second.up.added) == (1, 1)
    assert w.get("main", "deviation", north, "what_happened") == "Trasig lyft"
    assert w.get("main", "deviation", south, "what_happened") == "Missat larm"
    assert w.get("NORD", "deviation", south) is None
    before = {name: (w.dump(name), w.path(name).read_bytes()) for name in ("main", "NORD", "SYD")}
    again = w.sync("NORD", "SYD")
    assert all(s.nothing_new for s in again)
    assert {name: (w.dump(name), w.path(name).read_bytes()) for name in before} == before


def test_xs2_same_row(world: Make) -> None:
    """Coordinator and manager change the same field: both versions are kept, the same one shows everywhere."""
    w = world()
    row = w.deviation("main", "NORD", "Före")
    w.make("NORD")
    w.set("NORD", "deviation", row, what_happened="Chefens", immediate_action="Larm bytt")
    w.set("main", "deviation", row, what_happened="Samordnarens", diary_number="2026-7")
    (summary,) = w.sync("NORD")
    (conflict,) = summary.conflicts
    assert conflict.base == "Före"
    assert {(s.value, s.actor, s.file) for s in conflict.sides} == {
        ("Chefens", "NORD", "NORD"),
        ("Samordnarens", "main", "HK"),
    }
    for name in ("main", "NORD"):
        assert w.get(name, "deviation", row, "what_happened") == "Samordnarens"
        assert w.get(name, "deviation", row, "immediate_action") == "Larm bytt"
        assert w.get(name, "deviation", row, "diary_number") == "2026-7"
    assert w.contested("main") == w.contested("NORD") != set()


def test_xs3_ownership(world: Make) -> None:
    """Changes to another unit's rows are not merged for those rows, and the sync says so; the rest is merged."""
    w = world("SYD")
    row = w.deviation("main", "NORD", "Nords")
    own = w.deviation("SYD", "SYD", "Syds egen")
    w.sync("SYD")
    w.close("SYD")
    text = """INSERT INTO deviation(id, kind, unit, received_on, what_happened)
              VALUES (?, 'klagomål', ?, '2026-03-01', 'Påhittad')"""
    strange = "01990000-0000-7000-8000-000000000001"
    w.raw("SYD", text, strange, w.units["NORD"])
    w.raw("SYD", "UPDATE unit SET name = 'Kapad' WHERE short_name = 'NORD'")
    w.raw("SYD", "UPDATE deviation SET unit = ? WHERE id = ?", w.units["NORD"], own)
    fine = w.deviation("SYD", "SYD", "Också syds")
    (summary,) = w.sync("SYD")
    refused = {(aside.entity, aside.record) for aside in summary.up.quarantined}
    assert refused == {("deviation", strange), ("unit", w.units["NORD"]), ("deviation", own)}
    assert w.get("main", "deviation", strange) is None
    assert w.get("main", "unit", w.units["NORD"], "name") == "Enhet NORD"
    assert w.get("main", "deviation", own, "unit") == w.units["SYD"]
    assert w.get("main", "deviation", fine, "what_happened") == "Också syds"
    assert w.get("main", "deviation", row, "what_happened") == "Nords"
    assert w.get("SYD", "unit", w.units["NORD"], "name") == "Enhet NORD"
    assert w.get("SYD", "deviation", strange) is None
    assert w.get("SYD", "deviation", own, "unit") == w.units["SYD"]
    kept = w["main"].db.execute("SELECT new FROM sync_quarantine WHERE new GLOB '*\"Kapad\"*'").fetchall()
    assert len(kept) == 1
    assert w.sync("SYD")[0].nothing_new


def test_xs4_deletion(world: Make) -> None:
    """A row deleted in the unit file is gone after sync and does not come back at the next."""
    w = world("NORD")
    row = w.deviation("NORD", "NORD")
    w.sync("NORD")
    assert w.get("main", "deviation", row) == row
    w.delete("NORD", "deviation", row)
    (summary,) = w.sync("NORD")
    assert summary.up.removed == 1
    for _ in range(2):
        assert w.get("main", "deviation", row) is None
        assert w.get("NORD", "deviation", row) is None
        assert w.sync("NORD")[0].nothing_new
    assert w.contested("main") == set()


def test_both_orders_give_the_same_rows(world: Make, tmp_path: Path) -> None:
    """Two files of one unit and the main file, all at odds: whichever is synced first, the rows come out the same."""
    w = world()
    rows = [w.deviation("main", "NORD", f"Rad {n}") for n in range(4)]
    w.make("NORD")
    w.make("NORD2", "NORD")
    for number, name in enumerate(("NORD", "NORD2", "main")):
        w.set(name, "deviation", rows[0], what_happened=f"{name} skrev")
        w.set(name, "deviation", rows[number], diary_number=f"2026-{number}")
    w.delete("NORD", "deviation", rows[3])
    w.set("NORD2", "deviation", rows[3], immediate_action="Ringde")
    with w.copied(tmp_path / "other") as twin:
        for files, order in ((w, ("NORD", "NORD2")), (twin, ("NORD2", "NORD"))):
            for name in (*order, *order):
                files.sync(name)
        for name in ("main", "NORD", "NORD2"):
            assert w.all_rows(name) == twin.all_rows(name)
            assert w.contested(name) == twin.contested(name)
            assert w.log(name) == twin.log(name)
        assert w.rows("NORD", "deviation") == w.rows("main", "deviation") == w.rows("NORD2", "deviation")
        assert len(w.contested("main")) == 2  # the text of the first row, and the deleted row that was changed


def test_dry_run_says_the_same_and_writes_nothing(world: Make) -> None:
    from sync.merge import sync_pair

    w = world("NORD")
    w.deviation("NORD", "NORD")
    w.close()
    before = [w.path(n).read_bytes() for n in ("main", "NORD")]
    rehearsed = sync_pair(w.path("main"), w.path("NORD"), "Anna", dry_run=True)
    assert [w.path(n).read_bytes() for n in ("main", "NORD")] == before
    assert sync_pair(w.path("main"), w.path("NORD"), "Anna") == rehearsed
