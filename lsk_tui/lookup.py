"""Suggestions for a reference: the records whose words or names fit what was typed."""

from __future__ import annotations

from typing import Any

from lsk.errors import LskError
from lsk.filters import plainly
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Field, Ref, Text
from lsk.records import default_sort, entity_of, find, one, select, title_of
from lsk.store import Store
from lsk.values import shown
from lsk_tui.words import cut

MOST = 8
ROOM = 46  # letters: what a field, or a list with its bar under one, shows in a terminal of 80 columns


def suggestions(store: Store, field: Ref | AnyRef, text: str) -> list[tuple[Any, str]]:
    """At most a handful of (id, words); the first ones of the list when nothing is typed."""
    if isinstance(field, Ref):
        return of_kind(store, field.to, text, MOST)
    if field.to:
        each = max(MOST // len(field.to), 2)
        return [found for name in field.to for found in of_kind(store, name, text, each, with_kind=True)]
    hits = store.search(text, MOST) if text else []
    return [(hit.id, named(store, hit.entity, hit.id, with_kind=True)) for hit in hits]


def called(store: Store, field: Ref | AnyRef, text: str) -> tuple[Any, str] | None:
    """The one record that bears exactly this reference, short name or name, in whatever case it was written."""
    kinds = (field.to,) if isinstance(field, Ref) else field.to or (None,)
    found = set()
    for kind in kinds:
        for said in (text, text.upper()):
            try:
                found.add(find(store.db, kind, said))
            except LskError:
                continue  # it is no name of this kind; what can be chosen is said by the field
    if len(found) != 1:
        return None
    name, record = found.pop()
    return record, named(store, name, record, with_kind=isinstance(field, AnyRef))


def of_kind(store: Store, name: str, text: str, limit: int, with_kind: bool = False) -> list[tuple[Any, str]]:
    """Those that are called so stand before those that only say it somewhere: Enter takes the first."""
    sort, descending = default_sort(ENTITIES[name])
    for loosely in (False, True) if text else (False,):
        where, params = plainly(ENTITIES[name], text, loosely)
        rows = select(store.db, name, where=where, params=params, sort=sort, descending=descending, limit=limit)
        if rows:
            found = [(row["id"], named(store, name, row["id"], with_kind)) for row in rows]
            return sorted(found, key=lambda entry: text.casefold() not in entry[1].casefold())
    return []


def telling(store: Store, name: str, record: str) -> str:
    """The title, and after a title that says little ("§ 31") the text that every record of its kind has."""
    entity = ENTITIES[name]
    title, row = title_of(store.db, name, record), one(store.db, name, record)
    texts = [f.name for f in entity.fields if isinstance(f, Text) and f.long and f.required and f.name != entity.title]
    return " ".join([title, *(str(row[text]) for text in texts if row is not None)])


def words(store: Store, field: Field, value: Any) -> str:
    """A stored value as it stands where one is chosen."""
    if value is None:
        return ""
    if isinstance(field, Ref):
        return named(store, field.to, value)
    if isinstance(field, AnyRef):
        kind = entity_of(store.db, value)
        return named(store, kind, value, with_kind=True) if kind else "(borttagen)"
    return shown(store.db, field, value)


def named(store: Store, name: str, record: str | None, with_kind: bool = False) -> str:
    """ "Hemtjänst Norr · HK-ENH-26-004"."""
    if record is None:
        return ""
    row = store.db.execute(f'SELECT ref FROM "{name}" WHERE id = ?', (record,)).fetchone()
    kind = f"{store.terms.entity_label(name)}: " if with_kind else ""
    ref = f" · {row['ref']}" if row and row["ref"] else ""
    whole = telling(store, name, record)
    title = cut(whole, ROOM - len(kind) - len(ref))
    return f"{kind}{title}" + (ref if f" · {whole}" != ref else "")
