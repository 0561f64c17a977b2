"""Reminders: what each responsible person has to do, in plain words and without a word of any case."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from lsk import clocks
from lsk.answering import holders, nearest, parents_of
from lsk.year.entries import entries

ALL = 1_000_000  # more clocks than there ever are
EVER = "0000"
CASE = """SELECT d.ref, d.unit, coalesce(i.investigator_role, d.received_by) AS role, i.investigator AS person
  FROM deviation d LEFT JOIN investigation i ON i.id = :investigation WHERE d.id = :deviation"""
HEADINGS = {"late": "Försenat", "running": "Klockor som går", "soon": "Dags att göra"}


@dataclass(frozen=True)
class Holder:
    """Who a list is for: a person, or a role (``vacant``) that nobody holds. ``email`` is "" where none is known."""

    name: str
    email: str = ""
    vacant: bool = False


@dataclass
class Reminder:
    """One list. Its lines stand under "late", "running" or "soon"."""

    to: Holder
    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def subject(self) -> str:
        return ", ".join(f"{words.lower()}: {len(self.lines[under])}" for under, words in HEADINGS.items()
                         if self.lines[under])  # fmt: skip

    def text(self, name: str, today: date) -> str:
        """The list as a letter. ``name``: whose management system it is."""
        parts = [f"{self.to.name}\n\nUr ledningssystemet för {name}, {today.isoformat()}."]
        for under, heading in HEADINGS.items():
            if self.lines[under]:
                parts.append("\n".join([heading, *(f"- {line}" for line in self.lines[under])]))
        return "\n\n".join([*parts, "Öppna filen i LSK för att se mer."]) + "\n"


@dataclass(frozen=True)
class Owed:
    """A line, and who answers for it: the person if one is named, else those who hold the role nearest the unit."""

    under: str
    words: str
    unit: str | None
    role: str | None
    person: str | None


def reminders(db: sqlite3.Connection, today: date) -> list[Reminder]:
    """Each responsible person's list, by name; last what is on a role that nobody holds, or on nobody."""
    people = {row["id"]: row for row in db.execute("SELECT id, name, email FROM person")}
    roles = dict(db.execute("SELECT id, name FROM role").fetchall())
    parents = parents_of(db)
    held = holders(db, today)
    lists: dict[Holder, Reminder] = {}
    for owed in (*falling_due(db, today), *running(db)):
        ids = [owed.person] if owed.person in people else nearest(held, parents, owed.role, owed.unit)
        to = [Holder(people[one]["name"], people[one]["email"] or "") for one in ids if one in people]
        for holder in to or [Holder(roles.get(owed.role or "", "Ingen ansvarig"), vacant=True)]:
            lists.setdefault(holder, Reminder(holder)).lines[owed.under].append(owed.words)
    return sorted(lists.values(), key=lambda one: (one.to.vacant, one.to.name, one.to.email))


def falling_due(db: sqlite3.Connection, today: date) -> Iterator[Owed]:
    """What is late, and what it is time to begin: its day less its lead time has come."""
    for entry in entries(db, EVER):
        begin = date.fromisoformat(entry.day) - timedelta(days=entry.lead)
        if not entry.done and begin <= today:
            under = "late" if entry.day < today.isoformat() else "soon"
            yield Owed(under, f"{entry.day}  {entry.words}", entry.unit, entry.role, entry.person)


def running(db: sqlite3.Connection) -> Iterator[Owed]:
    """Cases with a clock, by reference only."""
    for clock in (*clocks.running(db, ALL)[0], *clocks.unanswered(db, ALL)[0]):
        about = {"deviation": clock.deviation, "investigation": clock.investigation}
        case = db.execute(CASE, about).fetchone()
        day = clock.until.isoformat() if clock.until else "          "
        yield Owed(
            "running", f"{day}  {clock.track} {case['ref']}: {clock.asks}", case["unit"], case["role"], case["person"]
        )
