"""The site in a real browser, for what only a browser knows: accessibility, layout, keyboard, paper.

The browser is Chromium as the system has it; axe-core comes from npm (``make axe``), pinned in ``axe/``.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from datasette_plugins.commands import listen
from datasette_plugins.instance import build
from datasette_plugins.pages import PAGES

AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
WIDTHS = (390, 820, 1280)
LOOKS = ("light", "dark")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
RUN = """tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, rules: {'target-size': {enabled: true}},
  resultTypes: ['violations']}).then(found => found.violations.map(v =>
  v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | ')))"""
# The sum of what moved after it was first drawn, as the browser measures it.
WATCH_SHIFT = """window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(e => {
  window.moved += e.value })).observe({type: 'layout-shift', buffered: true})"""


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    assert program, f"these tests need a browser: one of {', '.join(CHROMIUM)}"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            opened.close()


@contextlib.contextmanager
def served(folder: Path, **how: Any) -> Iterator[str]:
    """The site on an own port of this computer, as ``lsk serve`` runs it. Gives its address."""
    listening = listen("127.0.0.1", 0)
    config = uvicorn.Config(build(folder, **how).app(), log_level="warning", lifespan="on", server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@contextlib.contextmanager
def page_of(opened: Browser, width: int = 820, look: str = "light") -> Iterator[Page]:
    context = opened.new_context(
        viewport={"width": width, "height": 900}, color_scheme=look, locale="sv-SE", accept_downloads=True
    )
    context.add_init_script(WATCH_SHIFT)
    try:
        yield context.new_page()
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA on the page that is open, at every width and in both looks."""
    assert AXE.exists(), "axe-core is not fetched: make axe"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for look in LOOKS:
        page.emulate_media(color_scheme=look)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{width}, {look}: {each}" for each in page.evaluate(RUN, TAGS)]
    return found


# A record of each kind that has something to show.
KEYS = {
    "mal": "SELECT mal_id FROM malutfall WHERE mal_id IS NOT NULL GROUP BY mal_id ORDER BY count(utfall) DESC, mal_id",
    "beslut": "SELECT beslut_id FROM beslut_foljder GROUP BY beslut_id ORDER BY count(*) DESC, beslut_id",
    "rapporter": "SELECT rapport_id FROM rapport_avsnitt GROUP BY rapport_id ORDER BY count(*) DESC, rapport_id",
    "spar": "SELECT fran FROM spar_kanter GROUP BY fran ORDER BY count(*) DESC, fran",
}
OF_DATASETTE = {
    "frågor och tabeller": "/namnd",
    "tabell": "/namnd/gallande_styrdokument",
    "tabell, sorterad": "/namnd/lagrum?_sort_desc=lagrum",
    "fråga": "/namnd/hur_manga_avvikelser",
    "fråga med val": "/namnd/klagomal_och_synpunkter?ar=2025",
    "fel": "/finns-inte",
}
# A name for each kind of page: the site's own, one record of each, a search, and Datasette's.
KINDS = (*(page.name or "start" for page in PAGES), *(f"{name}, en post" for name in KEYS), "sökning", *OF_DATASETTE)


def address_of(kind: str, published: Path) -> str:
    """Where a page of the kind is."""
    name, _, record = kind.partition(",")
    if record and name in KEYS:
        with contextlib.closing(sqlite3.connect(published)) as db:
            return f"/{name}/{db.execute(KEYS[name]).fetchone()[0]}"
    if kind == "sökning":
        return "/dokument?q=rutin"
    return OF_DATASETTE.get(kind) or ("/" if kind == "start" else f"/{kind}")
