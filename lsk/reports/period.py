"""The time a report is about: a year, or a quarter, third, half or some other part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from lsk.errors import Usage

PARTS = {"Q": ("kvartal", 4), "T": ("tertial", 3), "H": ("halvår", 2)}
SPAN = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", re.ASCII)


@dataclass(frozen=True)
class Period:
    """First and last day (ISO), the words for it, and how ``report.period`` may have it written."""

    year: int
    first: str
    last: str
    words: str
    spellings: tuple[str, ...]

    @property
    def whole_year(self) -> bool:
        return self.spellings[0] == str(self.year)

    def until(self, today: date) -> tuple[str, str]:
        """The days that have been: a part of a year is compared with the same part of the year before."""
        return self.first, max(self.first, min(self.last, today.isoformat()))


def read(year: int, text: str | None = None) -> Period:
    """The year, or Q1–Q4, T1–T3, H1–H2, or FROM..TO within it. Usage says what is wrong."""
    if not text:
        return Period(year, f"{year}-01-01", f"{year}-12-31", str(year), (str(year), ""))
    if span := SPAN.fullmatch(text):
        return read_span(year, text, *span.groups())
    letter, number = text[:1].upper(), text[1:]
    name, count = PARTS.get(letter, ("", 0))
    if not (number.isdecimal() and 1 <= int(number) <= count):
        raise Usage(f"Perioden {text} finns inte. Skriv Q1–Q4, T1–T3, H1–H2 eller {year}-01-01..{year}-03-31.")
    months = 12 // count
    first = date(year, (int(number) - 1) * months + 1, 1)
    after = date(year + (int(number) == count), int(number) * months % 12 + 1, 1)
    words = f"{year} {name} {int(number)}"
    spellings = (words, f"{year} {letter}{number}", f"{year}-{letter}{number}", f"{letter}{number}", f"{name} {number}")
    return Period(year, first.isoformat(), (after - timedelta(days=1)).isoformat(), words, spellings)


def read_span(year: int, text: str, first: str, last: str) -> Period:
    try:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise Usage(f"Perioden {text} har en dag som inte finns. Skriv som {year}-01-01..{year}-03-31.") from error
    if ends < begins:
        raise Usage(f"Perioden {text} slutar innan den börjar. Skriv den första dagen först.")
    if begins.year != year or ends.year != year:
        raise Usage(f"Perioden {text} ligger inte i {year}. Ange ett annat --year, eller dagar i {year}.")
    return Period(year, first, last, f"{first} – {last}", (text, f"{first} – {last}"))
