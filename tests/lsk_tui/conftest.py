"""A small made-up file on Ragunda's profile, and a way to use the app that waits for answers and never for time."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from lsk.store import Store
from lsk_tui.app import LskApp

TODAY = date(2026, 11, 20)
SOON = 0.02  # seconds; the screen is drawn anew at most this long after something has changed
Use = Callable[..., AbstractAsyncContextManager["User"]]


class User:
    """A person at the keyboard: presses keys, waits for the answer, reads the screen."""

    def __init__(self, app: LskApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def settle(self) -> None:
        """Until every worker has answered and every message is handled."""
        for _ in range(4):
            await self.pilot.pause()
            if not self.app.workers:
                return
            with suppress(WorkerCancelled):  # a newer question has taken its place, and is waited for next
                await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def write(self, text: str) -> None:
        names = {" ": "space", "-": "minus", "+": "plus", "/": "slash", ".": "full_stop", ",": "comma", ":": "colon"}
        await self.pilot.press(*(names.get(letter, letter) for letter in text))
        await self.settle()

    @property
    def screen(self) -> str:
        """What is seen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    def sees(self, words: str) -> bool:
        """Whether the words stand on the screen; a line break there, and the frame around it, count as a space."""
        return words in " ".join(self.screen.replace("│", " ").split())

    @property
    def dialog(self) -> str:
        """What stands within the frame of the dialog, as one line."""
        framed = [line.split("│") for line in self.screen.splitlines() if line.count("│") >= 2]
        return " ".join(" ".join(parts[1] for parts in framed).split())

    @property
    def told(self) -> str:
        """What the toasts say."""
        return "\n".join(f"{n.title} {n.message}" for n in self.app._notifications)


async def wait_for_idle(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Until nothing is left to run and no timer is about to go off.

    Textual's own waits until the processor has rested for a while: after every key, and longer on a busy computer.
    """
    loop = asyncio.get_running_loop()
    end, quiet = loop.time() + max_sleep, 0
    while quiet < 3 and loop.time() < end:
        await asyncio.sleep(0)
        first = min((timer.when() for timer in loop._scheduled if not timer.cancelled()), default=end)
        soon = first < loop.time() + SOON
        quiet = 0 if loop._ready or soon else quiet + 1
        if soon and not loop._ready:
            await asyncio.sleep(max(0, first - loop.time()))


@pytest.fixture(scope="session", autouse=True)
def ready_at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("textual.app.wait_for_idle", wait_for_idle)
        patch.setattr("textual.pilot.wait_for_idle", wait_for_idle)
        yield


@pytest.fixture(autouse=True)
def forgetful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This computer remembers nothing of the developer's files, and looks the same everywhere."""
    monkeypatch.setattr("lsk.remembered.user_state_path", lambda *_, **__: tmp_path / "state")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("COLORFGBG", raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mall") / "ragunda.db"
    with Store.create(path, "ragunda", code="RAG", today=TODAY) as store:
        fill(store)
    return path


@pytest.fixture
def file(filled: Path, tmp_path: Path) -> Path:
    """Two units, a late action, a self-check that is due, and three deviations."""
    path = tmp_path / "ragunda.db"
    shutil.copyfile(filled, path)
    return path


def fill(store: Store) -> None:
    with store.change("Anna Berg", "exempel") as change:
        top = store.db.execute("SELECT id FROM unit WHERE short_name = 'SOA'").fetchone()["id"]
        home = change.insert(
            "unit", {"name": "Hemtjänst Norr", "short_name": "HTN", "level": "enhet", "parent": top}
        ).id
        change.insert(
            "unit", {"name": "Särskilt boende Höglunda", "short_name": "SBH", "level": "enhet", "parent": top}
        )
        told = {"kind": "avvikelse", "unit": home, "origin": "intern"}
        missed = change.insert(
            "deviation",
            {**told, "received_on": "2026-11-02", "what_happened": "Ett planerat besök uteblev på kvällen."},
        ).id
        change.insert(
            "deviation",
            {
                **told,
                "received_on": "2026-11-09",
                "what_happened": "Fel dos delades i dosetten; upptäcktes vid kontroll.",
            },
        )
        change.insert(
            "deviation",
            {
                **told,
                "kind": "synpunkt",
                "received_on": "2026-11-16",
                "what_happened": "Maten var kall två dagar i rad.",
            },
        )
        change.insert("investigation", {"deviation": missed, "kind": "ordinär", "started_on": "2026-11-03"})
        change.insert(
            "action",
            {
                "text": "Inför larm när ett besök inte kvitteras",
                "unit": home,
                "origin": missed,
                "due": "2026-11-10",
                "status": "beslutad",
            },
        )
        check = change.insert(
            "self_check", {"name": "Följsamhet till basal hygien", "frequency": "kvartal", "unit": home}
        ).id
        change.insert("self_check_round", {"self_check": check, "period": "2026 kvartal 4", "due": "2026-12-01"})


@pytest.fixture
def use() -> Use:
    @asynccontextmanager
    async def begin(
        path: Path | None, size: tuple[int, int] = (80, 24), actor: str = "Anna Berg"
    ) -> AsyncIterator[User]:
        app = LskApp(path, actor, today=TODAY)
        async with app.run_test(size=size) as pilot:
            user = User(app, pilot)
            await user.settle()
            yield user

    return begin
