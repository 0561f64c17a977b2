"""What the municipality's own routing says of a new record; it fills what the person left empty."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

Proposal = Callable[[sqlite3.Connection, dict[str, Any]], dict[str, Any]]

TRACKS = {"missförhållande": "lex Sarah", "risk för missförhållande": "lex Sarah",
          "vårdskada": "lex Maria", "risk för vårdskada": "lex Maria"}  # fmt: skip


def routed(db: sqlite3.Connection, matter: str, **about: str | None) -> str | None:
    """The first answer the routing gives on ``matter``; an empty condition in a row fits anything."""
    row = db.execute(
        """SELECT answer FROM routing WHERE matter = :matter
             AND (kind IS NULL OR kind = :kind) AND (topic IS NULL OR topic = :topic)
             AND (track IS NULL OR track = :track) AND (origin IS NULL OR origin = :origin)
           ORDER BY priority LIMIT 1""",
        {"kind": None, "topic": None, "track": None, "origin": None, **about, "matter": matter},
    ).fetchone()
    return None if row is None else str(row[0])


def role_named(db: sqlite3.Connection, name: str | None) -> str | None:
    row = db.execute("SELECT id FROM role WHERE name = ?1 OR short_name = ?1", (name,)).fetchone()
    return None if row is None else str(row[0])


def for_deviation(db: sqlite3.Connection, values: dict[str, Any]) -> dict[str, Any]:
    """The track follows the kind (R32); where it is registered follows track, kind and origin (R35)."""
    track = values.get("track") or TRACKS.get(values.get("kind", ""), "lokal")
    register = routed(db, "avvikelse registreras i", kind=values.get("kind"), track=track, origin=values.get("origin"))
    return {"track": track, "registered_in": register}


def for_investigation(db: sqlite3.Connection, values: dict[str, Any]) -> dict[str, Any]:
    """Who investigates follows the track: MAS lex Maria (R16), another lex Sarah with its template (R26, R35)."""
    deviation = db.execute(
        "SELECT kind, track, origin FROM deviation WHERE id = ?", (values.get("deviation"),)
    ).fetchone()
    if deviation is None:
        return {}
    kind = values.get("kind") or (deviation["track"] if deviation["track"] in ("lex Sarah", "lex Maria") else "ordinär")
    track = kind if kind != "ordinär" else deviation["track"]
    who = routed(db, "avvikelse utreds av", kind=deviation["kind"], track=track, origin=deviation["origin"])
    template = db.execute(
        "SELECT id FROM document WHERE kind = 'utredningsmall' AND topic = ? ORDER BY ref LIMIT 1", (kind,)
    ).fetchone()
    return {"kind": kind, "investigator_role": role_named(db, who), "template": template and template["id"]}


def for_risk(db: sqlite3.Connection, values: dict[str, Any]) -> dict[str, Any]:
    """A risk is judged on the newest scale, and keeps it."""
    scale = db.execute("SELECT id FROM risk_scale ORDER BY valid_from DESC, version DESC LIMIT 1").fetchone()
    return {"scale": scale and scale["id"], "identified_on": today(db)}


def today(db: sqlite3.Connection) -> str:
    return str(db.execute("SELECT today()").fetchone()[0])


def for_action(db: sqlite3.Connection, values: dict[str, Any]) -> dict[str, Any]:
    """An action is proposed on the day it is written down, if nothing else is said."""
    return {"proposed_on": today(db)}


def for_review(db: sqlite3.Connection, values: dict[str, Any]) -> dict[str, Any]:
    """Who is told of the result follows the unit's form of operation, where the profile says so (J33)."""
    row = db.execute(
        """SELECT s.value FROM unit u
             JOIN setting s ON s.key = 'review_recipient_' || replace(lower(u.operation_form), ' ', '_')
           WHERE u.id = ?""",
        (values.get("unit"),),
    ).fetchone()
    return {"reported_to": row and row["value"]}


def for_document_version(db: sqlite3.Connection, values: dict[str, Any]) -> dict[str, Any]:
    """The next number; and it revises, on the day it is decided, when there is a version before it (V1)."""
    known = [
        row["version_number"]
        for row in db.execute(
            "SELECT version_number FROM document_version WHERE document = ?", (values.get("document"),)
        )
    ]
    numbers = [int(number) for number in known if number.isascii() and number.isdigit()]
    return {
        "version_number": str(max(numbers, default=0) + 1) if len(numbers) == len(known) else None,
        "revised_on": values.get("decided_on") if known else None,
    }


def for_duty_allocation(db: sqlite3.Connection, values: dict[str, Any]) -> dict[str, Any]:
    return {"valid_from": values.get("decided_on")}


# For each kind of record: what proposes, and the fields it looks at.
PROPOSALS: dict[str, tuple[Proposal, tuple[str, ...]]] = {
    "deviation": (for_deviation, ("kind", "track", "origin")),
    "investigation": (for_investigation, ("deviation", "kind")),
    "risk": (for_risk, ()),
    "review": (for_review, ("unit",)),
    "document_version": (for_document_version, ("document", "decided_on")),
    "action": (for_action, ()),
    "duty_allocation": (for_duty_allocation, ("decided_on",)),
}

Memory = dict[tuple[Any, ...], dict[str, Any]]


def propose(
    db: sqlite3.Connection, entity: str, values: dict[str, Any], memory: Memory | None = None
) -> dict[str, Any]:
    """Values for fields that were left empty, as far as the file knows; never a guess.

    ``memory`` keeps the answers between the records of a large import.
    """
    if entity not in PROPOSALS:
        return {}
    memory = {} if memory is None else memory
    proposal, looks_at = PROPOSALS[entity]
    key = (entity, *(values.get(name) for name in looks_at))
    if key not in memory:
        memory[key] = {name: value for name, value in proposal(db, values).items() if value is not None}
    return memory[key]
