"""A small made-up file on Ragunda's profile, and a way to use the app that waits for answers and never for time."""

from __future__ import annotations

import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import date
from pathlib import Path

import pytest
from textual import events
from textual._compositor import Compositor
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from lsk.store import Store
from lsk_tui.app import LskApp
from tests.lsk_tui import quick

TODAY = date(2026, 11, 20)
Use = Callable[..., AbstractAsyncContextManager["User"]]


class User:
    """A person at the keyboard: presses keys, waits for the answer, reads the screen."""

    def __init__(self, app: LskApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def settle(self) -> None:
        """Until every worker has answered and every message is handled, and it can be seen."""
        if self.app._exit:
            return  # it closes, and nothing more is answered
        await self.answered()
        quick.draw_now(self.app)

    async def answered(self) -> None:
        await self.pilot.pause()
        while self.app.workers:
            with suppress(WorkerCancelled):  # a newer question has taken its place, and is waited for next
                await self.app.workers.wait_for_complete()
            await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.app._press_keys([key])
            await self.settle()

    async def write(self, text: str) -> None:
        """As fast as somebody types who does not look up: the app takes the letters in turn."""
        for letter in text:
            self.app.post_message(events.Key(letter if letter.isalnum() else _character_to_key(letter), letter))
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


@pytest.fixture(scope="session", autouse=True)
def no_time_lost() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        quick.hasten(patch)
        yield


@pytest.fixture(autouse=True)
def frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw when all is settled. Where every frame on the way is to be drawn, this is overridden."""
    monkeypatch.setattr(Compositor, "render_update", quick.draw_later)


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
async def gate() -> AsyncIterator[Callable[[], threading.Event]]:
    """Events for threads to wait on. All have come when the test has ended, however it did, and before its event loop
    is closed, which waits for every thread.
    """
    gates: list[threading.Event] = []

    def made() -> threading.Event:
        gates.append(threading.Event())
        return gates[-1]

    yield made
    for each in gates:
        each.set()


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
