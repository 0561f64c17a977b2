"""Actions: proposed with a scenario, placed in the matrix, decided, done, asked whether they helped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from lsk.store import Store
from sample_db.words import Row, Sample, weekday

PREPARED = timedelta(days=40)  # from a proposal until its decision memo is ready
Batch = dict[str, list[Row]]


def add(
    sample: Sample,
    batch: Batch,
    theme: dict[str, Any],
    short: str,
    origin: str,
    day: date,
    *,
    kind: str = "korrigerande",
    must_help: bool = False,
    cause: str | None = None,
) -> Row:
    """Append one action to the batch, with the decision, the follow-ups and the trace that belong to its age."""
    bank = sample.least_proposed(short, theme["actions"])
    proposed = weekday(day + timedelta(days=sample.between(1, 14)))
    row: Row = {
        "id": sample.id(proposed),
        "text": bank["text"],
        "unit": sample.units[short],
        "kind": kind,
        "origin": origin,
        "responsible_role": sample.manager_role(short),
        "responsible": sample.managers[short][0],
        "proposed_on": min(proposed, sample.today).isoformat(),
    }
    batch["action"].append(row)
    if cause:
        batch["link"].append({"kind": "leder till", "source": cause, "target": row["id"], "unit": row["unit"]})
    age = (sample.today - proposed).days
    if age < 45 and sample.chance(0.5):
        return update(row, status="föreslagen")
    row |= described(sample, bank)
    agreed: str | None = row["proposed_on"]
    if bank["input"] == "hög":
        agreed = decide(sample, batch, row, must_help)
    if agreed is None:
        return row
    due = weekday(date.fromisoformat(agreed) + timedelta(days=sample.between(60, 230)))
    update(row, due=due.isoformat())
    if due > sample.today + timedelta(days=20) or (due > sample.today and sample.chance(0.5)):
        return update(row, status=sample.weighted({"beslutad": 1, "pågår": 3}))
    carry_out(sample, batch, row, bank, due, must_help)
    return row


def waiting(sample: Sample, store: Store, newest: dict[tuple[str, str], str]) -> None:
    """Proposals that no meeting has come to yet, so that there is something to prioritise whatever the day is."""
    batch: Batch = {"action": []}
    answered = {row[0] for row in store.db.execute("SELECT DISTINCT origin FROM action")}
    themes = {theme["key"]: theme for theme in sample.themes}
    open_risks = sorted((key, risk) for key, risk in newest.items() if risk in answered)
    stages = ("föreslagen", "konsekvensbeskriven", "prioriterad" if sample.decided("use_matrix") else "föreslagen")
    for number, ((short, key), risk) in enumerate(open_risks[: len(stages)]):
        bank = sample.least_proposed(short, themes[key]["actions"])
        day = weekday(sample.today - timedelta(days=5 + 7 * number))
        row: Row = {
            "id": sample.id(day),
            "text": bank["text"],
            "unit": sample.units[short],
            "kind": "förebyggande",
            "origin": risk,
            "responsible_role": sample.manager_role(short),
            "responsible": sample.managers[short][0],
            "proposed_on": day.isoformat(),
            "status": stages[number],
        }
        if number:
            row |= described(sample, bank)
        if stages[number] == "konsekvensbeskriven":
            row = {name: value for name, value in row.items() if name not in ("resource_input", "improvement")}
        batch["action"].append(row)
    with store.change(sample.coordinator, "Förslag till nästa sammanträde") as change:
        change.insert_many("action", batch["action"])


def update(row: Row, **values: Any) -> Row:
    row.update(values)
    return row


def described(sample: Sample, bank: dict[str, Any]) -> Row:
    """The impact description, and the place in the matrix where the municipality has one (R54, R55)."""
    placed = sample.decided("use_matrix")
    place = {"resource_input": bank["input"], "improvement": bank["improvement"]} if placed else {}
    return {
        **place,
        "scenario": bank["scenario"],
        "impact_users": bank["users"],
        "impact_staff": bank["staff"],
        "impact_economy": bank["economy"],
        "priority": 1 if bank["improvement"] == "stor" else 2,
    }


def decide(sample: Sample, batch: Batch, row: Row, must_help: bool) -> str | None:
    """The committee decides on what costs much. The day, or None when it has not met yet or said no."""
    ready = date.fromisoformat(row["proposed_on"]) + PREPARED
    body = sample.duties["preparing"]
    meeting = sample.meeting_after(body, ready.isoformat())
    if meeting is None:
        placed = "resource_input" in row
        row["status"] = sample.weighted({"konsekvensbeskriven": 1, "prioriterad": 2 if placed else 0})
        return None
    refused = not must_help and sample.chance(0.12)
    verb = "avslår" if refused else "beslutar enligt"
    decision: Row = {
        "id": sample.id(meeting[0]),
        "meeting": meeting[1],
        "paragraph": sample.paragraph(meeting[1]),
        "subject": row["id"],
        "text": f"{body} {verb} förslaget ”{row['text']}”.",
        "kind": sample.word("decision_kinds", "avslår" if refused else "beslutar"),
        "diary_number": sample.diary_number(meeting[0]),
    }
    if not refused:
        follow_up = weekday(date.fromisoformat(meeting[0]) + timedelta(days=270))
        decision["follow_up_due"] = follow_up.isoformat()
        if follow_up <= sample.today and sample.chance(0.85):
            decision |= {
                "followed_up_on": follow_up.isoformat(),
                "outcome": f"{body} har tagit del av uppföljningen.",
            }
    batch.setdefault("decision", []).append(decision)
    batch["link"].append({"kind": "beslutas genom", "source": row["id"], "target": decision["id"], "unit": row["unit"]})
    row |= {"decision": decision["id"], "status": "avslagen" if refused else "beslutad"}
    return None if refused else meeting[0]


def carry_out(sample: Sample, batch: Batch, row: Row, bank: dict[str, Any], due: date, must_help: bool) -> None:
    """Done by its day or a little after; a few are late, a few were never asked whether they helped."""
    late = (sample.today - due).days
    if not must_help and late < 240 and sample.chance(0.2):
        row["status"] = "pågår"
        return
    done = min(weekday(due + timedelta(days=sample.between(-30, 20))), sample.today)
    row |= {"done_on": max(done.isoformat(), row["proposed_on"]), "result": bank["result"], "status": "genomförd"}
    asked = weekday(date.fromisoformat(row["done_on"]) + timedelta(days=sample.between(45, 120)))
    if asked > sample.today or (late < 400 and sample.chance(0.12)):
        return
    effect = sample.weighted({"ja": 6, "delvis": 3, "nej": 1})
    batch["action_followup"].append(
        {
            "id": sample.id(asked),
            "action": row["id"],
            "followed_up_on": asked.isoformat(),
            "effect": effect,
            "text": sample.general_of("followup", effect),
            "followed_up_by": row["responsible_role"],
        }
    )
    row |= {"effect": effect, "status": "avslutad" if effect != "nej" and sample.chance(0.85) else "uppföljd"}
