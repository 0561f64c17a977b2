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
WEEKDAYS = ("mån", "tis", "ons", "tor", "fre", "lör", "sön")
UNKNOWN = "–"


def parse(db: sqlite3.Connection, field: Field, text: str, today: date | None = None) -> Any:
    """The stored value of what was written; empty and – mean not known (NULL). LskError says what is wrong."""
    text = text.strip()
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
    """ISO dates, and the words people use: idag, igår, imorgon, +14, -3, fre (the next Friday)."""
    word = text.casefold()
    days = {"idag": 0, "i dag": 0, "igår": -1, "i går": -1, "imorgon": 1, "i morgon": 1}
    if word in days:
        return (today + timedelta(days[word])).isoformat()
    if re.fullmatch(r"[+-]\d{1,4}", text, re.ASCII):
        return (today + timedelta(int(text))).isoformat()
    if word[:3] in WEEKDAYS and word.removesuffix("dag") in (*WEEKDAYS, "månd", "tisd", "onsd", "torsd", "fred"):
        ahead = (WEEKDAYS.index(word[:3]) - today.weekday() - 1) % 7 + 1
        return (today + timedelta(ahead)).isoformat()
    if re.fullmatch(r"\d{8}", text, re.ASCII):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if not real_date(text):
        raise LskError(f"”{text}” är inget datum. Skriv som 2026-11-03, eller idag, +14, fre.")
    return text


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
