"""The steps a record has left to take, and what each still asks for."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from lsk.change import row_status
from lsk.model import ENTITIES
from lsk.records import one, related, select
from lsk.rules import RULES, Finding
from lsk.rules.ahead import ahead
from lsk.store import Store

ANYTHING = "1"  # stands for what a person would fill in
PRESENT = re.compile(r"(?<!NOT )EXISTS \(\s*SELECT 1 FROM (\w+)")  # a rule broken by what there is, not by a lack


@dataclass(frozen=True)
class Cure:
    """The record, and the field of it, where something is to be filled in. Without a field: anywhere in it."""

    entity: str
    record: str
    field: str = ""


@dataclass(frozen=True)
class Step:
    """A step ahead. ``values``: what taking it writes. ``stops`` refuse it; ``advice`` is said, and it is taken."""

    status: str
    values: dict[str, Any]
    stops: list[Finding] = field(default_factory=list)
    advice: list[Finding] = field(default_factory=list)


def left(store: Store, name: str, record: str) -> list[Step]:
    """The steps after the one the record stands on, those off the main line apart. Empty at the end of its life."""
    flow, row = ENTITIES[name].workflow, one(store.db, name, record)
    if flow is None or row is None or row_status(row) in flow.final:
        return []
    here = flow.steps.index(str(row_status(row)))
    return [step(store, name, row, status) for status in flow.steps[here + 1 :] if status not in flow.aside]


def step(store: Store, name: str, row: sqlite3.Row, status: str) -> Step:
    """What taking a step would write, the date it stamps included, and what the rules say of that."""
    flow = ENTITIES[name].workflow
    assert flow is not None
    dates = {day: store.today.isoformat() for at, day in flow.stamps if at == status and row[day] is None}
    values = {"status": status, **dates}
    said = ahead(store.db, name, row["id"], values)
    return Step(status, values, [f for f in said if f.severity == "fel"], [f for f in said if f.severity != "fel"])


def cure(store: Store, name: str, record: str, step: Step, finding: Finding) -> Cure | None:
    """Where what a rule asks for is filled in; None when it is something that has to be added to the record.

    The empty field that the rule would be content to see filled is found by asking it once more for each, those it
    guards first, as if something stood there. A rule that points at what exists elsewhere is cured there.
    """
    row, entity = one(store.db, name, record), ENTITIES[name]
    assert row is not None
    empty = [f.name for f in entity.columns if row[f.name] is None and f.name not in step.values]
    guarded = RULES[finding.rule].columns
    for field_name in sorted(empty, key=lambda name: name not in guarded):
        if not ahead(store.db, name, record, {**step.values, field_name: ANYTHING}, only=finding.rule):
            return Cure(name, record, field_name)
    pointed_at = PRESENT.search(RULES[finding.rule].breach.sql)
    for other, field_name, _ in related(store.db, name, record) if pointed_at else ():
        if pointed_at and other == pointed_at[1]:
            found = select(store.db, other, where=f't."{field_name}" = ?', params=(record,), limit=1)[0]
            return Cure(other, found["id"])
    return next((Cure(name, record, field_name) for field_name in guarded if field_name in empty), None)


def demand(db: sqlite3.Connection, cited: str) -> str:
    """The words of the first requirement cited that this municipality has; "" when it has none of them.

    A rule cites the requirements of several municipalities: "R36 J39". One in parts is found by its first: R57a.
    """
    for code in cited.split():
        row = db.execute(
            "SELECT code, text FROM requirement WHERE code = ?1 OR code GLOB ?1 || '[a-z]' ORDER BY code LIMIT 1",
            (code,),
        ).fetchone()
        if row is not None:
            return f"{row['code']}: {row['text']}"
    return ""
