"""The site as files (``lsk publish --static``): the same pages, CSV and JSON, whole in themselves."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from datasette_plugins.instance import build
from datasette_plugins.static_html import Alone
from datasette_plugins.static_site import MARK, Copy, named, write_static
from lsk.cli import cli
from lsk.errors import LskError
from lsk.model.vocabulary import Publish
from tests.datasette_plugins.in_browser import browser, page_of, violations
from tests.publish.example import SECRET


class Links(HTMLParser):
    """Where a page leads, and what it is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value for name, value in attrs if name in ("href", "src", "action") and value]


@pytest.fixture(scope="session")
def written(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("statiskt") / "sidor"
    assert write_static(folder, out) == sum(path.name != MARK for path in out.rglob("*") if path.is_file())
    return out


def test_every_link_of_every_page_leads_to_a_file(written: Path) -> None:
    pages = list(written.rglob("*.html"))
    assert len(pages) > 100
    for page in pages:
        links = Links(page.read_text(encoding="utf-8"))
        assert "form" not in links.tags, page
        for link in links.found:
            assert not re.match(r"[a-z]+:|/|\?", link), (page, link)
            if not link.startswith("#"):
                assert (page.parent / unquote(link.partition("#")[0])).is_file(), (page, link)


async def test_it_says_what_the_site_says(written: Path, folder: Path) -> None:
    site = build(folder)
    for name in ("egenkontroller.csv", "lagrum.excel.csv", "hur_manga_avvikelser.csv"):
        assert (written / "namnd" / name).read_bytes() == (await site.client.get(f"/namnd/{name}")).content
    start = (await site.client.get("/")).text
    copied = (written / "index.html").read_text(encoding="utf-8")
    assert re.sub(r"<[^>]*>", "", copied) == re.sub(r"<[^>]*>", "", start)


async def test_a_long_table_and_its_json_are_whole(written: Path, folder: Path) -> None:
    lines = (await build(folder).client.get("/namnd/lagrum.csv")).text.splitlines()
    rows = json.loads((written / "namnd" / "lagrum.json").read_text(encoding="utf-8"))
    html = (written / "namnd" / "lagrum.html").read_text(encoding="utf-8")
    assert len(rows) == len(lines) - 1 > 100 and html.count("<tr>") == len(lines)
    assert "_next" not in html and "_sort" not in html and "att sortera" not in html


def test_nothing_of_the_file_itself_is_there(written: Path) -> None:
    for path in written.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
        assert re.fullmatch(r"[a-z0-9._-]+", path.name), path  # any web server, and Windows


def test_scripts_and_styles_are_files_of_its_own_and_nothing_comes_from_outside(written: Path) -> None:
    for page in written.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert re.findall(r"<script[^>]*>", html) == re.findall(r'<script src="(?:\.\./)*statisk/sok\.js" defer>', html)
        assert "http-equiv" in html and "default-src 'none'" in html and "unsafe" not in html
    script = (written / "statisk" / "sok.js").read_text(encoding="utf-8")
    assert not re.search(r"https?:|fetch|import|innerHTML|eval|XMLHttp", script)


def test_what_is_searched_for_is_found_in_the_browser(written: Path) -> None:
    """Through a real browser, from the files, with the policy that each page carries."""
    address = (written / "namnd" / "lagrum.html").as_uri()
    with browser() as opened, page_of(opened) as page:
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(address)
        rows = page.locator("main tbody tr")
        every = rows.count()
        page.get_by_label("Sök i tabellen").fill("sosfs 3 kap")
        shown = [row.inner_text() for row in rows.all() if row.is_visible()]
        assert 0 < len(shown) < every and all("SOSFS" in text and "3" in text for text in shown)
        assert page.get_by_role("status").inner_text() == f"{len(shown)} av {every} visas"
        page.get_by_label("Sök i tabellen").fill("")
        assert len([row for row in rows.all() if row.is_visible()]) == every and faults == []
        page.emulate_media(media="print")
        assert not page.get_by_label("Sök i tabellen").is_visible(), "nothing is searched for on paper"


def test_the_search_and_the_links_of_choices_are_accessible(written: Path) -> None:
    with browser() as opened, page_of(opened) as page:
        for name in ("namnd/lagrum.html", "dokument.html"):
            page.goto((written / name).as_uri())
            assert violations(page) == [], name


def test_without_script_everything_is_shown(written: Path) -> None:
    with browser() as opened:
        context = opened.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto((written / "namnd" / "lagrum.html").as_uri())
        assert page.locator("main tbody tr").last.is_visible() and page.locator("input").count() == 0
        context.close()


def test_a_copy_replaces_the_one_before_and_nothing_else(folder: Path, open_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "sidor"
    write_static(open_folder, out, Publish.OPEN)
    (out / "gammal.html").write_text("gammal", encoding="utf-8")
    assert (out / "katalog.jsonld").is_file() and (out / "oppen.db").is_file()
    write_static(open_folder, out)
    assert not (out / "gammal.html").exists() and (out / "index.html").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["sidor"]

    other = tmp_path / "annat"
    other.mkdir()
    (other / "viktigt.txt").write_text("kvar", encoding="utf-8")
    with pytest.raises(LskError, match="innehåller annat"):
        write_static(open_folder, other)
    with pytest.raises(LskError, match="inget publicerat"):
        write_static(other, tmp_path / "ny")
    assert [path.name for path in other.iterdir()] == ["viktigt.txt"] and not (tmp_path / "ny").exists()


def test_a_disk_that_does_not_hold_out_leaves_the_copy_before(
    open_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "sidor"
    write_static(open_folder, out)
    before = (out / "index.html").read_bytes()

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("datasette_plugins.static_site.save", full)
    with pytest.raises(LskError, match="kunde inte skrivas"):
        write_static(open_folder, out)
    assert (out / "index.html").read_bytes() == before and [path.name for path in tmp_path.iterdir()] == ["sidor"]


@pytest.mark.parametrize(
    ("address", "file"),
    [("/", "index.html"), ("/mal", "mal.html"), ("/mal/0123456789ab", "mal/0123456789ab.html"),
     ("/namnd/lagrum.excel.csv", "namnd/lagrum.excel.csv"), ("/dokument?slag=Lokal+Rutin+f%C3%B6r+%C3%A4ldre",
                                                          "dokument-slag-lokal-rutin-for-aldre.html"),
     ("/namnd/lagrum?_next=100", "namnd/lagrum-next-100.html"), ("/namnd/x.csv?ar=2025", "namnd/x-ar-2025.csv")],
)  # fmt: skip
def test_an_address_becomes_a_file_that_any_web_server_has(address: str, file: str) -> None:
    assert named(address) == file


def test_two_addresses_never_become_the_same_file() -> None:
    copy = Copy()
    files = [copy.file_of(address) for address in ("/x?q=a+b", "/x?q=a-b", "/x?q=a%2Fb", "/x?q=a+b")]
    assert files == ["x-q-a-b.html", "x-q-a-b-2.html", "x-q-a-b-3.html", "x-q-a-b.html"]


def test_a_page_is_copied_word_for_word_but_for_what_needs_a_server() -> None:
    copy = Copy()
    html = (
        "<!DOCTYPE html><html><head><title>Å &amp; ö &#8211;</title></head><body>"
        "<svg viewBox='0 0 1 1'><path d='M0'/></svg>"
        '<a href="/namnd/x?_sort=a" rel="nofollow">Rubrik</a> <a href="/mal#del">mål</a> <a href="#i">här</a>'
        '<p>10 rader.<span data-server> Sortera <b>här</b>.</span></p>'
        '<form class="sok" action="/spar"><label>Börja</label><select name="slag"><option value="">Alla</option>'
        '<option value="krav">Krav (4)</option><option>å &amp; ä</option></select><button>Visa</button></form>'
        '<form action="/namnd/fraga"><input name="ar"></form><form class="ut" method="post"><button>Ut</button></form>!'
        "</body></html>"
    )  # fmt: skip
    page = Alone("/namnd/x", copy.file_of).page(html)
    assert "<title>Å &amp; ö &#8211;</title>" in page and "<svg viewBox='0 0 1 1'><path d='M0'/></svg>" in page
    assert 'Rubrik <a href="../mal.html#del">mål</a> <a href="#i">här</a><p>10 rader.</p>' in page
    assert '<li><a href="../spar-slag-krav.html">Krav (4)</a></li>' in page
    assert '<li><a href="../spar-slag-a-a.html">å &amp; ä</a></li></ul></nav>!</body></html>' in page
    assert "/spar?slag=%C3%A5+%26+%C3%A4" in copy.waiting
    assert not re.search("form[> ]|button|Sortera|Alla", page.replace("form-action", ""))


def test_publish_writes_the_pages_too(open_folder: Path, tmp_path: Path) -> None:
    """The command itself, as it is written in the handbook."""
    out, file = tmp_path / "sidor", str(open_folder / "ragunda.db")
    told = CliRunner().invoke(
        cli, ["publish", file, str(tmp_path / "ut"), "--level", "öppen", "--static", str(out), "--json"]
    )
    assert told.exit_code == 0, told.output
    (said,) = json.loads(told.stdout)
    assert said["static"] == str(out) and said["files"] > 100 and (out / "index.html").is_file()
    again = CliRunner().invoke(
        cli, ["publish", file, str(tmp_path / "ut"), "--level", "öppen", "--static", str(tmp_path)]
    )
    assert again.exit_code == 1 and "innehåller annat" in str(again.exception)
