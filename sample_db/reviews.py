"""Reviews of the units with what they found and what came of it, and the management's own review where there is one."""

from __future__ import annotations

from datetime import date

from lsk.change import Change
from lsk.store import Store
from sample_db.words import Row, Sample, add_months, weekday

PRIVATE = ("privat", "entreprenad", "LOV")
NO_ACTION = 1  # findings that nobody has answered yet


def build(sample: Sample, store: Store) -> None:
    """The plan with its reviews, then the management reviews: one change set each."""
    with store.change(sample.coordinator, "Granskningsplan och granskningar") as change:
        plan = change.insert("review_plan", plan_row(sample))
        findings = [row for review in reviews(sample, plan.id) for row in review_of(sample, change, review)]
        for number, finding in enumerate(findings[: len(findings) - NO_ACTION]):
            change.insert("action", action(sample, finding, number))
    if sample.settings.get("has_management_review") == "ja":
        with store.change(sample.person("top")[1], "Ledningens genomgång") as change:
            management(sample, store, change)


def plan_row(sample: Sample) -> Row:
    return {
        "id": sample.id(sample.start),
        "title": f"Granskningsplan {sample.start.year}–{sample.today.year}",
        "year_from": sample.start.year,
        "year_to": sample.today.year,
        "status": "antagen",
    }


def reviews(sample: Sample, plan: str) -> list[Row]:
    """Private activity every year, all others once in the plan's years; what lies ahead is planned (T24)."""
    rows = []
    years = list(range(sample.start.year, sample.today.year + 1))
    for number, unit in enumerate(sample.place["units"]):
        for year in years if unit.get("form") in PRIVATE else [years[number % len(years)]]:
            rows.append(review_row(sample, unit["short"], year, plan, unit.get("individual", 1)))
    return rows


def review_row(sample: Sample, short: str, year: int, plan: str, individual: int) -> Row:
    done = weekday(date(year, sample.between(9, 11), sample.between(3, 20)))
    words = sample.texts["reviews"]
    kinds = sample.lists["review_kinds"]
    own = sample.word("review_kinds", "egen")
    kind = own if own and (individual or own != "verksamhetsuppföljning") else sample.word("review_kinds", "tillsyn")
    row: Row = {
        "id": sample.id(min(done, sample.today)),
        "title": f"Granskning {year}, {sample.unit_names[short]}",
        "kind": kind or kinds[0],
        "unit": sample.units[short],
        "plan": plan,
        "year": year,
        "reviewer_role": sample.role("quality"),
        "ordered_by": sample.duties["committee"],
        "method": words["method"],
        "status": "planerad",
    }
    if done <= sample.today:
        meeting = sample.meeting_after(sample.duties["preparing"], done.isoformat())
        row |= {
            "done_on": done.isoformat(),
            "strengths": sample.pick(words["strengths"]),
            "development_areas": sample.pick(words["development"]),
            "result": words["result"],
            "reported_on": meeting[0] if meeting else None,
            "status": "åtgärder följs upp" if meeting else "genomförd",
        }
    return row


def review_of(sample: Sample, change: Change, review: Row) -> list[Row]:
    """Write one review with what it found. Returns the findings with the unit and day they are about."""
    change.insert("review", review)
    if "done_on" not in review:
        return []
    words = sample.rng.sample(list(enumerate(sample.texts["reviews"]["findings"])), sample.between(1, 2))
    found = []
    for number, text in words:
        row = {
            "id": sample.id(review["done_on"]),
            "review": review["id"],
            "text": text,
            "severity": sample.lists["severities"][0],
        }
        change.insert("review_finding", row)
        found.append({**row, "unit": review["unit"], "day": review["done_on"], "bank": number})
    return found


def action(sample: Sample, finding: Row, number: int) -> Row:
    """What came of a finding: done and helpful, but for the newest."""
    short = next(s for s in sample.unit_names if sample.units[s] == finding["unit"])
    proposed = date.fromisoformat(finding["day"])
    due = weekday(add_months(proposed, sample.between(3, 6)))
    row: Row = {
        "id": sample.id(proposed),
        "text": sample.texts["reviews"]["actions"][finding["bank"]],
        "unit": finding["unit"],
        "kind": "korrigerande",
        "origin": finding["id"],
        "responsible_role": sample.manager_role(short),
        "responsible": sample.managers[short][0],
        "proposed_on": finding["day"],
        "due": due.isoformat(),
        "scenario": sample.texts["reviews"]["scenario"],
        "status": "pågår",
    }
    if due <= sample.today and number % 9:
        row |= {"done_on": due.isoformat(), "status": "avslutad", "effect": sample.weighted({"ja": 4, "delvis": 1})}
    return row


def management(sample: Sample, store: Store, change: Change) -> None:
    """Each year's review with all the inputs of its template, and the decisions it came to (V57 V58 V59)."""
    inputs = store.db.execute(
        """SELECT s.number, s.heading FROM report_template_section s JOIN report_template m ON m.id = s.template
           WHERE m.kind = 'ledningens genomgång' ORDER BY s.number"""
    ).fetchall()
    group = store.db.execute("SELECT id FROM working_group ORDER BY ref LIMIT 1").fetchone()
    words = sample.texts["management_review"]
    for year in range(sample.start.year + 1, sample.today.year + 1):
        held = weekday(date(year, 10, 12))
        over = held <= sample.today
        review = change.insert(
            "management_review",
            {
                "id": sample.id(min(held, sample.today)),
                "year": year,
                "held_on": held.isoformat() if over else None,
                "working_group": group and group["id"],
                "effectiveness": words["effectiveness"] if over else None,
                "status": ("genomförd" if year == sample.today.year else "avslutad") if over else "förbereds",
            },
        )
        change.insert_many(
            "management_review_input",
            [{"management_review": review.id, "content": words["content"], **dict(row)} for row in inputs],
        )
        for known in words["actions"] if over else ():
            due = weekday(add_months(held, 8))
            done = due <= sample.today
            change.insert(
                "action",
                {
                    "id": sample.id(held),
                    **known,
                    "unit": sample.units[sample.place["department"]],
                    "origin": review.id,
                    "responsible_role": sample.role("top"),
                    "responsible": sample.person("top")[0],
                    "proposed_on": held.isoformat(),
                    "due": due.isoformat(),
                    "done_on": due.isoformat() if done else None,
                    "effect": "ja" if done else None,
                    "status": "avslutad" if done else "pågår",
                },
            )
