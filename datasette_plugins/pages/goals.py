"""Goals with outcome and trend: a list of all, and a page for each."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from markupsafe import Markup

from datasette_plugins.chart import bars, legend, lines, spark
from datasette_plugins.pages.content import Asked, Change, Content, Section, has, one, rows, section
from datasette_plugins.words import capital, decimal

VERDICTS = {"positiv": "Bättre än målet", "ingen": "På målet", "negativ": "Når inte målet", None: "Inget mål satt"}
KINDS = {"positiv": "battre", "ingen": "battre", "negativ": "samre", None: "lika"}
MEASURES = {"procent": "%", "antal": ""}
PERIODS = 8
MOST = 60  # goals on one page; where there are more, those of the units are shown unit by unit


# For each goal with goals under it: how many of their indicators reach the target by the last outcome, of how many.
UNDER = """
WITH RECURSIVE tree(top, mal_id) AS (
  SELECT overordnat_id, mal_id FROM mal WHERE overordnat_id IS NOT NULL
  UNION SELECT tree.top, mal.mal_id FROM tree JOIN mal ON mal.overordnat_id = tree.mal_id
), judged AS (
  SELECT mal_id, bedomning, row_number() OVER (PARTITION BY indikator_id ORDER BY period_slut DESC) AS n
  FROM malutfall WHERE bedomning IS NOT NULL
)
SELECT top, sum(bedomning <> 'negativ'), count(*) FROM tree JOIN judged USING (mal_id) WHERE n = 1 GROUP BY top"""


@dataclass(frozen=True)
class Indicator:
    """An indicator and its outcomes, the oldest first."""

    key: str
    name: str
    measure: str
    better: str
    outcomes: Sequence[Any]

    @property
    def measured(self) -> list[Any]:
        return [row for row in self.outcomes if row["utfall"] is not None]

    @property
    def last(self) -> Any:
        return self.measured[-1] if self.measured else None

    @property
    def target(self) -> float | None:
        """The latest that is set."""
        return next((row["mal_varde"] for row in reversed(self.outcomes) if row["mal_varde"] is not None), None)

    @property
    def verdict(self) -> Change:
        """Whether the last outcome reaches the target."""
        if self.last is None:
            return Change("Inget utfall ännu")
        kind = KINDS[self.last["bedomning"]]
        return Change(VERDICTS[self.last["bedomning"]], {"battre": "●", "samre": "○"}.get(kind, "■"), kind)

    @property
    def trend(self) -> Change | None:
        """How the last outcome stands against the one before."""
        if len(self.measured) < 2:
            return None
        now, before = self.measured[-1]["utfall"], self.measured[-2]["utfall"]
        if now == before:
            return Change("oförändrat sedan förra perioden")
        better = (now > before) == (self.better == "högre")
        words = f"{'bättre' if better else 'sämre'} än förra perioden ({decimal(before)})"
        return Change(words, "▲" if now > before else "▼", "battre" if better else "samre")

    @property
    def spark(self) -> Markup:
        drawn = self.measured[-PERIODS:]
        told = ", ".join(f"{row['period']}: {decimal(row['utfall'])}" for row in drawn)
        return spark(f"{self.name}. {told}", [row["utfall"] for row in drawn], self.target)

    @property
    def chart(self) -> Markup:
        drawn = self.measured[-PERIODS:]
        if len(drawn) < 2:
            return Markup("")
        series = [(self.name, [row["utfall"] for row in drawn])]
        most = 100 if self.measure == "%" else None
        return lines(self.name, [row["period"] for row in drawn], series, self.target, most)


@dataclass(frozen=True)
class Goal:
    """A goal as it stands in the list."""

    row: Any
    indicators: list[Indicator] = field(default_factory=list)
    met: int = 0  # of the indicators of the goals under it
    judged: int = 0


def reached(db: sqlite3.Connection) -> tuple[int, int, int, int]:
    """How many indicators reach their target, of how many that can be judged; now and a period earlier."""
    found = one(
        db,
        """WITH judged AS (
             SELECT bedomning, row_number() OVER (PARTITION BY indikator_id ORDER BY period_slut DESC) AS n
             FROM malutfall WHERE bedomning IS NOT NULL)
           SELECT count(*) FILTER (WHERE n = 1 AND bedomning <> 'negativ'), count(*) FILTER (WHERE n = 1),
             count(*) FILTER (WHERE n = 2 AND bedomning <> 'negativ'), count(*) FILTER (WHERE n = 2) FROM judged""",
    )
    return found[0], found[1], found[2], found[3]


def indicators(db: sqlite3.Connection, goal: str = "") -> dict[str, list[Indicator]]:
    """The indicators by goal."""
    found = rows(
        db,
        """SELECT * FROM malutfall WHERE ? IN ('', mal_id)
           ORDER BY mal_id, indikator, indikator_id, period_slut""",
        (goal,),
    )
    by_goal: dict[str, list[Indicator]] = {}
    for (of, key), outcomes in groupby(found, key=lambda row: (row["mal_id"], row["indikator_id"])):
        known = list(outcomes)
        first = known[0]
        by_goal.setdefault(of, []).append(
            Indicator(key, first["indikator"], MEASURES.get(first["matt"], first["matt"] or ""), first["battre"], known)
        )
    return by_goal


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    have = indicators(db)
    under = {key: (met, judged) for key, met, judged in rows(db, UNDER)}
    goals = [
        Goal(row, have.get(row["mal_id"], []), *under.get(row["mal_id"], (0, 0)))
        for row in rows(db, "SELECT * FROM mal ORDER BY rowid")
    ]
    units = sorted({goal.row["enhet"] for goal in goals if goal.row["enhet"]})
    unit = asked.params.get("enhet", "")
    many = len(goals) > MOST and not unit
    shown = [goal for goal in goals if (goal.row["enhet"] == unit if unit else not (many and goal.row["enhet"]))]
    levels = sorted(dict.fromkeys(goal.row["niva"] for goal in goals), key=lambda level: depth(goals, level))
    return {
        "lead": "Vad vi vill uppnå, hur det går och åt vilket håll det är på väg.",
        "chart": overview(goals, levels),
        "levels": [(level, of) for level in levels if (of := [goal for goal in shown if goal.row["niva"] == level])],
        "units": units,
        "unit": unit,
        "many": many,
    }


def depth(goals: list[Goal], level: str) -> int:
    """How far down the tree of goals a level lies: its highest goal's number of goals above it."""
    parents = {goal.row["mal_id"]: goal.row["overordnat_id"] for goal in goals}

    def above(key: str) -> int:
        passed: list[str] = []
        while (key := parents.get(key) or "") and key not in passed:
            passed.append(key)
        return len(passed)

    return min(above(goal.row["mal_id"]) for goal in goals if goal.row["niva"] == level)


def overview(goals: list[Goal], levels: list[str]) -> Markup:
    """How many indicators reach their targets, level by level."""
    names = ("Når målet", "Når inte målet", "Kan inte bedömas än")

    def kind(indicator: Indicator) -> int:
        return {"battre": 0, "samre": 1}.get(indicator.verdict.kind, 2)

    counts = {level: [0, 0, 0] for level in levels}
    for goal in goals:
        for indicator in goal.indicators:
            counts[goal.row["niva"]][kind(indicator)] += 1
    drawn = [level for level in levels if any(counts[level])]
    if not drawn:
        return Markup("")
    series = [(name, [counts[level][n] for level in drawn]) for n, name in enumerate(names)]
    return bars("Indikatorer som når målet, per nivå", [capital(level) for level in drawn], series) + legend(names)


def item(db: sqlite3.Connection, asked: Asked) -> Content:
    found = rows(db, "SELECT * FROM mal WHERE mal_id = ?", (asked.item,))
    if not found:
        raise LookupError(asked.item)
    goal = found[0]
    return {
        "title": goal["titel"],
        "goal": goal,
        "indicators": indicators(db, asked.item).get(asked.item, []),
        "below": rows(db, "SELECT * FROM mal WHERE overordnat_id = ? ORDER BY rowid", (asked.item,)),
        "sections": list(beside(db, asked.item)),
    }  # fmt: skip


def beside(db: sqlite3.Connection, goal: str) -> list[Section]:
    """Comparisons with others and the commitments made for the goal, where there are any."""
    found = []
    if has(db, "jamforelser"):
        found.append(section(
            db, "Jämfört med andra", "Samma indikatorer på andra håll.", "jamforelser",
            """SELECT indikator, jamfors_med, namn, period, varde FROM jamforelser
               WHERE indikator_id IN (SELECT indikator_id FROM malutfall WHERE mal_id = ?)""",
            (goal,), order="indikator, period DESC",
        ))  # fmt: skip
    if has(db, "ataganden"):
        found.append(section(
            db, "Åtaganden", "Vad enheterna och nämnden har lovat för att nå målet.", "ataganden",
            "SELECT atagande, slag, enhet, ar, uppfyllelse, foljt_upp FROM ataganden WHERE mal_id = ?",
            (goal,), order="ar DESC, rowid",
        ))  # fmt: skip
    return [part for part in found if part.rows]
