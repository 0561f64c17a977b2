"""The app in a browser: who may come in, from where, and that nothing is left running."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar, WSServerHandshakeError, web

from lsk.cli import main
from lsk_tui import browser
from lsk_tui.browser import HOST, Guard, served

ENGLISH = ("Session ended", "Restart", "Textual Application", "googleapis")


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[Guard, ClientSession]]:
    """The server on a free port, and a browser that has not been there."""
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
        guard = Guard(port)
        runner = web.AppRunner(await served(port, guard, "LSK – ragunda.db")._make_app(), shutdown_timeout=2)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        try:
            async with ClientSession(f"http://{guard.host}", cookie_jar=CookieJar(unsafe=True)) as browsing:
                yield guard, browsing
        finally:
            await runner.cleanup()


async def status(browsing: ClientSession, path: str, **headers: str) -> int:
    async with browsing.get(path, headers=headers) as answer:
        return answer.status


async def come_in(guard: Guard, browsing: ClientSession) -> None:
    async with browsing.get(f"/?nyckel={guard.token}") as answer:
        assert answer.status == 200 and str(answer.url) == f"http://{guard.host}/", (
            "the token is not left in the address"
        )


PATHS = ("/", "/ws", "/static/js/textual.js", "/page/page.css", "/download/x", "/finns-inte")


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_comes_in_without_the_token(path: str) -> None:
    async with serving() as (guard, browsing):
        assert await status(browsing, path, Origin=f"http://{guard.host}") == 403
        assert await status(browsing, f"{path}?nyckel=fel", Origin=f"http://{guard.host}") == 403
        assert await status(browsing, path, Cookie=f"{guard.cookie}=", Origin=f"http://{guard.host}") == 403


async def test_the_token_opens_one_session_and_is_spent() -> None:
    async with serving() as (guard, browsing):
        address = f"/?nyckel={guard.token}"
        await come_in(guard, browsing)
        assert await status(browsing, "/") == 200
        async with ClientSession(f"http://{guard.host}") as another:
            assert await status(another, address) == 403
            async with another.get(address) as answer:
                assert "redan använts" in await answer.text()


async def test_the_cookie_is_for_this_site_alone_and_no_script_reads_it() -> None:
    async with serving() as (guard, browsing), browsing.get(f"/?nyckel={guard.token}", allow_redirects=False) as answer:
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
        assert guard.session in cookie and answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("host", ["localhost:{port}", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", ""])
async def test_a_name_made_to_point_here_is_refused(host: str) -> None:
    async with serving() as (guard, browsing):
        await come_in(guard, browsing)
        given = host.format(port=guard.host.rpartition(":")[2])
        assert await status(browsing, "/", Host=given) == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://{host}", "http://127.0.0.1:1", ""])
async def test_another_site_is_refused_though_the_cookie_comes_along(origin: str) -> None:
    async with serving() as (guard, browsing):
        await come_in(guard, browsing)
        assert await status(browsing, "/", Origin=origin.format(host=guard.host)) == 403
        with pytest.raises(WSServerHandshakeError) as refused:
            await browsing.ws_connect("/ws", headers={"Origin": origin.format(host=guard.host)})
        assert refused.value.status == 403


async def test_a_socket_that_does_not_say_where_it_comes_from_is_refused() -> None:
    async with serving() as (guard, browsing):
        await come_in(guard, browsing)
        with pytest.raises(WSServerHandshakeError) as refused:
            await browsing.ws_connect("/ws")
        assert refused.value.status == 403


async def test_the_page_is_swedish_and_asks_nothing_of_the_internet() -> None:
    async with serving() as (guard, browsing):
        await come_in(guard, browsing)
        async with browsing.get("/") as answer:
            page, policy = await answer.text(), answer.headers["Content-Security-Policy"]
        assert 'lang="sv"' in page and "Det som är sparat finns i filen" in page
        assert [word for word in ENGLISH if word in page] == []
        elsewhere = [part for part in page.split('"') if part.startswith("http") and guard.host not in part]
        assert elsewhere == []
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        for path in ("/static/js/textual.js", "/static/css/xterm.css", "/page/page.css"):
            assert await status(browsing, path) == 200


def test_only_this_computer_is_listened_to() -> None:
    assert HOST == "127.0.0.1"
    assert Guard(80).address.startswith("http://127.0.0.1:80/?nyckel=") and len(Guard(80).token) > 40
    assert Guard(80).token != Guard(80).token


def test_without_textual_serve_a_sentence_says_what_to_install(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    with pytest.raises(SystemExit) as ended:
        main(["open", str(file), "--browser"])
    assert ended.value.code == 1 and "pip install 'lsk[browser]'" in capsys.readouterr().err


def test_a_file_that_cannot_be_opened_is_said_before_any_browser_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["open", str(tmp_path / "borta.db"), "--browser"])
    assert "finns inte" in capsys.readouterr().err


def test_the_file_is_not_told_on_the_command_line() -> None:
    assert browser.command().count("lsk_tui.browser") == 1 and "LSK_BROWSER" not in browser.command()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["stopped", "ended", "killed"])
async def test_no_app_is_left_when_the_server_has_ended(file: Path, tmp_path: Path, how: signal.Signals) -> None:
    """A real server, a real session, and the app's process: it ends with the server, and so lets go of the file."""
    odd = file.rename(tmp_path / "en fil; $(echo) 'så'.db")
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lsk.cli", "open", str(odd), "--browser", "--as", "Berit Ek",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=quiet(tmp_path), start_new_session=True,
        preexec_fn=heeding,
    )  # fmt: skip
    assert server.stdout is not None
    told = [(await server.stdout.readline()).decode() for _ in range(3)]
    address = told[1].strip()
    host = address.removeprefix("http://").partition("/")[0]
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browsing:
        async with browsing.get(address) as answer:
            assert answer.status == 200
        async with browsing.ws_connect(
            f"http://{host}/ws?width=80&height=24", headers={"Origin": f"http://{host}"}
        ) as ws:
            seen = b""
            async for message in ws:
                seen += message.data if isinstance(message.data, bytes) else b""
                if b"Idag" in seen:
                    break
            assert b"Berit Ek" in seen
            apps = below(server.pid)
            assert apps
            server.send_signal(how)
            async for _ in ws:
                pass
    await server.wait()
    ended = subprocess.run(["tail", "-f", "--pid", str(apps[-1]), os.devnull], timeout=60)  # returns when it is gone
    assert ended.returncode == 0


def heeding() -> None:
    """Ctrl+C is heeded as in a window: where the tests run in the background, what they start would not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def quiet(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "BROWSER": "true", "XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONUNBUFFERED": "1"}


def below(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, encoding="utf-8").stdout.split()
    return [each for child in found for each in (int(child), *below(int(child)))]
