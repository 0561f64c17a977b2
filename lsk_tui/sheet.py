"""A record as lines to read: its steps, its fields, what it points at and what points at it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Date, Entity, Order, Ref
from lsk.records import entity_of, one, related, select, title_of
from lsk.store import Store
from lsk.values import UNKNOWN, shown
from lsk_tui.lookup import telling
from lsk_tui.owning import owner
from lsk_tui.widgets.lines import Contested, Jump, Line
from lsk_tui.words import cut, day

MOST = 5  # related records under one heading


@dataclass(frozen=True)
class Sheet:
    """What the detail view needs to know of a record. ``lines`` is empty when it is gone."""

    ref: str
    title: str
    owner: str | None
    lines: list[Line]


def sheet(store: Store, name: str, record: str) -> Sheet:
    """Everything about one record, in reading order."""
    entity = ENTITIES[name]
    row = one(store.db, name, record)
    if row is None:
        return Sheet("", "(borttagen)", None, [])
    title = title_of(store.db, name, record)
    lines = steps(store, entity, row["status"], record) if entity.workflow else []
    contested = conflicts(store, record)
    for field in entity.fields:
        if isinstance(field, Order):
            continue
        value = row[field.name]
        text = shown(store.db, field, value)
        if isinstance(field, Date) and value:
            text = f"{value}  {day(value)}"
        label = store.terms.field_label(name, field.name)
        told = Line(text, label, leads_to(store, name, record, field, value), faint=text == UNKNOWN)
        lines.append(marked(told, contested.pop(field.name, None)))
    if "status" in contested:
        lines[0] = marked(lines[0], contested.pop("status"))
    beside = {
        "": ("Hela posten", "borttagen av en, ändrad av en annan"),
        "ref": (store.terms.field_label(name, "ref"), row["ref"] or UNKNOWN),
    }
    lines[:0] = [marked(Line(beside[of][1], beside[of][0]), at) for of, at in contested.items() if of in beside]
    return Sheet(row["ref"] or "", title, owner(store.db, name, record), lines + pointing_here(store, name, record))


def conflicts(store: Store, record: str) -> dict[str, Contested]:
    """The open conflicts of a record by field; "" is the record as a whole."""
    rows = store.db.execute(
        """SELECT c.col, ifnull(n.name, '') AS name FROM sync_conflict c
           LEFT JOIN sync_column n ON n.tbl = c.tbl AND n.no = c.col WHERE c.row = ?""",
        (record,),
    )
    return {row["name"]: Contested(record, row["col"], row["name"]) for row in rows}


def steps(store: Store, entity: Entity, status: str, record: str) -> list[Line]:
    """The life of the record in a line, the present step in brackets; steps off the main line stand after it."""
    assert entity.workflow is not None
    flow = entity.workflow
    told = {step: f"[{step}]" if step == status else step for step in flow.steps}
    line = " › ".join(told[step] for step in flow.steps if step not in flow.aside)
    if flow.aside:
        line += f" (eller {', '.join(told[step] for step in flow.aside)})"
    return [Line(line, store.terms.field_label(entity.name, "status"), Jump(entity.name, record, "status"))]


def marked(line: Line, at: Contested | None) -> Line:
    """A field that has a conflict says so first, and leads to it."""
    return line if at is None else replace(line, text=f"⚡ konflikt · {line.text}", target=at, faint=False)


def leads_to(store: Store, name: str, record: str, field: Any, value: Any) -> Jump:
    """The record a reference points at; for any other field its place in the form."""
    if isinstance(field, (Ref, AnyRef)) and value is not None:
        kind = field.to if isinstance(field, Ref) else entity_of(store.db, value)
        if kind:
            return Jump(str(kind), value)
    return Jump(name, record, field.name)


def pointing_here(store: Store, name: str, record: str) -> list[Line]:
    """Under each kind of record that points here the newest few, and a way to all of them."""
    lines: list[Line] = []
    for other, field, n in related(store.db, name, record):
        label = store.terms.entity_label(other, many=True)
        by = store.terms.field_label(other, field)
        lines += [Line("", heading=True), Line(f"{label} ({n}) – {by.lower()}", heading=True)]
        where, params = f't."{field}" = ?', (record,)
        for row in select(store.db, other, where=where, params=params, limit=MOST):
            lines.append(Line(cut(telling(store, other, row["id"]), 100), row["ref"] or "", Jump(other, row["id"])))
        if n > MOST:
            lines.append(
                Line(f"alla {n}", "…", Jump(other, where=where, params=params, title=f"{label}: {by.lower()}"))
            )
    return lines


def can_point_here(name: str) -> list[tuple[str, str]]:
    """(entity, field) of what can be added to a record of this kind; what is worked out is not added by hand."""
    found: dict[str, str] = {}
    for other in ENTITIES.values():
        for field in other.columns:
            hit = field.to == name if isinstance(field, Ref) else isinstance(field, AnyRef) and name in field.to
            if hit and other.name not in found:
                found[other.name] = field.name
    return list(found.items())
