"""Open risks as a matrix of probability and consequence, and how many each unit has on each level."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup

from datasette_plugins.chart import MOST_SERIES, bars, legend
from datasette_plugins.pages.content import Asked, Content, has, rows, section
from datasette_plugins.words import capital

DRAWN = 24  # units in the chart


@dataclass(frozen=True)
class Matrix:
    """The squares of a scale: ``lines`` from the most probable down, each with its squares by consequence.

    ``levels`` are the names of the bands from the mildest, None where the scale names none.
    """

    scale: str
    lines: list[tuple[int, list[Any]]]
    consequences: list[int]
    levels: list[str]

    def level(self, name: str | None) -> int:
        """The band as a number from 1 to 4, for colour and pattern; 0 for none."""
        if name not in self.levels:
            return 0
        return 1 + round(self.levels.index(name) * 3 / max(len(self.levels) - 1, 1))

    @property
    def counted(self) -> int:
        return sum(square["oppna"] for _, squares in self.lines for square in squares)


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    return {
        "lead": "Risker som verksamheten själv har bedömt, utan vad som står i dem. Längst upp till höger är de som "
        "både är troligast och får störst konsekvens.",
        "matrices": matrices(db) if has(db, "riskmatris") else [],
        "sections": [
            section(
                db, "Enhet för enhet", "Hur många öppna risker varje enhet har på varje nivå, och hur många det har "
                "varit.", "riskbild", "SELECT enhet, niva, oppna, risker FROM riskbild",
                chart=by_unit(db), most=40,
            )
        ],
    }  # fmt: skip


def by_unit(db: sqlite3.Connection) -> Markup:
    """Each unit's open risks, level by level, the gravest first."""
    found = rows(db, "SELECT enhet, niva, oppna FROM riskbild ORDER BY rowid")
    units = list(dict.fromkeys(row["enhet"] for row in found if row["oppna"]))[:DRAWN]
    levels = sorted({row["niva"] for row in found if row["oppna"]}, key=gravest_first(db))
    count = {(row["enhet"], row["niva"]): row["oppna"] for row in found}
    if not units or len(levels) > MOST_SERIES:
        return Markup("")
    series = [(capital(level), [count.get((unit, level), 0) for unit in units]) for level in levels]
    return bars("Öppna risker per enhet och nivå", units, series) + legend([name for name, _ in series])


def gravest_first(db: sqlite3.Connection) -> Callable[[str], int]:
    """The order of levels, by the points that give them; one that is no longer in a scale stands last."""
    graded = rows(db, "SELECT niva FROM riskmatris WHERE niva IS NOT NULL GROUP BY niva ORDER BY max(poang) DESC, niva")
    place = {level: number for number, (level,) in enumerate(graded)}
    return lambda level: place.get(level, len(place))


def matrices(db: sqlite3.Connection) -> list[Matrix]:
    squares = rows(db, "SELECT * FROM riskmatris ORDER BY skala, sannolikhet DESC, konsekvens")
    found = []
    for scale, of_scale in groupby(squares, key=lambda row: row["skala"]):
        own = list(of_scale)
        by_level = sorted((s for s in own if s["niva"]), key=lambda s: s["poang"] or 0)
        found.append(
            Matrix(
                scale,
                [(number, list(line)) for number, line in groupby(own, key=lambda s: s["sannolikhet"])],
                sorted({s["konsekvens"] for s in own}),
                list(dict.fromkeys(s["niva"] for s in by_level)),
            )
        )
    return found
