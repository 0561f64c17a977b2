"""Processes and routines, steering documents with their versions, how requirements are met, who has read what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from fractional_indexing import generate_n_keys_between

from lsk.change import Change
from lsk.store import Store
from sample_db.words import Row, Sample, add_months

KS, SAU = "Kommunstyrelsen", "Social- och arbetsmarknadsutskottet"
OWNERS = {
    "avdelningsövergripande": "socialchef",
    "enhetens": "enhetschef",
    "övergripande för hälso- och sjukvården": "medicinskt ansvarig sjuksköterska",
}
DRAFT_ONLY = "Ledningssystem för stöd och omsorg"
KS_TOPICS = ("lex Sarah", "lex Maria", "avvikelsehantering")
REVIEW_MONTHS = 24
LOCAL_PER_UNIT = 3
UNAPPLIED = ("R6", "R60")  # requirements that nobody has answered yet


def build(sample: Sample, store: Store) -> None:
    """Three change sets: documents and processes, how requirements are met, acknowledgements."""
    with store.change(sample.coordinator, "Processer, rutiner och styrdokument") as change:
        documents = steering_documents(sample, store, change)
        versions(sample, change, documents)
        processes(sample, store, change)
    with store.change(sample.coordinator, "Tillämpning av kraven") as change:
        change.insert_many("application", applications(sample, store))
    with store.change(sample.coordinator, "Läskvittenser") as change:
        change.insert_many("acknowledgement", acknowledgements(sample, store))


def steering_documents(sample: Sample, store: Store, change: Change) -> list[Row]:
    """The documents of the profile, one routine for each theme, some common ones, and the units' own."""
    rows: list[Row] = []

    def add(title: str, kind: str, topic: str, level: str, owner: str, **more: Any) -> str:
        identity = sample.id(sample.start)
        rows.append(
            {
                "id": identity,
                "title": title,
                "kind": kind,
                "topic": topic,
                "issuer_level": level,
                "owner_role": sample.roles[owner],
                "review_months": REVIEW_MONTHS,
                **more,
            }
        )
        return identity

    present = [dict(row) for row in store.db.execute("SELECT * FROM document ORDER BY ref")]
    by_title = {row["title"]: row["id"] for row in present}
    for theme in sample.themes:
        if theme["routine"] in by_title:
            sample.routines[theme["key"]] = by_title[theme["routine"]]
            continue
        owner = OWNERS[theme["kind"]]
        own = owner == "enhetschef"
        more = {"unit": sample.units[main_unit(theme)]} if own else {}
        level = "enhet" if own else "avdelning"
        sample.routines[theme["key"]] = add(theme["routine"], "rutin", theme["topic"], level, owner, **more)
    for extra in sample.texts["documents"]:
        level = "utskott" if extra["kind"] in ("policy", "riktlinje") else "avdelning"
        add(extra["title"], extra["kind"], extra["topic"], level, "socialchef")
    for short, name in sample.unit_names.items():
        for theme in themes_of(sample, short)[:LOCAL_PER_UNIT]:
            title = f"Lokal {theme['routine'][0].lower()}{theme['routine'][1:]}, {name}"
            add(
                title,
                "rutin",
                theme["topic"],
                "enhet",
                "enhetschef",
                unit=sample.units[short],
                parent=sample.routines[theme["key"]],
            )
    change.insert_many("document", rows)
    return present + rows


def main_unit(theme: dict[str, Any]) -> str:
    """The unit that a theme is most about."""
    return max(theme["units"], key=theme["units"].get)


def themes_of(sample: Sample, short: str) -> list[dict[str, Any]]:
    """The themes of a unit, what concerns it most first."""
    themes = [t for t in sample.themes if short in t["units"]]
    return sorted(themes, key=lambda t: -t["units"][short])


def versions(sample: Sample, change: Change, documents: list[Row]) -> None:
    """A version in force for almost every document; some are past their review, a few have only a draft or nothing."""
    local = [d["id"] for d in documents if d.get("unit") and d.get("parent")]
    unversioned = {local[1], local[-1]}
    late = {d["id"] for d in documents if d["kind"] == "instruktion"} | {local[4], local[9]}
    rows: list[Row] = []
    decisions: list[Row] = []
    for document in documents:
        if document["id"] in unversioned:
            continue
        age = sample.between(25, 28) if document["id"] in late else sample.between(3, 20)
        current = add_months(sample.today, -age)
        if document["title"] == DRAFT_ONLY:
            rows.append(version(sample, document, "1", current, "utkast", None))
            continue
        previous = add_months(current, -REVIEW_MONTHS + sample.between(-2, 3))
        days = [day for day in (previous, current) if day >= sample.start] or [current]
        for number, day in enumerate(days, 1):
            status = "fastställd" if day == days[-1] else "ersatt"
            rows.append(version(sample, document, str(number), day, status, decisions))
    change.insert_many("decision", decisions)
    change.insert_many("document_version", rows)


def version(sample: Sample, document: Row, number: str, day: date, status: str, decisions: list[Row] | None) -> Row:
    """One version; policies and guidelines are decided at a meeting, which makes a decision too (R31, R33)."""
    row: Row = {
        "document": document["id"],
        "version_number": number,
        "status": status,
        "id": sample.id(day),
        "procedure": sample.pick(sample.texts["procedure"]),
        "responsibility": sample.pick(sample.texts["responsibility"]),
        "location": "Intranätet, sidan Kvalitet",
        "handler": sample.people["kvalitetssamordnare"][0],
    }
    if decisions is None:
        return row
    decider, decided = decider_of(document), day.isoformat()
    if decider in (KS, SAU):
        meeting = sample.meeting_after(decider, decided) or sample.meetings[decider][-1]
        decided = meeting[0]
        decisions.append(
            {
                "id": sample.id(decided),
                "meeting": meeting[1],
                "paragraph": sample.paragraph(meeting[1]),
                "kind": "fastställer",
                "text": f"{decider} fastställer {document['title']}, version {number}.",
                "subject": row["id"],
                "diary_number": sample.diary_number(decided),
            }
        )
        row |= {"decision": decisions[-1]["id"], "diary_number": decisions[-1]["diary_number"]}
    since = date.fromisoformat(decided)
    return row | {
        "decided_by": sample.roles[decider],
        "decided_on": decided,
        "valid_from": decided,
        "revised_on": decided if number != "1" else None,
        "next_review": add_months(since, REVIEW_MONTHS).isoformat(),
    }


def decider_of(document: Row) -> str:
    if document["kind"] in ("riktlinje", "policy"):
        return KS if document["kind"] == "riktlinje" and document["topic"] in KS_TOPICS else SAU
    return "enhetschef" if document.get("unit") else "socialchef"


def processes(sample: Sample, store: Store, change: Change) -> None:
    """One process for each theme, its activities in order with their routine; the last activity of some has none."""
    rows: list[Row] = []
    activities: list[Row] = []
    links: list[Row] = []
    demands = {row["code"]: row["id"] for row in store.db.execute("SELECT id, code FROM requirement ORDER BY code")}
    for number, theme in enumerate(sample.themes, 1):
        owner = OWNERS[theme["kind"]]
        unit = sample.units[main_unit(theme)] if owner == "enhetschef" else None
        process = sample.processes[theme["key"]] = sample.id(sample.start)
        reviewed = add_months(sample.today, -sample.between(2, 20))
        rows.append(
            {
                "id": process,
                "name": theme["process"],
                "number": str(number),
                "kind": theme["kind"],
                "owner_role": sample.roles[owner],
                "unit": unit,
                "purpose": theme["purpose"],
                "intended_result": theme["result"],
                "collaboration": theme["collaboration"],
                "reviewed_on": reviewed.isoformat(),
                "next_review": add_months(reviewed, REVIEW_MONTHS).isoformat(),
                "status": "under revidering" if number % 7 == 0 else "fastställd",
            }
        )
        places = generate_n_keys_between(None, None, len(theme["activities"]))
        for place, name in zip(places, theme["activities"], strict=True):
            activity = sample.id(sample.start)
            activities.append(
                {
                    "id": activity,
                    "process": process,
                    "position": place,
                    "name": name,
                    "responsible_role": sample.roles["alla medarbetare" if place == places[0] else "enhetschef"],
                }
            )
            if number % 4 or place != places[-1]:
                links.append(
                    {"kind": "rutin", "source": activity, "target": sample.routines[theme["key"]], "unit": unit}
                )
        links.append({"kind": "styrs av", "source": process, "target": sample.routines[theme["key"]], "unit": unit})
        links.append({"kind": "uppfyller", "source": process, "target": demands["R57a"], "unit": unit})
    change.insert_many("process", rows)
    change.insert_many("activity", activities)
    change.insert_many("link", links)


def applications(sample: Sample, store: Store) -> list[Row]:
    """How each requirement is met in common, and how each unit meets those that it answers for itself."""
    rows: list[Row] = []
    assessed = add_months(sample.today, -sample.between(2, 5))
    demands = store.db.execute("SELECT id, code, topic, provision FROM requirement ORDER BY code").fetchall()
    for demand in demands:
        if demand["code"] in UNAPPLIED:
            continue
        common: Row = {
            "requirement": demand["id"],
            "text": sample.texts["applications"][demand["topic"] or "god kvalitet"],
            "provision": demand["provision"],
            "assessed_on": assessed.isoformat(),
        }
        rows.append(
            {
                **common,
                "id": sample.id(assessed),
                "responsible_role": sample.roles["socialchef"],
                "fulfilment": sample.weighted({"uppfyllt": 7, "delvis": 2, "planerad": 1}),
            }
        )
        if demand["code"] in ("R4", "R58"):
            rows += [{**common, **unit_application(sample, short, assessed)} for short in sample.unit_names]
    return rows


def unit_application(sample: Sample, short: str, assessed: date) -> Row:
    fulfilment = sample.weighted({"uppfyllt": 6, "delvis": 3, "saknas": 1})
    gap: Row = {}
    if fulfilment != "uppfyllt":
        due = add_months(sample.today, sample.between(1, 5)).isoformat()
        gap = {"gap": sample.pick(sample.texts["gaps"]), "gap_due": due}
    return {
        "id": sample.id(assessed),
        "unit": sample.units[short],
        "fulfilment": fulfilment,
        "responsible_role": sample.roles["enhetschef"],
        **gap,
    }


def acknowledgements(sample: Sample, store: Store) -> list[Row]:
    """Who has read the routines that matter most to their unit (R22)."""
    in_force = dict(
        store.db.execute("SELECT document, id || ' ' || valid_from FROM document_version WHERE status = 'fastställd'")
    )
    rows = []
    for short, people in sample.staff.items():
        for theme in themes_of(sample, short)[:2]:
            version_id, since = in_force[sample.routines[theme["key"]]].split()
            for person in people:
                read = date.fromisoformat(since) + timedelta(days=sample.between(3, 80))
                if read <= sample.today and sample.chance(0.85):
                    rows.append(
                        {
                            "document_version": version_id,
                            "person": person,
                            "unit": sample.units[short],
                            "acknowledged_on": read.isoformat(),
                        }
                    )
    return rows
