"""Every change can be seen, and taken back, by a new change; nothing that somebody else did since is lost by it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsk import history
from lsk.change import Record
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.store import Store

Add = Callable[..., Record]


@pytest.fixture
def deviation(add: Add) -> Record:
    return add("deviation", kind="avvikelse", unit="HTN", received_on="2026-11-03", what_happened="Maten kom för sent")


def kind(store: Store) -> str | None:
    row = store.db.execute("SELECT kind FROM deviation").fetchone()
    return None if row is None else str(row[0])


def set_kind(store: Store, record: Record, value: str) -> None:
    with store.change("Anna", f"blir {value}") as change:
        change.update("deviation", record.id, {"kind": value})


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every record of the file, log and counters apart."""
    return {name: [tuple(r) for r in store.db.execute(f'SELECT * FROM "{name}" ORDER BY id')] for name in ENTITIES}


# --- undo and redo ----------------------------------------------------------------------------------------------------


def test_what_is_undone_is_undone_by_a_new_change_and_can_be_redone(ragunda: Store, deviation: Record) -> None:
    set_kind(ragunda, deviation, "klagomål")
    sets = len(history.log(ragunda.db))
    undone = history.undo(ragunda, "Bo")
    assert (undone.why, kind(ragunda)) == ("blir klagomål", "avvikelse")
    newest = history.log(ragunda.db)[0]
    assert (newest.actor, newest.why, newest.undoes) == ("Bo", "ångrar: blir klagomål", undone.id)
    history.redo(ragunda, "Bo")
    assert kind(ragunda) == "klagomål"
    assert len(history.log(ragunda.db)) == sets + 2


def test_undo_goes_further_back_each_time_and_redo_forward(ragunda: Store, deviation: Record) -> None:
    start = content(ragunda)
    seen = ["avvikelse", "klagomål", "synpunkt", "förslag"]
    for value in seen[1:]:
        set_kind(ragunda, deviation, value)
    for value in reversed(seen[:-1]):
        history.undo(ragunda, "Anna")
        assert kind(ragunda) == value
    assert content(ragunda) == start
    for value in seen[1:]:
        history.redo(ragunda, "Anna")
        assert kind(ragunda) == value
    with pytest.raises(LskError, match="inget att göra om"):
        history.redo(ragunda, "Anna")
    history.undo(ragunda, "Anna")
    assert kind(ragunda) == "synpunkt"


def test_there_is_nothing_to_redo_after_something_new(ragunda: Store, deviation: Record) -> None:
    set_kind(ragunda, deviation, "klagomål")
    history.undo(ragunda, "Anna")
    set_kind(ragunda, deviation, "synpunkt")
    with pytest.raises(LskError, match="Det finns inget att göra om"):
        history.redo(ragunda, "Anna")
    assert history.redoable(ragunda.db) is None
    history.undo(ragunda, "Anna")
    history.redo(ragunda, "Anna")
    assert kind(ragunda) == "synpunkt"


def test_nothing_to_undo_is_said(empty: Store) -> None:
    assert history.undoable(empty.db) is None
    with pytest.raises(LskError, match="Det finns inget att ångra"):
        history.undo(empty, "Anna")


def test_an_edit_by_another_program_is_undone(ragunda: Store, deviation: Record) -> None:
    with closing(sqlite3.connect(ragunda.path, isolation_level=None)) as other:
        other.execute("UPDATE deviation SET kind = 'klagomål', what_happened = 'Fel mat'")
    history.undo(ragunda, "Anna")
    row = ragunda.db.execute("SELECT kind, what_happened FROM deviation").fetchone()
    assert tuple(row) == ("avvikelse", "Maten kom för sent")
    assert history.log(ragunda.db)[0].why == f"ångrar: {history.OUTSIDE}"


def test_a_record_that_another_program_added_is_taken_away_again(ragunda: Store) -> None:
    before = content(ragunda)
    with closing(sqlite3.connect(ragunda.path, isolation_level=None)) as other:
        other.execute("INSERT INTO setting(key) VALUES ('ny')")
        other.execute("INSERT INTO person(name) VALUES ('Åsa Ek')")
    while content(ragunda) != before:
        history.undo(ragunda, "Anna")
    assert history.redoable(ragunda.db) is not None


def test_a_deleted_record_comes_back_with_its_id_and_all_it_held(ragunda: Store, deviation: Record) -> None:
    before = content(ragunda)
    with ragunda.change("Anna") as change:
        change.delete("deviation", deviation.id)
    assert kind(ragunda) is None
    history.undo(ragunda, "Anna")
    assert content(ragunda) == before
    assert [hit.id for hit in ragunda.search("maten sent")] == [deviation.id]


def test_many_records_that_lean_on_each_other_are_undone_together(ragunda: Store, deviation: Record) -> None:
    before = content(ragunda)
    with ragunda.change("Anna") as change:
        made = change.insert("investigation", {"deviation": deviation.id, "kind": "ordinär"})
        change.update("deviation", deviation.id, {"status": "utreds"})
        change.update("investigation", made.id, {"conclusion": "Schemat var fel"})
        change.delete("investigation", made.id)
        change.insert("investigation", {"deviation": deviation.id, "kind": "ordinär"})
    after = content(ragunda)
    history.undo(ragunda, "Anna")
    assert content(ragunda) == before
    history.redo(ragunda, "Anna")
    assert content(ragunda) == after


def test_what_was_changed_since_is_not_undone(ragunda: Store, deviation: Record) -> None:
    """As after a merge: the newest change made here is older than somebody else's."""
    set_kind(ragunda, deviation, "klagomål")
    ragunda.db.execute("UPDATE sync_local SET capture = 0")
    ragunda.db.execute("UPDATE deviation SET kind = 'förslag'")
    ragunda.db.execute("UPDATE sync_local SET capture = 1")
    with pytest.raises(LskError, match=f"avvikelsen {deviation.ref} har ändrats sedan dess"):
        history.undo(ragunda, "Anna")
    assert kind(ragunda) == "förslag"


def test_a_new_record_that_somebody_else_wrote_in_is_not_taken_away(ragunda: Store, deviation: Record) -> None:
    ragunda.db.execute("UPDATE sync_local SET capture = 0")
    ragunda.db.execute("UPDATE deviation SET immediate_action = 'Bad om ursäkt'")
    ragunda.db.execute("UPDATE sync_local SET capture = 1")
    with pytest.raises(LskError, match="har ändrats sedan dess"):
        history.undo(ragunda, "Anna")
    assert kind(ragunda) == "avvikelse"


EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(["Åsa", "Örjan", "Ali"]), st.just(0)),
        st.tuples(st.just("name"), st.text(min_size=1, max_size=5), st.integers(0, 3)),
        st.tuples(st.just("title"), st.one_of(st.none(), st.text(max_size=5)), st.integers(0, 3)),
        st.tuples(st.just("delete"), st.just(""), st.integers(0, 3)),
        st.tuples(st.just("outside"), st.text(max_size=5), st.integers(0, 3)),
        st.tuples(st.just("undo"), st.just(""), st.just(0)),
    ),
    max_size=12,
)


def edit(store: Store, what: str, value: str | None, which: int) -> None:
    people = [row[0] for row in store.db.execute("SELECT id FROM person ORDER BY id")]
    person = people[which % len(people)] if people else None
    if what == "undo":
        if history.undoable(store.db):
            history.undo(store, "Anna")
    elif what == "outside":
        store.db.execute("UPDATE person SET email = ? WHERE id >= ?", (value, person or ""))
    elif what == "add":
        with store.change("Anna") as change:
            change.insert("person", {"name": value})
            change.insert("person", {"name": "En till"})
    elif person is not None:
        with store.change("Anna") as change:
            if what == "delete":
                change.delete("person", person)
            else:
                change.update("person", person, {what: value})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_undoing_everything_gives_the_start_and_redoing_everything_the_end(
    edits: list[tuple[str, Any, int]], empty_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "fil.db"
    shutil.copyfile(empty_file, path)
    with Store.open(path) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        start = content(store)
        for one in edits:
            edit(store, *one)
        end, undone = content(store), 0
        while history.undoable(store.db):
            history.undo(store, "Anna")
            undone += 1
        assert content(store) == start
        for _ in range(undone):
            history.redo(store, "Anna")
        assert content(store) == end


# --- the log ----------------------------------------------------------------------------------------------------------


def test_the_history_of_a_record_is_its_own_changes_newest_first(ragunda: Store, add: Add, deviation: Record) -> None:
    other = add("deviation", kind="synpunkt", unit="HTN", received_on="2026-11-04", what_happened="Bra mat")
    set_kind(ragunda, deviation, "klagomål")
    with ragunda.change("Bo", "båda") as change:
        change.update("deviation", deviation.id, {"origin": "intern"})
        change.update("deviation", other.id, {"immediate_action": "Tackade"})
    past = history.log(ragunda.db, record=deviation.id)
    assert [s.why for s in past] == ["båda", "blir klagomål", None]
    assert {c.record for s in past for c in s.changes} == {deviation.id}
    assert [s.why for s in history.log(ragunda.db, limit=1)] == ["båda"]
    assert len(history.log(ragunda.db, before=past[0].at, limit=99)) < len(history.log(ragunda.db, limit=99))


def test_a_large_change_shows_its_first_fields_and_how_many_more(ragunda: Store) -> None:
    unit = ragunda.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()[0]
    row = {"kind": "avvikelse", "received_on": "2026-11-03", "what_happened": "Maten", "unit": unit}
    with ragunda.change("Anna", "läser in") as change:
        change.insert_many("deviation", [row] * 50)
    (whole,) = history.log(ragunda.db, 1, most=history.ALL)
    (part,) = history.log(ragunda.db, 1, most=12)
    assert (part.changes, part.more) == (whole.changes[:12], len(whole.changes) - 12)
    assert (whole.more, {c.field for c in whole.changes} >= {"ref", "kind", "unit"}) == (0, True)


# --- the difference between two moments -------------------------------------------------------------------------------


def moment(store: Store) -> str:
    """Now, and the clock of the log has gone on since."""
    sql = "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')"
    first = store.db.execute(sql).fetchone()[0]
    while store.db.execute(sql).fetchone()[0] == first:
        pass
    return str(store.db.execute(sql).fetchone()[0])


def test_the_difference_is_first_old_to_last_new(ragunda: Store, deviation: Record) -> None:
    start = moment(ragunda)
    set_kind(ragunda, deviation, "klagomål")
    set_kind(ragunda, deviation, "synpunkt")
    with ragunda.change("Anna") as change:
        change.update("deviation", deviation.id, {"origin": "extern"})
        change.update("deviation", deviation.id, {"origin": None})
        person = change.insert("person", {"name": "Åsa"})
        gone = change.insert("person", {"name": "Ali"})
    with ragunda.change("Anna") as change:
        change.delete("person", gone.id)
        change.update("person", person.id, {"name": "Åsa Ek"})
    end = moment(ragunda)
    found = [(c.entity, c.field, c.kind, c.old, c.new) for c in history.diff(ragunda.db, start, end)]
    assert found == [
        ("deviation", "kind", 2, "avvikelse", "synpunkt"),
        ("person", "name", 1, None, "Åsa Ek"),
        ("person", "ref", 1, None, person.ref),
    ]
    assert history.diff(ragunda.db, end, "9999-12-31") == []
    with ragunda.change("Anna") as change:
        change.delete("person", person.id)
    assert {c.kind for c in history.diff(ragunda.db, end, "9999-12-31")} == {3}


def test_a_moment_that_is_none_is_refused(ragunda: Store) -> None:
    with pytest.raises(LskError, match="”i fjol” är inget datum"):
        history.diff(ragunda.db, "i fjol", "2026-01-01")
