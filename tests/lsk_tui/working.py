"""What the tests of works do alike: go to a work, answer what it asks, read what it tells."""

from __future__ import annotations

from textual.widgets import Input

from lsk_tui.screens.work import Running
from lsk_tui.widgets.lines import Lines
from lsk_tui.works import WORKS
from tests.lsk_tui.conftest import User


def lines(user: User, which: str = "next") -> list[str]:
    return [line.plain for line in user.app.screen.query_one(f"#{which}", Lines).shown]


async def begin(user: User, name: str) -> None:
    """Arbeten, and the work of that name, by arrow and Enter."""
    await user.press("f8")
    await user.press(*["down"] * [work.name for work in WORKS].index(name), "enter")
    assert isinstance(user.app.screen, Running) and user.app.screen.work.name == name


async def answer(user: User, name: str, text: str) -> None:
    user.app.screen.query_one(f"#ask-{name}", Input).value = text
    await user.settle()
