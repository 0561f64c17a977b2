"""A list of any length, a page at a time: which columns, which rows, in which order. No screen here."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from typing import Any

from lsk import records, search
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
    """What a list shows: kind, condition and its values, what was typed in the filter, and the order."""

    entity: str
    where: str = ""
    params: tuple[Any, ...] = ()
    filter: str = ""
    sort: str = "ref"
    descending: bool = False

    @classmethod
    def about(cls, entity: str, where: str = "", params: tuple[Any, ...] = ()) -> Question:
        sort, descending = records.default_sort(ENTITIES[entity])
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


def columns(entity: Entity, width: int, label: Any) -> list[Column]:
    """The columns that fit: reference, the most telling text, title, status and date, then the listed fields in order.

    ``label`` gives the heading of (entity, field).
    """
    listed = [f for f in entity.all_fields if f.listed and not isinstance(f, Order)]
    title = entity.field(entity.title)
    texts = sorted((f for f in listed if isinstance(f, Text)), key=lambda f: (not f.long, f is not title))
    flexible = texts[0] if texts else title
    first = (flexible.name, entity.title, "status", entity.year_by)
    wanted = sorted(listed, key=lambda f: first.index(f.name) if f.name in first else len(first))
    if title not in wanted:
        wanted.insert(0, title)
    left = width - REF_WIDTH - 3
    chosen: dict[str, int] = {}
    for f in wanted:
        heading = min(len(label(entity.name, f.name)), 9)
        need = min(FLEXIBLE, left - 1) if f is flexible else max(natural_width(f), heading)
        if need + 1 <= left:
            chosen[f.name] = need
            left -= need + 1
    if flexible.name in chosen:
        chosen[flexible.name] += max(left, 0)
    # Read as declared, except that long text stands last: the short facts before it line up.
    order = sorted(
        (f for f in wanted if f.name in chosen),
        key=lambda f: (
            f is flexible and f is not title,
            getattr(f, "long", False),
            listed.index(f) if f in listed else -1,
        ),
    )
    return [Column("ref", label(entity.name, "ref"), REF_WIDTH, None, True)] + [
        Column(f.name, label(entity.name, f.name), chosen[f.name], f, not isinstance(f, (Ref, AnyRef))) for f in order
    ]


def condition(store: Store, question: Question, loosely: bool = False) -> tuple[str, list[Any]]:
    """The question's WHERE. Every word of the filter must be found: by the index, or ``loosely`` within a text."""
    entity = ENTITIES[question.entity]
    parts = [f"({question.where})"] if question.where else []
    values: list[Any] = list(question.params)
    for word in question.filter.split():
        own, mine = within(entity, word) if loosely else indexed(entity, word)
        names, theirs = by_name(entity, word)
        parts.append("(" + " OR ".join([own, *names]) + ")")
        values += [*mine, *theirs]
    return " AND ".join(parts), values


def indexed(entity: Entity, word: str) -> tuple[str, list[Any]]:
    return (
        """t.id IN (SELECT r.record FROM search JOIN search_row r ON r.doc = search.rowid
            WHERE search MATCH ? AND r.entity = ?)""",
        [search.question(word), entity.name],
    )


def within(entity: Entity, word: str) -> tuple[str, list[Any]]:
    texts = ["ref", *(f.name for f in entity.columns if not isinstance(f, (Ref, AnyRef, Flag, Order)))]
    like = "%" + word.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    return " OR ".join(f"t.\"{name}\" LIKE ? ESCAPE '!'" for name in texts), [like] * len(texts)


def by_name(entity: Entity, word: str) -> tuple[list[str], list[Any]]:
    """Rows whose unit, role … bears the word in its name: people filter on what they see."""
    parts, values = [], []
    for f in entity.columns:
        if isinstance(f, Ref) and f.listed:
            names = records.called(f.to)
            if names:
                either = " OR ".join(f"x.\"{name}\" LIKE ? ESCAPE '!'" for name in names)
                parts.append(f't."{f.name}" IN (SELECT x.id FROM "{f.to}" x WHERE {either})')
                values += ["%" + word.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"] * len(names)
    return parts, values


@dataclass
class Book:
    """The pages of one question. A page is found from the last row of a page before it, so it costs what is seen."""

    question: Question
    columns: list[Column]
    where: str = ""
    params: list[Any] = field(default_factory=list)
    count: int = 0
    ends: dict[int, tuple[Any, str] | None] = field(default_factory=lambda: {0: None})

    @classmethod
    def open(cls, store: Store, question: Question, columns: list[Column]) -> Book:
        """Count the rows; when the index knows none of the words, look within the texts."""
        if question.filter and not store.readonly and search.behind(store.db):
            store.search("")  # brings the index up to date
        where, params = condition(store, question)
        count = records.count(store.db, question.entity, where, params)
        if not count and question.filter:
            where, params = condition(store, question, loosely=True)
            count = records.count(store.db, question.entity, where, params)
        return cls(question, columns, where, params, count)

    def page(self, store: Store, number: int) -> list[Row]:
        """The rows ``number`` × PAGE and on."""
        q = self.question
        rows = select(
            store.db, q.entity, where=self.where, params=self.params, sort=q.sort, descending=q.descending,
            limit=PAGE, after=self.before(store.db, number),
        )  # fmt: skip
        if rows:
            self.ends[number + 1] = (rows[-1]["_sort"], rows[-1]["id"])
        named: dict[tuple[str, Any], str] = {}
        return [
            Row(row["id"], row["ref"] or "", tuple(self.cell(store.db, c, row, named) for c in self.columns))
            for row in rows
        ]

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
