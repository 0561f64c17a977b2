"""What a new user stumbled on: leaving while it reads, the start, the palette's words, a refusal's field."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from textual import work
from textual.app import ComposeResult
from textual.widgets import Button, Input, Static

from lsk import profile
from lsk.store import Store
from lsk_tui import agenda
from lsk_tui.beginning import HEADING, first_steps
from lsk_tui.finding import best_first
from lsk_tui.screens.base import Place
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.conflict import Review, SideBox, Write
from lsk_tui.screens.form import Form
from lsk_tui.screens.palette import Palette
from lsk_tui.widgets.fieldbox import FieldBox
from lsk_tui.widgets.lines import Contested, Jump, Line, Lines
from lsk_tui.widgets.pick import Pick
from sync.merge import sync_files
from sync.unit_file import make_unit_file
from tests.lsk_tui.conftest import TODAY


class Part(Static):
    """Tells the place it stands in that it is taken away."""

    def on_unmount(self) -> None:
        assert isinstance(self.screen, Reading)
        self.screen.parted.set()


class Reading(Place):
    """A place whose answer comes when its parts are already gone."""

    def __init__(self) -> None:
        super().__init__()
        self.parted, self.answered = asyncio.Event(), False

    def content(self) -> ComposeResult:
        yield Part()

    @work
    async def load(self) -> None:
        await self.parted.wait()
        self.answered = True


async def test_a_place_that_is_left_gets_no_answer_when_its_parts_are_gone(file: Path, use) -> None:
    async with use(file) as user:
        place = Reading()
        user.app.push_screen(place)
        await user.pilot.pause()
        user.app.pop_screen()
        await user.settle()
        assert place.parted.is_set() and not place.answered


async def test_another_file_is_opened_without_reading_the_first_one_again(file: Path, tmp_path: Path, use) -> None:
    other = tmp_path / "annan.db"
    shutil.copyfile(file, other)
    async with use(file) as user:
        today, read = user.app.screen, []
        today.load = lambda: read.append("Idag")
        await user.press("f7")
        user.app.open_file(other, "Anna Berg")
        await user.settle()
        assert user.sees("annan.db") and not read
        assert len(user.app.screen_stack) == 2


async def test_the_profile_that_begins_as_it_is_written_comes_first_under_its_own_name(use) -> None:
    assert profile.titles()["varnamo"] == "Värnamo kommun" and list(profile.titles()) == profile.names()
    async with use(None) as user:
        user.app.screen.query_one(Pick).input.focus()
        await user.write("r")
        await user.press("enter")
        assert user.app.screen.query_one(Pick).value == "ragunda" and user.sees("Ragunda kommun")


async def test_what_is_missing_at_the_start_is_told_and_the_cursor_goes_there(tmp_path: Path, use) -> None:
    async with use(None) as user:
        for button, field in (("open", "open-path"), ("new", "new-path")):
            user.app.screen.query_one(f"#{button}", Button).focus()
            await user.press("enter")
            assert user.app.focused is user.app.screen.query_one(f"#{field}", Input)
        user.app.screen.query_one("#open-path", Input).value = str(tmp_path / "borta.db")
        user.app.screen.query_one("#open", Button).press()
        await user.settle()
        assert user.sees("skapa en ny fil längre ner.") and "lsk new" not in user.screen


async def test_a_new_file_says_what_to_do_first_until_it_is_in_use(tmp_path: Path, use) -> None:
    path = tmp_path / "ny.db"
    with Store.create(path, "ragunda", today=TODAY) as store:
        unit = store.db.execute("SELECT id FROM unit LIMIT 1").fetchone()["id"]
        assert [line.label for line in agenda.agenda(store)[1:6]] == [f"steg {n}" for n in range(1, 6)]
        make_unit_file(store, unit, tmp_path / "enhet.db", "Anna Berg")
    with Store.open(tmp_path / "enhet.db") as store:
        assert first_steps(store) == []
    async with use(path) as user:
        assert user.sees(HEADING) and user.sees("0 personer finns.")
        await user.press("down", "down", "down", "enter")
        screen = user.app.screen
        assert isinstance(screen, Browse) and screen.question.entity == "setting" and user.sees("inte bestämda")
    with Store.open(path, today=TODAY) as store:
        with store.change("Anna Berg") as change:
            person = change.insert("person", {"name": "Bo Ek"}).id
            role = store.db.execute("SELECT id FROM role LIMIT 1").fetchone()["id"]
            change.insert("assignment", {"person": person, "role": role, "valid_from": "2026-01-01"})
        assert first_steps(store) == []


def late_actions(file: Path) -> None:
    with Store.open(file) as store, store.change("Anna Berg") as change:
        like = store.db.execute("SELECT unit, origin, status FROM action").fetchone()
        for day in (8, 4, 9, 1, 3, 7, 5, 2, 6):
            change.insert("action", {**dict(like), "text": f"Den {day}", "due": f"2026-11-0{day}"})


async def test_all_that_is_late_is_listed_the_earliest_first(file: Path, use) -> None:
    late_actions(file)
    async with use(file) as user:
        lines = user.app.screen.query_one(Lines)
        more = (n for n, line in enumerate(lines.shown) if line.label == "…" and isinstance(line.target, Jump))
        lines.highlighted = next(more)
        await user.press("enter")
        days = [f"2026-11-0{day}" for day in range(1, 10)]
        places = [user.screen.index(day) for day in days]
        assert places == sorted(places)


async def test_the_heading_over_the_first_line_is_seen_again_at_the_top(file: Path, use) -> None:
    late_actions(file)
    async with use(file) as user:
        await user.press("end")
        lines = user.app.screen.query_one(Lines)
        assert lines.scroll_y > 0
        await user.press("home")
        assert lines.scroll_y == 0 and user.sees("Försenat")


@pytest.mark.parametrize(("asked", "act"), [("excel", "export"), ("försenat", "today")])
async def test_an_act_is_found_by_what_it_does(file: Path, use, asked: str, act: str) -> None:
    async with use(file) as user:
        user.app.jump(Jump("deviation"))
        await user.settle()
        await user.press("ctrl+p")
        palette = user.app.screen
        assert isinstance(palette, Palette)
        assert act in [line.target for line in best_first(asked, palette.known)]


def test_a_name_that_fits_comes_before_an_explanation_that_does() -> None:
    known = [Line("Räkna (c) – Räkna raderna per enhet.", "Gör"), Line("Alla enheter (Organisation)", "Lista")]
    assert [line.label for line in best_first("enhet", known)] == ["Lista", "Gör"]


async def test_what_is_refused_for_a_field_that_is_missing_leads_to_that_field(file: Path, use) -> None:
    async with use(file) as user:
        with Store.open(file) as store:
            unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        told = {"kind": "missförhållande", "unit": unit, "what_happened": "Hjälpen uteblev ett dygn."}
        user.app.push_screen(Form("deviation", None, told))
        await user.settle()
        await user.press("ctrl+s")
        marked = [box.field.name for box in user.app.screen.query(FieldBox) if box.refusal]
        focused = next(node for node in user.app.focused.ancestors if isinstance(node, FieldBox))
        assert marked == ["diary_number"] and focused.field.name == "diary_number"


@pytest.fixture
def contested(file: Path) -> Path:
    """The day of an action moved to the 24th at the unit and to the 30th in the main file."""
    own = file.with_name("enhet-HTN.db")
    with Store.open(file) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        make_unit_file(store, unit, own, "Anna Berg")
    for path, actor, day in ((file, "Anna Berg", "2026-11-30"), (own, "Malin Holm", "2026-11-24")):
        with Store.open(path) as store, store.change(actor) as change:
            change.update("action", store.db.execute("SELECT id FROM action").fetchone()["id"], {"due": day})
    sync_files(file, [own], "Anna Berg")
    return file


async def test_the_value_that_was_marked_is_marked_still_when_nothing_was_written(contested: Path, use) -> None:
    async with use(contested) as user:
        user.app.decide(Contested())
        await user.settle()
        await user.press("down", "e")
        writing = user.app.screen
        assert isinstance(writing, Write)
        marked = user.app.screen_stack[-2].found[0].sides[1].value
        assert writing.value == marked
        await user.press("escape")
        assert isinstance(user.app.screen, Review) and isinstance(user.app.focused, SideBox)
        assert user.app.focused.number == 2


async def test_what_is_undone_is_not_still_offered_to_be_undone(file: Path, use) -> None:
    async with use(file) as user:
        record = user.app.store.db.execute("SELECT id FROM action").fetchone()["id"]
        user.app.jump(Jump("action", record))
        await user.settle()
        await user.press("s")
        assert "Tryck u för att ångra" in user.told
        await user.press("u")
        assert "Ångrat" in user.told and "Tryck u för att ångra" not in user.told
