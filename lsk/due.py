"""When a record should be done with, and whether it still is to be: for *Idag*, filters and lists alike."""

from __future__ import annotations

from lsk.model import ENTITIES
from lsk.model.vocabulary import Date

# What has a day to be done by: the condition for being open, and the column with the day.
DUE = {
    "occurrence": ("t.status <> 'klar'", "due"),
    "action": ("t.done_on IS NULL AND t.status NOT IN ('avslagen', 'genomförd', 'uppföljd', 'avslutad')", "due"),
    "self_check_round": ("t.done_on IS NULL AND t.status = 'planerad'", "due"),
    "document_version": ("t.status = 'fastställd'", "next_review"),
    "decision": ("t.followed_up_on IS NULL", "follow_up_due"),
}

DAYS = ("due", "answer_due", "next_review", "follow_up_due", "gap_due")
DONE = ("done_on", "answered_on", "followed_up_on")


def due_field(entity: str) -> str:
    """The field with the day a record should be done by, "" where its kind has none."""
    dates = {f.name for f in ENTITIES[entity].columns if isinstance(f, Date)}
    return DUE[entity][1] if entity in DUE else next((name for name in DAYS if name in dates), "")


def is_open(entity: str) -> str:
    """SQL over t for what is not at its end: no final step, or no day of being done. "" where nothing can be either."""
    kind = ENTITIES[entity]
    if kind.workflow:
        final = ", ".join(f"'{step}'" for step in kind.workflow.final)
        return f"t.status NOT IN ({final})"
    dates = {f.name for f in kind.columns if isinstance(f, Date)}
    return " AND ".join(f't."{name}" IS NULL' for name in DONE if name in dates)


def is_late(entity: str) -> str:
    """SQL over t, with today as its one parameter, for what should have been done. "" where nothing can be late."""
    day = due_field(entity)
    still = DUE[entity][0] if entity in DUE else is_open(entity)
    return f'({still}) AND t."{day}" < ?' if day and still else ""
