"""The plan of a year: what each obligation's rule gives, against what the file already has.

A planned occurrence has an id that follows from obligation, unit and period, so two files that plan the same year
offline hold the same records when they meet.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from lsk.records import related
from lsk.rules.ownership import subtree
from lsk.store import Store
from lsk.year.days import due, fault
from lsk.year.periods import MONTHS, periods

YEARS_BEFORE = 3  # a rule reaches at most 999 days past its period
PLANNED = re.compile(r"\d{4}( [^\W\d]+ \d{1,2})?")  # a period as ``periods`` names it; others were added by hand
NEVER = {"vid händelse", "fortlöpande"}

# The units that each have an obligation to meet. A section without units of its own is as a unit.
UNITS = """SELECT u.id, u.short_name, u.has_health_care, u.active_from, u.active_to,
    u.level = 'enhet' OR (u.level IN ('sektion', 'verksamhet')
      AND NOT EXISTS (SELECT 1 FROM unit c WHERE c.parent = u.id)) AS works
  FROM unit u"""

PRESENT = """SELECT t.id, t.obligation, t.unit, t.period, t.due, t.status,
    coalesce(t.evidence, t.evidence_text) AS evidence
  FROM occurrence t WHERE t.due BETWEEN :first AND :last OR t.due IS NULL OR t.period LIKE :year || '%'
    OR t.period LIKE :year - 1 || '%' """

Key = tuple[str, str | None, str]  # obligation, unit, period


@dataclass(frozen=True)
class Item:
    """An obligation to be met by a unit (None: the whole activity) for a period, by a day (ISO)."""

    obligation: str
    name: str
    unit: str | None
    unit_name: str | None
    period: str
    due: str

    @property
    def key(self) -> Key:
        return self.obligation, self.unit, self.period


@dataclass(frozen=True)
class Changed:
    """An occurrence, ``record``, that is there but has another day than its obligation's rule now gives."""

    record: str
    before: str | None
    item: Item


@dataclass(frozen=True)
class Dropped:
    """What the year before had and this one has not. ``record``: the occurrence to take away, if one was planned."""

    record: str | None
    name: str
    unit_name: str | None
    period: str
    reason: str


@dataclass
class Plan:
    """What planning a year would do.

    ``there``: how many are planned or done already, and stay. ``unplanned``: obligations without a day that can be
    worked out, and why.
    """

    year: int
    there: int = 0
    new: list[Item] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    unplanned: list[tuple[str, str]] = field(default_factory=list)

    @property
    def writes(self) -> int:
        return len(self.new) + len(self.changed) + sum(gone.record is not None for gone in self.dropped)


@dataclass(frozen=True)
class Ground:
    """What a plan is made from: obligations and units by id, and whose occurrences this file may write."""

    obligations: dict[str, sqlite3.Row]
    units: dict[str, sqlite3.Row]
    mine: frozenset[str] | None  # None: the main file, which may write them all


def plan(store: Store, year: int) -> Plan:
    """What is new, changed and dropped among what falls due in a year. Writes nothing."""
    ground = ground_of(store)
    every = {item.key: item for item in expected(ground, year)}
    rows = [row for row in present(store.db, year) if ours(ground, row["unit"])]
    known = {(row["obligation"], row["unit"], row["period"]) for row in rows}
    found = Plan(year, unplanned=unplanned(ground))
    due_then = {key for key, item in every.items() if item.due[:4] == str(year)}
    found.there = len(known & due_then)
    found.new = [item for item in every.values() if item.due[:4] == str(year) and item.key not in known]
    for row in rows:
        item = every.get((row["obligation"], row["unit"], row["period"]))
        if row["status"] == "klar" or str(year) not in {(row["due"] or "")[:4], item.due[:4] if item else ""}:
            continue
        if item is None:
            if removable(store.db, ground, row):
                found.dropped.append(told(ground, row, row["id"]))
        elif item.due != row["due"]:
            found.changed.append(Changed(row["id"], row["due"], item))
    found.dropped += not_again(ground, every, rows, found)
    return found


def write(store: Store, planned: Plan, actor: str) -> None:
    """Write a plan as one change set."""
    with store.change(actor, f"Årsplanering {planned.year}") as change:
        for gone in planned.dropped:
            if gone.record is not None:
                change.delete("occurrence", gone.record)
        for moved in planned.changed:
            change.update("occurrence", moved.record, {"due": moved.item.due})
        rows = [{"obligation": i.obligation, "unit": i.unit, "period": i.period, "due": i.due} for i in planned.new]
        change.insert_many("occurrence", rows)


def ground_of(store: Store) -> Ground:
    mine = frozenset(subtree(store.db, store.file.unit)) if store.file.is_unit_file else None
    return Ground(
        {row["id"]: row for row in store.db.execute("SELECT * FROM obligation ORDER BY name_sort, id")},
        {row["id"]: row for row in store.db.execute(f"{UNITS} ORDER BY u.name_sort, u.id")},
        mine,
    )


def ours(ground: Ground, unit: str | None) -> bool:
    return ground.mine is None or unit in ground.mine


def present(db: sqlite3.Connection, year: int) -> list[sqlite3.Row]:
    """The occurrences of the year and of the one before it."""
    return db.execute(PRESENT, {"first": f"{year - 1}-01-01", "last": f"{year}-12-31", "year": year}).fetchall()


def expected(ground: Ground, year: int) -> Iterator[Item]:
    """All that the rules give for periods that may fall due in the year, and those around it."""
    for row in ground.obligations.values():
        if why_not(row):
            continue
        for period, last in periods(row["cadence"], date(year - YEARS_BEFORE, 1, 1), date(year, 12, 31)):
            day = due(row["due_rule"], last).isoformat()
            for unit in concerned(ground, row["applies_to"], last):
                name = ground.units[unit]["short_name"] if unit else None
                yield Item(row["id"], row["name"], unit, name, period, day)


def concerned(ground: Ground, applies_to: str | None, last: date) -> list[str | None]:
    """Those of this file that have it to do for a period that ends on ``last``."""
    if not for_units(applies_to):
        return [None] if ours(ground, None) else []
    return [
        unit["id"] for unit in ground.units.values()
        if ours(ground, unit["id"]) and must(unit, applies_to) and active(unit, last)
    ]  # fmt: skip


def for_units(applies_to: str | None) -> bool:
    return applies_to in ("varje enhet", "enhet med hälso- och sjukvård")


def must(unit: sqlite3.Row, applies_to: str | None) -> bool:
    return bool(unit["works"]) and (applies_to == "varje enhet" or bool(unit["has_health_care"]))


def active(unit: sqlite3.Row, day: date) -> bool:
    return (unit["active_from"] or "") <= day.isoformat() <= (unit["active_to"] or "9999")


def why_not(obligation: sqlite3.Row) -> str:
    """Why no day can be worked out for an obligation; "" when it can."""
    cadence, rule = obligation["cadence"], obligation["due_rule"]
    if cadence in NEVER:
        return f"görs {cadence}"
    if cadence not in MONTHS:
        return f"återkommer ”{cadence}”, som inte går att räkna ut" if cadence else "det är inte bestämt hur ofta"
    return fault(rule, cadence) if rule else "ingen dag är bestämd"


def unplanned(ground: Ground) -> list[tuple[str, str]]:
    return [(row["name"], why_not(row)) for row in ground.obligations.values() if why_not(row)]


def removable(db: sqlite3.Connection, ground: Ground, row: sqlite3.Row) -> bool:
    """Whether an occurrence the rules no longer give was only planned: not begun, not by hand, leant on by nothing."""
    return (
        row["status"] == "kommande" and row["evidence"] is None and PLANNED.fullmatch(row["period"]) is not None
        and not why_not(ground.obligations[row["obligation"]]) and not related(db, "occurrence", row["id"])
    )  # fmt: skip


def told(ground: Ground, row: sqlite3.Row, record: str | None) -> Dropped:
    obligation = ground.obligations[row["obligation"]]
    unit = ground.units.get(row["unit"] or "")
    name = unit["short_name"] if unit else None
    return Dropped(record, obligation["name"], name, row["period"], reason(obligation, unit, row["period"]))


def reason(obligation: sqlite3.Row, unit: sqlite3.Row | None, period: str) -> str:
    """Why the rules no longer give an occurrence."""
    if unit is not None and unit["active_to"]:
        return f"{unit['short_name']} upphörde {unit['active_to']}"
    if (unit is not None) != for_units(obligation["applies_to"]) or (unit and not must(unit, obligation["applies_to"])):
        return f"uppgiften gäller nu {obligation['applies_to'] or 'hela verksamheten'}"
    if cadence_of(period) != obligation["cadence"]:
        return f"uppgiften återkommer nu varje {obligation['cadence']}"
    return f"regeln {obligation['due_rule']} ger ingen dag"


def cadence_of(period: str) -> str:
    """The cadence that a period's name tells: "2026" is a year."""
    return period.split()[1] if " " in period else "år"


def not_again(ground: Ground, every: dict[Key, Item], rows: list[sqlite3.Row], found: Plan) -> Iterator[Dropped]:
    """What fell due in the year before and does not in this one, each obligation and unit once."""
    year = str(found.year)
    names = {(gone.name, gone.unit_name) for gone in found.dropped}
    again = {key[:2] for key, item in every.items() if item.due[:4] == year}
    again |= {(row["obligation"], row["unit"]) for row in rows if (row["due"] or "")[:4] == year}
    before = {
        (row["obligation"], row["unit"]): row for row in rows
        if (row["due"] or "")[:4] == str(found.year - 1) and PLANNED.fullmatch(row["period"])
    }  # fmt: skip
    for pair, row in before.items():
        gone = told(ground, row, None)
        if pair not in again and not why_not(ground.obligations[pair[0]]) and (gone.name, gone.unit_name) not in names:
            yield gone
