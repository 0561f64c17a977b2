"""The committee's site through Datasette's own client: what it shows, and that it is Swedish."""

import contextlib
import csv
import io
import re
import shutil
import sqlite3
from xml.etree import ElementTree

import pytest

from datasette_plugins.instance import SETTINGS, build
from datasette_plugins.pages import PAGES as OWN_PAGES
from datasette_plugins.questions import QUESTIONS
from datasette_plugins.words import number_of
from lsk.errors import LskError
from lsk.model.vocabulary import Publish
from lsk.publish import publish, tables_of
from tests.datasette_plugins.reading import ENGLISH, Page, in_order
from tests.publish.example import SECRET

TABLES = ["om", *(table.name for table in tables_of(Publish.COMMITTEE))]
OWN = [page.path for page in OWN_PAGES]
PAGES = [*OWN, "/namnd", *(f"/namnd/{name}" for name in [*TABLES, *(q.name for q in QUESTIONS)])]


async def page(site, path):
    response = await site.client.get(path)
    assert response.status_code == 200, path
    return Page(response.text)


@pytest.mark.parametrize("path", [*PAGES, "/finns/inte", "/namnd/lagrum?_sort=1"])
async def test_every_page_is_swedish_and_in_order(site, path):
    html = (await site.client.get(path)).text
    seen = Page(html)
    assert '<html lang="sv">' in html and "<title>" in html
    assert ENGLISH.findall(" ".join(seen.words)) == []
    assert in_order(seen) and 'href="#innehall"' in html and "innehall" in seen.ids


CHECKED: set[str] = set()  # addresses that were answered: the same menu stands on every page


@pytest.mark.parametrize("path", PAGES)
async def test_every_link_leads_somewhere_and_nothing_comes_from_outside(site, path):
    seen = await page(site, path)
    assert all(link.startswith(("/", "?", "#")) and not link.startswith("//") for link in seen.links)
    assert "<script" not in seen.html and "style=" not in seen.html and "@import" not in seen.html
    for link in {link for link in seen.links if not link.startswith("#")}:
        target = path.partition("?")[0] + link if link.startswith("?") else link
        assert target in CHECKED or (await site.client.get(target)).status_code == 200, target
        CHECKED.add(target)


async def test_the_start_page_has_six_figures_and_what_waits(site):
    html = (await site.client.get("/")).text
    assert "Uppföljning för nämnden" in html and "Ragunda kommun" in html and "20 november 2026" in html
    assert "Väntar på nämnden" in html and "Följ upp § 31 den 10 mars 2026" in html
    assert "Skulle ha följts upp 30 september 2026" in html and "visas som ”..”" in html
    assert html.count('class="rubrik"') == html.count('class="kalla"') == 6


async def test_the_figure_of_late_actions_is_what_their_page_says(site):
    html = (await site.client.get("/")).text
    said = re.search(r"Beslutade åtgärder som är försenade</span> <strong>(\d+)</strong>", html)
    rows = (await site.client.get("/namnd/atgarder_forsenade.json?_shape=array")).json()
    assert int(said[1]) == len(rows) == 6 and "Lika många som den 1 oktober 2026" in html
    units = [row["forsenade"] for row in (await site.client.get("/namnd/atgarder_enhet.json?_shape=array")).json()]
    own = f"Enheterna har sammanlagt {sum(n or 0 for n in units)} försenade åtgärder"
    assert (own in html) == (None not in units) and ("Enheterna har sammanlagt" in html) == (None not in units)


@pytest.mark.parametrize(
    ("path", "ruled"),
    [("/", True), ("/avvikelser", True), ("/namnd/avvikelser_per_kvartal", True), ("/namnd/lex_sarah_lex_maria", True),
     ("/atgarder", False), ("/kontroll", False), ("/namnd", False), ("/namnd/atgarder", False),
     ("/namnd/atgardsmatris", False), ("/namnd/om", False)],
)  # fmt: skip
async def test_the_rule_of_small_numbers_stands_where_it_holds(site, path, ruled):
    assert ("visas som ”..”" in (await site.client.get(path)).text) == ruled


def test_one_is_said_in_the_singular():
    assert number_of(1, "försenad", "försenade") == "1 försenad"
    assert [number_of(n, "sen", "sena") for n in (None, 0, 2)] == ["0 sena", "0 sena", "2 sena"]


async def test_a_single_late_action_is_said_in_the_singular(folder, tmp_path):
    shutil.copyfile(folder / "namnd.db", tmp_path / "namnd.db")
    with contextlib.closing(sqlite3.connect(tmp_path / "namnd.db")) as db, db:
        db.execute("DELETE FROM atgarder_uppfoljning WHERE rowid > 1")
    html = (await build(tmp_path).client.get("/")).text
    assert "<strong>1</strong>" in html and "Av 1 beslutad som inte är klar." in html


@pytest.mark.parametrize("path", ["/avvikelser", "/atgarder", "/kontroll"])
async def test_each_area_has_a_chart_with_words_and_patterns_and_the_table_behind(site, path):
    html = (await site.client.get(path)).text
    chart = re.search(r'<svg class="diagram bred".*?</svg>', html, re.S)
    assert chart is not None
    tree = ElementTree.fromstring(chart.group())
    assert tree.get("role") == "img" and tree.find("title").text and ":" in tree.find("desc").text
    drawn = set(re.findall(r"url\(#(\w+)\)", chart.group()))
    assert drawn == {pattern.get("id") for pattern in tree.findall("defs/pattern")} != set()
    assert "<caption>" in html and ".excel.csv" in html
    assert ("visas som ”..”. Ibland döljs" in html) == (path == "/avvikelser")


async def test_hidden_counts_are_dots_on_the_page_and_in_csv_and_nothing_in_json(site):
    rows = (await site.client.get("/namnd/avvikelser_per_kvartal.json?_shape=array&_size=100")).json()
    hidden = [row for row in rows if row["antal_dold"]]
    assert hidden and all(row["antal"] is None for row in hidden)
    html = (await site.client.get("/namnd/avvikelser_per_kvartal")).text
    assert html.count(">..</td>") == len(hidden) and "dold" not in html
    text = (await site.client.get("/namnd/avvikelser_per_kvartal.csv")).text
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["antal"] for line in lines] == [".." if row["antal_dold"] else str(row["antal"]) for row in rows]
    assert list(lines[0]) == ["ar", "kvartal", "grupp", "antal"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
async def test_every_question_can_be_answered(site, question):
    answer = (await site.client.get(f"/namnd/{question.name}.json")).json()
    assert answer["ok"] is True and answer["columns"]
    assert question.title.endswith("?") and question.description.endswith(".")


async def test_long_tables_are_paged_and_sorted(site):
    first = await page(site, "/namnd/lagrum")
    assert any("_next=" in link for link in first.links)
    names = [r["lagrum"] for r in (await site.client.get("/namnd/lagrum.json?_sort_desc=lagrum&_shape=array")).json()]
    assert names == sorted(names, reverse=True)
    assert 'aria-sort="descending"' in (await site.client.get("/namnd/lagrum?_sort_desc=lagrum")).text


async def test_the_open_level_shows_what_is_open(open_folder):
    site = build(open_folder)
    html = (await site.client.get("/")).text
    assert "Ragunda kommun" in html and "/avvikelser" not in html and "Egenkontroller" not in html
    for path in (
        "/avvikelser",
        "/namnd",
        "/oppen/atgarder",
        "/oppen/avvikelser_per_kvartal",
        "/oppen/lex_sarah_lex_maria",
    ):
        assert (await site.client.get(path)).status_code == 404
    assert (await site.client.get("/oppen/ansvarsfordelning")).status_code == 200
    for link in {link for link in Page(html).links if link.startswith("/")}:
        assert (await site.client.get(link)).status_code == 200, link


async def test_a_file_without_events_shows_zeros_and_not_errors(ragunda, tmp_path):
    publish(ragunda, tmp_path / "ut")
    site = build(tmp_path / "ut")
    for path in PAGES:
        assert (await site.client.get(path)).status_code == 200, path
    assert "Inget väntar just nu." in (await site.client.get("/")).text
    assert "Inget att visa." in (await site.client.get("/kontroll")).text


async def test_an_unforeseen_fault_is_logged_and_not_shown(site, monkeypatch, capfd):
    def broken(db):
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr("datasette_plugins.pages.start.about", broken)
    response = await site.client.get("/")
    assert response.status_code == 500 and SECRET not in response.text and "Något gick fel" in response.text
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_only_what_was_published_is_served(folder, tmp_path):
    site = build(folder)
    assert {name for name in site.databases if name != "_internal"} == {"namnd"}
    assert not site.databases["namnd"].is_mutable
    assert all(site.setting(name) == value for name, value in SETTINGS.items())
    with pytest.raises(LskError, match="inget publicerat"):
        build(tmp_path)
    (tmp_path / "namnd.db").write_bytes((folder / "ragunda.db").read_bytes())
    with pytest.raises(LskError, match="inget publicerat"):
        build(tmp_path)


def test_the_style_sheet_fetches_nothing():
    from datasette_plugins.instance import HERE

    css = (HERE / "statisk" / "stil.css").read_text(encoding="utf-8")
    assert "url(" not in css and "@import" not in css and "prefers-color-scheme: dark" in css and "@media print" in css


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, two):
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_have_enough_contrast_in_both_themes():
    from datasette_plugins.instance import HERE

    css = (HERE / "statisk" / "stil.css").read_text(encoding="utf-8")
    themes = re.findall(r":root \{([^}]*)\}", css)[:2]
    for theme in themes:
        colours = {
            k: (v if len(v) == 7 else "#" + "".join(c * 2 for c in v[1:]))
            for k, v in re.findall(r"--(\w+): (#\w+)", theme)
        }
        for back in ("bak", "yta"):
            assert all(contrast(colours[name], colours[back]) >= 4.5 for name in ("text", "svag", "lank"))
            assert contrast(colours["kant"], colours[back]) >= 3  # the outline of every bar
        assert contrast(colours["pahuvud"], colours["huvud"]) >= 4.5
        assert all(contrast(colours[mark], colours[f]) >= 3 for mark, f in (("streck", "f2"), ("prick", "f3")))
