"""Words find records; å, ä and ö are letters of their own, and no question can break the search."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsk import search
from lsk import store as store_module
from lsk.change import Record
from lsk.store import Store

Add = Callable[..., Record]


def refs(store: Store, text: str) -> set[str]:
    return {hit.ref for hit in store.search(text) if hit.entity == "person"}


@pytest.fixture
def people(add: Add) -> dict[str, str]:
    names = ("Åsa Öberg", "Asa Oberg", "ÉVA ÅKESSON", "Eva Akesson", "Måns Ärlig")
    return {name: add("person", name=name).ref for name in names}


def test_letters_with_dots_and_rings_are_letters_of_their_own(ragunda: Store, people: dict[str, str]) -> None:
    assert refs(ragunda, "åsa") == {people["Åsa Öberg"]}
    assert refs(ragunda, "asa") == {people["Asa Oberg"]}
    assert refs(ragunda, "mans") == set()


@pytest.mark.parametrize("asked", ["ÅSA ÖBERG", "åsa öberg", "öberg Åsa", "Ås"])
def test_case_and_order_do_not_matter(ragunda: Store, people: dict[str, str], asked: str) -> None:
    assert refs(ragunda, asked) == {people["Åsa Öberg"]}


def test_case_folds_for_accents_too(ragunda: Store, people: dict[str, str]) -> None:
    assert refs(ragunda, "éva åkesson") == {people["ÉVA ÅKESSON"]}


def test_only_the_last_word_may_be_unfinished(ragunda: Store, people: dict[str, str]) -> None:
    assert refs(ragunda, "måns är") == {people["Måns Ärlig"]}
    assert refs(ragunda, "ärl måns") == set()


def test_a_reference_finds_its_record_first(ragunda: Store, add: Add) -> None:
    values = {"kind": "avvikelse", "unit": "HTN", "received_on": "2026-11-03"}
    first = add("deviation", **values, what_happened="Maten kom för sent")
    add("deviation", **values, what_happened=f"Samma sak som {first.ref}, och {first.ref} igen")
    assert ragunda.search(first.ref)[0].id == first.id
    assert ragunda.search(first.ref.lower())[0].id == first.id


def test_a_title_weighs_more_than_the_text_below_it(ragunda: Store, add: Add) -> None:
    add("person", name="Bo", title="granskar loggar, loggar och loggar")
    named = add("person", name="Loggar Larsson")
    assert ragunda.search("loggar")[0].id == named.id


def test_the_hit_shows_where_the_words_stand(ragunda: Store, people: dict[str, str]) -> None:
    (hit,) = ragunda.search("åsa")
    assert (hit.entity, hit.title, hit.snippet) == ("person", "Åsa Öberg", "«Åsa» Öberg")


def test_what_another_program_changes_is_found_and_what_it_deletes_is_not(
    ragunda: Store, people: dict[str, str]
) -> None:
    with closing(sqlite3.connect(ragunda.path, isolation_level=None)) as other:
        other.execute("INSERT INTO person(name) VALUES ('Zlatan Ek')")
        other.execute("UPDATE person SET name = 'Örjan Öberg' WHERE name = 'Åsa Öberg'")
        other.execute("DELETE FROM person WHERE name = 'Asa Oberg'")
    assert len(refs(ragunda, "zlatan")) == 1
    assert refs(ragunda, "örjan") == {people["Åsa Öberg"]}
    assert refs(ragunda, "åsa") == refs(ragunda, "asa") == set()
    assert search.behind(ragunda.db) == 0


def test_a_large_change_is_indexed_when_it_is_asked_for(
    ragunda: Store, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "SEARCH_AT_ONCE", 1)
    with ragunda.change("Anna") as change:
        change.insert_many("person", [{"name": f"Nils {n}"} for n in range(5)])
    assert search.behind(ragunda.db) == 5
    assert len(refs(ragunda, "nils")) == 5


def test_a_file_that_cannot_be_written_is_searched_as_it_was(ragunda: Store, people: dict[str, str]) -> None:
    with closing(sqlite3.connect(ragunda.path, isolation_level=None)) as other:
        other.execute("INSERT INTO person(name) VALUES ('Zlatan Ek')")
    ragunda.db.execute("PRAGMA query_only = ON")
    assert refs(ragunda, "zlatan") == set()
    assert refs(ragunda, "åsa") == {people["Åsa Öberg"]}


HARMLESS = [
    '"',
    "'",
    "åsa AND NOT öberg",
    "åsa*",
    "NEAR(åsa öberg)",
    "title:åsa",
    "^åsa",
    "(",
    "åsa\x00öberg",
    "-",
    "*",
    "",
]


@pytest.mark.parametrize("asked", HARMLESS)
def test_signs_and_operators_are_just_words(ragunda: Store, people: dict[str, str], asked: str) -> None:
    assert refs(ragunda, asked) <= {people["Åsa Öberg"]}


@pytest.fixture(scope="module")
def indexed(ragunda_file: Path) -> Store:
    return Store.open(ragunda_file, readonly=True)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.one_of(st.text(max_size=40), st.text(alphabet='"*^():+-. \x00aå{}', max_size=12)))
def test_any_question_gets_an_answer(indexed: Store, asked: str) -> None:
    assert all(hit.id for hit in indexed.search(asked, limit=3))
