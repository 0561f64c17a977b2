"""Days of the year: due rules, leap days, red days, and how a period is called."""

from __future__ import annotations

from datetime import date

import pytest

from lsk.year.days import due, fault, red
from lsk.year.periods import periods

END_OF_2027 = date(2027, 12, 31)


@pytest.mark.parametrize(
    ("rule", "last", "day"),
    [
        ("03-01", END_OF_2027, "2028-03-01"),
        ("12-31", END_OF_2027, "2027-12-31"),
        ("08-20 samma år", END_OF_2027, "2027-08-20"),
        ("02-29", END_OF_2027, "2028-02-29"),
        ("02-29", date(2026, 12, 31), "2027-02-28"),
        ("+60", END_OF_2027, "2028-02-29"),
        ("+60", date(2026, 12, 31), "2027-03-01"),
        ("+30", date(2027, 2, 28), "2027-03-30"),
        ("+10 vardagar", END_OF_2027, "2028-01-17"),  # New Year's Day and Epiphany lie between
        ("05-01 vardag före", END_OF_2027, "2028-04-28"),
        ("05-01 vardag efter", END_OF_2027, "2028-05-02"),
        ("06-23 samma år vardag efter", END_OF_2027, "2027-06-23"),
        ("06-25 samma år vardag efter", END_OF_2027, "2027-06-28"),  # Midsummer Eve is as a holiday
        ("05-01", END_OF_2027, "2028-05-01"),  # a red day stays where the rule says nothing
    ],
)
def test_a_rule_gives_its_day(rule: str, last: date, day: str) -> None:
    assert fault(rule, "år") == ""
    assert due(rule, last).isoformat() == day


@pytest.mark.parametrize(
    ("rule", "cadence", "words"),
    [
        ("i mars", "år", "går inte att läsa"),
        ("3-1", "år", "går inte att läsa"),
        ("13-01", "år", "ingen dag i almanackan"),
        ("02-30", "år", "ingen dag i almanackan"),
        ("03-01", "kvartal", "en dag om året"),
        ("+1000", "år", "går inte att läsa"),
        ("٠٣-٠١", "år", "går inte att läsa"),
    ],
)
def test_a_rule_that_gives_no_day_says_why(rule: str, cadence: str, words: str) -> None:
    assert words in fault(rule, cadence)


def test_red_days_are_the_swedish_ones() -> None:
    days = ("2027-01-06", "2027-03-26", "2027-05-06", "2027-06-06", "2027-06-25", "2027-11-06", "2027-12-24")
    assert all(red(date.fromisoformat(day)) for day in days)
    assert not any(red(date.fromisoformat(day)) for day in ("2027-01-05", "2027-04-01", "2027-06-24", "2027-12-23"))


def test_periods_are_whole_and_named() -> None:
    quarters = periods("kvartal", date(2027, 2, 1), date(2028, 3, 31))
    assert [(name, last.isoformat()) for name, last in quarters] == [
        ("2027 kvartal 1", "2027-03-31"), ("2027 kvartal 2", "2027-06-30"), ("2027 kvartal 3", "2027-09-30"),
        ("2027 kvartal 4", "2027-12-31"), ("2028 kvartal 1", "2028-03-31"),
    ]  # fmt: skip
    assert periods("år", date(2027, 1, 1), date(2027, 12, 30)) == []
    assert periods("månad", date(2028, 2, 1), date(2028, 3, 1)) == [("2028 månad 2", date(2028, 2, 29))]
