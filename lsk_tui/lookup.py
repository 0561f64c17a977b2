"""Suggestions for a reference: the records whose words or names fit what was typed."""

from __future__ import annotations

from typing import Any

from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Ref
from lsk.records import default_sort, select, title_of
from lsk.store import Store
from lsk_tui.pages import Question, condition
from lsk_tui.words import cut

MOST = 8


def suggestions(store: Store, field: Ref | AnyRef, text: str) -> list[tuple[Any, str]]:
    """At most a handful of (id, words); the first ones of the list when nothing is typed."""
    if isinstance(field, Ref):
        return of_kind(store, field.to, text, MOST)
    if field.to:
        each = max(MOST // len(field.to), 2)
        return [found for name in field.to for found in of_kind(store, name, text, each, with_kind=True)]
    hits = store.search(text, MOST) if text else []
    return [(hit.id, named(store, hit.entity, hit.id, with_kind=True)) for hit in hits]


def of_kind(store: Store, name: str, text: str, limit: int, with_kind: bool = False) -> list[tuple[Any, str]]:
    sort, descending = default_sort(ENTITIES[name])
    for loosely in (False, True) if text else (False,):
        where, params = condition(store, Question(name, filter=text), loosely)
        rows = select(store.db, name, where=where, params=params, sort=sort, descending=descending, limit=limit)
        if rows:
            return [(row["id"], named(store, name, row["id"], with_kind)) for row in rows]
    return []


def named(store: Store, name: str, record: str | None, with_kind: bool = False) -> str:
    """ "Hemtjänst Norr · HK-ENH-26-004"."""
    if record is None:
        return ""
    row = store.db.execute(f'SELECT ref FROM "{name}" WHERE id = ?', (record,)).fetchone()
    kind = f"{store.terms.entity_label(name)}: " if with_kind else ""
    title = cut(title_of(store.db, name, record), 40)
    ref = row["ref"] if row else ""
    return f"{kind}{title}" + (f" · {ref}" if ref and ref != title else "")
