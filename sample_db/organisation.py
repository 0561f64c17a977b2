"""The made-up municipality: units, people in roles, settings answered, parties and agreements."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from typing import Any

from lsk.change import Change
from lsk.store import Store
from sample_db import roles
from sample_db.words import Row, Sample, add_months

LETTERS = str.maketrans("åäöéÅÄÖ", "aaoeAAO")
ELECTED = ("ordförande", "vice ordförande", "ledamot")


def build(sample: Sample, store: Store) -> None:
    """Units, people, assignments and the answers the profile left open: one change set."""
    place = sample.place
    with store.change("Systemförvaltare", f"Grunduppgifter för {place['name']}") as change:
        municipality = store.db.execute("SELECT id FROM municipality").fetchone()["id"]
        change.update("municipality", municipality, {"name": place["name"]})
        for row in store.db.execute("SELECT id, key FROM setting WHERE value IS NULL").fetchall():
            if row["key"] in place["settings"]:
                change.update("setting", row["id"], {"value": place["settings"][row["key"]]})
        units(sample, store, change)
        persons, assignments = People(sample, store).all()
        change.insert_many("person", persons)
        change.insert_many("assignment", assignments)
        groups = store.db.execute("SELECT id FROM working_group ORDER BY ref LIMIT 1").fetchall()
        for group in groups:
            change.update("working_group", group["id"], {"appointed_on": sample.start.isoformat()})
        change.insert_many("duty_allocation", allocations(sample, store))


def units(sample: Sample, store: Store, change: Change) -> None:
    """The units that the profile does not have already, under its department."""
    for row in store.db.execute("SELECT id, short_name FROM unit ORDER BY ref"):
        sample.units[row["short_name"]] = row["id"]
    rows = []
    for unit in sample.place["units"]:
        short = unit["short"]
        sample.unit_names[short] = unit["name"]
        details = {
            "operation_form": unit.get("form", "egen regi"),
            "activity_kind": unit["kind"],
            "has_health_care": unit["care"],
            "has_individual_plan": unit.get("individual", 1),
            "active_from": "2018-01-01",
        }
        if short in sample.units:
            change.update("unit", sample.units[short], details)
            continue
        sample.units[short] = sample.id(sample.start)
        parent = sample.units[unit.get("parent", sample.place["department"])]
        rows.append(
            {
                "id": sample.units[short],
                "name": unit["name"],
                "short_name": short,
                "level": unit["level"],
                "parent": parent,
                "system_applies": "obligatoriskt",
                **details,
            }
        )
    change.insert_many("unit", rows)


class People:
    """Each mandatory role is held, each unit has a manager and staff; one manager has followed another."""

    def __init__(self, sample: Sample, store: Store) -> None:
        self.sample, self.db = sample, store.db
        banks = sample.texts["names"]
        self.names = [(first, last) for first in banks["first"] for last in banks["last"]]
        sample.rng.shuffle(self.names)
        self.persons: list[Row] = []
        self.assignments: list[Row] = []
        self.elected = roles.bodies(sample, store)
        self.early = add_months(sample.start, -sample.between(6, 40))

    def all(self) -> tuple[list[Row], list[Row]]:
        sample = self.sample
        department = sample.place["department"]
        for duty in ("top", "middle", "medical", "quality"):
            name = sample.duties.get(duty)
            if name and name not in sample.people:
                self.appoint(name, department, self.early)
        for body in self.elected:
            for title in ELECTED:
                self.assign(self.person(title)[0], body, department, date(sample.start.year - 1, 1, 1))
        for unit in sample.place["units"]:
            self.unit(unit)
        self.mandatory(department)
        return self.persons, self.assignments

    def person(self, title: str) -> tuple[str, str]:
        first, last = self.names.pop()
        email = f"{first}.{last}@{self.sample.place['file']}.example".lower().translate(LETTERS)
        identity = self.sample.id(self.sample.start)
        self.persons.append({"id": identity, "name": f"{first} {last}", "title": title, "email": email})
        return identity, f"{first} {last}"

    def appoint(self, role: str, unit: str, since: date) -> None:
        self.sample.people[role] = self.person(role)
        self.assign(self.sample.people[role][0], role, unit, since)

    def assign(self, who: str, role: str, unit: str, since: date, until: date | None = None) -> None:
        """By the manager above: the committee appoints its own members and the top official."""
        duties = self.sample.duties
        above = duties["committee"] if role == duties["top"] or role in self.elected else duties["top"]
        self.assignments.append(
            {
                "id": self.sample.id(since),
                "person": who,
                "role": self.sample.roles[role],
                "unit": self.sample.units[unit],
                "valid_from": since.isoformat(),
                "valid_to": until and until.isoformat(),
                "appointed_by": self.sample.roles[above],
                "appointed_on": (since - timedelta(days=14)).isoformat(),
            }
        )

    def unit(self, unit: dict[str, Any]) -> None:
        sample, short = self.sample, unit["short"]
        role = sample.manager_roles[short]
        known = sample.people.get(role)  # the manager of several units, or of the whole activity
        sample.managers[short] = known or self.person(sample.texts["titles"].get("manager", role))
        changed = add_months(sample.start, 14) if unit.get("changed") else None
        if changed:
            self.assign(self.person(role)[0], role, short, self.early, changed - timedelta(days=1))
        self.assign(sample.managers[short][0], role, short, changed or self.early)
        title = sample.texts["titles"][unit["like"]]
        sample.staff[short] = [self.person(title)[0] for _ in range(unit["staff"])]
        for who in sample.staff[short]:
            since = add_months(self.early, sample.between(0, 6))
            self.assign(who, sample.duties["staff"], short, since)
        if unit["care"]:
            self.medical(short)

    def medical(self, short: str) -> None:
        """Roles that every unit with health care must have."""
        for role in self.db.execute(
            """SELECT name FROM role WHERE mandatory = 1 AND mandatory_for = 'enhet med hälso- och sjukvård'
               ORDER BY ref"""
        ).fetchall():
            if role["name"] not in self.sample.people:
                self.sample.people[role["name"]] = self.person(role["name"])
            self.assign(self.sample.people[role["name"]][0], role["name"], short, self.early)

    def mandatory(self, department: str) -> None:
        """Mandatory roles that nobody holds yet; a group is made of managers."""
        sample = self.sample
        held = {row["role"] for row in self.assignments}
        rows: list[sqlite3.Row] = self.db.execute(
            """SELECT id, name, kind FROM role WHERE mandatory = 1
               AND ifnull(mandatory_for, 'hela verksamheten') = 'hela verksamheten' ORDER BY ref"""
        ).fetchall()
        for row in rows:
            if row["kind"] == "grupp":
                managers = list(dict.fromkeys(who for who, _ in sample.managers.values()))[:4]
                for who in (*managers, sample.person("quality")[0]):
                    self.assign(who, row["name"], department, sample.start)
            elif row["id"] not in held:
                self.appoint(row["name"], department, self.early)


def allocations(sample: Sample, store: Store) -> list[Row]:
    """Tasks, never responsibility, given to somebody else (R9)."""
    duties = store.db.execute(
        """SELECT d.id FROM duty d WHERE d.role = ? AND d.kind = 'uppgift' ORDER BY d.delegable = 1 DESC, d.number""",
        (sample.role("unit_manager"),),
    ).fetchall()
    day = add_months(sample.start, 5).isoformat()
    role = sample.duties["unit_manager"]
    return [
        {
            "id": sample.id(day),
            "duty": duty["id"],
            "to_unit": sample.units[short],
            "to_person": sample.staff[short][0],
            "decided_on": day,
            "decided_in": f"Beslut av {role} {day}, fördelning av arbetsuppgifter",
        }
        for duty, short in zip(duties[1:4], list(sample.unit_names)[:3], strict=False)
    ]


def agreements(sample: Sample, store: Store) -> None:
    """Who the municipality works with, and by which agreements; one is past its follow-up (R60)."""
    with store.change(sample.person("top")[1], "Samverkansparter och överenskommelser") as change:
        have = {row["name"] for row in store.db.execute("SELECT name FROM external_party")}
        parties = {
            row["name"]: {
                "id": sample.id(sample.start),
                "name": row["name"].format(**sample.place),
                "kind": sample.word("party_kinds", row["kind"]),
            }
            for row in sample.texts["parties"]
        }
        change.insert_many("external_party", [p for p in parties.values() if p["name"] not in have])
        rows = []
        links = []
        for known in sample.texts["agreements"]:
            if known["theme"] not in sample.routines or known["party"] in have:
                continue
            since = add_months(sample.start, sample.between(-12, 3))
            until = add_months(sample.today, known["until"] - 12)
            identity = sample.agreements[known["theme"]] = sample.id(since)
            rows.append(
                {
                    "id": identity,
                    "name": known["name"],
                    "kind": sample.word("agreement_kinds", known["kind"]),
                    "purpose": known["purpose"],
                    "target_group": known["group"],
                    "party": parties[known["party"]]["id"],
                    "document": sample.routines[known["theme"]],
                    "responsible_role": sample.role("top"),
                    "valid_from": since.isoformat(),
                    "valid_to": until.isoformat(),
                    "follow_up_due": add_months(until, -6).isoformat(),
                    "status": "gällande",
                }
            )
            links.append(
                {
                    "kind": sample.some_word("link_kinds", "hör till"),
                    "source": sample.processes[known["theme"]],
                    "target": identity,
                }
            )
        change.insert_many("agreement", rows)
        change.insert_many("link", links)
