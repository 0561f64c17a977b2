"""Fault 38: two syncs at once, or a sync while the app saves: one waits or is told so; the second sees the first."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

import lsk.store
import sync.merge
from lsk.errors import LskError
from lsk.store import Store
from sync.merge import Summary, sync_files
from sync.verify import verify
from tests.sync.world import ACTOR, Make, World


def in_the_middle(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something when the next sync has written half of what it takes into the main file."""
    real = sync.merge.take_up

    def interrupted(main: Store, *given: object) -> object:
        monkeypatch.setattr(sync.merge, "take_up", real)

        def watch(statement: str) -> None:
            if "UPDATE sync_merge" in statement:  # the rows are written, the transaction is open
                main.db.set_trace_callback(None)
                act()

        main.db.set_trace_callback(watch)
        return real(main, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(sync.merge, "take_up", interrupted)


def again(w: World) -> list[Summary]:
    return sync_files(w.path("main"), [w.path("NORD")], ACTOR)


def prepared(world: Make) -> tuple[World, str]:
    w = world("NORD")
    row = w.deviation("NORD", "NORD", "Från enheten")
    w.close()
    return w, row


def test_38_a_second_sync_is_told_that_the_file_is_in_use(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lsk.store, "BUSY_MILLISECONDS", 1)
    w, row = prepared(world)
    said: list[str] = []

    def second() -> None:
        with pytest.raises(LskError) as refusal:
            again(w)
        said.append(str(refusal.value))

    in_the_middle(monkeypatch, second)
    (first,) = again(w)
    assert first.up.added == 1
    assert [text.split(". ")[0].rsplit("/", 1)[-1] for text in said] == ["main.db används just nu av ett annat program"]
    assert again(w)[0].nothing_new
    assert w.get("main", "deviation", row) == row
    assert verify(w["main"]) == verify(w["NORD"]) == []


def test_38_a_second_sync_waits_and_sees_the_first(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lsk.store, "BUSY_MILLISECONDS", 60_000)
    w, row = prepared(world)
    results: list[Summary] = []
    begun = threading.Event()

    def run() -> None:
        begun.set()
        results.extend(again(w))

    thread = threading.Thread(target=run)

    def second() -> None:
        thread.start()
        begun.wait()

    in_the_middle(monkeypatch, second)
    (first,) = again(w)
    thread.join()
    assert (first.up.added, results[0].up.added) == (1, 0)
    assert w.get("main", "deviation", row) == row
    assert len(w.rows("main", "deviation")) == 1
    assert again(w)[0].nothing_new
    assert verify(w["main"]) == verify(w["NORD"]) == []


def test_38_a_save_in_the_app_meets_a_sync(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lsk.store, "BUSY_MILLISECONDS", 1)
    w, row = prepared(world)

    def save() -> None:
        with Store.open(w.path("main")) as app, pytest.raises(LskError, match="används just nu"), app.change("Bo") as c:
            c.insert("role", {"name": "Sparad för tidigt"})

    in_the_middle(monkeypatch, save)
    assert again(w)[0].up.added == 1
    w.add("main", "role", name="Sparad sedan")
    assert set(w.rows("main", "deviation")) == {row}
    assert [values[2] for values in w.rows("main", "role").values()] == ["Sparad sedan"]
