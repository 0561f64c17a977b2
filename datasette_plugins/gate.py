"""The gate: only what the site was built for is answered, with strict headers. Everything else is "Sidan finns inte".

Asleep until the instance is given a ``lsk_gate`` block: ``routes`` (a list of path pattern and parameters, each with
a pattern for its value), ``hosts`` (the names it may be called by) and ``behind`` (whether another server stands in
front). Inside it stand, in this order, who may read (``access``), and the pages kept (``cache``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from math import ceil
from typing import Any
from urllib.parse import parse_qsl

from datasette import hookimpl

from datasette_plugins.access import configured, letting_in, logs_in
from datasette_plugins.cache import App, Page, keeping, page_of
from datasette_plugins.compat import template_names, whole_json
from datasette_plugins.limits import Full
from datasette_plugins.swedish import refused

HEADERS = {
    b"content-security-policy": b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    b"base-uri 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",  # no-referrer would also hide from ourselves where a form came from
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}
NOT_FOR_SEARCH_ENGINES = (b"x-robots-tag", b"noindex, nofollow")
FORBIDDEN = (b"\\", b"//", b"%", b"..")  # every address of ours is plain
LONGEST = 512  # bytes of an address's path, and of what follows the question mark
EITHER = {"_sort", "_sort_desc"}
FORMS = ("/logga-in", "/logga-ut")
JUDGED = 4096  # addresses whose judgement is remembered
PORT = re.compile(r":\d{1,5}$")

Routes = list[tuple[re.Pattern[str], dict[str, re.Pattern[str]]]]


def compiled(routes: list[Any]) -> Routes:
    return [(re.compile(path), {name: re.compile(p) for name, p in params.items()}) for path, params in routes]


Judge = Callable[[bytes, bytes], int | None]


def judge(routes: Routes) -> Judge:
    """What tells the status for an address that the site was not built for; None for one that it was."""

    @lru_cache(JUDGED)
    def judged(path: bytes, query: bytes) -> int | None:
        if any(part in path for part in FORBIDDEN) or not path.isascii():
            return 400
        params = next((params for pattern, params in routes if pattern.fullmatch(path.decode())), None)
        if params is None:
            return 404
        given = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        names = {name for name, _ in given}
        lawful = all(name in params and params[name].fullmatch(value) for name, value in given)
        return None if lawful and len(names) == len(given) and not names >= EITHER else 400

    return judged


def refusal(scope: dict[str, Any], hosts: set[str], judged: Judge) -> int | None:
    """The status that refuses a request, or None to let it through."""
    if scope["method"] not in ("GET", "HEAD") and not (scope["method"] == "POST" and scope["path"] in FORMS):
        return 405
    called = [value for name, value in scope["headers"] if name == b"host"]
    if len(called) != 1 or PORT.sub("", called[0].decode("latin-1")).lower() not in hosts:
        return 400
    raw = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    if len(raw) > LONGEST or len(scope["query_string"]) > LONGEST:
        return 414
    return judged(raw, scope["query_string"])


def refusing(datasette: Any) -> App:
    """A function that sends a refusal: status, where to, seconds until it is worth trying again. Each page is made
    once, so that asking for what is not there costs little."""
    made: dict[int, Page] = {}

    async def refuse(status: int, send: App, wait: float = 0) -> None:
        if status not in made:
            response = await refused(datasette, status)
            made[status] = page_of(
                [(b"content-type", b"text/html; charset=utf-8")], response.body.encode(), b"no-store"
            )
        headers = [header for header in made[status].headers if header[0] != b"etag"]
        if wait:
            headers.append((b"retry-after", str(ceil(wait)).encode()))
        if status == 405:
            headers.append((b"allow", b"GET, HEAD"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": made[status].body})

    return refuse


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    config = datasette.plugin_config("lsk_gate") or {}
    return (lambda app: guarded(app, datasette, config)) if config.get("routes") else (lambda app: app)


@hookimpl
def extra_template_vars(datasette: Any, request: Any) -> dict[str, Any]:
    if not datasette.plugin_config("lsk_gate"):
        return {}
    return {"lsk_logs_out": logs_in(datasette.plugin_config("lsk_access")), **template_names(datasette, request)}


def guarded(app: App, datasette: Any, config: dict[str, Any]) -> App:
    hosts, judged, behind = set(config["hosts"]), judge(compiled(config["routes"])), bool(config.get("behind"))
    access, refuse = configured(datasette), refusing(datasette)
    added = [*HEADERS.items(), *([NOT_FOR_SEARCH_ENGINES] if access else [])]
    inside = keeping(whole_json(app), refuse, access is not None, behind)
    if access:
        inside = letting_in(inside, datasette, access, refuse, behind)

    async def gate(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def strictly(event: Any) -> None:
            if event["type"] == "http.response.start":
                kept = [(name, value) for name, value in event["headers"] if name.lower() not in HEADERS]
                event = {**event, "headers": [*kept, *added]}
            await send(event)

        status = refusal(scope, hosts, judged)
        if status is not None:
            await refuse(status, strictly)
            return
        try:
            await inside(scope, receive, strictly)
        except Full:
            await refuse(503, strictly, 1)

    return gate
