"""What is written in a form outlives the terminal, and is nobody else's business until it is saved."""

from __future__ import annotations

import errno
import json
import os
import select
import signal
import struct
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from fcntl import ioctl
from pathlib import Path
from pty import fork

import pytest
from textual.widgets import Input, TextArea

from lsk.store import Store
from lsk_tui import drafts
from lsk_tui.screens.dialogs import Ask
from lsk_tui.screens.drafts import Drafts
from lsk_tui.screens.form import Form
from lsk_tui.screens.record import Record
from lsk_tui.screens.today import Today

APP = "import sys; from lsk.cli import main; sys.argv = ['lsk', *sys.argv[1:]]; main()"
TEXT = "Larmet tystnade i tre timmar."
LONGEST_WAIT = 40  # seconds; only a child that has hung is waited for so long


def kept() -> list[drafts.Draft]:
    return [draft for path in drafts.folder().glob("*.json") if (draft := drafts.read(path))]


async def begin(user) -> None:
    """A deviation with its kind and what happened, and no more."""
    await user.press("n")
    await user.write("klag")
    await user.press("tab", "tab", "tab")
    await user.write(TEXT)


async def end_with_draft(user) -> None:
    """Quit, and keep what is written."""
    await user.press("ctrl+q", "tab", "enter")


@contextmanager
def in_a_terminal(path: Path, state: Path) -> Iterator[tuple[int, Callable[[Callable[[bytes], bool]], None], int]]:
    """``lsk open`` in a terminal of its own (POSIX): its process, a way to wait for the screen, and the terminal."""
    process, terminal = fork()
    if process == 0:
        os.environ.update(XDG_STATE_HOME=str(state), TERM="xterm-256color", COLORTERM="")
        os.execv(sys.executable, [sys.executable, "-c", APP, "open", str(path), "--as", "Anna Berg"])
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen = bytearray()

    def until(done: Callable[[bytes], bool]) -> None:
        """Read what the app draws until it is as wished; a child that has ended or hung fails the test."""
        ticks = 0
        while not done(bytes(seen)):
            ready, _, _ = select.select([terminal], [], [], 0.05)
            ticks += not ready
            assert ticks < LONGEST_WAIT * 20, bytes(seen[-3000:])
            if ready:
                seen.extend(os.read(terminal, 65536))

    try:
        yield process, until, terminal
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)


async def test_a_form_killed_in_the_middle_is_offered_at_the_next_start(
    file: Path, use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lsk.remembered.user_state_path", lambda *_, **__: tmp_path / "own" / "lsk")
    before = file.read_bytes()
    with in_a_terminal(file, tmp_path / "own") as (process, until, terminal):
        until(lambda seen: b"Ny avvikelse" in seen)
        os.write(terminal, b"n")
        until(lambda seen: b"synpunkt" in seen)
        os.write(terminal, f"klag\t\t\t{TEXT}".encode())
        until(lambda seen: any([TEXT] in draft.written.values() for draft in kept()))
        os.kill(process, signal.SIGKILL)
    assert file.read_bytes() == before
    async with use(file) as user:
        assert user.sees("Ett utkast från") and user.sees(f"Ny avvikelse: ”{TEXT}” (Anna Berg)")
        await user.press("enter")
        assert isinstance(user.app.screen, Form)
        box = user.app.screen.query_one("#field-what_happened TextArea", TextArea)
        assert box.text == TEXT and user.app.screen.query_one("#field-kind Input", Input).value == "klagomål"
        user.app.screen.query_one("#field-unit Input", Input).focus()
        await user.settle()
        await user.write("hemtj")
        await user.press("enter", "ctrl+s")
        assert isinstance(user.app.screen, Record) and user.sees(TEXT)
    assert kept() == []
    with Store.open(file) as store:
        assert store.db.execute("SELECT count(*) FROM deviation WHERE what_happened = ?", (TEXT,)).fetchone()[0] == 1


async def test_a_draft_is_for_its_writer_alone_and_leaves_no_trace_in_the_file(file: Path, use) -> None:
    with Store.open(file) as store:
        saved = store.db.execute("SELECT count(*) FROM change_set").fetchone()[0]
    async with use(file) as user:
        await begin(user)
        await end_with_draft(user)
    (draft,) = kept()
    assert draft.written["what_happened"] == [TEXT]
    assert drafts.path_of(draft.id).stat().st_mode & 0o777 == 0o600
    assert drafts.folder().stat().st_mode & 0o777 == 0o700
    assert TEXT.encode() not in file.read_bytes()
    with Store.open(file) as store:
        assert store.db.execute("SELECT count(*) FROM change_set").fetchone()[0] == saved


async def test_the_same_form_opened_again_offers_its_draft_and_goes_on_with_it(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user)
        await user.press("escape", "tab", "tab", "tab", "enter")
        assert isinstance(user.app.screen, Today) and len(kept()) == 1
        await user.press("n")
        assert user.sees("Ett utkast från") and user.sees("Fortsätt på utkastet")
        await user.press("enter")
        assert user.app.screen.query_one("#field-what_happened TextArea", TextArea).text == TEXT
        await user.press("escape", "tab", "tab", "enter")
        assert kept() == []
        await user.press("n")
        assert isinstance(user.app.screen, Form)


async def test_to_begin_anew_keeps_the_draft_and_to_throw_it_takes_it_away(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user)
        await user.press("escape", "tab", "tab", "tab", "enter", "n", "tab", "enter")
        assert isinstance(user.app.screen, Form)
        assert user.app.screen.query_one("#field-what_happened TextArea", TextArea).text == ""
        assert len(kept()) == 1
        await user.press("escape", "escape", "d")
        assert isinstance(user.app.screen, Drafts) and "”Larmet tystnade i tre" in user.dialog
        await user.press("enter")
        assert isinstance(user.app.screen, Ask)
        await user.press("tab", "tab", "enter")
        assert kept() == [] and "Utkastet är kastat." in user.told
        await user.press("d")
        assert user.sees("Inga utkast finns.")


async def test_a_saved_form_and_one_that_is_as_it_was_leave_no_draft(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "end", "e")
        user.app.screen.query_one("#field-what_happened TextArea").focus()
        await user.settle()
        await user.write("x")
        form = user.app.screen
        form.keep_draft()
        await user.settle()
        assert len(kept()) == 1 and user.sees("utkast ")
        await user.press("backspace")
        form.keep_draft()
        await user.settle()
        assert kept() == []
        await user.write("y")
        await user.press("ctrl+s")
        assert kept() == [] and not isinstance(user.app.screen, Form)


async def test_a_draft_of_a_change_shows_what_others_have_saved_since_and_still_asks(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "end", "e")
        user.app.screen.query_one("#field-what_happened TextArea").focus()
        await user.settle()
        await user.write("Ny början: ")
        await end_with_draft(user)
    with Store.open(file) as store, store.change("Bo Ek") as change:
        row = store.db.execute("SELECT id FROM deviation WHERE ref = 'RAG-AVV-26-001'").fetchone()["id"]
        change.update("deviation", row, {"what_happened": "Bos text.", "happened_on": "2026-11-01"})
    async with use(file) as user:
        assert user.sees("Ändring av avvikelsen RAG-AVV-26-001")
        await user.press("enter")
        form = user.app.screen
        assert form.query_one("#field-happened_on Input", Input).value == "2026-11-01"
        assert form.query_one("#field-what_happened TextArea", TextArea).text.startswith("Ny början: Ett planerat")
        await user.press("ctrl+s")
        assert user.sees("ändrades av någon annan medan du skrev") and user.sees("Bos text.") and user.sees("Bo Ek")


async def test_a_draft_that_cannot_be_kept_is_said_and_nothing_is_lost(
    file: Path, use, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("lsk_tui.drafts.os.fsync", full)
    async with use(file) as user:
        await begin(user)
        user.app.screen.keep_draft()
        await user.settle()
        assert "Utkastet kan inte sparas: disken är full." in user.told
        assert user.app.screen.query_one("#field-what_happened TextArea", TextArea).text == TEXT


def test_what_is_no_draft_is_passed_over_and_left(tmp_path: Path) -> None:
    drafts.folder().mkdir(parents=True)
    good = drafts.Draft("replica", "deviation", None, {}, {"what_happened": ["å"]}, "Anna")
    drafts.write(good)
    for name, text in (("torn", '{"file": "repl'), ("list", "[1]"), ("other", json.dumps({"file": "replica"})),
                       ("odd", json.dumps({**asdict(good), "written": {"what_happened": []}}))):  # fmt: skip
        drafts.path_of(name).write_text(text, encoding="utf-8")
    assert drafts.drafts("replica") == [good]
    assert len(list(drafts.folder().iterdir())) == 5


def test_nothing_is_kept_of_a_form_that_was_saved_while_its_draft_was_on_the_way(tmp_path: Path) -> None:
    keeper = drafts.Keeper()
    draft = drafts.Draft("replica", "deviation", None, {}, {"what_happened": ["å"]}, "Anna")
    keeper.keep(draft)
    assert drafts.drafts("replica") == [draft]
    keeper.drop()
    keeper.keep(draft)
    assert drafts.drafts("replica") == []
