"""Pages kept as they were made. The published file cannot change while it is open, so a page made once is a page made.

A page is kept for its address, host and day (what is late turns late at midnight), whole and packed by gzip. It does
not depend on who reads it; who may read is settled before. What a browser has already is answered in one line (304).
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from datasette_plugins.limits import Allowance, Turns, header, is_loopback, visitor_address

App = Callable[..., Awaitable[Any]]
Headers = list[tuple[bytes, bytes]]

ROOM = 32 * 2**20  # bytes kept in all
LARGEST = 4 * 2**20  # bytes of one page; a larger answer passes through
WORTH_PACKING = 600  # bytes
KEPT_HEADERS = (b"content-type", b"content-disposition")
MADE_AT_ONCE, MADE_WAITING = 4, 60
FRESH_PAGES = (200, 0.1)  # for one visitor: at once, and then seconds between


@dataclass(frozen=True)
class Page:
    """An answer ready to send, with its headers for each way it is sent."""

    tag: bytes
    body: bytes
    packed: bytes  # empty where packing gains nothing
    headers: Headers
    packed_headers: Headers
    unchanged: Headers

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed)


def page_of(headers: Headers, body: bytes, control: bytes) -> Page:
    tag = b'W/"' + hashlib.sha256(body).hexdigest()[:24].encode() + b'"'
    packed = gzip.compress(body, 6, mtime=0) if len(body) >= WORTH_PACKING else b""
    always = [(b"etag", tag), (b"cache-control", control), (b"vary", b"accept-encoding")]
    kind = [(name.lower(), value) for name, value in headers if name.lower() in KEPT_HEADERS] + always
    return Page(
        tag,
        body,
        packed if len(packed) < len(body) else b"",
        [*kind, (b"content-length", str(len(body)).encode())],
        [*kind, (b"content-length", str(len(packed)).encode()), (b"content-encoding", b"gzip")],
        always,
    )


class Pages:
    """The pages used last, within ``room`` bytes."""

    def __init__(self, room: int = ROOM) -> None:
        self.room, self.size = room, 0
        self.pages: OrderedDict[Any, Page] = OrderedDict()

    def get(self, key: Any) -> Page | None:
        page = self.pages.get(key)
        if page:
            self.pages.move_to_end(key)
        return page

    def keep(self, key: Any, page: Page) -> None:
        replaced = self.pages.pop(key, None)
        self.size += page.size - (replaced.size if replaced else 0)
        self.pages[key] = page
        while self.size > self.room:
            self.size -= self.pages.popitem(last=False)[1].size


def accepts_gzip(scope: dict[str, Any]) -> bool:
    offered = (header(scope, b"accept-encoding") or "").replace(" ", "").lower().split(",")
    return any(part == "gzip" or (part.startswith("gzip;q=") and part[7:].strip("0.") != "") for part in offered)


def has_already(scope: dict[str, Any], page: Page) -> bool:
    known = header(scope, b"if-none-match")
    return known is not None and page.tag.decode() in [tag.strip() for tag in known.split(",")]


async def answer(scope: dict[str, Any], send: App, page: Page) -> None:
    if has_already(scope, page):
        status, headers, body = 304, page.unchanged, b""
    elif page.packed and accepts_gzip(scope):
        status, headers, body = 200, page.packed_headers, page.packed
    else:
        status, headers, body = 200, page.headers, page.body
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


class Recorder:
    """Takes an answer down. One that is too large for keeping is passed on to ``send`` as it comes."""

    def __init__(self, send: App) -> None:
        self.send, self.size, self.passing = send, 0, False
        self.start: dict[str, Any] = {}
        self.parts: list[bytes] = []

    async def __call__(self, event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            self.start = event
        elif self.passing:
            await self.send(event)
        else:
            self.parts.append(event.get("body", b""))
            self.size += len(self.parts[-1])
            if self.size > LARGEST:
                self.passing = True
                await self.send(self.start)
                await self.send({**event, "body": b"".join(self.parts)})
                self.parts = []


def anonymous(scope: dict[str, Any]) -> dict[str, Any]:
    """The request without whatever could make the answer its own: cookies, conditions, parts."""
    return {
        **scope,
        "method": "GET",
        "headers": [(name, value) for name, value in scope["headers"] if name.lower() == b"host"],
    }


def keeping(app: App, refuse: App, private: bool, behind: bool) -> App:
    """``app`` with its pages kept. What must be made is made few at a time, and not without end for one visitor."""
    pages, turns, fresh = Pages(), Turns(MADE_AT_ONCE, MADE_WAITING), Allowance(*FRESH_PAGES)
    being_made: dict[Any, asyncio.Lock] = {}
    control = b"private, no-cache" if private else b"no-cache"  # kept by browsers, and asked for each time

    async def make(key: Any, scope: dict[str, Any], receive: App, send: App) -> Page | None:
        """The page; None when the answer is sent already, as it was too large or no page."""
        recorder = Recorder(send)
        async with turns.turn():
            await app(anonymous(scope), receive, recorder)
        if recorder.passing:
            return None
        body, start = b"".join(recorder.parts), recorder.start
        if start["status"] != 200 or any(name.lower() == b"set-cookie" for name, _ in start["headers"]):
            await send(start)
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
            return None
        page = page_of(start["headers"], body, control)
        pages.keep(key, page)
        return page

    async def kept(scope: dict[str, Any], receive: App, send: App) -> None:
        asked = (scope["path"], scope["query_string"], scope.get("scheme"), header(scope, b"host"))
        key = (*asked, date.today().toordinal())
        if page := pages.get(key):
            await answer(scope, send, page)
            return
        address = visitor_address(scope, behind)
        wait = 0.0 if is_loopback(address) else fresh.take(address)
        if wait:
            await refuse(429, send, wait)
            return
        lock = being_made.setdefault(key, asyncio.Lock())
        try:
            async with lock:  # those who ask for the same page meanwhile get this one
                page = pages.get(key) or await make(key, scope, receive, send)
        finally:
            being_made.pop(key, None)
        if page:
            await answer(scope, send, page)

    return kept
