"""A profile into a file that is already in use: what is new is added, what differs is changed, what is gone is retired.

What the profile does not mention is left alone: a part or a list that is not there, a field that is not written. A
field written empty is emptied. Nothing that other records lean on is deleted, and nothing made in the file itself.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lsk import profile as profiles
from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity
from lsk.profile import Keys, Row, identified, keys_of, law_rows, typed
from lsk.profile_export import source_of
from lsk.records import related
from lsk.terms import list_label

if TYPE_CHECKING:
    from lsk.change import Change
    from lsk.store import Store

FROM_PROFILE = 5  # the UUID version of ids that a profile or a computed record gives; a record made by hand has another
ADDED, CHANGED, RETIRED, REMOVED, KEPT = "ny", "ändrad", "utgår", "borttagen", "behålls"


@dataclass(frozen=True)
class Step:
    """What was done with one record."""

    what: str
    entity: str
    title: str
    detail: str = ""


@dataclass
class Report:
    """Everything a load did, and what the rules said of it."""

    steps: list[Step] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Rehearsed(Exception):
    """Ends a dry run, so that the transaction is rolled back."""


def load_into(store: Store, name: str, actor: str, dry_run: bool = False) -> Report:
    """Load the profile ``name`` as one change set, or only tell what it would do. LskError when it is faulty."""
    profile = profiles.read(name)
    report = Report()
    try:
        with store.change(actor, f"läser in profilen {profile['name']}") as change:
            report.steps = list(steps(store, change, profile))
            if dry_run:
                change.judge(check=True)
                raise Rehearsed
    except Rehearsed:
        return report
    report.warnings = [finding.sentence for finding in change.warnings]
    return report


def steps(store: Store, change: Change, profile: Any) -> Iterator[Step]:
    """Do it, and tell it record by record."""
    db = store.db
    source = source_of(db) or str(profile["profile"])
    rows = profiles.rows_of(profile)
    keys = matched(db, rows, source)
    new: dict[str, list[dict[str, Any]]] = {}
    changed = []
    for row in rows:
        values = typed(row, keys)
        if row.entity.name == "choice_value":
            values.setdefault("retired", None)
        old = db.execute(f'SELECT * FROM "{row.entity.name}" WHERE id = ?', (row.id,)).fetchone()
        if old is None:
            if row.entity.name == "municipality":
                values.setdefault("profile", source)
            new.setdefault(row.entity.name, []).append({k: v for k, v in values.items() if v is not None})
        elif differing := {k: v for k, v in values.items() if old[k] != v}:
            changed.append((row.entity, row.id, differing, old[row.entity.title]))
    for name in sorted(new, key=list(ENTITIES).index, reverse=True):
        change.insert_many(name, new[name])
        yield from (Step(ADDED, name, str(values.get(ENTITIES[name].title) or "")) for values in new[name])
    for entity, record, differing, title in changed:
        change.update(entity.name, record, differing)
        labels = ", ".join(store.terms.field_label(entity.name, name) for name in differing)
        yield Step(CHANGED, entity.name, str(title or ""), labels)
    yield from retire(store, change, rows)


def matched(db: sqlite3.Connection, rows: list[Row], source: str) -> Keys:
    """Find the record that each row means: by its key, its natural key, or that there is but one municipality."""
    plain = [row for row in rows if not row.entity.identity]
    identified(plain, source, keys_of(law_rows()))
    for row in plain:
        row.values["id"] = row.id = same(db, row) or row.id
    return identified(rows, source, keys_of(law_rows()))


def same(db: sqlite3.Connection, row: Row) -> str | None:
    """The id of the record in the file that ``row`` is about."""
    name = row.entity.name
    if db.execute(f'SELECT 1 FROM "{name}" WHERE id = ?', (row.id,)).fetchone():
        return row.id
    if name == "municipality":
        only = db.execute("SELECT id FROM municipality ORDER BY rowid LIMIT 1").fetchone()
        return only and str(only["id"])
    for group in row.entity.unique:
        values = [row.parent.id if row.parent and f == row.parent_field else row.values.get(f) for f in group]
        where = " AND ".join(f'"{f}" = ?' for f in group)
        if found := db.execute(f'SELECT id FROM "{name}" WHERE {where}', values).fetchone():
            return str(found["id"])
    return None


# --- what the profile no longer has ---------------------------------------------------------------------------------


def retire(store: Store, change: Change, rows: list[Row]) -> Iterator[Step]:
    """Of each list and each kind that the profile has: what it no longer holds."""
    wanted = {row.id for row in (*rows, *law_rows())}
    listed = {row.values["list"] for row in rows if row.entity.name == "choice_value"}
    for word in store.db.execute(
        "SELECT * FROM choice_value WHERE ifnull(retired, 0) = 0 ORDER BY list, number"
    ).fetchall():
        if word["list"] in listed and word["id"] not in wanted:
            change.update("choice_value", word["id"], {"retired": 1})
            yield Step(RETIRED, "choice_value", word["value"], list_label(word["list"]))
    kinds = {row.entity.name for row in rows} - {"choice_value", "municipality"}
    gone = [
        (ENTITIES[name], record)
        for name in reversed(ENTITIES)
        if name in kinds
        for record in store.db.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall()
        if record["id"] not in wanted
    ]
    made_here = [(e, r) for e, r in gone if uuid.UUID(r["id"]).version != FROM_PROFILE]
    yield from (Step(KEPT, e.name, title(e, r), "tillagd i filen, finns inte i profilen") for e, r in made_here)
    yield from remove(store, change, [pair for pair in gone if pair not in made_here])


def remove(store: Store, change: Change, gone: list[tuple[Entity, sqlite3.Row]]) -> Iterator[Step]:
    """Delete what nothing leans on, over and over as the leaning goes; end or keep the rest."""
    left = gone
    while free := [pair for pair in left if not leaning(store, *pair)]:
        for entity, record in free:
            change.delete(entity.name, record["id"])
            yield Step(REMOVED, entity.name, title(entity, record))
        left = [pair for pair in left if pair not in free]
    for entity, record in left:
        final = entity.workflow.final[-1:] if entity.workflow else ()
        if final and record["status"] not in entity.workflow.final:  # type: ignore[union-attr]
            change.update(entity.name, record["id"], {"status": final[0]})
            yield Step(RETIRED, entity.name, title(entity, record), final[0])
        else:
            yield Step(KEPT, entity.name, title(entity, record), leaning(store, entity, record))


def leaning(store: Store, entity: Entity, record: sqlite3.Row) -> str:
    """What refers to a record: "3 avvikelser hör hit"; "" when nothing does."""
    found = [(other, n) for other, _, n in related(store.db, entity.name, record["id"]) if n]
    what = ", ".join(f"{n} {store.terms.entity_label(other, many=n != 1).lower()}" for other, n in found)
    return what and f"{what} hör hit"


def title(entity: Entity, record: sqlite3.Row) -> str:
    return str(record[entity.title] or record["ref"])
