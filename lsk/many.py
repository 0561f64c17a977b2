"""Change or delete many records at once: tried first, told what would happen, then made as one change set."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lsk import rules
from lsk.change import Change
from lsk.errors import LskError, Refused
from lsk.rules import Finding
from lsk.store import Store

MOST = 2000  # records at a time: what a person can look through


class _Back(Exception):
    """Leaves a change without keeping it."""


@dataclass(frozen=True)
class Tried:
    """What would happen: the ids that can be changed, how many already are so, and why the others cannot be.

    ``stopped``: why nothing at all can be done.
    """

    can: list[str]
    same: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    stopped: str = ""


def try_update(store: Store, name: str, ids: Sequence[str], values: dict[str, Any], actor: str) -> Tried:
    """Whether each record can be given ``values``. Nothing is kept."""
    told(len(ids))
    marks, wanted = ", ".join("?" * len(ids)), " AND ".join(f'"{column}" IS ?' for column in values)
    already = store.db.execute(
        f'SELECT id FROM "{name}" WHERE id IN ({marks}) AND {wanted}', (*ids, *values.values())
    ).fetchall()
    same = {row["id"] for row in already}
    tried = settled(store, name, [record for record in ids if record not in same], values, actor)
    return Tried(tried.can, len(same), tried.refused, tried.stopped)


def try_delete(store: Store, name: str, ids: Sequence[str], actor: str) -> Tried:
    """Whether each record can be taken away. Nothing is kept."""
    told(len(ids))
    return settled(store, name, list(ids), None, actor)


def told(n: int) -> None:
    if n > MOST:
        raise LskError(f"Det är {n} poster, och högst {MOST} kan ändras på en gång. Filtrera fram färre.")


def settled(store: Store, name: str, ids: list[str], values: dict[str, Any] | None, actor: str) -> Tried:
    """Try again without those that were refused, until the rest is let through: a rule may look at them together."""
    left, refused = list(ids), dict[str, str]()
    while left:
        new, others = attempt(store, name, left, values, actor)
        if others and not new:
            return Tried([], 0, refused, others[0].sentence)
        refused |= new
        if not new:
            break
        left = [record for record in left if record not in refused]
    return Tried(left, 0, refused)


def attempt(
    store: Store, name: str, ids: list[str], values: dict[str, Any] | None, actor: str
) -> tuple[dict[str, str], list[Finding]]:
    """Do it, ask the rules, take it back: why records were refused, and refusals that concern none of them."""
    refused: dict[str, str] = {}
    found: list[Finding] = []
    try:
        with store.change(actor) as change:
            refused = done(change, name, ids, values)
            found = rules.judge(change.db, change.number, change.file, change.terms) if change.operations else []
            raise _Back
    except _Back:
        refusals = [f for f in found if f.severity == "fel"]
        refused |= {f.record: f.sentence for f in refusals if f.record in set(ids)}
        return refused, [f for f in refusals if f.record not in set(ids)]


def done(change: Change, name: str, ids: list[str], values: dict[str, Any] | None) -> dict[str, str]:
    """Change (or, without values, delete) what can be; why the rest cannot. What leans on another goes before it."""
    left, refused = list(ids), dict[str, str]()
    while left:
        refused = {}
        for record in left:
            try:
                if values is None:
                    change.delete(name, record)
                else:
                    change.update(name, record, values)
            except Refused as error:
                refused[record] = " ".join(f.sentence for f in error.findings)
            except LskError as error:
                _, _, leaning = str(error).partition(" kan inte tas bort: ")  # its title would be told again
                refused[record] = leaning[:1].upper() + leaning[1:] or str(error)
            except sqlite3.IntegrityError as error:
                refused[record] = change.integrity(str(error)).sentence
        if values is not None or len(refused) == len(left):
            break
        left = list(refused)
    return refused


def update(store: Store, name: str, ids: Sequence[str], values: dict[str, Any], actor: str) -> list[Finding]:
    """Give all of them ``values`` as one change set, which one undo takes back; what the rules remark on."""
    told(len(ids))
    with store.change(actor, "ändrar flera") as change:
        for record in ids:
            change.update(name, record, values)
    return change.warnings


def delete(store: Store, name: str, ids: Sequence[str], actor: str) -> None:
    """Take all of them away as one change set, which one undo takes back."""
    told(len(ids))
    with store.change(actor, "tar bort flera") as change:
        refused = done(change, name, list(ids), None)
        if refused:
            raise LskError(next(iter(refused.values())))
