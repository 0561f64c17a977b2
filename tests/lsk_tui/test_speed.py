"""What keeps the app quick: a start that brings in no more than it shows, keys that paint no more than has changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from textual.widget import Widget
from textual.widgets import Input

from lsk import search
from lsk_tui.lines import Jump
from lsk_tui.textual_inside import OnlyDirty
from lsk_tui.widgets.table import RecordTable
from tests.lsk_tui import quick

NOT_AT_ONCE = {
    "cryptography",
    "lsk.change",
    "lsk.history",
    "lsk.profile",
    "lsk.rules",
    "lsk_tui.agenda",
    "lsk_tui.pages",
    "lsk_tui.works",
    "sqlite_utils",
    "sync.package",
    "textual.widgets._text_area",
    "tomllib",
}
EVER = {"lsk_tui.screens.base", "lsk_tui.screens.today"}  # the only screens there are until another is gone to

FIRST_SCREEN = """
import asyncio, sys
from pathlib import Path
from lsk_tui.app import LskApp

seen = []

def displayed(app):
    if app.is_open and not app._batch_count and not seen:
        seen.extend(sys.modules)

LskApp.post_display_hook = displayed

async def main():
    app = LskApp(Path(sys.argv[1]), "Anna Berg")
    async with app.run_test() as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        print(*seen)
        print(*sys.modules)

asyncio.run(main())
"""


def test_the_first_screen_brings_in_no_more_than_it_shows(file: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FIRST_SCREEN, str(file)], capture_output=True, text=True, encoding="utf-8",
        env={**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    first, then = (set(line.split()) for line in run.stdout.splitlines())
    assert "lsk_tui.screens.today" in first
    assert first & NOT_AT_ONCE == set()
    for modules in (first, then):
        assert {name for name in modules if name.startswith(("lsk_tui.screens.", "lsk_tui.pictures."))} <= EVER
    assert "lsk_tui.agenda" in then  # the lines came


async def test_a_step_in_a_list_asks_only_what_the_table_stands_in_for_two_lines(
    file: Path, use, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with use(file, size=(120, 40)) as user:
        user.app.jump(Jump("deviation"))
        await user.settle()
        screen, asked = user.app.screen, []
        table, render = screen.query_one(RecordTable), Widget.render_lines

        def recorded(widget, crop):
            asked.append((widget, crop.height))
            return render(widget, crop)

        monkeypatch.setattr(Widget, "render_lines", recorded)
        table.action_move(1)
        assert isinstance(screen._compositor, OnlyDirty)
        screen._compositor.update_widgets({table})
        quick.draw(screen._compositor, screen_stack=[])
        assert (table, 2) in asked and {height for _, height in asked} == {2}
        assert {widget for widget, _ in asked} <= set(table.ancestors_with_self)


async def test_only_the_last_letter_of_a_word_typed_at_once_is_asked_for(
    file: Path, use, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, real = [], search.search

    def recorded(db, text, *rest):
        asked.append(text)
        return real(db, text, *rest)

    monkeypatch.setattr("lsk.store.search.search", recorded)
    async with use(file) as user:
        await user.press("ctrl+p")
        await user.write("dosetten")
        assert user.app.screen.query_one(Input).value == "dosetten"
        assert asked == ["dosetten"]
        assert user.sees("RAG-AVV-26-002")
