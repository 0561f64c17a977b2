"""A record among the others of the list it was opened from: its place, and the ones beside it."""

from __future__ import annotations

from dataclasses import dataclass

from lsk.records import select, sort_value
from lsk.store import Store
from lsk_tui.pages import Book, Question


@dataclass(frozen=True)
class Standing:
    """``place`` counts from 1 and is None when the record has left the list, as a mended one leaves the late."""

    place: int | None
    count: int
    before: str | None
    after: str | None


def standing(store: Store, question: Question, record: str) -> Standing:
    """Where a record stands in the list that a question gives. One that has left it still has its neighbours."""
    book = Book.open(store, question, [])
    place = book.place_of(store, record)
    return Standing(
        None if place is None else place + 1,
        book.count,
        beside(store, book, record, -1),
        beside(store, book, record, 1),
    )


def beside(store: Store, book: Book, record: str, way: int) -> str | None:
    """The record before (-1) or after (1) in the order of the list."""
    q = book.question
    rows = select(
        store.db,
        q.entity,
        where=book.where,
        params=book.params,
        sort=q.sort,
        descending=q.descending is (way > 0),
        limit=1,
        after=sort_value(store.db, q.entity, record, q.sort),
    )
    return str(rows[0]["id"]) if rows else None
