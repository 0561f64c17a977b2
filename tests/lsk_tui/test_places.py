"""Going about: Idag, lists, the palette, help, trace, history, undo, deleting."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsk.store import Store
from lsk_tui import actions
from lsk_tui.pictures.thread import Thread
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.dialogs import Ask
from lsk_tui.screens.help import Help
from lsk_tui.screens.palette import Palette, fits
from lsk_tui.screens.past import Past
from lsk_tui.screens.record import Record
from lsk_tui.screens.start import Start
from lsk_tui.screens.today import Today
from lsk_tui.widgets.lines import Jump, Lines
from lsk_tui.widgets.table import RecordTable
from sync.unit_file import make_unit_file
from tests.lsk_tui.journeys import JOURNEYS, english

SIZES = [(80, 24), (120, 40)]


def shown_rows(user) -> list[str]:
    table = user.app.screen.query_one(RecordTable)
    return [row.ref for row in table.pages[0]] if table.count else []


async def test_idag_says_what_is_late_due_waiting_and_broken(file: Path, use) -> None:
    async with use(file) as user:
        words = user.app.screen.query_one(Lines).words
        assert "Försenat" in words and "2026-11-10  Åtgärd HTN: Inför larm" in words
        assert "Inom 30 dagar" in words and "Följsamhet till basal hygien" in words
        assert "Väntar på nästa steg" in words and "RAG-AVV-26-002" in words
        assert "RAG-AVV-26-001" not in words  # being investigated: the investigation stands there instead
        assert "Brister" in words and "Ingen har rollen" in words


async def test_a_line_of_idag_leads_to_the_record_and_a_finding_of_many_to_their_list(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("enter")
        assert isinstance(user.app.screen, Record) and user.sees("Åtgärd RAG-ÅTG-26-001")
        await user.press("escape")
        assert isinstance(user.app.screen, Today)
        lines = user.app.screen.query_one(Lines)
        lines.highlighted = next(n for n, line in enumerate(lines.shown) if "Ingen har rollen" in line.text)
        await user.press("enter")
        assert isinstance(user.app.screen, Browse) and user.sees("Roller: brister") and len(shown_rows(user)) == 4


async def test_an_empty_file_meets_with_calm(tmp_path: Path, use) -> None:
    path = tmp_path / "tom.db"
    Store.create(path).close()
    async with use(path) as user:
        assert user.sees("Inget är försenat och inget väntar på dig.")


async def test_filtering_as_one_types_and_back(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "slash")
        await user.write("dose")
        assert shown_rows(user) == ["RAG-AVV-26-002"]
        await user.press("escape")
        assert len(shown_rows(user)) == 3


async def test_filtering_finds_within_words_and_by_the_name_of_the_unit(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "slash")
        await user.write("osette")  # in the middle of "dosetten": not in the index, so looked for in the texts
        assert shown_rows(user) == ["RAG-AVV-26-002"]
        await user.press(*["backspace"] * 6)
        await user.write("hemtjänst kall")
        assert shown_rows(user) == ["RAG-AVV-26-003"]
        await user.press(*["backspace"] * 14)
        await user.write("xyzzy")
        assert user.sees("Inga träffar på ”xyzzy”")


async def test_sorting_by_the_next_column_and_turning_it(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a")
        assert shown_rows(user)[0] == "RAG-AVV-26-003"  # newest first
        await user.press("s")
        newest_last = shown_rows(user)
        await user.press("S")
        assert shown_rows(user) == newest_last[::-1]


async def test_the_palette_jumps_to_a_record_by_its_reference(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("ctrl+p")
        assert isinstance(user.app.screen, Palette)
        await user.write("RAG-AVV-26-002")
        await user.press("enter")
        assert isinstance(user.app.screen, Record) and user.sees("Fel dos delades i dosetten")


async def test_the_palette_finds_places_acts_and_words_and_says_when_there_is_nothing(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("colon")
        await user.write("kall")
        assert "RAG-AVV-26-003  Avvikelse: Maten var kall två dagar i rad." in user.app.screen.query_one(Lines).words
        await user.press(*["backspace"] * 4)
        await user.write("qqzz")
        assert user.sees("Inga träffar på ”qqzz”")
        await user.press(*["backspace"] * 4)
        await user.write("riskanal")
        await user.press("enter")
        assert isinstance(user.app.screen, Browse) and user.app.screen.entity == "risk_analysis"


def test_fuzzy_words() -> None:
    assert fits("ny avv", "Ny avvikelse (n) Gör")
    assert fits("avvik", "Avvikelser")
    assert fits("riskanl", "Riskanalyser")
    assert not fits("xyz", "Avvikelser")
    assert not fits("er", "Avvikelser")


async def test_undo_and_redo_say_in_words_what_came_back(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "x")
        assert isinstance(user.app.screen, Ask)
        await user.press("tab", "enter")
        assert shown_rows(user) == ["RAG-AVV-26-002", "RAG-AVV-26-001"]
        await user.press("u")
        assert "Ångrat: avvikelsen RAG-AVV-26-003 är tillbaka." in user.told
        assert shown_rows(user) == ["RAG-AVV-26-003", "RAG-AVV-26-002", "RAG-AVV-26-001"]
        await user.press("ctrl+r")
        assert "Gjort om: avvikelsen RAG-AVV-26-003 är borttagen igen." in user.told
        assert shown_rows(user) == ["RAG-AVV-26-002", "RAG-AVV-26-001"]


async def test_deleting_asks_with_avbryt_first(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "x")
        assert user.sees("Ta bort avvikelsen RAG-AVV-26-003?")
        await user.press("enter")
        assert len(shown_rows(user)) == 3


async def test_deleting_says_what_else_leans_on_the_record(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "end", "x")
        assert user.sees("kan inte tas bort än") and user.sees("1 utredning, 1 åtgärd hör hit")


async def test_help_shows_the_reason_for_what_cannot_be_done(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "r", "f1")  # an empty list: nothing to change
        assert isinstance(user.app.screen, Help)
        words = user.app.screen.query_one(Lines).words
        assert "Ändra: Ingen post är markerad." in words
        assert "Gör om: Det finns inget att göra om." in words
        assert "Ny – Lägg till en post i listan." in words


async def test_help_does_what_is_chosen_in_it(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("question_mark")
        lines = user.app.screen.query_one(Lines)
        lines.highlighted = next(n for n, line in enumerate(lines.shown) if line.target == "deviation")
        await user.press("enter")
        assert user.sees("Ny avvikelse") and user.sees("Måste fyllas i")


async def test_what_cannot_be_done_says_why_when_tried(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "r", "e")
        assert "Ingen post är markerad." in user.told


async def test_in_a_unit_s_own_file_the_unit_is_filled_in_and_what_is_shared_says_why_not(file: Path, use) -> None:
    own = file.with_name("enhet-HTN.db")
    with Store.open(file) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        make_unit_file(store, unit, own, "Anna Berg")
    async with use(own) as user:
        assert user.sees("enhet-HTN.db · Hemtjänst Norr · Anna Berg")
        await user.press("n", "escape")  # the choices of the first field are folded
        assert user.sees("Enhet * Hemtjänst Norr")
        await user.press("escape")
        assert not isinstance(user.app.screen, Ask)  # what the program filled in is nothing to lose
        user.app.jump(Jump("unit"))
        await user.settle()
        await user.press("e")
        assert "Det här delas av alla enheter och ändras bara i huvudfilen." in user.told


async def test_the_thread_and_the_history_of_a_record(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "f", "t")
        assert isinstance(user.app.screen, Thread)
        assert user.sees("↑ Avvikelse 1") and user.sees("● Åtgärd 1") and user.sees("– Beslut saknas")
        await user.press("escape", "enter", "h")
        assert isinstance(user.app.screen, Past) and user.sees("Anna Berg") and user.sees("beslutad")


async def test_a_record_shows_and_leads_to_what_points_at_it(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "end", "enter")
        lines = user.app.screen.query_one(Lines)
        assert "Utredningar (1)" in lines.words and "Åtgärder (1)" in lines.words
        assert "[mottagen] › registrerad" in lines.words
        await user.press("end", "enter")
        assert user.sees("RAG-ÅTG-26-001") or user.sees("RAG-UTR-26-001")


async def test_steps_off_the_main_line_stand_beside_it(file: Path, use) -> None:
    async with use(file, (140, 30)) as user:
        await user.press("g", "f", "enter")
        words = user.app.screen.query_one(Lines).words
        assert "prioriterad › [beslutad] › pågår › genomförd › uppföljd › avslutad (eller avslagen)" in words
    with Store.open(file) as store, store.change("test") as change:
        change.update("action", store.db.execute("SELECT id FROM action").fetchone()["id"], {"status": "avslagen"})
    async with use(file, (140, 30)) as user:
        await user.press("g", "f", "enter")
        words = user.app.screen.query_one(Lines).words
        assert "prioriterad › beslutad › pågår › genomförd › uppföljd › avslutad (eller [avslagen])" in words


async def test_a_key_hint_is_shown_whole_or_not_at_all(file: Path, use) -> None:
    async with use(file) as user:
        for keys in ([], ["g", "a"], ["enter"], ["e"]):
            await user.press(*keys)
            place = user.app.screen
            for width in range(40, 121, 8):
                await user.pilot.resize_terminal(width, 24)
                await user.settle()
                shown = user.screen.splitlines()[-1]
                hints = [f"{a.key}  {a.words}" for a in actions.in_row(place.PLACE)]
                hints = [
                    f"{a.key}  ({a.words})" if a.why_not(place.situation()) else h
                    for a, h in zip(actions.in_row(place.PLACE), hints, strict=True)
                ]
                n = next((n for n, hint in enumerate(hints) if hint not in shown), len(hints))
                assert n > 0 and shown.split() == " ".join(hints[:n]).split(), width


async def test_what_a_dialog_says_of_its_keys_is_not_cut(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("f6")
        assert "Enter sparar, Esc stänger." in user.dialog
        await user.press("escape", "f7")
        assert user.screen.splitlines()[-1].split("  ")[-1].strip() == "Esc tillbaka"


async def test_the_list_of_decisions_tells_what_was_decided(file: Path, use) -> None:
    with Store.open(file) as store, store.change("test") as change:
        body = store.db.execute("SELECT id FROM role").fetchone()["id"]
        meeting = change.insert("meeting", {"body": body, "held_on": "2026-10-12"}).id
        change.insert("decision", {"meeting": meeting, "paragraph": "§ 31", "text": "Nämnden godkänner riktlinjen."})
    for width in (80, 100):
        async with use(file, (width, 24)) as user:
            await user.press("g", "b")
            assert user.sees("Nämnden godkänner riktlinjen.")
    async with use(file) as user:
        user.app.jump(Jump("meeting", meeting))
        await user.settle()
        assert user.sees("§ 31 Nämnden godkänner riktlinjen.")


async def test_the_list_of_settings_shows_question_and_value(file: Path, use) -> None:
    with Store.open(file, readonly=True) as store:
        row = store.db.execute(
            "SELECT question, value FROM setting WHERE length(value) BETWEEN 1 AND 9 ORDER BY question_sort LIMIT 1"
        ).fetchone()
    async with use(file) as user:
        user.app.jump(Jump("setting"))
        await user.settle()
        await user.press("slash")
        await user.write(row["question"].split()[0])
        shown = user.app.screen.query_one(RecordTable)
        assert {"question", "value"} <= {column.name for column in shown.columns}
        assert user.sees(row["question"][:30]) and user.sees(row["value"])


async def test_the_tree_leads_to_a_list_on_a_narrow_screen(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "left")
        assert user.sees("Utredningar (1)")
        await user.press("down", "enter")
        assert user.app.screen.entity == "investigation" and user.sees("RAG-UTR-26-001")


async def test_the_mouse_opens_a_row(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a")
        second = (5, user.app.screen.query_one(RecordTable).head + 1)
        await user.pilot.click(RecordTable, offset=second)
        await user.settle()
        await user.pilot.click(RecordTable, offset=second)
        await user.settle()
        assert isinstance(user.app.screen, Record) and user.sees("RAG-AVV-26-002")


async def test_who_is_acting_can_be_changed_and_is_remembered(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("f6", "end", *["backspace"] * 4)
        await user.write("Dahl")
        await user.press("enter")
        assert user.sees("Anna Dahl")


async def test_without_a_file_the_start_makes_one(tmp_path: Path, use) -> None:
    async with use(None) as user:
        assert isinstance(user.app.screen, Start) and user.sees("exempelkommun")
        user.app.screen.query_one("#new-path").focus()
        await user.settle()
        user.app.screen.query_one("#new-path").value = str(tmp_path / "ny.db")
        await user.press("enter")
        assert isinstance(user.app.screen, Today) and user.sees("ny.db")
    assert (tmp_path / "ny.db").exists()


async def test_the_start_says_why_a_file_cannot_be_opened(tmp_path: Path, use) -> None:
    text = tmp_path / "brev.txt"
    text.write_text("Hej", encoding="utf-8")
    async with use(None) as user:
        user.app.screen.query_one("#open-path").value = str(text)
        await user.press("enter")
        assert isinstance(user.app.screen, Start) and user.sees("är inte en LSK-fil")


# --- every place, every size, only Swedish ---------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("keys", JOURNEYS.values(), ids=JOURNEYS)
async def test_every_place_fits_and_speaks_swedish(file: Path, use, keys: list[str], size: tuple[int, int]) -> None:
    async with use(file, size) as user:
        await user.press(*keys)
        screen = user.screen
        assert len(screen.splitlines()) == size[1]
        assert all(len(line) <= size[0] for line in screen.splitlines())
        assert english(screen) == [] and english(user.told) == []
        assert len(screen.split()) > 8


async def test_without_colour_the_place_of_the_cursor_is_still_seen(
    file: Path, use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with use(file) as user:
        await user.press("g", "a", "down")
        assert "▸ RAG-AVV-26-002" in user.screen
        await user.press("enter")
        assert "[mottagen]" in user.screen
