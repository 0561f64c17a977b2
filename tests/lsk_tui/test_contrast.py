"""Every word that is painted can be read: WCAG's contrast of 4.5 between letters and what lies under them."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import Color
from rich.style import Style
from textual.screen import ModalScreen

from lsk_tui.pictures import VIEWS
from lsk_tui.theme import LOOKS, SIXTEEN
from tests.lsk_tui.conftest import User
from tests.lsk_tui.journeys import JOURNEYS

ENOUGH = 4.5
MEASURED = [name for name in LOOKS if name != SIXTEEN.name]  # its colours are the terminal's own
PLACES = ["idag", "filter", "träd", "post", "ny", "ny, fel", "historik", "hjälp", "sök", "gå till", "namn", "start"]


def luminance(color: Color) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    assert color.triplet is not None, f"{color} är ingen färg som kan mätas"
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.triplet.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(style: Style) -> float:
    assert style.color and style.bgcolor and not style.dim, f"{style} blir vad terminalen gör det till"
    light, dark = sorted((luminance(style.color), luminance(style.bgcolor)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def too_faint(user: User) -> list[str]:
    """The words that are too like their ground. What lies faded behind a dialog is not to be read."""
    screen = user.app.screen
    strips = screen._compositor.render_strips()
    if isinstance(screen, ModalScreen):
        dialog = screen.children[0].region
        strips = [strip.crop(dialog.x, dialog.right) for strip in strips[dialog.y : dialog.bottom]]
    words = {
        str(segment.style): segment for strip in strips for segment in strip if any(map(str.isalnum, segment.text))
    }
    assert words, "inget står på skärmen"
    return [
        f"{contrast(segment.style):.2f} {style}: {segment.text.strip()}"
        for style, segment in words.items()
        if contrast(segment.style) < ENOUGH
    ]


async def in_every_look(user: User) -> dict[str, list[str]]:
    found = {}
    for look in MEASURED:
        user.app.theme = look
        await user.settle()
        found[look] = too_faint(user)
    return {look: words for look, words in found.items() if words}


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast(Style.parse("#000000 on #ffffff")) == pytest.approx(21)
    assert contrast(Style.parse("#777777 on #ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("place", PLACES)
async def test_every_word_of_a_place_can_be_read(file: Path, use, place: str) -> None:
    async with use(file, (100, 30)) as user:
        await user.press(*JOURNEYS[place])
        assert await in_every_look(user) == {}


async def test_every_word_of_the_pictures_can_be_read(file: Path, use) -> None:
    async with use(file, (100, 30)) as user:
        for view in VIEWS:
            user.app.show_picture(view.name)
            await user.settle()
            assert await in_every_look(user) == {}, view.name
            await user.press("escape")
