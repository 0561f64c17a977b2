"""What returns every year: meetings, obligations with their dates, and three years of occurrences."""

from __future__ import annotations

from datetime import date, timedelta

from lsk.store import Store
from lsk.year.days import due
from lsk.year.periods import MONTHS, periods
from sample_db import roles
from sample_db.words import Row, Sample, weekday

# How often a body meets: one that prepares, one that decides what another has prepared, and all others.
MONTHS_OF = {
    "often": (2, 3, 4, 5, 6, 8, 9, 10, 11, 12),
    "seldom": (3, 6, 9, 11, 12),
    "quarterly": (2, 5, 9, 12),
}
MEETING_DAY = {"often": 10, "seldom": 17, "quarterly": 24}
# cadence → due rules where the municipality has said nothing else: "+45" is days after the period, "02-15" a day in
# the year after it.
RULES = {
    "månad": ("+15",),
    "kvartal": ("+30", "+45"),
    "tertial": ("+30",),
    "halvår": ("+45",),
    "år": ("02-15", "03-01", "01-31", "04-15"),
}
HORIZON = timedelta(days=150)
NOT_DONE = 2  # how many of the latest that are due have been left undone


def meetings(sample: Sample, store: Store) -> None:
    """The meetings of each body that decides anything, as far as they have been held."""
    rows = []
    bodies = roles.bodies(sample, store)
    for body in sorted(bodies, key=lambda name: how_often(sample, name)):
        often = how_often(sample, body)
        days = [
            weekday(date(year, month, MEETING_DAY[often]))
            for year in range(sample.start.year, sample.today.year + 1)
            for month in MONTHS_OF[often]
        ]
        held = [day for day in days if sample.start <= day <= sample.today]
        made: list[Row] = [
            {
                "id": sample.id(day),
                "body": sample.roles[body],
                "held_on": day.isoformat(),
                "note": "Protokollet justerat." if day < sample.today - timedelta(days=21) else "Protokollet justeras.",
            }
            for day in held
        ]
        sample.meetings[body] = [(row["held_on"], row["id"]) for row in made]
        rows += made
    with store.change("Nämndsekreterare", "Sammanträden") as change:
        change.insert_many("meeting", sorted(rows, key=lambda row: row["held_on"]))


def how_often(sample: Sample, body: str) -> str:
    if body == sample.duties["preparing"]:
        return "often"
    return "seldom" if body == sample.duties["committee"] else "quarterly"


def obligations(sample: Sample, store: Store) -> None:
    """The municipality decides its days, and three years of occurrences are there: done, done late, late, to come."""
    with store.change(sample.coordinator, "Årshjul och återkommande uppgifter") as change:
        for number, row in enumerate(store.db.execute("SELECT * FROM obligation ORDER BY ref").fetchall()):
            answer = dated(sample, dict(row), number)
            if answer:
                change.update("obligation", row["id"], answer)
        rows: list[Row] = []
        decisions: list[Row] = []
        owed = store.db.execute("SELECT * FROM obligation WHERE due_rule IS NOT NULL ORDER BY ref").fetchall()
        for row in owed:
            each = concerned(sample, row["applies_to"])
            if row["cadence"] not in MONTHS:
                continue
            for period, end in periods(row["cadence"], sample.start, sample.today + HORIZON):
                rows += [
                    occurrence(sample, dict(row), period, due(row["due_rule"], end), unit, decisions) for unit in each
                ]
        rows = [row for row in rows if row["due"] <= (sample.today + HORIZON).isoformat()]
        leave_late(sample, rows)
        kept = {row["evidence"] for row in rows if row.get("evidence")}
        change.insert_many("decision", [d for d in decisions if d["id"] in kept])
        change.insert_many("occurrence", sorted(rows, key=lambda row: row["due"]))


def dated(sample: Sample, row: Row, number: int) -> Row | None:
    """When the municipality says that an obligation is due, and to whom; None when it has not said."""
    if "obligations" not in sample.place:
        rules = RULES.get(row["cadence"] or "")
        answer = {"due_rule": row["due_rule"] or rules[number % len(rules)], "lead_days": 30} if rules else None
    elif row["name"] in sample.place["obligations"]:
        cadence, rule, *recipient = sample.place["obligations"][row["name"]]
        answer = {"cadence": cadence, "due_rule": rule, "lead_days": 30}
        if recipient:
            answer["recipient"] = sample.roles[recipient[0]]
    else:
        answer = None
    if answer and not row["responsible_role"]:
        answer["responsible_role"] = sample.role("unit_manager")
    return answer


def concerned(sample: Sample, applies_to: str | None) -> list[str | None]:
    """The units that each have it to do; None is the whole activity."""
    if applies_to == "varje enhet":
        return list(sample.unit_names)
    if applies_to == "enhet med hälso- och sjukvård":
        return [unit["short"] for unit in sample.place["units"] if unit["care"]]
    return [None]


def occurrence(sample: Sample, obligation: Row, period: str, day: date, unit: str | None, decisions: list[Row]) -> Row:
    row: Row = {
        "obligation": obligation["id"],
        "period": period,
        "due": day.isoformat(),
        "unit": sample.units[unit] if unit else None,
    }
    if day > sample.today:
        return row | {"status": "pågår" if day - sample.today < timedelta(days=45) else "kommande"}
    late = sample.chance(0.12)
    done = min(weekday(day + timedelta(days=sample.between(2, 20) if late else -sample.between(0, 25))), sample.today)
    row |= {"status": "klar", "done_on": done.isoformat(), "evidence_text": obligation["output"] or obligation["name"]}
    recipient = next(
        (body for body in sample.meetings if sample.roles[body] in (obligation["recipient"], obligation["via"])), None
    )
    meeting = sample.meeting_after(recipient, row["done_on"]) if recipient else None
    if recipient and meeting:
        decisions.append(
            {
                "id": sample.id(meeting[0]),
                "meeting": meeting[1],
                "paragraph": sample.paragraph(meeting[1]),
                "text": f"{recipient} tar del av {obligation['name'][0].lower()}{obligation['name'][1:]}, {period}.",
                "kind": sample.word("decision_kinds", "tar del av"),
                "diary_number": sample.diary_number(meeting[0]),
            }
        )
        row["evidence"] = decisions[-1]["id"]
    return row


def leave_late(sample: Sample, rows: list[Row]) -> None:
    """The last ones that are due have not been done: the units', where any are."""
    past = [row for row in rows if row["status"] == "klar"]
    past = [row for row in past if row["unit"]] or past
    for row in sorted(past, key=lambda r: (r["due"], r["unit"] or ""))[-NOT_DONE:]:
        row |= {"status": "pågår", "done_on": None, "evidence": None, "evidence_text": None}
