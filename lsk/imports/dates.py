"""Dates as people and spreadsheets write them. What is not certain is not guessed: the text itself is kept instead."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
LONG_MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?Z?$", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2| )(\d{4})", re.ASCII)
WITH_MONTH = re.compile(r"(\d{1,2}) ?([a-zåäö]+)\.? ?(\d{4})", re.IGNORECASE)
SEVERAL = re.compile(r"(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)", re.ASCII)
SERIAL = re.compile(r"[2-7]\d{4}([.,]0+)?", re.ASCII)  # 1954–2119
EXCEL_EPOCH = date(1899, 12, 30)


class Read(NamedTuple):
    """What a cell says: the date, or None; and why its text must be kept beside it, or nothing."""

    value: str | None
    why: str = ""


def read_date(text: str) -> Read:
    """The date that ``text`` certainly is. Signs around it, or an order turned about, are kept as text as well."""
    text = text.strip()
    if plain := plain_date(text):
        return Read(plain)
    inner = text.strip("[](){}<>\"'* ")
    if inner != text and (plain := plain_date(inner)):
        return Read(plain, "tecken runt datumet")
    if match := DAY_FIRST.fullmatch(text):
        return day_first(int(match[1]), int(match[3]), int(match[4]))
    if len(SEVERAL.findall(text)) > 1:
        return Read(None, "flera datum i samma cell")
    if is_serial(text):
        return Read(None, "kan vara ett datum ur Excel; läs kolumnen med --excel-dates")
    return Read(None, "inget datum som går att läsa säkert")


def plain_date(text: str) -> str | None:
    """A date with the year first, or with its month in words; time at midnight is what a spreadsheet adds."""
    text = MIDNIGHT.sub("", text)
    if match := YEAR_FIRST.fullmatch(text):
        return real(int(match[1]), int(match[3]), int(match[4]))
    if match := EIGHT_DIGITS.fullmatch(text):
        return real(*map(int, match.groups()))
    if match := WITH_MONTH.fullmatch(text):
        month = month_called(match[2].casefold())
        return real(int(match[3]), month, int(match[1])) if month else None
    return None


def month_called(word: str) -> int | None:
    names = LONG_MONTHS if word in LONG_MONTHS else MONTHS
    return names.index(word) + 1 if word in names else None


def day_first(first: int, second: int, year: int) -> Read:
    """Two numbers before the year: read only when one of them cannot be a month, or they are the same."""
    days = {day for day in (real(year, second, first), real(year, first, second)) if day}
    if len(days) == 1:
        return Read(days.pop(), "dag och månad före året")
    if days:
        return Read(None, f"tvetydigt: {' eller '.join(sorted(days))}")
    return Read(None, "inget datum som finns")


def real(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def is_serial(text: str) -> bool:
    """Whether a cell may be a day number of Excel's."""
    return SERIAL.fullmatch(text.strip()) is not None


def from_serial(text: str) -> Read:
    """The date of Excel's day number."""
    if not is_serial(text):
        return read_date(text)
    return Read((EXCEL_EPOCH + timedelta(int(text.strip()[:5]))).isoformat())
