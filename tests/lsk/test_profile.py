"""The Ragunda profile is the municipality's own guideline as data: complete, and marked where it is silent or old."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lsk import profile, rules
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.model.profile import RULE_LISTS
from lsk.model.vocabulary import Choice
from lsk.store import Store

LISTS = sorted({f.values_from for e in ENTITIES.values() for f in e.fields if isinstance(f, Choice) and f.values_from})


@pytest.fixture(scope="module")
def db(ragunda_file: Path) -> Iterator[sqlite3.Connection]:
    with Store.open(ragunda_file, readonly=True) as store:
        yield store.db


def test_every_role_has_its_duties_and_receives_what_it_should(db: sqlite3.Connection) -> None:
    """Section 1.1.2; what a body receives (mottar) is counted by itself."""
    rows = db.execute("SELECT r.name, d.kind = 'mottar' FROM duty d JOIN role r ON r.id = d.role").fetchall()
    counted = Counter((row[0], bool(row[1])) for row in rows)
    assert {name: counted[name, False] for name, _ in counted} == {
        "Kommunstyrelsen": 4,
        "Social- och arbetsmarknadsutskottet": 2,
        "förtroendevalda": 2,
        "socialchef": 11,
        "medicinskt ansvarig sjuksköterska": 9,
        "enhetschef": 9,
        "kvalitetssamordnare": 6,
        "alla medarbetare": 7,
        "analysgrupp": 3,
    }
    assert (counted["Kommunstyrelsen", True], counted["Social- och arbetsmarknadsutskottet", True]) == (4, 2)


def test_every_duty_says_where_it_comes_from(db: sqlite3.Connection) -> None:
    bare = db.execute("SELECT ref FROM duty WHERE source IS NULL OR requirements IS NULL").fetchall()
    assert bare == []


def test_the_responsibility_is_not_delegable_and_the_tasks_may_be(db: sqlite3.Connection) -> None:
    """R9."""
    kinds = db.execute("SELECT DISTINCT kind, ifnull(delegable, 0) FROM duty WHERE kind IN ('ansvar', 'uppgift')")
    assert ("ansvar", 1) not in [tuple(row) for row in kinds]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_of_choices_is_filled(db: sqlite3.Connection, name: str) -> None:
    rows = db.execute("SELECT number, value FROM choice_value WHERE list = ? ORDER BY number", (name,)).fetchall()
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows


def test_no_list_is_filled_that_no_field_or_rule_asks_for(db: sqlite3.Connection) -> None:
    assert {row[0] for row in db.execute("SELECT DISTINCT list FROM choice_value")} <= {*LISTS, *RULE_LISTS}


def test_two_files_of_one_profile_have_the_same_ids(ragunda_file: Path, tmp_path: Path) -> None:
    def ids(store: Store) -> dict[str, set[str]]:
        return {name: {row[0] for row in store.db.execute(f'SELECT id FROM "{name}"')} for name in ENTITIES}

    with Store.open(ragunda_file, readonly=True) as one, Store.create(tmp_path / "två.db", "ragunda") as other:
        assert ids(one) == ids(other)
        assert one.file.replica != other.file.replica


def test_what_the_source_is_silent_about_is_a_question(db: sqlite3.Connection) -> None:
    silent = db.execute("SELECT key, question FROM setting WHERE value IS NULL").fetchall()
    assert {"risk_scale", "deviation_investigation_days", "matrix_thresholds"} <= {row["key"] for row in silent}
    assert [row["key"] for row in silent if not (row["question"] or "").endswith("?")] == []


def test_repealed_law_is_flagged_with_what_took_its_place(db: sqlite3.Connection) -> None:
    """L6, L7, L13: the guideline cites HSL 1982:763 and SoL 2001:453."""
    found = rules.check(db, ("a_requirement_leans_on_law_in_force",))
    told = " ".join(finding.message for finding in found)
    assert "HSL 1982:763" in told and "SoL 2001:453" in told and "Motsvaras nu av SoL (2025:400)" in told
    in_force = db.execute(
        """SELECT count(*) FROM requirement k JOIN provision p ON p.id = k.provision JOIN statute s ON s.id = p.statute
           WHERE s.valid_to IS NULL"""
    ).fetchone()[0]
    assert in_force > 0


def test_every_reference_of_the_profile_leads_somewhere(db: sqlite3.Connection) -> None:
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_file_holds_its_profile_as_one_change(db: sqlite3.Connection) -> None:
    assert [row[0] for row in db.execute("SELECT why FROM change_set")] == ["ny fil med profilen Ragunda kommun"]
    assert db.execute("SELECT profile FROM municipality").fetchone()[0] == "ragunda"


# --- other profiles ---------------------------------------------------------------------------------------------------


@pytest.fixture
def loading(tmp_path: Path) -> Callable[[str], Any]:
    def load(text: str) -> Store:
        path = tmp_path / "egen.yaml"
        path.write_text(text, encoding="utf-8")
        return Store.create(tmp_path / "egen.db", str(path))

    return load


def test_an_own_profile_is_read_from_its_file(loading: Callable[[str], Store]) -> None:
    text = """
profile: egen
name: Egna kommun
choices: {levels: [nämnd, enhet]}
terms: {unit: {one: arbetsplats, many: arbetsplatser}}
records:
  municipality: [{name: Egna kommun, area_of_activity: socialtjänst}]
  unit: [{key: ab, name: Äldreboendet, short_name: ÄB, level: enhet, has_health_care: ja}]
  working_group: [{name: Analysgrupp, unit: ab}]
"""
    with loading(text) as store:
        row = store.db.execute("SELECT u.* FROM working_group g JOIN unit u ON u.id = g.unit").fetchone()
        assert (row["name"], row["has_health_care"]) == ("Äldreboendet", 1)
        assert store.terms.entity_label("unit", many=True) == "Arbetsplatser"
        assert store.db.execute("SELECT count(*) FROM statute").fetchone()[0] > 0


HEAD = "profile: egen\nname: Egen\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("records: [", "är inte rätt skriven YAML"),
        ("bara text", "saknar profile, name, records"),
        (HEAD, "saknar records"),
        (HEAD + "records: {unit: [{name: A, short_name: A, colour: röd}]}", "okänt fält: unit.colour"),
        (HEAD + "records: {working_group: [{name: A, unit: borta}]}", "working_group.unit hänvisar till unit borta"),
        (HEAD + "records: {unit: [{name: A, level: enhet}]}", "Kortnamn"),
        (HEAD + "records: {kaniner: [{name: A}]}", "kaniner"),
    ],
)
def test_a_faulty_profile_is_refused_and_leaves_no_file(
    loading: Callable[[str], Store], tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(LskError, match=told):
        loading(text)
    assert [p.name for p in tmp_path.iterdir()] == ["egen.yaml"]


def test_an_unknown_profile_is_answered_with_the_ones_there_are() -> None:
    assert "ragunda" in profile.names()
    with pytest.raises(LskError, match=r"Profilen nowhere finns inte. Välj någon av: .*ragunda"):
        profile.read("nowhere")
