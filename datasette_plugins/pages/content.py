"""What a page is made of, and how it is read from the published file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from markupsafe import Markup

from datasette_plugins.words import text_of

# Columns that a page makes for itself, all of them numbers.
HEADINGS = {"over_ett_ar": "Varav över ett år"}


@dataclass(frozen=True)
class Asked:
    """What somebody asked for: ``base`` is the address of the published tables, ``item`` the key of one record.

    ``today`` is the day of the request: what is past its date shows so without a new publication.
    """

    base: str
    today: date
    params: Mapping[str, str] = field(default_factory=dict)
    item: str = ""

    @property
    def day(self) -> str:
        return self.today.isoformat()


@dataclass(frozen=True)
class Change:
    """How a figure has moved: in words, with a sign, and whether that is better (``battre``), worse or neither."""

    words: str
    sign: str = "■"
    kind: str = "lika"


@dataclass(frozen=True)
class Figure:
    """A key figure: what, how many, how it has moved, what more to know, the page about it and the rows behind it."""

    label: str
    value: str
    change: Change | None
    note: str
    link: str
    source: str


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the committee."""

    what: str
    when: str
    link: str


@dataclass(frozen=True)
class Section:
    """A heading with a chart and the table behind it. ``name`` is the published table or question that has it all.

    ``columns`` and ``rows`` are what is shown; ``more`` says how many rows there are beyond those. ``links`` gives a
    row an address by its key column: {"atgard": ("/spar/", "atgard_id")}.
    """

    title: str
    text: str
    name: str
    columns: Sequence[str] = ()
    rows: Sequence[Any] = ()
    chart: Markup | str = ""
    protected: bool = False
    more: int = 0
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)


Content = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """One of the site's own pages, at /``name``; with ``item``, also one page for each record, at /``name``/KEY.

    ``needs``: the page is there when one of these tables is published. ``params``: what may follow the question mark,
    and the pattern of each value. ``content`` raises LookupError when there is no such record.
    """

    name: str
    title: str
    menu: str
    group: str
    needs: tuple[str, ...]
    content: Callable[[sqlite3.Connection, Asked], Content]
    template: str = "area.html"
    params: Mapping[str, str] = field(default_factory=dict)
    item: Callable[[sqlite3.Connection, Asked], Content] | None = None
    item_template: str = ""
    primary: bool = False

    @property
    def path(self) -> str:
        return f"/{self.name}"


# --- reading ---------------------------------------------------------------------------------------------------------


def has(db: sqlite3.Connection, *tables: str) -> bool:
    """Whether all of them are published in the file."""
    marks = ", ".join("?" * len(tables))
    found = db.execute(f"SELECT count(*) FROM sqlite_schema WHERE name IN ({marks})", tables).fetchone()[0]
    return bool(found == len(tables))


def rows(db: sqlite3.Connection, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Any]:
    return db.execute(sql, params).fetchall()


def one(db: sqlite3.Connection, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> tuple[Any, ...]:
    return tuple(db.execute(sql, params).fetchone())


def section(
    db: sqlite3.Connection,
    title: str,
    text: str,
    name: str,
    sql: str,
    params: Mapping[str, Any] | Sequence[Any] = (),
    *,
    order: str = "rowid",
    chart: Markup | str = "",
    protected: bool = False,
    most: int = 12,
    links: Mapping[str, tuple[str, str]] | None = None,
) -> Section:
    """The rows of a SELECT under a heading; at most ``most`` are shown, since the whole table is a link away.

    ``order`` is apart from the SELECT, so that the rest need not be sorted to be counted.
    """
    cursor = db.execute(f"{sql} ORDER BY {order} LIMIT {most + 1}", params)
    names = [c[0] for c in cursor.description]
    found = cursor.fetchall()
    total = one(db, f"SELECT count(*) FROM ({sql})", params)[0] if len(found) > most else len(found)
    return Section(title, text, name, names, found[:most], chart, protected, total - len(found[:most]), links or {})


# --- direction -------------------------------------------------------------------------------------------------------


def change(now: float | None, before: float | None, than: str, good: str = "") -> Change | None:
    """The difference between two counts in words: "3 fler än kvartal 2". ``good``: fler or färre, where either is."""
    if now is None or before is None:
        return None
    if now == before:
        return Change(f"lika många som {than}")
    way = "fler" if now > before else "färre"
    kind = "lika" if not good else "battre" if way == good else "samre"
    return Change(f"{text_of(abs(now - before))} {way} än {than}", "▲" if now > before else "▼", kind)
