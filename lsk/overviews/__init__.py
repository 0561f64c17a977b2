"""What a person wants to see side by side: goals with their activities, what a unit holds, gaps, tables of the year.

An overview is a small function that asks the file and returns rows; its columns bear the words people read.
"""

from __future__ import annotations

import importlib
import json
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from lsk.rules.ownership import subtree

MODULES = ("planning", "system", "following", "pictures", "counted", "reported", "clocks", "year")

Row = dict[str, Any]


class Asked(NamedTuple):
    """What the overview is about: a year; a unit's id, None for all; and a record or a word, None for all.

    ``part``: the first and the last day of a part of the year, for the overviews that count what happened in it.
    """

    year: int
    unit: str | None = None
    about: str | None = None
    part: tuple[str, str] | None = None

    @property
    def days(self) -> tuple[str, str]:
        return self.part or (f"{self.year:04}-01-01", f"{self.year:04}-12-31")

    @property
    def days_before(self) -> tuple[str, str]:
        """The same part of the year before: nothing shorter or longer is fair to compare with."""
        first, last = (f"{int(day[:4]) - 1:04}{day[4:].replace('-02-29', '-02-28')}" for day in self.days)
        return first, last


class Overview(NamedTuple):
    """An overview as registered: what it shows, and what it asks."""

    name: str
    help: str
    requirement: str
    ask: Callable[[sqlite3.Connection, Asked], list[Row]]


OVERVIEWS: dict[str, Overview] = {}

Ask = Callable[[sqlite3.Connection, Asked], list[Row]]


def overview(name: str, text: str, requirement: str) -> Callable[[Ask], Ask]:
    """Register an overview by the name people write."""

    def register(function: Ask) -> Ask:
        OVERVIEWS[name] = Overview(name, text, requirement, function)
        return function

    return register


def load() -> dict[str, Overview]:
    """All overviews, by name."""
    for module in MODULES:
        importlib.import_module(f"lsk.overviews.{module}")
    return OVERVIEWS


def rows(db: sqlite3.Connection, sql: str, asked: Asked) -> list[Row]:
    """The answer to ``sql``, which may name :year, :unit, :about, :units (the unit and those under it, as JSON), and
    the days :first to :last, with :first_before to :last_before a year earlier."""
    (first, last), (first_before, last_before) = asked.days, asked.days_before
    units = None if asked.unit is None else json.dumps(subtree(db, asked.unit))
    given = {"year": asked.year, "unit": asked.unit, "about": asked.about, "units": units, "first": first,
             "last": last, "first_before": first_before, "last_before": last_before}  # fmt: skip
    return [dict(row) for row in db.execute(sql, given)]


def within(column: str) -> str:
    """The condition that a column holds the unit asked for, or one under it."""
    return f"(:unit IS NULL OR {column} IN (SELECT value FROM json_each(:units)))"


def show(db: sqlite3.Connection, name: str, asked: Asked) -> list[Row]:
    """The rows of one overview. KeyError when there is none of that name."""
    return load()[name].ask(db, asked)
