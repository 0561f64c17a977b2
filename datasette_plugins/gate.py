"""The gate: only what the site was built for is answered, with strict headers. Everything else is "Sidan finns inte".

Asleep until the instance is given a ``lsk_gate`` block: ``routes`` (a list of path pattern and parameters, each with
a pattern for its value) and ``hosts`` (the names it may be called by).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from datasette import hookimpl

HEADERS = {
    b"content-security-policy": b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    b"base-uri 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}
FORBIDDEN = (b"\\", b"//", b"%5c", b"%2f", b"%00", b"..")
LONGEST_QUERY = 512  # bytes

Routes = list[tuple[re.Pattern[str], dict[str, re.Pattern[str]]]]


def compiled(routes: list[Any]) -> Routes:
    return [(re.compile(path), {name: re.compile(p) for name, p in params.items()}) for path, params in routes]


def refusal(scope: dict[str, Any], routes: Routes, hosts: set[str]) -> int | None:
    """The status that refuses a request, or None to let it through."""
    if scope["method"] not in ("GET", "HEAD"):
        return 405
    called = [value for name, value in scope["headers"] if name.lower() == b"host"]
    if len(called) != 1 or re.sub(r":\d{1,5}$", "", called[0].decode("latin-1")).lower() not in hosts:
        return 400
    raw = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].lower()
    if any(part in raw for part in FORBIDDEN):
        return 400
    if len(scope["query_string"]) > LONGEST_QUERY:
        return 414
    params = next((params for path, params in routes if path.fullmatch(scope["path"])), None)
    if params is None:
        return 404
    given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    lawful = all(name in params and params[name].fullmatch(value) for name, value in given)
    return None if lawful and len({name for name, _ in given}) == len(given) else 400


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    config = datasette.plugin_config("lsk_gate") or {}
    routes, hosts = compiled(config.get("routes", [])), set(config.get("hosts", []))

    def wrap(app: Any) -> Any:
        async def gate(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return

            async def strictly(event: Any) -> None:
                if event["type"] == "http.response.start":
                    kept = [(name, value) for name, value in event["headers"] if name.lower() not in HEADERS]
                    event = {**event, "headers": [*kept, *HEADERS.items()]}
                await send(event)

            status = refusal(scope, routes, hosts)
            if status is None:
                await app(scope, receive, strictly)
                return
            from datasette_plugins.swedish import refused

            await (await refused(datasette, status)).asgi_send(strictly)

        return gate

    return wrap if routes else lambda app: app
