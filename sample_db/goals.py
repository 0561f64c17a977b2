"""Goals down to the units, how they are measured, and the plans that lead there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from lsk.change import Change, derived_id
from lsk.model import ENTITIES
from lsk.store import Store
from lsk.year.periods import periods
from sample_db.words import Row, Sample, add_months, weekday

OTHERS = ("vision", "nationellt mål")  # levels that somebody else has decided
NOT_ANALYSED = 2  # the latest outcomes off their target
KEPT = 3  # plans: the years before this one that are there too


def build(sample: Sample, store: Store) -> None:
    """A change set for what is decided above, and one for each unit."""
    with store.change(sample.person("top")[1], "Mål") as change:
        parents = superior(sample, store, change)
        measured = {short: unit_goals(sample, change, short, parents) for short in sample.unit_names}
        surveys(sample, change)
    rows = [row for short in sample.unit_names for row in measurements(sample, short, measured[short])]
    off = sorted((row for row in rows if row["kind"]), key=lambda row: row["period_end"])
    left = {row["id"] for row in off[-NOT_ANALYSED:]}
    for short, name in sample.unit_names.items():
        with store.change(sample.managers[short][1], f"Mätningar och planer, {name}") as change:
            own = [row for row in rows if row["unit"] == sample.units[short]]
            change.insert_many("measurement", [{k: v for k, v in r.items() if k not in ("kind", "name")} for r in own])
            change.insert_many("analysis", [analysis(sample, r) for r in own if r["kind"] and r["id"] not in left])
            change.insert_many("commitment", commitments(sample, short))
            plans(sample, store, change, short)


def superior(sample: Sample, store: Store, change: Change) -> list[str]:
    """The three goals that units' goals lie under: the profile's own as far down as it goes, then made-up ones."""
    *above, lowest = [level for level in sample.lists["goal_levels"] if level not in OTHERS]
    parents: list[str | None] = [None]
    for level in above:
        known = [
            str(row["id"])
            for row in store.db.execute("SELECT id FROM goal WHERE level = ? ORDER BY number, ref", (level,)).fetchall()
        ]
        made = [] if known else [goal_row(sample, level, n, parents[n % len(parents)]) for n in range(3)]
        change.insert_many("goal", made)
        parents = [*known, *(row["id"] for row in made)]
    rows = store.db.execute("SELECT id FROM goal WHERE level = ? ORDER BY number, ref", (lowest,)).fetchall()
    return [str(row["id"]) for row in rows] or [p for p in parents if p]


def goal_row(sample: Sample, level: str, number: int, parent: str | None) -> Row:
    words = sample.texts["overall_goals"][number]
    levels = sample.lists["goal_levels"]
    return {
        "id": sample.id(sample.start),
        "title": words["title"] if parent is None else f"{words['lower']} ({level})",
        "number": number + 1,
        "text": words["text"],
        "level": level,
        "parent": parent,
        "horizon": "långsiktigt" if level == levels[0] else "kortsiktigt",
        "basis": "strategiskt viktigt",
        "year_from": sample.start.year,
        "responsible_role": sample.role("top"),
        "status": "fastställt",
    }


def unit_goals(sample: Sample, change: Change, short: str, parents: list[str]) -> list[tuple[str, Row]]:
    """A unit's goals with their activities and indicators. Returns the indicators with what they measure."""
    found: list[tuple[str, Row]] = []
    for number, words in enumerate(w for w in sample.texts["unit_goals"].values() if sample.likes[short] in w["for"]):
        goal = sample.id(sample.start)
        change.insert(
            "goal",
            {
                "id": goal,
                "title": f"{words['title']}, {sample.unit_names[short]}",
                "number": number + 1,
                "text": words["text"],
                "level": sample.lists["goal_levels"][-1],
                "parent": parents[words["overall"] % len(parents)],
                "unit": sample.units[short],
                "horizon": "kortsiktigt",
                "basis": "problemområde" if words["overall"] == 0 else "strategiskt viktigt",
                "year_from": sample.start.year,
                "responsible_role": sample.manager_role(short),
                "status": "fastställt",
            },
        )
        sample.goals.setdefault(short, []).append(goal)
        change.insert_many("goal_activity", [activity(sample, short, goal, text) for text in words["activities"]])
        measure = words["indicator"]
        indicator = sample.id(sample.start)
        sample.indicators.setdefault(short, []).append(indicator)
        change.insert(
            "indicator",
            {
                "id": indicator,
                "name": f"{measure['name']}, {sample.unit_names[short]}",
                "goal": goal,
                "definition": f"{measure['name']} vid periodens slut.",
                "unit_of_measure": measure["measure"],
                "better": measure["better"],
                "target": str(measure["target"]),
                "frequency": "år",
                "source_system": "Verksamhetssystemet",
                "decided_on": date(sample.start.year - 1, 12, 10).isoformat(),
            },
        )
        change.insert_many("comparison_value", comparisons(sample, indicator, measure))
        change.insert_many("resource", resources(sample, short, goal) if number == 0 else [])
        found.append((indicator, measure))
    return found


def activity(sample: Sample, short: str, goal: str, text: str) -> Row:
    due = weekday(add_months(sample.today, sample.between(-8, 6)))
    done = due <= sample.today and sample.chance(0.85)
    return {
        "id": sample.id(sample.start),
        "goal": goal,
        "text": text,
        "unit": sample.units[short],
        "responsible_role": sample.manager_role(short),
        "due": due.isoformat(),
        "done_on": due.isoformat() if done else None,
        "status": "klar" if done else "pågår" if due < sample.today + timedelta(days=90) else "planerad",
    }


def comparisons(sample: Sample, indicator: str, measure: Row) -> list[Row]:
    """What another municipality, and the own one the year before, came to."""
    year, target = sample.today.year - 1, measure["target"]
    return [
        {
            "id": sample.id(date(year, 12, 31)),
            "indicator": indicator,
            "compared_with": "annan kommun eller verksamhet",
            "name": sample.pick(sample.texts["comparison"]),
            "period": str(year),
            "value": str(target + sample.between(-4, 2) if target > 20 else target),
            "fetched_on": sample.past(date(year + 1, 3, 1)),
        }
    ]


def resources(sample: Sample, short: str, goal: str) -> list[Row]:
    year = sample.today.year
    amount = sample.between(20, 90) * 10_000
    common = {"goal": goal, "unit": sample.units[short], "year": year}
    notes = sample.texts["resources"]
    amounts = {"anslag": amount, "behov kort sikt": amount // 10}
    return [
        {"id": sample.id(date(year, 1, 2)), **common, "kind": kind, "amount": str(amounts[kind]), "note": notes[kind]}
        for kind in amounts
    ]


def measurements(sample: Sample, short: str, measured: list[tuple[str, Row]]) -> list[Row]:
    """Each indicator year by year. A row says beside itself how it lies to its target (``kind``; None = on it)."""
    rows: list[Row] = []
    for indicator, measure in measured:
        for number, (period, end) in enumerate(periods("år", sample.start, sample.today)):
            expected = measure["first"] + measure["step"] * number
            value = measure["target"] if sample.chance(0.3) else expected + sample.between(-1, 1)
            value = min(value, 100) if measure["measure"] == "procent" else max(value, 1)
            off = (value - measure["target"]) * (1 if measure["better"] == "högre" else -1)
            kind = "positiv" if off > 0 else "negativ" if off < 0 else None
            row: Row = {
                "indicator": indicator,
                "unit": sample.units[short],
                "period_start": f"{period}-01-01",
                "period_end": end.isoformat(),
                "value": str(value),
                "target": str(measure["target"]),
                "comment": sample.pick(sample.texts["measurement_comment"][kind]) if kind else None,
                "source": "Verksamhetssystemet",
                "kind": kind,
                "name": measure["name"],
            }
            row["id"] = derived_id(ENTITIES["measurement"], row)
            rows.append(row)
    return rows


def analysis(sample: Sample, row: Row) -> Row:
    day = weekday(date.fromisoformat(row["period_end"]) + timedelta(days=sample.between(20, 60)))
    return {
        "id": sample.id(day),
        "title": f"{row['name']} {row['period_end'][:4]}",
        "unit": row["unit"],
        "subject": row["id"],
        "done_on": min(day, sample.today).isoformat(),
        "why": sample.texts["measurement_why"][row["kind"]],
        "conclusions": sample.texts["measurement_conclusion"][row["kind"]],
        "positive": int(row["kind"] == "positiv"),
        "learned_from": sample.general("learned_from"),
    }


def commitments(sample: Sample, short: str) -> list[Row]:
    """What the unit promises, where the municipality has such promises: this year's and the last."""
    kinds = sample.lists["commitment_kinds"]
    if not sample.settings.get("commitment_kinds") and not any(kind.endswith("garanti") for kind in kinds):
        return []
    rows = []
    for year in (sample.today.year - 1, sample.today.year):
        past = year < sample.today.year
        for text, kind in zip(sample.rng.sample(sample.texts["commitments"], len(kinds)), kinds, strict=True):
            rows.append(
                {
                    "id": sample.id(date(year, 1, 2)),
                    "kind": kind,
                    "text": text,
                    "unit": sample.units[short],
                    "goal": sample.goals[short][0],
                    "year": year,
                    "proposed_by": sample.manager_role(short),
                    "decided_by": sample.role("committee"),
                    "fulfilment": sample.weighted({"uppfyllt": 6, "delvis": 2, "ej uppfyllt": 1}) if past else None,
                    "followed_up_on": f"{year}-12-15" if past else None,
                }
            )
    return rows


def plans(sample: Sample, store: Store, change: Change, short: str) -> None:
    """The unit's plan for each year, with the headings its template demands, and an action plan with its points."""
    kind = sample.word("plan_kinds", "enhetens")
    headings = store.db.execute(
        """SELECT s.number, s.heading, s.force FROM report_template_section s
           JOIN report_template m ON m.id = s.template WHERE m.kind = ? ORDER BY s.number""",
        (kind,),
    ).fetchall()
    for year in range(sample.today.year - 1, sample.today.year + 1) if kind else ():
        plan = change.insert("plan", plan_row(sample, short, str(kind), year))
        words = sample.texts["plan_text"]
        change.insert_many(
            "plan_section", [{"plan": plan.id, "text": words["avsnitt"], **dict(heading)} for heading in headings]
        )
    own = sample.word("plan_kinds", "handlingsplan")
    if own:
        plan = change.insert("plan", plan_row(sample, short, own, sample.today.year))
        change.insert_many("plan_item", items(sample, short, plan.id))


def plan_row(sample: Sample, short: str, kind: str, year: int) -> Row:
    over = year < sample.today.year
    return {
        "id": sample.id(date(year, 1, 15)),
        "title": f"{kind[0].upper()}{kind[1:]} {year}, {sample.unit_names[short]}",
        "kind": kind,
        "unit": sample.units[short],
        "year": year,
        "mission": sample.texts["plan_text"]["uppdrag"],
        "follow_up_due": f"{year}-12-01",
        "origin": sample.goals[short][0],
        "status": "avslutad" if over else "fastställd",
    }


def items(sample: Sample, short: str, plan: str) -> list[Row]:
    """Who does what, how, when and why (R42)."""
    rows = []
    known: list[tuple[str, dict[str, Any]]] = list(
        zip(
            sample.goals[short],
            (w for w in sample.texts["unit_goals"].values() if sample.likes[short] in w["for"]),
            strict=True,
        )
    )
    for goal, words in known:
        due = weekday(add_months(sample.today, sample.between(1, 6)))
        rows.append(
            {
                "id": sample.id(sample.today),
                "plan": plan,
                "what": words["activities"][0],
                "kind": "aktivitet",
                "why": sample.texts["reasons_for_plan"],
                "how": words["activities"][1],
                "who": sample.manager_role(short),
                "due": due.isoformat(),
                "goal": goal,
                "status": "pågår",
            }
        )
    return rows


def surveys(sample: Sample, change: Change) -> None:
    """Each kind of survey year by year."""
    rows = []
    for words in sample.texts["surveys"]:
        for year in range(sample.start.year + 1, sample.today.year + 1):
            answered = date(year, 4, 15)
            rows.append(
                {
                    "id": sample.id(min(answered, sample.today)),
                    "name": f"{words['name']} {year}",
                    "kind": sample.some_word("survey_kinds", words["kind"]),
                    "orderer": sample.duties["committee"],
                    "performer": words["performer"],
                    "period": str(year),
                    "answer_due": date(year, 4, 30).isoformat(),
                    "answered_on": sample.past(answered),
                    "responsible_role": sample.role("quality"),
                    "result": words["result"] if answered <= sample.today else None,
                    "reported_on": sample.past(date(year, 6, 10)),
                }
            )
    change.insert_many("survey", rows)
