"""How many rows of a list have each value of a column, counted by the file itself. No screen here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lsk.filter_help import quoted
from lsk.filters import Asker, fields_called, written
from lsk.model import ENTITIES
from lsk.model.vocabulary import Choice, Computed, Date, Field, Flag, Integer, Ref
from lsk.records import SHORT, called
from lsk.store import Store
from lsk.values import shown
from lsk_tui.pages import Book

MOST = 200  # values; more than that is no overview


@dataclass(frozen=True)
class Group:
    """``words`` as people see the value, how many rows have it, and the word that filters on it."""

    words: str
    count: int
    filter: str


def countable(entity: str) -> list[Field]:
    """The fields whose values are few enough to count by, the listed ones first."""
    kinds = (Choice, Flag, Ref, Date, Integer, Computed)
    fields = [f for f in ENTITIES[entity].all_fields if isinstance(f, kinds) and f.name != "position"]
    return sorted(fields, key=lambda f: (f.name != "status", not f.listed))


def groups(store: Store, book: Book, field: Field) -> list[Group]:
    """The most common value first; days are counted by month, in their order."""
    name = f"({field.sql})" if isinstance(field, Computed) else f't."{field.name}"'
    key = f"substr({name}, 1, 7)" if isinstance(field, Date) else name
    order = "1 DESC" if isinstance(field, Date) else "2 DESC, 1"
    clause = f"WHERE {book.where}" if book.where else ""
    rows = store.db.execute(
        f'SELECT {key}, count(*) FROM "{book.question.entity}" t {clause} GROUP BY 1 ORDER BY {order} LIMIT {MOST}',
        book.params,
    )
    asker = Asker(store, ENTITIES[book.question.entity])
    return [Group(seen(store, field, value), n, word(asker, field, value)) for value, n in rows]


def seen(store: Store, field: Field, value: Any) -> str:
    if value is None:
        return "inte ifyllt"
    return str(value) if isinstance(field, Date) else shown(store.db, field, value)


def word(asker: Asker, field: Field, value: Any) -> str:
    """The word of a filter that finds exactly these rows."""
    label = written(asker.label(field.name))
    alone = fields_called(asker, label) == [field]
    return (label if alone else f"{field.name}:") + ("tom" if value is None else said(asker.store, field, value))


def said(store: Store, field: Field, value: Any) -> str:
    if isinstance(field, Ref):
        return quoted(name_of(store, field.to, value))
    if isinstance(field, Flag):
        return "ja" if value else "nej"
    if isinstance(field, Computed) and isinstance(value, float):
        return f"{value:g}"
    return quoted(str(value))


def name_of(store: Store, kind: str, record: str) -> str:
    """The short name of a record that no other of its kind bears, else its reference."""
    short = [name for name in called(kind) if name in SHORT]
    row = store.db.execute(f'SELECT * FROM "{kind}" WHERE id = ?', (record,)).fetchone()
    if row is None:
        return record
    for name in short[:1]:
        same = store.db.execute(f'SELECT count(*) FROM "{kind}" WHERE "{name}" = ?', (row[name],)).fetchone()[0]
        if same == 1:
            return str(row[name])
    return str(row["ref"] or record)
