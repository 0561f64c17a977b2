"""Chance, time and words for the sample: everything that is drawn is drawn here, from one seeded source."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from importlib import resources
from typing import Any

Row = dict[str, Any]
YEARS_BACK = 3


def read(name: str) -> dict[str, Any]:
    """One file of words or data that lies beside this module."""
    import yaml

    text = resources.files("sample_db").joinpath(name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


@cache
def read_texts() -> dict[str, Any]:
    """The word banks."""
    more = read("themes.yaml")
    texts = {**read("texts.yaml"), **read("areas.yaml")}
    for theme in texts["themes"]:
        theme["units"] |= more["more_units"].get(theme["key"], {})
    texts["themes"] += more["themes"]
    return texts


@cache
def places() -> dict[str, Any]:
    """The made-up municipalities, by profile; beside them what they have in common."""
    return read("municipalities.yaml")


@dataclass
class Sample:
    """What the builders share: the seeded source, the day it is, and the ids of what has been made so far."""

    rng: random.Random
    today: date
    scale: int  # how many times the events
    texts: dict[str, Any]
    place: dict[str, Any] = field(default_factory=dict)  # the municipality, of municipalities.yaml
    meanings: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # list → meaning → words for it
    lists: dict[str, list[str]] = field(default_factory=dict)  # the profile's choice lists
    settings: dict[str, str | None] = field(default_factory=dict)
    duties: dict[str, str] = field(default_factory=dict)  # what a role does → its name
    levels: dict[str, str] = field(default_factory=dict)  # role name → level
    likes: dict[str, str] = field(default_factory=dict)  # unit short name → the kind of unit it is like
    manager_roles: dict[str, str] = field(default_factory=dict)  # unit short name → role name
    db: Any = None  # what the profile's own routing is asked of
    routed: dict[tuple[str, str], str | None] = field(default_factory=dict)  # (kind, track) → where it is registered
    scale_id: str = ""
    units: dict[str, str] = field(default_factory=dict)  # short name → id
    unit_names: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)  # name → id
    managers: dict[str, tuple[str, str]] = field(default_factory=dict)  # unit short name → (person id, name)
    people: dict[str, tuple[str, str]] = field(default_factory=dict)  # role name → (person id, name)
    goals: dict[str, list[str]] = field(default_factory=dict)  # unit short name → its goals
    indicators: dict[str, list[str]] = field(default_factory=dict)  # unit short name → indicators of its goals
    agreements: dict[str, str] = field(default_factory=dict)  # theme → agreement id
    staff: dict[str, list[str]] = field(default_factory=dict)  # unit short name → person ids
    processes: dict[str, str] = field(default_factory=dict)  # theme → process id
    routines: dict[str, str] = field(default_factory=dict)  # theme → document id
    meetings: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # body → (day, meeting id), in order
    paragraphs: dict[str, int] = field(default_factory=dict)  # meeting id → paragraphs used
    diary: dict[str, int] = field(default_factory=dict)  # year → numbers used
    proposed: Counter[tuple[str, str]] = field(default_factory=Counter)  # (unit, action) → times proposed

    @property
    def start(self) -> date:
        """The first day the sample covers."""
        return first_of_quarter(self.today.replace(year=self.today.year - YEARS_BACK, day=1))

    @cached_property
    def themes(self) -> list[dict[str, Any]]:
        """What the units of this municipality work with; health care only where somebody answers for it."""
        present = set(self.likes.values())
        return [
            theme
            for theme in self.texts["themes"]
            if present & theme["units"].keys()
            and ("medical" in self.duties or not theme["kind"].endswith("sjukvården"))
        ]

    @property
    def coordinator(self) -> str:
        return self.person("quality")[1]

    def weight(self, theme: dict[str, Any], short: str) -> int:
        """How much a theme concerns a unit."""
        return int(theme["units"].get(self.likes[short], 0))

    def word(self, of: str, meaning: str) -> str | None:
        """The municipality's own word for a meaning, from that choice list; None when it has none."""
        words = self.meanings.get(of, {}).get(meaning, [meaning])
        return next((word for word in words if word in self.lists[of]), None)

    def some_word(self, of: str, meaning: str) -> str:
        """Its own word for it, or the first it has."""
        return self.word(of, meaning) or self.lists[of][0]

    def role(self, duty: str) -> str:
        """The id of the role that does this."""
        return self.roles[self.duties[duty]]

    def person(self, duty: str) -> tuple[str, str]:
        """(id, name) of whoever holds the role that does this."""
        return self.people[self.duties[duty]]

    def manager_role(self, short: str) -> str:
        """The id of the role that manages a unit."""
        return self.roles[self.manager_roles[short]]

    def decided(self, key: str) -> bool:
        """Whether the municipality has said yes to a setting."""
        return self.settings.get(key) == "ja"

    def id(self, day: date | str) -> str:
        """A UUIDv7 that could have been made on ``day``."""
        moment = date.fromisoformat(day) if isinstance(day, str) else day
        at = int(datetime(moment.year, moment.month, moment.day, 7, tzinfo=UTC).timestamp() * 1000)
        at += self.rng.randrange(36_000_000)
        bits = self.rng.getrandbits(74)
        value = at << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | (bits & (1 << 62) - 1)
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, bank: Sequence[Any]) -> Any:
        return bank[self.rng.randrange(len(bank))]

    def weighted(self, weights: dict[str, Any]) -> str:
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def weighted_number(self, weights: Sequence[int]) -> int:
        """0, 1, 2 … with these weights."""
        return self.rng.choices(range(len(weights)), weights)[0]

    def least_proposed(self, unit: str, bank: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The action that the unit has tried least; chance decides between equals."""
        fewest = min(self.proposed[unit, action["text"]] for action in bank)
        chosen: dict[str, Any] = self.pick([a for a in bank if self.proposed[unit, a["text"]] == fewest])
        self.proposed[unit, chosen["text"]] += 1
        return chosen

    def between(self, low: int, high: int) -> int:
        return self.rng.randint(low, high)

    def general(self, bank: str) -> str:
        """A sentence from the general banks."""
        return str(self.pick(self.texts["general"][bank]))

    def general_of(self, bank: str, key: str) -> str:
        """A sentence from the part of a general bank that is about ``key``."""
        return str(self.pick(self.texts["general"][bank][key]))

    def phrase(self, template: str) -> str:
        """A sentence with its gaps filled; a gap is named by a word bank."""
        for name, bank in self.texts["phrases"].items():
            mark = "{" + name + "}"
            while mark in template:
                template = template.replace(mark, str(self.pick(bank)), 1)
        return template

    def past(self, day: date) -> str | None:
        """The day as text when it has come, else None."""
        return day.isoformat() if day <= self.today else None

    def diary_number(self, day: str) -> str:
        """The next number in the diary of that year."""
        year = day[:4]
        self.diary[year] = self.diary.get(year, 100) + self.between(1, 9)
        return f"{self.texts['diary'].get(self.duties['committee'], 'SN')} {year}-{self.diary[year]:04d}"

    def meeting_after(self, body: str, day: str) -> tuple[str, str] | None:
        """(day, id) of the body's first meeting after ``day``, if it has been held."""
        held = self.meetings.get(body, [])
        place = bisect_left(held, (day, "~"))
        return held[place] if place < len(held) else None

    def paragraph(self, meeting: str) -> str:
        """The next paragraph of a meeting's minutes."""
        self.paragraphs[meeting] = self.paragraphs.get(meeting, self.between(8, 60)) + self.between(1, 3)
        return f"§ {self.paragraphs[meeting]}"


def first_of_quarter(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last one there is in that month."""
    from dateutil.relativedelta import relativedelta

    return day + relativedelta(months=months)


def weekday(day: date) -> date:
    """The day, or the Monday after a weekend."""
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))
