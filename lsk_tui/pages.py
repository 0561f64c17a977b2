"""A list of any length, a page at a time: which columns, which rows, in which order. No screen here."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from textwrap import wrap
from typing import Any

from lsk import records, search
from lsk.filters import Asker, condition, words
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Choice, Computed, Date, Decimal, Entity, Field, Flag, Integer, Order, Ref, Text
from lsk.records import select, sort_column
from lsk.store import Store
from lsk.values import shown

PAGE = 100
REF_WIDTH = 14
FLEXIBLE = 30  # the least that the text of a list gets; what is left is its too


@dataclass(frozen=True)
class Column:
    """One column: the field (None is the reference), its heading and its width in cells."""

    name: str
    heading: str
    width: int
    field: Field | None
    sortable: bool


@dataclass(frozen=True)
class Row:
    """One line of a list: the record and the words of each column."""

    id: str
    ref: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What a list shows: kind, condition and its values, what was typed in the filter, order, columns, who asks."""

    entity: str
    where: str = ""
    params: tuple[Any, ...] = ()
    filter: str = ""
    sort: str = "ref"
    descending: bool = False
    columns: tuple[str, ...] = ()  # chosen by a person; none: by the width
    actor: str = ""

    @classmethod
    def about(cls, entity: str, where: str = "", params: tuple[Any, ...] = (), by: str = "") -> Question:
        sort, descending = (by, False) if by else records.default_sort(ENTITIES[entity])
        return cls(entity, where, params, "", sort, descending)

    def filtered(self, text: str) -> Question:
        return replace(self, filter=text.strip())

    def sorted(self, name: str, descending: bool = False) -> Question:
        return replace(self, sort=name, descending=descending)


def natural_width(field: Field) -> int:
    """The cells a value of this kind needs; text takes what is left."""
    if isinstance(field, Date):
        return 10
    if isinstance(field, (Flag, Integer, Decimal, Computed)):
        return 6
    if isinstance(field, Text) and field.sorted:
        return 22
    if isinstance(field, Choice) and field.values:
        return min(max(map(len, field.values)), 14)
    return 16 if isinstance(field, (Ref, AnyRef)) else 14


def folded(heading: str, width: int) -> list[str]:
    """A heading in lines of at most ``width``, the last one with room for the arrow of the order."""
    lines = wrap(heading, max(width, 1), break_long_words=False, break_on_hyphens=False) or [""]
    return lines if len(lines[-1]) < width else [*lines[:-1], *lines[-1].rsplit(" ", 1)]


def narrowest(heading: str) -> int:
    """The least width that holds a heading in two lines."""
    width = max(map(len, heading.split()), default=1)
    while len(lines := folded(heading, width)) > 2 or len(lines[-1]) >= width:
        width += 1
    return width


def columns(entity: Entity, width: int, label: Any, chosen_by: tuple[str, ...] = ()) -> list[Column]:
    """The columns that fit: reference, the most telling text, title, status and date, then the listed fields in order.

    ``label`` gives the heading of (entity, field). ``chosen_by`` a person: those, as far as they fit.
    """
    listed = [f for f in entity.all_fields if f.listed and not isinstance(f, Order)]
    if chosen_by:
        listed = [f for f in entity.all_fields if f.name in chosen_by]
    title = entity.field(entity.title)
    texts = sorted((f for f in listed if isinstance(f, Text)), key=lambda f: (not f.long, f is not title))
    flexible = texts[0] if texts else listed[0] if chosen_by else title
    first = (flexible.name, entity.title, "status", entity.year_by)
    wanted = sorted(listed, key=lambda f: first.index(f.name) if f.name in first else len(first))
    if title not in wanted and not chosen_by:
        wanted.insert(0, title)
    left = width - REF_WIDTH - 3
    chosen: dict[str, int] = {}
    for f in wanted:
        heading = narrowest(label(entity.name, f.name))
        need = max(min(FLEXIBLE, left - 1), heading) if f is flexible else max(natural_width(f), heading)
        if need + 1 <= left:
            chosen[f.name] = need
            left -= need + 1
    if flexible.name in chosen:
        chosen[flexible.name] += max(left, 0)
    # Read as declared, except that long text stands last: the short facts before it line up.
    order = sorted(
        (f for f in wanted if f.name in chosen),
        key=lambda f: (
            isinstance(f, Text) and f is flexible and f is not title,
            getattr(f, "long", False),
            listed.index(f) if f in listed else -1,
        ),
    )
    return [Column("ref", label(entity.name, "ref"), REF_WIDTH, None, True)] + [
        Column(f.name, label(entity.name, f.name), chosen[f.name], f, not isinstance(f, (Ref, AnyRef))) for f in order
    ]


@dataclass
class Book:
    """The pages of one question. A page is found from the last row of a page before it, so it costs what is seen."""

    question: Question
    columns: list[Column]
    where: str = ""
    params: list[Any] = field(default_factory=list)
    count: int = 0
    ends: dict[int, tuple[Any, str] | None] = field(default_factory=lambda: {0: None})
    starts: dict[int, tuple[Any, str]] = field(default_factory=dict)

    @classmethod
    def open(cls, store: Store, question: Question, columns: list[Column]) -> Book:
        """Count the rows; when the index knows none of the words, look within texts. Fault: a word means nothing."""
        if question.filter and not store.readonly and search.behind(store.db):
            store.index()
        where, params = cls.asked(store, question)
        count = records.count(store.db, question.entity, where, params)
        if not count and any(not word.field for word in words(question.filter)):
            where, params = cls.asked(store, question, loosely=True)
            count = records.count(store.db, question.entity, where, params)
        return cls(question, columns, where, params, count)

    @staticmethod
    def asked(store: Store, question: Question, loosely: bool = False) -> tuple[str, list[Any]]:
        """The question's WHERE."""
        asker = Asker(store, ENTITIES[question.entity], question.actor)
        filtered, values = condition(asker, question.filter, loosely)
        parts = [f"({question.where})"] if question.where else []
        return " AND ".join([*parts, *([filtered] if filtered else [])]), [*question.params, *values]

    def page(self, store: Store, number: int) -> list[Row]:
        """The rows ``number`` × PAGE and on."""
        rows = self.read(store, number)
        if rows:
            self.ends[number + 1] = (rows[-1]["_sort"], rows[-1]["id"])
            self.starts[number] = (rows[0]["_sort"], rows[0]["id"])
        named: dict[tuple[str, Any], str] = {}
        return [
            Row(row["id"], row["ref"] or "", tuple(self.cell(store.db, c, row, named) for c in self.columns))
            for row in rows
        ]

    def read(self, store: Store, number: int) -> list[sqlite3.Row]:
        """On from the page before; or back from the page after, or from the end, where that is nearer at hand."""
        q = self.question
        last = max(self.count - 1, 0) // PAGE
        backwards = number not in self.ends and (number + 1 in self.starts or number == last)
        size = self.count - last * PAGE if backwards and number == last else PAGE
        rows = select(
            store.db, q.entity, where=self.where, params=self.params, sort=q.sort,
            descending=q.descending is not backwards, limit=size,
            after=self.starts.get(number + 1) if backwards else self.before(store.db, number),
        )  # fmt: skip
        return rows[::-1] if backwards else rows

    def before(self, db: sqlite3.Connection, number: int) -> tuple[Any, str] | None:
        """The last row before page ``number``: known, or counted forward to from the nearest known page."""
        if number in self.ends:
            return self.ends[number]
        q = self.question
        known = max(n for n in self.ends if n < number)
        key = sort_column(ENTITIES[q.entity], q.sort)
        way, sign = ("DESC", "<") if q.descending else ("ASC", ">")
        parts, values = ([f"({self.where})"] if self.where else []), list(self.params)
        start = self.ends[known]
        if start is not None:
            parts.append(f"({key}, t.id) {sign} (?, ?)")
            values += start
        clause = "WHERE " + " AND ".join(parts) if parts else ""
        row = db.execute(
            f'SELECT {key}, t.id FROM "{q.entity}" t {clause} ORDER BY {key} {way}, t.id {way} LIMIT 1 OFFSET ?',
            (*values, (number - known) * PAGE - 1),
        ).fetchone()
        self.ends[number] = None if row is None else (row[0], row[1])
        return self.ends[number]

    def cell(self, db: sqlite3.Connection, column: Column, row: sqlite3.Row, named: dict[tuple[str, Any], str]) -> str:
        value = row[column.name]
        if column.field is None or value is None:
            return str(value or "–")
        if not isinstance(column.field, (Ref, AnyRef)):
            return shown(db, column.field, value)
        key = (column.name, value)
        if key not in named:
            named[key] = shown(db, column.field, value)
        return named[key]

    def place_of(self, store: Store, record: str) -> int | None:
        """The number of the row that shows ``record``; None when the list does not hold it."""
        q = self.question
        key = sort_column(ENTITIES[q.entity], q.sort)
        here = f"({self.where}) AND " if self.where else ""
        row = store.db.execute(
            f'SELECT {key} FROM "{q.entity}" t WHERE {here} t.id = ?', (*self.params, record)
        ).fetchone()
        if row is None:
            return None
        sign = ">" if q.descending else "<"
        return records.count(store.db, q.entity, f"{here} ({key}, t.id) {sign} (?, ?)", [*self.params, row[0], record])


def every_id(store: Store, book: Book) -> list[str]:
    """The ids of all the rows of a list; only for lists that are short enough to be marked whole."""
    clause = f"WHERE {book.where}" if book.where else ""
    return [row[0] for row in store.db.execute(f'SELECT t.id FROM "{book.question.entity}" t {clause}', book.params)]
