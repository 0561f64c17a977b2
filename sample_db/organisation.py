"""The made-up municipality of Lövsjö: units, people in roles, settings answered, parties and agreements."""

from __future__ import annotations

from datetime import date, timedelta

from lsk.store import Store
from sample_db.words import Row, Sample, add_months

UNITS = (
    ("Hemtjänst norr", "HTN", "utförare", 1),
    ("Hemtjänst söder", "HTS", "utförare", 1),
    ("Särskilt boende Almgården", "SÄA", "utförare", 1),
    ("LSS-boende Björkstigen", "LSS", "utförare", 1),
    ("Individ- och familjeomsorg", "IFO", "myndighetsutövning", 0),
    ("Hälso- och sjukvård", "HSV", "hälso- och sjukvård", 1),
)
STAFF = {"HTN": 5, "HTS": 5, "SÄA": 6, "LSS": 4, "IFO": 4, "HSV": 4}
TITLES = {
    "HTN": "undersköterska",
    "HTS": "undersköterska",
    "SÄA": "undersköterska",
    "LSS": "stödassistent",
    "IFO": "socialsekreterare",
    "HSV": "sjuksköterska",
}
LETTERS = str.maketrans("åäöéÅÄÖ", "aaoeAAO")

SETTINGS = {
    "system_decider": "Kommunstyrelsen",
    "minor_change_decider": "socialchef",
    "organisation_word": "avdelning",
    "it_system": "verksamhetssystemets avvikelsemodul",
    "documentation_system": "verksamhetssystemet, skyddad akt",
    "patient_safety_system": "verksamhetssystemets journal",
    "diary_system": "kommunens diarium",
    "deviation_investigation_days": "30",
    "complaint_answer_days": "14",
    "lex_sarah_investigation_days": "60",
    "lex_maria_investigation_days": "60",
    "lex_maria_reporter": "medicinskt ansvarig sjuksköterska",
    "selection_criterion_quarterly": "Händelser med allvarlig följd och händelser som återkommer",
    "risk_scale": "4 × 4, produkt; åtgärd krävs från riskvärde 8",
    "self_check_methods": "enligt listan över metoder",
    "quarterly_report_day": "45",
    "half_year_report_day": "60",
    "annual_compilation_day": "02-15",
    "elder_care_report_cadence": "år, till Social- och arbetsmarknadsutskottet",
    "competence_followup_responsible": "enhetschef",
    "review_interval_months": "24",
}


def build(sample: Sample, store: Store) -> None:
    """Units, people, assignments and the answers the profile left open: one change set."""
    with store.change("Systemförvaltare", "Grunduppgifter för Lövsjö kommun") as change:
        municipality = store.db.execute("SELECT id FROM municipality").fetchone()["id"]
        change.update("municipality", municipality, {"name": "Lövsjö kommun"})
        for row in store.db.execute("SELECT id, key FROM setting WHERE value IS NULL").fetchall():
            if row["key"] in SETTINGS:
                change.update("setting", row["id"], {"value": SETTINGS[row["key"]]})
        change.insert_many("unit", units(sample, store))
        persons, assignments = people(sample, store)
        change.insert_many("person", persons)
        change.insert_many("assignment", assignments)
        group = store.db.execute("SELECT id FROM working_group ORDER BY ref LIMIT 1").fetchone()["id"]
        change.update("working_group", group, {"appointed_on": sample.start.isoformat()})
        change.insert_many("duty_allocation", allocations(sample, store))


def units(sample: Sample, store: Store) -> list[Row]:
    department = store.db.execute("SELECT id FROM unit WHERE short_name = 'SOA'").fetchone()["id"]
    sample.units["SOA"] = department
    rows = []
    for name, short, kind, care in UNITS:
        sample.units[short] = sample.id(sample.start)
        sample.unit_names[short] = name
        rows.append(
            {
                "id": sample.units[short],
                "name": name,
                "short_name": short,
                "level": "enhet",
                "parent": department,
                "operation_form": "egen regi",
                "activity_kind": kind,
                "has_health_care": care,
                "has_individual_plan": 1,
                "system_applies": "obligatoriskt",
                "active_from": "2018-01-01",
            }
        )
    return rows


def people(sample: Sample, store: Store) -> tuple[list[Row], list[Row]]:
    """Each mandatory role is held, each unit has a manager and staff; one manager has followed another."""
    sample.roles = {row["name"]: row["id"] for row in store.db.execute("SELECT id, name FROM role ORDER BY ref")}
    banks = sample.texts["names"]
    names = [(first, last) for first in banks["first"] for last in banks["last"]]
    sample.rng.shuffle(names)
    persons: list[Row] = []
    assignments: list[Row] = []

    def person(title: str) -> tuple[str, str]:
        first, last = names.pop()
        email = f"{first}.{last}@lovsjo.example".lower().translate(LETTERS)
        row = {"id": sample.id(sample.start), "name": f"{first} {last}", "title": title, "email": email}
        persons.append(row)
        return str(row["id"]), str(row["name"])

    def assign(who: str, role: str, unit: str, since: date, until: date | None = None, by: str = "socialchef") -> None:
        assignments.append(
            {
                "id": sample.id(since),
                "person": who,
                "role": sample.roles[role],
                "unit": sample.units[unit],
                "valid_from": since.isoformat(),
                "valid_to": until and until.isoformat(),
                "appointed_by": sample.roles[by],
                "appointed_on": (since - timedelta(days=14)).isoformat(),
            }
        )

    early = add_months(sample.start, -sample.between(6, 40))
    for role in ("socialchef", "medicinskt ansvarig sjuksköterska", "kvalitetssamordnare"):
        sample.people[role] = person(role)
        assign(
            sample.people[role][0], role, "SOA", early, by="Kommunstyrelsen" if role == "socialchef" else "socialchef"
        )
    for body in ("Kommunstyrelsen", "Social- och arbetsmarknadsutskottet"):
        for title in ("ordförande", "vice ordförande", "ledamot"):
            assign(person(title)[0], body, "SOA", date(sample.start.year - 1, 1, 1), by="Kommunstyrelsen")
    for _, short, _, _ in UNITS:
        sample.managers[short] = person("enhetschef")
        changed = add_months(sample.start, 14) if short == "HTS" else None
        if changed:
            assign(person("enhetschef")[0], "enhetschef", short, early, changed - timedelta(days=1))
        assign(sample.managers[short][0], "enhetschef", short, changed or early)
        sample.staff[short] = [person(TITLES[short])[0] for _ in range(STAFF[short])]
        for who in sample.staff[short]:
            assign(who, "alla medarbetare", short, add_months(early, sample.between(0, 6)), by="enhetschef")
    for short in ("HTN", "SÄA", "IFO", "HSV"):
        assign(sample.managers[short][0], "analysgrupp", "SOA", sample.start)
    assign(sample.people["kvalitetssamordnare"][0], "analysgrupp", "SOA", sample.start)
    return persons, assignments


def allocations(sample: Sample, store: Store) -> list[Row]:
    """Tasks, never responsibility, given to somebody else (R9)."""
    duties = store.db.execute(
        """SELECT d.id FROM duty d JOIN role r ON r.id = d.role
           WHERE r.name = 'enhetschef' AND d.kind = 'uppgift' AND d.delegable = 1 ORDER BY d.number"""
    ).fetchall()
    day = add_months(sample.start, 5).isoformat()
    return [
        {
            "id": sample.id(day),
            "duty": duty["id"],
            "to_unit": sample.units[short],
            "to_person": sample.staff[short][0],
            "decided_on": day,
            "decided_in": f"Enhetschefens beslut {day}, fördelning av arbetsuppgifter",
        }
        for duty, short in zip(duties[1:4], ("SÄA", "HTN", "LSS"), strict=False)
    ]


def agreements(sample: Sample, store: Store) -> None:
    """Who the municipality works with, and by which agreements; one is past its follow-up (R60)."""
    with store.change(sample.people["socialchef"][1], "Samverkansparter och överenskommelser") as change:
        parties = {row["name"]: {"id": sample.id(sample.start), **row} for row in sample.texts["parties"]}
        change.insert_many("external_party", parties.values())
        rows = []
        for known in sample.texts["agreements"]:
            since = add_months(sample.start, sample.between(-12, 3))
            until = add_months(sample.today, known["until"] - 12)
            rows.append(
                {
                    "id": sample.id(since),
                    "name": known["name"],
                    "kind": known["kind"],
                    "purpose": known["purpose"],
                    "target_group": known["group"],
                    "party": parties[known["party"]]["id"],
                    "document": sample.routines[known["theme"]],
                    "responsible_role": sample.roles["socialchef"],
                    "valid_from": since.isoformat(),
                    "valid_to": until.isoformat(),
                    "follow_up_due": add_months(until, -6).isoformat(),
                    "status": "gällande",
                }
            )
        change.insert_many("agreement", rows)
