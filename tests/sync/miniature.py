"""A model of a few kinds of record instead of a hundred, so that a thousand municipalities can be tried.

The kinds are the real ones, without the references that lead out of the selection; so are the rules that can be asked
of them. Everything LSK does follows from what is declared, and so everything is the same, only less of it.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity, Ref
from lsk.rules import RULES, Rule, ask, load, mine, prepare
from lsk.store import Store

KINDS = (
    *("unit", "process", "activity", "document", "document_version", "risk", "deviation", "investigation", "link"),
    *("self_check", "self_check_round", "person", "routing", "import_note", "setting", "choice_value", "term"),
)
T = TypeVar("T")


@contextlib.contextmanager
def miniature() -> Iterator[None]:
    """Within this, only KINDS are declared."""
    rules = usable()
    with swapped(ENTITIES, smaller()), swapped(RULES, rules):
        yield


@contextlib.contextmanager
def swapped(known: dict[str, T], other: dict[str, T]) -> Iterator[None]:
    whole = dict(known)
    known.clear()
    known.update(other)
    try:
        yield
    finally:
        known.clear()
        known.update(whole)


@cache
def smaller() -> dict[str, Entity]:
    return {name: without_ways_out(entity) for name, entity in ENTITIES.items() if name in KINDS}


def without_ways_out(entity: Entity) -> Entity:
    return replace(entity, fields=tuple(f for f in entity.fields if not isinstance(f, Ref) or f.to in KINDS))


@cache
def usable() -> dict[str, Rule]:
    """The rules that ask only about what is in the selection."""
    candidates = {name: rule for name, rule in load().items() if rule.entity in KINDS}
    with (
        tempfile.TemporaryDirectory(prefix="lsk-test-") as folder,
        swapped(ENTITIES, smaller()),
        Store.create(Path(folder) / "tom.db") as store,
    ):
        prepare(store.db)
        return {name: rule for name, rule in candidates.items() if can_be_asked(store.db, rule)}


def can_be_asked(db: sqlite3.Connection, rule: Rule) -> bool:
    try:
        list(ask(db, rule, mine(db, rule.entity)))
    except sqlite3.OperationalError as error:
        if "no such" not in str(error):
            raise
        return False
    return True
