"""The terms table says every declared name in Swedish, and nothing that is not declared."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from lsk import model, terms
from lsk.model import AREAS, ENTITIES
from lsk.model.profile import RULE_LISTS
from lsk.model.vocabulary import Choice

TABLE = tomllib.loads((Path(model.__file__).parents[1] / "terms.toml").read_text(encoding="utf-8"))
EVERY_RECORD = {"id", "ref"}
FIELDS = {(e.name, f.name) for e in ENTITIES.values() for f in e.all_fields}
LISTS = {f.values_from for e in ENTITIES.values() for f in e.fields if isinstance(f, Choice) and f.values_from} | set(
    RULE_LISTS
)
# Words that are spelt the same in both languages; anything else that looks English is a forgotten translation.
SAME_IN_SWEDISH = {
    "definition",
    "id",
    "organisation",
    "period",
    "person",
    "plan",
    "process",
    "text",
    "risk",
    "status",
    "term",
    "version",
}


def flat(name: str) -> str:
    return name.replace("_", " ").casefold()


@pytest.mark.parametrize("name", ENTITIES)
def test_every_entity_has_its_words(name: str) -> None:
    words = TABLE["entity"][name]
    assert set(words) == {"one", "many", "the", "gender"}
    assert words["gender"] in ("en", "ett")
    assert words["the"].islower()
    if not words["the"].startswith("den "):
        assert words["the"].endswith("t" if words["gender"] == "ett" else "n")


@pytest.mark.parametrize("name", ENTITIES)
def test_every_field_has_a_label(name: str) -> None:
    labels = [terms.field_label(name, field) for entity, field in FIELDS if entity == name]
    assert all(labels)
    assert len(labels) == len(set(labels)), f"two fields of {name} bear the same label"
    assert terms.field_label(name, "id") and terms.field_label(name, "ref")


def test_every_area_and_list_has_a_label() -> None:
    assert {area: terms.area_label(area) for area in AREAS} == TABLE["area"]
    assert {name: terms.list_label(name) for name in LISTS} == TABLE["list"]


def test_no_label_is_the_english_name() -> None:
    said = [(name, terms.entity_label(name)) for name in ENTITIES]
    said += [(field, terms.field_label(entity, field)) for entity, field in FIELDS]
    said += [(area, terms.area_label(area)) for area in AREAS]
    english = {flat(name) for name, label in said if flat(name) == label.casefold()}
    assert english - SAME_IN_SWEDISH == set()
    assert not [label for _, label in said if "_" in label or not label[0].isupper()]


def test_no_stray_keys() -> None:
    assert set(TABLE) == {"area", "entity", "field", "field_of", "help", "list", "synonyms"}
    assert set(TABLE["synonyms"]) <= {field for _, field in FIELDS}
    assert set(TABLE["entity"]) == set(ENTITIES)
    own = {(entity, field) for entity, labels in TABLE["field_of"].items() for field in labels}
    assert own <= FIELDS
    assert set(TABLE["field"]) == {field for _, field in FIELDS - own} | EVERY_RECORD
    assert {(entity, field) for entity, lines in TABLE["help"].items() for field in lines} <= FIELDS


def test_an_own_label_differs_from_the_common_one() -> None:
    same = [
        (entity, field)
        for entity, labels in TABLE["field_of"].items()
        for field, label in labels.items()
        if TABLE["field"].get(field) == label
    ]
    assert same == []


def test_help_is_one_sentence_or_two() -> None:
    for entity, lines in TABLE["help"].items():
        for field, line in lines.items():
            assert line.endswith((".", "?")) and len(line) <= 110, (entity, field)
    assert terms.field_help("deviation", "what_happened") == "Vad som hände, inte vem."
    assert terms.field_help("deviation", "unit") == ""


def test_words_within_a_sentence() -> None:
    assert terms.entity_label("deviation") == "Avvikelse"
    assert terms.entity_label("deviation", many=True) == "Avvikelser"
    assert terms.entity_the("obligation") == "den återkommande uppgiften"
    assert terms.entity_a("decision") == "ett beslut"
    assert terms.entity_new("decision") == "Nytt beslut"
    assert terms.entity_new("action") == "Ny åtgärd"
    assert terms.field_label("action", "origin") == "Föranledd av"
    assert terms.field_label("deviation", "origin") == "Intern eller extern"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("deviation", "deviation"),
        ("Deviations", "deviation"),
        ("AVVIKELSER", "deviation"),
        ("avvikelsen", "deviation"),
        ("åtgärd", "action"),
        ("analyses", "analysis"),
        ("activities", "activity"),
        ("processes", "process"),
        ("self-check", "self_check"),
        ("self_check_rounds", "self_check_round"),
        ("extern  part", "external_party"),
        ("lagrum", "provision"),
        ("atgard", None),
        ("", None),
    ],
)
def test_an_entity_is_known_by_its_names(text: str, name: str | None) -> None:
    assert terms.entity_named(text) == name


def test_no_name_means_two_entities() -> None:
    for name in ENTITIES:
        for word in (name, terms.entity_label(name), terms.entity_label(name, many=True), terms.entity_the(name)):
            assert terms.entity_named(word) == name
