"""No English word is shown, in pictures, their help and the start; test_places walks the rest."""

from __future__ import annotations

from pathlib import Path

from lsk_tui.pictures import VIEWS
from lsk_tui.screens.dialogs import PickPicture
from lsk_tui.screens.start import Start
from tests.lsk_tui.journeys import english


def test_the_word_list_can_fail() -> None:
    assert english("Press ^p to open the palette") == ["Press", "to", "the", "palette"]
    assert english("Page Up och Page Down en sida; Enter öppnar") == []


async def test_no_picture_speaks_english_nor_its_help(file: Path, use) -> None:
    async with use(file, (120, 40)) as user:
        assert VIEWS
        for view in VIEWS:
            user.app.show_picture(view.name)
            await user.settle()
            assert english(user.screen) == [], view.name
            await user.press("f1")
            assert english(user.screen) == [], view.name
            await user.press("escape", "escape")


async def test_the_choice_of_pictures_is_in_swedish(file: Path, use) -> None:
    async with use(file) as user:
        views = list(VIEWS)
        user.app.push_screen(PickPicture(views, "unit", None))
        await user.settle()
        assert english(user.screen) == [] and user.sees(views[0].words)


async def test_the_start_speaks_swedish(use) -> None:
    async with use(None) as user:
        assert isinstance(user.app.screen, Start)
        assert english(user.screen) == []
        for field in ("#open-path", "#new-path", "#sample-path"):
            box = user.app.screen.query_one(field)
            box.value = ""
            box.focus()
            await user.press("enter")
            assert "✗" in user.screen and english(user.screen) == []
