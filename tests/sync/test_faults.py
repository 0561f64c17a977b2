"""What can happen between files, by the numbers of the list in docs/sync.md's source: each has one decided outcome."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable

import pytest

from lsk import rules
from lsk.errors import LskError
from lsk.history import undo
from sync.conflicts import conflicts, decide, find
from tests.sync.world import World

Make = Callable[..., World]
DAY = (24 * 3600 * 1000) << 16


def two_files(world: Make, **values: str) -> tuple[World, str]:
    """Main and two files of one unit, all holding one deviation."""
    w = world()
    row = w.deviation("main", "NORD", "Före", **values)
    w.make("NORD")
    w.make("NORD2", "NORD")
    return w, row


def everywhere(w: World, entity: str, row: str, field: str) -> set[object]:
    return {w.get(name, entity, row, field) for name in ("main", "NORD", "NORD2") if w.path(name).exists()}


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
    decide(w["NORD"], find(w["NORD"], 1), "ours", "Chefen")
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
    decide(w["main"], find(w["main"], 1), "ta bort", "Anna")
    w.sync("NORD", "NORD2")
    assert everywhere(w, "deviation", row, "id") == {None}
    assert [w.contested(name) for name in ("main", "NORD", "NORD2")] == [set(), set(), set()]


def test_06_delete_against_edit_kept(world: Make) -> None:
    w, row = two_files(world)
    w.delete("main", "deviation", row)
    w.set("NORD", "deviation", row, what_happened="Ändrad")
    w.sync("NORD", "NORD2")
    decide(w["NORD2"], find(w["NORD2"], 1), "behåll", "Bo")
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
    decide(w["NORD"], find(w["NORD"], 1), "behåll", "Chefen")
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


def test_09_two_copies_of_one_file_with_different_changes(world: Make) -> None:
    w = world("NORD")
    w.close()
    shutil.copyfile(w.path("NORD"), w.path("kopia"))
    kept = w.deviation("NORD", "NORD", "I den ena")
    lost = w.deviation("kopia", "NORD", "I den andra")
    w.sync("NORD")
    before = w.dump("main"), w.dump("kopia")
    with pytest.raises(LskError, match="annan kopia av samma enhetsfil"):
        w.sync("kopia")
    assert (w.dump("main"), w.dump("kopia")) == before
    assert w.get("main", "deviation", kept) and w.get("kopia", "deviation", lost)


def test_10_a_restored_copy_catches_up(world: Make) -> None:
    w = world("NORD")
    w.deviation("NORD", "NORD", "Före säkerhetskopian")
    w.close()
    shutil.copyfile(w.path("NORD"), w.path("backup"))
    w.deviation("NORD", "NORD", "Efter säkerhetskopian")
    w.sync("NORD")
    w.close()
    shutil.copyfile(w.path("backup"), w.path("NORD"))
    w.sync("NORD")
    assert w.rows("NORD", "deviation") == w.rows("main", "deviation")
    w.deviation("NORD", "NORD", "Därefter")
    w.sync("NORD")
    refs = [row[1] for row in w.rows("main", "deviation").values()]
    assert len(set(refs)) == 3 == len(refs)


def test_10_an_older_main_file_is_refused(world: Make) -> None:
    w = world("NORD")
    w.close()
    shutil.copyfile(w.path("main"), w.path("old"))
    w.deviation("main", "NORD", "Ny i huvudfilen")
    w.sync("NORD")
    w.close()
    shutil.copyfile(w.path("old"), w.path("main"))
    with pytest.raises(LskError, match="återställd säkerhetskopia"):
        w.sync("NORD")


def test_11_the_same_number_twice_is_a_finding(world: Make) -> None:
    w = world()
    document = w.add("main", "document", title="Rutin", kind="rutin", unit=w.units["NORD"])
    w.make("NORD")
    w.make("NORD2", "NORD")
    made = {
        name: w.add(name, "document_version", document=document, version_number="1", procedure=f"av {name}")
        for name in ("NORD", "NORD2")
    }
    for _ in range(2):
        w.sync("NORD", "NORD2")
    for name in ("main", "NORD", "NORD2"):
        assert {row: w.get(name, "document_version", row, "procedure") for row in made.values()} == {
            made["NORD"]: "av NORD",
            made["NORD2"]: "av NORD2",
        }
        found = rules.check(w[name].db, ("document_version_document_version_number_is_not_repeated",))
        assert {f.record for f in found} == set(made.values())


def test_13_a_clock_gone_wild_loses_nothing(world: Make) -> None:
    w, row = two_files(world)
    w["NORD"].db.execute(f"UPDATE sync_local SET hlc = hlc + {3 * DAY}")
    w.set("NORD", "deviation", row, what_happened="Från framtiden")
    w.set("NORD", "deviation", row, what_happened="Från framtiden, senare")
    w.set("NORD2", "deviation", row, diary_number="2026-1")
    before = w["main"].db.execute("SELECT hlc FROM sync_local").fetchone()[0]
    w.sync("NORD", "NORD2")
    after = w["main"].db.execute("SELECT hlc FROM sync_local").fetchone()[0]
    assert before < after < before + DAY + DAY // 24
    assert everywhere(w, "deviation", row, "what_happened") == {"Från framtiden, senare"}
    w.set("main", "deviation", row, what_happened="Sett och ändrat")  # an earlier stamp, but a later change
    w.sync("NORD", "NORD2")
    assert everywhere(w, "deviation", row, "what_happened") == {"Sett och ändrat"}
    assert w.contested("main") == set()


def test_19_nothing_of_the_bookkeeping_travels_up(world: Make) -> None:
    w = world("SYD")
    w.raw("SYD", "UPDATE sync_stream SET name = 'Kapad', revoked_at = '2026-01-01'")
    w.raw("SYD", "DELETE FROM role")
    w.deviation("SYD", "SYD")
    before = w["main"].db.execute("SELECT no, replica, name, revoked_at FROM sync_stream").fetchall()
    w.sync("SYD")
    after = w["main"].db.execute("SELECT no, replica, name, revoked_at FROM sync_stream").fetchall()
    assert [tuple(r) for r in before] == [tuple(r) for r in after]


def test_19_a_child_of_a_refused_row_is_set_aside_with_it(world: Make) -> None:
    w = world("SYD")
    role, child = "01990000-0000-7000-8000-000000000002", "01990000-0000-7000-8000-000000000003"
    w.raw("SYD", "INSERT INTO role(id, name) VALUES (?, 'Egen roll')", role)
    w.raw(
        "SYD",
        """INSERT INTO deviation(id, kind, unit, received_on, what_happened, received_by)
           VALUES (?, 'klagomål', ?, '2026-03-01', 'x', ?)""",
        child, w.units["SYD"], role,
    )  # fmt: skip
    (summary,) = w.sync("SYD")
    reasons = {row.record: row.reason for row in summary.up.quarantined}
    assert set(reasons) == {role, child}
    assert "inte finns i huvudfilen" in reasons[child]
    assert w.get("SYD", "deviation", child) is None and w.get("SYD", "role", role) is None
    assert w.sync("SYD")[0].nothing_new


def test_20_a_row_that_changed_hands(world: Make) -> None:
    """The coordinator hands a row over while its old unit edits it: set aside with its value, not lost, not applied."""
    w = world()
    row = w.deviation("main", "NORD", "Hör hemma i söder")
    w.make("NORD")
    w.make("SYD")
    w.set("main", "deviation", row, unit=w.units["SYD"])
    w.set("NORD", "deviation", row, what_happened="Nords sena ändring")
    north, _ = w.sync("NORD", "SYD")
    assert [aside.record for aside in north.up.quarantined] == [row]
    assert w.get("NORD", "deviation", row) is None
    assert w.get("SYD", "deviation", row, "what_happened") == "Hör hemma i söder"
    assert w["main"].db.execute("SELECT 1 FROM sync_cell WHERE new = 'Nords sena ändring'").fetchone()


def test_26_two_moves_that_make_a_ring(world: Make) -> None:
    w = world()
    top = w.add("main", "process", name="Topp", unit=w.units["NORD"])
    a = w.add("main", "process", name="A", unit=w.units["NORD"], parent=top)
    b = w.add("main", "process", name="B", unit=w.units["NORD"], parent=top)
    w.make("NORD")
    w.make("NORD2", "NORD")
    w.set("NORD", "process", a, parent=b)
    w.set("NORD2", "process", b, parent=a)
    summaries = w.sync("NORD", "NORD2")
    w.sync("NORD", "NORD2")
    (conflict,) = [c for s in summaries for c in s.conflicts]
    assert (conflict.record, conflict.field, {s.value for s in conflict.sides}) == (b, "parent", {top, a})
    assert everywhere(w, "process", a, "parent") == {b}
    assert everywhere(w, "process", b, "parent") == {top}
    assert w.contested("main") == w.contested("NORD") == w.contested("NORD2")


def test_27_two_inserted_at_one_place_have_one_order_everywhere(world: Make) -> None:
    w = world()
    process = w.add("main", "process", name="Larm", unit=w.units["NORD"])
    w.make("NORD")
    w.make("NORD2", "NORD")
    for name in ("NORD", "NORD2"):
        w.add(name, "activity", process=process, name=f"av {name}")
    for _ in range(2):
        w.sync("NORD", "NORD2")
    order = "SELECT name FROM activity ORDER BY position, id"
    seen = {tuple(r[0] for r in w[name].db.execute(order)) for name in ("main", "NORD", "NORD2")}
    assert len(seen) == 1 and len(seen.pop()) == 2
    assert w.contested("main") == set()


@pytest.mark.parametrize(
    "text",
    ["a\x00b", "😀 fyra byte", "e\u0301 och \u00e9", "x" * 1_000_000, "rad\r\nrad\ttab", "'; DROP TABLE unit; --", " "],
)
def test_28_text_is_byte_equal_after_two_hops(world: Make, text: str) -> None:
    w, row = two_files(world)
    w.set("NORD", "deviation", row, immediate_action=text)
    w.sync("NORD", "NORD2")
    for name in ("main", "NORD", "NORD2"):
        value = (
            w[name]
            .db.execute("SELECT CAST(immediate_action AS BLOB) FROM deviation WHERE id = ?", (row,))
            .fetchone()[0]
        )
        assert value == text.encode()
        logged = w[name].db.execute("SELECT new FROM sync_cell WHERE new = ?", (text,)).fetchone()
        assert logged[0] == text


def test_28_numbers_are_exact_after_two_hops(world: Make) -> None:
    w = world("NORD", "NORDA")
    row = w.add("NORDA", "action", text="Byt lyft", unit=w.units["NORDA"])
    w["NORDA"].db.execute("UPDATE action SET priority = ? WHERE id = ?", (2**63 - 1, row))
    w.sync("NORDA", "NORD")
    assert {w.get(name, "action", row, "priority") for name in ("main", "NORD", "NORDA")} == {2**63 - 1}


def test_34_two_files_that_each_need_the_others_first_half(world: Make) -> None:
    w, row = two_files(world)
    w.set("NORD", "deviation", row, what_happened="1")
    w.set("NORD2", "deviation", row, diary_number="1")
    w.sync("NORD", "NORD2")
    w.set("NORD", "deviation", row, diary_number="2, efter 1")
    w.set("NORD2", "deviation", row, what_happened="2, efter 1")
    w.sync("NORD2", "NORD")
    assert everywhere(w, "deviation", row, "diary_number") == {"2, efter 1"}
    assert everywhere(w, "deviation", row, "what_happened") == {"2, efter 1"}
    assert w.contested("main") == set()


def test_35_two_decisions_at_once_are_a_conflict_again(world: Make) -> None:
    w, row = two_files(world)
    w.set("NORD", "deviation", row, what_happened="Nord")
    w.set("NORD2", "deviation", row, what_happened="Nord två")
    for _ in range(2):
        w.sync("NORD", "NORD2")
    decide(w["NORD"], find(w["NORD"], 1), "ours", "Ett")
    decide(w["NORD2"], find(w["NORD2"], 1), "ours", "Två")
    assert conflicts(w["NORD"]) == conflicts(w["NORD2"]) == []
    for _ in range(2):
        w.sync("NORD", "NORD2")
    (conflict,) = conflicts(w["main"])
    assert {(s.value, s.actor) for s in conflict.sides} == {("Nord", "Ett"), ("Nord två", "Två")}
    assert len(everywhere(w, "deviation", row, "what_happened")) == 1


def test_36_back_to_the_original_value_is_a_change(world: Make) -> None:
    w, row = two_files(world)
    w.set("NORD", "deviation", row, what_happened="Något annat")
    w.set("NORD", "deviation", row, what_happened="Före")
    w.set("main", "deviation", row, what_happened="Samordnarens")
    (summary,) = w.sync("NORD")
    (conflict,) = summary.conflicts
    assert {s.value for s in conflict.sides} == {"Före", "Samordnarens"}
    assert conflict.base == "Före"


def test_the_same_new_value_on_both_sides_is_no_conflict(world: Make) -> None:
    w, row = two_files(world)
    for name in ("main", "NORD", "NORD2"):
        w.set(name, "deviation", row, what_happened="Lika")
    for _ in range(2):
        w.sync("NORD", "NORD2")
    assert w.contested("main") == set()


def test_a_computed_record_made_in_two_files_is_one(world: Make) -> None:
    w = world()
    check = w.add("main", "self_check", name="Läkemedel", unit=w.units["NORD"], frequency="år")
    w.make("NORD")
    for name in ("main", "NORD"):
        w.add(name, "self_check_round", self_check=check, period="2026", due="2026-12-31")
    w.sync("NORD")
    assert w.rows("main", "self_check_round") == w.rows("NORD", "self_check_round")
    assert len(w.rows("main", "self_check_round")) == 1
    assert w.contested("main") == set()


def test_21_what_only_a_newer_program_knows_is_kept_and_said(world: Make) -> None:
    from lsk.capture import UPDATE, trigger
    from lsk.model import ENTITIES

    w, row = two_files(world)
    w.close()
    db = sqlite3.connect(w.path("NORD"))
    tbl = db.execute("SELECT tbl FROM sync_column WHERE entity = 'deviation'").fetchone()[0]
    db.execute("ALTER TABLE deviation ADD COLUMN mood TEXT")
    db.execute("INSERT INTO sync_column VALUES (?, 99, 'deviation', 'mood', 'deviation.mood')", (tbl,))
    columns = [tuple(r) for r in db.execute("SELECT tbl, no, name FROM sync_column WHERE tbl = ? ORDER BY no", (tbl,))]
    db.execute("DROP TRIGGER capture_deviation_update")
    db.execute(trigger(ENTITIES["deviation"], UPDATE, columns))
    db.execute("UPDATE deviation SET mood = 'orolig', what_happened = 'Känd del' WHERE id = ?", (row,))
    db.commit()
    db.close()
    (summary,) = w.sync("NORD")
    assert summary.up.unknown == ["deviation.mood"]
    assert w.get("main", "deviation", row, "what_happened") == "Känd del"
    assert w["main"].db.execute("SELECT 1 FROM sync_cell WHERE new = 'orolig'").fetchone()
    w.set("main", "deviation", row, what_happened="Går fortfarande att ändra")
    w.sync("NORD", "NORD2")
    assert w.get("NORD", "deviation", row, "mood") == "orolig"
    assert w["NORD2"].db.execute("SELECT 1 FROM sync_cell WHERE new = 'orolig'").fetchone()  # passed on, too
