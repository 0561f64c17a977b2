"""Read records: one, a page of many, by what a person calls them, and what they are related to."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from typing import Any

from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Choice, Computed, Decimal, Entity, Ref, Text
from lsk.schema import sort_key
from lsk.terms import entity_label, entity_named


def selected(entity: Entity) -> str:
    """Every column of an entity, computed ones worked out."""
    computed = [f'({f.sql}) AS "{f.name}"' for f in entity.fields if isinstance(f, Computed)]
    return ", ".join(["t.*", *computed])


def sort_column(entity: Entity, name: str, alias: str = "t") -> str:
    """SQL for the order of a field, never NULL: Swedish for words, the title of what is referred to, else the value."""
    column = f'{alias}."{name}"'
    if name in ("id", "ref"):
        return column
    field = entity.field(name)
    if isinstance(field, Text) and field.sorted:
        return f'{alias}."{name}_sort"'
    if isinstance(field, (Text, Choice)):
        return sort_key(column)
    if isinstance(field, Ref):
        other = f"{alias}_{name}"
        title = sort_column(ENTITIES[field.to], ENTITIES[field.to].title, other)
        return f"ifnull((SELECT {title} FROM \"{field.to}\" {other} WHERE {other}.id = {column}), '')"
    if isinstance(field, Computed):
        return f"ifnull(({field.sql}), '')"
    if isinstance(field, Decimal):
        return f"ifnull(CAST({column} AS REAL), '')"
    return column if field.required else f"ifnull({column}, '')"


def default_sort(entity: Entity) -> tuple[str, bool]:
    """The order people expect: newest first where there is a date, otherwise by title."""
    if entity.year_by:
        return entity.year_by, True
    field = entity.field(entity.title)
    return (entity.title, False) if isinstance(field, Text) and field.sorted else ("ref", False)


def select(
    db: sqlite3.Connection,
    name: str,
    *,
    where: str = "",
    params: Sequence[Any] = (),
    sort: str | None = None,
    descending: bool = False,
    limit: int = 50,
    after: tuple[Any, str] | None = None,
) -> list[sqlite3.Row]:
    """One page of records, in keyset paging: ``after`` is the last row's (``_sort``, ``id``); the last page is as fast.

    ``where`` is SQL over the alias t. Each row also has ``_sort``, the value it was ordered by.
    """
    entity = ENTITIES[name]
    if sort is None:
        sort, descending = default_sort(entity)
    key = sort_column(entity, sort)
    way, sign = ("DESC", "<") if descending else ("ASC", ">")
    conditions, values = ([f"({where})"] if where else []), list(params)
    if after is not None:
        conditions.append(f"({key}, t.id) {sign} (?, ?)")
        values += after
    clause = "WHERE " + " AND ".join(conditions) if conditions else ""
    return db.execute(
        f'SELECT {selected(entity)}, {key} AS _sort FROM "{name}" t {clause} ORDER BY {key} {way}, t.id {way} LIMIT ?',
        (*values, limit),
    ).fetchall()


def sort_value(db: sqlite3.Connection, name: str, record: str, sort: str) -> tuple[Any, str]:
    """Where a record stands in an order: what ``select`` takes as ``after``."""
    key = sort_column(ENTITIES[name], sort)
    return db.execute(f'SELECT {key}, t.id FROM "{name}" t WHERE t.id = ?', (record,)).fetchone()[0], record


def count(db: sqlite3.Connection, name: str, where: str = "", params: Sequence[Any] = ()) -> int:
    clause = f"WHERE {where}" if where else ""
    return int(db.execute(f'SELECT count(*) FROM "{name}" t {clause}', tuple(params)).fetchone()[0])


def one(db: sqlite3.Connection, name: str, record: str) -> sqlite3.Row | None:
    entity = ENTITIES[name]
    row: sqlite3.Row | None = db.execute(
        f'SELECT {selected(entity)} FROM "{name}" t WHERE id = ?', (record,)
    ).fetchone()
    return row


def entity_of(db: sqlite3.Connection, record: str) -> str | None:
    """Which kind of record an id belongs to."""
    row = db.execute("SELECT entity FROM search_row WHERE record = ?", (record,)).fetchone()
    if row is not None and row[0] in ENTITIES and one(db, row[0], record) is not None:
        return str(row[0])
    for name in ENTITIES:
        if db.execute(f'SELECT 1 FROM "{name}" WHERE id = ?', (record,)).fetchone():
            return name
    return None


SHORT = ("short_name", "code", "number", "designation", "key")  # what is short enough to be said alone


@cache
def called(name: str) -> tuple[str, ...]:
    """The fields by which people name a record of this kind, the shortest first."""
    texts = {f.name for f in ENTITIES[name].columns if isinstance(f, Text)}
    return tuple(dict.fromkeys(n for n in (*SHORT, ENTITIES[name].title) if n in texts))


def find(db: sqlite3.Connection, name: str | None, text: str) -> tuple[str, str]:
    """The record that ``text`` means: its reference, id, short name, number or exact name.

    Returns (entity, id). LskError when there is none, or when several bear the name.
    """
    for kind in [name] if name else [by_code(text), *ENTITIES]:
        if kind is None:
            continue
        rows = db.execute(f'SELECT id FROM "{kind}" WHERE ref = ?1 OR id = ?1 LIMIT 2', (text,)).fetchall()
        if len(rows) > 1:
            raise LskError(
                f"Flera poster har beteckningen {text}. Ange postens id i stället; det visas av lsk list --json."
            )
        if rows:
            return kind, rows[0]["id"]
    return find_by_short_name(db, text) if name is None else (name, find_by_name(db, name, text))


def by_code(text: str) -> str | None:
    """The kind that a reference's code points at, so that most look-ups ask one table."""
    parts = text.split("-")
    codes = {entity.code: name for name, entity in ENTITIES.items()}
    return next((codes[part] for part in parts if part in codes), None)


def find_by_short_name(db: sqlite3.Connection, text: str) -> tuple[str, str]:
    """The one record of any kind that is called so: a requirement's code, a paragraph, a unit's short name."""
    found = [
        (kind, row["id"], row["ref"])
        for kind in ENTITIES
        for column in called(kind)
        if column in SHORT
        for row in db.execute(f'SELECT id, ref FROM "{kind}" WHERE "{column}" = ? LIMIT 9', (text,))
    ]
    if not found:
        raise LskError(f"Ingen post har beteckningen {text}. Sök med: lsk list FIL SLAG --search {text}")
    if len(found) > 1:
        which = ", ".join(f"{ref} ({entity_label(kind).lower()})" for kind, _, ref in found)
        raise LskError(f"Flera poster heter {text}: {which}. Ange beteckningen i stället.")
    return found[0][:2]


def find_by_name(db: sqlite3.Connection, name: str, text: str) -> str:
    for column in called(name):
        key = sort_column(ENTITIES[name], column)
        rows = db.execute(f'SELECT id, ref FROM "{name}" t WHERE {key} = {sort_key("?1")} LIMIT 3', (text,)).fetchall()
        if len(rows) == 1:
            return str(rows[0]["id"])
        if rows:
            refs = ", ".join(row["ref"] for row in rows)
            raise LskError(
                f"Flera {entity_label(name, many=True).lower()} heter {text}: {refs}. Ange beteckningen i stället."
            )
    raise LskError(f"Det finns ingen post av slaget {entity_label(name).lower()} som heter {text}. {known(db, name)}")


def known(db: sqlite3.Connection, name: str) -> str:
    """The names there are to choose from, when they are few."""
    column = called(name)[0] if called(name) else "ref"
    rows = [r[0] for r in db.execute(f'SELECT "{column}" FROM "{name}" WHERE "{column}" IS NOT NULL LIMIT 13')]
    if not rows:
        return f"Registret är tomt; lägg till med: lsk add FIL {name} …"
    return f"Det finns: {', '.join(rows)}." if len(rows) < 13 else f"Se alla med: lsk list FIL {name}"


def entity_called(text: str) -> str:
    """The entity a person means, in Swedish or English. LskError names the ones there are."""
    found = entity_named(text)
    if found is None:
        names = ", ".join(sorted(entity_label(name).lower() for name in ENTITIES))
        raise LskError(f"”{text}” är inget slag av post. Det finns: {names}.")
    return found


def title_of(db: sqlite3.Connection, name: str, record: str | None) -> str:
    """What a record is called in a list: its title, or what its title refers to."""
    if record is None:
        return "–"
    entity = ENTITIES[name]
    row = db.execute(f'SELECT ref, "{entity.title}" FROM "{name}" WHERE id = ?', (record,)).fetchone()
    if row is None:
        return "(borttagen)"
    field = entity.field(entity.title)
    if isinstance(field, Ref):
        return title_of(db, field.to, row[1])
    return str(row[1] or row[0])


def related(db: sqlite3.Connection, name: str, record: str) -> list[tuple[str, str, int]]:
    """What points at a record: (entity, field, how many)."""
    found = []
    for other in ENTITIES.values():
        for field in other.columns:
            if (isinstance(field, Ref) and field.to == name) or (
                isinstance(field, AnyRef) and (name in field.to or not field.to)
            ):
                n = count(db, other.name, f't."{field.name}" = ?', (record,))
                if n:
                    found.append((other.name, field.name, n))
    return found
