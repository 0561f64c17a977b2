"""The prioritisation matrix and the decision memo it leads to (R54–R56)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from lsk.records import count, select

UNDECIDED = "('föreslagen', 'konsekvensbeskriven', 'prioriterad')"


@dataclass(frozen=True)
class Square:
    """One square of the matrix: its label in the profile, if it has one, and the actions placed there."""

    resource_input: str
    improvement: str
    label: str | None
    actions: tuple[sqlite3.Row, ...]


def axis(db: sqlite3.Connection, name: str) -> list[str]:
    rows = db.execute("SELECT value FROM choice_value WHERE list = ? ORDER BY number", (name,))
    return [row[0] for row in rows]


def matrix(db: sqlite3.Connection) -> list[list[Square]]:
    """The matrix as it is drawn: most resources at the top, most improvement to the right (R55)."""
    labels = {
        (row["resource_input"], row["improvement"]): row["label"]
        for row in db.execute("SELECT resource_input, improvement, label FROM matrix_quadrant")
    }
    placed = memo(db)
    return [
        [
            Square(up, right, labels.get((up, right)), tuple(a for a in placed if in_square(a, up, right)))
            for right in axis(db, "improvements")
        ]
        for up in reversed(axis(db, "resource_inputs"))
    ]


def in_square(action: sqlite3.Row, resource_input: str, improvement: str) -> bool:
    return action["resource_input"] == resource_input and action["improvement"] == improvement


def memo(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """The actions for the decision memo (beslutsunderlag): placed, not yet decided, the best square first (R55 R56)."""
    rows = select(
        db,
        "action",
        where=f"t.status IN {UNDECIDED} AND t.resource_input IS NOT NULL AND t.improvement IS NOT NULL",
        sort="ref",
        limit=10_000,
    )
    rank = {
        (row["resource_input"], row["improvement"]): row["rank"]
        for row in db.execute("SELECT resource_input, improvement, rank FROM matrix_quadrant")
    }

    def order(action: sqlite3.Row) -> tuple[Any, ...]:
        square = (action["resource_input"], action["improvement"])
        return rank.get(square, len(rank) + 1), action["priority"] or 10_000, action["ref"]

    return sorted(rows, key=order)


def recipient(db: sqlite3.Connection) -> str | None:
    """Who the memo goes to: the preparing body of the profile."""
    row = db.execute("SELECT value FROM setting WHERE key = 'preparing_body'").fetchone()
    return None if row is None else row["value"]


def unplaced(db: sqlite3.Connection, limit: int) -> tuple[list[sqlite3.Row], int]:
    """Proposals that have no square yet, the newest first, at most ``limit``; and how many there are in all."""
    where = f"t.status IN {UNDECIDED} AND (t.resource_input IS NULL OR t.improvement IS NULL)"
    return select(db, "action", where=where, sort="proposed_on", descending=True, limit=limit), count(
        db, "action", where
    )
