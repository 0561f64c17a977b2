"""Internal control: a plan each year, its points tied to processes, and what each control came to."""

from __future__ import annotations

from datetime import date, timedelta

from lsk.change import derived_id
from lsk.model import ENTITIES
from lsk.store import Store
from lsk.year.periods import periods
from sample_db.words import Row, Sample, weekday

NOT_ANALYSED = 1


def build(sample: Sample, store: Store) -> None:
    """One change set for each year's plan."""
    left: list[str] = []
    for year in range(sample.today.year - 1, sample.today.year + 1):
        with store.change(sample.person("top")[1], f"Internkontrollplan {year}") as change:
            plan = plan_row(sample, year)
            points = [point(sample, plan, number) for number in range(len(sample.texts["control_points"]))]
            results = [row for p in points for row in results_of(sample, p, year)]
            if year == sample.today.year:
                left = [r["id"] for r in results if r["analysis"]][-NOT_ANALYSED:]
            for row in results:
                row["analysis"] = None if row["id"] in left else row["analysis"]
            change.insert("internal_control_plan", plan)
            change.insert_many("control_point", points)
            change.insert_many("control_result", results)


def plan_row(sample: Sample, year: int) -> Row:
    return {
        "id": sample.id(date(year, 1, 10)),
        "title": f"Internkontrollplan {year}",
        "unit": sample.units[sample.place["department"]],
        "year": year,
        "follow_up_due": date(year, 12, 15).isoformat(),
        "status": "redovisad" if year < sample.today.year else "följs upp",
    }


def point(sample: Sample, plan: Row, number: int) -> Row:
    words = sample.texts["control_points"][number]
    processes = list(sample.processes.values())
    assurances = sample.lists["assurances"]
    return {
        "id": sample.id(date(plan["year"], 1, 12)),
        "plan": plan["id"],
        "text": words["text"],
        "process": processes[number % len(processes)],
        "assurance": assurances[number % len(assurances)],
        "in_ordinary_followup": 0,
        "method": words["method"],
        "frequency": words["frequency"],
        "target": str(words["target"]),
        "responsible_role": sample.role("unit_manager"),
        "examiner": sample.role("quality"),
    }


def results_of(sample: Sample, point: Row, year: int) -> list[Row]:
    """What each period's control came to; below the target it is analysed."""
    rows: list[Row] = []
    for period, end in periods(point["frequency"], date(year, 1, 1), min(date(year, 12, 31), sample.today)):
        checked = sample.between(15, 25)
        approved = checked - sample.weighted_number((6, 3, 1, 1))
        poor = 100 * approved < float(point["target"]) * checked
        words = sample.texts["control_text"]
        row: Row = {
            "control_point": point["id"],
            "period": period,
            "done_on": min(weekday(end + timedelta(days=sample.between(1, 14))), sample.today).isoformat(),
            "checked_count": checked,
            "approved_count": approved,
            "deviation_found": int(poor),
            "text": words["poor" if poor else "good"],
            "analysis": sample.texts["control_analysis"] if poor else None,
        }
        row["id"] = derived_id(ENTITIES["control_result"], row)
        rows.append(row)
    return rows
