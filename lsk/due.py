"""What has a day to be done by: one declaration for *Idag*, filters, the year wheel, reminders and calendars alike."""

from __future__ import annotations

from dataclasses import dataclass

from lsk.model import ENTITIES
from lsk.model.vocabulary import Date

LEAD = 30  # days ahead that it is time to begin, where nothing else is said


@dataclass(frozen=True)
class Falling:
    """A kind of record that falls due. All in SQL over ``t``.

    ``day``: the column with its day; ``open`` while it is still to be done; ``counts``: what is to be done at all.
    ``title``: what it is called. ``told``: the same for letters and calendars, which hold no word of any case.
    ``role``, ``person``: who answers for it. ``about``: the record it comes of. ``lead``: days ahead.
    """

    day: str
    open: str
    title: str
    told: str = ""
    role: str = "NULL"
    person: str = "NULL"
    counts: str = "1"
    about: str = "NULL"
    lead: str = str(LEAD)

    @property
    def answered_elsewhere(self) -> bool:
        """Whether who answers stands in another record, and in no field of its own."""
        return self.role.startswith("(")


def of(entity: str, column: str, on: str) -> str:
    """SQL for a column of the record that ``on`` refers to."""
    return f"(SELECT x.{column} FROM {entity} x WHERE x.id = t.{on})"


NOT_DONE = "t.status <> 'klar' AND t.done_on IS NULL"

DUE = {
    "occurrence": Falling(
        "due", "t.status <> 'klar'", f"{of('obligation', 'name', 'obligation')} || ', ' || t.period",
        role=of("obligation", "responsible_role", "obligation"), about="t.obligation",
        lead=f"ifnull({of('obligation', 'lead_days', 'obligation')}, {LEAD})",
    ),
    "self_check_round": Falling(
        "due", "t.done_on IS NULL AND t.status = 'planerad'",
        f"{of('self_check', 'name', 'self_check')} || ', ' || t.period",
        told=f"'Egenkontroll: ' || {of('self_check', 'name', 'self_check')} || ', ' || t.period",
        role=of("self_check", "responsible_role", "self_check"), about="t.self_check",
    ),
    "action": Falling(
        "due", "t.done_on IS NULL AND t.status NOT IN ('avslagen', 'genomförd', 'uppföljd', 'avslutad')", "t.text",
        told="'Åtgärd ' || t.ref", role="t.responsible_role", person="t.responsible", counts="t.status <> 'avslagen'",
    ),
    "document_version": Falling(
        "next_review", "t.status = 'fastställd'",
        f"{of('document', 'title', 'document')} || ', version ' || t.version_number",
        told=f"'Se över ' || {of('document', 'title', 'document')}", role=of("document", "owner_role", "document"),
        counts="t.status = 'fastställd'", about="t.document",
    ),
    "process": Falling(
        "next_review", "t.status <> 'upphörd'", "t.name", told="'Se över processen ' || t.name", role="t.owner_role",
        counts="t.status <> 'upphörd'",
    ),
    "decision": Falling(
        "follow_up_due", "t.followed_up_on IS NULL", "t.text", told="'Följ upp beslutet ' || t.paragraph",
    ),
    "committee_question": Falling(
        "due", "t.answered_on IS NULL", "t.question", told="'Besvara nämndens fråga ' || t.ref",
        role="t.responsible_role",
    ),
    "agreement": Falling(
        "follow_up_due", "t.status <> 'upphörd'", "t.name", told="'Följ upp överenskommelsen ' || t.name",
        role="t.responsible_role", counts="t.status <> 'upphörd'",
    ),
    "survey": Falling(
        "answer_due", "t.answered_on IS NULL", "t.name", told="'Besvara ' || t.name", role="t.responsible_role",
    ),
    "goal_activity": Falling(
        "due", NOT_DONE, "t.text", told=f"'Aktivitet till målet ' || {of('goal', 'title', 'goal')}",
        role="t.responsible_role", about="t.goal",
    ),
    "plan_item": Falling(
        "due", NOT_DONE, "t.what", told=f"'Planerat i ' || {of('plan', 'title', 'plan')}", role="t.who", about="t.plan",
    ),
    "plan": Falling(
        "follow_up_due", "t.status IN ('fastställd', 'följs upp')", "t.title", told="'Följ upp ' || t.title",
        counts="t.status <> 'utkast'",
    ),
    "internal_control_plan": Falling(
        "follow_up_due", "t.status IN ('antagen', 'följs upp')", "t.title", told="'Följ upp ' || t.title",
        counts="t.status <> 'utkast'",
    ),
    "application": Falling(
        "gap_due", "ifnull(t.fulfilment, '') <> 'uppfyllt'", of("requirement", "text", "requirement"),
        told=f"'Uppfyll krav ' || {of('requirement', 'code', 'requirement')}", role="t.responsible_role",
        about="t.requirement",
    ),
}  # fmt: skip

DONE = ("done_on", "answered_on", "followed_up_on")


def due_field(entity: str) -> str:
    """The field with the day a record should be done by, "" where its kind has none."""
    return DUE[entity].day if entity in DUE else ""


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
    return f'({DUE[entity].open}) AND t."{DUE[entity].day}" < ?' if entity in DUE else ""
