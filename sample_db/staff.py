"""Staff: what competence is demanded and there is, staffing, introduction, and who has taken part in what."""

from __future__ import annotations

from datetime import date, timedelta

from lsk.change import Change
from lsk.store import Store
from lsk.year.periods import periods
from sample_db.documents import themes_of
from sample_db.words import Row, Sample, add_months, weekday


def build(sample: Sample, store: Store) -> None:
    """One change set for each unit."""
    demands = requirements(sample, store)
    for short, name in sample.unit_names.items():
        with store.change(sample.managers[short][1], f"Kompetens och bemanning, {name}") as change:
            competence(sample, change, short, demands[sample.likes[short]])
            change.insert_many("staffing_followup", staffing(sample, short))
            change.insert_many("introduction", introductions(sample, short))
            change.insert_many("participation", participation(sample, short))


def requirements(sample: Sample, store: Store) -> dict[str, str]:
    """What each kind of unit demands of its staff: kind of unit → competence requirement."""
    banks = sample.texts["competences"]
    found: dict[str, str] = {}
    with store.change(sample.person("top")[1], "Kompetenskrav") as change:
        for like in dict.fromkeys(sample.likes.values()):
            words = banks.get(like, banks["HTN"])
            found[like] = next((found[k] for k in found if banks.get(k, banks["HTN"]) is words), "")
            if not found[like]:
                since = sample.start.isoformat()
                found[like] = sample.id(since)
                row = {"id": found[like], "source": "Egen kravprofil", "valid_from": since, "status": "fastställt"}
                change.insert("competence_requirement", {**words, **row})
    return found


def competence(sample: Sample, change: Change, short: str, demand: str) -> None:
    """How many meet the requirement, year by year; a plan where some do not. The last gap of one unit has none yet."""
    total = 5 * len(sample.staff[short])
    for year in range(sample.start.year + 1, sample.today.year + 1):
        done = weekday(date(year, 1, 28))
        if done > sample.today:
            continue
        missing = max(0, sample.between(0, 5) - (year - sample.start.year))
        plan = None
        unplanned = year == sample.today.year and short == next(iter(sample.unit_names))
        if missing and not unplanned:
            plan = change.insert("plan", plan_row(sample, short, year)).id
        change.insert(
            "competence_followup",
            {
                "unit": sample.units[short],
                "year": year,
                "competence_requirement": demand,
                "staff_total": total,
                "staff_meeting": total - missing,
                "plan": plan,
                "done_on": done.isoformat(),
            },
        )


def plan_row(sample: Sample, short: str, year: int) -> Row:
    return {
        "id": sample.id(date(year, 2, 10)),
        "title": f"Kompetensplan {year}, {sample.unit_names[short]}",
        "kind": sample.some_word("plan_kinds", "kompetens"),
        "unit": sample.units[short],
        "year": year,
        "follow_up_due": f"{year}-11-30",
        "status": "avslutad" if year < sample.today.year else "följs upp",
    }


def staffing(sample: Sample, short: str) -> list[Row]:
    needed = 4 * len(sample.staff[short])
    rows = []
    for period, end in periods("år", sample.start, sample.today):
        filled = needed - sample.weighted_number((4, 3, 2, 1))
        comment = sample.pick(sample.texts["staffing_comment"]) if filled < needed else None
        rows.append(
            {
                "unit": sample.units[short],
                "period": period,
                "needed": needed,
                "filled": filled,
                "comment": comment,
                "done_on": min(weekday(end + timedelta(days=10)), sample.today).isoformat(),
            }
        )
    return rows


def introductions(sample: Sample, short: str) -> list[Row]:
    reviewed = add_months(sample.today, -sample.between(2, 11))
    return [
        {
            "id": sample.id(reviewed),
            "unit": sample.units[short],
            "name": f"{name}, {sample.unit_names[short]}",
            "document": sample.routines[themes_of(sample, short)[0]["key"]],
            "exists": int(number == 0 or sample.chance(0.8)),
            "introduced_count": sample.between(1, 9),
            "reviewed_on": reviewed.isoformat(),
        }
        for number, name in enumerate(sample.texts["introductions"])
    ]


def participation(sample: Sample, short: str) -> list[Row]:
    """Once a year: staff, or those whom the unit is for."""
    rows = []
    steps = sample.lists.get("improvement_steps", [])
    for number, (_, end) in enumerate(periods("år", sample.start, sample.today)):
        forum, who = ("dialog", "brukare") if number % 3 == 1 else ("arbetsplatsträff", "medarbetare")
        held = min(weekday(end - timedelta(days=sample.between(5, 60))), sample.today)
        rows.append(
            {
                "id": sample.id(held),
                "forum": sample.some_word("participation_forums", forum),
                "who": sample.some_word("participants", who),
                "unit": sample.units[short],
                "held_on": held.isoformat(),
                "step": sample.pick(steps) if steps else None,
                "subject": sample.goals[short][0],
                "notes": sample.pick(sample.texts["participation_notes"]),
            }
        )
    return rows
