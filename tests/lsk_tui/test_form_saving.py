"""What can go wrong between the last key and the file, and what then stands on the screen: never less than written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, OptionList, TextArea

from lsk.store import Store
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.form import Form
from lsk_tui.screens.overtaken import Weigh
from lsk_tui.screens.record import Record
from lsk_tui.widgets.pick import Pick
from sync.unit_file import make_unit_file

RTL = "مرحبا بالعالم – שלום"
FAMILY = "👩‍👩‍👧‍👦 å med ring: å"


def rows(path: Path, sql: str) -> list[tuple]:
    with Store.open(path, readonly=True) as store:
        return [tuple(row) for row in store.db.execute(sql)]


async def at(user, field: str) -> None:
    user.app.screen.query_one(f"#field-{field}").enter(quietly=True)
    await user.settle()


async def paste(user, text: str) -> None:
    user.app.screen.focused.post_message(events.Paste(text))
    await user.settle()


async def begin(user, text: str = "Sent.") -> None:
    """A deviation that lacks nothing."""
    await user.press("n")
    await user.write("klag")
    await user.press("tab")
    await user.write("htn")
    await user.press("tab", "tab")
    if text:
        await user.write(text)


def written(user) -> str:
    return str(user.app.screen.query_one("#field-what_happened TextArea", TextArea).text)


# A unit manager's deviation


async def test_a_unit_manager_needs_few_keys_beside_the_text_itself(file: Path, tmp_path: Path, use) -> None:
    own, text = tmp_path / "htn.db", "Larmet besvarades inte på kvällen."
    with Store.open(file) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        make_unit_file(store, unit, own, "Anna Berg")
    keys = 0
    async with use(own, actor="Eva Lund") as user:
        for stroke in ("n", *"avv", "enter", "enter"):
            await user.press(stroke)
            keys += 1
        await user.write(text)
        await user.press("ctrl+s")
        keys += 1
        assert isinstance(user.app.screen, Record)
    assert keys < 40 and keys == 7
    sql = """SELECT d.kind, d.received_on, d.what_happened, u.short_name FROM deviation d JOIN unit u ON u.id = d.unit
             ORDER BY d.id DESC LIMIT 1"""
    assert rows(own, sql) == [("avvikelse", "2026-11-20", text, "HTN")]


# While typing


@pytest.mark.parametrize(("text", "wrong"), [("2026-1", False), ("fr", False), ("1/", False), ("2026-02-30", True)])
async def test_a_date_that_may_yet_become_one_is_told_when_it_is_left(file: Path, use, text: str, wrong: bool) -> None:
    async with use(file) as user:
        await user.press("n")
        await at(user, "received_on")
        await user.write(text)
        assert user.sees("är inget datum") == wrong
        await user.press("tab")
        assert user.sees("är inget datum")


async def test_a_word_that_can_become_nothing_in_the_list_is_told_at_once(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n")
        await user.write("kla")
        assert not user.sees("finns inte att välja")
        await user.write("x")
        assert user.sees("”klax” finns inte att välja. Välj något av: avvikelse")


async def test_a_day_and_month_is_the_nearest(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n")
        await at(user, "received_on")
        await user.write("2/11")
        assert user.sees("måndag 2 november 2026")


@pytest.mark.parametrize("drawn", [True, False])
async def test_keys_that_come_all_at_once_land_in_the_fields_they_were_meant_for(file: Path, use, drawn: bool) -> None:
    async with use(file) as user:
        driver = user.app._driver
        user.app.new("deviation")
        if drawn:
            await user.settle()
        for key in (*"klag", "tab", "tab", "tab", *"Sent"):
            driver.process_message(events.Key(key, key if len(key) == 1 else "\t"))
        await user.settle()
        assert written(user) == "Sent"
        assert user.app.screen.query_one("#field-kind").read()[0] == "klagomål"


# New from here


async def test_what_a_reference_lacks_is_made_from_the_form_and_comes_back_chosen(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user)
        await at(user, "process")
        await user.write("Trygg hemgång")
        assert user.sees("”Trygg hemgång” finns inte att välja.") and user.sees("gå med ↑ till + Ny process")
        await user.press("up")
        assert user.sees("+ Ny process …")
        await user.press("enter")
        assert isinstance(user.app.screen, Form) and user.app.screen.entity.name == "process"
        assert user.app.screen.query_one("#field-name Input", Input).value == "Trygg hemgång"
        await user.press("ctrl+s")
        assert user.app.screen.entity.name == "deviation" and written(user) == "Sent."
        assert user.app.screen.query_one("#field-process Input", Input).value.startswith("Trygg hemgång")
        await user.press("ctrl+s")
        assert isinstance(user.app.screen, Record)
    sql = "SELECT p.name FROM deviation d JOIN process p ON p.id = d.process WHERE d.what_happened = 'Sent.'"
    assert rows(file, sql) == [("Trygg hemgång",)]


async def test_to_cancel_the_form_on_top_comes_back_to_the_field(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user)
        await at(user, "process")
        await user.write("Trygg")
        await user.press("up", "enter", "escape")
        form = user.app.screen
        assert form.entity.name == "deviation" and form.query_one("#field-process Input", Input).value == "Trygg"


async def test_a_unit_file_offers_to_make_only_what_is_the_units(file: Path, tmp_path: Path, use) -> None:
    own = tmp_path / "htn.db"
    with Store.open(file) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        make_unit_file(store, unit, own, "Anna Berg")
    async with use(own, actor="Eva Lund") as user:
        await user.press("n")
        offered = {box.field.name: box.makes for box in user.app.screen.boxes if box.query(Pick)}
        assert offered["unit"] == () and offered["received_by"] == () and offered["process"] == ("process",)


# Gates


async def test_a_refusal_leads_to_the_field_and_enter_alone_never_makes_anything(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user)
        await at(user, "process")
        await user.write("Trygg")
        offers = user.app.screen.query_one("#field-process OptionList", OptionList)
        assert offers.highlighted is None
        await user.press("enter")
        assert user.app.screen.entity.name == "deviation"
        await user.press("ctrl+s")
        assert user.app.screen.query_one("#field-process Input", Input).has_focus
        assert user.sees("”Trygg” finns inte att välja")


# Trouble with the file


async def test_a_full_disk_is_told_and_all_is_left_to_save_again(file: Path, use) -> None:
    text = "Larmet besvarades inte. " * 4000
    async with use(file) as user:
        await begin(user, "")
        await paste(user, text)

        def room(store: Store, pages: int) -> None:
            store.db.execute(f"PRAGMA max_page_count = {pages}")

        pages = rows(file, "PRAGMA page_count")[0][0]
        await user.app.desk.ask(lambda store: room(store, pages))
        await user.press("ctrl+s")
        assert isinstance(user.app.screen, Form) and user.sees("Kunde inte sparas. Disken är full")
        assert written(user) == text
        await user.app.desk.ask(lambda store: room(store, pages * 2))
        await user.press("ctrl+s")
        assert isinstance(user.app.screen, Record)
    assert rows(file, "SELECT what_happened FROM deviation ORDER BY id DESC LIMIT 1") == [(text.strip(),)]


async def test_a_file_that_another_program_holds_is_told_and_can_be_saved_when_it_is_free(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user)
        await user.app.desk.ask(lambda store: store.db.execute("PRAGMA busy_timeout = 0") and None)
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await user.press("ctrl+s")
        assert user.sees("Kunde inte sparas.") and user.sees("används just nu av ett annat program")
        assert written(user) == "Sent."
        other.execute("ROLLBACK")
        other.close()
        await user.press("ctrl+s")
        assert isinstance(user.app.screen, Record)


# Somebody else at the same time


async def overtaken(user, file: Path) -> None:
    """Anna changes what happened and where it is from, and Bo saves what happened and a date meanwhile."""
    await user.press("g", "a", "end", "e")
    await at(user, "origin")
    await user.write("ext")
    await at(user, "what_happened")
    await user.write("Annas: ")
    with Store.open(file) as store, store.change("Bo Ek") as change:
        row = store.db.execute("SELECT id FROM deviation WHERE ref = 'RAG-AVV-26-001'").fetchone()["id"]
        change.update("deviation", row, {"what_happened": "Bos text.", "happened_on": "2026-11-01"})
    await user.press("ctrl+s")
    assert isinstance(user.app.screen, Weigh)
    assert "Annas: Ett planerat besök" in user.dialog and "Bos text." in user.dialog and "Bo Ek" in user.dialog
    assert rows(file, OVERTAKEN)[0][0] == "Bos text."


OVERTAKEN = "SELECT what_happened, happened_on, origin FROM deviation WHERE ref = 'RAG-AVV-26-001'"
MINE = "Annas: Ett planerat besök uteblev på kvällen."


@pytest.mark.parametrize(("key", "stands"), [("1", MINE), ("2", "Bos text.")])
async def test_what_two_have_changed_is_chosen_and_the_rest_of_both_is_kept(
    file: Path, use, key: str, stands: str
) -> None:
    async with use(file) as user:
        await overtaken(user, file)
        await user.press(key)
        assert isinstance(user.app.screen, Browse)
    assert rows(file, OVERTAKEN) == [(stands, "2026-11-01", "extern")]


async def test_escape_saves_nothing_and_goes_on_writing(file: Path, use) -> None:
    async with use(file) as user:
        await overtaken(user, file)
        await user.press("escape")
        assert isinstance(user.app.screen, Form) and written(user) == MINE
        assert user.sees("Inget är sparat: någon annan har ändrat posten.")
    assert rows(file, OVERTAKEN)[0][0] == "Bos text."


async def test_a_record_that_was_taken_away_meanwhile_is_told_and_the_text_stays(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "e")
        await at(user, "what_happened")
        await user.write("Annas: ")
        with Store.open(file) as store, store.change("Bo Ek") as change:
            row = store.db.execute("SELECT id FROM deviation WHERE ref = 'RAG-AVV-26-003'").fetchone()["id"]
            change.delete("deviation", row)
        await user.press("ctrl+s")
        assert user.sees("Avvikelsen RAG-AVV-26-003 togs bort medan du skrev (Bo Ek,")
        assert written(user).startswith("Annas: ")


# Text of every kind


@pytest.mark.parametrize("text", [f"{RTL}\n{FAMILY}", "å" * 100_000, "Larmet tystnade. " * 6000])
async def test_any_text_that_is_pasted_is_saved_whole(file: Path, use, text: str) -> None:
    async with use(file) as user:
        await begin(user, "")
        await paste(user, text)
        assert written(user) == text
        await user.press("ctrl+s")
        assert isinstance(user.app.screen, Record)
    assert rows(file, "SELECT what_happened FROM deviation ORDER BY id DESC LIMIT 1") == [(text.strip(),)]


async def test_lines_pasted_in_a_field_of_one_line_become_one_and_none_is_lost(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n")
        await at(user, "diary_number")
        await paste(user, "SN 2026/12\r\nsvar\x00 till\x1b[31m\n" + "x" * 100_000)
        box = user.app.screen.query_one("#field-diary_number Input", Input)
        assert box.value == "SN 2026/12 svar till[31m " + "x" * 100_000


async def test_a_long_text_is_searched_for_personal_data_when_the_field_is_left(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user, "")
        await paste(user, "Ring 070-123 45 67. " + "å" * 30_000)
        assert not user.sees("troligt telefonnummer")
        await user.press("shift+tab")
        note = user.app.screen.query_one("#field-what_happened .field-note")
        assert "troligt telefonnummer" in str(note.render())
