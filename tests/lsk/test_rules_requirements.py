"""The rules together answer to every requirement that is to be enforced, and V40 in every free text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from lsk import rules
from lsk.change import Record
from lsk.commands.files import check
from lsk.model import ENTITIES
from lsk.model.vocabulary import Personal
from lsk.personal import likely
from lsk.store import Store

ENFORCED = re.findall(
    r"[RVJTH]\d+",
    """
R4 R9 R13 R16 R21 R22 R26 R31 R32 R33 R34 R35 R36 R40 R42 R44 R54 R57 R59
V1 V5 V12 V39 V40 V43 V44 V45 V48 V49 V51 V59 V64 V65
J1 J11 J13 J15 J23 J24 J26 J27 J31 J39 J40 J44
T28 T48 T49 T58
H9 H20 H22 H34 H36 H37
""",
)
ALL = {f"{letter}{n}" for letter, last in zip("RVJTH", (60, 66, 50, 62, 38), strict=True) for n in range(1, last + 1)}


@pytest.fixture(scope="module")
def cited(ragunda_file: Path) -> dict[str, list[str]]:
    """Requirement → the rules that cite it, as the command lists them."""
    result = CliRunner().invoke(check, [str(ragunda_file), "--rules", "--json"])
    found: dict[str, list[str]] = {}
    for rule in json.loads(result.output):
        for number in rule["requirement"].split():
            found.setdefault(number, []).append(rule["rule"])
    return found


@pytest.mark.parametrize("number", ENFORCED)
def test_a_requirement_that_is_enforced_is_cited_by_a_rule(cited: dict[str, list[str]], number: str) -> None:
    assert cited.get(number)


def test_the_rules_cite_only_requirements_that_exist(cited: dict[str, list[str]]) -> None:
    assert len(ENFORCED) == len(set(ENFORCED)) == 55
    assert set(cited) <= ALL


# --- V40: what happened, not who ------------------------------------------------------------------------------------


def v40(found: list[rules.Finding]) -> list[str]:
    return [finding.message for finding in found if finding.requirement == "V40"]


def test_every_free_text_is_read() -> None:
    with_free_text = {e.name for e in ENTITIES.values() if any(f.personal is Personal.RISK for f in e.columns)}
    assert {r.entity for r in rules.load().values() if r.requirement == "V40"} == with_free_text
    assert "deviation" in with_free_text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Ring 070-123 45 67", "ett troligt telefonnummer i ”Vad hände?”"),
        ("Född 121212-1212 enligt kortet", "ett troligt personnummer i ”Vad hände?”"),
        ("Skriv till anna@exempel.se", "en e-postadress i ”Vad hände?”"),
        ("Det var Prov Provssons larm", "ett namn ur personregistret i ”Vad hände?”"),
        ("Larmet ljöd kl 14.30 den 12 mars 2026, plan 3", ""),
        ("Provsson, sa någon", ""),
    ],
)
def test_personal_data_in_free_text_is_said_and_saved(
    ragunda: Store, add: Callable[..., Record], text: str, told: str
) -> None:
    add("person", name="Prov Provsson")
    unit = ragunda.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
    with ragunda.change("test") as change:
        record = change.insert(
            "deviation", {"kind": "avvikelse", "unit": unit, "received_on": "2026-01-02", "what_happened": text}
        )
    expected = [f"{record.ref} kan innehålla personuppgifter: {told}."] if told else []
    assert v40(change.warnings) == expected
    assert v40(rules.check(ragunda.db)) == expected
    assert ragunda.db.execute("SELECT what_happened FROM deviation").fetchone()[0] == text


def test_a_save_reads_only_the_texts_it_touched(ragunda: Store, add: Callable[..., Record]) -> None:
    one = add("deviation", kind="avvikelse", unit="HTN", received_on="2026-01-02", what_happened="Ring 070-123 45 67")
    with ragunda.change("test") as change:
        change.update("deviation", one.id, {"received_on": "2026-01-03"})
    assert v40(change.warnings) == []
    two = add("deviation", kind="avvikelse", unit="HTN", received_on="2026-01-02", what_happened="Ett larm ljöd")
    with ragunda.change("test") as change:
        change.update("deviation", two.id, {"immediate_action": "Mejla bo@exempel.se"})
    assert len(v40(change.warnings)) == 1 and "Omedelbara åtgärder" in v40(change.warnings)[0]


def test_a_file_that_is_only_read_can_be_checked(ragunda: Store, add: Callable[..., Record]) -> None:
    add("deviation", kind="avvikelse", unit="HTN", received_on="2026-01-02", what_happened="Ring 070-123 45 67")
    with Store.open(ragunda.path, readonly=True) as store:
        assert len(v40(rules.check(store.db))) == 1


def test_most_texts_are_passed_over_after_one_look() -> None:
    names = frozenset({"anna", "berg"})
    assert not likely("Besöket uteblev kl 14.30 den 12 mars, larmet gick.", names)
    assert likely("Anna var där", names) and likely("tel 070-123 45 67", names) and likely("a@b.se", names)
