"""A thread with a connection of its own. The screen asks and goes on; the answer comes when it comes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TypeVar

from lsk.errors import LskError
from lsk.store import Store, explained

T = TypeVar("T")


class Desk:
    """Asked from the screen's thread, answers on its own. Questions are answered one at a time, in order."""

    def __init__(self, path: Path, today: date | None = None) -> None:
        self.path, self.today = path, today
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lsk-fil")
        self._store: Store | None = None
        self._closing = False

    async def ask(self, question: Callable[[Store], T]) -> T:
        """What ``question`` answers. LskError says what went wrong; a cancelled question not yet begun is never put."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._answer, question)
        except sqlite3.Error as error:
            raise explained(error, self.path) from error

    def _answer(self, question: Callable[[Store], T]) -> T:
        if self._closing:
            raise LskError("Filen är stängd.")
        if self._store is None:
            self._store = Store.open(self.path, today=self.today)
        return question(self._store)

    def _leave(self) -> None:
        if self._store is not None:
            self._store.close()

    def close(self) -> None:
        """Let what has begun come to its end (a save must not be cut off), answer nothing more, close."""
        self._closing = True
        self._thread.submit(self._leave)
        self._thread.shutdown(wait=False)
