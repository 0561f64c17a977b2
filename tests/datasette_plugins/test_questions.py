"""The committee's ready-made questions and its own: what they say, choices, charts, CSV (R47 R51 T19 T27 J33)."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from datasette.app import Datasette

from datasette_plugins.instance import build
from datasette_plugins.questions import QUESTIONS, answers, committee, grouped, overall, questions
from datasette_plugins.questions.drawing import draw
from datasette_plugins.questions.vocabulary import Chart
from lsk.model.vocabulary import Publish
from lsk.publish import publish, tables_of
from tests.publish.example import TODAY, example
from tests.town import Town


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example municipality, whose committee has asked three questions; one is answered by a ready-made one."""
    place = tmp_path_factory.mktemp("frågor")
    with example(place / "ragunda.db") as store:
        town = Town(store)
        noted = store.db.execute("SELECT ref FROM decision WHERE paragraph = '§ 31'").fetchone()[0]
        for day, question, answer in (
            ("2026-03-10", "Blir åtgärderna gjorda?", "Se frågan Vilka beslutade åtgärder är försenade"),
            ("2026-04-10", "Räcker bemanningen i sommar?", "Ja, enligt planen."),
            ("2026-10-10", "Vad kostar det?", None),
        ):
            values = {"answer": answer, "answered_on": "2026-05-01"} if answer else {}
            made = town.add(
                "committee_question", body="KS", asked_on=day, question=question, due="2026-06-01", **values
            )
            if day == "2026-03-10":
                town.add("link", kind="hör till", source=made.ref, target=noted)
        goal = town.add("goal", title="Trygg hemgång", level=town.choices("goal_levels")[0], status="fastställt")
        wait = town.add("indicator", name="Väntetid", goal=goal.ref, better="lägre", target="10")
        for year, value in ((2023, "14"), (2024, "13"), (2025, "9.5")):
            town.add(
                "measurement", indicator=wait.ref, period_start=f"{year}-01-01", period_end=f"{year}-12-31",
                value=value, target="10",
            )  # fmt: skip
        publish(store, place, today=TODAY)
    return place


@pytest.fixture
def committee_site(asked: Path) -> Datasette:
    return build(asked)


async def one(site: Datasette, question: str) -> str:
    """The address of a question of the committee's own."""
    rows = (await site.client.get("/namnd/namndfragor.json?_shape=array")).json()
    return next(f"/namnd/fraga_{row['fraga_id']}" for row in rows if row["fraga"] == question)


def test_there_are_enough_questions_and_each_says_what_it_does_not_answer() -> None:
    assert len(QUESTIONS) >= 25 and len({question.name for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question.title for question in QUESTIONS}) == len(QUESTIONS)
    columns = {table.name: {c.name for c in table.columns} for table in tables_of(Publish.COMMITTEE)}
    for question in QUESTIONS:
        assert question.title.endswith("?") and question.description.endswith("."), question.name
        assert question.not_answered.endswith("."), question.name
        assert set(question.tables) <= set(columns), question.name
        assert set(re.findall(r":([a-z]+)", question.sql)) == set(question.asks), question.name
        assert not re.fullmatch(committee.NAME, question.name) and question.name not in columns


def test_everybody_gets_the_questions_that_open_tables_answer() -> None:
    tables = {table.name for table in tables_of(Publish.OPEN)}
    open_ones = questions(Publish.OPEN)
    assert len(open_ones) >= 12 and all(tables.issuperset(question.tables) for question in open_ones)
    assert len(questions(Publish.COMMITTEE)) == len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
async def test_a_question_offers_choices_that_the_gate_lets_through_and_that_narrow_the_answer(
    committee_site: Datasette, question
) -> None:
    address = f"/namnd/{question.name}"
    html = (await committee_site.client.get(address)).text
    everything = (await committee_site.client.get(f"{address}.json?_shape=array")).json()
    assert question.not_answered in html and f"<h1>{question.title}</h1>" in html
    for name, ask in question.asks.items():
        found = re.search(rf'<select id="val-{name}" name="{name}">(.*?)</select>', html, re.S)
        choices = re.findall(r"<option>(.*?)</option>", found[1]) if found else []
        if ask.choices and not choices:
            assert f"val-{name}" not in html  # nothing to choose among, so nothing is asked
            continue
        assert f'<label for="val-{name}">{ask.label}</label>' in html and bool(ask.choices) == bool(found)
        for choice in choices[:2]:
            assert re.fullmatch(answers(question)[name], choice)
            answer = await committee_site.client.get(f"{address}.json", params={name: choice, "_shape": "array"})
            assert answer.status_code == 200 and len(answer.json()) <= len(everything)


async def test_the_answer_is_the_one_that_was_asked_for(committee_site: Datasette) -> None:
    address = "/namnd/klagomal_och_synpunkter"
    answer = (await committee_site.client.get(f"{address}.json?ar=2025&_shape=array")).json()
    everything = (await committee_site.client.get(f"{address}.json?_shape=array")).json()
    assert {row["ar"] for row in answer} == {2025} and {row["ar"] for row in everything} == {2024, 2025, 2026}
    html = (await committee_site.client.get(f"{address}?ar=2025")).text
    assert "<option selected>2025</option>" in html and "klagomal_och_synpunkter.csv?ar=2025" in html
    lines = (await committee_site.client.get(f"{address}.csv?ar=2025")).text.splitlines()
    assert len(lines) == 1 + len(answer)


@pytest.mark.parametrize("value", ["' OR 1=1 --", "x'); DROP TABLE om; --", "%", "2025 OR 1=1"])
async def test_an_answer_is_a_value_and_never_sql(committee_site: Datasette, value: str) -> None:
    answer = await committee_site.client.get("/namnd/ansvar_per_roll.json", params={"roll": value, "_shape": "array"})
    assert answer.status_code == 200 and answer.json() == []
    refused = await committee_site.client.get("/namnd/klagomal_och_synpunkter.json", params={"ar": value})
    assert refused.status_code == 400


# --- the committee's own ---------------------------------------------------------------------------------------------


async def test_a_committee_question_is_a_page_that_says_who_asked_and_where_it_was_noted(committee_site) -> None:
    address = await one(committee_site, "Räcker bemanningen i sommar?")
    html = (await committee_site.client.get(address)).text
    assert "Ställd av Kommunstyrelsen 2026-04-10. Senast besvarad 2026-05-01." in html and "Ja, enligt planen." in html
    listed = (await committee_site.client.get("/namnd")).text
    assert f'<a href="{address}">Räcker bemanningen i sommar?</a>' in listed
    for form in (".csv", ".excel.csv", ".json"):
        assert "Ja, enligt planen." in (await committee_site.client.get(address + form)).text
    waiting = await committee_site.client.get(await one(committee_site, "Vad kostar det?"))
    assert "Ännu inte besvarad." in waiting.text


async def test_an_answer_that_names_a_ready_made_question_is_that_question(committee_site: Datasette) -> None:
    address = await one(committee_site, "Blir åtgärderna gjorda?")
    html = (await committee_site.client.get(address)).text
    assert "Ställd av Kommunstyrelsen 2026-03-10, § 31. Senast besvarad 2026-05-01." in html
    own = (await committee_site.client.get(f"{address}.json?_shape=array")).json()
    ready = (await committee_site.client.get("/namnd/atgarder_forsenade.json?_shape=array")).json()
    assert own == ready and len(own) == 6
    some = (await committee_site.client.get(f"{address}.json?_shape=array&enhet=Almgården")).json()
    assert len(some) == 2 and f'<form action="{address}"' in html


async def test_a_question_that_nobody_asked_is_not_there(committee_site: Datasette, open_folder: Path) -> None:
    assert (await committee_site.client.get("/namnd/fraga_0123456789ab")).status_code == 404
    assert (await build(open_folder).client.get("/oppen/fraga_0123456789ab.csv")).status_code == 404


# --- charts ----------------------------------------------------------------------------------------------------------


async def test_where_a_chart_helps_there_is_one_with_the_table_behind(committee_site: Datasette) -> None:
    html = (await committee_site.client.get("/namnd/utfall_over_tid?indikator=Väntetid")).text
    pictures = re.findall(r'<svg class="diagram.*?</svg>', html, re.S)
    assert pictures and all(ElementTree.fromstring(p).find("desc").text for p in pictures)
    assert "2023: Väntetid 14. 2024: Väntetid 13. 2025: Väntetid 9,5. Målet är 10." in html
    assert html.index("<svg") < html.index("<table>")


def test_a_chart_leaves_out_sums_keeps_what_is_hidden_unknown_and_stops_at_four_series() -> None:
    chart = Chart("columns", ("ar",), ("antal",), split="grupp", backwards=True)
    rows = [
        {"ar": 2026, "grupp": "a", "antal": 7}, {"ar": 2026, "grupp": "b", "antal": None},
        {"ar": 2026, "grupp": "alla", "antal": 9}, {"ar": 2025, "grupp": "a", "antal": 5},
    ]  # fmt: skip
    assert "2025: a 5, b 0. 2026: a 7, b visas inte." in draw(chart, "Rubrik", rows, {}, TODAY)
    crowd = [{"ar": 2026, "grupp": f"g{number}", "antal": 7} for number in range(5)]
    assert draw(chart, "Rubrik", crowd, {}, TODAY) == "" and draw(chart, "Rubrik", [], {}, TODAY) == ""
    assert draw(chart, "Rubrik", [{"ar": 2026, "grupp": "a", "antal": 0}], {}, TODAY) == ""


def test_where_most_groups_are_too_small_their_sum_is_drawn() -> None:
    chart = Chart("columns", ("ar",), ("antal",), split="grupp")
    rows = [{"ar": 2026, "grupp": group, "antal": n} for group, n in (("a", None), ("b", None), ("c", 0), ("alla", 6))]
    assert "2026: alla 6." in draw(chart, "Rubrik", rows, {}, TODAY)


def test_quarters_stand_with_their_year_below_and_one_that_goes_on_is_said_to() -> None:
    chart = Chart("columns", ("kvartal", "ar"), ("antal",), backwards=True)
    rows = [{"ar": 2026, "kvartal": number, "antal": number} for number in (4, 3)]
    drawn = draw(chart, "Rubrik", rows, {"antal": "Antal"}, date(2026, 11, 22))
    assert ">kv 3</text>" in drawn and ">2026</text>" in drawn and "Kvartal 4 2026 pågår" in drawn
    assert "pågår" not in draw(chart, "Rubrik", rows, {"antal": "Antal"}, date(2026, 12, 31))


def test_the_questions_stand_under_headings_the_committees_own_first() -> None:
    asked = [{"name": question.name} for question in questions(Publish.OPEN)] + [{"name": "fraga_0123456789ab"}]
    groups = grouped(asked)
    assert groups[0] == ("Nämndens egna frågor", [{"name": "fraga_0123456789ab"}])
    assert sorted(each["name"] for _, found in groups for each in found) == sorted(each["name"] for each in asked)


WORSE = """
CREATE TABLE om (publicerad); INSERT INTO om VALUES ('2026-11-22');
CREATE TABLE malutfall (indikator_id, indikator, period, period_slut, utfall, mal_varde, matt, battre);
INSERT INTO malutfall VALUES
  (1, 'sjunker', '2025', '2025-12-31', 90, 95, 'procent', 'högre'),
  (1, 'sjunker', '2024', '2024-12-31', 93, 95, 'procent', 'högre'),
  (1, 'sjunker', '2023', '2023-12-31', 80, 95, 'procent', 'högre'),
  (2, 'väntan', '2025', '2025-12-31', 9, 8, 'antal', 'lägre'),
  (2, 'väntan', '2024', '2024-12-31', 8, 8, 'antal', 'lägre'),
  (3, 'kortare', '2025', '2025-12-31', 7, 8, 'antal', 'lägre'),
  (3, 'kortare', '2024', '2024-12-31', 8, 8, 'antal', 'lägre'),
  (4, 'ny', '2025', '2025-12-31', 7, 8, 'antal', 'lägre');
CREATE TABLE egenkontroll_omgangar (enhet, senast, gjord);
INSERT INTO egenkontroll_omgangar VALUES
  ('Norr', '2025-05-01', '2025-04-30'), ('Norr', '2026-05-01', '2026-05-02'), ('Norr', '2026-06-01', '2026-05-31'),
  ('Söder', '2025-05-01', NULL), ('Söder', '2026-05-01', '2026-05-01'), ('Ny', '2026-05-01', NULL),
  ('Söder', '2026-12-15', NULL);
CREATE TABLE atgarder_uppfoljning (enhet, senast, klar, lage);
INSERT INTO atgarder_uppfoljning VALUES
  ('Norr', '2026-05-01', NULL, 'försenad'), ('Söder', '2025-05-01', '2026-01-01', 'klar'),
  ('Öster', '2025-05-01', NULL, 'försenad'), ('Väst', '2026-05-01', NULL, 'avslagen');
"""


def test_what_gets_worse_is_named_and_nothing_else() -> None:
    (worse,) = overall.QUESTIONS
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(WORSE)
        found = {(area, what): (now, before) for area, what, _, now, before, _, _ in db.execute(worse.sql)}
    assert found == {
        ("mål", "sjunker"): (90, 93),
        ("mål", "väntan"): (9, 8),
        ("egenkontroll", "Egenkontroller gjorda i tid, Norr"): (50, 100),
        ("åtgärder", "Försenade beslutade åtgärder, Norr"): (1, 0),
    }
