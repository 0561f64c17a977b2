"""Probable personal data in free text: a warning in forms, a full stop for a publication (design sections 8 and 9)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

PERSON_NUMBER = "ett troligt personnummer"
PHONE = "ett troligt telefonnummer"
EMAIL = "en e-postadress"
NAME = "ett namn ur personregistret"

DIGITS = re.compile(r"\d(?:[\s\u00a0()+–-]{0,5}\d){7}")  # fewer are no telephone number

GAP = r"[ \u00a0]?[-–+]?[ \u00a0]?"
NUMBER = re.compile(rf"(?<!\d)(?:\d\d)?(\d\d){GAP}(\d\d){GAP}(\d\d){GAP}(\d{{3}})(\d)(?!\d)")
CALL = re.compile(
    r"(?<![\d:/.,§–-])(?:(?:\+|00)46[\s\u00a0-]*(?:\(0\)[\s\u00a0-]*)?|0)[1-9](?:[\s\u00a0–-]{0,3}\d){6,8}(?!\d)"
)
# Sought from the start of a word only: from every letter of it, a pasted text without spaces would take minutes.
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
AS_WRITTEN = re.compile(r"(?:\d\d)?\d{6}[-–+]\d{4}")  # what is written so is meant as one, also with a slip in a digit
LONGEST_NAME = 5  # words


@dataclass(frozen=True)
class Suspicion:
    """What part of a text may point at a person. Where, and of what kind; never the value itself."""

    kind: str
    start: int
    end: int


def suspicions(text: str, names: frozenset[tuple[str, ...]] = frozenset()) -> list[Suspicion]:
    """Everything in ``text`` that may be personal data, in order. ``names`` come from ``register``."""
    found = [Suspicion(EMAIL, m.start(), m.end()) for m in MAIL.finditer(text)]
    found += [Suspicion(PERSON_NUMBER, m.start(), m.end()) for m in NUMBER.finditer(text) if plausible(m)]
    taken = [(s.start, s.end) for s in found]
    for m in CALL.finditer(text):
        if not any(start < m.end() and m.start() < end for start, end in taken):
            found.append(Suspicion(PHONE, m.start(), m.end()))
    found += named(text, names)
    return sorted(found, key=lambda s: (s.start, s.end))


def likely(text: str, first_words: frozenset[str]) -> bool:
    """Whether a text is worth reading closely: many digits, an @ or the first word of a name in the register."""
    if "@" in text or DIGITS.search(text):
        return True
    return bool(first_words) and not first_words.isdisjoint(WORD.findall(text.casefold()))


def plausible(match: re.Match[str]) -> bool:
    """Whether ten digits are a date (a coordination number has 60 added to its day) and the right check digit.

    The check digit may be wrong where the number is written as people write it: one mistyped is a number all the same.
    """
    year, month, day, serial, check = match.groups()
    number = int(day) - 60 if int(day) > 60 else int(day)
    if check_digit(year + month + day + serial) != int(check) and not AS_WRITTEN.fullmatch(match[0]):
        return False
    for century in (1900, 2000):
        with suppress(ValueError):
            date(century + int(year), int(month), number)
            return True
    return False


def check_digit(digits: str) -> int:
    """The tenth digit of a personal identity number, by the Luhn formula over the first nine."""
    total = 0
    for place, digit in enumerate(digits):
        product = int(digit) * (2 - place % 2)
        total += product // 10 + product % 10
    return -total % 10


def register(db: sqlite3.Connection) -> frozenset[tuple[str, ...]]:
    """The names of the file's own persons, folded, first name first and last. One word alone is too common."""
    names = {folded(row[0]) for row in db.execute("SELECT name FROM person")}
    whole = {name for name in names if 2 <= len(name) <= LONGEST_NAME}
    return frozenset(whole | {(*name[1:], name[0]) for name in whole} | {(name[-1], *name[:-1]) for name in whole})


def folded(name: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in WORD.findall(name))


def named(text: str, names: frozenset[tuple[str, ...]]) -> Iterator[Suspicion]:
    """Where a name of the register stands in the text, also in the genitive (Anna Bergs)."""
    words = [(m.group().casefold(), m.start(), m.end()) for m in WORD.finditer(text)] if names else []
    for first in range(len(words)):
        for last in range(first + 1, min(first + LONGEST_NAME, len(words))):
            said = tuple(word for word, _, _ in words[first : last + 1])
            if said in names or (*said[:-1], said[-1].removesuffix("s")) in names:
                yield Suspicion(NAME, words[first][1], words[last][2])
                break
