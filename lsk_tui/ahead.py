"""What the next step of a record asks for, as lines: gates are asked in advance, and each answer leads to its cure."""

from __future__ import annotations

from dataclasses import dataclass

from lsk.rules import RULES, Finding, lacking
from lsk.steps import Step, cure, demand, left
from lsk.store import Store
from lsk_tui.lines import Jump, Line

BELOW, EDIT = "below", "edit"  # the acts of adding something to the record, and of changing it
LACK = "NOT EXISTS"  # in a rule that is broken by what there is none of


@dataclass(frozen=True)
class Take:
    """A line that takes a record a step on."""

    status: str


def next_steps(store: Store, name: str, record: str) -> list[Line]:
    """The next step and what is missing for it; then the first step after it that more is missing for."""
    steps = left(store, name, record)
    if not steps:
        return []
    first, *later = steps
    known = {f.rule for f in first.stops}
    further = next((s for s in later if {f.rule for f in s.stops} - known), None)
    lines = [offered(first), *missing(store, name, record, first)]
    if further is not None:
        fresh = [f for f in further.stops if f.rule not in known]
        lines += [one_missing(store, name, record, further, f, f"Innan ”{further.status}”") for f in fresh]
    return lines


def offered(step: Step) -> Line:
    if step.stops:
        return Line(f"{step.status} – går inte än", "Nästa steg")
    return Line(f"{step.status} – inget saknas. Enter tar steget.", "Nästa steg", Take(step.status))


def missing(store: Store, name: str, record: str, step: Step) -> list[Line]:
    """What refuses the step, then what should be thought of."""
    stops = [one_missing(store, name, record, step, f, "Saknas") for f in step.stops]
    return stops + [one_missing(store, name, record, step, f, "Bör") for f in step.advice]


def one_missing(store: Store, name: str, record: str, step: Step, finding: Finding, label: str) -> Line:
    """What is missing, with the words of the requirement, leading to the field or to what can be added."""
    there = cure(store, name, record, step, finding)
    why = demand(store.db, finding.requirement)
    text = f"{finding.message} {finding.remedy}" + (f" ({why})" if why else "")
    return Line(text, label, Jump(there.entity, there.record, there.field) if there else BELOW)


def wanting(store: Store, name: str, record: str) -> list[Line]:
    """What is missing or late in the record, leading to where it is mended: a finding on *Idag* has led here."""
    found = lacking(store.db, name, record)
    return [Line(f"{f.message} {f.remedy}", "Brist", mended(store, name, record, f)) for f in found]


def mended(store: Store, name: str, record: str, finding: Finding) -> Jump | str:
    """Where: what there is none of is added; an empty field that the rule waits for is filled in; else it is changed.

    In that order, since the first would be hidden, too, by filling in that the unit is closed.
    """
    if LACK in RULES[finding.rule].breach.sql:
        return BELOW
    there = cure(store, name, record, Step("", {}), finding)
    return Jump(there.entity, there.record, there.field) if there else EDIT
