"""The site's own pages over the sample municipality: that they say what the published tables say."""

import contextlib
import re
import shutil
import sqlite3
from datetime import date

import pytest

from datasette_plugins.instance import build
from datasette_plugins.pages import BY_NAME, PAGES, pages_of, routes
from datasette_plugins.pages.content import Asked, change
from datasette_plugins.pages.goals import reached
from datasette_plugins.pages.start import compared, waiting
from datasette_plugins.quarters import last_whole, quarter_before
from datasette_plugins.words import decimal, shortened, text_of, written
from lsk.model.vocabulary import Publish
from lsk.publish import publish
from sample_db.build import build as build_sample
from tests.datasette_plugins.reading import ENGLISH, Page, in_order

PROFILES = ("tyreso", "ragunda")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """What the committees of two of the sample municipalities are shown."""
    found = {}
    for profile in PROFILES:
        place = tmp_path_factory.mktemp(profile)
        with build_sample(place / "kommun.db", profile=profile) as store:
            publish(store, place)
            publish(store, place / "oppet", Publish.OPEN)
        found[profile] = place
    return found


@pytest.fixture
def tyreso_site(folders):
    return build(folders["tyreso"])


@pytest.fixture
def ragunda_site(folders):
    return build(folders["ragunda"])


@pytest.fixture
def ragunda_db(folders):
    with contextlib.closing(sqlite3.connect(folders["ragunda"] / "namnd.db")) as db:
        db.row_factory = sqlite3.Row
        yield db


async def text(site, path):
    answer = await site.client.get(path)
    assert answer.status_code == 200, path
    return answer.text


def words(html):
    """The words of the main part, one space between."""
    main = html.partition("<main")[2].partition("</main")[0]
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", main)).replace("&#34;", '"')


# --- every page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name or "start")
async def test_every_page_is_swedish_in_order_and_light_and_the_same_each_time(folders, profile, page):
    site = build(folders[profile])
    html = await text(site, page.path)
    seen = Page(html)
    assert in_order(seen) and ENGLISH.findall(" ".join(seen.words)) == []
    assert "style=" not in html and "<script" not in html and len(html.encode()) < 80_000
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in seen.links)
    assert html == await text(site, page.path)


async def test_every_record_that_a_page_leads_to_has_its_page(ragunda_site):
    found = set()
    for page in PAGES:
        found |= {link for link in Page(await text(ragunda_site, page.path)).links if re.search("/[0-9a-f]{12}$", link)}
    assert {link.split("/")[1] for link in found} == {"mal", "beslut", "rapporter", "spar"}
    for link in sorted(found):
        seen = Page(await text(ragunda_site, link))
        assert in_order(seen) and ENGLISH.findall(" ".join(seen.words)) == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.item], ids=lambda page: page.name)
async def test_a_record_that_is_not_there_is_not_found_and_tells_nothing(ragunda_site, page):
    answer = await ragunda_site.client.get(f"{page.path}/0123456789ab")
    assert answer.status_code == 404 and "Sidan finns inte" in answer.text and "0123456789ab" not in answer.text
    for wrong in ("0123456789AB", "0123456789abc", "x", "' OR 1=1", "..%2f.."):
        assert (await ragunda_site.client.get(f"{page.path}/{wrong}")).status_code in (400, 404), wrong


async def test_the_gate_lets_through_what_the_pages_declare_and_no_more(ragunda_site):
    assert (await ragunda_site.client.get("/dokument?q=rutin&slag=rutin")).status_code == 200
    for path in (
        "/dokument?q=a&q=b",
        "/dokument?annat=1",
        "/mal?q=a",
        "/rapporter?ar=1",
        "/spar?q=%00",
        f"/dokument?q={'a' * 81}",
    ):
        assert (await ragunda_site.client.get(path)).status_code == 400, path


def test_a_level_has_the_pages_that_it_has_tables_for():
    assert set(pages_of(Publish.COMMITTEE)) == set(BY_NAME)
    shown = pages_of(Publish.OPEN)
    assert {"", "mal", "beslut", "dokument", "ansvar", "arshjul", "tillganglighet"} <= set(shown)
    assert not {"avvikelser", "atgarder", "risker", "fragor"} & set(shown)
    assert {path.split("/")[1] for path, _ in routes(Publish.OPEN)} == set(shown)


@pytest.mark.parametrize("profile", PROFILES)
async def test_every_page_of_the_open_level_is_whole_and_leads_nowhere_that_is_closed(folders, profile):
    site = build(folders[profile] / "oppet")
    links = set()
    for name in pages_of(Publish.OPEN):
        links |= set(Page(await text(site, f"/{name}")).links)
    for link in sorted(link for link in links if link.startswith("/")):
        assert (await site.client.get(link)).status_code == 200, link


# --- start -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "quarter"),
    [("2026-11-22", (2026, 3)), ("2026-12-31", (2026, 4)), ("2027-01-01", (2026, 4)), ("2026-03-30", (2025, 4)),
     ("2026-03-31", (2026, 1)), ("2028-02-29", (2027, 4))],
)  # fmt: skip
def test_the_last_whole_quarter(day, quarter):
    assert last_whole(date.fromisoformat(day)) == quarter


def test_the_quarter_before():
    assert quarter_before((2026, 1)) == (2025, 4) and quarter_before((2026, 3)) == (2026, 2)


@pytest.mark.parametrize(
    ("now", "before", "good", "said", "kind"),
    [(7, 4, "", "3 fler än kvartal 2", "lika"), (4, 7, "färre", "3 färre än kvartal 2", "battre"),
     (7, 4, "färre", "3 fler än kvartal 2", "samre"), (7, 4, "fler", "3 fler än kvartal 2", "battre"),
     (4, 4, "färre", "lika många som kvartal 2", "lika")],
)  # fmt: skip
def test_direction_is_said_in_words(now, before, good, said, kind):
    found = change(now, before, "kvartal 2", good)
    assert (found.words, found.kind) == (said, kind)


def test_what_is_hidden_is_not_compared():
    assert change(None, 4, "kvartal 2") is None and change(4, None, "kvartal 2") is None
    assert compared(1, 2, 0, 0, "kvartal 2") is None


def test_shares_are_compared_as_counts():
    assert compared(8, 12, 7, 9, "kvartal 2").words == "mindre andel än kvartal 2 (7 av 9)"
    assert compared(9, 9, 7, 9, "kvartal 2").kind == "battre" and compared(4, 8, 3, 6, "kv").kind == "lika"


@pytest.mark.parametrize("profile", PROFILES)
async def test_the_six_figures_are_what_the_tables_behind_them_say(folders, profile):
    site = build(folders[profile])
    html = await text(site, "/")
    said = dict(re.findall(r'class="rubrik">(.*?)</span> <strong>(.*?)</strong>', html))
    assert len(said) == 6
    with contextlib.closing(sqlite3.connect(folders[profile] / "namnd.db")) as db:
        (day,) = db.execute("SELECT publicerad FROM om").fetchone()
        assert day == "2026-11-01"
        ((count, hidden),) = db.execute(
            "SELECT antal, antal_dold FROM avvikelser_per_kvartal WHERE (ar, kvartal, grupp) = (2026, 3, 'alla')"
        )
        (late,) = db.execute("SELECT count(*) FROM atgarder_uppfoljning WHERE lage = 'försenad'").fetchone()
        on_time, due = db.execute(
            """SELECT sum(gjord <= senast), count(*) FROM egenkontroll_omgangar
               WHERE senast BETWEEN '2026-07-01' AND '2026-09-30'"""
        ).fetchone()
        met = db.execute(
            """SELECT count(*) FROM malutfall m WHERE bedomning IN ('positiv', 'ingen') AND period_slut =
               (SELECT max(period_slut) FROM malutfall WHERE indikator_id = m.indikator_id AND bedomning IS NOT NULL)"""
        ).fetchone()[0]
    assert said["Avvikelser, klagomål och synpunkter"] == text_of(count, hidden)
    assert said["Beslutade åtgärder som är försenade"] == str(late) and said["Indikatorer som når målet"] == str(met)
    assert said["Egenkontroller gjorda i tid"] == f"{on_time} av {due}"
    for source in re.findall(r'class="kalla" href="(.*?)"', html):
        assert (
            (await site.client.get(source)).status_code == (await site.client.get(f"{source}.csv")).status_code == 200
        )


async def test_what_waits_leads_to_the_decision_it_is_about(ragunda_site):
    html = await text(ragunda_site, "/")
    path, paragraph = re.search(r'href="(/beslut/[0-9a-f]{12})">Följ upp (§ \d+)', html).groups()
    assert f"Vad blev det av {paragraph}?" in await text(ragunda_site, path)


# --- goals, decisions, trace -----------------------------------------------------------------------------------------


def test_a_report_that_waits_says_from_whom():
    """One unit by name, many in one line, and none where it is for the whole activity."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.executescript(
            """CREATE TABLE beslut_och_uppfoljning(beslut_id, paragraf, sammantrade, beslut, folj_upp_senast, uppfoljt);
            CREATE TABLE arshjul(uppgift, period, mottagare, mottagarens_slag, senast, lage, enhet);
            INSERT INTO arshjul VALUES ('Berättelse', '2025', 'KS', 'politisk', '2026-02-15', 'försenat', 'Norr'),
              ('Berättelse', '2025', 'KS', 'politisk', '2026-02-15', 'försenat', 'Syd'),
              ('Plan', '2026', 'KS', 'politisk', '2026-03-01', 'försenat', 'Norr'),
              ('Bokslut', '2025', 'KS', 'politisk', '2026-04-01', 'försenat', NULL),
              ('Intern', '2025', 'chefen', 'annan', '2026-01-01', 'försenat', 'Norr');"""
        )
        told = [each.what for each in waiting(db, Asked("/namnd", date(2026, 5, 1)), date(2026, 5, 1))]
    assert told == ["Berättelse, 2025, från 2 enheter, till KS", "Plan, 2026, Norr, till KS", "Bokslut, 2025, till KS"]


def test_an_indicator_counts_once_by_its_last_judged_outcome():
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE malutfall (indikator_id, period_slut, bedomning)")
        db.executemany(
            "INSERT INTO malutfall VALUES (?, ?, ?)",
            [("a", "2024", "negativ"), ("a", "2025", "positiv"), ("a", "2026", None), ("b", "2025", "negativ"),
             ("c", "2024", "ingen"), ("c", "2025", "ingen"), ("d", "2025", None)],
        )  # fmt: skip
        assert reached(db) == (2, 3, 1, 2)


async def test_a_goal_shows_its_outcomes_and_leads_up_and_to_its_thread(ragunda_site, ragunda_db):
    goal = ragunda_db.execute(
        """SELECT * FROM mal JOIN (SELECT mal_id AS with_outcome, count(*) AS n FROM malutfall WHERE utfall IS NOT NULL
           GROUP BY 1) ON with_outcome = mal_id WHERE overordnat_id IS NOT NULL AND n > 1 ORDER BY mal_id LIMIT 1"""
    ).fetchone()
    html = await text(ragunda_site, f"/mal/{goal['mal_id']}")
    outcomes = ragunda_db.execute(
        "SELECT * FROM malutfall WHERE mal_id = ? AND utfall IS NOT NULL", (goal["mal_id"],)
    ).fetchall()
    for row in outcomes:
        assert f'<td>{row["period"]}</td><td class="tal">{decimal(row["utfall"])}</td>' in html
    assert f"/mal/{goal['overordnat_id']}" in html and f"/spar/{goal['mal_id']}" in html
    assert (
        html.count('class="diagram bred"')
        == html.count('class="diagram smal"')
        == len({row["indikator_id"] for row in outcomes})
    )


async def test_a_goal_above_tells_how_those_under_it_fare(ragunda_site, ragunda_db):
    html = await text(ragunda_site, "/mal")
    told = re.findall(r"(\d+) av (\d+) indikatorer under målet", html)
    met, judged, _, _ = reached(ragunda_db)
    assert told and sum(int(n) for n, _ in told) == met and sum(int(of) for _, of in told) == judged


async def test_what_came_of_a_paragraph(ragunda_site, ragunda_db):
    decision = ragunda_db.execute(
        """SELECT b.* FROM beslut_och_uppfoljning b JOIN beslut_foljder f USING (beslut_id)
           WHERE f.slag = 'åtgärd' ORDER BY beslut_id LIMIT 1"""
    ).fetchone()
    said = words(await text(ragunda_site, f"/beslut/{decision['beslut_id']}"))
    assert f"Vad blev det av {decision['paragraf']}?" in said and decision["beslut"] in said
    for row in ragunda_db.execute("SELECT * FROM beslut_foljder WHERE beslut_id = ?", (decision["beslut_id"],)):
        assert f"{row['titel']} {row['slag']}" in said


async def test_decisions_are_found_by_paragraph_and_by_word(ragunda_site, ragunda_db):
    (paragraph, how_many) = ragunda_db.execute(
        "SELECT paragraf, count(*) FROM beslut_och_uppfoljning WHERE paragraf LIKE '§ __' GROUP BY 1 ORDER BY 1 LIMIT 1"
    ).fetchone()
    html = await text(ragunda_site, f"/beslut?q={paragraph}")
    assert f"{how_many} beslut med ”{paragraph}”" in html and f'value="{paragraph}"' in html
    assert "0 beslut med ”finns inte alls”" in await text(ragunda_site, "/beslut?q=finns inte alls")


@pytest.mark.parametrize("profile", PROFILES)
async def test_the_thread_goes_from_a_paragraph_of_the_law_to_what_is_done_about_it(folders, profile):
    site = build(folders[profile])
    with contextlib.closing(sqlite3.connect(folders[profile] / "namnd.db")) as db:
        law, requirement = db.execute(
            """SELECT l.id, k.id FROM spar_poster l JOIN spar_kanter e ON e.fran = l.id
               JOIN spar_poster k ON k.id = e.till WHERE l.slag = 'lagrum' AND k.slag = 'krav' ORDER BY 1, 2 LIMIT 1"""
        ).fetchone()
    assert f"/spar/{requirement}" in await text(site, f"/spar/{law}")
    back = (await text(site, f"/spar/{requirement}")).partition("Leder till")[0]
    assert f"/spar/{law}" in back


async def test_goals_are_shown_unit_by_unit_where_they_are_many(folders, ragunda_site, ragunda_db, monkeypatch):
    unit, count = ragunda_db.execute(
        "SELECT enhet, count(*) FROM mal WHERE enhet IS NOT NULL GROUP BY 1 ORDER BY 1 LIMIT 1"
    ).fetchone()
    (above,) = ragunda_db.execute("SELECT count(*) FROM mal WHERE enhet IS NULL").fetchone()
    one_unit = await text(ragunda_site, f"/mal?enhet={unit}")
    assert len(set(re.findall("/mal/[0-9a-f]{12}", one_unit))) == count
    monkeypatch.setattr("datasette_plugins.pages.goals.MOST", 5)
    assert len(set(re.findall("/mal/[0-9a-f]{12}", await text(build(folders["ragunda"]), "/mal")))) == above


async def test_reports_are_shown_a_year_at_a_time_the_latest_first(ragunda_site, ragunda_db):
    years = ragunda_db.execute("SELECT ar, count(*) FROM rapporter GROUP BY 1 ORDER BY 1 DESC").fetchall()
    for path, (year, count) in (("/rapporter", years[0]), (f"/rapporter?ar={years[-1][0]}", years[-1])):
        html = await text(ragunda_site, path)
        assert f'<h2 id="aret">{year}</h2>' in html and len(set(re.findall("/rapporter/[0-9a-f]{12}", html))) == count


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_report_leads_to_the_figures_behind_each_section(folders, profile):
    site = build(folders[profile])
    with contextlib.closing(sqlite3.connect(folders[profile] / "namnd.db")) as db:
        report, named = db.execute(
            """SELECT rapport_id, group_concat(DISTINCT siffror) FROM rapport_avsnitt WHERE siffror IS NOT NULL
               GROUP BY 1 ORDER BY max(siffror = 'mal_och_utfall') DESC, count(DISTINCT siffror) DESC, 1"""
        ).fetchone()
    html = await text(site, f"/rapporter/{report}")
    links = re.findall(r'class="hamta">Siffrorna bakom: <a href="(.*?)"', html)
    assert links and ("/mal" in links) == ("mal_och_utfall" in named)
    for link in links:
        assert (await site.client.get(link)).status_code == 200


async def test_no_case_is_in_the_thread(ragunda_db):
    kinds = {kind for (kind,) in ragunda_db.execute("SELECT DISTINCT slag FROM spar_poster")}
    assert kinds and not kinds & {"avvikelse", "utredning", "risk", "klagomål"}


# --- steering, risks, documents, statement ---------------------------------------------------------------------------


async def test_the_two_tables_of_steering_are_shown_as_they_were_decided(tyreso_site):
    said = words(await text(tyreso_site, "/arshjul"))
    steering = (await tyreso_site.client.get("/namnd/styrinstrument.json?_shape=array")).json()
    measurements = (await tyreso_site.client.get("/namnd/matningar.json?_shape=array")).json()
    assert (len(steering), len(measurements)) == (9, 12)
    assert steering[0]["faststalls"] == "Fastställs årligen av kommunfullmäktige i Strategi- och budgetplan"
    for row in steering:
        assert f"{row['styrinstrument']} {row['faststalls']} {row['ansvar']} {row['lage']}" in said
    for row in measurements:
        assert f"{row['vad_mats']} {row['omfattar']} {row['ansvar']} {row['lage']}" in said


async def test_the_matrix_has_every_open_risk_in_its_square(ragunda_site, ragunda_db):
    html = await text(ragunda_site, "/risker")
    squares = ragunda_db.execute("SELECT oppna, niva FROM riskmatris ORDER BY sannolikhet DESC, konsekvens").fetchall()
    shown = re.findall(
        r'<td class="n[1-4]"><(?:strong|span class="ingen")>(\d+)</(?:strong|span)>.*?, (\w+)</span>', html
    )
    assert shown == [(str(row["oppna"]), row["niva"]) for row in squares] and len(shown) == 16
    assert f"{sum(row['oppna'] for row in squares)} öppna risker i matrisen" in words(html)


async def test_a_document_turns_old_by_itself(folders, ragunda_db, monkeypatch):
    first, last = ragunda_db.execute("SELECT min(ses_over), max(ses_over) FROM gallande_styrdokument").fetchone()
    for day, old in ((first, 0), (f"{int(last[:4]) + 1}-01-01", "all")):
        monkeypatch.setattr("datasette_plugins.site.today", lambda day=day: date.fromisoformat(day))
        html = await text(build(folders["ragunda"]), "/dokument")
        (with_day,) = ragunda_db.execute("SELECT count(ses_over) FROM gallande_styrdokument").fetchone()
        wanted = with_day if old == "all" else old
        assert html.count('<tr class="gammal">') == html.count(">Gammalt<") == wanted
        assert (f"skulle ha setts över före {written(day)}" in words(html)) == bool(wanted)


async def test_what_is_missing_stands_under_the_documents_in_force(ragunda_site, ragunda_db):
    missing = [title for (title,) in ragunda_db.execute("SELECT dokument FROM saknade_styrdokument")]
    said = words(await text(ragunda_site, "/dokument"))
    assert missing and "Det som saknas" in said and all(title in said for title in missing)


async def test_pages_find_words_in_any_order_with_capital_letters(ragunda_site, ragunda_db):
    title, slag = ragunda_db.execute(
        "SELECT dokument, galler_for FROM gallande_styrdokument WHERE galler_for LIKE 'Hemtjänst%' LIMIT 1"
    ).fetchone()
    asked = f"{slag.split()[0].upper()} {title.split()[1].upper()}"
    assert title in words(await text(ragunda_site, f"/dokument?q={asked}"))
    law = ragunda_db.execute("SELECT titel FROM spar_poster WHERE titel LIKE 'SOSFS (2011:9) 5 kap. 2 §%'").fetchone()
    assert law["titel"] in words(await text(ragunda_site, "/spar?q=sosfs 2011:9 5 kap. 2§"))


async def test_the_system_is_told_by_what_there_is_of_it(folders, ragunda_db):
    said = words(await text(build(folders["ragunda"]), "/system"))
    for (process,) in ragunda_db.execute("SELECT process FROM processer"):
        assert process in said
    assert "Så är det ordnat" in said and "Begrepp" in said
    assert "Åtaganden och garantier" not in said, "the sample has none, and nobody is shown an empty heading"
    assert "Åtaganden och garantier" in words(await text(build(folders["tyreso"]), "/system"))
    assert "Så är det ordnat" not in words(await text(build(folders["ragunda"] / "oppet"), "/system"))


async def test_documents_are_found_by_title_topic_and_kind(ragunda_site, ragunda_db):
    html = await text(ragunda_site, "/dokument?q=RISKANALYS&slag=rutin")
    (count,) = ragunda_db.execute(
        """SELECT count(*) FROM gallande_styrdokument WHERE slag = 'rutin'
           AND lower(dokument || ' ' || ifnull(amne, '')) LIKE '%riskanalys%'"""
    ).fetchone()
    assert count >= 1 and html.count('<th scope="row">') == count and "<option selected>rutin</option>" in html


async def test_the_statement_has_the_day_and_the_results_of_the_test(ragunda_site):
    from datasette_plugins.pages.statement import page

    result = page(sqlite3.connect(":memory:"), Asked("/namnd", date(2026, 1, 1)))["result"]
    said = words(await text(ragunda_site, "/tillganglighet"))
    assert written(result["tested_on"]) in said and f"axe-core {result['axe']}" in said
    assert f"{result['runs']} granskningar, {result['violations']} brister" in said
    assert "lagen (2018:1937) om tillgänglighet till digital offentlig service" in said


async def test_the_statement_says_how_to_reach_the_municipality(folders, tmp_path):
    shutil.copyfile(folders["ragunda"] / "namnd.db", tmp_path / "namnd.db")
    for told, shown in (
        ("kommun@example.org", '<a href="mailto:kommun@example.org">kommun@example.org</a>'),
        ("https://example.org/kontakt", '<a href="https://example.org/kontakt">'),
        ("javascript:alert(1)", "på javascript:alert(1)"),
        ("kontaktcenter, öppet varje vardag", "på kontaktcenter, öppet varje vardag"),
    ):
        with contextlib.closing(sqlite3.connect(tmp_path / "namnd.db")) as db, db:
            db.execute("UPDATE om SET kontakt = ?", (told,))
        assert (await text(build(tmp_path), "/tillganglighet")).count(shown) == 2


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [(90.0, "90"), (87.5, "87,5"), (0.25, "0,25"), (-1.5, "−1,5"), (12345.0, "12\u00a0345"), (None, "–")],
)
def test_figures_have_no_needless_decimals(value, said):
    assert decimal(value) == said


def test_a_cell_loses_no_decimal():
    assert [text_of(66.7), text_of(100.0), text_of(0.25)] == ["66,7", "100,0", "0,25"]


def test_long_words_are_cut_at_a_space():
    assert shortened("Rutin för läkemedel i hemmet", 21) == "Rutin för läkemedel…"
    assert shortened("Läkemedelshanteringsrutin i", 20) == "Läkemedelshantering…"
    assert shortened("Kort", 20) == "Kort" and len(shortened("x" * 50, 20)) == 20
