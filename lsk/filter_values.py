"""What stands after the colon in a filter, for each sort of field, as SQL over t."""

from __future__ import annotations

import re
import sqlite3
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any

from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Choice, Computed, Date, Decimal, Field, Flag, Integer, Ref
from lsk.records import SHORT, called
from lsk.rules.fields import choices
from lsk.schema import sort_key
from lsk.store import Store
from lsk.values import NO, YES, parse_date

SQL = tuple[str, list[Any]]
NOTHING: SQL = ("", [])
EMPTY = ("tom", "tomt", "–")
COMPARED = re.compile(r"(<=|>=|<|>|=)?(.*)", re.DOTALL)
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)
FIRST, LAST = "0001-01-01", "9999-12-31"
TOLD = 8  # names told in a sentence


class Fault(LskError):
    """The filter cannot be understood; the sentence says what can be written."""


def either(parts: Sequence[SQL]) -> SQL:
    return " OR ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def matching(store: Store, field: Field, label: str, text: str, quoted: bool) -> SQL:
    """Records whose ``field`` is what ``text`` says; ``tom`` finds those where nothing is filled in."""
    column = f"({field.sql})" if isinstance(field, Computed) else f't."{field.name}"'
    if text.casefold() in EMPTY and not quoted:
        return f"{column} IS NULL", []
    if isinstance(field, Date):
        return within_dates(column, label, text, store.today)
    if isinstance(field, (Integer, Decimal)):
        return compared(column, label, text)
    if isinstance(field, Computed):
        return compared(column, label, text) if NUMBER.search(text) else alike(column, f"{escaped(text)}%")
    # A comma stands between words of which either will do.
    said = [text] if quoted else [part for part in text.split(",") if part]
    return either([of_word(store, field, column, label, word) for word in said])


def of_word(store: Store, field: Field, column: str, label: str, word: str) -> SQL:
    if isinstance(field, Flag):
        return flagged(column, label, word)
    if isinstance(field, Choice):
        return chosen(store.db, field, column, label, word)
    if isinstance(field, Ref):
        return referring(store, (field.to,), column, label, word)
    if isinstance(field, AnyRef):
        return referring(store, field.to or tuple(ENTITIES), column, label, word)
    return containing(column, word)


def flagged(column: str, label: str, word: str) -> SQL:
    if word.casefold() not in YES | NO:
        raise Fault(f"”{label}” är ja eller nej, inte ”{word}”. Skriv ja, nej eller tom.")
    return f"{column} = ?", [int(word.casefold() in YES)]


def chosen(db: sqlite3.Connection, field: Choice, column: str, label: str, word: str) -> SQL:
    """The one so called, else all that begin so."""
    known = choices(db, field)
    if not known:
        return containing(column, word)
    asked = word.casefold()
    found = [v for v in known if v.casefold() == asked] or [v for v in known if v.casefold().startswith(asked)]
    if not found:
        raise Fault(f"”{label}” kan inte vara ”{word}”. Skriv något av: {', '.join(known)}.")
    return f"{column} IN ({', '.join('?' * len(found))})", list(found)


# --- text ------------------------------------------------------------------------------------------------------------


def escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def alike(column: str, pattern: str) -> SQL:
    """LIKE for which Å and å are one letter; SQLite's own knows that only of A–Z, and is quicker."""
    if pattern.isascii():
        return f"{column} LIKE ? ESCAPE '!'", [pattern]
    return f"{sort_key(column)} LIKE {sort_key('?')} ESCAPE '!'", [pattern]


def containing(column: str, text: str) -> SQL:
    return alike(column, f"%{escaped(text)}%")


# --- references ------------------------------------------------------------------------------------------------------


def referring(store: Store, kinds: tuple[str, ...], column: str, label: str, word: str) -> SQL:
    """What points at a record so called: exactly so, else a word of whose name begins so, else within its name."""
    for way in (exactly, beginning, inside):
        found: list[SQL] = []
        for kind in kinds:
            where, params = named(kind, "x", word, way)
            if store.db.execute(f'SELECT 1 FROM "{kind}" x WHERE {where} LIMIT 1', params).fetchone():
                found.append((f'{column} IN (SELECT x.id FROM "{kind}" x WHERE {where})', params))
        if found:
            return either(found)
    raise Fault(f"”{label}”: ingenting heter ”{word}”. {there_is(store.db, kinds)}")


def named(kind: str, alias: str, word: str, way: Any) -> SQL:
    """SQL for being called so; what is named only by another record is called as that one is."""
    title = ENTITIES[kind].field(ENTITIES[kind].title)
    names = [f'{alias}."{name}"' for name in ("ref", *called(kind))]
    parts: list[SQL] = [way(name, word) for name in names]
    if isinstance(title, Ref) and title.to != kind:
        other = f"{alias}x"
        where, params = named(title.to, other, word, way)
        parts.append((f'{alias}."{title.name}" IN (SELECT {other}.id FROM "{title.to}" {other} WHERE {where})', params))
    return either(parts)


def exactly(column: str, word: str) -> SQL:
    return alike(column, escaped(word))


def beginning(column: str, word: str) -> SQL:
    return either([alike(column, f"{escaped(word)}%"), alike(column, f"% {escaped(word)}%")])


def inside(column: str, word: str) -> SQL:
    return containing(column, word)


def there_is(db: sqlite3.Connection, kinds: tuple[str, ...]) -> str:
    names = [name for kind in kinds[:1] for name in names_of(db, kind, "", TOLD + 1)]
    more = " …" if len(names) > TOLD or len(kinds) > 1 else "."
    return f"Det finns {', '.join(names[:TOLD])}{more}" if names else "Registret är tomt."


def names_of(db: sqlite3.Connection, kind: str, begins: str, most: int) -> list[str]:
    """What records of a kind are called for short, those whose short or whole name begins so."""
    names = [f'x."{name}"' for name in called(kind)]
    if not names:
        title = ENTITIES[kind].field(ENTITIES[kind].title)
        return names_of(db, title.to, begins, most) if isinstance(title, Ref) and title.to != kind else []
    where, params = either([beginning(name, begins) for name in names])
    short = f"coalesce({', '.join(names)}, x.ref)" if called(kind)[0] in SHORT else f"ifnull({names[0]}, x.ref)"
    rows = db.execute(f'SELECT DISTINCT {short} FROM "{kind}" x WHERE {where} ORDER BY 1 LIMIT ?', (*params, most))
    return [str(row[0]) for row in rows if row[0] is not None]


# --- numbers and days ------------------------------------------------------------------------------------------------


def compared(column: str, label: str, text: str) -> SQL:
    """12, >=12, 3..5. What is not known is neither more nor less."""
    first, dots, last = text.partition("..")
    number = f"CAST({column} AS REAL)"
    if dots and all(not end or NUMBER.fullmatch(end) for end in (first, last)) and (first or last):
        parts = [f"{number} {sign} ?" for end, sign in ((first, ">="), (last, "<=")) if end]
        return f"{column} IS NOT NULL AND {' AND '.join(parts)}", [real(end) for end in (first, last) if end]
    match = COMPARED.fullmatch(text)
    assert match is not None  # it matches anything
    if not NUMBER.fullmatch(match[2]):
        raise Fault(f"”{label}” är ett tal, och ”{text}” är inget. Skriv till exempel 12, >=12 eller 3..5.")
    return f"{column} IS NOT NULL AND {number} {match[1] or '='} ?", [real(match[2])]


def real(text: str) -> float:
    return float(text.replace(",", "."))


def within_dates(column: str, label: str, text: str, today: date) -> SQL:
    first, last = day_span(label, text, today)
    return f"{column} BETWEEN ? AND ?", [first, last]


def day_span(label: str, text: str, today: date) -> tuple[str, str]:
    """The first and the last day that is meant: 2026, 2026-11, <2026-12-01, >=-30, 2026-01..2026-06, idag."""
    try:
        begin, dots, end = text.partition("..")
        if dots and (begin or end):
            return in_order(text, days(begin, today)[0] if begin else FIRST, days(end, today)[1] if end else LAST)
        match = COMPARED.fullmatch(text)
        assert match is not None  # it matches anything
        first, last = days(match[2], today)
    except Fault:
        raise
    except LskError as error:
        raise Fault(
            f"”{label}” är ett datum, och ”{text}” är inget. "
            "Skriv till exempel 2026, 2026-11, idag, <2026-12-01, >=-30 eller 2026-01..2026-06."
        ) from error
    spans = {"<": (FIRST, before(first)), "<=": (FIRST, last), ">": (after(last), LAST), ">=": (first, LAST)}
    return spans.get(match[1] or "", (first, last))


def in_order(text: str, first: str, last: str) -> tuple[str, str]:
    if last < first:
        raise Fault(f"”{text}” slutar innan det börjar. Skriv den första dagen först.")
    return first, last


def days(text: str, today: date) -> tuple[str, str]:
    """The first and the last day of a year, a month or a day."""
    if re.fullmatch(r"[1-9]\d{3}", text, re.ASCII):
        return f"{text}-01-01", f"{text}-12-31"
    if re.fullmatch(r"[1-9]\d{3}-(0[1-9]|1[0-2])", text, re.ASCII):
        return f"{text}-01", f"{text}-{monthrange(int(text[:4]), int(text[5:]))[1]}"
    day = parse_date(text, today)
    return day, day


def before(day: str) -> str:
    return date.fromordinal(max(date.fromisoformat(day).toordinal() - 1, 1)).isoformat()


def after(day: str) -> str:
    return date.fromordinal(min(date.fromisoformat(day).toordinal() + 1, date.max.toordinal())).isoformat()
