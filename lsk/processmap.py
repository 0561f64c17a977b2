"""The processes, the activities in each and the routines of each activity, with what they lack."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from lsk import rules

# What the rules of the system find lacking, in the few words that a map has room for.
LACKS = {
    "a_process_has_an_owner": "saknar ägare",
    "a_process_has_activities": "saknar aktiviteter",
    "an_activity_has_a_routine": "saknar rutin",
    "a_steering_document_has_a_version_in_force": "inte fastställd",
}

WHO = "ifnull(r.short_name, r.name) AS who"
PROCESSES = f"""
    SELECT p.id, p.ref, trim(ifnull(p.number, '') || ' ' || p.name) AS words, p.parent AS above, {WHO},
      p.next_review AS review
    FROM process p LEFT JOIN role r ON r.id = p.owner_role
    WHERE p.status <> 'upphörd' ORDER BY CAST(p.number AS INTEGER), p.number, p.name_sort, p.id"""
ACTIVITIES = f"""
    SELECT a.id, a.ref, a.name AS words, a.process AS above, {WHO}, NULL AS review
    FROM activity a LEFT JOIN role r ON r.id = a.responsible_role ORDER BY a.position, a.id"""
ROUTINES = f"""
    SELECT d.id, d.ref, d.title AS words, l.source AS above, {WHO},
      (SELECT v.next_review FROM document_version v WHERE v.document = d.id AND v.status = 'fastställd'
       ORDER BY v.valid_from DESC LIMIT 1) AS review
    FROM link l JOIN document d ON d.id = l.target LEFT JOIN role r ON r.id = d.owner_role
    WHERE l.kind = ? ORDER BY d.title_sort, d.id"""
LEVELS = (("process", PROCESSES, ()), ("activity", ACTIVITIES, ()), ("document", ROUTINES, ("rutin",)),
          ("document", ROUTINES, ("styrs av",)))  # fmt: skip


@dataclass(frozen=True)
class Node:
    """A place on the map. ``place`` is its way from the top: a routine may stand under many activities.

    ``lacks``: what it lacks itself; ``below``: how many of what lies under it lack something.
    """

    place: tuple[str, ...]
    entity: str
    id: str
    ref: str
    words: str
    who: str
    lacks: tuple[str, ...]
    children: int = 0
    below: int = 0

    @property
    def depth(self) -> int:
        return len(self.place) - 1


def process_map(db: sqlite3.Connection, today: date) -> list[Node]:
    """The whole map in the order to be read: each place followed by what lies under it."""
    lacking = gaps(db)
    under: dict[str | None, list[Node]] = defaultdict(list)
    for entity, sql, params in LEVELS:
        for row in db.execute(sql, params):
            lacks = [*lacking[row["id"]], *late(entity, row, today)]
            under[row["above"]].append(
                Node((), entity, row["id"], row["ref"] or "", row["words"], row["who"] or "", tuple(lacks))
            )
    return walked(under, None, ())


def gaps(db: sqlite3.Connection) -> dict[str, list[str]]:
    """What each record lacks, by the same rules that give findings."""
    rules.load()
    found: dict[str, list[str]] = defaultdict(list)
    for name, words in LACKS.items():
        rule = rules.RULES[name]
        for row in db.execute(rule.breach.sql.replace("{rows}", f'"{rule.entity}"')):
            found[row["id"]].append(words)
    return found


def late(entity: str, row: sqlite3.Row, today: date) -> list[str]:
    if row["review"] is not None and row["review"] < today.isoformat():
        return [f"skulle ha setts över {row['review']}"]
    if entity == "process" and row["review"] is None:
        return ["ingen översyn planerad"]
    return []


def walked(under: dict[str | None, list[Node]], above: str | None, way: tuple[str, ...]) -> list[Node]:
    """What lies under ``above`` and under that in turn; a process that is its own forefather is not gone into twice."""
    found: list[Node] = []
    seen: set[str] = set()
    for node in under.get(above, []):
        if node.id in way or node.id in seen:
            continue
        seen.add(node.id)
        place = (*way, node.id)
        beneath = walked(under, node.id, place)
        direct = sum(len(other.place) == len(place) + 1 for other in beneath)
        lacking = sum(bool(other.lacks) for other in beneath)
        found += [replace(node, place=place, children=direct, below=lacking), *beneath]
    return found
