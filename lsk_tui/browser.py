"""The app in a browser on this computer: textual-serve behind a guard, since it checks neither who asks nor from where.

Only 127.0.0.1 is listened on. The address holds a token that opens one session and is then spent; the session is a
cookie. Another site that the same browser shows is told apart by ``Host`` and ``Origin``.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import webbrowser
from collections.abc import Awaitable, Callable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lsk import remembered
from lsk.cli_support import acting
from lsk.errors import LskError
from lsk.store import Store

if TYPE_CHECKING:
    from aiohttp import web

HOST = "127.0.0.1"
TOKEN = "nyckel"
FILE, ACTOR = "LSK_BROWSER_FILE", "LSK_BROWSER_ACTOR"  # how the app's own process is told; a command line can be read
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
SPENT = (
    "Adressen har redan använts eller är fel. Gå till fönstret där LSK startades, stoppa med Ctrl+C och starta igen "
    "med lsk open FIL --browser, så får du en ny."
)
FOREIGN = "LSK svarar bara på sin egen adress på den här datorn."

Handler = Callable[["web.Request"], Awaitable["web.StreamResponse"]]


class Guard:
    """Says who may come in: with the token once, then with the session's cookie."""

    def __init__(self, port: int) -> None:
        self.host = f"{HOST}:{port}"
        self.cookie = f"lsk_{port}"  # cookies do not tell ports apart
        self.token, self.session = secrets.token_urlsafe(32), ""

    @property
    def address(self) -> str:
        """Where the browser is to go, once."""
        return f"http://{self.host}/?{TOKEN}={self.token}"

    def foreign(self, request: web.Request) -> bool:
        """Whether another site asks, or a name of another site was made to point here."""
        origin = request.headers.get("Origin")
        told = request.path == "/ws"  # a browser always says where a socket comes from
        return request.headers.get("Host") != self.host or (
            origin != f"http://{self.host}" if told or origin is not None else False
        )

    def known(self, request: web.Request) -> bool:
        return bool(self.session) and same(request.cookies.get(self.cookie, ""), self.session)

    def opens(self, request: web.Request) -> bool:
        """Whether the address is the right one; it is spent by that."""
        if request.path != "/" or not self.token or not same(request.query.get(TOKEN, ""), self.token):
            return False
        self.token, self.session = "", secrets.token_urlsafe(32)
        return True

    def middleware(self) -> Any:
        from aiohttp import web

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self.foreign(request):
                return refused(FOREIGN)
            if self.opens(request):
                answer = web.Response(status=303, headers={"Location": "/"})
                answer.set_cookie(self.cookie, self.session, httponly=True, samesite="Strict", path="/")
                return answer
            if not self.known(request):
                return refused(SPENT)
            return await handler(request)

        return guard


def same(given: str, right: str) -> bool:
    """Compared in a time that tells nothing of where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())


def refused(sentence: str) -> web.Response:
    from aiohttp import web

    return web.Response(status=403, text=sentence + "\n", content_type="text/plain", charset="utf-8")


def served(port: int, guard: Guard, title: str) -> Any:
    """The server: textual-serve's, behind the guard, with a page of our own that asks nothing of the internet."""
    try:
        from textual_serve.server import Server
    except ModuleNotFoundError as error:
        raise LskError(
            "Appen kan inte visas i webbläsaren: textual-serve saknas. Installera med: pip install 'lsk[browser]'"
        ) from error

    class Served(Server):
        """Keeps account of the sessions, so that each app is closed in order when the server is."""

        def __init__(self) -> None:
            pages = resources.files("lsk_tui").joinpath("browser_page")
            super().__init__(command(), HOST, port, title, f"http://{HOST}:{port}", templates_path=str(pages))
            self.sessions: set[asyncio.Task[Any]] = set()

        async def _make_app(self) -> web.Application:
            app = await super()._make_app()
            app.middlewares.append(guard.middleware())
            app.on_response_prepare.append(with_headers)
            app.router.add_static("/page", Path(self.templates_path), name="page")
            return app

        async def on_startup(self, app: web.Application) -> None:
            """Nothing is written: textual-serve's own words are in English."""

        async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
            session = asyncio.current_task()
            assert session is not None
            self.sessions.add(session)
            try:
                return await super().handle_websocket(request)
            finally:
                self.sessions.discard(session)

        async def on_shutdown(self, app: web.Application) -> None:
            """Ask each app to close, and wait until it has."""
            sessions = list(self.sessions)
            for session in sessions:
                session.cancel()
            await asyncio.gather(*sessions, return_exceptions=True)

    async def with_headers(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in HEADERS.items():
            response.headers[name] = value.replace("{host}", guard.host)

    return Served()


def command() -> str:
    """What the shell starts for each session. The file is told in the environment: its name may hold anything."""
    words = [sys.executable, "-P", "-m", "lsk_tui.browser"]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def serve(path: Path | None, actor: str | None) -> None:
    """Show the app in the browser until Ctrl+C. LskError when the file or textual-serve cannot be opened."""
    path = path or remembered.last_file()
    if path is None:
        raise LskError("Ange filen: lsk open FIL --browser. Gör en ny med: lsk new FIL --profile ragunda")
    Store.open(path).close()  # so that what is wrong is said here, and not on an empty page
    os.environ[FILE], os.environ[ACTOR] = str(path.absolute()), acting(actor, path)
    with socket.create_server((HOST, 0)) as listening:
        guard = Guard(listening.getsockname()[1])
        server = served(listening.getsockname()[1], guard, f"LSK – {path.name}")
        click.echo(f"Appen visas i webbläsaren, bara på den här datorn. Öppnas den inte, gå till:\n{guard.address}")
        click.echo("Adressen gäller en gång. Stoppa med Ctrl+C; det som är sparat finns i filen.")
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(until_stopped(server, listening, guard.address))
    click.echo("Stoppad.")


async def until_stopped(server: Any, listening: socket.socket, address: str) -> None:
    """Listen, open the browser, and wait for Ctrl+C, or for the computer to ask that the program ends."""
    from aiohttp import web

    ended = asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # Windows has no such request, it just ends programs
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    runner = web.AppRunner(await server._make_app(), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        await asyncio.to_thread(webbrowser.open, address)
        await ended.wait()
    finally:
        await runner.cleanup()


def show() -> None:
    """The app itself, in the process that a session has started."""
    os.environ["TEXTUAL_DRIVER"] = "lsk_tui.browser_driver:Driver"  # read when Textual is imported
    from lsk_tui.app import LskApp

    LskApp(Path(os.environ[FILE]), os.environ[ACTOR]).run()


if __name__ == "__main__":
    show()
