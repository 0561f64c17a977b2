"""A thread with a connection of its own. The screen asks and goes on; the answer comes when it comes."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TypeVar

from lsk.errors import LskError
from lsk.store import Store, explained

T = TypeVar("T")
CACHE = 8192  # KiB; the system keeps what is read often as well


def gone(path: Path) -> str:
    """What is said of a file that was there when it was opened."""
    return (
        f"{path} finns inte längre: ett annat program har flyttat eller tagit bort filen. Lägg tillbaka den, eller "
        "öppna en annan med F7. Inget sparas förrän dess."
    )


class Desk:
    """Asked from the screen's thread, answers on its own. Questions are answered one at a time, in order.

    ``passing``: a question that nobody waits for any longer is broken off, also when it has begun. Never for a desk
    that saves.
    """

    def __init__(self, path: Path, today: date | None = None, passing: bool = False) -> None:
        self.path, self.today, self.passing = path, today, passing
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lsk-fil")
        self._store: Store | None = None
        self._opened: tuple[int, int] | None = None
        self._replica = ""
        self._closing = False
        self._begun: object = None
        self._turn = threading.Lock()

    async def ask(self, question: Callable[[Store], T]) -> T:
        """What ``question`` answers. LskError says what went wrong; a cancelled question not yet begun is never put."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._answer, question)
        except asyncio.CancelledError:
            if self.passing:
                self._break_off(question)
            raise
        except sqlite3.Error as error:
            raise explained(error, self.path) from error

    def _answer(self, question: Callable[[Store], T]) -> T:
        if self._closing:
            raise LskError("Filen är stängd.")
        store = self._current()
        with self._turn:
            self._begun = question
        try:
            return question(store)
        finally:
            with self._turn:
                self._begun = None

    def _break_off(self, question: object) -> None:
        with self._turn:
            if self._begun is question and self._store is not None:
                self._store.db.interrupt()

    def _current(self) -> Store:
        """The open file; opened anew when another program has put a new one in its place.

        A file that was taken away would be written to all the same, on most systems, and the change be lost with it.
        """
        now = same_file(self.path)
        if now is None and self._opened is not None:
            raise LskError(gone(self.path))
        if self._store is None or now != self._opened:
            self._leave()
            store = opened(self.path, self.today)
            if self._replica not in ("", store.file.replica):
                store.close()
                raise LskError(
                    f"{self.path.name} är utbytt mot en annan fil medan den var öppen. Inget är sparat i den. "
                    "Öppna den fil du vill arbeta i med F7."
                )
            self._store, self._opened, self._replica = store, now, store.file.replica
        return self._store

    def _leave(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def close(self) -> None:
        """Let what has begun come to its end (a save must not be cut off), answer nothing more, close."""
        self._closing = True
        self._thread.submit(self._leave)
        self._thread.shutdown(wait=False)


def opened(path: Path, today: date | None) -> Store:
    """The file on a connection that remembers little: the app has several, and is open all day."""
    store = Store.open(path, today=today)
    store.db.execute(f"PRAGMA cache_size = -{CACHE}")
    return store


def same_file(path: Path) -> tuple[int, int] | None:
    """What tells the file from another of the same name; None when it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
