"""What returns every year: meetings, obligations with their dates, and three years of occurrences."""

from __future__ import annotations

from datetime import date, timedelta

from lsk.store import Store
from sample_db.words import Row, Sample, periods, weekday

KS, SAU = "Kommunstyrelsen", "Social- och arbetsmarknadsutskottet"
MEETING_MONTHS = {SAU: (2, 3, 4, 5, 6, 8, 9, 10, 11, 12), KS: (3, 6, 9, 11, 12)}
MEETING_DAY = {SAU: 10, KS: 17}

# name → (cadence, due rule): "+45" is days after the period, "02-15" a day in the year after it.
DATES = {
    "Kvalitets- och patientsäkerhetsberättelse": ("år", "03-01"),
    "Sammanställning av patientsäkerhetsarbetet till berättelsen": ("år", "02-01"),
    "Utvalda avvikelser": ("kvartal", "+45"),
    "Sammanställning av avvikelser, klagomål, synpunkter och åtgärder": ("år", "02-15"),
    "Kvalitetsrapport för äldreomsorgen": ("år", "04-15"),
    "Halvårs- och helårsredovisning": ("halvår", "+60"),
    "Uppföljning av personalens kompetensnivå, med plan där brister finns": ("år", "01-31"),
}
RECIPIENTS = {"Kvalitetsrapport för äldreomsorgen": SAU, "Halvårs- och helårsredovisning": SAU}
HORIZON = timedelta(days=150)
NOT_DONE = 2  # how many of the latest that are due have been left undone


def meetings(sample: Sample, store: Store) -> None:
    """Both bodies' meetings, as far as they have been held."""
    rows = []
    for body, months in MEETING_MONTHS.items():
        days = [
            weekday(date(year, month, MEETING_DAY[body]))
            for year in range(sample.start.year, sample.today.year + 1)
            for month in months
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


def obligations(sample: Sample, store: Store) -> None:
    """The municipality decides its days, and three years of occurrences are there: done, done late, late, to come."""
    with store.change(sample.coordinator, "Årshjul och återkommande uppgifter") as change:
        for row in store.db.execute("SELECT * FROM obligation ORDER BY ref").fetchall():
            if row["name"] in DATES:
                cadence, rule = DATES[row["name"]]
                more = {} if row["responsible_role"] else {"responsible_role": sample.roles["enhetschef"]}
                if row["name"] in RECIPIENTS:
                    more["recipient"] = sample.roles[RECIPIENTS[row["name"]]]
                change.update("obligation", row["id"], {"cadence": cadence, "due_rule": rule, "lead_days": 30, **more})
        rows: list[Row] = []
        decisions: list[Row] = []
        owed = store.db.execute("SELECT * FROM obligation WHERE due_rule IS NOT NULL ORDER BY ref").fetchall()
        for row in owed:
            each = list(sample.unit_names) if row["applies_to"] == "varje enhet" else [None]
            for period, end in periods(row["cadence"], sample.start, sample.today + HORIZON):
                rows += [
                    occurrence(sample, dict(row), period, due(row["due_rule"], end), unit, decisions) for unit in each
                ]
        rows = [row for row in rows if row["due"] <= (sample.today + HORIZON).isoformat()]
        leave_late(sample, rows)
        kept = {row["evidence"] for row in rows if row.get("evidence")}
        change.insert_many("decision", [d for d in decisions if d["id"] in kept])
        change.insert_many("occurrence", sorted(rows, key=lambda row: row["due"]))


def due(rule: str, end: date) -> date:
    if rule.startswith("+"):
        return end + timedelta(days=int(rule[1:]))
    month, day = map(int, rule.split("-"))
    return date(end.year + 1, month, day)


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
        (body for body in (KS, SAU) if sample.roles[body] in (obligation["recipient"], obligation["via"])), None
    )
    recipient = RECIPIENTS.get(obligation["name"], recipient)
    meeting = sample.meeting_after(recipient, row["done_on"]) if recipient else None
    if recipient and meeting:
        decisions.append(
            {
                "id": sample.id(meeting[0]),
                "meeting": meeting[1],
                "paragraph": sample.paragraph(meeting[1]),
                "text": f"{recipient} tar del av {obligation['name'][0].lower()}{obligation['name'][1:]}, {period}.",
                "kind": "tar del av",
                "diary_number": sample.diary_number(meeting[0]),
            }
        )
        row["evidence"] = decisions[-1]["id"]
    return row


def leave_late(sample: Sample, rows: list[Row]) -> None:
    """The last ones of the units that are due have not been done."""
    past = [row for row in rows if row["status"] == "klar" and row["unit"]]
    for row in sorted(past, key=lambda r: (r["due"], r["unit"]))[-NOT_DONE:]:
        row |= {"status": "pågår", "done_on": None, "evidence": None, "evidence_text": None}
