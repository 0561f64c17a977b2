"""What is published for everybody, described for catalogues of open data: DCAT-AP-SE as JSON-LD at /katalog.jsonld.

One dataset for each table, with its forms to fetch, and one for the whole as an SQLite file. Addresses are relative to
the description, and absolute once the municipality has said where the site lies.
"""

from __future__ import annotations

import json
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Response

from datasette_plugins.described import told as described_table
from datasette_plugins.facts import about
from lsk.model.vocabulary import Publish
from lsk.publish import LEVELS, tables_of
from lsk.publish.vocabulary import Cube, Table

PATH = "/katalog.jsonld"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
AUTHORITY = "http://publications.europa.eu/resource/authority"
LICENCES = {
    "cc0": "http://creativecommons.org/publicdomain/zero/1.0/",
    "ccby": "http://creativecommons.org/licenses/by/4.0/",
}
FREQUENCIES = {
    "dag": "DAILY", "vecka": "WEEKLY", "månad": "MONTHLY", "kvartal": "QUARTERLY", "tertial": "ANNUAL_3",
    "halvår": "ANNUAL_2", "år": "ANNUAL",
}  # fmt: skip
FORMS = (
    (".csv", "CSV", "CSV för andra program", "text/csv"),
    (".excel.csv", "CSV", "CSV för Excel", "text/csv"),
    (".json", "JSON", "JSON", "application/json"),
)


@hookimpl
def register_routes(datasette: Any) -> list[Any]:
    config = datasette.plugin_config("lsk_site")
    if not config or config["database"] != LEVELS[Publish.OPEN]:
        return []
    return [(r"/katalog\.jsonld$", view)]


async def view(datasette: Any) -> Response:
    database = datasette.get_database(LEVELS[Publish.OPEN])
    found = catalogue(await database.execute_fn(about))
    text = json.dumps(found, ensure_ascii=False, indent=1)
    return Response(text, content_type="application/ld+json; charset=utf-8")


def catalogue(told: dict[str, Any]) -> dict[str, Any]:
    """The description. ``told`` is the row of ``om``: municipality, day, licence, contact, frequency, address."""
    base = {"@base": told["adress"].rstrip("/") + PATH} if told.get("adress") else {}
    tables = tables_of(Publish.OPEN)
    return {
        "@context": {**CONTEXT, **base},
        "@id": "",
        "@type": "dcat:Catalog",
        "dcterms:title": swedish(f"Öppna data om kvalitetsarbetet i {told['kommun']}"),
        "dcterms:description": swedish(
            f"Det som {told['kommun']} publicerar öppet ur sitt ledningssystem för systematiskt kvalitetsarbete."
        ),
        "dcterms:publisher": publisher(told),
        "dcterms:language": {"@id": f"{AUTHORITY}/language/SWE"},
        "dcterms:license": {"@id": licence(told)},
        "dcterms:modified": day(told["publicerad"]),
        "foaf:homepage": {"@id": "."},
        "dcat:dataset": [whole(told), *(dataset(table, told) for table in tables)],
    }


def whole(told: dict[str, Any]) -> dict[str, Any]:
    name = LEVELS[Publish.OPEN]
    title = f"Allt som publiceras om kvalitetsarbetet i {told['kommun']}"
    described = "Alla tabeller i en SQLite-fil: mål, styrdokument, krav, beslut, årshjul med mera."
    file = {
        "@type": "dcat:Distribution",
        "dcterms:title": swedish("SQLite-fil"),
        "dcat:accessURL": {"@id": f"{name}.db"},
        "dcat:downloadURL": {"@id": f"{name}.db"},
        "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/application/vnd.sqlite3"},
        "dcterms:license": {"@id": licence(told)},
    }
    return {**common(name, title, described, told), "dcat:distribution": [file]}


def dataset(table: Table | Cube, told: dict[str, Any]) -> dict[str, Any]:
    """One table, with what its columns hold."""
    said = described_table(table)
    columns = "; ".join(f"{name}: {meaning}" for name, meaning in said["columns"].items())
    text = f"{table.description} En rad är {said['grain']}. Kolumner: {columns}."
    address = f"{LEVELS[Publish.OPEN]}/{table.name}"
    forms = [
        {
            "@type": "dcat:Distribution",
            "dcterms:title": swedish(title),
            "dcat:accessURL": {"@id": address + ending},
            "dcat:downloadURL": {"@id": address + ending},
            "dcterms:format": {"@id": f"{AUTHORITY}/file-type/{kind}"},
            "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
            "dcterms:license": {"@id": licence(told)},
        }
        for ending, kind, title, media in FORMS
    ]
    return {**common(table.name, f"{table.title}, {told['kommun']}", text, told), "dcat:distribution": forms}


def common(name: str, title: str, text: str, told: dict[str, Any]) -> dict[str, Any]:
    """What every dataset says."""
    found = {
        "@id": f"#{name}",
        "@type": "dcat:Dataset",
        "dcterms:identifier": name,
        "dcterms:title": swedish(title),
        "dcterms:description": swedish(text),
        "dcterms:publisher": {"@id": "#utgivare"},
        "dcterms:language": {"@id": f"{AUTHORITY}/language/SWE"},
        "dcterms:accessRights": {"@id": f"{AUTHORITY}/access-right/PUBLIC"},
        "dcterms:modified": day(told["publicerad"]),
        "dcterms:accrualPeriodicity": {"@id": f"{AUTHORITY}/frequency/{frequency(told)}"},
        "dcterms:temporal": {"@type": "dcterms:PeriodOfTime", "dcat:endDate": day(told["publicerad"])},
        "dcat:theme": [{"@id": f"{AUTHORITY}/data-theme/{theme}"} for theme in ("SOCI", "GOVE")],
        "dcat:keyword": [swedish(word) for word in ("kvalitet", "socialtjänst", "ledningssystem", "SOSFS 2011:9")],
    }
    return found | {"dcat:contactPoint": contact(told)} if told.get("kontakt") else found


def publisher(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "@id": "#utgivare",
        "@type": "foaf:Organization",
        "foaf:name": told["kommun"],
        "dcterms:type": {"@id": "http://purl.org/adms/publishertype/LocalAuthority"},
    }


def contact(told: dict[str, Any]) -> dict[str, Any]:
    """Whom to ask: an e-mail address, or a web address with a form."""
    where = told["kontakt"].strip()
    reached = {"vcard:hasEmail": {"@id": f"mailto:{where}"}} if "@" in where else {"vcard:hasURL": {"@id": where}}
    return {"@id": "#kontakt", "@type": "vcard:Organization", "vcard:fn": told["kommun"], **reached}


def licence(told: dict[str, Any]) -> str:
    """The address of the licence; CC0 when the municipality has said nothing else."""
    said = (told.get("licens") or "CC0").strip()
    if said.startswith(("http://", "https://")):
        return said
    name = "".join(character for character in said.casefold() if character.isalnum())
    return next((address for start, address in LICENCES.items() if name.startswith(start)), LICENCES["cc0"])


def frequency(told: dict[str, Any]) -> str:
    said = (told.get("uppdateras") or "").casefold()
    return next((code for word, code in FREQUENCIES.items() if said.endswith(word)), "IRREG")


def swedish(text: str) -> dict[str, str]:
    return {"@language": "sv", "@value": text}


def day(iso: str) -> dict[str, str]:
    return {"@type": "xsd:date", "@value": iso}
