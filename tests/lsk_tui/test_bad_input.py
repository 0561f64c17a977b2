"""What a terminal, a clipboard, another program or the clock may do to the app: a sentence, never a crash."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sqlite3
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, TextArea

from lsk.store import Store
from lsk_tui import standing
from lsk_tui.app import LskApp
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.form import Form
from lsk_tui.screens.palette import Palette
from lsk_tui.screens.record import Record
from lsk_tui.screens.today import Today
from lsk_tui.widgets.lines import Jump, Lines

ODD = {
    "right to left": "שלום עולם مرحبا",
    "combining": "a\u030a a\u0308 o\u0308 e\u0301\u0323",
    "emoji": "👩🏽\u200d⚕️ 🇸🇪 👨\u200d👩\u200d👧",
    "no width": "a\u200bb\ufeffc\u202ed\u2066e",
    "controls": "a\x07b\x1bc\x9bd",
}


@pytest.mark.parametrize(
    "keys", [[], ["g", "a"], ["g", "a", "enter"], ["n"], ["f1"], ["ctrl+p"], ["f7"], ["h"]], ids=str
)
@pytest.mark.parametrize("size", [(40, 10), (20, 5)], ids=str)
async def test_a_very_small_terminal(file: Path, use, size: tuple[int, int], keys: list[str]) -> None:
    async with use(file, size) as user:
        await user.press(*keys)
        lines = user.screen.splitlines()
        assert len(lines) == size[1] and all(len(line) <= size[0] for line in lines)
        assert any(line.strip() for line in lines)


@pytest.mark.parametrize("keys", [[], ["g", "a"], ["g", "a", "enter"], ["n"], ["f1"], ["ctrl+p"], ["f7"]], ids=str)
async def test_a_terminal_squeezed_to_one_column_and_back(file: Path, use, keys: list[str]) -> None:
    async with use(file) as user:
        await user.press(*keys)
        before = user.screen
        for size in ((1, 1), (1, 24), (80, 1), (2, 2)):
            await user.pilot.resize_terminal(*size)
            await user.press("down")
        await user.pilot.resize_terminal(80, 24)
        await user.press("up", "up", "up", "up")
        assert user.screen.splitlines()[0] == before.splitlines()[0]
        assert len(user.screen.split()) > len(before.split()) // 2


async def test_a_hundred_thousand_letters_pasted_into_the_palette(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("ctrl+p")
        user.app.post_message(events.Paste("avvikelse " * 10_000))
        await user.settle()
        assert isinstance(user.app.screen, Palette)
        await user.press("escape")
        assert isinstance(user.app.screen, Today)


async def test_a_hundred_thousand_letters_pasted_into_a_form_are_kept(file: Path, use) -> None:
    pasted = "Ett planerat besök uteblev. " * 3572
    async with use(file) as user:
        await user.press("n")
        text = user.app.screen.query(TextArea).first()
        text.focus()
        await user.settle()
        user.app.post_message(events.Paste(pasted))
        await user.settle()
        assert isinstance(user.app.screen, Form) and text.text == pasted and len(pasted) > 100_000


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_letters_of_other_scripts_are_shown_in_lists_and_records(
    file: Path, use, text: str, size: tuple[int, int]
) -> None:
    with Store.open(file) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        # As another tool or an older import may have written it: what a form refuses can stand in a file.
        store.db.execute("UPDATE unit SET name = ? WHERE id = ?", (text, unit))
        store.db.execute("UPDATE deviation SET what_happened = ?", (text * 20,))
    async with use(file, size) as user:
        for keys in (["g", "a"], ["enter"], ["h"], ["escape"], ["f2"]):
            await user.press(*keys)
            assert len(user.screen.splitlines()) == size[1]
            assert not set("\x07\x1b\x9b") & set(user.screen)
        await user.press("ctrl+p")
        user.app.screen.query_one(Input).value = text
        await user.settle()
        assert isinstance(user.app.screen, Palette)


async def test_a_file_taken_away_is_told_of_and_nothing_is_saved_into_nowhere(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a")
        hidden = file.rename(file.with_name("undan.db"))
        await user.press("x", "tab", "enter")
        assert "finns inte" in user.told
        await user.press("f2")
        assert "har flyttat eller tagit bort filen" in user.told
        hidden.rename(file)
        await user.press("g", "a", "enter")
        assert isinstance(user.app.screen, Record)
    with Store.open(file) as store:
        assert store.db.execute("SELECT count(*) FROM deviation").fetchone()[0] == 3


async def test_a_form_outlives_that_its_file_is_taken_away(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n", "escape")
        text = user.app.screen.query(TextArea).first()
        text.text = "Ett besök uteblev."
        hidden = file.rename(file.with_name("undan.db"))
        await user.press("tab", "shift+tab", "ctrl+s")
        assert isinstance(user.app.screen, Form) and text.text == "Ett besök uteblev."
        assert "finns inte" in user.told or user.sees("finns inte")
        hidden.rename(file)


async def test_a_file_put_in_the_place_of_the_open_one_is_read_anew(file: Path, use) -> None:
    newer = file.with_name("nyare.db")
    newer.write_bytes(file.read_bytes())
    with Store.open(newer) as store, store.change("En annan") as change:
        change.update("action", store.db.execute("SELECT id FROM action").fetchone()["id"], {"text": "Ny text utifrån"})
    async with use(file) as user:
        newer.replace(file)
        await user.press("g", "f")
        assert user.sees("Ny text utifrån") and "har bytts ut av ett annat program" in user.told
        await user.press("x", "tab", "enter")
        assert user.sees("Inga åtgärder") or "är borttagen" in user.told
    with Store.open(file) as store:
        assert store.db.execute("SELECT count(*) FROM action").fetchone()[0] == 0


async def test_another_file_put_in_its_place_is_not_written_to(file: Path, tmp_path: Path, use) -> None:
    other = tmp_path / "annan.db"
    Store.create(other, code="ANN").close()
    async with use(file) as user:
        await user.press("g", "a")
        other.replace(file)
        await user.press("x", "tab", "enter")
        assert "är utbytt mot en annan fil" in user.told
    with Store.open(file) as store:
        assert store.file.code == "ANN"


async def test_what_another_program_changes_is_seen_at_the_next_look(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "f")
        with contextlib.closing(sqlite3.connect(file)) as db, db:
            db.execute('UPDATE "action" SET text = ?', ("Ändrat med ett annat verktyg",))
        await user.press("f5")
        assert user.sees("Ändrat med ett annat verktyg")


async def test_a_file_that_another_program_holds_is_told_of(file: Path, use, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lsk.store.BUSY_MILLISECONDS", 0)
    async with use(file) as user:
        await user.press("g", "a")
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as db:
            db.execute("BEGIN EXCLUSIVE")
            await user.press("f5", "enter", "x", "e")
            assert user.app.is_running and "används just nu av ett annat program" in user.told
            db.execute("ROLLBACK")
        user.app.go_home()
        await user.press("g", "a", "enter")
        assert isinstance(user.app.screen, Record)


async def test_the_clock_of_the_computer_is_set_back_and_forth(
    file: Path, use, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = LskApp(file, "Anna Berg")
    for day in (date(2026, 11, 5), date(2030, 1, 1), date(1999, 12, 31), date(2026, 11, 20)):

        class Clock(date):
            @classmethod
            def today(cls, day: date = day) -> date:
                return day

        monkeypatch.setattr("lsk.store.date", Clock)
        if not app.is_running:
            running = app.run_test(size=(80, 24))
            pilot = await running.__aenter__()
        app.go_home()
        await pilot.press("f5")
        await app.workers.wait_for_complete()
        await pilot.pause()
        late = "Försenat" in app.screen.query_one(Lines).words
        assert late is (day > date(2026, 11, 10)), day
    with Store.open(file) as store, store.change("Anna Berg") as change:
        change.update("action", store.db.execute("SELECT id FROM action").fetchone()["id"], {"due": "2026-12-24"})
    app.jump(Jump("action"))
    await pilot.pause()
    assert isinstance(app.screen, Browse)
    await running.__aexit__(None, None, None)


def test_a_computer_that_cannot_remember_opens_the_file_all_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lsk_tui.app.remembered.remember", full)
    monkeypatch.setattr(LskApp, "notify", lambda self, words, **_: told.append(words))
    app = LskApp(file, "Anna Berg")
    with Store.open(file) as app.store:
        app.act_as("Bo Ek")
        assert app.actor == "Bo Ek" and "kan inte minnas" in told[0]
        assert standing.parts(app.store, app.actor)[2] == "Bo Ek"


# --- a real terminal; a pseudo terminal is POSIX's own, so these run where there is one ---------------------------


@contextlib.contextmanager
def in_a_terminal(argv: list[str], env: dict[str, str]) -> Iterator[tuple[int, int]]:
    """(process, its terminal). The process is gone when the block ends."""
    import fcntl
    import pty
    import struct
    import termios

    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, *argv], env)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    try:
        yield pid, terminal
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.close(terminal)


def read_until(terminal: int, words: str, seconds: float = 60) -> str:
    """What the terminal has been sent, up to the words; all of it when it ends or falls silent before."""
    sent = b""
    while words.encode() not in sent and select.select([terminal], [], [], seconds)[0]:
        try:
            sent += os.read(terminal, 65536)
        except OSError:
            break
    return sent.decode("utf-8", errors="replace")


@pytest.mark.parametrize(
    ("language", "seen"), [({"LC_ALL": "C"}, "Sök"), ({"PYTHONIOENCODING": "iso-8859-1"}, "Idag")], ids=["C", "latin 1"]
)
def test_a_terminal_whose_language_is_not_utf_8(
    file: Path, tmp_path: Path, language: dict[str, str], seen: str
) -> None:
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm-256color"}
    env = {**bare, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", **language}
    with in_a_terminal(["-c", "from lsk.cli import main; main()", "open", str(file)], env) as (pid, terminal):
        assert seen in read_until(terminal, seen)
        os.write(terminal, b"\x11")
        read_until(terminal, "\x00 there is no such")
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_the_terminal_s_own_cursor_is_shown_when_asked_for(file: Path, tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    argv = ["-c", "from lsk.cli import main; main()", "open", str(file), "--synlig-markör"]
    with in_a_terminal(argv, env) as (pid, terminal):
        assert "\x1b[?25h" in read_until(terminal, "\x1b[?25h")
        os.write(terminal, b"\x11")
        read_until(terminal, "\x00 there is no such")
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
