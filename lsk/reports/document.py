"""What a report is before it is written in any format: parts with text and numbered tables, and units' own texts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lsk.reports.figures import Filled
from lsk.terms import numbered
from lsk.values import seen

UNKNOWN = "–"
WRITTEN = re.compile(r"-?\d+(,\d+)?", re.ASCII)  # a decimal number as overviews write it
NOTHING = "Inga uppgifter för perioden."
MISSING_TEXT = "Text saknas."
FOLDER = "siffror"  # beside the report, with every table as CSV
MOST_ROWS = 500  # a dozen pages; what is longer is read in its CSV


@dataclass(frozen=True)
class Numbered:
    """A table with its number in the document."""

    number: int
    filled: Filled

    @property
    def caption(self) -> str:
        return self.filled.figure.caption

    @property
    def file(self) -> str:
        """The name of its CSV file, which has every row."""
        return f"{self.number:02}-{self.filled.figure.overview.replace(' ', '-')}.csv"

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """Those that are shown: the first, where they are many."""
        return self.filled.rows[:MOST_ROWS]

    @property
    def rest(self) -> str:
        """What a reader is told where not all are shown, or ""."""
        if len(self.filled.rows) <= MOST_ROWS:
            return ""
        return f"De första {MOST_ROWS} av {len(self.filled.rows)} rader. Alla finns i {FOLDER}/{self.file}."


@dataclass(frozen=True)
class Contribution:
    """The report of another unit, as that unit wrote it: (heading, text) in order."""

    title: str
    placement: str
    sections: tuple[tuple[str, str], ...]


@dataclass
class Part:
    """A heading with what stands under it. ``again``: tables that were shown further up."""

    number: int
    heading: str
    force: str
    text: str = ""
    tables: list[Numbered] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    contributions: list[Contribution] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.text or self.tables or self.again or self.contributions)

    @property
    def paragraphs(self) -> list[str]:
        return paragraphs(self.text)

    @property
    def remark(self) -> str:
        """What a reader is told where something is not there."""
        if self.again:
            which = ", ".join(map(str, self.again))
            return f"Se tabell {which}."
        return MISSING_TEXT if self.empty else ""


@dataclass
class Document:
    """A whole report. ``facts``: (label, words) under the title; ``missing``: units whose reports have not come."""

    title: str
    draft: bool
    today: date
    facts: list[tuple[str, str]]
    parts: list[Part]
    contributions: list[Contribution]
    missing: list[str]
    compiles: bool
    warnings: list[str]
    author: str

    @property
    def tables(self) -> list[Numbered]:
        return [table for part in self.parts for table in part.tables]

    @property
    def in_numbers(self) -> str:
        """ "7 rubriker, 12 tabeller"."""
        parts = numbered(len(self.parts), "rubrik", "rubriker")
        return f"{parts}, {numbered(len(self.tables), 'tabell', 'tabeller')}"


def paragraphs(text: str) -> list[str]:
    return [" ".join(piece.split()) for piece in seen(text).replace("\r\n", "\n").split("\n\n") if piece.strip()]


def cell(value: Any) -> str:
    """A value as it stands in a table: – where it is not known, a decimal comma."""
    if value is None:
        return UNKNOWN
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",").replace("-", "−")
    if isinstance(value, int):
        return str(value).replace("-", "−", 1)
    return " ".join(seen(str(value)).split()) or UNKNOWN


def heading(column: str) -> str:
    return column[:1].upper() + column[1:].replace("_", " ")


def is_number(rows: list[tuple[Any, ...]], place: int) -> bool:
    """Whether a column holds numbers, and is set to the right."""
    known = [row[place] for row in rows if row[place] is not None]
    return bool(known) and all(isinstance(value, (int, float)) or WRITTEN.fullmatch(str(value)) for value in known)


def told(bars: list[tuple[str, tuple[float, ...]]], series: tuple[str, ...]) -> str:
    """A drawing in words, for those who do not see it."""
    each = (f"{name}: {', '.join(f'{of} {cell(v)}' for of, v in zip(series, vs, strict=True))}" for name, vs in bars)
    return ". ".join(each) + "."
