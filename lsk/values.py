"""Between what a person writes and what is stored, both ways."""

from __future__ import annotations

import re
import sqlite3
from datetime import date, timedelta
from typing import Any

from lsk.errors import LskError
from lsk.model.vocabulary import AnyRef, Choice, Computed, Date, Decimal, Field, Flag, Integer, Ref
from lsk.records import entity_of, find, title_of
from lsk.rules.fields import choices, real_date, real_number

YES, NO = {"ja", "j", "1", "x", "sant", "true", "yes"}, {"nej", "n", "0", "falskt", "false", "no"}
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
DAYS = {"idag": 0, "i dag": 0, "igår": -1, "i går": -1, "imorgon": 1, "i morgon": 1}
UNFINISHED_DATE = re.compile(r"[+-]|\d{1,7}|\d{4}-(\d{1,2}(-\d?)?)?|\d{1,2}/(\d{1,2} \d{0,3})?", re.ASCII)
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
UNKNOWN = "–"


def seen(text: str) -> str:
    """The text without control characters: nobody sees them, and Word has no room for them."""
    return UNSEEN.sub("", text)


def parse(db: sqlite3.Connection, field: Field, text: str, today: date | None = None) -> Any:
    """The stored value of what was written; empty and – mean not known (NULL). LskError says what is wrong."""
    text = seen(text).strip()
    if text in ("", UNKNOWN):
        return None
    if isinstance(field, Date):
        return parse_date(text, today or date.today())
    if isinstance(field, Integer):
        if not re.fullmatch(r"-?\d{1,19}", text, re.ASCII):
            raise LskError(f"”{text}” är inget heltal ({field.name}). Skriv bara siffror.")
        return int(text)
    if isinstance(field, Decimal):
        return parse_decimal(text, field.name)
    if isinstance(field, Flag):
        if text.casefold() in YES | NO:
            return int(text.casefold() in YES)
        raise LskError(f"”{text}” ska vara ja eller nej ({field.name}).")
    if isinstance(field, Ref):
        return find(db, field.to, text)[1]
    if isinstance(field, AnyRef):
        return find(db, None, text)[1]
    if isinstance(field, Choice):
        return next((v for v in choices(db, field) if v.casefold() == text.casefold()), text)
    return text


def parse_decimal(text: str, name: str) -> str:
    """A number with decimal comma or point, spaces between thousands, perhaps a percent sign; kept exactly."""
    number = re.sub(r"[\s\u00a0%]", "", text).replace("−", "-").replace(",", ".")
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    if not real_number(number):
        raise LskError(f"”{text}” är inget tal ({name}). Skriv som 97,5.")
    return number


def parse_date(text: str, today: date) -> str:
    """ISO dates, and the words people use: idag, igår, imorgon, +14, -3, fre (the next Friday), 1/12 (the nearest)."""
    word = text.casefold()
    if word in DAYS:
        return (today + timedelta(DAYS[word])).isoformat()
    if re.fullmatch(r"[+-]\d{1,4}", text, re.ASCII):
        return (today + timedelta(int(text))).isoformat()
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= 3 and name.startswith(word):
            return (today + timedelta((number - today.weekday() - 1) % 7 + 1)).isoformat()
    if re.fullmatch(r"\d{8}", text, re.ASCII):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if named := re.fullmatch(r"(\d{1,2})/(\d{1,2})(?: (\d{4}))?", text, re.ASCII):
        text = day_and_month(named[1], named[2], named[3], today) or text
    if not real_date(text):
        raise LskError(f"”{text}” är inget datum. Skriv som 2026-11-03, eller idag, +14, fre, 1/12.")
    return text


def day_and_month(day: str, month: str, year: str | None, today: date) -> str | None:
    """1/12 is the first of December that lies nearest; None when there is no such day in the year meant."""
    years = [int(year)] if year else range(today.year - 1, today.year + 2)
    days = [d for y in years if real_date(d := f"{y:04}-{int(month):02}-{int(day):02}")]
    return min(days, key=lambda d: abs(date.fromisoformat(d) - today), default=None)


def may_become(field: Field, text: str) -> bool:
    """Whether a date or a number that is being written lacks only its end: not right yet, but not wrong either."""
    text = text.strip().casefold()
    if isinstance(field, Date):
        begun = any(word.startswith(text) for word in (*DAYS, *WEEKDAYS))
        return begun or UNFINISHED_DATE.fullmatch(text) is not None
    return isinstance(field, (Integer, Decimal)) and text in ("-", "−")


def shown(db: sqlite3.Connection, field: Field, value: Any) -> str:
    """A stored value as people read it; what is not known is –, and zero is 0."""
    if value is None:
        return UNKNOWN
    if isinstance(field, Flag):
        return "ja" if value else "nej"
    if isinstance(field, Ref):
        return title_of(db, field.to, value)
    if isinstance(field, AnyRef):
        kind = entity_of(db, value)
        return "(borttagen)" if kind is None else title_of(db, kind, value)
    if isinstance(field, Decimal):
        return str(value).replace(".", ",")
    if isinstance(field, Computed) and isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    return str(value)
