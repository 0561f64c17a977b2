"""An overview as lines for a screen of some width, and as a file for a Swedish Excel. No screen here."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from types import NoneType
from typing import Any

from lsk.csvfiles import guarded
from lsk.errors import LskError
from lsk.overviews import Row, load
from lsk.records import find
from lsk.store import Store
from lsk_tui.lines import Jump, Line

BETWEEN = 2  # cells between two columns
REF = "beteckning"  # the column that names a record


@dataclass(frozen=True)
class Named:
    """Leads to the overview of that name."""

    name: str


def menu() -> list[Line]:
    """Every overview, by the name that the command knows it by."""
    return [Line(about(each.name), each.name, Named(each.name), label_width=18) for each in load().values()]


def about(name: str) -> str:
    """What an overview shows; without the options of the command, which are no words for a screen."""
    return re.sub(r" \([^()]*--[^()]*\)", "", load()[name].help)


def lines(store: Store, rows: Sequence[Row], width: int, nothing: str) -> list[Line]:
    """Columns beside each other where they have room; else one row under the other, a value a line."""
    if not rows:
        return [Line(nothing)]
    names = list(rows[0])
    cells = [[name.capitalize() for name in names], *([said(row[name]) for name in names] for row in rows)]
    widths = fitted(list(zip(*cells, strict=True)), width)
    if widths is None:
        return [line for row in rows for line in block(store, row)]
    right = [all(isinstance(row[name], (int, float, NoneType)) for row in rows) for name in names]
    head, *told = [beside(line, widths, right) for line in cells]
    return [
        Line(head, heading=True),
        *(Line(text, target=to(store, row)) for text, row in zip(told, rows, strict=True)),
    ]


def fitted(columns: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """How wide each column is: the widest give way first, but no word is broken. None when they have no room."""
    widths = [max(map(len, column)) for column in columns]
    least = [max(len(word) for cell in column for word in cell.split() or [""]) for column in columns]
    while sum(widths) + BETWEEN * (len(widths) - 1) > width:
        give = max(range(len(widths)), key=lambda n: (widths[n] > least[n], widths[n]))
        if widths[give] <= least[give]:
            return None
        widths[give] -= 1
    return widths if min(widths, default=0) > 0 else None


def beside(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    """One row: each cell wrapped in its column, numbers to the right."""
    wrapped = [textwrap.wrap(cell, size) for cell, size in zip(cells, widths, strict=True)]
    return "\n".join(
        (" " * BETWEEN)
        .join(
            cell.rjust(size) if to_right else cell.ljust(size)
            for cell, size, to_right in zip(parts, widths, right, strict=True)
        )
        .rstrip()
        for parts in zip_longest(*wrapped, fillvalue="")
    )


def block(store: Store, row: Row) -> list[Line]:
    """A row that has no room in one line."""
    target = to(store, row)
    filled = [Line(said(value), name.capitalize(), target) for name, value in row.items() if value not in (None, "")]
    return [*filled, Line("", heading=True)]


def said(value: Any) -> str:
    """A value as it is read, on one line."""
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    return "" if value is None else " ".join(str(value).split())


def to(store: Store, row: Row) -> Jump | None:
    """The record that a row is about, when it names one."""
    try:
        return Jump(*find(store.db, None, row[REF])) if row.get(REF) else None
    except LskError:
        return None


def table(rows: Sequence[Row]) -> list[list[str]]:
    """Headings and cells for a file: a text keeps its lines, and none is taken for a formula."""
    heading = [guarded(name.capitalize()) for name in rows[0]] if rows else []
    return [heading, *([guarded(v) if isinstance(v, str) else said(v) for v in row.values()] for row in rows)]
