"""Deviations over three years, and what each led to: investigation, analysis, causes, actions, follow-up, diary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lsk.rules.proposals import routed
from lsk.store import Store
from sample_db import actions
from sample_db.words import Row, Sample, add_months, weekday

# More when regular staff are away, and in the dark and slippery months.
MONTH_WEIGHTS = (11, 10, 9, 8, 8, 10, 14, 13, 9, 10, 11, 12)
GROWTH = 0.08  # people report more each year
KIND_WEIGHTS = {"avvikelse": 62, "klagomål": 24, "synpunkt": 20, "förslag": 12, "risk": 6, "skada": 4}
KINDS = {
    ("lex Sarah", "skada"): "missförhållande",
    ("lex Sarah", "risk"): "risk för missförhållande",
    ("lex Maria", "skada"): "vårdskada",
    ("lex Maria", "risk"): "risk för vårdskada",
}
INVESTIGATORS = {"lex Sarah": "quality", "lex Maria": "medical", "lokal": "unit_manager"}
IDEAS = ("förbättringsförslag", "idé")  # answered rather than investigated
ASSESSMENTS = {
    "missförhållande": {"missförhållande": 5, "allvarligt missförhållande": 3},
    "risk för missförhållande": {"påtaglig risk för missförhållande": 3, "inget missförhållande": 1},
    "vårdskada": {"vårdskada": 4, "allvarlig vårdskada": 2},
    "risk för vårdskada": {"risk för vårdskada": 1},
}
ORDINARY = "avvikelse utan missförhållande eller vårdskada"
SOURCES = {
    "avvikelse": {"personal": 1},
    "risk": {"personal": 1},
    "skada": {"personal": 6, "anhörig": 1},
    "förslag": {"medborgare": 1, "brukare": 2, "anhörig": 2},
}
FIRST_WORDS = {
    "En anhörig": "anhörig",
    "En brukare": "brukare",
    "En boende": "brukare",
    "En medborgare": "medborgare",
    "En sökande": "brukare",
    "En förälder": "anhörig",
}
ORDER = (
    "deviation",
    "investigation",
    "analysis",
    "cause",
    "decision",
    "action",
    "action_followup",
    "diary_reference",
    "link",
)


@dataclass(frozen=True)
class Event:
    """One thing that happened: when it was received, where, of what kind, and the round that found it, if one did."""

    day: str
    unit: str
    theme: dict[str, Any]
    kind: str
    found_by: str | None = None


def build(
    sample: Sample,
    store: Store,
    from_rounds: list[tuple[str, str, dict[str, Any], str]],
    progress: Callable[[str], None],
) -> None:
    """A change set for each unit and quarter, by its manager."""
    quarter = sample.start
    while quarter <= sample.today:
        after = add_months(quarter, 3)
        progress(f"Avvikelser {quarter.year} kvartal {(quarter.month + 2) // 3}")
        events = drawn(sample, quarter, after)
        found = [f for f in from_rounds if quarter.isoformat() <= f[0] < after.isoformat()]
        events += [Event(day, unit, theme, "avvikelse", by) for day, unit, theme, by in found]
        events.sort(key=lambda e: (e.day, e.unit, e.theme["key"]))
        batches: dict[str, actions.Batch] = {short: {name: [] for name in ORDER} for short in sample.unit_names}
        for event in events:
            case(sample, batches[event.unit], event)
        for short, batch in batches.items():
            save(sample, store, short, batch, f"{quarter.year} kvartal {(quarter.month + 2) // 3}")
        quarter = after


def save(sample: Sample, store: Store, short: str, batch: actions.Batch, period: str) -> None:
    if not batch["deviation"]:
        return
    name = sample.unit_names[short]
    with store.change(sample.managers[short][1], f"Avvikelser och förbättringar {period}, {name}") as change:
        for entity, rows in batch.items():
            change.insert_many(entity, rows)


def drawn(sample: Sample, first: date, after: date) -> list[Event]:
    """What happened by chance between the two days."""
    days = [d for n in range((after - first).days) if (d := first + timedelta(days=n)) <= sample.today]
    weights = [MONTH_WEIGHTS[d.month - 1] for d in days]
    share = sum(weights) / sum(w * 30.4 for w in MONTH_WEIGHTS)
    years = (first - sample.start).days / 365
    number = round(sample.place["deviations_a_year"] * sample.scale * share * (1 + GROWTH * years))
    units = {unit["short"]: unit["weight"] for unit in sample.place["units"]}
    events = []
    for day in sample.rng.choices(days, weights, k=number):
        short = sample.weighted(units)
        theme = sample.rng.choices(sample.themes, [sample.weight(t, short) for t in sample.themes])[0]
        kinds = [k for k in KIND_WEIGHTS if k in theme["events"] and known(sample, theme, k)]
        kind = sample.weighted({k: KIND_WEIGHTS[k] for k in kinds})
        events.append(
            Event(weekday(day).isoformat() if weekday(day) <= sample.today else day.isoformat(), short, theme, kind)
        )
    return events


def known(sample: Sample, theme: dict[str, Any], kind: str) -> bool:
    """Whether the municipality has a word for such a thing."""
    return sample.word("deviation_kinds", KINDS.get((track_of(sample, theme, kind), kind), kind)) is not None


def track_of(sample: Sample, theme: dict[str, Any], kind: str) -> str:
    """What was grave goes another way; lex Sarah where there is no health care."""
    if kind not in ("risk", "skada"):
        return "lokal"
    return str(theme["serious"]) if theme["serious"] in sample.lists["deviation_tracks"] else "lex Sarah"


def case(sample: Sample, batch: actions.Batch, event: Event) -> None:
    """One deviation and all that came of it, as far as its age lets it have come."""
    deviation = deviation_row(sample, event)
    batch["deviation"].append(deviation)
    if event.found_by:
        batch["link"].append(
            {"kind": "leder till", "source": event.found_by, "target": deviation["id"], "unit": deviation["unit"]}
        )
    if deviation.get("diary_number"):
        batch["diary_reference"].append(diary_row(sample, event, deviation))
    age = (sample.today - date.fromisoformat(event.day)).days
    serious = deviation["track"] != "lokal"
    if (age < 20 and sample.chance(0.75)) or (age < 80 and sample.chance(0.08) and not serious):
        deviation["status"] = sample.weighted({"mottagen": 1, "registrerad": 2})
        return
    if deviation["kind"] in IDEAS:
        deviation["status"] = "mottagen"
        if age <= 30:
            return
        answered = weekday(date.fromisoformat(event.day) + timedelta(days=sample.between(5, 25)))
        deviation |= {"status": "avslutad", "closed_on": answered.isoformat(), "answer": sample.general("answer")}
        return
    investigation = investigation_row(sample, event, deviation, age)
    batch["investigation"].append(investigation)
    if not investigation.get("finished_on"):
        deviation["status"] = "utreds"
        return
    led_to = improve(sample, batch, event, deviation, investigation)
    close(sample, deviation, investigation, led_to)


def deviation_row(sample: Sample, event: Event) -> Row:
    text = sample.phrase(sample.pick(event.theme["events"][event.kind]))
    if event.kind == "avvikelse":
        text += " " + sample.phrase(sample.pick(event.theme["tails"]))
    track = track_of(sample, event.theme, event.kind)
    kind = sample.some_word("deviation_kinds", KINDS.get((track, event.kind), event.kind))
    source = source_of(sample, event.kind, text)
    origin = "extern" if source != "personal" else "intern"
    received = date.fromisoformat(event.day)
    late = sample.between(0, 12) if origin == "extern" else sample.weighted_number((5, 3, 1, 1))
    complaint = kind in ("klagomål", "synpunkt")
    dnr = track != "lokal" or (origin == "extern" and complaint)
    care = event.theme["kind"].startswith("övergripande")
    return {
        "id": sample.id(event.day),
        "kind": kind,
        "unit": sample.units[event.unit],
        "received_on": event.day,
        "happened_on": (received - timedelta(days=late)).isoformat(),
        "what_happened": text,
        "origin": origin,
        "source": sample.some_word("deviation_sources", source),
        "track": track,
        "registered_in": register(sample, kind, track, complaint and origin == "extern"),
        "process": sample.processes[event.theme["key"]],
        "immediate_action": sample.pick(event.theme["immediate"])
        if event.kind in ("avvikelse", "risk", "skada")
        else None,
        "severity": "allvarlig" if event.kind == "skada" else "mindre allvarlig",
        "received_by": sample.role("quality") if track == "lex Sarah" else sample.manager_role(event.unit),
        "diary_number": sample.diary_number(event.day) if dnr else None,
        "selected_for_report": int(track == "lex Maria" or (care and sample.chance(0.06))),
    }


def register(sample: Sample, kind: str, track: str, complaint: bool) -> str | None:
    """Where it is registered when the profile's routing has no answer; None leaves it to the routing."""
    if (kind, track) not in sample.routed:
        about = {"kind": kind, "track": track, "origin": "extern"}
        sample.routed[kind, track] = routed(sample.db, "avvikelse registreras i", **about)
    if sample.routed[kind, track]:
        return None
    if track != "lokal":
        return sample.some_word("registers", "lex")
    return sample.some_word("registers", "klagomål" if complaint else "lokal")


def source_of(sample: Sample, kind: str, text: str) -> str:
    for words, source in FIRST_WORDS.items():
        if text.startswith(words):
            return source
    return sample.weighted(SOURCES.get(kind, {"annan intressent": 1}))


def diary_row(sample: Sample, event: Event, deviation: Row) -> Row:
    return {
        "id": sample.id(event.day),
        "number": deviation["diary_number"],
        "system": sample.word("registers", "diariet"),
        "subject": deviation["id"],
        "title": f"{deviation['kind'].capitalize()}, {sample.unit_names[event.unit]}",
        "registered_on": event.day,
    }


def investigation_row(sample: Sample, event: Event, deviation: Row, age: int) -> Row:
    """By the role that the track asks for; the date it was finished, if it has been."""
    track = deviation["track"]
    duty = INVESTIGATORS[track]
    received = date.fromisoformat(event.day)
    started = min(weekday(received + timedelta(days=sample.between(0, 9))), sample.today)
    local = duty == "unit_manager"
    who = sample.managers[event.unit] if local else sample.person(duty)
    row: Row = {
        "id": sample.id(started),
        "deviation": deviation["id"],
        "kind": "ordinär" if track == "lokal" else track,
        "investigator_role": sample.manager_role(event.unit) if local else sample.role(duty),
        "investigator": who[0],
        "started_on": started.isoformat(),
        "diary_number": deviation["diary_number"],
        "status": "utreds",
    }
    finished = weekday(started + timedelta(days=sample.between(30, 75) if track != "lokal" else sample.between(4, 38)))
    if finished > sample.today or (age < 300 and sample.chance(0.05)):
        return row
    of_kind = KINDS.get((track, event.kind), event.kind)
    assessment = sample.weighted(ASSESSMENTS.get(of_kind, {ORDINARY: 1}))
    row |= {
        "finished_on": finished.isoformat(),
        "assessment": sample.some_word("assessments", assessment),
        "status": "avslutad",
        "assessment_reason": sample.general_of("assessment_reasons", assessment),
        "conclusion": f"{sample.pick(event.theme['conclusions'])} {sample.general('recommendation')}",
    }
    if track != "lokal":
        row |= notified(sample, assessment, finished)
    return row


def notified(sample: Sample, assessment: str, finished: date) -> Row:
    """To IVO when it is grave; the committee is told of every lex investigation at its next meeting."""
    meeting = sample.meeting_after(sample.duties["preparing"], finished.isoformat())
    told = {"committee_notified_on": meeting[0]} if meeting else {}
    if not assessment.startswith(("allvarlig", "påtaglig risk för allvarlig")):
        return {"status": "ej anmäld", **told}
    reported = min(weekday(finished + timedelta(days=sample.between(0, 5))), sample.today)
    return {
        "reported_to_ivo_on": reported.isoformat(),
        "ivo_number": f"0.0-{sample.between(1000, 49999):05d}/{reported.year}",
        **told,
    }


def improve(sample: Sample, batch: actions.Batch, event: Event, deviation: Row, investigation: Row) -> list[Row]:
    """Analysis, causes and actions: always when it was grave, else for some. Returns the actions."""
    serious = deviation["track"] != "lokal"
    finished = date.fromisoformat(investigation["finished_on"])
    made: list[Row] = []
    always = serious or event.found_by or sample.decided("deviations_are_analysed")
    if always or sample.chance(0.15):
        analysis = analysis_row(sample, event, deviation, finished)
        batch["analysis"].append(analysis)
        causes = [
            {"id": sample.id(finished), "analysis": analysis["id"], **cause}
            for cause in sample.rng.sample(event.theme["causes"], 2 if serious or sample.chance(0.4) else 1)
        ]
        batch["cause"] += causes
        made = [
            actions.add(
                sample, batch, event.theme, event.unit, analysis["id"], finished, must_help=serious, cause=cause["id"]
            )
            for cause in (causes if serious or event.found_by or sample.chance(0.5) else ())
        ]
    elif sample.chance(0.2):
        made = [actions.add(sample, batch, event.theme, event.unit, deviation["id"], finished)]
    return made


def analysis_row(sample: Sample, event: Event, deviation: Row, finished: date) -> Row:
    return {
        "id": sample.id(finished),
        "title": f"{event.theme['process']}: {deviation['kind']} {finished.year}",
        "unit": deviation["unit"],
        "subject": deviation["id"],
        "done_on": finished.isoformat(),
        "why": sample.general("why"),
        "wrong_way": sample.general("wrong_way"),
        "better": sample.general("better"),
        "positive": 0,
        "conclusions": sample.pick(event.theme["conclusions"]),
        "learned_from": sample.general("learned_from"),
    }


def close(sample: Sample, deviation: Row, investigation: Row, led_to: list[Row]) -> None:
    """Closed when all it led to is done or refused; until then it is where its actions are."""
    finished = date.fromisoformat(investigation["finished_on"])
    open_actions = [a for a in led_to if a["status"] not in ("avslutad", "avslagen", "uppföljd", "genomförd")]
    last = max([finished, *(date.fromisoformat(a["done_on"]) for a in led_to if a.get("done_on"))])
    closed = weekday(last + timedelta(days=sample.between(1, 20)))
    if open_actions:
        deviation["status"] = "åtgärdas"
    elif closed > sample.today:
        deviation["status"] = "uppföljd" if led_to else "analyserad"
    else:
        deviation |= {"status": "avslutad", "closed_on": closed.isoformat()}


def edit(sample: Sample, store: Store) -> None:
    """What has been changed since it was written, so that the history has both old and new values."""
    for short, name in sample.unit_names.items():
        unit = sample.units[short]
        with store.change(sample.managers[short][1], f"Avstämning på arbetsplatsträff, {name}") as change:
            for row in newest(store, "deviation", unit, "utreds", "received_on"):
                change.update("deviation", row["id"], {"immediate_action": sample.general("immediate_later")})
            for row in newest(store, "action", unit, "pågår", "due"):
                later = weekday(date.fromisoformat(row["due"]) + timedelta(days=30)).isoformat()
                change.update("action", row["id"], {"due": later, "result": sample.general("postponed")})


def newest(store: Store, entity: str, unit: str, status: str, by: str) -> list[Row]:
    """The unit's newest record with that status, if there is one."""
    sql = f'SELECT * FROM "{entity}" WHERE unit = ? AND status = ? ORDER BY {by} DESC, ref DESC LIMIT 1'
    return [dict(row) for row in store.db.execute(sql, (unit, status))]
