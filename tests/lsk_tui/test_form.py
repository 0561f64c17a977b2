"""Registering and changing with the keyboard alone, and what the form says when it cannot be saved."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input, OptionList, Static

from lsk.store import Store
from lsk.terms import field_help
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.dialogs import Ask
from lsk_tui.screens.form import Form
from lsk_tui.screens.record import Record
from lsk_tui.screens.today import Today
from lsk_tui.widgets.fieldbox import NO_NAMES
from lsk_tui.widgets.lines import Jump, Lines
from lsk_tui.widgets.pick import Pick


def rows(path: Path, sql: str) -> list[tuple]:
    with Store.open(path, readonly=True) as store:
        return [tuple(row) for row in store.db.execute(sql)]


async def test_a_unit_manager_registers_a_deviation_with_the_keyboard_only(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n")
        assert isinstance(user.app.screen, Form)
        await user.write("klag")
        await user.press("enter")
        await user.write("hemtj")
        await user.press("enter")
        await user.write("idag")
        assert user.sees("fredag 20 november 2026")
        await user.press("enter")
        await user.write("Larmet besvarades inte på kvällen.")
        await user.press("ctrl+s")
        assert isinstance(user.app.screen, Record)
        assert user.sees("Larmet besvarades inte på kvällen.") and user.sees("RAG-AVV-26-004")
    saved = rows(
        file, "SELECT kind, received_on, what_happened, status, track FROM deviation WHERE ref = 'RAG-AVV-26-004'"
    )
    assert saved == [("klagomål", "2026-11-20", "Larmet besvarades inte på kvällen.", "mottagen", "lokal")]
    assert rows(file, "SELECT actor FROM change_set ORDER BY id DESC LIMIT 1") == [("Anna Berg",)]


async def test_a_required_field_left_empty_is_told_at_the_field_in_swedish(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n", "ctrl+s")
        note = user.app.screen.query_one("#field-what_happened .field-note", Static)
        assert str(note.content) == "✗ ”Vad hände?” saknas och måste fyllas i."
        assert note.display
        assert user.sees("Kunde inte sparas")
    assert rows(file, "SELECT count(*) FROM deviation") == [(3,)]


async def test_a_wrong_date_is_told_while_it_is_written(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n", "tab", "tab")
        await user.write("2026-02-30")
        assert user.sees("”2026-02-30” är inget datum")


async def test_a_word_that_is_not_in_the_list_is_told_when_the_field_is_left(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n")
        await user.write("hej")
        await user.press("tab")
        assert user.sees("”hej” finns inte att välja. Välj något av: avvikelse, klagomål")


@pytest.mark.parametrize("written", ["utreds", "Utreds", "utre"])
async def test_a_choice_that_is_written_but_not_left_counts_when_it_is_saved(file: Path, use, written: str) -> None:
    async with use(file) as user:
        await user.press("g", "a", "end", "e")
        user.app.screen.query_one("#field-status Input", Input).focus()
        await user.settle()
        await user.pilot.press(*written, "ctrl+s")
        await user.settle()
        assert isinstance(user.app.screen, Browse)
    assert rows(file, "SELECT status FROM deviation WHERE ref = 'RAG-AVV-26-001'") == [("utreds",)]


@pytest.mark.parametrize("written", ["hemtjänst norr", "htn", "HTN", "rag-enh-26-004", "särskilt"])
async def test_a_reference_that_is_written_but_not_left_counts_when_it_can_mean_only_one(
    file: Path, use, written: str
) -> None:
    with Store.open(file) as store, store.change("test") as change:
        top = store.db.execute("SELECT id FROM unit WHERE short_name = 'SOA'").fetchone()["id"]
        for name, short in (("Hemtjänst Norr natt", "HTNN"), ("Htn-gruppen", "HTG")):  # only the exact name means one
            change.insert("unit", {"name": name, "short_name": short, "level": "enhet", "parent": top})
    wanted = ("Särskilt boende Höglunda",) if written == "särskilt" else ("Hemtjänst Norr",)
    if written.startswith("rag-"):
        written = rows(file, "SELECT ref FROM unit WHERE short_name = 'HTN'")[0][0].lower()
    async with use(file) as user:
        await user.press("n")
        await user.write("klag")
        await user.press("tab")
        await user.press("tab")
        await user.write("idag")
        await user.press("tab")
        await user.write("Sent.")
        await user.press("shift+tab", "shift+tab")
        names = {" ": "space", "-": "minus"}
        await user.pilot.press(*(names.get(letter, letter) for letter in written), "ctrl+s")
        await user.settle()
        assert isinstance(user.app.screen, Record)
    sql = "SELECT u.name FROM deviation d JOIN unit u ON u.id = d.unit WHERE d.ref = 'RAG-AVV-26-004'"
    assert rows(file, sql) == [wanted]


async def test_a_reference_that_can_mean_several_is_refused_when_saved(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n", "tab")
        await user.pilot.press(*"e", "ctrl+s")
        await user.settle()
        assert isinstance(user.app.screen, Form) and user.sees("”e” finns inte att välja.")


async def test_enter_faster_than_the_answer_takes_what_is_written_and_not_what_was_offered(file: Path, use) -> None:
    """The list of the empty field is still shown when Enter comes: its first line was marked, and is not meant."""
    async with use(file) as user:
        user.app.new("assignment")
        await user.settle()
        box = user.app.screen.box("unit")
        box.enter()
        await user.settle()
        pick, answer = box.query_one(Pick), asyncio.Event()
        find, offered = pick.source, pick.offered
        assert len(offered) > 1 and "Höglunda" not in offered[0][1]
        pick.offers.highlighted = 0

        async def slow(text: str) -> list[tuple[object, str]]:
            await answer.wait()
            return await find(text)

        pick.source = slow
        await user.pilot.press(*"höglun", "enter")
        assert pick.offered == offered and not pick.input.has_focus and pick.value is None
        answer.set()
        await user.settle()
        home = rows(file, "SELECT id FROM unit WHERE short_name = 'SBH'")[0][0]
        assert pick.value == home and "Höglunda" in pick.text


async def test_saving_twice_at_once_makes_one_record(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n")
        await user.write("klag")
        await user.press("enter")
        await user.write("hemtj")
        await user.press("enter")
        await user.write("idag")
        await user.press("enter")
        await user.write("Sent.")
        user.app.screen.do_save()
        user.app.screen.do_save()
        await user.settle()
        assert isinstance(user.app.screen, Record)
    assert rows(file, "SELECT count(*) FROM deviation") == [(4,)]


async def test_enter_passes_an_optional_choice_by_without_choosing(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n")
        box = user.app.screen.query_one("#field-origin Input", Input)
        box.focus()
        await user.settle()
        await user.press("enter")
        assert box.value == ""
        assert not box.has_focus


async def test_the_field_for_what_happened_reminds_what_not_who(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n", "tab", "tab", "tab")
        assert user.sees("Vad som hände, inte vem.")


async def test_a_field_of_another_kind_has_its_own_help_or_asks_for_no_names(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "f", "e")
        for name, said in (("scenario", field_help("action", "scenario")), ("result", NO_NAMES)):
            user.app.screen.query_one(f"#field-{name} TextArea").focus()
            await user.settle()
            assert user.sees(said) and not user.sees("inte vem")


async def test_a_text_that_may_point_at_a_person_is_warned_about_and_can_be_saved(file: Path, use) -> None:
    with Store.open(file) as store, store.change("test") as change:
        change.insert("person", {"name": "Karin Ek"})
    async with use(file) as user:
        await user.press("n", "tab", "tab", "tab")
        await user.write("Karin Ek ringde 070-123 45 67.")
        assert user.sees("! Texten innehåller ett namn ur personregistret och ett troligt telefonnummer.")
        box = user.app.screen.query_one("#field-what_happened")
        assert box.read() == ("Karin Ek ringde 070-123 45 67.", "")


async def test_proposals_stand_in_the_empty_fields(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n")
        await user.write("vårdskada")
        await user.press("enter")
        assert user.sees("förslag: lex Maria") and user.sees("förslag: diariet")


async def test_a_refusal_is_told_at_the_top_and_at_the_field_with_its_requirement(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "e")
        status = user.app.screen.query_one("#field-status Input", Input)
        status.focus()
        await user.settle()
        await user.write("avslut")
        await user.press("enter", "ctrl+s")
        assert isinstance(user.app.screen, Form)
        top = str(user.app.screen.query_one("#refused", Static).content)
        assert "kan inte avslutas: den är inte utredd" in top
        at_field = user.app.screen.query_one("#field-status .field-note", Static)
        assert "Krav R36: Alla avvikelser ska utredas" in str(at_field.content)
        assert user.sees("Krav R36: Alla avvikelser ska utredas")
    assert rows(file, "SELECT count(*) FROM deviation WHERE status = 'avslutad'") == [(0,)]


async def test_a_change_is_saved_as_one_change_of_one_field(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "end", "e")
        user.app.screen.query_one("#field-status Input", Input).focus()
        await user.settle()
        await user.write("utreds")
        await user.press("enter", "ctrl+s")
        assert user.sees("utreds")
    assert rows(file, "SELECT status FROM deviation WHERE ref = 'RAG-AVV-26-001'") == [("utreds",)]
    changed = "SELECT count(*) FROM sync_cell WHERE op = (SELECT max(id) FROM sync_op)"
    assert rows(file, changed) == [(1,)]


async def test_leaving_with_something_unsaved_asks_and_the_safe_answer_has_focus(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n")
        await user.write("klag")
        await user.press("enter", "escape", "escape")
        assert isinstance(user.app.screen, Ask)
        assert user.app.focused is not None and user.app.focused.id == "answer-stay"
        await user.press("enter")
        assert isinstance(user.app.screen, Form)
        await user.press("escape", "tab", "tab", "enter")
        assert isinstance(user.app.screen, Today)
    assert rows(file, "SELECT count(*) FROM deviation") == [(3,)]


async def test_ctrl_q_asks_too(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n")
        await user.write("klag")
        await user.press("ctrl+q")
        assert isinstance(user.app.screen, Ask) and user.app.is_running


async def test_leaving_an_untouched_form_asks_nothing(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n", "escape", "escape")
        assert isinstance(user.app.screen, Today)


async def test_what_belongs_to_a_record_is_added_from_it_with_the_reference_filled_in(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "enter", "n")
        assert user.sees("Ny utredning") and user.sees("Ny åtgärd")
        await user.press("enter")
        assert user.sees("Ny utredning") and user.sees("Maten var kall två dagar i r… · RAG-AVV-26-003")
        assert user.sees("förslag: enhetschef")
        await user.press("ctrl+s")
        assert isinstance(user.app.screen, Record) and user.sees("Utredning RAG-UTR-26-002")
    assert rows(file, "SELECT kind FROM investigation WHERE ref = 'RAG-UTR-26-002'") == [("ordinär",)]


@pytest.mark.parametrize("made_from", ["deviation", "investigation"])
async def test_an_action_takes_over_the_unit_of_what_it_is_made_from(file: Path, use, made_from: str) -> None:
    async with use(file) as user:
        user.app.jump(Jump(made_from, rows(file, f"SELECT id FROM {made_from} ORDER BY ref LIMIT 1")[0][0]))
        await user.settle()
        await user.press("n")
        lines = user.app.screen.query_one(Lines)
        lines.highlighted = next(n for n, line in enumerate(lines.shown) if line.text == "Ny åtgärd")
        await user.press("enter")
        assert isinstance(user.app.screen, Form)
        assert user.app.screen.query_one("#field-unit Input", Input).value.startswith("Hemtjänst Norr")
        await user.write("Ring dagen efter.")
        await user.press("ctrl+s")
        assert isinstance(user.app.screen, Record)
    sql = "SELECT u.short_name FROM action a JOIN unit u ON u.id = a.unit WHERE a.text = 'Ring dagen efter.'"
    assert rows(file, sql) == [("HTN",)]


async def test_an_answer_that_comes_when_the_form_is_left_has_nowhere_to_be_shown() -> None:
    """What a form is made of is taken away before it is: the app goes on."""
    answer = asyncio.Event()

    async def source(text: str) -> list[tuple[object, str]]:
        await answer.wait()
        return [("a", "Avvikelse")]

    class Little(App[None]):
        def compose(self) -> ComposeResult:
            yield Pick(source)

    async with Little().run_test() as pilot:
        pick = pilot.app.query_one(Pick)
        pick.suggest("a", show=True)
        await pilot.pause()
        await pick.query_one(OptionList).remove()
        answer.set()
        await pilot.app.workers.wait_for_complete()
        assert pilot.app.is_running and pick.offered == []
