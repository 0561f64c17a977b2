"""Which rows of a file are records that are there already, by a key; and what is different in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lsk.change import derived_id
from lsk.imports.reading import Reading
from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity
from lsk.rules.fields import faults
from lsk.rules.proposals import Memory, propose

if TYPE_CHECKING:
    from lsk.store import Store

Key = tuple[str, ...]


@dataclass
class Plan:
    """What an import would do: rows by line. ``changed`` and ``unchanged`` name the record; ``errors`` are by line."""

    new: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    changed: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    unchanged: list[tuple[int, str]] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    by_key: bool = True

    def without(self, lines: set[int]) -> None:
        """Leave out what stands on these lines."""
        self.new = [entry for entry in self.new if entry[0] not in lines]
        self.changed = [entry for entry in self.changed if entry[0] not in lines]
        self.unchanged = [entry for entry in self.unchanged if entry[0] not in lines]


def planned(store: Store, name: str, reading: Reading) -> Plan:
    """Compare what was read with what is there, and judge it field by field."""
    entity, plan = ENTITIES[name], Plan()
    matched = [*keyed(store, entity, reading, plan)]
    there = stored(store, entity, [record for _, _, record in matched if record])
    for line, row, record in matched:
        if record is None or record not in there:
            plan.new.append((line, row))
            continue
        old = there[record]
        different = {k: v for k, v in row.items() if k not in ("id", "ref") and old[k] != v}
        if different:
            plan.changed.append((line, record, different))
        else:
            plan.unchanged.append((line, record))
    plan.errors += wrong(store, entity, reading, plan, there)
    return plan


def keys(entity: Entity, reading: Reading) -> list[Key]:
    """The groups of fields that tell records apart, the surest first; one that was asked for goes before all."""
    if reading.mapping.key:
        return [reading.mapping.key]
    given = set().union(*(row.keys() for row in reading.rows)) if reading.rows else set()
    groups: list[Key] = [("id",), ("ref",), *([entity.identity] if entity.identity else []), *entity.unique]
    return [group for group in groups if given.issuperset(group) or group == entity.identity]


def keyed(
    store: Store, entity: Entity, reading: Reading, plan: Plan
) -> Iterator[tuple[int, dict[str, Any], str | None]]:
    """Each row with the record it is, None for a new one. A key that comes twice in the file is skipped or an error."""
    groups = keys(entity, reading)
    known = {group: Index(store, entity, group) for group in groups}
    seen: dict[tuple[Key, tuple[Any, ...]], tuple[int, dict[str, Any]]] = {}
    left: list[tuple[int, dict[str, Any]]] = []
    for line, row in zip(reading.lines, reading.rows, strict=True):
        complete = [g for g in groups if g == entity.identity or all(row.get(f) is not None for f in g)]
        if not complete:
            if reading.mapping.key:
                plan.errors.append((line, f"nyckeln {words(store, entity, reading.mapping.key)} är inte ifylld."))
            else:
                left.append((line, row))
            continue
        here = (complete[0], known[complete[0]].value(row))
        if here in seen:
            again(store, entity, complete[0], seen[here], (line, row), plan)
            continue
        seen[here] = (line, row)
        records = next((found for g in complete if (found := known[g].records(row))), [])
        if len(records) > 1:
            plan.errors.append((line, f"{len(records)} poster i LSK har samma {words(store, entity, complete[0])}."))
            continue
        yield line, row, records[0] if records else None
    if left:
        plan.by_key = False
        yield from alike(store, entity, left, reading)


class Index:
    """The records there are, by the values of some fields; read from the file once."""

    def __init__(self, store: Store, entity: Entity, group: Key) -> None:
        self.entity, self.group = entity, group
        self.derived = group == entity.identity
        columns = ", ".join(f'"{name}"' for name in (("id",) if self.derived else group))
        self.found: dict[tuple[Any, ...], list[str]] = {}
        for row in store.db.execute(f'SELECT id, {columns} FROM "{entity.name}"'):
            self.found.setdefault(tuple(row)[1:], []).append(row[0])

    def value(self, row: dict[str, Any]) -> tuple[Any, ...]:
        if self.derived:
            return (derived_id(self.entity, self.entity.defaults | row),)
        return tuple(row[name] for name in self.group)

    def records(self, row: dict[str, Any]) -> list[str]:
        return self.found.get(self.value(row), [])


def again(
    store: Store, entity: Entity, group: Key, first: tuple[int, dict[str, Any]], second: tuple[int, dict[str, Any]],
    plan: Plan,
) -> None:  # fmt: skip
    """The same key a second time: skipped when all else is the same too, otherwise somebody must say which is right."""
    if first[1] == second[1]:
        plan.skipped.append((second[0], f"likadan som rad {first[0]}."))
    else:
        plan.errors.append((second[0], f"samma {words(store, entity, group)} som rad {first[0]}, men annat i övrigt."))


def words(store: Store, entity: Entity, group: Key) -> str:
    return " och ".join(f"”{store.terms.field_label(entity.name, name)}”" for name in group)


def alike(
    store: Store, entity: Entity, rows: list[tuple[int, dict[str, Any]]], reading: Reading
) -> Iterator[tuple[int, dict[str, Any], str | None]]:
    """Without a key: a row is a record that is there when every field it would be saved with is the same."""
    names = sorted(set().union(*(row.keys() for _, row in rows)) - {"id"} | entity.defaults.keys())
    columns = ", ".join(f'"{name}"' for name in names)
    there: dict[tuple[Any, ...], list[str]] = {}
    for record in store.db.execute(f'SELECT id, {columns} FROM "{entity.name}" ORDER BY id DESC'):
        there.setdefault(tuple(record)[1:], []).append(record[0])
    memory: Memory = {}
    required = {f.name for f in entity.columns if f.required}
    for line, row in rows:
        same: list[str] = []
        if there:
            whole = entity.defaults | {k: v for k, v in row.items() if v is not None}
            whole = propose(store.db, entity.name, whole, memory) | whole
            if required <= whole.keys():
                same = there.get(tuple(whole.get(name) for name in names), [])
        yield line, row, same.pop() if same else None


def stored(store: Store, entity: Entity, records: list[str]) -> dict[str, dict[str, Any]]:
    """The records with these ids, as they are now."""
    if not records:
        return {}
    rows = store.db.execute(
        f'SELECT * FROM "{entity.name}" WHERE id IN (SELECT value FROM json_each(?))', (json.dumps(records),)
    )
    return {row["id"]: dict(row) for row in rows}


def wrong(
    store: Store, entity: Entity, reading: Reading, plan: Plan, there: dict[str, dict[str, Any]]
) -> Iterator[tuple[int, str]]:
    """What is wrong field by field: all fields of a new record, the changed ones of a known one."""
    lists: dict[str, list[str]] = {}
    for line, row in plan.new:
        yield from told(reading, line, faults(store.db, entity, entity.defaults | row, store.terms, lists=lists))
    for line, record, values in plan.changed:
        whole = there[record] | values
        found = faults(store.db, entity, whole, store.terms, only=set(values), lists=lists)
        yield from told(reading, line, found)


def told(reading: Reading, line: int, found: Any) -> Iterator[tuple[int, str]]:
    for fault in found:
        heading = reading.mapping.heading_of(fault.field)
        yield line, f"kolumn ”{heading}”: {fault.message}" if heading else fault.message
