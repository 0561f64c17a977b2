"""The description of the open data: DCAT-AP-SE as JSON-LD."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from datasette_plugins.instance import build
from datasette_plugins.opendata import CONTEXT, FREQUENCIES, catalogue, frequency, licence
from datasette_plugins.static_site import write_static
from lsk.model.vocabulary import Publish
from lsk.publish import publish, tables_of
from tests.publish.example import TODAY
from tests.town import Town

TOLD = {"kommun": "Ragunda kommun", "publicerad": "2026-11-20", "licens": None, "kontakt": None, "uppdateras": None,
        "adress": None}  # fmt: skip
# What DCAT-AP-SE asks of each kind of thing, and what the municipality is recommended to say as well.
ASKED = {
    "dcat:Catalog": {"dcterms:title", "dcterms:description", "dcterms:publisher", "dcat:dataset", "dcterms:license",
                     "dcterms:language", "dcterms:modified", "foaf:homepage"},
    "dcat:Dataset": {"dcterms:title", "dcterms:description", "dcterms:publisher", "dcat:distribution",
                     "dcterms:accrualPeriodicity", "dcterms:temporal", "dcat:theme", "dcterms:accessRights"},
    "dcat:Distribution": {"dcat:accessURL", "dcat:downloadURL", "dcterms:license", "dcat:mediaType", "dcterms:title"},
    "foaf:Organization": {"foaf:name", "dcterms:type"},
}  # fmt: skip


def nodes(value: Any) -> list[dict[str, Any]]:
    """Every node of the description that has a type of its own."""
    if isinstance(value, list):
        return [node for each in value for node in nodes(each)]
    if not isinstance(value, dict):
        return []
    own = [value] if "@type" in value and "@value" not in value else []
    return own + [node for name, each in value.items() if name != "@context" for node in nodes(each)]


async def test_everybody_can_fetch_the_description(open_folder: Path) -> None:
    response = await build(open_folder).client.get("/katalog.jsonld")
    assert response.headers["content-type"] == "application/ld+json; charset=utf-8"
    found = response.json()
    assert found["dcterms:title"] == {"@language": "sv", "@value": "Öppna data om kvalitetsarbetet i Ragunda kommun"}
    assert len(found["dcat:dataset"]) == 1 + len(tables_of(Publish.OPEN))


async def test_what_is_the_committees_is_described_to_nobody(folder: Path) -> None:
    assert (await build(folder).client.get("/katalog.jsonld")).status_code == 404


def test_each_thing_says_what_the_specification_asks() -> None:
    found = catalogue(TOLD)
    kinds = {kind: [node for node in nodes(found) if node["@type"] == kind] for kind in ASKED}
    for kind, asked in ASKED.items():
        assert kinds[kind] and all(asked <= set(node) for node in kinds[kind]), kind
    assert len({node["@id"] for node in kinds["dcat:Dataset"]}) == len(kinds["dcat:Dataset"])
    names = {name for node in nodes(found) for name in node if not name.startswith("@")}
    assert {name.partition(":")[0] for name in names} <= set(CONTEXT)
    committees = {table.name for table in tables_of(Publish.COMMITTEE)} - {t.name for t in tables_of(Publish.OPEN)}
    assert not {node["@id"].lstrip("#") for node in kinds["dcat:Dataset"]} & committees


def test_a_dataset_says_what_a_row_and_its_columns_are() -> None:
    goals = next(node for node in catalogue(TOLD)["dcat:dataset"] if node["@id"] == "#malutfall")
    text = goals["dcterms:description"]["@value"]
    assert "En rad är en indikator och en period" in text and "utfall: Utfall (indikatorns mått)" in text


def test_what_the_municipality_has_said_is_what_is_told() -> None:
    said = TOLD | {"licens": "CC BY 4.0", "kontakt": "kommun@example.org", "uppdateras": "Varje halvår",
                   "adress": "https://oppet.example.org/kvalitet/"}  # fmt: skip
    found = catalogue(said)
    assert found["@context"]["@base"] == "https://oppet.example.org/kvalitet/katalog.jsonld"
    dataset = found["dcat:dataset"][1]
    assert dataset["dcat:contactPoint"]["vcard:hasEmail"] == {"@id": "mailto:kommun@example.org"}
    assert dataset["dcterms:accrualPeriodicity"]["@id"].endswith("/frequency/ANNUAL_2")
    assert dataset["dcat:distribution"][0]["dcterms:license"]["@id"] == "http://creativecommons.org/licenses/by/4.0/"
    form = catalogue(said | {"kontakt": "https://example.org/kontakt"})["dcat:dataset"][0]["dcat:contactPoint"]
    assert form["vcard:hasURL"] == {"@id": "https://example.org/kontakt"}


def test_silence_is_cc0_irregular_and_without_contact() -> None:
    assert licence(TOLD) == "http://creativecommons.org/publicdomain/zero/1.0/" and frequency(TOLD) == "IRREG"
    assert all("dcat:contactPoint" not in node for node in catalogue(TOLD)["dcat:dataset"])
    assert "@base" not in catalogue(TOLD)["@context"]


@pytest.mark.parametrize("word", FREQUENCIES)
def test_how_often_is_said_in_the_words_of_the_eu(word: str) -> None:
    assert frequency(TOLD | {"uppdateras": f"varje {word}"}) == FREQUENCIES[word]


@pytest.mark.parametrize(
    ("said", "address"),
    [("CC0", "http://creativecommons.org/publicdomain/zero/1.0/"), ("cc-by", "http://creativecommons.org/licenses/by/4.0/"),
     ("https://example.org/villkor", "https://example.org/villkor")],
)  # fmt: skip
def test_a_licence_is_known_by_its_name_or_told_by_its_address(said: str, address: str) -> None:
    assert licence(TOLD | {"licens": said}) == address


def test_settings_of_the_file_come_out_in_the_description(town, tmp_path: Path) -> None:
    place: Town = town("ragunda")
    with place.store.change("test") as change:
        for key, value in (("publication_contact", "kvalitet@example.org"), ("publication_frequency", "kvartal")):
            record = place.db.execute("SELECT id FROM setting WHERE key = ?", (key,)).fetchone()[0]
            change.update("setting", record, {"value": value})
    path = publish(place.store, tmp_path, Publish.OPEN, today=TODAY).path
    with closing(sqlite3.connect(path)) as db:
        told = db.execute("SELECT licens, kontakt, uppdateras FROM om").fetchone()
    assert told == ("CC0 1.0", "kvalitet@example.org", "kvartal")


def test_every_file_that_is_described_is_in_the_copy(open_folder: Path, tmp_path: Path) -> None:
    shutil.copyfile(open_folder / "oppen.db", tmp_path / "oppen.db")
    out = tmp_path / "sidor"
    write_static(tmp_path, out)
    described = json.loads((out / "katalog.jsonld").read_text(encoding="utf-8"))
    files = [n["dcat:downloadURL"]["@id"] for n in nodes(described) if n["@type"] == "dcat:Distribution"]
    assert len(files) == 1 + 3 * len(tables_of(Publish.OPEN)) and all((out / file).is_file() for file in files)
