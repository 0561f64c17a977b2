"""Search: what is known, records by words and references, slips of the finger, and typing past a slow answer."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from textual.widgets import Input

from lsk import search
from lsk.errors import LskError
from lsk.respell import distance, respelt
from lsk.store import Store
from lsk_tui.desk import Desk
from lsk_tui.finding import LONGEST, best_first, record_lines
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.palette import Palette
from lsk_tui.screens.record import Record
from lsk_tui.widgets.lines import Line, Lines


def found(user) -> str:
    return user.app.screen.query_one(Lines).words


@pytest.mark.parametrize(
    ("word", "term", "slips"),
    [
        ("avvikelse", "avvikelse", 0),
        ("avikelse", "avvikelse", 1),
        ("avvkielse", "avvikelse", 1),
        ("atgard", "åtgärd", 2),
        ("dosetetn", "dosetten", 1),
        ("avvik", "avvikelser", 2),
        ("abc", "xyz", 3),
    ],
)
def test_the_distance_between_words(word: str, term: str, slips: int) -> None:
    assert distance(word, term, 2) == slips


def test_a_slip_is_mended_from_the_words_of_the_file(file: Path) -> None:
    with Store.open(file) as store:
        assert respelt(store.db, "dosetetn") == "dosetten"
        assert respelt(store.db, "maten kal") is None  # both are there, the last one as a beginning
        assert respelt(store.db, "matne kall") == "maten kall"
        assert respelt(store.db, "xyzzyx") is None
        assert respelt(store.db, "…") is None


def test_å_is_not_a_but_a_keyboard_without_it_is_helped(file: Path) -> None:
    with Store.open(file) as store, store.change("test") as change:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        for text in ("Städet kom fram sent", "Stadet var tomt"):
            change.insert(
                "deviation",
                {
                    "kind": "avvikelse",
                    "unit": unit,
                    "origin": "intern",
                    "received_on": "2026-11-19",
                    "what_happened": text,
                },
            )
    with Store.open(file) as store:
        assert ["Stadet" in line.text for line in record_lines(store, "stadet")] == [True]
        assert ["Städet" in line.text for line in record_lines(store, "städet")] == [True]
        lines = record_lines(store, "dosätten")
        assert lines[0].heading and "Närmast är ”dosetten”" in lines[0].text and "RAG-AVV-26-002" in lines[1].label


def test_a_kind_before_the_words_narrows_to_it_however_many_others_there_are(file: Path) -> None:
    with Store.open(file) as store:
        lines = record_lines(store, "åtgärd larm")
        assert lines and all(line.text.startswith("Åtgärd:") for line in lines)


def test_a_diary_number_is_found(file: Path) -> None:
    with Store.open(file) as store, store.change("test") as change:
        change.insert("diary_reference", {"number": "SN 2026/0123", "title": "Utredning av uteblivet besök"})
    with Store.open(file) as store:
        for words in ("SN 2026/0123", "2026/0123", "0123"):
            assert "SN 2026/0123" in record_lines(store, words)[0].text, words


def test_what_begins_so_comes_before_what_has_it_within() -> None:
    known = [Line("Sammanställning av avvikelser"), Line("Avvikelser (Avvikelser)")]
    assert best_first("avv", known)[0].text == "Avvikelser (Avvikelser)"


async def test_a_slip_in_the_name_of_a_place_is_understood(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("ctrl+p")
        await user.write("rsikanalyser")
        assert "Inga träffar på ”rsikanalyser”. Närmast är:" in found(user)
        await user.press("enter")
        assert isinstance(user.app.screen, Browse) and user.app.screen.entity == "risk_analysis"


async def test_areas_are_found_by_name(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("ctrl+p")
        await user.write("avvik")
        assert "Område" in found(user) and "Lista" in found(user)


async def test_keys_typed_while_a_slow_question_runs_are_all_there(
    file: Path, use, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, begun, asked = threading.Event(), threading.Event(), []
    real = search.search

    def slow(db, text, *rest):
        asked.append(text)
        begun.set()
        if len(asked) == 1:
            go.wait()
        return real(db, text, *rest)

    monkeypatch.setattr("lsk.store.search.search", slow)
    async with use(file) as user:
        try:
            await user.press("ctrl+p")
            await user.pilot.press("d", "o")
            await asyncio.to_thread(begun.wait)
            await user.pilot.press(*"setten")
            assert user.app.screen.query_one(Input).value == "dosetten"
            assert user.sees("Söker …")
            await user.pilot.press("enter")  # before the answer: it goes there when it comes
            assert isinstance(user.app.screen, Palette)
        finally:
            go.set()
        await user.settle()
        assert asked == ["do", "dosetten"]  # what was typed past while it waited was never asked
        assert isinstance(user.app.screen, Record) and user.sees("RAG-AVV-26-002")


async def test_a_question_that_is_typed_past_is_broken_off(file: Path) -> None:
    begun = threading.Event()
    endless = "WITH RECURSIVE n(x) AS (SELECT begun() UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"

    def ask(store: Store) -> object:
        store.db.create_function("begun", 0, lambda: begun.set() or 1)
        return store.db.execute(endless).fetchone()

    desk = Desk(file, passing=True)
    try:
        asking = asyncio.create_task(desk.ask(ask))
        await asyncio.to_thread(begun.wait)
        asking.cancel()
        assert await desk.ask(lambda store: store.file.code) == "RAG"
    finally:
        desk.close()
    assert asking.cancelled()


async def test_a_search_that_cannot_be_made_says_why(file: Path, use, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> list[Line]:
        raise LskError("Filen är låst av ett annat program.")

    async with use(file) as user:
        await user.press("ctrl+p")
        monkeypatch.setattr("lsk_tui.screens.palette.record_lines", broken)
        await user.write("qzqz")
        assert user.sees("Filen är låst av ett annat program.")


async def test_no_more_is_looked_for_than_a_person_writes(file: Path, use, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("lsk_tui.screens.palette.record_lines", lambda store, text: asked.append(text) or [])
    async with use(file) as user:
        await user.press("ctrl+p")
        user.app.screen.query_one(Input).value = "kall " * 1000
        await user.settle()
        assert [len(text) <= LONGEST for text in asked] == [True]
