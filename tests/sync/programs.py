"""Two versions of LSK in one test: the declarations of another version in place of ours, for as long as it runs."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pytest
from sqlite_utils import Migrations

from lsk import schema, terms
from lsk.model import ENTITIES, MOVED
from lsk.model.vocabulary import Choice, Entity, Field, Moved, Ref, Text
from lsk.store import Store
from sync.package import About, acknowledged, told, write_down, write_up
from sync.sides import attached, sender
from sync.take import Taken, take_up
from sync.take_down import take_down
from sync.verify import verify
from tests.sync.world import ACTOR, World

WORDS = {"one": "Sinnesstämning", "many": "Sinnesstämningar", "the": "sinnesstämningen", "gender": "en"}

MOOD = Text("mood", sorted=True, listed=True)
TONE = Text("tone", sorted=True, listed=True, was="mood")
STATE = Choice("state", required=True, values=("lugn", "orolig"), default="lugn")
NOTE = Entity(
    "mood_note",
    "STM",
    (Ref("deviation", "deviation", required=True, listed=True), Text("mood", listed=True), Text("why"), STATE),
    scope="deviation",
    title="mood",
    identity=("deviation",),
)
JOTTING = replace(NOTE, name="jotting", was="mood_note")
NEVER_BEFORE = Moved("deviation.mood", "mood_note", "mood", by="deviation")


@dataclass(frozen=True)
class Program:
    """A version: what deviations have beside what is declared, further kinds of records, and what has moved."""

    version: int
    fields: tuple[Field, ...] = ()
    more: tuple[Entity, ...] = ()
    moved: tuple[Moved, ...] = ()
    format: int = schema.FORMAT

    @cached_property
    def entities(self) -> dict[str, Entity]:
        deviation = DEVIATION
        grown = replace(deviation, fields=(*deviation.fields, *self.fields))
        return {"deviation": grown, **{entity.name: entity for entity in self.more}}

    @contextlib.contextmanager
    def __call__(self, w: World) -> Iterator[World]:
        """Run this version: every file is opened anew, and so brought up to date."""
        w.close()
        ours, steps = schema.migrations, schema.STEPS + self.version

        def migrations() -> Migrations:
            known = ours()
            for n in range(self.version):
                known(name=f"version_{n + 1}")(lambda db: schema.grow(db.conn))
            return known

        with pytest.MonkeyPatch.context() as patch:
            for name, entity in self.entities.items():
                patch.setitem(ENTITIES, name, entity)
                patch.setitem(terms._table()["entity"], name, terms._table()["entity"].get(name, WORDS))
            for name in ("mood", "tone", "state", "why"):
                patch.setitem(terms._table()["field"], name, name.capitalize())
            patch.setattr(schema, "migrations", migrations)
            patch.setattr(schema, "STEPS", steps)
            patch.setattr(schema, "FORMAT", self.format)
            MOVED.extend(self.moved)
            try:
                yield w
            finally:
                w.close()
                for _ in self.moved:
                    MOVED.pop()


DEVIATION = ENTITIES["deviation"]
BEFORE = Program(0)
WITH_MOOD = Program(1, (MOOD,), (NOTE,))
WITH_STATE = Program(1, (MOOD, STATE))
WIDER = replace(STATE, values=("lugn", "orolig", "arg"))


def up(w: World, name: str, by: Program, taken_by: Program) -> Taken:
    """A unit's news as a package written by one version and taken by another."""
    package = w.folder / f"{name}-upp.db"
    with by(w):
        unit = w[name]
        seen = acknowledged(unit.db)[unit.file.stream]
        write_up(unit, package, seen, unit.db.execute("SELECT seq FROM sync_local").fetchone()[0])
        who = sender(unit)
    with taken_by(w):
        told(package)
        with attached(w["main"].db, package):
            return take_up(w["main"], replace(who, path=package), ACTOR)


def down(w: World, name: str, by: Program, taken_by: Program, whole: bool = False) -> Taken:
    """The main file's news as a package written by one version and taken by another."""
    package: Path = w.folder / f"{name}-ned.db"
    with taken_by(w):
        stream, knows = w[name].file.stream, acknowledged(w[name].db)
    with by(w):
        about: About = write_down(w["main"], stream, knows, package, whole=whole)
    with taken_by(w), attached(w[name].db, package):
        return take_down(w[name], about)


def sound(w: World, *names: str) -> None:
    """Every file is whole: the tables say what the log says, and the seals hold."""
    for name in names:
        w.close(name)
        with Store.open(w.path(name), readonly=True) as store:
            assert [f.sentence for f in verify(store)] == [], name


def columns(path: Path, table: str) -> set[str]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return {row[1] for row in db.execute(f'PRAGMA table_xinfo("{table}")')}
