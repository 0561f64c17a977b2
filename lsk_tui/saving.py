"""Saving what a form holds, without writing over what somebody else saved while it was open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lsk.errors import LskError
from lsk.history import log
from lsk.records import one
from lsk.rules import Finding
from lsk.store import Store
from lsk_tui.words import moment

LOOKED_THROUGH = 50  # change sets of the record, to find who wrote what is there now


@dataclass(frozen=True)
class Difference:
    """A field that two have changed: what this form says, and what stands in the file since ``who`` saved it."""

    field: str
    mine: Any
    theirs: Any
    who: str


class Overtaken(LskError):
    """Somebody saved the record while the form was open. ``row`` is how it stands; ``differences`` are to be chosen."""

    def __init__(self, row: dict[str, Any], differences: list[Difference]) -> None:
        self.row, self.differences = row, differences
        super().__init__("Någon annan har ändrat posten medan formuläret var öppet.")


def add(store: Store, actor: str, entity: str, values: dict[str, Any]) -> tuple[str, list[Finding]]:
    """Save a new record: its id, and what the rules had to say of it."""
    with store.change(actor) as change:
        new = change.insert(entity, {name: value for name, value in values.items() if name != "ref"})
    return new.id, change.warnings


def amend(
    store: Store, actor: str, entity: str, record: str, began: dict[str, Any], changed: dict[str, Any]
) -> tuple[str, list[Finding]]:
    """Save the changed fields of a record that was ``began`` when the form opened. What else others saved stays."""
    with store.change(actor) as change:
        row = one(store.db, entity, record)
        if row is None:
            raise LskError(gone(store, entity, record, began))
        both = [name for name, mine in changed.items() if row[name] not in (began.get(name), mine)]
        if both:
            raise Overtaken(dict(row), [difference(store, record, n, changed[n], row[n]) for n in both])
        change.update(entity, record, changed)
    return record, change.warnings


def difference(store: Store, record: str, name: str, mine: Any, theirs: Any) -> Difference:
    return Difference(name, mine, theirs, last_to_write(store, record, name))


def last_to_write(store: Store, record: str, name: str = "") -> str:
    """ "Bo Ek, 2026-11-20 14:40": who last changed a field, or the record, as far as its latest changes tell."""
    for done in log(store.db, LOOKED_THROUGH, record):
        if not name or any(cell.field == name for cell in done.changes):
            return f"{done.actor or 'ett annat program'}, {moment(done.at)}"
    return "någon annan"


def gone(store: Store, entity: str, record: str, began: dict[str, Any]) -> str:
    name = f"{store.terms.entity_the(entity)} {began.get('ref') or ''}"
    return (
        f"{name[:1].upper()}{name[1:].rstrip()} togs bort medan du skrev ({last_to_write(store, record)}). "
        "Det du skrivit står kvar här och som utkast. Den som tog bort posten kan ångra det (u); spara sedan igen."
    )
