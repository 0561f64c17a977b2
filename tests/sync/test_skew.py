"""Files of different versions: what only a newer program knows is kept, passed on, and in its place after upgrade."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lsk import capture
from lsk.change import derived_id
from lsk.errors import LskError
from lsk.history import log
from lsk.model import ENTITIES, MOVED
from lsk.model.vocabulary import Text
from lsk.schema import FORMAT
from lsk.store import Store
from sync import package
from sync.authorise import UNFIT
from sync.causality import first_of
from sync.conflicts import conflicts
from sync.seal import leaves
from sync.take import Taken
from tests.sync.programs import (
    BEFORE,
    JOTTING,
    MOOD,
    NEVER_BEFORE,
    NOTE,
    STATE,
    TONE,
    WIDER,
    WITH_MOOD,
    WITH_STATE,
    Program,
    columns,
    down,
    sound,
    up,
)  # fmt: skip
from tests.sync.world import World

Make = Callable[..., World]
RENAMED = Program(2, (TONE,), (JOTTING,))
SPLIT = Program(2, (), (NOTE,), (NEVER_BEFORE,))


@pytest.fixture
def one(world: Make) -> tuple[World, str]:
    """A main file, two files of one unit, and a deviation that all three have."""
    w = world("NORD")
    w.make("NORD2", "NORD")
    row = w.deviation("main", "NORD", "Känd")
    w.sync("NORD", "NORD2")
    return w, row


def note_of(row: str) -> str:
    return derived_id(NOTE, {"deviation": row})


# --- what only a newer program knows ---------------------------------------------------------------------------------


def test_20_a_column_and_a_table_appear_after_upgrade_as_if_they_had_always_been_there(one: tuple[World, str]) -> None:
    w, row = one
    twice: list[tuple[Any, Any]] = []
    for name, main in (("gammal", BEFORE), ("ny", WITH_MOOD)):
        with w.copied(w.folder / name) as twin:
            with WITH_MOOD(twin):
                twin.set("NORD", "deviation", row, mood="orolig", what_happened="Känd del")
                note = twin.add("NORD", "mood_note", deviation=row, mood="mulen")
                twin.set("NORD", "mood_note", note, why="Vädret")
                gone = twin.add("NORD", "mood_note", deviation=twin.deviation("NORD", "NORD"), mood="kort")
                twin.delete("NORD", "mood_note", gone)
            taken = up(twin, "NORD", WITH_MOOD, main)
            assert ("deviation.mood" in taken.unknown) is (main is BEFORE)
            with main(twin):
                assert twin.get("main", "deviation", row, "what_happened") == "Känd del"
                assert log(twin["main"].db)
            with WITH_MOOD(twin):
                values = twin.rows("main", "deviation"), twin.rows("main", "mood_note")
                assert twin.get("main", "deviation", row, "mood") == "orolig"
                assert twin.get("main", "mood_note", note, "why") == "Vädret"
                assert not twin.get("main", "mood_note", gone)
                assert twin["main"].search("Vädret")
                sound(twin, "main")
                twin.sync("NORD", "NORD2")  # the file that the older main file could not pass the table on to
                assert (
                    twin.rows("NORD2", "mood_note") == twin.rows("main", "mood_note") == twin.rows("NORD", "mood_note")
                )
                assert twin.rows("NORD2", "deviation") == twin.rows("main", "deviation")
                sound(twin, "main", "NORD", "NORD2")
            twice.append(values)
    refs = [{k: v[2:] for k, v in deviations.items()} for deviations, _ in twice]
    assert list(refs[0][row]) == list(refs[1][row])


def test_a_file_that_the_older_main_file_could_not_pass_a_row_on_to_gets_it_after_upgrade(
    one: tuple[World, str],
) -> None:
    w, row = one
    with WITH_MOOD(w):
        note = w.add("NORD", "mood_note", deviation=row, mood="mulen")
    up(w, "NORD", WITH_MOOD, BEFORE)
    down(w, "NORD2", BEFORE, WITH_MOOD)
    with WITH_MOOD(w):
        assert not w.get("NORD2", "mood_note", note)
        assert w.get("main", "mood_note", note)
        w.sync("NORD2")
        assert w.get("NORD2", "mood_note", note, "mood") == "mulen"
        sound(w, "main", "NORD2")


def test_a_row_deleted_and_brought_back_while_unknown_lives_after_upgrade(one: tuple[World, str]) -> None:
    from lsk.history import undo

    w, row = one
    with WITH_MOOD(w):
        note = w.add("NORD", "mood_note", deviation=row, mood="mulen")
    up(w, "NORD", WITH_MOOD, BEFORE)
    with WITH_MOOD(w):
        w.delete("NORD", "mood_note", note)
        undo(w["NORD"], "Anna")
    up(w, "NORD", WITH_MOOD, BEFORE)
    with WITH_MOOD(w):
        assert w.get("main", "mood_note", note, "mood") == "mulen"
        sound(w, "main")


def test_a_conflict_in_an_unknown_column_waits_for_the_upgrade(one: tuple[World, str]) -> None:
    w, row = one
    for name, mood in (("NORD", "orolig"), ("NORD2", "lugn")):
        with WITH_MOOD(w):
            w.set(name, "deviation", row, mood=mood)
        up(w, name, WITH_MOOD, BEFORE)
    with WITH_MOOD(w):
        (found,) = conflicts(w["main"])
        assert {side.value for side in found.sides} == {"orolig", "lugn"}
        assert w.get("main", "deviation", row, "mood") == found.sides[0].value
        sound(w, "main")
        w.sync("NORD", "NORD2")
        assert {w.get(n, "deviation", row, "mood") for n in ("main", "NORD", "NORD2")} == {found.sides[0].value}


def test_a_parent_deleted_while_the_child_was_unknown_comes_back(one: tuple[World, str]) -> None:
    w, row = one
    with WITH_MOOD(w):
        note = w.add("NORD", "mood_note", deviation=row, mood="mulen")
    with BEFORE(w):
        w.delete("main", "deviation", row)
    up(w, "NORD", WITH_MOOD, BEFORE)
    with WITH_MOOD(w):
        assert w.get("main", "deviation", row) == row
        assert w.get("main", "mood_note", note)
        assert w["main"].db.execute("PRAGMA foreign_key_check").fetchall() == []
        sound(w, "main")


def test_an_older_units_file_keeps_what_it_was_told_of_rows_that_came_without_history(one: tuple[World, str]) -> None:
    w, _ = one
    with WITH_MOOD(w):
        row = w.deviation("main", "SYD", "Byter enhet", mood="orolig")
        note = w.add("main", "mood_note", deviation=row, mood="mulen")
    down(w, "NORD", WITH_MOOD, BEFORE)
    with WITH_MOOD(w):
        w.set("main", "deviation", row, unit=w.units["NORD"])
    down(w, "NORD", WITH_MOOD, BEFORE)
    with BEFORE(w):
        w.set("NORD", "deviation", row, what_happened="Går att ändra")
        assert "mood" not in columns(w.path("NORD"), "deviation")
        assert log(w["NORD"].db)
    with WITH_MOOD(w):
        assert w.get("NORD", "deviation", row, "mood") == "orolig"
        assert w.get("NORD", "mood_note", note, "mood") == "mulen"
        assert w["NORD"].db.execute("SELECT count(*) FROM sync_unplaced").fetchone()[0] == 0
        sound(w, "NORD")
        w.sync("NORD")
        sound(w, "main", "NORD")


def test_rows_of_an_older_program_get_what_a_new_column_must_have(one: tuple[World, str]) -> None:
    w, row = one
    with BEFORE(w):
        early = w.deviation("NORD", "NORD", "Före")
    with WITH_STATE(w):
        late = w.deviation("NORD", "NORD", "Efter", state="orolig")
    up(w, "NORD", WITH_STATE, WITH_STATE)
    with WITH_STATE(w):
        assert [w.get("main", "deviation", r, "state") for r in (row, early, late)] == ["lugn", "lugn", "orolig"]
        sound(w, "main", "NORD")


def test_a_value_that_only_a_still_newer_program_takes_stays_in_the_log(one: tuple[World, str]) -> None:
    w, row = one
    wider = Program(1, (MOOD, WIDER))
    with wider(w):
        w.set("NORD", "deviation", row, state="arg")
    up(w, "NORD", wider, BEFORE)
    with WITH_STATE(w):
        assert w.get("main", "deviation", row, "state") == "lugn"
        assert w["main"].db.execute("SELECT 1 FROM sync_cell WHERE new = 'arg'").fetchone()
        sound(w, "main")


# --- renamed -------------------------------------------------------------------------------------------------------


@pytest.fixture
def moody(one: tuple[World, str]) -> tuple[World, str, str]:
    """Every file at version 1, with a mood and a note on the deviation."""
    w, row = one
    with WITH_MOOD(w):
        w.set("main", "deviation", row, mood="Åska")
        note = w.add("main", "mood_note", deviation=row, mood="mulen")
        w.sync("NORD", "NORD2")
    return w, row, note


def digests(w: World, name: str) -> list[tuple[int, bytes]]:
    with contextlib.closing(sqlite3.connect(w.path(name))) as db:
        return list(leaves(db, "main", 0, first_of(99)))


def test_23_an_edit_by_the_old_name_lands_in_the_renamed_column_both_ways(moody: tuple[World, str, str]) -> None:
    w, row, note = moody
    before = digests(w, "main")
    with RENAMED(w):
        assert w.get("main", "deviation", row, "tone") == "Åska"
        assert w.get("main", "jotting", note, "mood") == "mulen"
        w.deviation("main", "NORD", "Annan", tone="Älva")
        order = w["main"].db.execute("SELECT tone FROM deviation WHERE tone <> '' ORDER BY tone_sort").fetchall()
        assert [r[0] for r in order] == ["Åska", "Älva"]
        names = {r[0] for r in w["main"].db.execute("SELECT name FROM sqlite_schema WHERE name LIKE '%mood%'")}
        assert names == set()
    assert not columns(w.path("main"), "deviation") & {"mood", "mood_sort"}
    assert digests(w, "main")[: len(before)] == before
    with WITH_MOOD(w):
        w.set("NORD", "deviation", row, mood="Nord")
        w.set("NORD", "mood_note", note, mood="klar", why="Sol")
    up(w, "NORD", WITH_MOOD, RENAMED)
    with RENAMED(w):
        assert w.get("main", "deviation", row, "tone") == "Nord"
        assert (w.get("main", "jotting", note, "mood"), w.get("main", "jotting", note, "why")) == ("klar", "Sol")
        w.set("main", "deviation", row, tone="Huvud")
        w.set("main", "jotting", note, why="Måne")
        sound(w, "main")
    down(w, "NORD", RENAMED, WITH_MOOD)
    with WITH_MOOD(w):
        assert w.get("NORD", "deviation", row, "mood") == "Huvud"
        assert w.get("NORD", "mood_note", note, "why") == "Måne"
        sound(w, "NORD")
    with RENAMED(w):
        w.sync("NORD", "NORD2")
        sound(w, "main", "NORD", "NORD2")


def test_two_renamings_after_each_other_and_two_names_that_change_places(one: tuple[World, str]) -> None:
    w, row = one
    first = Program(1, (Text("mood", sorted=True), Text("tone")))
    crossed = Program(2, (Text("tone", was="mood", sorted=True), Text("mood", was="tone")))
    last = Program(3, (Text("feeling", was="mood", sorted=True), Text("mood", was="tone")))
    with first(w):
        w.set("main", "deviation", row, mood="ett", tone="två")
    with crossed(w):
        assert (w.get("main", "deviation", row, "tone"), w.get("main", "deviation", row, "mood")) == ("ett", "två")
        sound(w, "main")
    with last(w):
        assert w.get("main", "deviation", row, "feeling") == "ett"
        assert w.get("main", "deviation", row, "feeling_sort") == "ett"
        w.set("main", "deviation", row, feeling="tre")
        sound(w, "main")


def test_a_newer_column_in_a_renamed_table_is_kept_with_its_table(moody: tuple[World, str, str]) -> None:
    w, _, note = moody
    wider = Program(2, (TONE,), (replace(JOTTING, fields=(*JOTTING.fields, Text("whose"))),))
    with wider(w):
        w.set("NORD", "jotting", note, whose="min", why="Sol")
    up(w, "NORD", wider, WITH_MOOD)
    with WITH_MOOD(w):
        assert w.get("main", "mood_note", note, "why") == "Sol"
        rows = w["main"].db.execute("SELECT DISTINCT tbl FROM sync_column WHERE key LIKE 'mood_note.%'").fetchall()
        assert len(rows) == 1
    with wider(w):
        assert w.get("main", "jotting", note, "whose") == "min"
        sound(w, "main")


def test_no_two_columns_have_one_permanent_name_and_what_moved_has_a_place() -> None:
    keys = [capture.key(e, name) for e in ENTITIES.values() for name in ("ref", *(f.name for f in e.columns))]
    assert len(keys) == len(set(keys))
    for move in MOVED:
        assert ENTITIES[move.to].identity == (move.by,) and move.was not in keys
        assert move.field in ENTITIES[move.to].names


# --- moved -----------------------------------------------------------------------------------------------------------


def test_a_split_table_is_filled_by_the_main_file_when_it_is_brought_up_to_date(one: tuple[World, str]) -> None:
    w, row = one
    only_column = Program(1, (MOOD,))
    with only_column(w):
        w.set("main", "deviation", row, mood="orolig")
        w.deviation("main", "NORD", "Utan")
    with SPLIT(w):
        assert w.get("main", "mood_note", note_of(row), "mood") == "orolig"
        assert len(w.rows("main", "mood_note")) == 1
        assert w.get("main", "mood_note", note_of(row), "ref") == f"STM-{note_of(row)[:8]}"
        sound(w, "main")
        w.sync("NORD", "NORD2")
        assert w.rows("NORD", "mood_note") == w.rows("NORD2", "mood_note") == w.rows("main", "mood_note")
        logged: frozenset[Any] = frozenset(w.log("main"))
        w.sync("NORD", "NORD2")
        assert frozenset(w.log("main")) == logged
        sound(w, "NORD", "NORD2")


def carried(one: tuple[World, str]) -> tuple[World, str, str]:
    w, row = one
    with Program(1, (MOOD,))(w):
        w.set("main", "deviation", row, mood="Före")
        w.sync("NORD", "NORD2")
    with SPLIT(w):
        assert w.get("main", "mood_note", note_of(row), "mood") == "Före"
    return w, row, note_of(row)


OLD = Program(1, (MOOD,))


def test_a_late_edit_of_the_old_column_is_carried_over(one: tuple[World, str]) -> None:
    w, row, note = carried(one)
    with OLD(w):
        w.set("NORD", "deviation", row, mood="Sent", what_happened="Annat")
        new = w.deviation("NORD", "NORD", "Ny", mood="Född sent")
    taken = up(w, "NORD", OLD, SPLIT)
    assert taken.unknown == []  # it has moved; it is not unknown
    with SPLIT(w):
        assert w.get("main", "mood_note", note, "mood") == "Sent"
        assert w.get("main", "mood_note", note_of(new), "mood") == "Född sent"
        assert conflicts(w["main"]) == []
        sound(w, "main")
        w.sync("NORD", "NORD2")
        assert w.get("NORD2", "mood_note", note, "mood") == "Sent"
        sound(w, "main", "NORD", "NORD2")


def test_an_edit_in_each_place_is_a_conflict_that_a_person_decides(one: tuple[World, str]) -> None:
    from sync.conflicts import decide

    w, row, note = carried(one)
    with OLD(w):
        w.set("NORD", "deviation", row, mood="Gammalt program")
    with SPLIT(w):
        w.set("main", "mood_note", note, mood="Nytt program")
    up(w, "NORD", OLD, SPLIT)
    with SPLIT(w):
        (found,) = conflicts(w["main"])
        assert {side.value for side in found.sides} == {"Gammalt program", "Nytt program"}
        sound(w, "main")
        decide(w["main"], found, "Nytt program", "Anna")
        w.sync("NORD", "NORD2")
        assert {w.get(n, "mood_note", note, "mood") for n in ("main", "NORD", "NORD2")} == {"Nytt program"}
        sound(w, "main", "NORD", "NORD2")


def test_what_was_deleted_in_the_new_place_does_not_come_back_by_itself(one: tuple[World, str]) -> None:
    w, _, note = carried(one)
    with SPLIT(w):
        w.delete("main", "mood_note", note)
    with OLD(w):
        other = w.deviation("NORD", "NORD", "Annan")
    up(w, "NORD", OLD, SPLIT)
    with SPLIT(w):
        assert w.get("main", "deviation", other)
        assert not w.get("main", "mood_note", note)
        sound(w, "main")


# --- refused ---------------------------------------------------------------------------------------------------------


def test_22_a_file_and_a_package_of_a_newer_format_ask_for_an_update(
    one: tuple[World, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    w, row = one
    newer = Program(1, (MOOD,), format=FORMAT + 1)
    with newer(w):
        w.set("NORD", "deviation", row, mood="orolig")
    before = w.path("NORD").read_bytes()
    with pytest.raises(LskError, match=r"nyare version.*Uppdatera LSK"):
        w.sync("NORD")
    assert w.path("NORD").read_bytes() == before
    path = w.folder / "paket.db"
    with newer(w), monkeypatch.context() as patch:
        patch.setattr(package, "FORMAT", package.FORMAT + 1)
        package.write_up(w["NORD"], path, 0, 1)
        assert package.told(path).sender == w["NORD"].file.stream
    with pytest.raises(LskError, match=r"nyare version.*Uppdatera LSK"):
        package.told(path)


def test_22_the_original_is_kept_when_a_file_is_brought_up_to_date(one: tuple[World, str]) -> None:
    w, row = one
    w.close()
    with WITH_MOOD(w):
        assert w.get("NORD", "deviation", row) == row
    (copy,) = w.folder.glob("NORD-före-uppgradering-*.db")
    with BEFORE(w), Store.open(copy) as store:
        assert store.db.execute("SELECT 1 FROM deviation WHERE id = ?", (row,)).fetchone()
        assert "mood" not in columns(copy, "deviation")


def test_a_value_our_check_refuses_is_set_aside_with_its_row_and_nothing_else(one: tuple[World, str]) -> None:
    w, row = one
    wider = Program(1, (WIDER,))
    narrow = Program(1, (STATE,))
    with wider(w):
        w.set("NORD", "deviation", row, state="arg")
        good = w.deviation("NORD", "NORD", "Gott", state="orolig")
    taken: Taken = up(w, "NORD", wider, narrow)
    assert [(q.record, q.reason) for q in taken.quarantined] == [(row, UNFIT)]
    with narrow(w):
        assert w.get("main", "deviation", row, "state") == "lugn"
        assert w.get("main", "deviation", good, "state") == "orolig"
        kept = w["main"].db.execute("SELECT c.value FROM sync_quarantine q, json_each(q.new) c WHERE q.row = ?", (row,))
        assert [r[0] for r in kept] == ["arg"]
        sound(w, "main")
