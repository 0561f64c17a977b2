"""A record as lines to read: its steps, its fields, what it points at and what points at it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from sqlite3 import Row
from typing import Any

from lsk.answering import answering
from lsk.due import DUE
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Date, Entity, Integer, Order, Ref
from lsk.records import entity_of, one, related, select, title_of
from lsk.store import Store
from lsk.values import UNKNOWN, shown
from lsk_tui.ahead import next_steps, wanting
from lsk_tui.lines import Contested, Jump, Line
from lsk_tui.lookup import telling
from lsk_tui.owning import in_its_place, owner
from lsk_tui.pages import Question
from lsk_tui.words import cut, day

MOST, PARTS = 5, 12  # related records under one heading; numbered parts of a whole
FEW = 3  # names in a line


@dataclass(frozen=True)
class Sheet:
    """What the detail view needs to know of a record. ``lines`` is empty when it is gone."""

    ref: str
    title: str
    owner: str | None
    lines: list[Line]


def sheet(store: Store, name: str, record: str, whole: bool = False) -> Sheet:
    """Everything about one record, in reading order. ``whole``: with what its next step asks for."""
    entity = ENTITIES[name]
    row = one(store.db, name, record)
    if row is None:
        return Sheet("", "(borttagen)", None, [])
    title = in_its_place(store.db, name, record, title_of(store.db, name, record))
    contested = conflicts(store, record)
    lines = beside_fields(store, name, row, contested)
    if entity.workflow:
        lines += [marked(line, contested.get("status")) for line in steps(store, entity, row["status"], record)]
        lines += next_steps(store, name, record) if whole else []
    lines += wanting(store, name, record) if whole else []
    lines += whose(store, name, record) if whole else []
    lines += facts(store, name, row, contested) + pointing_here(store, name, record)
    return Sheet(row["ref"] or "", title, owner(store.db, name, record), lines)


def whose(store: Store, name: str, record: str) -> list[Line]:
    """Who answers for what falls due, where that stands in the record it comes of and not in its own fields."""
    if name not in DUE or not DUE[name].answered_elsewhere:
        return []
    role, people = answering(store.db, name, record, store.today)
    more = f" och {len(people) - FEW} till" if len(people) > FEW else ""
    who = ", ".join(people[:FEW]) + more if people else "ingen har rollen nu"
    return [Line(f"{role}: {who}", "Svarar för det")] if role else []


def beside_fields(store: Store, name: str, row: Row, contested: dict[str, Contested]) -> list[Line]:
    """Conflicts about the record as a whole and about its reference stand first: they are about no field below."""
    beside = {
        "": ("Hela posten", "borttagen av en, ändrad av en annan"),
        "ref": (store.terms.field_label(name, "ref"), row["ref"] or UNKNOWN),
    }
    return [marked(Line(beside[of][1], beside[of][0]), at) for of, at in contested.items() if of in beside]


def facts(store: Store, name: str, row: Row, contested: dict[str, Contested]) -> list[Line]:
    """The fields that say something, as declared, and after them in one line the names of those that are empty."""
    lines, empty = [], []
    for field in ENTITIES[name].fields:
        if isinstance(field, Order):
            continue
        value, at = row[field.name], contested.get(field.name)
        text = shown(store.db, field, value)
        if text == UNKNOWN and at is None:
            empty.append(field.name)
            continue
        if isinstance(field, Date) and value:
            text = f"{value}  {day(value)}"
        to = leads_to(store, name, row["id"], field, value)
        arrow = "" if to.field or value is None else "→ "
        lines.append(marked(Line(arrow + text, store.terms.field_label(name, field.name), to), at))
    if empty:
        names = ", ".join(within(store.terms.field_label(name, n)) for n in empty)
        lines.append(Line(names, "Inte ifyllt", Jump(name, row["id"], empty[0]), faint=True))
    return lines


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
    """Under each kind of record that points here the newest few, or its parts in order, and a way to all of them."""
    lines: list[Line] = []
    for other, field, n in related(store.db, name, record):
        label = store.terms.entity_label(other, many=True)
        by = within(store.terms.field_label(other, field))
        lines += [Line("", heading=True), Line(f"← {label} ({n}) – {by}", heading=True)]
        where, params = f't."{field}" = ?', (record,)
        among = Question.about(other, where, params)
        sort, most = ("number", PARTS) if is_numbered(other) else (None, MOST)
        for row in select(store.db, other, where=where, params=params, sort=sort, limit=most):
            to = Jump(other, row["id"], among=among)
            lines.append(Line(cut(telling(store, other, row["id"]), 100), row["ref"] or "", to))
        if n > most:
            jump = Jump(other, where=where, params=params, title=f"{label}: {by}", sort=sort or "")
            lines.append(Line(f"alla {n}", "…", jump))
    return lines


def is_numbered(name: str) -> bool:
    """Whether records of a kind are parts in an order: the headings of a report, the sections of a plan."""
    return any(
        field.name == "number" and isinstance(field, Integer) and field.required for field in ENTITIES[name].fields
    )


def can_point_here(name: str) -> list[tuple[str, str]]:
    """(entity, field) of what can be added to a record of this kind; what is worked out is not added by hand."""
    found: dict[str, str] = {}
    for other in ENTITIES.values():
        for field in other.columns:
            hit = field.to == name if isinstance(field, Ref) else isinstance(field, AnyRef) and name in field.to
            if hit and other.name not in found:
                found[other.name] = field.name
    return list(found.items())


def within(label: str) -> str:
    """A label within a sentence: its first letter small, unless it is an abbreviation (IVO, IT-system)."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
