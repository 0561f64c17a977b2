"""Processes and routines, steering documents with their versions, how requirements are met, who has read what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from fractional_indexing import generate_n_keys_between

from lsk.change import Change
from lsk.store import Store
from sample_db.words import Row, Sample, add_months

OWNERS = {  # kind of theme → who owns its process and routine
    "avdelningsövergripande": "top",
    "enhetens": "unit_manager",
    "övergripande för hälso- och sjukvården": "medical",
}
REVIEW_MONTHS = 24
LOCAL_PER_UNIT = 2
CLASSES = ("större", "ny version", "ändring")  # of a change that the political body decides on


def build(sample: Sample, store: Store) -> None:
    """Three change sets: documents and processes, how requirements are met, acknowledgements."""
    with store.change(sample.coordinator, "Processer, rutiner och styrdokument") as change:
        documents = steering_documents(sample, store, change)
        versions(sample, store, change, documents)
        processes(sample, store, change)
    with store.change(sample.coordinator, "Tillämpning av kraven") as change:
        change.insert_many("application", applications(sample, store))
    with store.change(sample.coordinator, "Läskvittenser") as change:
        change.insert_many("acknowledgement", acknowledgements(sample, store))


def steering_documents(sample: Sample, store: Store, change: Change) -> list[Row]:
    """The documents of the profile, the routines it demands, one for each theme, common ones, and the units' own."""
    rows: list[Row] = []

    def add(title: str, kind: str, topic: str, level: str, owner: str, **more: Any) -> str:
        identity = sample.id(sample.start)
        rows.append(
            {
                "id": identity,
                "title": title,
                "kind": sample.some_word("document_kinds", kind),
                "topic": sample.word("document_topics", topic),
                "issuer_level": level,
                "owner_role": owner,
                "applies_to": "hela verksamheten",
                "review_months": REVIEW_MONTHS,
                **more,
            }
        )
        return identity

    present = [dict(row) for row in store.db.execute("SELECT * FROM document ORDER BY ref")]
    for row in present:
        if row["owner_role"] is None or row["applies_to"] is None:
            row["owner_role"] = row["owner_role"] or sample.role("top")
            row["applies_to"] = row["applies_to"] or "hela verksamheten"
            change.update("document", row["id"], {name: row[name] for name in ("owner_role", "applies_to")})
    by_title = {row["title"]: row["id"] for row in present}
    top, middle = sample.role("top"), sample.levels[sample.duties["top"]]
    for topic in missing_routines(sample, present):
        add(f"Rutin för {topic}", "rutin", topic, middle, top)
    for theme in sample.themes:
        if theme["routine"] in by_title:
            sample.routines[theme["key"]] = by_title[theme["routine"]]
            continue
        own = theme["kind"] == "enhetens"
        short = main_unit(sample, theme)
        owner = owner_of(sample, theme)
        more = {"unit": sample.units[short], "applies_to": sample.unit_names[short]} if own else {}
        level = unit_level(sample, short) if own else middle
        sample.routines[theme["key"]] = add(theme["routine"], "rutin", theme["topic"], level, owner, **more)
    for extra in sample.texts["documents"]:
        political = extra["kind"] in ("policy", "riktlinje")
        level = sample.levels[sample.duties["preparing"]] if political else middle
        if extra["title"] not in by_title and (extra["topic"] != "lex Maria" or "medical" in sample.duties):
            add(extra["title"], extra["kind"], extra["topic"], level, top)
    for short, name in sample.unit_names.items():
        for theme in themes_of(sample, short)[:LOCAL_PER_UNIT]:
            title = f"Lokal {theme['routine'][0].lower()}{theme['routine'][1:]}, {name}"
            more = {"unit": sample.units[short], "applies_to": name, "parent": sample.routines[theme["key"]]}
            add(title, "rutin", theme["topic"], unit_level(sample, short), sample.manager_role(short), **more)
    change.insert_many("document", rows)
    return present + rows


def missing_routines(sample: Sample, present: list[Row]) -> list[str]:
    """The topics that every unit must have a routine for, and the profile names none."""
    have = {row["topic"] for row in present if row["kind"] in ("rutin", "riktlinje")}
    lists = ("required_routines", "required_routines_health_care")
    return [topic for name in lists for topic in sample.lists.get(name, ()) if topic not in have]


def owner_of(sample: Sample, theme: dict[str, Any]) -> str:
    """The role that owns a theme's process and routine."""
    duty = OWNERS[theme["kind"]]
    return sample.manager_role(main_unit(sample, theme)) if duty == "unit_manager" else sample.role(duty)


def unit_level(sample: Sample, short: str) -> str:
    return str(next(unit["level"] for unit in sample.place["units"] if unit["short"] == short))


def main_unit(sample: Sample, theme: dict[str, Any]) -> str:
    """The unit that a theme is most about."""
    return max(sample.unit_names, key=lambda short: sample.weight(theme, short))


def themes_of(sample: Sample, short: str) -> list[dict[str, Any]]:
    """The themes of a unit, what concerns it most first."""
    themes = [t for t in sample.themes if sample.weight(t, short)]
    return sorted(themes, key=lambda t: -sample.weight(t, short))


def versions(sample: Sample, store: Store, change: Change, documents: list[Row]) -> None:
    """A version in force for almost every document; some are past their review, a few have only a draft or nothing."""
    local = [d["id"] for d in documents if d.get("unit") and d.get("parent")]
    unversioned = {local[1], local[-1], *(row[0] for row in store.db.execute("SELECT document FROM document_version"))}
    late = {d["id"] for d in documents if d["kind"] in ("instruktion", "anvisning")} | {local[4], local[9]}
    rows: list[Row] = []
    decisions: list[Row] = []
    for document in documents:
        if document["id"] in unversioned:
            continue
        age = sample.between(25, 28) if document["id"] in late else sample.between(3, 20)
        current = add_months(sample.today, -age)
        if document["title"] in sample.place["draft_only"]:
            rows.append(version(sample, store, document, "1", current, "utkast", None))
            continue
        previous = add_months(current, -REVIEW_MONTHS + sample.between(-2, 3))
        days = [day for day in (previous, current) if day >= sample.start] or [current]
        for number, day in enumerate(days, 1):
            status = "fastställd" if day == days[-1] else "ersatt"
            rows.append(version(sample, store, document, str(number), day, status, decisions))
    change.insert_many("decision", decisions)
    change.insert_many("document_version", rows)


def version(
    sample: Sample, store: Store, document: Row, number: str, day: date, status: str, decisions: list[Row] | None
) -> Row:
    """One version; what a political body establishes is decided at a meeting, which makes a decision too (R31, R33)."""
    row: Row = {
        "document": document["id"],
        "version_number": number,
        "status": status,
        "id": sample.id(day),
        "procedure": procedure(sample, document["title"], day),
        "responsibility": sample.pick(sample.texts["responsibility"]),
        "location": "Intranätet, sidan Kvalitet",
        "handler": sample.person("quality")[0],
        "change_class": next((c for c in CLASSES if c in sample.lists["change_classes"]), None),
    }
    if decisions is None:
        return row
    decider, decided = decider_of(sample, store, document, row["change_class"]), day.isoformat()
    if decider in sample.meetings:
        meeting = sample.meeting_after(decider, decided) or sample.meetings[decider][-1]
        decided = meeting[0]
        decisions.append(
            {
                "id": sample.id(decided),
                "meeting": meeting[1],
                "paragraph": sample.paragraph(meeting[1]),
                "kind": sample.word("decision_kinds", "fastställer"),
                "text": f"{decider} fastställer {document['title']}, version {number}.",
                "subject": row["id"],
                "diary_number": sample.diary_number(decided),
            }
        )
        made = decisions[-1]
        row |= {"decision": made["id"], "diary_number": made["diary_number"], "decision_paragraph": made["paragraph"]}
    since = date.fromisoformat(decided)
    return row | {
        "decided_by": sample.roles[decider],
        "decided_on": decided,
        "valid_from": decided,
        "revised_on": decided if number != "1" else None,
        "next_review": add_months(since, REVIEW_MONTHS).isoformat(),
    }


def procedure(sample: Sample, title: str, day: date) -> str:
    """How it is done; a routine that cites the law cites the one in force when it was written."""
    usual = str(sample.pick(sample.texts["procedure"]))
    cited = (wording["text"] for wording in sample.texts["cited_procedure"].get(title, ()) if day <= wording["until"])
    return str(next(cited, usual))


def decider_of(sample: Sample, store: Store, document: Row, change_class: str | None) -> str:
    """Who the profile's routing says; else whoever stands at the level that issues the document."""
    found = store.db.execute(
        """SELECT r.name FROM (SELECT answer FROM routing WHERE matter = 'dokument beslutas av'
             AND (kind IS NULL OR kind = ?) AND (topic IS NULL OR topic = ?)
             AND (change_class IS NULL OR change_class = ?) ORDER BY priority LIMIT 1) w
           JOIN role r ON w.answer IN (r.name, r.short_name)""",
        (document["kind"], document["topic"], change_class),
    ).fetchone()
    if found:
        return str(found["name"])
    issuer = document["issuer_level"]
    at_level = {sample.levels[body]: body for body in reversed(sample.meetings)} | sample.place.get("deciders", {})
    if issuer in at_level and document["kind"] != "rutin":
        return str(at_level[issuer])
    short = next((s for s, unit in sample.units.items() if unit == document.get("unit")), "")
    return sample.manager_roles.get(short, sample.duties["top"])


def processes(sample: Sample, store: Store, change: Change) -> None:
    """One process for each theme, its activities in order with their routine; the last activity of some has none."""
    rows: list[Row] = []
    activities: list[Row] = []
    links: list[Row] = []
    demand = store.db.execute(
        """SELECT k.id FROM requirement k LEFT JOIN requirement_area a ON a.id = k.topic
           ORDER BY lower(ifnull(a.name, '')) LIKE '%processer%' DESC, k.code LIMIT 1"""
    ).fetchone()["id"]
    for number, theme in enumerate(sample.themes, 1):
        own = theme["kind"] == "enhetens"
        unit = sample.units[main_unit(sample, theme)] if own else None
        process = sample.processes[theme["key"]] = sample.id(sample.start)
        reviewed = add_months(sample.today, -sample.between(2, 20))
        rows.append(
            {
                "id": process,
                "name": theme["process"],
                "number": str(number),
                "kind": sample.word("process_kinds", theme["kind"]),
                "owner_role": owner_of(sample, theme),
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
                    "responsible_role": sample.role("staff" if place == places[0] else "unit_manager"),
                }
            )
            if number % 4 or place != places[-1]:
                links.append(
                    {"kind": "rutin", "source": activity, "target": sample.routines[theme["key"]], "unit": unit}
                )
        links.append({"kind": "styrs av", "source": process, "target": sample.routines[theme["key"]], "unit": unit})
        links.append({"kind": "uppfyller", "source": process, "target": demand, "unit": unit})
    if sample.decided("unit_object_kinds_required"):
        units_own(sample, rows, activities)
    change.insert_many("process", rows)
    change.insert_many("activity", activities)
    change.insert_many("link", links)


def units_own(sample: Sample, rows: list[Row], activities: list[Row]) -> None:
    """A process of each unit's own, with one under it: where the municipality demands both of every unit (J17)."""
    for short, name in sample.unit_names.items():
        theme = themes_of(sample, short)[0]
        process, part = sample.id(sample.start), sample.id(sample.start)
        common = {"owner_role": sample.manager_role(short), "unit": sample.units[short], "status": "fastställd"}
        title = f"{theme['process']}, {name}"
        rows += [
            {"id": process, "name": title, "kind": sample.word("process_kinds", "enhetens"), **common},
            {
                "id": part,
                "name": f"{theme['activities'][0]}, {name}",
                "parent": process,
                "kind": sample.word("process_kinds", "del"),
                **common,
            },
        ]
        places = generate_n_keys_between(None, None, 2)
        for place, activity in zip(places, ("Förbered och dokumentera", "Genomför och följ upp"), strict=True):
            responsible = sample.role("staff")
            activities.append(
                {
                    "id": sample.id(sample.start),
                    "process": part,
                    "position": place,
                    "name": f"{activity} enligt rutinen",
                    "responsible_role": responsible,
                }
            )


def applications(sample: Sample, store: Store) -> list[Row]:
    """How each requirement is met in common, and how each unit meets those that it answers for itself."""
    rows: list[Row] = []
    assessed = add_months(sample.today, -sample.between(2, 5))
    demands = store.db.execute(
        """SELECT k.id, k.code, a.name AS area, k.provision FROM requirement k
           LEFT JOIN requirement_area a ON a.id = k.topic ORDER BY k.code"""
    ).fetchall()
    answered = {row[0] for row in store.db.execute("SELECT requirement FROM application")}
    for demand in demands:
        if demand["code"] in sample.place["unanswered"]:
            continue
        common: Row = {
            "requirement": demand["id"],
            "text": application_text(sample, demand["area"] or ""),
            "provision": demand["provision"],
            "assessed_on": assessed.isoformat(),
        }
        if demand["id"] not in answered:
            rows.append(
                {
                    **common,
                    "id": sample.id(assessed),
                    "responsible_role": sample.role("top"),
                    "fulfilment": sample.weighted({"uppfyllt": 7, "delvis": 2, "planerad": 1}),
                }
            )
        if demand["code"] in sample.place["unit_requirements"]:
            rows += [{**common, **unit_application(sample, short, assessed)} for short in sample.unit_names]
    return rows


def application_text(sample: Sample, area: str) -> str:
    """How a requirement of that area is met, in a sentence."""
    texts: dict[str, str] = sample.texts["applications"]
    words: dict[str, str] = sample.texts["application_words"]
    fits = next((words[word] for word in words if word in area.lower()), "god kvalitet")
    return texts[area if area in texts else fits]


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
        "responsible_role": sample.manager_role(short),
        **gap,
    }


def acknowledgements(sample: Sample, store: Store) -> list[Row]:
    """Who has read the guidelines and routines in force (R22): somebody of the unit, or of any; a few nobody has."""
    in_force = store.db.execute(
        """SELECT v.id, v.valid_from, d.unit FROM document_version v JOIN document d ON d.id = v.document
           WHERE v.status = 'fastställd' AND d.kind IN ('riktlinje', 'rutin') AND v.valid_from IS NOT NULL
           ORDER BY v.id"""
    ).fetchall()
    shorts = {sample.units[short]: short for short in sample.unit_names}
    rows = []
    for version in in_force:
        short = shorts.get(version["unit"]) or sample.pick(list(sample.unit_names))
        for person in sample.rng.sample(sample.staff[short], sample.weighted_number((1, 5, 3))):
            read = date.fromisoformat(version["valid_from"]) + timedelta(days=sample.between(3, 80))
            if read <= sample.today:
                rows.append(
                    {
                        "document_version": version["id"],
                        "person": person,
                        "unit": sample.units[short],
                        "acknowledged_on": read.isoformat(),
                    }
                )
    return rows
