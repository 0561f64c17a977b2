"""A second copy of a unit's file, or a backup that was edited, becomes a file of its own: nothing it holds is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from lsk.errors import LskError
from lsk.model import ENTITIES
from sync import keys, seal
from sync.adopt import adopt
from sync.conflicts import conflicts
from sync.ownership import keyed
from sync.verify import verify
from tests.sync.world import ACTOR, World

Make = Callable[..., World]


def copied(w: World, name: str, to: str) -> None:
    w.close()
    shutil.copyfile(w.path(name), w.path(to))


def sound(w: World, *names: str) -> None:
    assert {name: [f.sentence for f in verify(w[name])] for name in names} == {name: [] for name in names}


def two_copies(world: Make, sealed: bool) -> tuple[World, str]:
    """Main, and two copies of NORD's file, of which the first has synced what it changed; a row both have changed."""
    w = world()
    row = w.deviation("main", "NORD", "Före")
    w.make("NORD")
    if sealed:
        keyed(w["NORD"])
    w.set("NORD", "deviation", row, diary_number="2026-1")
    w.sync("NORD")
    copied(w, "NORD", "kopia")
    w.set("NORD", "deviation", row, what_happened="I den ena")
    w.deviation("NORD", "NORD", "Ny i den ena")
    w.sync("NORD")
    w.set("kopia", "deviation", row, what_happened="I den andra")
    w.deviation("kopia", "NORD", "Ny i den andra")
    return w, row


@pytest.mark.parametrize("sealed", [False, True])
def test_09_a_copy_becomes_a_file_of_its_own(world: Make, sealed: bool) -> None:
    w, row = two_copies(world, sealed)
    with pytest.raises(LskError, match=r"annan kopia av samma enhetsfil.*--adopt"):
        w.sync("kopia")
    w.close()
    info = adopt(w.path("main"), w.path("kopia"), ACTOR)
    assert (info.code, w["kopia"].file.code, w["kopia"].file.stream) == ("NORD2", "NORD2", 3)
    assert w["kopia"].file.replica != w["NORD"].file.replica
    assert seal.seals(w["kopia"].db, 2, 2) == []
    sound(w, "kopia", "main", "NORD")
    (summary,) = w.sync("kopia")
    assert (summary.up.added, summary.up.changed) == (1, 1)
    w.sync("NORD", "kopia")
    texts = {"I den ena", "I den andra"}
    for name in ("main", "NORD", "kopia"):
        (conflict,) = conflicts(w[name])
        assert (conflict.record, {s.value for s in conflict.sides}, conflict.base) == (row, texts, "Före")
        assert {r[1] for r in w.rows(name, "deviation").values()} == {
            "HK-AVV-26-001", "NORD-AVV-26-001", "NORD2-AVV-26-001",
        }  # fmt: skip
    assert w.rows("main", "deviation") == w.rows("NORD", "deviation") == w.rows("kopia", "deviation")
    sound(w, "main", "NORD", "kopia")
    assert w.sync("NORD", "kopia")[1].nothing_new


def test_09_the_next_reference_is_the_copys_own(world: Make) -> None:
    w, _ = two_copies(world, sealed=False)
    w.close()
    adopt(w.path("main"), w.path("kopia"), ACTOR)
    w.deviation("kopia", "NORD", "Därefter")
    w.sync("kopia", "NORD")
    refs = [r[1] for r in w.rows("main", "deviation").values()]
    assert len(refs) == len(set(refs)) == 4 and "NORD2-AVV-26-002" in refs


@pytest.mark.parametrize("sealed", [False, True])
def test_10_a_restored_backup_that_was_edited(world: Make, sealed: bool) -> None:
    """It may have fewer changes than the main file has, or more: it is refused all the same."""
    w = world("NORD")
    if sealed:
        keyed(w["NORD"])
    w.deviation("NORD", "NORD", "Före säkerhetskopian")
    w.sync("NORD")
    copied(w, "NORD", "backup")
    for n in range(2):
        w.deviation("NORD", "NORD", f"Efter säkerhetskopian {n}")
    w.sync("NORD")
    w.close()
    for edits in (1, 4):
        shutil.copyfile(w.path("backup"), w.path("NORD"))
        for n in range(edits):
            w.deviation("NORD", "NORD", f"Inskrivet i den återställda {n}")
        before = w.dump("main")
        with pytest.raises(LskError, match="annan kopia"):
            w.sync("NORD")
        assert w.dump("main") == before
        w.close()
    adopt(w.path("main"), w.path("NORD"), ACTOR)
    w.sync("NORD")
    assert w.rows("main", "deviation") == w.rows("NORD", "deviation")
    assert len(w.rows("main", "deviation")) == 7
    sound(w, "main", "NORD")


def test_10_a_sealed_backup_catches_up_and_goes_on(world: Make) -> None:
    w = world("NORD")
    keyed(w["NORD"])
    w.deviation("NORD", "NORD", "Före säkerhetskopian")
    w.sync("NORD")
    w.raw("NORD", "UPDATE unit SET name = 'Kapad' WHERE short_name = 'SYD'")
    copied(w, "NORD", "backup")
    w.raw("NORD", "UPDATE unit SET name = 'Kapad igen' WHERE short_name = 'SYD'")
    w.deviation("NORD", "NORD", "Efter säkerhetskopian")
    w.sync("NORD")
    copied(w, "backup", "NORD")
    w.sync("NORD")
    sound(w, "NORD", "main")
    w.deviation("NORD", "NORD", "Därefter")
    (summary,) = w.sync("NORD")
    assert (summary.up.added, summary.up.unsealed) == (1, 0)
    assert w.rows("main", "deviation") == w.rows("NORD", "deviation")
    sound(w, "NORD", "main")


def test_what_needs_no_adoption(world: Make) -> None:
    w = world("NORD")
    w.deviation("NORD", "NORD")
    w.close()
    before = w.dump("main"), w.dump("NORD")
    w.close()
    with pytest.raises(LskError, match="Synka den som vanligt"):
        adopt(w.path("main"), w.path("NORD"), ACTOR)
    assert (w.dump("main"), w.dump("NORD")) == before


def test_37_a_second_main_file_is_refused(world: Make) -> None:
    w = world("NORD")
    copied(w, "main", "main2")
    w.deviation("main2", "NORD")
    w.close()
    with pytest.raises(LskError, match="annan huvudfil"):
        adopt(w.path("main"), w.path("main2"), ACTOR)


def test_a_fault_midway_leaves_both_files(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    w, _ = two_copies(world, sealed=False)
    before = w.dump("main"), w.dump("kopia")
    w.close()

    def fails(*_: object) -> None:
        raise LskError("avbrott")

    monkeypatch.setattr("sync.adopt.own_references", fails)
    with pytest.raises(LskError, match="avbrott"):
        adopt(w.path("main"), w.path("kopia"), ACTOR)
    assert (w.dump("main"), w.dump("kopia")) == before


def test_every_place_that_names_an_operation_is_renumbered(world: Make) -> None:
    """No table of the copy names an operation of the old stream beyond what it has in common with the main file."""
    w, row = two_copies(world, sealed=False)
    w.delete("kopia", "deviation", row)
    w["kopia"].db.execute(
        "INSERT INTO sync_conflict SELECT 'x', 1, tbl, max(id), max(id) || ',' || min(id), '2026-01-01' FROM sync_op"
    )
    before = w.log("kopia")
    w.close()
    adopt(w.path("main"), w.path("kopia"), ACTOR)
    db, common = w["kopia"].db, (2 << 36) + 1
    for table, column in (
        ("sync_op", "id"), ("change_set", "id"), ("change_set", "undoes"), ("sync_quarantine", "op"),
        ("sync_destroyed", "op"), ("sync_conflict", "winner"),
    ):  # fmt: skip
        highest = db.execute(f"SELECT max({column}) FROM {table} WHERE {column} >> 36 = 2").fetchone()
        assert (highest[0] or 0) <= common, table
    winner, others = db.execute("SELECT winner, others FROM sync_conflict WHERE row = 'x'").fetchone()
    assert winner >> 36 == 3 and others == f"{winner},{(2 << 36) + 1}"
    assert {e.name for e in ENTITIES.values()} and len(w.log("kopia")) == len(before) + 1
    assert keys.own(w["kopia"].file.replica) is None
