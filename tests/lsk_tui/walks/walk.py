"""A walk: what somebody does with the sample municipality, key by key, and what is then seen.

The same walk is a test (``follow``), and pictures of every step (``python -m tests.lsk_tui.walks FOLDER``).
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lsk_tui.app import LskApp
from lsk_tui.widgets.lines import Lines
from sample_db.demo import Demo, build_sample, make_unit_files
from tests.lsk_tui.conftest import User

MONDAY = date(2026, 11, 2)  # the sample ends here, and every walk is taken on this day
SMALL, LARGE = (80, 24), (120, 40)
MAIN = "lovsjo.db"
COORDINATOR = "Jonas Danielsson"


@dataclass(frozen=True)
class Step:
    """Keys pressed or a text written, then what stands on the screen and what no longer does."""

    keys: tuple[str, ...] = ()
    text: str = ""
    line: str = ""  # the line to walk down to, by words in it
    sees: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The step as a caption: ``↓ Enter`` or ``”text”``."""
        return " ".join(self.keys) or (f"↓ till ”{self.line}”" if self.line else f"”{self.text}”")


@dataclass(frozen=True)
class Walk:
    """``before`` makes the folder as the walk finds it: it is the sample's, with the main file and the unit files."""

    name: str
    story: str
    steps: tuple[Step, ...]
    actor: str = COORDINATOR
    file: str = MAIN
    before: Callable[[Path], None] = field(default=lambda folder: None)

    @property
    def keystrokes(self) -> int:
        """Keys beside the texts themselves."""
        return sum(len(step.keys) for step in self.steps)


def press(keys: str, sees: str | tuple[str, ...] = (), gone: str | tuple[str, ...] = ()) -> Step:
    """Keys by Textual's names, with a space between; ``down*3`` is three of them."""
    pressed: list[str] = []
    for key in keys.split():
        name, _, times = key.partition("*")
        pressed += [name] * int(times or 1)
    return Step(tuple(pressed), sees=several(sees), gone=several(gone))


def write(text: str, sees: str | tuple[str, ...] = (), gone: str | tuple[str, ...] = ()) -> Step:
    """A text, letter by letter, in the field one is in."""
    return Step(text=text, sees=several(sees), gone=several(gone))


def down_to(line: str, sees: str | tuple[str, ...] = (), gone: str | tuple[str, ...] = ()) -> Step:
    """The arrow down until one stands on the line: what stands above it may hang on the day the test is run."""
    return Step(line=line, sees=several(sees), gone=several(gone))


def several(words: str | tuple[str, ...]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else words


def build_town(folder: Path) -> None:
    """The sample municipality on the day of the walks, and three units' own files, all synced."""
    folder.mkdir(parents=True, exist_ok=True)
    demo = Demo(folder, say=quiet, progress=quiet)
    build_sample(demo, 1, MONDAY)
    make_unit_files(demo)


def quiet(text: str) -> None:
    """What the sample tells of its own building; nobody reads it here."""


def copy_town(town: Path, folder: Path, walk: Walk) -> Path:
    """The town for one walk, as the walk finds it. Returns the file that it opens."""
    shutil.copytree(town, folder, dirs_exist_ok=True)
    walk.before(folder)
    return folder / walk.file


@asynccontextmanager
async def begin(walk: Walk, path: Path, size: tuple[int, int] = SMALL) -> AsyncIterator[User]:
    """The app open on the walk's file."""
    app = LskApp(path, walk.actor, today=MONDAY)
    async with app.run_test(size=size) as pilot:
        user = User(app, pilot)
        await user.settle()
        yield user


async def take(user: User, step: Step) -> None:
    """Do it, without looking at what came of it."""
    await user.press(*step.keys)
    if step.text:
        await user.write(step.text)
    if step.line:
        await walk_down(user, step.line)


async def walk_down(user: User, words: str) -> None:
    lines = user.app.focused
    assert isinstance(lines, Lines), f"Inga rader att gå i:\n{user.screen}"
    for _ in lines.shown:
        if lines.current is not None and words in lines.current.text:
            return
        await user.press("down")
    raise AssertionError(f"ingen rad med ”{words}”:\n{user.screen}")


def missing(user: User, step: Step) -> list[str]:
    """What is not as the walk says; at the size the walk is written for there is nothing."""
    told = " ".join(user.told.split())  # toasts lie over the screen
    unseen = [f"saknas: {words}" for words in step.sees if not user.sees(words) and words not in told]
    return unseen + [f"kvar: {words}" for words in step.gone if user.sees(words)]


async def follow(walk: Walk, path: Path, size: tuple[int, int] = SMALL) -> None:
    """Every step in turn, each with what must then be seen."""
    async with begin(walk, path, size) as user:
        for n, step in enumerate(walk.steps, 1):
            await take(user, step)
            wrong = missing(user, step)
            assert not wrong, f"steg {n} ({step.words}): {'; '.join(wrong)}\n{user.told}\n{user.screen}"
