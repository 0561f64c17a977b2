"""What is written at the end of a year or a quarter: reports, summaries, unexecuted decisions, questions, printouts."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta

from lsk.change import Change
from lsk.store import Store
from lsk.year.periods import periods
from sample_db.documents import themes_of
from sample_db.words import Row, Sample, add_months, weekday

NOT_REPORTS = ("ledningens genomgång", "verksamhetsplan", "beslutsunderlag", "föreskrift, tillämpning, ansvar")
RETENTION: list[Row] = [
    {"record_kind": "avvikelse", "outcome": "gallras", "years": 10, "basis": "informationshanteringsplanen"},
    {"record_kind": "sammanställning av avvikelser", "outcome": "bevaras", "basis": "informationshanteringsplanen"},
]
YEARLY = "berättelse"  # a report of the year, among those that come more often
PRINTED = 3  # places where each unit has its processes on paper


def build(sample: Sample, store: Store) -> None:
    """One change set for each kind of thing."""
    with store.change(sample.coordinator, "Sammanställningar av avvikelser") as change:
        change.insert_many("deviation_summary", summaries(sample, store))
    with store.change(sample.coordinator, "Rapporter och berättelser") as change:
        reports(sample, store, change)
    with store.change(sample.coordinator, "Nämndens frågor") as change:
        change.insert_many("committee_question", questions(sample))
    if sample.lists.get("unexecuted_recipients"):
        with store.change(sample.coordinator, "Ej verkställda beslut") as change:
            unexecuted(sample, change)
    with store.change(sample.coordinator, "Gallringsregler") as change:
        change.insert_many("retention_rule", ({"id": sample.id(sample.start), **rule} for rule in RETENTION))
    with store.change(sample.coordinator, "Utskrifter") as change:
        change.insert_many("printout", printouts(sample))


def summaries(sample: Sample, store: Store) -> list[Row]:
    """What a unit's deviations of a year say as a whole."""
    words = sample.texts["summaries"]
    rows = []
    for period, end in periods("år", sample.start, sample.today):
        first = f"{period}-01-01"
        for short in sample.unit_names:
            done = weekday(end + timedelta(days=sample.between(20, 45)))
            number = store.db.execute(
                "SELECT count(*) FROM deviation WHERE unit = ? AND received_on BETWEEN ? AND ?",
                (sample.units[short], first, end.isoformat()),
            ).fetchone()[0]
            rows.append(
                {
                    "unit": sample.units[short],
                    "period_start": first,
                    "period_end": end.isoformat(),
                    "patterns": f"{number} händelser. {sample.pick(words['patterns'])}",
                    "analysis": sample.pick(words["analysis"]),
                    "actions": sample.pick(words["actions"]),
                    "done_on": done.isoformat(),
                }
            )
    return rows


def reports(sample: Sample, store: Store, change: Change) -> None:
    """A report of each template and year: one for the whole, or one for each unit where that is its level."""
    levels = {unit["level"] for unit in sample.place["units"]}
    templates = store.db.execute("SELECT * FROM report_template ORDER BY ref").fetchall()
    made: dict[tuple[str, int], str] = {}
    for template in sorted((t for t in templates if t["kind"] not in NOT_REPORTS), key=lambda t: depth(t, templates)):
        headings = store.db.execute(
            "SELECT number, heading, force FROM report_template_section WHERE template = ? ORDER BY number",
            (template["id"],),
        ).fetchall()
        units = concerned(sample, template) if template["level"] in levels else [None]
        last_years = periods("år", sample.start, sample.today)[-1 if len(units) > 1 else -3 :]
        for period, end in last_years:
            for short in units:
                row = report_row(sample, template, short, int(period), end)
                row["parent"] = made.get((template["compiled_into"], int(period)))
                made.setdefault((template["id"], int(period)), row["id"])
                change.insert("report", row)
                texts = sample.texts["report_text"]
                sections = [{"report": row["id"], "text": sample.pick(texts), **dict(h)} for h in headings]
                change.insert_many("report_section", sections)


def depth(template: sqlite3.Row, templates: list[sqlite3.Row]) -> int:
    """How many steps a template lies below the report that it is at last compiled into."""
    above = next((t for t in templates if t["id"] == template["compiled_into"]), None)
    return 0 if above is None else 1 + depth(above, templates)


def concerned(sample: Sample, template: sqlite3.Row) -> list[str | None]:
    """The units that write such a report: those at its level, and of health care only those that have it."""
    care = template["kind"] == "patientsäkerhetsberättelse"
    return [
        unit["short"]
        for unit in sample.place["units"]
        if unit["level"] == template["level"] and (unit["care"] or not care)
    ]


def report_row(sample: Sample, template: sqlite3.Row, short: str | None, year: int, end: date) -> Row:
    submitted = weekday(end + timedelta(days=sample.between(25, 50)))
    meeting = sample.meeting_after(sample.duties["committee"], submitted.isoformat())
    name = f", {sample.unit_names[short]}" if short else ""
    row: Row = {
        "id": sample.id(min(submitted, sample.today)),
        "title": f"{template['name']} {year}{name}",
        "template": template["id"],
        "unit": sample.units[short or sample.place["department"]],
        "year": year,
        "period": str(year),
        "status": "utkast",
    }
    if submitted <= sample.today:
        row |= {"submitted_on": submitted.isoformat(), "status": "anmäld" if meeting and not short else "inlämnad"}
        row |= {"presented_on": meeting[0]} if meeting and not short else {}
    return row


def questions(sample: Sample) -> list[Row]:
    """What the committee asked, and the answers; the newest is open."""
    body = sample.duties["preparing"]
    held = sample.meetings[body]
    rows = []
    for number, words in enumerate(sample.texts["questions"]):
        day, _ = held[-1 - 3 * number]
        asked = date.fromisoformat(day)
        answered = weekday(asked + timedelta(days=21))
        over = answered <= sample.today and number > 0
        rows.append(
            {
                "id": sample.id(asked),
                "body": sample.roles[body],
                "asked_on": day,
                "question": words["question"],
                "responsible_role": sample.role("top"),
                "due": weekday(asked + timedelta(days=30)).isoformat(),
                "answer": words["answer"] if over else None,
                "answered_on": answered.isoformat() if over else None,
            }
        )
    return rows


def unexecuted(sample: Sample, change: Change) -> None:
    """Each quarter's decisions that have not been carried out, to all who are to know; the last is not sent to one."""
    quarters = periods("kvartal", sample.start, sample.today)[-8:]
    recipients = sample.lists["unexecuted_recipients"]
    for period, end in quarters:
        reported = weekday(end + timedelta(days=15))
        if reported > sample.today:
            continue
        for law, services in sample.texts["unexecuted"].items():
            like = "SÄA" if law == "SoL" else "LSS"
            short = next(s for s in sample.unit_names if sample.likes[s] == like)
            change.insert(
                "unexecuted_report",
                {
                    "id": sample.id(reported),
                    "unit": sample.units[short],
                    "quarter": period,
                    "law": law,
                    "service": sample.pick(services),
                    "count": sample.between(0, 6),
                    "reported_by": sample.role("middle"),
                    "reported_on": reported.isoformat(),
                },
            )
        told = recipients[:-1] if (period, end) == quarters[-1] else recipients
        sent = reported.isoformat()
        change.insert_many(
            "unexecuted_recipient", [{"quarter": period, "recipient": name, "sent_on": sent} for name in told]
        )


def printouts(sample: Sample) -> list[Row]:
    """Where processes hang on paper (J21): in every unit where the municipality says so, else in one."""
    everywhere = bool(sample.settings.get("paper_copies"))
    rows = []
    for short in list(sample.unit_names) if everywhere else list(sample.unit_names)[:1]:
        for theme, place in zip(themes_of(sample, short), sample.texts["printed_at"][:PRINTED], strict=False):
            printed = weekday(add_months(sample.today, -sample.between(2, 14)))
            rows.append(
                {
                    "id": sample.id(printed),
                    "unit": sample.units[short],
                    "process": sample.processes[theme["key"]],
                    "printed_on": printed.isoformat(),
                    "printed_by": sample.manager_role(short),
                    "placed_at": place,
                    "copies": sample.between(1, 3),
                }
            )
    return rows
