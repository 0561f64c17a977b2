"""Probable personal data is found in whatever way it is written, and ordinary text is left alone."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsk.personal import EMAIL, NAME, PERSON_NUMBER, PHONE, check_digit, folded, suspicions

days = st.dates(date(1900, 1, 1), date(2026, 12, 31))
words = st.text(string.ascii_lowercase + "åäö ,.", max_size=20).map(lambda text: f" {text} ")


def kinds(text, names=frozenset()):
    return {s.kind for s in suspicions(text, names)}


@given(
    days,
    st.integers(0, 999),
    st.sampled_from(["", "-", "+", " ", " - ", "–"]),
    st.booleans(),
    st.booleans(),
    words,
    words,
)
def test_a_personal_identity_number_is_found(born, serial, gap, century, coordination, before, after):
    day = born.day + 60 * coordination
    nine = f"{born:%y%m}{day:02d}{serial:03d}"
    number = f"{born:%Y}"[:2] * century + nine[:6] + gap + nine[6:] + str(check_digit(nine))
    found = [s for s in suspicions(before + number + after) if s.kind == PERSON_NUMBER]
    assert [(before + number + after)[s.start : s.end] for s in found] == [number]


@given(days, st.integers(0, 999), st.integers(1, 9))
def test_a_wrong_check_digit_is_a_slip_where_it_is_written_as_a_personal_identity_number_and_else_none(
    born, serial, off
):
    nine = f"{born:%y%m%d}{serial:03d}"
    wrong = f"{nine[6:]}{(check_digit(nine) + off) % 10}"
    assert PERSON_NUMBER in kinds(f"Ärende {nine[:6]}-{wrong}")
    assert PERSON_NUMBER not in kinds(f"Ärende {nine[:6]}{wrong}")


def test_the_check_digit_is_that_of_the_tax_agency():
    assert check_digit("811218987") == 6
    assert PERSON_NUMBER in kinds("1981 12 18 9876") and PERSON_NUMBER in kinds("811278-9873")


@pytest.mark.parametrize(
    "number",
    [
        "070-123 45 67",
        "0701234567",
        "070 - 123 45 67",
        "0696-68 20 00",
        "+46 70 123 45 67",
        "+46(0)70-1234567",
        "08-123 456 78",
        "0046 70 123 45 67",
    ],
)
def test_a_telephone_number_is_found(number):
    assert kinds(f"Ring {number}.") == {PHONE}


@given(st.from_regex(r"[a-z][a-z.]{0,8}[a-z]@[a-z]{2,8}\.(se|nu|org)", fullmatch=True), words, words)
def test_an_address_is_found(address, before, after):
    assert EMAIL in kinds(before + address + after)


@pytest.mark.parametrize(
    "text",
    [
        "SOSFS 2011:9, 5 kap. 3 §, HSL (2017:30), SoL 2025:400 14 kap. 3 §",
        "Klart senast 2026-03-01, följs upp 2026-09-30 och 2027-01-15.",
        "Diarienummer KS 2026/0123 och HTN-AVV-26-014, version 1.0, 0,5–1,5 %.",
        "Antal 12 345, 100 000 kr, 2024 2025 2026, kl. 07.30-16.00, sidorna 10-12, id 20260301-2",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert suspicions(text) == []


NAMES = frozenset({folded("Karin Exempelsson"), folded("Exempelsson Karin"), folded("Lo von Ek")})


@pytest.mark.parametrize(
    "text", ["sa karin EXEMPELSSON.", "Karin Exempelssons larm", "Exempelsson, Karin", "Lo von Ek kom"]
)
def test_a_name_of_the_register_is_found(text):
    assert kinds(text, NAMES) == {NAME}


@pytest.mark.parametrize("text", ["Karin och Exempelsson", "Karin Exempel", "en ek", "von Ek"])
def test_a_part_of_a_name_is_not(text):
    assert kinds(text, NAMES) == set()
