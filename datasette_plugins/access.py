"""Who may read the committee's pages: those with an account, whoever the server in front has let in, or whoever was
given the link by ``lsk serve``. What is open to all has no log-in.

Asleep until the instance is given ``lsk_access`` with one of ``accounts`` (the folder that has the file of accounts),
``header`` (the name of the header in which a server on this computer tells who has logged in) and ``link``.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

from itsdangerous import BadSignature

from datasette_plugins.accounts import accounts_in, matches
from datasette_plugins.cache import App
from datasette_plugins.limits import Allowance, Turns, header, is_loopback, is_secure, neighbour, visitor_address

Route = tuple[str, dict[str, str]]

COOKIE = "lsk_inloggad"
LASTS = 12 * 3600  # seconds
LONGEST_FORM = 2048  # bytes
FOR_ALL = ("/logga-in", "/robots.txt", "/statisk/")
TRIES, TRIES_BY_ALL = (10, 30.0), (60, 1.0)  # wrong passwords at once, and then seconds between
LOG_IN: list[Route] = [("/logga-in", {"till": r"/|(?:/[a-z0-9_.-]+)+", "nyckel": r"[\w.-]{1,300}"}), ("/logga-ut", {})]
ROBOTS: Route = ("/robots.txt", {})


@dataclass(frozen=True)
class Access:
    """How one is let in: by name and password, by a header from the server in front, or by a link."""

    accounts: dict[str, str]
    header: str
    link: bool


def configured(datasette: Any) -> Access | None:
    config = datasette.plugin_config("lsk_access")
    if not config:
        return None
    known = accounts_in(Path(config["accounts"])) if config.get("accounts") else None
    return Access(known.accounts if known else {}, config.get("header", "").lower(), bool(config.get("link")))


def logs_in(config: dict[str, Any] | None) -> bool:
    """Whether there is a page to log in on, and so a way out."""
    return bool(config and not config.get("header"))


# --- a visitor's proof -----------------------------------------------------------------------------------------------


def proof(datasette: Any, name: str) -> str:
    """What a visitor who has been let in carries: who, and since when, signed with the instance's own secret."""
    return str(datasette.sign({"namn": name, "sedan": int(time.time())}, COOKIE))


def proven(datasette: Any, access: Access, carried: str | None) -> str | None:
    """Whose proof it is, if it holds, is not too old, and the account is still there."""
    try:
        told = unsigned(datasette, carried or "")
    except BadSignature:
        return None
    if told["namn"] == "":
        return "" if access.link else None  # the link holds as long as the server runs
    fresh = 0 <= time.time() - told["sedan"] < LASTS
    return told["namn"] if fresh and told["namn"] in access.accounts else None


@lru_cache(1000)  # a signature costs as much to try as all else about a page that is kept
def unsigned(datasette: Any, carried: str) -> dict[str, Any]:
    return dict(datasette.unsign(carried, COOKIE))


def carried(scope: dict[str, Any]) -> str | None:
    pairs = (part.strip().partition("=") for part in (header(scope, b"cookie") or "").split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), None)


def visitor(datasette: Any, access: Access, scope: dict[str, Any]) -> str | None:
    """Who is asking, if we know."""
    if access.header:
        told = [v for n, v in scope["headers"] if n.decode("latin-1").lower() == access.header]
        return told[0].decode("latin-1") or None if len(told) == 1 and is_loopback(neighbour(scope)) else None
    return proven(datasette, access, carried(scope))


def same_site(scope: dict[str, Any]) -> bool:
    """Whether a form was sent from our own page. Browsers tell; what does not tell is refused."""
    site = header(scope, b"sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = header(scope, b"origin") or ""
    return origin.partition("://")[2] == header(scope, b"host")


# --- the pages -------------------------------------------------------------------------------------------------------


def cookie(value: str, lasts: int, secure: bool) -> tuple[bytes, bytes]:
    text = f"{COOKIE}={value}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"
    return b"set-cookie", text.encode("latin-1")


async def go(send: App, to: str, *headers: tuple[bytes, bytes]) -> None:
    sent = [(b"location", to.encode("latin-1")), (b"cache-control", b"no-store"), (b"content-length", b"0"), *headers]
    await send({"type": "http.response.start", "status": 303, "headers": sent})
    await send({"type": "http.response.body", "body": b""})


async def form_of(receive: App) -> dict[str, str] | None:
    """What was written in the form; None when it is too long to be one."""
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
        if len(body) > LONGEST_FORM:
            return None
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def letting_in(app: App, datasette: Any, access: Access, refuse: App, behind: bool) -> App:
    """``app`` for those who may read it, and the way in for the others. ``behind``: another server stands in front."""
    turns = Turns(1, 30)  # a password costs memory to try
    tries, tries_by_all = Allowance(*TRIES), Allowance(*TRIES_BY_ALL)

    async def show(
        send: App, scope: dict[str, Any], to: str, status: int = 200, wrong: bool = False, spent: bool = False
    ) -> None:
        context = {"till": to, "fel": wrong, "utgangen": spent, "konton": bool(access.accounts)}
        body = (await datasette.render_template("logga_in.html", context)).encode("utf-8")
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store"),
                   (b"content-length", str(len(body)).encode())]  # fmt: skip
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def try_password(scope: dict[str, Any], receive: App, send: App, to: str) -> None:
        address = visitor_address(scope, behind)
        if wait := tries.take(address) or tries_by_all.take(""):
            await refuse(429, send, wait)
            return
        given = await form_of(receive)
        if given is None:
            await refuse(413, send)
            return
        name, password = given.get("namn", ""), given.get("losenord", "")
        async with turns.turn():
            right = await asyncio.to_thread(matches, access.accounts.get(name), password)
        if not right:
            await show(send, scope, to, status=403, wrong=True)
            return
        tries.give_back(address)
        tries_by_all.give_back("")
        await go(send, to, cookie(proof(datasette, name), LASTS, is_secure(scope, behind)))

    async def way_in(scope: dict[str, Any], receive: App, send: App) -> None:
        given = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        to = given.get("till", "/")
        if scope["method"] == "POST":
            if same_site(scope):
                await try_password(scope, receive, send, to)
            else:
                await refuse(403, send)
        elif access.link and proven(datasette, access, given.get("nyckel")) is not None:
            await go(send, to, cookie(given["nyckel"], LASTS, is_secure(scope, behind)))
        else:
            await show(send, scope, to, spent="nyckel" in given)

    async def way_out(scope: dict[str, Any], send: App) -> None:
        if scope["method"] != "POST":
            await refuse(405, send)
        elif same_site(scope):
            await go(send, "/logga-in", cookie("", 0, is_secure(scope, behind)))
        else:
            await refuse(403, send)

    async def let_in(scope: dict[str, Any], receive: App, send: App) -> None:
        path = scope["path"]
        if path == "/logga-in":
            await way_in(scope, receive, send)
        elif path == "/logga-ut":
            await way_out(scope, send)
        elif path.startswith(FOR_ALL) or visitor(datasette, access, scope) is not None:
            await app(scope, receive, send)
        elif not access.header:
            await go(send, "/logga-in" + (f"?till={quote(path)}" if path != "/" else ""))
        else:
            await refuse(403, send)

    return let_in
