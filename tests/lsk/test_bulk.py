"""Many rows at once leave the log that one row at a time would have left."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lsk import bulk, history
from lsk.store import Store

ROWS = 300


def logged(store: Store, name: str) -> list[tuple[object, ...]]:
    """The log of one kind of record, without moments: which row, which column, from what to what, in which order."""
    return [
        tuple(row)
        for row in store.db.execute(
            """SELECT o.id & 0xFFFFFFFFF, o.kind, o.row, o.unit, c.name, typeof(v.new), v.new, v.old
               FROM sync_op o JOIN sync_cell v ON v.op = o.id
               JOIN sync_column c ON c.tbl = o.tbl AND c.no = v.col WHERE c.entity = ? ORDER BY v.op, v.col""",
            (name,),
        )
    ]


def rows(store: Store) -> list[dict[str, object]]:
    unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'SOA'").fetchone()["id"]
    return [
        {
            "id": f"00000000-0000-7000-8000-{n:012d}",
            "kind": "avvikelse",
            "unit": unit,
            "received_on": "2026-01-05",
            "what_happened": f"Nummer {n}",
            "selected_for_report": 1 if n % 3 else None,
        }
        for n in range(ROWS)
    ]


def test_the_log_is_the_same_as_the_triggers(
    ragunda_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = []
    for few in (bulk.FEW, 10 * ROWS):
        monkeypatch.setattr(bulk, "FEW", few)
        copy = shutil.copyfile(ragunda_file, tmp_path / f"{few}.db")
        with Store.open(copy) as store:
            with store.change("test") as change:
                change.insert_many("deviation", rows(store))
            logs.append(logged(store, "deviation"))
            assert store.db.execute("SELECT 1 FROM sync_op GROUP BY hlc HAVING count(*) > 1").fetchall() == []
    assert len(logs[0]) > ROWS
    assert logs[0] == logs[1]


def test_a_large_insert_is_undone_as_one(ragunda: Store) -> None:
    with ragunda.change("test") as change:
        change.insert_many("deviation", rows(ragunda))
    history.undo(ragunda, "test")
    assert ragunda.db.execute("SELECT count(*) FROM deviation").fetchone()[0] == 0
    history.redo(ragunda, "test")
    assert ragunda.db.execute("SELECT count(*) FROM deviation").fetchone()[0] == ROWS


def test_a_fault_in_the_middle_leaves_capture_on(ragunda: Store) -> None:
    twice = [*rows(ragunda), rows(ragunda)[0]]
    with pytest.raises(Exception, match="finns redan"), ragunda.change("test") as change:
        change.insert_many("deviation", twice)
    assert ragunda.db.execute("SELECT capture FROM sync_local").fetchone()[0] == 1
    assert ragunda.db.execute("SELECT count(*) FROM deviation").fetchone()[0] == 0
