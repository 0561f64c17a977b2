"""Quarters: which is whole, and how they stand under a chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from markupsafe import Markup

Quarter = tuple[int, int]  # year, number


def quarter_of(day: date) -> Quarter:
    return day.year, (day.month + 2) // 3


def quarter_before(quarter: Quarter) -> Quarter:
    year, number = quarter
    return (year, number - 1) if number > 1 else (year - 1, 4)


def last_whole(day: date) -> Quarter:
    """The quarter that the day ends, else the one before it."""
    return quarter_before(quarter_of(day + timedelta(days=1)))


def first_day(quarter: Quarter) -> date:
    return date(quarter[0], quarter[1] * 3 - 2, 1)


def quarter_labels(quarters: Sequence[Quarter]) -> list[tuple[str, str]]:
    """Short names, with the year below the first of each year."""
    return [
        (f"kv {number}", str(year) if place == 0 or number == 1 else "")
        for place, (year, number) in enumerate(quarters)
    ]


def going_on(quarters: Sequence[Quarter], published: date) -> Markup:
    """A caption when the last quarter is not whole: its low bar must not be read as a fall."""
    if not quarters or quarters[-1] <= last_whole(published):
        return Markup("")
    year, number = quarters[-1]
    return Markup(f"<figcaption>Kvartal {number} {year} pågår. Här är det som kommit in hittills.</figcaption>")
