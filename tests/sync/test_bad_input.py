"""What is given by mistake or comes damaged: one sentence, and no file is changed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

import lsk.store
from lsk.errors import LskError
from sync.merge import sync_pair
from sync.sides import writable
from tests.sync.world import World

Make = Callable[..., World]


def refused(w: World, other: Path, why: str) -> None:
    w.close()
    before = w.path("main").read_bytes()
    with pytest.raises(LskError, match=why):
        sync_pair(w.path("main"), other, "Anna")
    assert w.path("main").read_bytes() == before


def test_not_a_database(world: Make) -> None:
    w = world()
    other = w.folder / "text.db"
    other.write_text("hej", encoding="utf-8")
    refused(w, other, "inte en LSK-fil")


def test_another_programs_database(world: Make) -> None:
    w = world()
    sqlite3.connect(w.folder / "x.db").execute("CREATE TABLE t(a)").connection.close()
    refused(w, w.folder / "x.db", "annat program")


def test_no_such_file(world: Make) -> None:
    w = world()
    refused(w, w.folder / "saknas.db", "finns inte")


def test_the_main_file_itself_and_another_main_file(world: Make, main_file: Path) -> None:
    w = world()
    refused(w, w.path("main"), "huvudfilen själv")
    shutil.copyfile(main_file, w.path("annan"))
    refused(w, w.path("annan"), "annan huvudfil")


def test_a_unit_file_first(world: Make) -> None:
    w = world("NORD", "SYD")
    w.close()
    with pytest.raises(LskError, match="Ange huvudfilen först"):
        sync_pair(w.path("NORD"), w.path("SYD"), "Anna")


def test_a_unit_file_of_another_main_file(world: Make) -> None:
    w, other = world("NORD"), world("NORD")
    refused(w, other.path("NORD"), "annan huvudfil")


def test_the_same_file_twice(world: Make) -> None:
    w = world("NORD")
    with pytest.raises(LskError, match="flera gånger"):
        w.sync("NORD", "NORD")


def test_a_truncated_file(world: Make) -> None:
    w = world("NORD")
    w.deviation("NORD", "NORD")
    w.close()
    content = w.path("NORD").read_bytes()
    w.path("NORD").write_bytes(content[: len(content) // 2])
    refused(w, w.path("NORD"), "skadad")


def test_a_gap_in_the_log(world: Make) -> None:
    w = world("NORD")
    for n in range(3):
        w.deviation("NORD", "NORD", f"Nr {n}")
    w.raw("NORD", "DELETE FROM sync_op WHERE id = (SELECT min(id) + 1 FROM sync_op)")
    refused(w, w.path("NORD"), "hänger inte ihop")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER extra AFTER UPDATE ON deviation BEGIN DELETE FROM deviation; END",
        "ALTER TABLE sync_op RENAME TO sync_op_2; CREATE VIEW sync_op AS SELECT * FROM sync_op_2",
    ],
)
def test_33_a_file_somebody_rebuilt(world: Make, sql: str) -> None:
    w = world("NORD")
    w.close()
    db = sqlite3.connect(w.path("NORD"))
    db.executescript(sql)
    db.close()
    refused(w, w.path("NORD"), "känner igen")


@pytest.mark.parametrize("locked", ["main", "NORD"])
def test_another_program_is_writing(world: Make, monkeypatch: pytest.MonkeyPatch, locked: str) -> None:
    monkeypatch.setattr(lsk.store, "BUSY_MILLISECONDS", 1)
    w = world("NORD")
    row = w.deviation("NORD", "NORD")
    w.close()
    db = sqlite3.connect(w.path(locked))
    db.execute("BEGIN IMMEDIATE")
    refused(w, w.path("NORD"), f"{locked}.db används just nu")
    db.close()
    w.sync("NORD")
    assert w.get("main", "deviation", row) == row


def test_a_read_only_file(world: Make) -> None:
    w = world("NORD")
    w.close()
    with lsk.store.Store.open(w.path("NORD"), readonly=True) as store, pytest.raises(LskError, match="skrivskyddad"):
        writable(store)


def test_one_bad_file_among_several_stops_before_anything_is_written(world: Make) -> None:
    w = world("NORD")
    w.deviation("NORD", "NORD")
    before = w.dump("main")
    with pytest.raises(LskError):
        w.sync("NORD", "saknas")
    assert w.dump("main") == before


def test_triggers_dropped_in_the_main_file_are_put_back(world: Make) -> None:
    w = world("NORD")
    w.close()
    db = sqlite3.connect(w.path("main"))
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        db.execute(f'DROP TRIGGER "{name}"')
    db.close()
    w.deviation("NORD", "NORD")
    assert w.sync("NORD")[0].up.added == 1
