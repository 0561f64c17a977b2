"""Who answers for what: the roles and their duties as a table, and the tree of units with who holds a role there."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from lsk.rules.processes import OBJECT_KINDS

ANSWERS, DOES, RECEIVES, GIVEN = "A", "U", "M", "D"
LETTERS = {"ansvar": ANSWERS, "uppgift": DOES, "mottar": RECEIVES}
IN_WORDS = {ANSWERS: "ansvarar", DOES: "har uppgift", RECEIVES: "tar emot", GIVEN: "delegerad hit"}
OTHER = "övrigt"


@dataclass(frozen=True)
class Role:
    """A role, and the names of those who hold it. ``vacant``: somebody must, and nobody does."""

    id: str
    name: str
    short: str
    holders: tuple[str, ...]
    vacant: bool


@dataclass(frozen=True)
class Duty:
    """One duty of a role. ``letter``: answers for, does, receives, or has been given it by another role."""

    id: str
    letter: str
    number: int
    text: str


@dataclass(frozen=True)
class Matrix:
    """Subjects down, roles across. A cell holds the duties of a role in a subject; no cell, no duty."""

    topics: tuple[str, ...]
    roles: tuple[Role, ...]
    cells: dict[tuple[str, str], tuple[Duty, ...]]

    def at(self, topic: str, role: Role) -> tuple[Duty, ...]:
        return self.cells.get((topic, role.id), ())

    def letters(self, topic: str, role: Role) -> str:
        """ "AU": what the role does in the subject."""
        have = {duty.letter for duty in self.at(topic, role)}
        return "".join(letter for letter in IN_WORDS if letter in have)

    def unanswered(self, topic: str) -> bool:
        """Whether somebody receives, but nobody answers for or does anything."""
        return not any({ANSWERS, DOES, GIVEN} & set(self.letters(topic, role)) for role in self.roles)


VALID = "({alias}.valid_to IS NULL OR {alias}.valid_to >= :today) AND ifnull({alias}.valid_from, '') <= :today"


def matrix(db: sqlite3.Connection, today: date) -> Matrix:
    """All roles that have duties, in the order of the profile, and the subjects in the order they are first named."""
    asked = {"today": today.isoformat(), "other": OTHER}
    rows = db.execute(
        f"""SELECT d.id, d.role, d.number, d.kind, d.text, ifnull(d.topic, :other) AS topic, d.ref, 0 AS given
            FROM duty d
            UNION ALL SELECT d.id, a.to_role, d.number, d.kind, d.text, ifnull(d.topic, :other), d.ref, 1
            FROM duty_allocation a JOIN duty d ON d.id = a.duty
            WHERE a.to_role IS NOT NULL AND a.to_role <> d.role AND {VALID.format(alias="a")} ORDER BY ref""",
        asked,
    ).fetchall()
    cells: dict[tuple[str, str], list[Duty]] = defaultdict(list)
    for row in rows:
        letter = GIVEN if row["given"] else LETTERS[row["kind"]]
        cells[row["topic"], row["role"]].append(Duty(row["id"], letter, row["number"], row["text"]))
    with_duties = {role for _, role in cells}
    topics = dict.fromkeys(row["topic"] for row in rows)
    topics = {t: None for t in topics if t != OTHER} | ({OTHER: None} if OTHER in topics else {})
    return Matrix(
        tuple(topics),
        tuple(role for role in roles(db, today) if role.id in with_duties),
        {key: tuple(duties) for key, duties in cells.items()},
    )


def roles(db: sqlite3.Connection, today: date) -> list[Role]:
    rows = db.execute(
        f"""SELECT r.id, r.name, ifnull(r.short_name, '') AS short, r.mandatory, group_concat(p.name, '; ') AS holders
            FROM role r LEFT JOIN assignment a ON a.role = r.id AND {VALID.format(alias="a")}
            LEFT JOIN person p ON p.id = a.person GROUP BY r.id ORDER BY r.ref""",
        {"today": today.isoformat()},
    )
    held = [(r, names(r["holders"])) for r in rows]
    return [Role(r["id"], r["name"], r["short"], who, bool(r["mandatory"]) and not who) for r, who in held]


def names(joined: str | None) -> tuple[str, ...]:
    """Names that SQL has put together with semicolons, each once and in order."""
    return tuple(sorted({*(joined or "").split("; ")} - {""}))


@dataclass(frozen=True)
class Unit:
    """A unit in the tree. ``kinds``: how many of each of the eight parts of a unit's system it has (J17)."""

    id: str
    depth: int
    name: str
    short: str
    level: str
    people: tuple[str, ...]
    kinds: dict[str, int]
    demanded: bool

    @property
    def missing(self) -> list[str]:
        return [kind for kind, n in self.kinds.items() if not n] if self.demanded else []


def organisation(db: sqlite3.Connection, today: date) -> list[Unit]:
    """The units as a tree in the order to be read, each with who holds which role there."""
    counts = ", ".join(f'(SELECT count(*) {source}) AS "{kind}"' for kind, source in OBJECT_KINDS.items())
    rows = db.execute(
        f"""WITH RECURSIVE tree(id, depth, way) AS (
              SELECT id, 0, name_sort FROM unit u WHERE u.parent IS NULL OR u.parent NOT IN (SELECT id FROM unit)
              UNION ALL SELECT u.id, depth + 1, way || '/' || u.name_sort FROM unit u JOIN tree ON u.parent = tree.id
              WHERE depth < 9)
            SELECT t.*, tree.depth, {counts}, (SELECT group_concat(p.name || ', ' || r.name, '; ') FROM assignment a
                JOIN person p ON p.id = a.person JOIN role r ON r.id = a.role
                WHERE a.unit = t.id AND {VALID.format(alias="a")}) AS people
            FROM tree JOIN unit t ON t.id = tree.id
            WHERE t.active_to IS NULL OR t.active_to >= :today ORDER BY tree.way, t.id""",
        {"today": today.isoformat()},
    )
    return [
        Unit(
            row["id"], row["depth"], row["name"], row["short_name"], row["level"],
            names(row["people"]),
            {kind: row[kind] for kind in OBJECT_KINDS},
            row["level"] == "enhet",
        )
        for row in rows
    ]  # fmt: skip
