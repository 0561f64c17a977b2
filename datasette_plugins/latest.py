"""The site over what is published now: a new publication, or changed accounts, take effect without a restart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from datasette.app import Datasette

from datasette_plugins.cache import App
from lsk.errors import LskError

LOOK_EVERY = 0.2  # seconds; to look costs as much as all else about a page that is kept
Marks = list[tuple[int, int, int] | None]
EXCHANGED = "Sidorna byts ut just nu. Försök igen om en stund.\n".encode()


def marks_of(files: Sequence[Path]) -> Marks:
    """What tells that a file is another than before; None for one that is not there."""
    return [(s.st_mtime_ns, s.st_size, s.st_ino) if (s := stat_of(path)) else None for path in files]


def stat_of(path: Path) -> Any:
    try:
        return path.stat()
    except OSError:
        return None


async def closed(scope: Any, receive: Any, send: Any) -> None:
    """While what is there cannot be shown, nothing is: neither the old pages nor to those who had an account."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), (b"retry-after", b"5"),
               (b"content-length", str(len(EXCHANGED)).encode())]  # fmt: skip
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": EXCHANGED})


class Latest:
    """The app of what ``put_together`` gives, asked for anew when one of the files is another than before.

    Looked for at a request, at most once in ``every`` seconds.
    """

    def __init__(self, files: Sequence[Path], put_together: Callable[[], Datasette], every: float = LOOK_EVERY) -> None:
        self.files, self.put_together, self.every = files, put_together, every
        self.look_at = 0.0
        self.marks = marks_of(files)
        self.site = put_together()
        self.app: App = self.site.app()
        self.renewing = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        now = time.monotonic()
        if scope["type"] == "http" and now >= self.look_at:
            self.look_at = now + self.every
            if marks_of(self.files) != self.marks:
                async with self.renewing:
                    await self.renew()
        await self.app(scope, receive, send)

    async def renew(self) -> None:
        now = marks_of(self.files)
        if now == self.marks:
            return  # somebody else was first
        try:
            self.site = await asyncio.to_thread(self.put_together)
            self.app = self.site.app()
        except LskError:
            self.app = closed
        self.marks = now
