"""Every kind of page in a real browser: WCAG 2.2 A and AA by axe-core, layout, weight, keyboard and paper."""

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from datasette_plugins.accounts import set_password
from datasette_plugins.pages.statement import RESULTS
from tests.datasette_plugins.accessibility import axe_version, sample
from tests.datasette_plugins.in_browser import (
    KINDS,
    LOOKS,
    WIDTHS,
    address_of,
    browser,
    page_of,
    served,
    violations,
)

HEAVIEST = 100_000  # bytes of a page with its style sheet and icon
STICKS_OUT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUS = """() => { const at = document.activeElement, style = getComputedStyle(at);
  return [at.textContent.trim(), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2] }"""


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return sample(tmp_path_factory.mktemp("sedd"))


@pytest.fixture(scope="module")
def address(published):
    with served(published.parent) as found:
        yield found


@pytest.fixture(scope="module")
def opened():
    with browser() as found:
        yield found


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_and_nothing_moves_sticks_out_or_weighs_too_much(kind, opened, address, published):
    with page_of(opened) as page:
        bodies = {}
        page.on("response", lambda answer: bodies.update({answer.url: len(answer.body())}))
        answer = page.goto(address + address_of(kind, published), wait_until="networkidle")
        assert answer.status == (404 if kind == "fel" else 200)
        assert {urlsplit(url).netloc for url in bodies} == {urlsplit(address).netloc}
        assert sum(bodies.values()) <= HEAVIEST
        assert page.evaluate("window.moved") == 0
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(STICKS_OUT) <= 0, width
        assert violations(page) == []


def test_the_statement_says_what_these_tests_run():
    said = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert said["axe"] == axe_version() and said["widths"] == list(WIDTHS) and said["pages"] == len(KINDS)
    assert said["runs"] == len(KINDS) * len(WIDTHS) * len(LOOKS)
    assert (said["violations"], said["found"]) == (0, [])


def tab_to(page, words):
    """Press Tab until what has the focus says the words. Every stop on the way shows that it has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        said, shown = page.evaluate(FOCUS)
        assert shown, said
        if words(said) if callable(words) else said == words:
            return said
    raise AssertionError(f"no way there by Tab: {words}")


def test_from_start_by_goal_and_thread_to_a_csv_with_the_keyboard_alone(opened, address, tmp_path):
    with page_of(opened) as page:
        page.goto(address)
        tab_to(page, "Hoppa till innehållet")
        tab_to(page, "Mål")
        page.keyboard.press("Enter")
        page.wait_for_url("**/mal")
        goal = page.locator("main h3 a").first.inner_text()
        tab_to(page, goal)
        page.keyboard.press("Enter")
        page.wait_for_url("**/mal/*")
        assert page.locator("h1").inner_text() == goal
        tab_to(page, lambda words: words.startswith("Följ tråden: var målet"))
        page.keyboard.press("Enter")
        page.wait_for_url("**/spar/*")
        assert goal in page.locator("h1").inner_text()
        tab_to(page, "CSV för Excel")
        with page.expect_download() as waiting:
            page.keyboard.press("Enter")
        waiting.value.save_as(tmp_path / "fil.csv")
    assert (tmp_path / "fil.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("kind", ["start", "mal", "avvikelser", "arshjul", "dokument", "lag", "system", "risker"])
def test_on_paper_there_are_no_menus_and_nothing_is_cut_off(kind, opened, address, published):
    with page_of(opened, width=718) as page:  # an A4 page between its margins
        page.goto(address + address_of(kind, published))
        page.emulate_media(media="print")
        assert not page.locator("header nav").is_visible() and not page.locator(".hamta").first.is_visible()
        assert page.evaluate(STICKS_OUT) <= 0
        wide = page.evaluate("[...document.querySelectorAll('table')].map(t => t.getBoundingClientRect().right)")
        assert all(right <= 718 for right in wide)
        levels = "[...document.querySelectorAll('td.n3, td.n4')].map(e => getComputedStyle(e).backgroundImage)"
        assert all("gradient" in pattern for pattern in page.evaluate(levels)), "a level is seen without colours too"
        paper = page.pdf(format="A4", print_background=True)
        assert paper.startswith(b"%PDF")
        if folder := os.environ.get("LSK_SEE"):  # a folder for the papers, to look at
            (Path(folder) / f"{kind}.pdf").write_bytes(paper)


def test_axe_finds_nothing_on_the_page_to_log_in(opened, published):
    set_password(published.parent, "Anna", "en lång mening som ingen gissar")
    with served(published.parent, access={"accounts": str(published.parent)}) as address, page_of(opened) as page:
        page.goto(address)
        assert page.locator("h1").inner_text() == "Logga in"
        assert violations(page) == []
        page.fill("#namn", "Anna")
        page.fill("#losenord", "fel")
        page.keyboard.press("Enter")
        page.locator("[role=alert]").wait_for()
        assert violations(page) == []
