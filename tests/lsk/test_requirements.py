"""The page about the 276 requirements: whole, fresh, and naming nothing that does not exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from lsk import overviews, profile, requirements, rules
from lsk.model import ENTITIES
from lsk.model.vocabulary import Choice
from lsk.publish.deviations import CUBES
from lsk.publish.tables import TABLES

WRITTEN = Path(__file__).parents[2] / "docs" / "requirements.md"
IDS = [f"{letter}{n}" for letter, last in zip("RVJTH", (60, 66, 50, 62, 38), strict=True) for n in range(1, last + 1)]
ROWS = {
    cells[1]: cells
    for line in WRITTEN.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [RVJTH]\d+ \|", line)
    for cells in [[cell.strip() for cell in line.split("|")]]
}


def test_the_written_page_is_not_stale() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == requirements.page(), "stale: run `make dictionary`"


def test_all_276_requirements_have_a_line_and_are_held_by_something() -> None:
    assert list(ROWS) == IDS and len(IDS) == 276
    for number, (_, _, what, *held, _, _, _) in ROWS.items():
        assert what, number
        assert "".join(held), f"{number}: nothing holds it"


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("number", IDS)
def test_everything_a_line_names_exists(number: str) -> None:
    """Resolved from the written page, not from what wrote it."""
    _, _, _, model, ruled, own, shown, how, _ = ROWS[number]
    for name in named(model):
        entity, _, field = name.partition(".")
        assert entity in ENTITIES
        assert not field or ENTITIES[entity].field(field)
    for name in named(ruled):
        if name.startswith("lsk overview "):
            assert name.removeprefix("lsk overview ") in overviews.load()
        else:
            assert number in rules.load()[name].requirement.split()
    for name in named(own):
        kind, _, key = name.partition(":")
        assert key in keys_of(number[0])[kind] if key else kind in keys_of(number[0])
    assert {*named(shown)} <= {table.name for table in (*TABLES, *CUBES)}
    for name in re.findall(r"\b[a-z_]+\.[a-z_]+\b", how):
        assert ENTITIES[name.split(".")[0]].field(name.split(".")[1]), name
    for name in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b(?!\.)", how):
        assert name in WORDS, name


LISTS = {f.values_from for e in ENTITIES.values() for f in e.fields if isinstance(f, Choice)}
WORDS = {*ENTITIES, *(f.name for e in ENTITIES.values() for f in e.all_fields), *LISTS, "datasette_plugins"}
READ: dict[str, dict[str, set[Any]]] = {}


def keys_of(letter: str) -> dict[str, set[Any]]:
    """kind → the keys and codes in the municipality's profile, counted here without the page's own code."""
    if letter not in READ:
        written = profile.read({"R": "ragunda", "V": "varnamo", "J": "jarva", "T": "tyreso", "H": "hjo"}[letter])
        found: dict[str, set[Any]] = {"setting": {row["key"] for row in written["settings"]}}

        def walk(records: Any, above: str = "") -> None:
            for kind, rows in records.items():
                for place, row in enumerate(rows, 1):
                    key = row.get("key") or f"{above}.{place}"
                    found.setdefault(kind, set()).update({key, row.get("code")})
                    walk({k: v for k, v in row.items() if isinstance(v, list)}, key)

        walk(written["records"])
        READ[letter] = found
    return READ[letter]


def test_what_a_profile_says_the_program_holds_is_about_real_requirements() -> None:
    for name in profile.names():
        for line in profile.read(name).get("held_by_program", ()):
            assert line["id"] in IDS and line["by"]
