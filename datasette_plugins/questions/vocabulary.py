"""The words in which the committee's ready-made questions are declared. Data only."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import Any

NAME = r"[^\x00-\x1f\x7f]{0,120}"  # a name out of the file, or none; it is bound, never part of the SQL


@dataclass(frozen=True)
class Ask:
    """Something a question asks back: its label, SQL for what there is to choose, and what an answer may look like.

    Without ``choices`` it is written freely. An empty answer means all.
    """

    label: str
    choices: str = ""
    pattern: str = NAME


@dataclass(frozen=True)
class Chart:
    """A chart of an answer: ``form`` is columns, bars or lines; ``label`` the columns that name a group.

    ``series`` are the columns that are drawn, or one that is with ``split`` by the values of another. ``target`` is a
    column that is the same in all rows. ``backwards`` when the newest is first. ``most``: groups; the first ones.
    """

    form: str
    label: tuple[str, ...]
    series: tuple[str, ...]
    _: KW_ONLY
    split: str = ""
    target: str = ""
    backwards: bool = False
    most: int = 12


@dataclass(frozen=True)
class Question:
    """A canned query over ``table`` (and ``also``). ``asks`` maps a parameter to what it asks.

    ``description`` says what it answers, ``not_answered`` what it does not. ``asked`` is set on a question that the
    committee has put itself: by whom, when, in which paragraph, last answered.
    """

    name: str
    title: str
    description: str
    table: str
    sql: str
    asks: dict[str, Ask] = field(default_factory=dict)
    _: KW_ONLY
    not_answered: str = ""
    also: tuple[str, ...] = ()
    chart: Chart | None = None
    asked: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table, *self.also)

    def canned(self) -> dict[str, Any]:
        """As Datasette's metadata wants it."""
        return {
            "sql": self.sql,
            "title": self.title,
            "description": self.description,
            "params": list(self.asks),
            "hide_sql": True,
        }


def one_of(table: str, column: str, label: str, order: str = "") -> Ask:
    """A choice among the values that a column of a table has."""
    return Ask(
        label, f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL ORDER BY {order or f"{column}"}'
    )


def year(table: str, label: str = "År") -> Ask:
    return Ask(label, f"SELECT DISTINCT ar FROM {table} WHERE ar IS NOT NULL ORDER BY ar DESC", r"(?:\d{4})?")


def is_(parameter: str, column: str = "") -> str:
    """SQL for a column that is what was answered, if anything was."""
    return f"(:{parameter} = '' OR {column or parameter} = :{parameter})"


def in_year(column: str = "ar") -> str:
    return f"(:ar = '' OR {column} = CAST(:ar AS INTEGER))"


PUBLISHED = "(SELECT publicerad FROM om)"
