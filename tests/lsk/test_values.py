"""What people write becomes what is stored, and what is stored is shown as people read it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsk.change import Record
from lsk.errors import LskError
from lsk.model import entity
from lsk.model.vocabulary import Computed, Date, Field, Flag, Integer, Text
from lsk.store import Store
from lsk.values import may_become, parse, parse_date, shown

Add = Callable[..., Record]
TUESDAY = date(2026, 11, 3)
NO_FILE = sqlite3.connect(":memory:")  # dates, numbers, yes and no need none
DAY, NUMBER, FLAG = Date("day"), Integer("number"), Flag("flag")


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2026-11-03", "2026-11-03"),
        ("20261103", "2026-11-03"),
        (" 2028-02-29 ", "2028-02-29"),
        ("idag", "2026-11-03"),
        ("Idag", "2026-11-03"),
        ("igår", "2026-11-02"),
        ("i morgon", "2026-11-04"),
        ("+14", "2026-11-17"),
        ("-3", "2026-10-31"),
        ("fre", "2026-11-06"),
        ("fredag", "2026-11-06"),
        ("mån", "2026-11-09"),
        ("tis", "2026-11-10"),  # today is a Tuesday: the next one
        ("Söndag", "2026-11-08"),
        ("torsdag", "2026-11-05"),
        ("1/12", "2026-12-01"),
        ("30/10", "2026-10-30"),
        ("2/1", "2027-01-02"),  # the nearest one
        ("29/2 2028", "2028-02-29"),
    ],
)
def test_dates_are_written_as_people_write_them(written: str, stored: str) -> None:
    assert parse(NO_FILE, DAY, written, TUESDAY) == stored


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-30",
        "2026-13-01",
        "03/11/2026",
        "31/6",
        "29/2 2027",
        "1/13",
        "i fjol",
        "3 nov",
        "2026",
        "freak",
        "+99999",
        "２０２６-１１-０３",
        "20260230",
    ],
)
def test_what_is_no_date_is_refused_with_how_to_write_one(written: str) -> None:
    with pytest.raises(LskError, match=r"är inget datum. Skriv som 2026-11-03"):
        parse(NO_FILE, DAY, written, TUESDAY)


@pytest.mark.parametrize("whole", ["2026-11-03", "20261103", "idag", "i morgon", "torsdag", "+14", "1/12", "1/2 2028"])
def test_every_beginning_of_a_date_may_become_one(whole: str) -> None:
    assert parse_date(whole, TUESDAY)
    for end in range(1, len(whole)):
        begun = whole[:end]
        try:
            parse(NO_FILE, DAY, begun, TUESDAY)
        except LskError:
            assert may_become(DAY, begun), begun


@pytest.mark.parametrize("never", ["2026-02-30", "frx", "31/6", "hej", "20260230", "2026-11-033"])
def test_what_can_no_longer_become_a_date_is_known(never: str) -> None:
    assert not may_become(DAY, never)


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        stored = parse_date(text, TUESDAY)
    except LskError:
        return
    assert date.fromisoformat(stored).isoformat() == stored


@pytest.mark.parametrize(
    ("written", "stored"), [("ja", 1), ("J", 1), ("1", 1), ("x", 1), ("Nej", 0), ("0", 0), ("", None), ("–", None)]
)
def test_yes_and_no(written: str, stored: int | None) -> None:
    assert parse(NO_FILE, FLAG, written) == stored


@pytest.mark.parametrize(
    ("written", "stored"), [("0", 0), ("-7", -7), (" 12 ", 12), (str(2**63 - 1), 2**63 - 1), ("", None)]
)
def test_whole_numbers(written: str, stored: int | None) -> None:
    assert parse(NO_FILE, NUMBER, written) == stored


@pytest.mark.parametrize("written", ["1,5", "1.5", "ett", "1 000", "٣", "9" * 5000, "--1"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(LskError, match=r"är inget heltal \(number\)"):
        parse(NO_FILE, NUMBER, written)


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(LskError, match=r"”kanske” ska vara ja eller nej \(flag\)"):
        parse(NO_FILE, FLAG, "kanske")


def test_a_choice_is_found_whatever_its_case(ragunda: Store) -> None:
    kind, status = entity("deviation").field("kind"), entity("deviation").field("status")
    assert parse(ragunda.db, kind, "RISK FÖR VÅRDSKADA") == "risk för vårdskada"
    assert parse(ragunda.db, status, "Åtgärdas") == "åtgärdas"
    assert (
        parse(ragunda.db, kind, "katastrof") == "katastrof"
    )  # judged, with the words to choose from, when it is saved


def test_a_reference_is_written_as_the_name_of_what_it_means(ragunda: Store, add: Add) -> None:
    unit = ragunda.db.execute("SELECT id, ref FROM unit WHERE short_name = 'HTN'").fetchone()
    field = entity("deviation").field("unit")
    assert {parse(ragunda.db, field, text) for text in ("htn", "Hemtjänst norr", unit["ref"], unit["id"])} == {
        unit["id"]
    }
    made = add("deviation", kind="avvikelse", unit="HTN", received_on="idag", what_happened="Sent")
    assert parse(ragunda.db, entity("action").field("origin"), made.ref) == made.id


@pytest.mark.parametrize(
    ("field", "stored", "read"),
    [
        (Text("t"), None, "–"),
        (NUMBER, 0, "0"),
        (NUMBER, None, "–"),
        (FLAG, 0, "nej"),
        (FLAG, 1, "ja"),
        (FLAG, None, "–"),
        (DAY, "2026-11-03", "2026-11-03"),
        (Computed("c"), 66.7, "66,7"),
        (Computed("c"), 100.0, "100"),
        (Computed("c"), None, "–"),
        (Text("t"), "Å", "Å"),
    ],
)
def test_what_is_not_known_is_a_dash_and_zero_is_zero(field: Field, stored: Any, read: str) -> None:
    assert shown(NO_FILE, field, stored) == read


def test_a_reference_is_shown_as_what_it_means(ragunda: Store, add: Add) -> None:
    unit = ragunda.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()[0]
    assert shown(ragunda.db, entity("deviation").field("unit"), unit) == "Hemtjänst norr"
    origin = entity("action").field("origin")
    made = add("deviation", kind="avvikelse", unit="HTN", received_on="idag", what_happened="Maten kom sent")
    assert shown(ragunda.db, origin, made.id) == "Maten kom sent"
    assert shown(ragunda.db, origin, "0" * 36) == "(borttagen)"


def test_what_cannot_be_seen_is_not_stored() -> None:
    """A text pasted with a bell or a null is kept without it."""
    assert parse(NO_FILE, Text("note"), "  Hon\x00 ringde\x07\nigen å\u0308\t✓ ") == "Hon ringde\nigen å\u0308\t✓"
    assert parse(NO_FILE, Text("note"), "\x1b") is None
