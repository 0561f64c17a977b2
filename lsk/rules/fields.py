"""What a single field may hold: required, allowed by its list, a real date, a record that exists."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from lsk.model.vocabulary import AnyRef, Choice, Date, Decimal, Entity, Field, Flag, Integer, Ref, Text
from lsk.rules import Finding

if TYPE_CHECKING:
    from lsk.terms import Terms

MISSING = "obligatoriskt fält"
DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,6})?", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LARGEST = 2**63 - 1  # that SQLite holds


def choices(db: sqlite3.Connection, field: Choice) -> list[str]:
    """The words a choice may hold now, in their order. Empty when the municipality has not made its list."""
    if field.values:
        return list(field.values)
    rows = db.execute(
        "SELECT value FROM choice_value WHERE list = ? AND ifnull(retired, 0) = 0 ORDER BY number", (field.values_from,)
    )
    return [row[0] for row in rows]


def faults(
    db: sqlite3.Connection,
    entity: Entity,
    values: dict[str, Any],
    terms: Terms,
    only: set[str] | None = None,
    lists: dict[str, list[str]] | None = None,
) -> Iterator[Finding]:
    """What is wrong with these values, field by field.

    ``only``: just the fields that are being changed. ``lists`` keeps choice lists between the records of an import.
    """
    lists = {} if lists is None else lists
    for field in entity.columns:
        if only is not None and field.name not in only:
            continue
        value = values.get(field.name)
        if value is None and not field.required:
            continue
        if value and isinstance(field, Text):
            continue
        if isinstance(field, Choice):
            if field.name not in lists:
                lists[field.name] = choices(db, field)
            if value in lists[field.name] or (value and not lists[field.name]):
                continue
        if fault(db, field, value, ""):
            message = fault(db, field, value, terms.field_label(entity.name, field.name))
            yield Finding(
                rule=MISSING if values.get(field.name) in (None, "") else "fält",
                record=values.get("id"),
                entity=entity.name,
                ref=values.get("ref") or "",
                requirement=field.requirement or "",
                severity="fel",
                message=f"{terms.entity_label(entity.name)}: {message}",
                remedy="",
                field=field.name,
            )


def fault(db: sqlite3.Connection, field: Field, value: Any, label: str) -> str:
    """The sentence that says what is wrong with one value, or nothing."""
    if value is None or value == "":
        return f"”{label}” ({field.name}) saknas och måste fyllas i." if field.required else ""
    if isinstance(field, Choice):
        return fault_of_choice(db, field, value, label)
    if isinstance(field, Date):
        return "" if real_date(value) else f"”{label}” ska vara ett datum som 2026-11-03, inte ”{value}”."
    if isinstance(field, Integer):
        return fault_of_number(field, value, label)
    if isinstance(field, Decimal):
        return "" if real_number(value) else f"”{label}” ska vara ett tal som 97,5, inte ”{value}”."
    if isinstance(field, Flag):
        return "" if value in (0, 1) else f"”{label}” ska vara ja eller nej, inte ”{value}”."
    if isinstance(field, (Ref, AnyRef)):
        return "" if isinstance(value, str) and len(value) == 36 else f"”{label}” pekar inte på någon post: ”{value}”."
    return ""


def fault_of_choice(db: sqlite3.Connection, field: Choice, value: Any, label: str) -> str:
    allowed = choices(db, field)
    if not allowed or value in allowed:
        return ""
    return f"”{label}” kan inte vara ”{value}”. Välj något av: {', '.join(allowed)}."


def fault_of_number(field: Integer, value: Any, label: str) -> str:
    if not isinstance(value, int):
        return f"”{label}” ska vara ett heltal, inte ”{value}”."
    if abs(value) > LARGEST:
        return f"”{label}” är ett för stort tal."
    if field.minimum is not None and value < field.minimum:
        return f"”{label}” ska vara minst {field.minimum}."
    if field.maximum is not None and value > field.maximum:
        return f"”{label}” ska vara högst {field.maximum}."
    return ""


def real_number(value: Any) -> bool:
    """An exact decimal as it is stored: digits with a point, no exponent, no leading zeros to compare wrongly."""
    return isinstance(value, str) and DECIMAL.fullmatch(value) is not None


def real_date(value: Any) -> bool:
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
