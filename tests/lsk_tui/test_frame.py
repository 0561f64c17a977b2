"""Around every place: the head, back and forward, the looks, the terminal's own cursor, the start, and help."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from textual._styles_cache import StylesCache
from textual.geometry import Offset
from textual.widget import Widget
from textual.widgets import Input

from lsk import remembered
from lsk.errors import LskError
from lsk.store import Store
from lsk_tui import paths, sample, standing, trail
from lsk_tui.app import LskApp
from lsk_tui.areas import areas_of, go_to
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.dialogs import AskName, GoTo
from lsk_tui.screens.form import Form
from lsk_tui.screens.help import DialogHelp, Help, own_bindings
from lsk_tui.screens.record import Record
from lsk_tui.screens.start import Start
from lsk_tui.screens.today import Today
from lsk_tui.textual_inside import reading_at
from lsk_tui.theme import CONTRAST, DARK, LIGHT, LOOKS, SIXTEEN, first_look, next_look
from lsk_tui.trail import MOST
from lsk_tui.widgets.lines import Jump, Lines
from sync.merge import sync_files
from sync.unit_file import make_unit_file


@pytest.fixture
def unit_file(file: Path) -> Path:
    """The file of Hemtjänst Norr."""
    own = file.with_name("enhet-HTN.db")
    with Store.open(file) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        make_unit_file(store, unit, own, "Anna Berg")
    return own


def at_list(user, entity: str) -> bool:
    return isinstance(user.app.screen, Browse) and user.app.screen.entity == entity


# --- the head --------------------------------------------------------------------------------------------------


async def test_the_head_counts_what_a_unit_has_not_synced(file: Path, unit_file: Path, use) -> None:
    with Store.open(unit_file) as store:
        assert standing.unsynced(store) == 0
        with store.change("Anna Berg") as change:
            change.update("action", store.db.execute("SELECT id FROM action").fetchone()["id"], {"due": "2026-12-24"})
        assert standing.unsynced(store) == 1
    async with use(unit_file) as user:
        assert user.sees("enhet-HTN.db · Hemtjänst Norr · Anna Berg · 1 osynkade")
    sync_files(file, [unit_file], "Anna Berg")
    with Store.open(file) as main, Store.open(unit_file) as unit:
        assert standing.unsynced(unit) == standing.unsynced(main) == 0


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (60, "enhet.db · Hemtjänst Norr · Anna Berg · 12 osynkade"),
        (40, "enhet.db · Anna Berg · 12 osynkade"),
        (25, "Anna Berg · 12 osynkade"),
        (12, "12 osynkade"),
        (5, ""),
    ],
)
def test_what_matters_most_is_left_of_the_head(width: int, line: str) -> None:
    assert standing.fitted(["enhet.db", "Hemtjänst Norr", "Anna Berg", "12 osynkade"], width) == line


# --- back and forward ------------------------------------------------------------------------------------------


async def test_back_forward_and_to_the_last_place(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "down", "enter")
        assert isinstance(user.app.screen, Record)
        await user.press("escape")
        assert at_list(user, "deviation") and "▸ RAG-AVV-26-002" in user.screen  # left as it was
        await user.press("plus")
        assert isinstance(user.app.screen, Record)
        await user.press("minus")
        assert at_list(user, "deviation")
        await user.press("minus")
        assert isinstance(user.app.screen, Record)
        await user.press("g", "f", "minus")
        assert isinstance(user.app.screen, Record)
        await user.press("minus")
        assert at_list(user, "action")


async def test_the_first_page_is_a_step_that_can_be_taken_back(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "enter", "f2")
        assert isinstance(user.app.screen, Today)
        await user.press("minus")
        assert isinstance(user.app.screen, Record)
        await user.press("escape", "escape")
        assert isinstance(user.app.screen, Today)


async def test_nowhere_to_go_says_so(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("minus", "plus")
        assert isinstance(user.app.screen, Today)
        await user.press("f1")
        words = user.app.screen.query_one(Lines).words
        assert "Du har inte varit på någon annan plats än." in words
        assert "Det finns ingen plats att gå framåt till." in words


async def test_a_day_of_walking_keeps_few_screens_and_the_first_page(
    file: Path, use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "MOST", 4)
    async with use(file) as user:
        for _ in range(4):
            await user.press("g", "a", "g", "f")
        assert len(user.app.trail.behind) <= 4
        assert isinstance(user.app.trail.behind[0], Today)
        for _ in range(6):
            await user.press("escape")
        assert isinstance(user.app.screen, Today)
        assert len(user.app.trail.ahead) <= 4
        await user.press("g", "a")
        assert user.app.trail.ahead == []
        gc.collect()
        kinds = [type(thing) for thing in gc.get_objects()]
        assert kinds.count(StylesCache) <= sum(issubclass(kind, Widget) for kind in kinds)  # none of widgets gone
    assert MOST < 50


async def test_a_form_under_other_places_is_not_lost(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n", "escape")
        form = user.app.screen
        assert isinstance(form, Form)
        user.app.jump(Jump("action"))
        await user.settle()
        assert at_list(user, "action")
        await user.press("f2")
        assert user.app.screen is form and "Formuläret är inte sparat" in user.told
        user.app.jump(Jump("action"))
        await user.settle()
        await user.press("ctrl+q")
        assert user.app.screen is form and user.app.is_running


# --- the looks -------------------------------------------------------------------------------------------------


def test_the_first_look_is_the_chosen_one_but_on_sixteen_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    assert first_look(None, "truecolor") == DARK.name
    assert first_look(CONTRAST.name, "truecolor") == CONTRAST.name
    assert first_look(CONTRAST.name, "standard") == SIXTEEN.name
    assert first_look("something older", "256") == DARK.name
    monkeypatch.setenv("COLORFGBG", "0;15")
    assert first_look(None, "256") == LIGHT.name


def test_the_looks_go_round() -> None:
    seen = [DARK.name]
    while next_look(seen[-1]) not in seen:
        seen.append(next_look(seen[-1]))
    assert seen == list(LOOKS) and len(seen) == 4


async def test_a_look_is_remembered_on_this_computer(file: Path, use) -> None:
    async with use(file) as user:
        assert user.app.theme == DARK.name
        await user.press("f9", "f9")
        assert user.app.theme == CONTRAST.name and "Utseende: hög kontrast." in user.told
    assert remembered.choice("theme") == CONTRAST.name
    async with use(file) as user:
        assert user.app.theme == CONTRAST.name


async def test_a_terminal_of_sixteen_colours_gets_only_its_own(
    file: Path, use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("COLORTERM")
    async with use(file) as user:
        assert user.app.theme == SIXTEEN.name
        named = {
            style.color.name
            for strip in user.app.screen._compositor.render_strips()
            for segment in strip
            if (style := segment.style) is not None and style.color is not None
        }
        assert not any(name.startswith("#") for name in named)


async def test_without_colours_the_change_of_look_says_that_it_is_not_seen(
    file: Path, use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with use(file) as user:
        await user.press("f9")
        assert "NO_COLOR" in user.told


# --- the terminal's own cursor ---------------------------------------------------------------------------------


async def test_the_cursor_follows_the_line_one_is_on(file: Path, use) -> None:
    async with use(file) as user:
        lines = user.app.screen.query_one(Lines)
        for _ in range(3):
            at = reading_at(user.app)
            row = user.screen.splitlines()[at.y]
            assert lines.current is not None and lines.current.label in row and lines.current.text[:20] in row
            await user.press("down")
        await user.press("g", "a", "down")
        at = reading_at(user.app)
        assert user.screen.splitlines()[at.y].startswith("▸ RAG-AVV-26-002")
        await user.press("left", "down")
        assert "Utredningar" in user.screen.splitlines()[reading_at(user.app).y]


async def test_in_the_palette_the_cursor_is_in_the_field_until_one_walks(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("ctrl+p", "k", "a")
        assert reading_at(user.app) == user.app.screen.query_one(Input).cursor_screen_offset
        await user.press("down")
        palette = user.app.screen.query_one(Lines)
        assert (
            palette.current is not None
            and palette.current.text[:15] in user.screen.splitlines()[reading_at(user.app).y]
        )
        await user.press("l")
        assert reading_at(user.app) == user.app.screen.query_one(Input).cursor_screen_offset


class Terminal:
    """A driver that only keeps what is written."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        self.text += ""


@pytest.mark.parametrize("asked", [True, False])
async def test_the_cursor_is_shown_only_when_asked_for(
    file: Path, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = LskApp(file, "Anna Berg", visible_cursor=asked)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        terminal = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(LskApp, "is_headless", False)
            patch.setattr(app, "_driver", terminal)
            app.post_display_hook()
        at = reading_at(app)
        assert terminal.text == (f"\x1b[?25h\x1b[{at.y + 1};{at.x + 1}H" if asked else "")
        assert at != Offset(0, 0)


# --- the start -------------------------------------------------------------------------------------------------


async def test_the_start_offers_the_files_that_were_open_of_late(file: Path, tmp_path: Path, use) -> None:
    other = tmp_path / "annan.db"
    Store.create(other, code="ANN").close()
    for path in (file, other, tmp_path / "borta.db"):
        remembered.remember(path, "Anna Berg")
    async with use(None) as user:
        lines = user.app.screen.query_one("#recent", Lines)
        assert [line.label for line in lines.shown] == ["annan.db", "ragunda.db"]
        await user.press("down", "enter")
        assert isinstance(user.app.screen, Today) and user.sees("ragunda.db")


async def test_the_start_is_seen_whole_at_the_smallest_size(file: Path, use) -> None:
    remembered.remember(file, "Anna Berg")
    async with use(None) as user:
        for words in ("Senast öppnade", "Öppna en fil", "Ny fil för en kommun", "exempelkommun", "Bygg", "Ctrl+Q"):
            assert user.sees(words), words


async def test_the_sample_is_built_from_the_start_and_opened(tmp_path: Path, use) -> None:
    folder = tmp_path / "exempel"
    async with use(None) as user:
        field = user.app.screen.query_one("#sample-path", Input)
        field.value = str(folder)
        field.focus()
        await user.press("enter")
        assert isinstance(user.app.screen, Today) and user.sees("lovsjo.db")
    made = sample.main_file(folder)
    assert made is not None
    before = made.stat().st_mtime_ns
    assert await sample.build(folder, print) == made and made.stat().st_mtime_ns == before


async def test_the_building_of_the_sample_can_be_broken_off(tmp_path: Path, use) -> None:
    async with use(None) as user:
        field = user.app.screen.query_one("#sample-path", Input)
        field.value = str(tmp_path / "exempel")
        field.focus()
        await user.pilot.press("enter")
        await user.press("escape")
        assert isinstance(user.app.screen, Start) and user.sees("Avbrutet")


async def test_a_sample_that_cannot_be_built_says_why(tmp_path: Path) -> None:
    (tmp_path / "brev.txt").write_text("Hej", encoding="utf-8")
    with pytest.raises(LskError, match=r"brev\.txt.*Välj en tom mapp"):
        await sample.build(tmp_path, lambda step: None)


def test_a_path_is_completed_with_folders_and_files_of_ours(tmp_path: Path) -> None:
    (tmp_path / "Dokument").mkdir()
    (tmp_path / "Dokument" / "ragunda.db").touch()
    (tmp_path / "Dokument" / "rapport.txt").touch()
    assert paths.completed(f"{tmp_path}/dok") == str(tmp_path / "Dokument") + "/"
    assert paths.completed(f"{tmp_path}/Dokument/ra") == str(tmp_path / "Dokument" / "ragunda.db")
    assert paths.completed(f"{tmp_path}/Dokument/rapp") is None
    assert paths.completed(f"{tmp_path}/borta/x") is None
    assert paths.completed("") is None
    assert paths.meant(' "~/a b.db" ') == Path.home() / "a b.db"


async def test_a_unit_s_file_opens_in_its_own_view_with_only_its_own_kinds(unit_file: Path, use) -> None:
    async with use(unit_file) as user:
        assert isinstance(user.app.screen, Today) and user.sees("Inför larm")
        await user.press("g")
        letters = user.app.screen.query_one(Lines).words
        assert "Inställningar" not in letters and "Avvikelser" in letters
        await user.press("n")
        assert isinstance(user.app.screen, GoTo)  # no such area here: nothing happens
        await user.press("l")
        assert at_list(user, "application")
        await user.press("left")
        words = user.screen
        assert "Tillämpningar (" in words and "Bestämmelser (" not in words


def test_a_unit_has_fewer_kinds_and_every_letter_leads_to_one_of_them() -> None:
    own, every = areas_of(True), areas_of(False)
    assert {"deviation", "action", "self_check", "risk", "document"} <= {n for names in own.values() for n in names}
    assert not {"setting", "role", "statute"} & {name for names in own.values() for name in names}
    assert sum(map(len, own.values())) < sum(map(len, every.values()))
    assert all(area.first in own[area.name] for area in go_to(True))


# --- help ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [["g"], ["f6"], ["g", "a", "x"], ["f7"], ["ctrl+p"]], ids=str)
async def test_help_is_there_in_dialogs_too_and_does_what_is_chosen(file: Path, use, keys: list[str]) -> None:
    async with use(file) as user:
        await user.press(*keys)
        asked = user.app.screen
        assert list(own_bindings(asked))
        await user.press("f1")
        assert isinstance(user.app.screen, DialogHelp)
        lines = user.app.screen.query_one(Lines)
        assert "Att röra sig" in lines.words
        lines.highlighted = next(n for n, line in enumerate(lines.shown) if line.label == "Esc")
        await user.press("enter")
        assert user.app.screen is not asked and not isinstance(user.app.screen, (DialogHelp, type(asked)))


async def test_a_question_mark_can_be_written_in_a_field(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("f6", "question_mark")
        assert isinstance(user.app.screen, AskName) and user.app.screen.query_one(Input).value.endswith("?")


@pytest.mark.parametrize("keys", [[], ["g", "a"], ["g", "a", "enter"], ["n", "escape"], ["h"]], ids=str)
async def test_help_lists_every_act_of_the_place(file: Path, use, keys: list[str]) -> None:
    async with use(file) as user:
        await user.press(*keys)
        place = user.app.screen
        await user.press("f1")
        assert isinstance(user.app.screen, Help)
        shown = [line.target for line in user.app.screen.query_one(Lines).shown if line.target]
        assert sorted(shown) == sorted(action.name for action, _ in place.can()) and len(shown) > 5
