"""Where the open risks lie in the municipality's own matrix: as they were first judged, and as they are judged now.

A risk holds one judgement, the present one. What it was before anything was done about it stands in the log.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Any

from lsk.records import count

Place = tuple[int, int]  # probability, consequence

# The first value a column of a risk was given. A unit's file may lack the beginning of the log: then what stands now.
FIRST = """ifnull((SELECT v.new FROM sync_op o JOIN sync_column n ON n.tbl = o.tbl AND n.name = '{0}'
  JOIN sync_cell v ON v.op = o.id AND v.col = n.no WHERE o.row = t.id AND v.new IS NOT NULL
  ORDER BY o.hlc, o.id LIMIT 1), t.{0})"""
COLUMNS = {False: ("t.probability", "t.consequence"), True: (FIRST.format("probability"), FIRST.format("consequence"))}
OPEN = "t.status <> 'stängd'"
UNSCALED = 4  # squares a side, at least, when nobody has decided a scale


@dataclass(frozen=True)
class About:
    """Which risks are asked for: of some units, of one analysis; None is all. ``scale`` is an id."""

    scale: str | None = None
    units: tuple[str, ...] | None = None
    analysis: str | None = None

    def where(self, *more: str) -> tuple[str, tuple[Any, ...]]:
        """The condition over t, with its values."""
        parts, values = [OPEN, "t.scale IS ?"], [self.scale]
        if self.units is not None:
            parts.append("t.unit IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(self.units))
        if self.analysis is not None:
            parts.append("t.risk_analysis = ?")
            values.append(self.analysis)
        return " AND ".join([*parts, *more]), tuple(values)


@dataclass(frozen=True)
class Square:
    """A square of the matrix. ``level`` counts the bands from the mildest, None where the scale names no band."""

    place: Place
    score: int | None
    band: str | None
    level: int | None
    now: int
    first: int

    def count(self, first: bool) -> int:
        return self.first if first else self.now


@dataclass(frozen=True)
class Matrix:
    """Squares by place. ``bands``: sign and name, mildest first. ``scales``: ids, newest first.

    ``raised`` and ``lowered`` risks have been judged anew; ``elsewhere`` are open but lie on another scale or on none.
    """

    name: str
    action_from: int | None
    scales: tuple[str | None, ...]
    squares: dict[Place, Square]
    bands: tuple[tuple[str, str], ...]
    raised: int
    lowered: int
    unjudged: int
    elsewhere: int

    @property
    def probabilities(self) -> list[int]:
        """From the top of the picture and down."""
        return sorted({place[0] for place in self.squares}, reverse=True)

    @property
    def consequences(self) -> list[int]:
        return sorted({place[1] for place in self.squares})

    @property
    def gravest(self) -> Place:
        """The square with the highest value of those that hold a risk now; of all, when there are no risks."""
        held = [square for square in self.squares.values() if square.now] or list(self.squares.values())
        return max(held, key=lambda square: (square.score or 0, square.place)).place

    def needs_action(self, square: Square) -> bool:
        return None not in (self.action_from, square.score) and square.score >= self.action_from  # type: ignore[operator]


def scales(db: sqlite3.Connection) -> tuple[str | None, ...]:
    """The scales, newest first; None where there are none, or where open risks have been judged without one."""
    found = [row[0] for row in db.execute("SELECT id FROM risk_scale ORDER BY valid_from DESC, version DESC, ref")]
    loose = db.execute(f"SELECT 1 FROM risk t WHERE {OPEN} AND t.scale IS NULL LIMIT 1").fetchone()
    return (*found, None) if loose or not found else tuple(found)


def matrix(db: sqlite3.Connection, about: About) -> Matrix:
    """The matrix of a scale with the number of risks in each square."""
    where, values = about.where()
    columns = ", ".join([*COLUMNS[False], *COLUMNS[True]])
    groups = db.execute(f"SELECT {columns}, count(*) FROM risk t WHERE {where} GROUP BY 1, 2, 3, 4", values).fetchall()
    now, first, unjudged = Counter[Place](), Counter[Place](), 0
    for p, c, p1, c1, n in groups:
        if None in (p, c):
            unjudged += n
        else:
            now[p, c] += n
            first[p1, c1] += n
    scored = scores(db, about.scale)
    bands = names_of_bands(scored)
    places = set(scored) | set(now) | set(first) or square_of(UNSCALED)
    if not scored:
        places |= square_of(max(UNSCALED, *(max(place) for place in places)))
    squares = {}
    for place in places:
        score, band = scored.get(place, (None, None))
        squares[place] = Square(
            place, score, band, bands.index(band) if band in bands else None, now[place], first[place]
        )
    moved = [(scored[p1, c1][0] - scored[p, c][0], n) for p, c, p1, c1, n in groups
             if (p, c) in scored and (p1, c1) in scored]  # fmt: skip
    scale = db.execute("SELECT name, version, action_from FROM risk_scale WHERE id = ?", (about.scale,)).fetchone()
    return Matrix(
        scale["name"] if scale else "",
        scale["action_from"] if scale else None,
        scales(db),
        squares,
        tuple(zip(signs(bands), bands, strict=True)),
        raised=sum(n for by, n in moved if by < 0),
        lowered=sum(n for by, n in moved if by > 0),
        unjudged=unjudged,
        elsewhere=count(db, "risk", f"{OPEN} AND t.scale IS NOT ?", (about.scale,)),
    )  # fmt: skip


def square_of(side: int) -> set[Place]:
    return {(p, c) for p in range(1, side + 1) for c in range(1, side + 1)}


def scores(db: sqlite3.Connection, scale: str | None) -> dict[Place, tuple[int, str | None]]:
    rows = db.execute("SELECT probability, consequence, score, band FROM risk_score WHERE scale = ?", (scale,))
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def names_of_bands(scored: dict[Place, tuple[int, str | None]]) -> list[str]:
    """The bands of a scale, the mildest first."""
    lowest: dict[str, int] = {}
    for score, band in scored.values():
        if band is not None:
            lowest[band] = min(score, lowest.get(band, score))
    return sorted(lowest, key=lambda band: (lowest[band], band))


def signs(bands: list[str]) -> list[str]:
    """A short sign for each band that tells them apart without colour: its first letter, or as many as it takes."""
    found = []
    for band in bands:
        others = [other.upper() for other in bands if other != band]
        begun = (band.upper()[:length] for length in range(1, len(band) + 1))
        found.append(next((sign for sign in begun if not any(o.startswith(sign) for o in others)), band.upper()))
    return found


def risks_in(about: About, place: Place, first: bool) -> tuple[str, tuple[Any, ...]]:
    """The condition for the risks of one square, with its values."""
    probability, consequence = COLUMNS[first]
    where, values = about.where(f"{probability} = ?", f"{consequence} = ?")
    return where, (*values, *place)


def judged(db: sqlite3.Connection, risk: str) -> tuple[str | None, Place | None, Place | None]:
    """Of one risk: its scale, where it lies now, and where it was first put. None where it has not been judged."""
    columns = ", ".join([*COLUMNS[False], *COLUMNS[True]])
    row = db.execute(f"SELECT t.scale, {columns} FROM risk t WHERE t.id = ?", (risk,)).fetchone()
    if row is None or None in tuple(row)[1:]:
        return (row["scale"] if row else None), None, None
    return row[0], (row[1], row[2]), (row[3], row[4])
