"""Records are listed in Swedish order a page at a time, found by what people call them, and know what leans on them."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsk import records
from lsk.change import Record
from lsk.errors import LskError, Refused
from lsk.model import ENTITIES
from lsk.model.vocabulary import Text
from lsk.store import Store

Add = Callable[..., Record]
NAMES = ["Adam", "Zeb", "Åsa", "ängel", "Älg", "Öland", "åre", "adam", "Émile", "Emilia", "Østen", "Über"]
SWEDISH = ["adam", "Adam", "Émile", "Emilia", "Über", "Zeb", "åre", "Åsa", "Älg", "ängel", "Öland", "Østen"]
DEVIATION = {"kind": "avvikelse", "unit": "HTN", "received_on": "2026-11-03", "what_happened": "Maten kom för sent"}


# --- order ------------------------------------------------------------------------------------------------------------


def test_any_tool_can_list_in_swedish_order(ragunda: Store, add: Add) -> None:
    for name in NAMES:
        add("person", name=name)
    with closing(sqlite3.connect(ragunda.path)) as other:
        rows = other.execute("SELECT name FROM person ORDER BY name_sort, name DESC").fetchall()
    assert [row[0] for row in rows] == SWEDISH


def test_every_kind_is_listed_in_the_order_people_expect(ragunda: Store, add: Add) -> None:
    for name in NAMES:
        add("person", name=name)
    listed = [row["name"].casefold() for row in records.select(ragunda.db, "person")]
    assert listed == [name.casefold() for name in SWEDISH]
    for day in ("2026-01-02", "2026-11-03", "2025-12-31"):
        add("deviation", **{**DEVIATION, "received_on": day})
    days = [row["received_on"] for row in records.select(ragunda.db, "deviation")]
    assert days == ["2026-11-03", "2026-01-02", "2025-12-31"]


def test_a_list_is_ordered_by_what_a_reference_is_called(ragunda: Store, add: Add) -> None:
    for name in ("Ö", "A", "Å"):
        add("unit", name=name, short_name=name, level="enhet")
        add("deviation", **{**DEVIATION, "unit": name})
    rows = records.select(ragunda.db, "deviation", sort="unit")
    assert [records.title_of(ragunda.db, "unit", row["unit"]) for row in rows] == ["A", "Å", "Ö"]


def test_the_default_order_of_large_kinds_uses_an_index(ragunda: Store) -> None:
    for name in ("deviation", "action", "person", "self_check_round"):
        sort, descending = records.default_sort(ENTITIES[name])
        key, way = records.sort_column(ENTITIES[name], sort), "DESC" if descending else "ASC"
        plan = ragunda.db.execute(
            f"""EXPLAIN QUERY PLAN SELECT * FROM "{name}" t
                WHERE ({key}, t.id) > (?, ?) ORDER BY {key} {way}, t.id {way}""",
            ("", ""),
        ).fetchall()
        assert f"USING INDEX ix_{name}_" in plan[0]["detail"], name
        assert len(plan) == 1, "records of the same day are not sorted once more"


# --- pages ------------------------------------------------------------------------------------------------------------

VALUES = {
    "text": st.one_of(st.none(), st.sampled_from(["Å", "a", "ö", "A", "", "b c"])),
    "date": st.one_of(st.none(), st.sampled_from(["2026-01-01", "2026-02-28"])),
    "number": st.one_of(st.none(), st.integers(1, 3)),
    "effort": st.one_of(st.none(), st.sampled_from(["låg", "hög"])),
}
SORTS = [
    "text",
    "status",
    "unit",
    "proposed_on",
    "priority",
    "quadrant",
    "ref",
    "id",
    "result",
    "origin",
    "responsible_role",
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.fixed_dictionaries(VALUES), max_size=12),
    sort=st.sampled_from(SORTS),
    descending=st.booleans(),
    size=st.integers(1, 4),
)
def test_pages_put_together_are_the_whole_list(
    rows: list[dict[str, Any]], sort: str, descending: bool, size: int, paging_file: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(":memory:")) as memory, closing(sqlite3.connect(paging_file)) as source:
        source.backup(memory)
        memory.row_factory = sqlite3.Row
        unit = memory.execute("SELECT id FROM unit").fetchone()[0]
        memory.executemany(
            """INSERT INTO action(text, unit, result, proposed_on, priority, resource_input, improvement)
               VALUES ('Ändra', ?, ?, ?, ?, ?, 'stor')""",
            [(unit, row["text"], row["date"], row["number"], row["effort"]) for row in rows],
        )
        order = {"sort": sort, "descending": descending}
        whole = [row["id"] for row in records.select(memory, "action", limit=99, **order)]
        paged: list[str] = []
        after = None
        while page := records.select(memory, "action", limit=size, after=after, **order):
            paged += [row["id"] for row in page]
            after = (page[-1]["_sort"], page[-1]["id"])
            assert after == records.sort_value(memory, "action", page[-1]["id"], sort)
        assert paged == whole
        assert len(whole) == len(rows)


@pytest.fixture(scope="module")
def paging_file(ragunda_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sidor") / "fil.db"
    shutil.copyfile(ragunda_file, path)
    return path


def test_every_field_of_every_kind_can_be_sorted_and_paged(ragunda: Store) -> None:
    for name, entity in ENTITIES.items():
        for field in ("id", "ref", *(f.name for f in entity.all_fields)):
            first = records.select(ragunda.db, name, sort=field, limit=1)
            after = (first[0]["_sort"], first[0]["id"]) if first else None
            assert after is None or after[0] is not None, f"{name}.{field}"
            records.select(ragunda.db, name, sort=field, limit=1, after=after)


def test_a_list_can_be_narrowed_and_counted(ragunda: Store, add: Add) -> None:
    add("deviation", **DEVIATION)
    add("deviation", **{**DEVIATION, "origin": "extern"})
    narrow = {"where": "t.origin = ?", "params": ("extern",)}
    assert [row["origin"] for row in records.select(ragunda.db, "deviation", **narrow)] == ["extern"]
    assert (records.count(ragunda.db, "deviation"), records.count(ragunda.db, "deviation", **narrow)) == (2, 1)


# --- computed ---------------------------------------------------------------------------------------------------------


def test_computed_values_are_worked_out_when_read(ragunda: Store, add: Add) -> None:
    check = add("self_check", name="Loggar", frequency="månad", unit="HTN")
    made = add(
        "self_check_round", self_check=check.id, period="2026-01", due="2026-01-31", checked_count=3, compliant_count=2
    )
    empty = add(
        "self_check_round", self_check=check.id, period="2026-02", due="2026-02-28", checked_count=0, compliant_count=0
    )
    row, nothing = (records.one(ragunda.db, "self_check_round", r.id) for r in (made, empty))
    assert row is not None and nothing is not None
    assert (row["share"], nothing["share"]) == (66.7, None)
    described = {
        "scenario": "Nytt schema",
        "impact_users": "Mat i tid",
        "impact_staff": "Inget",
        "impact_economy": "0 kr",
    }
    action = add("action", text="Ändra", unit="HTN", resource_input="låg", improvement="stor", **described)
    assert records.select(ragunda.db, "action")[0]["quadrant"] == "EFFEKTIV FÖRÄNDRING"
    assert records.one(ragunda.db, "action", "0" * 36) is None
    assert records.entity_of(ragunda.db, action.id) == "action"
    assert records.entity_of(ragunda.db, "0" * 36) is None


# --- found by name ----------------------------------------------------------------------------------------------------


def test_a_record_is_found_by_everything_people_call_it(ragunda: Store) -> None:
    row = ragunda.db.execute("SELECT id, ref FROM unit WHERE short_name = 'HTN'").fetchone()
    for text in (row["id"], row["ref"], "HTN", "htn", "Hemtjänst norr", "HEMTJÄNST NORR"):
        assert records.find(ragunda.db, "unit", text) == ("unit", row["id"]), text
    assert records.find(ragunda.db, None, row["ref"]) == ("unit", row["id"])
    assert records.find(ragunda.db, None, row["id"]) == ("unit", row["id"])


def test_a_name_that_several_bear_is_refused_with_their_references(ragunda: Store, add: Add) -> None:
    first, second = add("person", name="Åsa Ek"), add("person", name="åsa ek")
    with pytest.raises(LskError, match=f"Flera personer heter Åsa Ek: {first.ref}, {second.ref}. Ange beteckningen"):
        records.find(ragunda.db, "person", "Åsa Ek")
    assert records.find(ragunda.db, "person", second.ref) == ("person", second.id)


def test_a_reference_that_several_bear_is_refused(ragunda: Store, add: Add) -> None:
    first, _ = add("person", name="Åsa"), add("person", name="Bo")
    ragunda.db.execute("UPDATE person SET ref = ?", (first.ref,))
    with pytest.raises(LskError, match="Flera poster har beteckningen"):
        records.find(ragunda.db, None, first.ref)
    assert records.find(ragunda.db, None, first.id) == ("person", first.id)


def test_an_unknown_name_is_answered_with_the_names_there_are(ragunda: Store, add: Add) -> None:
    with pytest.raises(LskError, match=r"Det finns ingen post av slaget enhet som heter HTX. Det finns: .*HTN"):
        records.find(ragunda.db, "unit", "HTX")
    with pytest.raises(LskError, match="Registret är tomt; lägg till med: lsk add FIL person"):
        records.find(ragunda.db, "person", "Åsa")
    with pytest.raises(LskError, match="Se alla med: lsk list FIL provision"):
        records.find(ragunda.db, "provision", "99 kap. 99 §")
    with pytest.raises(LskError, match="Ingen post har beteckningen HK-AVV-26-999"):
        records.find(ragunda.db, None, "HK-AVV-26-999")


@pytest.mark.parametrize("text", ["deviation", "avvikelse", "Avvikelser", "deviations", "avvikelsen"])
def test_a_kind_is_named_in_swedish_or_english(text: str) -> None:
    assert records.entity_called(text) == "deviation"


def test_an_unknown_kind_is_answered_with_the_kinds_there_are() -> None:
    with pytest.raises(LskError, match=r"”kaniner” är inget slag av post. Det finns: .*avvikelse"):
        records.entity_called("kaniner")


def test_every_record_has_a_title(ragunda: Store, add: Add) -> None:
    person = add("person", name="Åsa Ek")
    role = records.find(ragunda.db, "role", "socialchef")[1]
    assignment = add("assignment", person=person.id, role=role, valid_from="2026-01-01")
    assert records.title_of(ragunda.db, "assignment", assignment.id) == "Åsa Ek"
    assert records.title_of(ragunda.db, "person", None) == "–"
    assert records.title_of(ragunda.db, "person", "0" * 36) == "(borttagen)"
    for name in ENTITIES:
        for row in ragunda.db.execute(f'SELECT id FROM "{name}" LIMIT 3').fetchall():
            assert records.title_of(ragunda.db, name, row["id"]) not in ("", "–", "None"), name


# --- related ----------------------------------------------------------------------------------------------------------


def test_a_record_knows_what_leans_on_it(ragunda: Store, add: Add) -> None:
    deviation = add("deviation", **DEVIATION)
    add("investigation", deviation=deviation.id, kind="ordinär")
    add("action", text="Ändra", unit="HTN", origin=deviation.id)
    add("action", text="Mer", unit="HTN", origin=deviation.id)
    assert sorted(records.related(ragunda.db, "deviation", deviation.id)) == [
        ("action", "origin", 2),
        ("investigation", "deviation", 1),
    ]


def test_a_record_that_others_lean_on_is_not_deleted(ragunda: Store, add: Add) -> None:
    deviation = add("deviation", **DEVIATION)
    investigation = add("investigation", deviation=deviation.id, kind="ordinär")
    with pytest.raises(LskError, match=r"Maten kom för sent kan inte tas bort: 1 .*tredning hör hit"):
        delete(ragunda, "deviation", deviation.id)
    delete(ragunda, "investigation", investigation.id)
    delete(ragunda, "deviation", deviation.id)
    with pytest.raises(LskError, match="Avvikelsen finns inte längre"):
        delete(ragunda, "deviation", deviation.id)
    with pytest.raises(LskError, match="Avvikelsen finns inte längre"), ragunda.change("Anna") as change:
        change.update("deviation", deviation.id, {"kind": "klagomål"})


def delete(store: Store, name: str, record: str) -> None:
    with store.change("Anna") as change:
        change.delete(name, record)


# --- what a record may hold -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("deviation", {"kind": "katastrof"}, "kan inte vara ”katastrof”. Välj något av: avvikelse"),
        ("deviation", {"received_on": "2026-02-30"}, "ska vara ett datum som 2026-11-03"),
        ("deviation", {"selected_for_report": 7}, "ska vara ja eller nej"),
        ("deviation", {"unit": "HTN"}, "pekar inte på någon post: ”HTN”"),
        ("action", {"priority": 0}, "ska vara minst 1"),
        ("action", {"priority": 2**63}, "är ett för stort tal"),
        ("action", {"priority": "två"}, "ska vara ett heltal"),
        ("action", {"text": ""}, r"\(text\) saknas och måste fyllas i"),
    ],
)
def test_a_faulty_field_is_refused_by_name_in_a_new_and_in_an_old_record(
    ragunda: Store, add: Add, name: str, values: dict[str, Any], told: str
) -> None:
    unit = records.find(ragunda.db, "unit", "HTN")[1]
    good = {"deviation": {**DEVIATION, "unit": unit}, "action": {"text": "Ändra", "unit": unit}}[name]
    old = add(name, **{**good, "unit": "HTN"})
    with pytest.raises(Refused, match=told), ragunda.change("Anna") as change:
        change.insert(name, {**good, **values})
    with pytest.raises(Refused, match=told), ragunda.change("Anna") as change:
        change.update(name, old.id, values)
    assert records.count(ragunda.db, name) == 1


def test_a_field_that_does_not_exist_is_refused(ragunda: Store, add: Add) -> None:
    made = add("deviation", **DEVIATION)
    for write in ("insert", "update"):
        with (
            pytest.raises(LskError, match="Avvikelse har inget fält som heter colour"),
            ragunda.change("Anna") as change,
        ):
            about = ("deviation", made.id) if write == "update" else ("deviation",)
            getattr(change, write)(*about, {"colour": "röd"})
    with ragunda.change("Anna") as change:
        change.update("deviation", made.id, {})
        assert change.operations == 0


def test_the_same_computed_record_is_not_made_twice(ragunda: Store, add: Add) -> None:
    check = add("self_check", name="Loggar", frequency="månad", unit="HTN")
    values = {"self_check": check.id, "period": "2026-01", "due": "2026-01-31"}
    add("self_check_round", **values)
    with pytest.raises(Refused, match="Posten finns redan"):
        add("self_check_round", **values)


def test_texts_sort_the_same_in_sql_and_in_the_declared_columns() -> None:
    """The ASCII trick of the sort key holds for any mix of letters that Swedish names use."""
    alphabet = "aAbzZåÅäÄöÖ"
    rank = {c: i for i, c in enumerate("abcdefghijklmnopqrstuvwxyzåäö")}
    words = ["".join(random.Random(n).choices(alphabet, k=3)) for n in range(60)]
    key = records.sort_column(ENTITIES["person"], "title")
    assert isinstance(ENTITIES["person"].field("title"), Text)
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE person(title TEXT)")
        db.executemany("INSERT INTO person VALUES (?)", [(word,) for word in words])
        ordered = [row[0].lower() for row in db.execute(f"SELECT title FROM person t ORDER BY {key}")]
    assert ordered == sorted((word.lower() for word in words), key=lambda word: [rank[c] for c in word])
