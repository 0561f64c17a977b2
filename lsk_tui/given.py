"""What a new record begins with, so that nobody writes what is already known."""

from __future__ import annotations

from typing import Any

from lsk.model import ENTITIES
from lsk.model.vocabulary import UNIT, Ref, Text
from lsk.records import one
from lsk.rules.proposals import propose
from lsk.store import Store
from lsk_tui.owning import owner

# Dates of what a person writes down as it happens. Proposed and seen in the form, never filled in by an import.
WRITTEN_DOWN_TODAY = {
    ("deviation", "received_on"),
    ("acknowledgement", "acknowledged_on"),
    ("printout", "printed_on"),
    ("action_followup", "followed_up_on"),
    ("committee_question", "asked_on"),
    ("destruction", "destroyed_on"),
}


def references(entity: str) -> dict[str, str]:
    """The references of a kind of record, and what they lead to."""
    return {f.name: f.to for f in ENTITIES[entity].columns if isinstance(f, Ref)}


def inherited(store: Store, entity: str, made_from: str, record: str) -> dict[str, Any]:
    """What a new record takes over from the one it is made from: references of the same name and kind, and its unit."""
    row = one(store.db, made_from, record)
    values = {} if row is None else taken_over(entity, made_from, dict(row))
    if references(entity).get("unit") == "unit" and "unit" not in references(made_from):
        values["unit"] = owner(store.db, made_from, record)
    return {name: value for name, value in values.items() if value is not None}


def taken_over(entity: str, made_from: str, values: dict[str, Any]) -> dict[str, Any]:
    """The references that both kinds have, as they stand in ``values``."""
    theirs = references(made_from)
    shared = (name for name, to in references(entity).items() if theirs.get(name) == to)
    return {name: values[name] for name in shared if values.get(name) is not None}


def called(entity: str, text: str) -> dict[str, Any]:
    """What was looked for and not found, as the name of the record that is made of it."""
    kind = ENTITIES[entity]
    title = next((f for f in kind.fields if f.name == kind.title), None)
    return {kind.title: text} if text and isinstance(title, Text) else {}


def starting_values(store: Store, entity: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a new record holds from the start: what it was made from, and in a unit's own file the unit."""
    kind = ENTITIES[entity]
    has_unit = references(entity).get("unit") is not None
    return ({"unit": store.file.unit} if has_unit and kind.scope == UNIT and store.file.unit else {}) | given


def proposed(store: Store, entity: str, written: dict[str, Any]) -> dict[str, Any]:
    """What fills the fields left empty when a new record is saved."""
    today = {name: store.today.isoformat() for kind, name in WRITTEN_DOWN_TODAY if kind == entity}
    return today | propose(store.db, entity, written)
