"""Whatever tool changes a record, the log has it: which record, which field, from what, to what."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlite_utils import Database

from lsk import capture, history
from lsk.change import Record
from lsk.errors import LskError
from lsk.store import Store

Add = Callable[..., Record]
TWO63 = 2**63 - 1


@pytest.fixture
def deviation(add: Add) -> Record:
    return add("deviation", kind="avvikelse", unit="HTN", received_on="2026-11-03", what_happened="Maten kom för sent")


@pytest.fixture
def outside(ragunda: Store) -> Iterator[sqlite3.Connection]:
    """Another program's connection, with none of LSK's settings."""
    with closing(sqlite3.connect(ragunda.path, isolation_level=None)) as db:
        yield db


def latest(store: Store) -> history.ChangeSet:
    return history.log(store.db, 1)[0]


def cells(store: Store) -> dict[str, tuple[Any, Any]]:
    return {c.field: (c.old, c.new) for c in latest(store).changes}


def operations(store: Store) -> int:
    return int(store.db.execute("SELECT count(*) FROM sync_op").fetchone()[0])


def next_moment(db: sqlite3.Connection) -> None:
    """Go on until the log's clock shows another millisecond: two statements in one are one change set."""
    first = db.execute(f"SELECT {capture.MILLISECONDS}").fetchone()
    while db.execute(f"SELECT {capture.MILLISECONDS}").fetchone() == first:
        pass


def test_an_edit_in_lsk_is_logged_with_old_and_new_value(ragunda: Store, deviation: Record) -> None:
    with ragunda.change("Anna", "hörde av sig igen") as change:
        change.update("deviation", deviation.id, {"kind": "klagomål", "selected_for_report": 1})
    logged = latest(ragunda)
    assert (logged.actor, logged.why, logged.file) == ("Anna", "hörde av sig igen", "HK")
    assert cells(ragunda) == {"kind": ("avvikelse", "klagomål"), "selected_for_report": (None, 1)}
    assert {(c.entity, c.record, c.kind) for c in logged.changes} == {("deviation", deviation.id, 2)}


def test_an_edit_by_sqlite_is_logged_the_same_way(
    ragunda: Store, deviation: Record, outside: sqlite3.Connection
) -> None:
    outside.execute("UPDATE deviation SET kind = 'klagomål', selected_for_report = 1")
    assert cells(ragunda) == {"kind": ("avvikelse", "klagomål"), "selected_for_report": (None, 1)}
    assert (latest(ragunda).actor, latest(ragunda).why) == (None, None)


def test_edits_by_sqlite_utils_are_logged_the_same_way(
    ragunda: Store, deviation: Record, outside: sqlite3.Connection
) -> None:
    table = Database(outside)["deviation"]
    table.update(deviation.id, {"kind": "klagomål"})
    assert cells(ragunda) == {"kind": ("avvikelse", "klagomål")}
    next_moment(outside)
    row = dict(ragunda.db.execute("SELECT id, unit, received_on, what_happened, status FROM deviation").fetchone())
    table.upsert({**row, "kind": "synpunkt"}, pk="id")
    assert cells(ragunda) == {"kind": ("klagomål", "synpunkt")}
    next_moment(outside)
    table.delete(deviation.id)
    assert cells(ragunda)["what_happened"] == ("Maten kom för sent", None)


def test_nothing_is_logged_when_nothing_changed(ragunda: Store, deviation: Record, outside: sqlite3.Connection) -> None:
    before, sets = operations(ragunda), len(history.log(ragunda.db))
    outside.execute("UPDATE deviation SET kind = kind, unit = unit")
    outside.execute("UPDATE deviation SET kind = 'klagomål' WHERE 0")
    with ragunda.change("Anna") as change:
        change.update("deviation", deviation.id, {"kind": "avvikelse"})
    assert (operations(ragunda), len(history.log(ragunda.db))) == (before, sets)


def test_each_statement_outside_lsk_is_one_change_set(ragunda: Store, add: Add, outside: sqlite3.Connection) -> None:
    for number in range(5):
        add("deviation", kind="avvikelse", unit="HTN", received_on="2026-11-03", what_happened=f"Nr {number}")
    sets = len(history.log(ragunda.db))
    next_moment(outside)
    outside.execute("UPDATE deviation SET kind = 'klagomål'")
    next_moment(outside)
    outside.execute("UPDATE deviation SET kind = 'synpunkt' WHERE what_happened < 'Nr 2'")
    two, five = history.log(ragunda.db)[:2]
    assert len(history.log(ragunda.db)) == sets + 2
    assert (len(five.changes), len(two.changes)) == (5, 2)


def test_an_edit_outside_right_after_one_of_ours_is_not_taken_for_ours(
    ragunda: Store, deviation: Record, outside: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even when an outside edit, ours and an outside edit all happen in the same millisecond."""
    monkeypatch.setattr(capture, "MILLISECONDS", "7")
    capture.install(ragunda.db)
    outside.execute("UPDATE deviation SET kind = 'klagomål'")
    with ragunda.change("Anna") as change:
        change.update("deviation", deviation.id, {"kind": "synpunkt"})
    outside.execute("UPDATE deviation SET kind = 'vårdskada'")
    news = [(s.actor, *[c.new for c in s.changes]) for s in sorted(history.log(ragunda.db, 3), key=lambda s: s.id)]
    assert news == [(None, "klagomål"), ("Anna", "synpunkt"), (None, "vårdskada")]


def test_an_id_never_changes(ragunda: Store, deviation: Record, outside: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="id kan inte ändras"):
        outside.execute("UPDATE deviation SET id = lower(hex(randomblob(18)))")
    with pytest.raises(LskError, match="id kan inte ändras"), ragunda.change("Anna") as change:
        ragunda.db.execute("UPDATE deviation SET id = lower(hex(randomblob(18)))")
        assert change.operations == 0
    with pytest.raises(sqlite3.IntegrityError, match="beteckningen kan inte tas bort"):
        outside.execute("UPDATE deviation SET ref = NULL")


def test_a_record_from_another_tool_gets_an_id_and_a_reference(
    ragunda: Store, deviation: Record, outside: sqlite3.Connection
) -> None:
    outside.execute(
        "INSERT INTO deviation(kind, unit, received_on, what_happened) SELECT 'klagomål', unit, '2026-11-04', 'Igen' "
        "FROM deviation UNION ALL SELECT 'klagomål', unit, '2026-11-04', 'Och igen' FROM deviation"
    )
    made = ragunda.db.execute("SELECT id, ref, status FROM deviation WHERE kind = 'klagomål' ORDER BY ref").fetchall()
    year = ragunda.today.isoformat()[2:4]
    numbers = {deviation.ref, *(row["ref"] for row in made)}
    assert numbers == {f"HK-AVV-{year}-{n:03d}" for n in (1, 2, 3)}
    assert {row["status"] for row in made} == {"mottagen"}
    assert all(len(row["id"]) == 36 and row["id"][14] == "7" for row in made)
    outside.execute("INSERT INTO setting(key, value) VALUES ('ny', 'ja')")
    setting = ragunda.db.execute("SELECT id, ref FROM setting WHERE key = 'ny'").fetchone()
    assert setting["ref"] == f"INS-{setting['id'][:8]}"


def test_a_deleted_record_leaves_all_its_values_in_the_log(
    ragunda: Store, deviation: Record, outside: sqlite3.Connection
) -> None:
    row = dict(ragunda.db.execute("SELECT * FROM deviation").fetchone())
    outside.execute("DELETE FROM deviation")
    logged = latest(ragunda)
    assert {c.field: c.old for c in logged.changes} == {k: v for k, v in row.items() if v is not None and k != "id"}
    assert {(c.kind, c.new) for c in logged.changes} == {(capture.DELETE, None)}


def test_the_log_says_who_owned_a_row_that_is_born_or_dies(
    ragunda: Store, deviation: Record, outside: sqlite3.Connection
) -> None:
    unit = ragunda.db.execute("SELECT unit FROM deviation").fetchone()[0]
    outside.execute("UPDATE deviation SET kind = 'klagomål'")
    outside.execute("DELETE FROM deviation")
    logged = ragunda.db.execute("SELECT kind, unit FROM sync_op WHERE row = ? ORDER BY id", (deviation.id,)).fetchall()
    assert [tuple(row) for row in logged] == [(capture.INSERT, unit), (capture.UPDATE, None), (capture.DELETE, unit)]


def test_replace_cannot_hide_what_it_overwrote(ragunda: Store, deviation: Record, outside: sqlite3.Connection) -> None:
    """INSERT OR REPLACE deletes a row without telling the triggers; so it is refused, and nothing is lost."""
    over = """INTO deviation(id, kind, unit, received_on, what_happened)
              SELECT id, kind, unit, received_on, 'annat' FROM deviation"""
    with pytest.raises(sqlite3.IntegrityError, match="använd UPDATE"):
        outside.execute(f"INSERT OR REPLACE {over}")
    outside.execute(f"INSERT OR IGNORE {over}")
    assert ragunda.db.execute("SELECT what_happened FROM deviation").fetchone()[0] == "Maten kom för sent"
    ragunda.db.execute(f"INSERT OR REPLACE {over}")  # LSK's own connection sees the row deleted
    logged = ragunda.db.execute("SELECT kind FROM sync_op WHERE row = ? ORDER BY id", (deviation.id,))
    assert [row[0] for row in logged][:3] == [capture.INSERT, capture.DELETE, capture.INSERT]


def test_a_record_deleted_outside_can_be_put_back_outside(
    ragunda: Store, deviation: Record, outside: sqlite3.Connection
) -> None:
    outside.execute("CREATE TEMP TABLE kept AS SELECT id, kind, unit, received_on, what_happened FROM deviation")
    outside.execute("DELETE FROM deviation")
    outside.execute("INSERT INTO deviation(id, kind, unit, received_on, what_happened) SELECT * FROM kept")
    assert ragunda.db.execute("SELECT id FROM deviation").fetchone()[0] == deviation.id


def test_triggers_that_somebody_dropped_are_put_back_on_open(ragunda: Store, deviation: Record) -> None:
    with closing(sqlite3.connect(ragunda.path, isolation_level=None)) as other:
        other.execute("DROP TRIGGER capture_deviation_update")
        other.execute("DROP TRIGGER capture_unit_insert")
        other.execute("CREATE TRIGGER capture_unit_insert AFTER INSERT ON unit BEGIN SELECT 1; END")
    with Store.open(ragunda.path) as opened:
        assert capture.intact(opened.db)
        opened.db.execute("UPDATE deviation SET kind = 'klagomål'")
        assert cells(opened) == {"kind": ("avvikelse", "klagomål")}


def test_values_of_every_size_and_kind_are_kept_as_they_are(ragunda: Store, outside: sqlite3.Connection) -> None:
    unit = ragunda.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()[0]
    text = "å\n𝄞👩‍👧\x00\t" + "ö" * 200_000
    outside.execute("INSERT INTO self_check(name, frequency, unit) VALUES ('Loggar', 'år', ?)", (unit,))
    check = outside.execute("SELECT id FROM self_check").fetchone()[0]
    outside.execute(
        """INSERT INTO self_check_round(self_check, period, due, checked_count, result)
           VALUES (?, '2026', '2026-12-31', ?, ?)""",
        (check, TWO63, text),
    )
    next_moment(outside)
    outside.execute("UPDATE self_check_round SET checked_count = 0, result = NULL")
    assert cells(ragunda) == {"checked_count": (TWO63, 0), "result": (text, None)}
    history.undo(ragunda, "Anna")
    assert tuple(ragunda.db.execute("SELECT checked_count, result FROM self_check_round").fetchone()) == (TWO63, text)


def test_a_reference_that_came_with_a_record_is_not_given_out_again(ragunda: Store) -> None:
    unit = ragunda.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()[0]
    row = {"kind": "avvikelse", "unit": unit, "received_on": "2026-11-03", "what_happened": "Sent"}
    with ragunda.change("Anna") as change:
        given = [{**row, "ref": "HK-AVV-26-041"}, row, {**row, "ref": "GAMMAL-1"}, row]
        refs = [change.insert("deviation", values).ref for values in given]
    assert refs == ["HK-AVV-26-041", "HK-AVV-26-042", "GAMMAL-1", "HK-AVV-26-043"]


def test_records_added_together_keep_their_order(ragunda: Store) -> None:
    with ragunda.change("Anna") as change:
        process = change.insert("process", {"name": "Hemtjänst"})
        for names in (["a", "b", "c"], ["d", "e"]):
            change.insert_many("activity", [{"process": process.id, "name": name} for name in names])
    rows = ragunda.db.execute('SELECT name FROM activity WHERE process = ? ORDER BY "position"', (process.id,))
    assert [row[0] for row in rows] == ["a", "b", "c", "d", "e"]
