"""Where each department's complaints of the year stand in the cycle from identified to followed up (T48 T55)."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from lsk.model.deviations import deviation

# Each unit and the nearest department over it, or itself when there is none.
DEPARTMENTS = """WITH RECURSIVE climb(unit, at, parent, level) AS (
  SELECT id, id, parent, level FROM unit
  UNION ALL SELECT c.unit, u.id, u.parent, u.level FROM climb c JOIN unit u ON u.id = c.parent
    WHERE c.level <> 'avdelning'),
  department(unit, id) AS (SELECT unit, ifnull(max(iif(level = 'avdelning', at, NULL)), unit) FROM climb
    GROUP BY unit)"""

# The steps that Tyresö's five words cover, and the step after them. Where a municipality has no words of its own for
# the cycle, the steps of the workflow are its words.
STEPS = (("mottagen",), ("registrerad", "utreds"), ("analyserad",), ("åtgärdas",), ("uppföljd",), ("avslutad",))
COMPLAINT = "t.kind IN ('klagomål', 'synpunkt') AND t.received_on >= ? AND t.received_on < ?"
NOT_ACTED_ON = (
    """t.status NOT IN ('uppföljd', 'avslutad') AND NOT EXISTS (SELECT 1 FROM action a WHERE a.origin = t.id)"""
)
UNMET = "t.unmet_need = 1"


@dataclass(frozen=True)
class Department:
    """A department's complaints of the year. ``steps`` counts them where they stand; ``units`` are its units' ids."""

    name: str
    units: tuple[str, ...]
    steps: tuple[int, ...]
    not_acted_on: int
    unmet_needs: int

    @property
    def total(self) -> int:
        return sum(self.steps)


def words(db: sqlite3.Connection) -> list[str]:
    """What the steps are called: the municipality's own five words, or the workflow's."""
    row = db.execute("SELECT value FROM setting WHERE key = 'deviation_cycle'").fetchone()
    own = [word.strip() for word in row["value"].split(",")] if row and row["value"] else []
    assert deviation.workflow is not None
    return [*own, STEPS[-1][0]] if len(own) == len(STEPS) - 1 else [", ".join(step) for step in STEPS]


def departments(db: sqlite3.Connection, year: int) -> list[Department]:
    """The departments that had any complaint or view in the year, by name."""
    counts = ", ".join(f"count(*) FILTER (WHERE t.status IN {in_step(n)})" for n in range(len(STEPS)))
    rows = db.execute(
        f"""{DEPARTMENTS} SELECT u.name, json_group_array(DISTINCT t.unit) AS units,
              count(*) FILTER (WHERE {NOT_ACTED_ON}) AS waiting, count(*) FILTER (WHERE {UNMET}) AS unmet, {counts}
            FROM deviation t JOIN department d ON d.unit = t.unit JOIN unit u ON u.id = d.id
            WHERE {COMPLAINT} GROUP BY u.id ORDER BY u.name_sort""",
        (str(year), f"{year}~"),
    )
    return [Department(row[0], tuple(json.loads(row[1])), tuple(row)[4:], row[2], row[3]) for row in rows]


def in_step(number: int) -> str:
    """The statuses of a step, as a list in SQL."""
    return "(" + ", ".join(f"'{status}'" for status in STEPS[number]) + ")"


def where(year: int, department: Department | None, *more: str) -> tuple[str, tuple[Any, ...]]:
    """The condition over t for the complaints of a department, or of all, with its values."""
    parts, values = [COMPLAINT, *more], [str(year), f"{year}~"]
    if department is not None:
        parts.append("t.unit IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(department.units))
    return " AND ".join(parts), tuple(values)
