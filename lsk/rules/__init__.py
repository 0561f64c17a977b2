"""What must hold. A rule is a small function that returns the SQL which finds the records that break it.

A *gate* (ska) is asked about what a change touched, before it is kept, and refuses. A *warning* (bör) is asked at the
same time but only says so. Every rule is also asked about the whole file by ``check``: then it is a finding (brist).
The one SQL serves all three: ``{rows}`` in it stands for the whole table, or for the rows that were touched.
"""

from __future__ import annotations

import importlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsk.capture import SEQUENCE_BITS, owner
from lsk.model import ENTITIES

if TYPE_CHECKING:
    from lsk.store import FileInfo
    from lsk.terms import Terms

MODULES = (
    "ownership",
    "organisation",
    "law",
    "goals",
    "processes",
    "control",
    "deviations",
    "improvement",
    "staff",
    "reviews",
    "year",
    "reports",
    "uniqueness",
    "dates",
    "personal",
)


@dataclass(frozen=True)
class Finding:
    """A shortcoming (brist): which rule, which record, what is wrong, and what to do now."""

    rule: str
    record: str | None
    entity: str
    ref: str
    requirement: str
    severity: str  # fel · varning · notis
    message: str
    remedy: str
    field: str = ""

    @property
    def sentence(self) -> str:
        source = f" ({self.requirement})" if self.requirement else ""
        return f"{self.message}{source} {self.remedy}".strip()


@dataclass(frozen=True)
class Breach:
    """What a rule looks for. ``sql`` selects ``id`` and what ``message`` names; ``{rows}`` is its table, alias t."""

    sql: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Rule:
    """A rule as registered. ``columns``: a gate refuses only a change that touched one of them (empty = any)."""

    name: str
    doc: str
    entity: str
    requirement: str
    kind: str  # gate · warning · finding
    severity: str
    columns: tuple[str, ...]
    make: Callable[[], Breach]

    @property
    def breach(self) -> Breach:
        return self.make()

    @property
    def in_words(self) -> str:
        """What the rule says when it is broken, with … where the record's own words go."""
        return re.sub(r"\{\w+\}", "…", self.breach.message)


RULES: dict[str, Rule] = {}


def rule(
    entity: str, requirement: str, *, kind: str = "finding", severity: str = "varning", columns: tuple[str, ...] = ()
) -> Callable[[Callable[[], Breach]], Callable[[], Breach]]:
    """Register a rule about ``entity`` that answers to ``requirement`` (ids, a space between)."""

    def register(function: Callable[[], Breach]) -> Callable[[], Breach]:
        RULES[function.__name__] = Rule(
            function.__name__, (function.__doc__ or "").strip(), entity, requirement, kind, severity, columns, function
        )
        return function

    return register


def gate(
    entity: str, requirement: str, *, columns: tuple[str, ...] = ()
) -> Callable[[Callable[[], Breach]], Callable[[], Breach]]:
    """*ska*: the save is refused."""
    return rule(entity, requirement, kind="gate", severity="fel", columns=columns)


def warning(
    entity: str, requirement: str, *, columns: tuple[str, ...] = ()
) -> Callable[[Callable[[], Breach]], Callable[[], Breach]]:
    """*bör*: saved, said at once, and listed as a finding."""
    return rule(entity, requirement, kind="warning", severity="varning", columns=columns)


def finding(
    entity: str, requirement: str, *, severity: str = "varning"
) -> Callable[[Callable[[], Breach]], Callable[[], Breach]]:
    """Something missing or late, seen only when the whole file is asked."""
    return rule(entity, requirement, severity=severity)


def decided(key: str) -> str:
    """SQL that holds where the municipality has said yes to a setting: not every profile asks the same."""
    return f"EXISTS (SELECT 1 FROM setting WHERE key = '{key}' AND value = 'ja')"


def load() -> dict[str, Rule]:
    """All rules, by name."""
    for module in MODULES:
        importlib.import_module(f"lsk.rules.{module}")
    return RULES


def check(db: sqlite3.Connection, only: tuple[str, ...] = ()) -> list[Finding]:
    """Ask every rule about the whole file; the gravest first."""
    grave = {"fel": 0, "varning": 1, "notis": 2}
    asked = [r for r in load().values() if not only or r.name in only]
    prepare(db)
    found = [f for r in asked for f in ask(db, r, mine(db, r.entity))]
    return sorted(found, key=lambda f: (grave[f.severity], f.rule, f.ref))


def lacking(db: sqlite3.Connection, entity: str, record: str) -> list[Finding]:
    """What is found missing or late in one record; not what gates and warnings say, which its next step tells."""
    (this,) = db.execute("SELECT quote(?)", (record,)).fetchone()
    rows = f"(SELECT d.* FROM {mine(db, entity)} d WHERE d.id = {this})"
    prepare(db)
    return [f for r in load().values() if r.kind == "finding" and r.entity == entity for f in ask(db, r, rows)]


def mine(db: sqlite3.Connection, entity: str) -> str:
    """The records that this file can mend: all in a main file, the unit's own in a unit's file."""
    from lsk.rules.ownership import SUBTREE
    from lsk.schema import quote

    file = db.execute("SELECT kind, unit FROM sync_local").fetchone()
    if file["kind"] != "enhetsfil":
        return f'"{entity}"'
    own = owner(ENTITIES[entity], "d")
    under = SUBTREE.replace(":unit", quote(file["unit"]))
    is_unit = f" OR d.id IN ({under})" if entity == "unit" else ""
    return f'(SELECT d.* FROM "{entity}" d WHERE {own} IN ({under}){is_unit})'


def judge(db: sqlite3.Connection, change_set: int, file: FileInfo, terms: Terms) -> list[Finding]:
    """Ask the gates and warnings about the rows that a change set touched."""
    touched(db, change_set)
    prepare(db)
    kinds = {name for (name,) in db.execute("SELECT DISTINCT entity FROM touched")}
    found: list[Finding] = []
    for r in load().values():
        if r.kind == "finding" or r.entity not in kinds:
            continue
        columns = ", ".join(f"'{c}'" for c in r.columns)
        where = f"AND x.name IN ('*', {columns})" if columns else ""
        rows = f"""(SELECT d.* FROM (SELECT DISTINCT id FROM touched x WHERE x.entity = '{r.entity}' {where}) x
                    CROSS JOIN "{r.entity}" d ON d.id = x.id)"""
        found += ask(db, r, rows)
    from lsk.rules.ownership import trespass

    return found + trespass(db, change_set, file, terms)


def prepare(db: sqlite3.Connection) -> None:
    """Lend the connection the functions that rules use in their SQL."""
    from lsk.rules.personal import prepare as personal_data

    personal_data(db)


def touched(db: sqlite3.Connection, change_set: int) -> None:
    """What a change set touched, as a temporary table (entity, id, column name); a new record all over, ``*``."""
    db.execute(
        """CREATE TEMP TABLE IF NOT EXISTS touched(entity TEXT, id TEXT, name TEXT, PRIMARY KEY (entity, id, name))
           WITHOUT ROWID"""
    )
    db.execute("DELETE FROM touched")
    span = (change_set, (change_set >> SEQUENCE_BITS) + 1 << SEQUENCE_BITS)
    db.execute(
        """INSERT OR IGNORE INTO touched SELECT c.entity, o.row, '*' FROM sync_op o
           JOIN (SELECT DISTINCT tbl, entity FROM sync_column) c ON c.tbl = o.tbl
           WHERE o.id >= ? AND o.id < ? AND o.kind = 1""",
        span,
    )
    db.execute(
        """INSERT OR IGNORE INTO touched SELECT c.entity, o.row, c.name FROM sync_op o
            CROSS JOIN sync_cell v ON v.op = o.id CROSS JOIN sync_column c ON c.tbl = o.tbl AND c.no = v.col
            WHERE o.id >= ? AND o.id < ? AND o.kind = 2""",
        span,
    )


def ask(db: sqlite3.Connection, r: Rule, rows: str) -> Iterator[Finding]:
    """The records among ``rows`` (a table, or a selection from it) that break a rule."""
    breach = r.breach
    for row in db.execute(breach.sql.replace("{rows}", rows)).fetchall():
        values = {key: ("–" if row[key] is None else row[key]) for key in row.keys()}  # noqa: SIM118 (sqlite3.Row)
        yield Finding(
            rule=r.name,
            record=row["id"],
            entity=r.entity,
            ref=values.get("ref", ""),
            requirement=r.requirement,
            severity=r.severity,
            message=breach.message.format(**values),
            remedy=breach.remedy.format(**values),
        )
