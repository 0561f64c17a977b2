"""Pages of a long list, and what Idag says, without a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsk.model import ENTITIES, entity
from lsk.store import Store
from lsk.terms import field_label
from lsk_tui import agenda
from lsk_tui.pages import PAGE, Book, Question, columns


@pytest.fixture
def store(file: Path):
    with Store.open(file) as opened:
        yield opened


@pytest.fixture
def many(store: Store) -> Store:
    unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
    with store.change("test") as change:
        change.insert_many(
            "deviation",
            [
                {
                    "kind": "avvikelse",
                    "unit": unit,
                    "received_on": f"2025-{n % 12 + 1:02}-01",
                    "what_happened": f"Nummer {n}",
                }
                for n in range(3 * PAGE)
            ],
        )
    return store


def book(store: Store, question: Question) -> Book:
    return Book.open(store, question, columns(entity(question.entity), 80, field_label))


def test_pages_in_a_row_hold_every_record_once(many: Store) -> None:
    read = book(many, Question.about("deviation"))
    ids = [row.id for number in range(4) for row in read.page(many, number)]
    assert len(ids) == len(set(ids)) == read.count == 3 * PAGE + 3


@pytest.mark.parametrize("sort", ["received_on", "what_happened", "ref"])
@pytest.mark.parametrize("descending", [False, True])
def test_a_page_come_to_by_a_leap_is_the_one_come_to_in_a_row(many: Store, sort: str, descending: bool) -> None:
    question = Question.about("deviation").sorted(sort, descending)
    leaping, walking = book(many, question), book(many, question)
    in_a_row = [walking.page(many, number) for number in range(4)]
    assert leaping.page(many, 3) == in_a_row[3]
    assert leaping.page(many, 1) == in_a_row[1]


def test_the_place_of_a_record_is_where_its_row_stands(many: Store) -> None:
    read = book(many, Question.about("deviation"))
    row = read.page(many, 2)[17]
    assert read.place_of(many, row.id) == 2 * PAGE + 17
    assert book(many, Question.about("deviation", "t.kind = ?", ("synpunkt",))).place_of(many, row.id) is None


def test_a_filter_holds_for_percent_and_underscore_as_they_are(store: Store) -> None:
    assert book(store, Question.about("deviation").filtered("100%")).count == 0
    assert book(store, Question.about("deviation").filtered("_")).count == 0


@pytest.mark.parametrize("name", ENTITIES)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_columns_fit_the_width_and_say_what_the_record_is(name: str, width: int) -> None:
    found = columns(entity(name), width, field_label)
    assert sum(c.width + 1 for c in found) + 1 <= width
    assert found[0].name == "ref" and len(found) > 1


@pytest.mark.parametrize("width", [56, 60, 80])
def test_the_most_telling_text_has_the_rest_of_the_width(width: int) -> None:
    wide = {c.name: c.width for c in columns(entity("decision"), width, field_label)}
    assert wide["text"] >= 30
    assert {"question", "value"} <= {c.name for c in columns(entity("setting"), 80, field_label)}


def test_idag_lists_a_conflict_with_the_field_it_is_about(store: Store) -> None:
    row = store.db.execute("SELECT id FROM deviation WHERE ref = 'RAG-AVV-26-002'").fetchone()["id"]
    tbl, no = store.db.execute(
        "SELECT tbl, no FROM sync_column WHERE entity = 'deviation' AND name = 'severity'"
    ).fetchone()
    store.db.execute("INSERT INTO sync_conflict VALUES (?, ?, ?, NULL, '[]', '2026-11-20')", (row, no, tbl))
    lines = agenda.agenda(store)
    assert any(
        line.label == "konflikt" and line.text.startswith("Allvarlighetsgrad – Avvikelse HTN: Fel dos")
        for line in lines
    )


def test_a_unit_s_own_file_shows_what_the_unit_can_mend(store: Store) -> None:
    unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'SBH'").fetchone()["id"]
    everyone = [line.text for line in agenda.agenda(store)]
    store.db.execute("UPDATE sync_local SET kind = 'enhetsfil', unit = ?", (unit,))
    with Store.open(store.path) as own:
        assert everyone and agenda.agenda(own) == []
        found = " ".join(line.text for line in agenda.findings(own))
        assert "Ingen har rollen" not in found
