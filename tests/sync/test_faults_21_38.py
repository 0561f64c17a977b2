"""Faults 21–38: programs of other ages, much and odd content, other programs, other computers."""

from __future__ import annotations

import lzma
import shutil
import sqlite3
import tracemalloc
from pathlib import Path, PurePosixPath

import pytest

from lsk.errors import LskError
from lsk.network_path import on_network_mount
from lsk.store import Store
from sync.causality import vector
from sync.conflicts import conflicts, decide
from sync.envelope import Damaged
from sync.merge import sync_files
from sync.verify import verify
from tests.sync.mail import send_up, take
from tests.sync.world import ACTOR, Make, World, everywhere, two_files

GOLDEN = Path(__file__).parents[1] / "data"


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


def golden(w: World, name: str, to: str) -> None:
    """A file as the released program of a format wrote it."""
    w.close(to)
    w.path(to).write_bytes(lzma.decompress((GOLDEN / f"{name}.db.xz").read_bytes()))


def rows_as_written(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """What stands in the tables that were there when the file was written, read without LSK."""
    db = sqlite3.connect(path)
    names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 's*_*' AND sql GLOB '*STRICT*'"
    found = {name: db.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall() for (name,) in db.execute(names)}
    db.close()
    return {name: rows for name, rows in found.items() if rows}


def test_22_files_of_the_first_format(world: Make) -> None:
    """Opened by today's program they are brought up to date after a copy, hold the same, and sync."""
    w = world()
    for name, to in (("format-1", "main"), ("format-1-nord", "NORD")):
        golden(w, name, to)
        old = rows_as_written(w.path(to))
        assert w[to].db.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0] > 1
        new = rows_as_written(w.path(to))
        assert {"unit", "process", "deviation", "change_set"} <= old.keys()
        assert all([row[: len(rows[0])] for row in new[name]] == rows for name, rows in old.items())
        (copy,) = w.folder.glob(f"{to}-före-uppgradering-*")
        assert rows_as_written(copy) == old
        assert verify(w[to]) == []
    (summary,) = w.sync("NORD")
    assert (summary.up.added, summary.up.changed, summary.conflicts) == (1, 1, [])
    assert w.rows("main", "deviation") == w.rows("NORD", "deviation")
    texts = {row[-1] for row in w["main"].db.execute("SELECT what_happened FROM deviation")}
    assert texts == {"Rättad", "I enheten, före uppgraderingen"}
    assert verify(w["main"]) == verify(w["NORD"]) == []
    w.units = dict(w["main"].db.execute("SELECT short_name, id FROM unit").fetchall())
    w.make("SYD")
    assert w.rows("SYD", "process") == w.rows("main", "process") != {}


def test_22_files_whose_log_had_a_row_for_each_cell(world: Make) -> None:
    """What was sealed, set aside, contested, destroyed and not yet synced is as it was when each change is one row."""
    w = world()
    for name, to in (("cells-apart", "main"), ("cells-apart-nord", "NORD")):
        golden(w, name, to)
        old = rows_as_written(w.path(to))
        assert verify(w[to]) == []
        assert rows_as_written(w.path(to))["deviation"] == old["deviation"]
    db = w["main"].db
    assert db.execute("SELECT 1 FROM sync_quarantine WHERE new GLOB '*Kapad*'").fetchone()
    assert db.execute("SELECT 1 FROM sync_cell WHERE new = ?", ("Sedan \x00 och \\0 med åäö",)).fetchone()
    assert {side.value for side in conflicts(w["main"])[0].sides} == {"Huvudfilens", "Enhetens"}
    (summary,) = w.sync("NORD")
    assert (summary.up.changed, summary.up.quarantined, summary.conflicts) == (1, [], [])
    assert w.rows("main", "deviation").items() >= w.rows("NORD", "deviation").items()
    assert verify(w["main"]) == verify(w["NORD"]) == []


def test_22_a_file_of_a_newer_format(world: Make) -> None:
    w = world("NORD")
    w.close()
    w.raw("NORD", "PRAGMA user_version = 99")
    with pytest.raises(LskError, match="nyare version av LSK"):
        w.sync("NORD")


def renamed(w: World, name: str, old: str, new: str) -> None:
    """Make ``name``'s file one whose program calls a field of the deviation something else."""
    w.close()
    db = sqlite3.connect(w.path(name))
    db.execute(f"ALTER TABLE deviation RENAME COLUMN {old} TO {new}")
    db.execute("UPDATE sync_column SET name = ? WHERE entity = 'deviation' AND name = ?", (new, old))
    db.commit()
    db.close()


def test_23_a_field_that_was_renamed_in_the_main_file(world: Make) -> None:
    """The unit's program has the old name. Its trigger wrote the field by number; its package says which it is."""
    w, row = two_files(world)
    renamed(w, "NORD", "immediate_action", "gjordes_genast")
    w.raw("NORD", "UPDATE deviation SET gjordes_genast = 'Ringde MAS' WHERE id = ?", row)
    assert take(w["main"], send_up(w, "NORD", "omdöpt")).unknown == []
    assert w.get("main", "deviation", row, "immediate_action") == "Ringde MAS"
    w.sync("NORD2")
    assert w.get("NORD2", "deviation", row, "immediate_action") == "Ringde MAS"


MANY = """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})
  INSERT INTO deviation(kind, unit, received_on, what_happened, immediate_action, diary_number)
  SELECT 'klagomål', ?, '2026-03-01', 'Nummer ' || i || ' {}', 'Åtgärd ' || i, '2026-' || i FROM n"""


def test_24_twenty_thousand_cells_in_one_bundle(world: Make) -> None:
    """Rows pass from file to file within SQLite, and who reads the main file meanwhile sees it as it was."""
    w = world("NORD")
    w.raw("NORD", MANY.format(3000, "lång text " * 20), w.units["NORD"])
    bundle = send_up(w, "NORD", "bunt")
    assert w["NORD"].db.execute("SELECT count(*) FROM sync_cell").fetchone()[0] > 20_000
    reader = sqlite3.connect(w.path("main"), timeout=0)
    seen: set[int] = set()

    def read() -> int:
        seen.update(row[0] for row in reader.execute("SELECT count(*) FROM deviation"))
        return 0

    w["main"].db.set_progress_handler(read, 100_000)
    tracemalloc.start()
    taken = take(w["main"], bundle)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    w["main"].db.set_progress_handler(None, 0)
    assert (taken.added, seen) == (3000, {0})
    assert reader.execute("SELECT count(*) FROM deviation").fetchone()[0] == 3000
    reader.close()
    size = w["main"].db.execute("SELECT sum(length(new)) FROM sync_cell").fetchone()[0]
    assert most < size  # what Python holds at once is less than the text that went by


def test_25_made_and_removed_again_before_anybody_saw_it(world: Make) -> None:
    w = world("NORD")
    w.raw("NORD", MANY.format(3000, ""), w.units["NORD"])
    w.raw("NORD", "DELETE FROM deviation")
    statements: list[str] = []
    bundle = send_up(w, "NORD", "bunt")
    w["main"].db.set_trace_callback(statements.append)
    taken = take(w["main"], bundle)
    w["main"].db.set_trace_callback(None)
    assert w.rows("main", "deviation") == {} and w.contested("main") == set()
    assert taken.operations == vector(w["NORD"].db)[w["NORD"].file.stream] >= 6000
    assert len(statements) < 1000  # none for each row
    assert verify(w["main"]) == []


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


def test_29_copies_that_a_sync_client_makes(world: Make) -> None:
    w = world("NORD")
    row = w.deviation("NORD", "NORD", "Före")
    bundle = send_up(w, "NORD", "1-1-abc")
    content = bundle.read_bytes()
    partial = w.folder / "1-1-abc-PC.lskb"
    partial.write_bytes(content[: len(content) // 2])
    with pytest.raises(Damaged, match="inte helt överförd"):
        take(w["main"], partial)
    partial.write_bytes(content)
    assert take(w["main"], partial).added == 1
    before = w.dump("main")
    for name in ("1-1-abc.sync-conflict-20260301-101112-ABCDEF.lskb", "1-1-abc (Annas kopia i konflikt).lskb"):
        shutil.copyfile(bundle, w.folder / name)
        assert take(w["main"], w.folder / name).operations == 0
    assert w.dump("main") == before
    assert w.get("main", "deviation", row, "what_happened") == "Före"


def test_30_edited_by_another_program(world: Make) -> None:
    w, row = two_files(world)
    w.raw("NORD", "UPDATE deviation SET what_happened = 'Från annat håll' WHERE id = ?", row)
    w.sync("NORD", "NORD2")
    assert everywhere(w, "deviation", row, "what_happened") == {"Från annat håll"}
    actors = w["main"].db.execute(
        """SELECT s.actor FROM sync_cell c JOIN change_set s ON s.id = c.op WHERE c.new = 'Från annat håll'"""
    )
    assert [r[0] for r in actors] == [None]


def test_30_edited_with_the_log_turned_off(world: Make) -> None:
    """Found by verify, which names the row and the field; the change does not travel by itself."""
    w, row = two_files(world)
    w.set("NORD", "deviation", row, what_happened="Loggad")
    w.sync("NORD")
    w.close()
    db = sqlite3.connect(w.path("NORD"))
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE name GLOB 'capture_deviation_*'").fetchall():
        db.execute(f'DROP TRIGGER "{name}"')
    db.execute("UPDATE deviation SET what_happened = 'Ologgad' WHERE id = ?", (row,))
    db.commit()
    db.close()
    with Store.open(w.path("NORD"), readonly=True) as store:
        found = verify(store)
    assert {f.rule for f in found} >= {"loggning"}
    assert [f.record for f in found if f.rule == "tabell"] == [row]
    w.sync("NORD")
    assert w.get("main", "deviation", row, "what_happened") == "Loggad"


@pytest.mark.parametrize(
    ("kind", "there"), [("cifs", True), ("nfs4", True), ("fuse.sshfs", True), ("ext4", False), ("vfat", False)]
)
def test_31_a_file_on_a_share(kind: str, there: bool) -> None:
    mounts = f"/dev/sda1 / ext4 rw 0 0\n//server/ledning /mnt/gemensam {kind} rw 0 0\n"
    assert on_network_mount(PurePosixPath("/mnt/gemensam/kvalitet/main.db"), mounts) is there
    assert not on_network_mount(PurePosixPath("/lokalt/main.db"), mounts)


def test_32_a_unit_that_was_silent_for_long(world: Make) -> None:
    """Its late work meets the values of today as any concurrent edit does: taken, or a conflict; nothing discarded."""
    w, row = two_files(world)
    other = w.deviation("NORD", "NORD", "Gjord innan tystnaden")
    w.set("NORD", "deviation", row, what_happened="För länge sedan", immediate_action="Ringde")
    for n in range(40):
        w.set("main", "deviation", row, what_happened=f"Huvud {n}")
        if n % 20 == 0:
            w.sync("NORD2")
    (summary,) = w.sync("NORD")
    (conflict,) = summary.conflicts
    assert {s.value for s in conflict.sides} == {"För länge sedan", "Huvud 39"}
    assert conflict.base == "Före"
    w.sync("NORD2")
    assert everywhere(w, "deviation", row, "immediate_action") == {"Ringde"}
    assert everywhere(w, "deviation", other, "what_happened") == {"Gjord innan tystnaden"}


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
    decide(w["NORD"], conflicts(w["NORD"])[0], "ours", "Ett")
    decide(w["NORD2"], conflicts(w["NORD2"])[0], "ours", "Två")
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


@pytest.mark.parametrize("edits", [1, 3], ids=["as many changes", "more changes"])
def test_37_two_main_files_by_accident(world: Make, edits: int) -> None:
    """A unit's file that has synced with the one is refused by the other: they have two histories under one number."""
    w = world("NORD")
    w.close()
    shutil.copyfile(w.path("main"), w.path("kopia"))
    w.deviation("main", "NORD", "I huvudfilen")
    for n in range(edits):
        w.deviation("kopia", "NORD", f"I kopian {n}")
    w.sync("NORD")
    w.deviation("NORD", "NORD", "Enhetens egen")
    before = w.dump("kopia"), w.dump("NORD")
    w.close()
    with pytest.raises(LskError, match="annan kopia av huvudfilen"):
        sync_files(w.path("kopia"), [w.path("NORD")], ACTOR)
    assert (w.dump("kopia"), w.dump("NORD")) == before
    w.sync("NORD")
    assert w.rows("main", "deviation") == w.rows("NORD", "deviation")


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
