"""What a person wants to see side by side: goals with their activities, what a unit holds, gaps, tables of the year.

An overview is a small function that asks the file and returns rows; its columns bear the words people read.
"""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

MODULES = ("planning", "system", "following", "pictures")

Row = dict[str, Any]


class Asked(NamedTuple):
    """What the overview is about: a year; a unit's id, None for all; and a record or a word, None for all."""

    year: int
    unit: str | None = None
    about: str | None = None


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
    """The answer to ``sql``, which may name :year, :unit and :about."""
    return [dict(row) for row in db.execute(sql, asked._asdict())]


def show(db: sqlite3.Connection, name: str, asked: Asked) -> list[Row]:
    """The rows of one overview. KeyError when there is none of that name."""
    return load()[name].ask(db, asked)
