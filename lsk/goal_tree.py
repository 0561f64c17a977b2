"""Goals as a tree: each goal, the goals it is broken down into, and its indicators with outcome over time."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass

from lsk.model.goals import DEVIATION_KIND
from lsk.rules.goals import OTHERS

PERIODS = 8  # how many outcomes back an indicator is drawn


@dataclass(frozen=True)
class Outcome:
    """The outcome of a period: the mean where several units have measured, and how many of them fall short."""

    period: str
    value: float
    measured: int
    short: int
    past: int
    judged: int

    @property
    def verdict(self) -> str:
        """negativ, positiv, ingen (on the target), or "" where there is no target to judge by."""
        if not self.judged:
            return ""
        return "negativ" if self.short else "positiv" if self.past else "ingen"


@dataclass(frozen=True)
class Indicator:
    """``better`` is högre or lägre. ``target`` is the latest outcome's own, else the indicator's."""

    id: str
    name: str
    better: str
    measure: str
    target: float | None
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Goal:
    """``activities`` and ``indicators_below`` count those of the goals under it as well."""

    id: str
    number: int | None
    title: str
    level: str
    direction: str
    focus: str
    unit: str | None
    indicators: tuple[Indicator, ...]
    below: tuple[Goal, ...]
    activities: int
    indicators_below: int

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is missing, in words."""
        if self.level in OTHERS:
            return ()
        lacking = ["saknar aktivitet"] if not self.activities and not self.below else []
        return (*lacking, "saknar indikator") if not self.indicators_below else tuple(lacking)


def tree(db: sqlite3.Connection, units: tuple[str, ...] | None = None) -> list[Goal]:
    """The superior goals, each with what lies under it.

    With ``units``: every superior goal, of the others those of the units, and only the units' activities and outcomes.
    """
    rows = db.execute(
        """SELECT g.*, f.name AS focus, u.name AS unit_name FROM goal g LEFT JOIN unit u ON u.id = g.unit
           LEFT JOIN focus_area f ON f.id = g.focus_area
           LEFT JOIN choice_value c ON c.list = 'goal_levels' AND c.value = g.level
           WHERE g.status <> 'avslutat' ORDER BY c.number, g.number, g.title_sort, g.id"""
    ).fetchall()
    present = {row["id"] for row in rows}
    children = defaultdict(list)
    for row in rows:
        children[row["parent"] if row["parent"] in present else None].append(row)
    activities, measured = activities_of(db, units), indicators(db, units)

    def grown(row: sqlite3.Row) -> Goal:
        below = tuple(goal for child in children[row["id"]] if (goal := grown(child)) and (goal.below or here(child)))
        own = tuple(measured.get(row["id"], ()))
        return Goal(
            row["id"], row["number"], row["title"], row["level"], row["direction"] or "", row["focus"] or "",
            row["unit_name"], own, below, activities.get(row["id"], 0) + sum(goal.activities for goal in below),
            len(own) + sum(goal.indicators_below for goal in below),
        )  # fmt: skip

    def here(row: sqlite3.Row) -> bool:
        return units is None or row["unit"] is None or row["unit"] in units

    return [grown(row) for row in children[None]]


def activities_of(db: sqlite3.Connection, units: tuple[str, ...] | None) -> dict[str, int]:
    rows = db.execute("SELECT goal, unit, count(*) FROM goal_activity GROUP BY 1, 2")
    found: dict[str, int] = defaultdict(int)
    for goal, unit, n in rows:
        if units is None or unit in units:
            found[goal] += n
    return found


def indicators(db: sqlite3.Connection, units: tuple[str, ...] | None) -> dict[str | None, list[Indicator]]:
    """Every indicator by goal, with the outcomes of the latest periods."""
    outcomes: dict[str, list[Outcome]] = defaultdict(list)
    targets: dict[str, float] = {}
    some = "" if units is None else f"AND t.unit IN ({', '.join('?' * len(units))})"
    for row in db.execute(
        f"""SELECT indicator, period_end, avg(value) AS value, count(*) AS n, avg(target) AS target,
              sum(kind = 'negativ') AS short, sum(kind = 'positiv') AS past, count(kind) AS judged FROM (
              SELECT t.indicator, t.period_end, CAST(t.value AS REAL) AS value, CAST(t.target AS REAL) AS target,
                {DEVIATION_KIND} AS kind,
                dense_rank() OVER (PARTITION BY t.indicator ORDER BY t.period_end DESC) AS back
              FROM measurement t WHERE t.value IS NOT NULL {some})
            WHERE back <= {PERIODS} GROUP BY 1, 2 ORDER BY 1, 2""",
        units or (),
    ):
        outcomes[row["indicator"]].append(
            Outcome(row["period_end"], row["value"], row["n"], row["short"] or 0, row["past"] or 0, row["judged"])
        )
        if row["target"] is not None:
            targets[row["indicator"]] = row["target"]
    found: dict[str | None, list[Indicator]] = defaultdict(list)
    for row in db.execute(
        "SELECT id, goal, name, better, unit_of_measure, target FROM indicator ORDER BY name_sort, id"
    ):
        own = None if row["target"] is None else float(row["target"])
        found[row["goal"]].append(
            Indicator(
                row["id"], row["name"], row["better"], row["unit_of_measure"] or "", targets.get(row["id"], own),
                tuple(outcomes[row["id"]]),
            )
        )  # fmt: skip
    return found


BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: list[float]) -> str:
    """One block a value, the lowest to the highest; alike values lie in the middle."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if low == high:
        return BLOCKS[3] * len(values)
    return "".join(BLOCKS[round((value - low) / (high - low) * (len(BLOCKS) - 1))] for value in values)
