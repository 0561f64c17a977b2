"""Pages made once: the same bytes again, nothing for what the browser has, within its room, few made at a time."""

import asyncio
import gzip
import os
import shutil
from datetime import date
from functools import partial

import pytest

from datasette_plugins import cache
from datasette_plugins.cache import Pages, keeping, page_of
from datasette_plugins.instance import build
from datasette_plugins.latest import Latest
from datasette_plugins.limits import Full
from lsk.model.vocabulary import Publish
from lsk.publish import publish
from tests.datasette_plugins.running import running
from tests.publish.example import example

TABLE = "/namnd/avvikelser_per_kvartal"


class Made:
    """An app that counts what it makes: a page that says its address and how many were made before it."""

    def __init__(self, size=1000, status=200, headers=()):
        self.count, self.size, self.status, self.headers = 0, size, status, list(headers)
        self.at_once, self.most = 0, 0
        self.began, self.hold = asyncio.Queue(), asyncio.Event()
        self.hold.set()

    async def __call__(self, scope, receive, send):
        self.count += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.began.put_nowait(scope["path"])
        await self.hold.wait()
        self.at_once -= 1
        told = f"{scope['path']} {self.count} {scope['headers']} ".encode()
        headers = [(b"content-type", b"text/html"), *self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": told, "more_body": True})
        await send({"type": "http.response.body", "body": b"x" * self.size})


async def refuse(status, send, wait=0):
    await send({"type": "http.response.start", "status": status, "headers": [(b"retry-after", str(wait).encode())]})
    await send({"type": "http.response.body", "body": b""})


async def ask(app, path="/", query=b"", method="GET", client="127.0.0.1", **headers):
    """Status, headers, body."""
    events = []

    async def send(event):
        events.append(event)

    given = [(b"host", b"localhost"), *((n.replace("_", "-").encode(), v.encode()) for n, v in headers.items())]
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": given,
             "client": (client, 1), "scheme": "http"}  # fmt: skip
    await app(scope, None, send)
    return events[0]["status"], dict(events[0]["headers"]), b"".join(e.get("body", b"") for e in events[1:])


async def test_a_page_is_made_once_and_packed():
    made = Made()
    app = keeping(made, refuse, private=False, behind=False)
    status, headers, body = await ask(app)
    assert (status, made.count) == (200, 1) and headers[b"content-length"] == str(len(body)).encode()
    status, packed_headers, packed = await ask(app, accept_encoding="deflate, gzip;q=1.0, br")
    assert made.count == 1 and packed_headers[b"content-encoding"] == b"gzip" and gzip.decompress(packed) == body
    assert len(packed) < len(body) / 2 and packed_headers[b"content-length"] == str(len(packed)).encode()
    assert headers[b"vary"] == packed_headers[b"vary"] == b"accept-encoding" and b"content-encoding" not in headers
    assert (await ask(app, accept_encoding="gzip;q=0, identity"))[2] == body


async def test_what_the_browser_has_is_not_sent_again():
    app = keeping(Made(), refuse, private=True, behind=False)
    tag = (await ask(app))[1][b"etag"].decode()
    for known in (tag, f'"other", {tag}'):
        status, headers, body = await ask(app, if_none_match=known)
        assert (status, body) == (304, b"") and headers[b"cache-control"] == b"private, no-cache"
        assert b"content-length" not in headers
    assert (await ask(app, if_none_match='W/"other"'))[0] == 200
    status, headers, body = await ask(app, method="HEAD")
    assert (status, body) == (200, b"") and int(headers[b"content-length"]) > 1000


async def test_pages_differ_by_address_host_and_day(monkeypatch):
    made = Made()
    app = keeping(made, refuse, private=False, behind=False)
    bodies = {(await ask(app, *asked))[2] for asked in (("/a",), ("/b",), ("/a", b"x=1"), ("/a", b"x=2"))}
    assert len(bodies) == made.count == 4
    await ask(app, "/a", host="other")  # two hosts do not pass the gate; the last would be the nearest
    assert made.count == 5

    class Tomorrow(date):
        @classmethod
        def today(cls):
            return cls(2099, 1, 1)

    monkeypatch.setattr(cache, "date", Tomorrow)
    await ask(app, "/a")
    assert made.count == 6


async def test_nobodys_own_is_in_a_page_that_is_kept():
    body = (await ask(keeping(Made(), refuse, False, False), cookie="lsk_inloggad=hemlig", authorization="x",
                      if_none_match="y", range="bytes=0-1"))[2]  # fmt: skip
    assert b"hemlig" not in body and b"[(b'host', b'localhost')]" in body


@pytest.mark.parametrize("made", [Made(status=404), Made(status=500), Made(status=302),
                                  Made(headers=[(b"Set-Cookie", b"a=1")])])  # fmt: skip
async def test_what_is_no_page_is_passed_on_and_not_kept(made):
    app = keeping(made, refuse, False, False)
    made.count = 0
    for number in (1, 2):
        status, headers, body = await ask(app)
        assert (status, made.count) == (made.status, number) and body.endswith(b"x") and b"etag" not in headers


async def test_what_is_too_large_passes_through(monkeypatch):
    monkeypatch.setattr(cache, "LARGEST", 500)
    made = Made()
    app = keeping(made, refuse, False, False)
    for number in (1, 2):
        status, _, body = await ask(app)
        assert (status, made.count) == (200, number) and body.endswith(b"x" * 1000) and body.startswith(b"/ ")


def test_the_room_is_never_exceeded():
    pages, page = Pages(room=5000), page_of([], os.urandom(1000), b"no-cache")
    for number in range(50):
        pages.keep(number, page)
        pages.get(0)
        assert pages.size <= 5000 and pages.size == sum(kept.size for kept in pages.pages.values())
    assert pages.get(0) and pages.get(49) and not pages.get(30)  # what is read stays, the longest unread goes
    pages.keep(49, page_of([], b"x", b"no-cache"))
    assert pages.size == sum(kept.size for kept in pages.pages.values())


async def test_the_same_page_asked_for_by_many_is_made_once():
    made = Made()
    made.hold.clear()
    app = keeping(made, refuse, False, False)
    asking = [asyncio.create_task(ask(app)) for _ in range(30)]
    await made.began.get()
    made.hold.set()
    assert len({body for _, _, body in await asyncio.gather(*asking)}) == made.count == 1


async def test_few_are_made_at_once_and_not_all_may_wait():
    made = Made()
    made.hold.clear()
    app = keeping(made, refuse, False, False)
    room = cache.MADE_AT_ONCE + cache.MADE_WAITING
    asking = [asyncio.create_task(ask(app, f"/{number}")) for number in range(room + 5)]
    await asyncio.wait(asking, return_when=asyncio.FIRST_EXCEPTION)
    made.hold.set()
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert sum(isinstance(each, Full) for each in told) == 5 and made.count == room
    assert made.most == cache.MADE_AT_ONCE and (await ask(app, "/again"))[0] == 200


async def test_one_visitor_cannot_have_new_pages_made_without_end(monkeypatch):
    monkeypatch.setattr(cache, "FRESH_PAGES", (10, 1000.0))
    app = keeping(Made(), refuse, False, behind=False)
    statuses = [(await ask(app, f"/{number}", client="192.0.2.1"))[0] for number in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    assert (await ask(app, "/0", client="192.0.2.1"))[0] == 200  # what is made already is for all
    assert (await ask(app, "/99", client="192.0.2.2"))[0] == 200
    assert {(await ask(app, f"/x{number}"))[0] for number in range(20)} == {200}  # this computer itself


# --- on the site -----------------------------------------------------------------------------------------------------


async def test_the_site_keeps_its_pages_and_answers_again_without_the_file(folder):
    site = build(folder)
    first = {path: await site.client.get(path) for path in (TABLE, f"{TABLE}.json", f"{TABLE}.csv", "/namnd",
                                                           "/statisk/stil.css", f"{TABLE}?_sort=ar")}  # fmt: skip
    asked = []
    await site.get_database("namnd").execute_fn(lambda db: db.set_trace_callback(asked.append))
    for path, before in first.items():
        again = await site.client.get(path)
        assert again.status_code == before.status_code == 200 and again.content == before.content
        assert again.headers["etag"] == before.headers["etag"] and again.headers["content-encoding"] == "gzip"
        assert (await site.client.get(path, headers={"if-none-match": again.headers["etag"]})).status_code == 304
    assert asked == []


async def test_the_same_publication_gives_the_same_pages_in_another_process(folder):
    """So that what a browser has kept holds after a restart."""
    one, other = build(folder), build(folder)
    for path in (TABLE, f"{TABLE}.csv", "/namnd", "/namnd/lex_sarah_lex_maria"):
        tags = {(await site.client.get(path)).headers["etag"] for site in (one, other)}
        assert len(tags) == 1, path


def test_a_new_publication_shows_by_itself(folder, tmp_path):
    shutil.copyfile(folder / "namnd.db", tmp_path / "namnd.db")
    site = Latest([tmp_path / "namnd.db"], partial(build, tmp_path), every=0)
    with running(site) as server:
        before = server.ask("/namnd/om.csv")
        assert server.ask("/namnd/om.csv").header("etag") == before.header("etag")
        with example(tmp_path / "kommun.db") as store:
            publish(store, tmp_path, Publish.COMMITTEE, date(2026, 12, 24))
        after = server.ask("/namnd/om.csv", If_None_Match=before.header("etag"))
        assert after.status == 200 and "2026-12-24" in after.text and "2026-12-24" not in before.text
        (tmp_path / "namnd.db").write_bytes(b"half of a file")
        closed = server.ask("/namnd/om.csv")
        assert closed.status == 503 and closed.header("retry-after") and "byts ut" in closed.text
        shutil.copyfile(folder / "namnd.db", tmp_path / "namnd.db")
        assert server.ask("/namnd/om.csv").body == before.body
