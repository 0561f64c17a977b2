"""A tiny municipality of files: a main file, and unit files made from it."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lsk.model import ENTITIES
from lsk.store import Store
from sync.merge import Summary, sync_files
from sync.unit_file import make_unit_file

UNITS = {"NORD": None, "SYD": None, "NORDA": "NORD"}  # short name → parent
ACTOR = "Anna"


def template(path: Path) -> None:
    """A main file with three units (NORDA lies under NORD), one shared process and one document."""
    with Store.create(path) as store, store.change(ACTOR, "start") as change:
        ids: dict[str, str] = {}
        for name, parent in UNITS.items():
            values = {"name": f"Enhet {name}", "short_name": name, "level": "enhet", "parent": parent and ids[parent]}
            ids[name] = change.insert("unit", values).id
        change.insert("process", {"name": "Gemensam process"})


class World:
    """Files in one folder; stores stay open until closed. Each file's actor is named after it."""

    def __init__(self, folder: Path, source: Path, *unit_files: str) -> None:
        self.folder = folder
        self.stores: dict[str, Store] = {}
        shutil.copyfile(source, self.path("main"))
        self.units = dict(self["main"].db.execute("SELECT short_name, id FROM unit").fetchall())
        for name in unit_files:
            self.make(name)

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.db"

    def __getitem__(self, name: str) -> Store:
        if name not in self.stores:
            self.stores[name] = Store.open(self.path(name))
        return self.stores[name]

    def make(self, name: str, unit: str | None = None) -> None:
        """A unit's file; its name is the unit's short name unless ``unit`` is given."""
        make_unit_file(self["main"], self.units[unit or name], self.path(name), ACTOR)

    def close(self, *names: str) -> None:
        for name in names or list(self.stores):
            if name in self.stores:
                self.stores.pop(name).close()

    def sync(self, *names: str) -> list[Summary]:
        return sync_files(self.path("main"), [self.path(n) for n in names], ACTOR)

    def add(self, where: str, entity: str, **values: Any) -> str:
        with self[where].change(where) as change:
            return change.insert(entity, values).id

    def deviation(self, where: str, unit: str, text: str = "Något hände", **values: Any) -> str:
        given = {"kind": "klagomål", "unit": self.units[unit], "received_on": "2026-03-01", "what_happened": text}
        return self.add(where, "deviation", **{**given, **values})

    def set(self, where: str, entity: str, record: str, **values: Any) -> None:
        with self[where].change(where) as change:
            change.update(entity, record, values)

    def delete(self, where: str, entity: str, record: str) -> None:
        with self[where].change(where) as change:
            change.delete(entity, record)

    def raw(self, where: str, sql: str, *values: Any) -> None:
        """What another SQLite tool does: no rules, but the triggers see it."""
        db = sqlite3.connect(self.path(where))
        with contextlib.closing(db), db:
            db.execute(sql, values)

    def get(self, where: str, entity: str, record: str, field: str = "id") -> Any:
        row = self[where].db.execute(f'SELECT "{field}" FROM "{entity}" WHERE id = ?', (record,)).fetchone()
        return row and row[0]

    def rows(self, where: str, entity: str) -> dict[str, tuple[Any, ...]]:
        names = ", ".join(f'"{c}"' for c in ("id", "ref", *(f.name for f in ENTITIES[entity].columns)))
        return {row[0]: tuple(row) for row in self[where].db.execute(f'SELECT {names} FROM "{entity}"')}

    def all_rows(self, where: str) -> dict[str, tuple[Any, ...]]:
        return {key: row for entity in ENTITIES for key, row in self.rows(where, entity).items()}

    def log(self, where: str) -> set[tuple[Any, ...]]:
        return {tuple(r) for r in self[where].db.execute("SELECT id, epoch, hlc, kind, row, unit FROM sync_op")}

    def contested(self, where: str) -> set[tuple[Any, ...]]:
        return {tuple(r) for r in self[where].db.execute("SELECT row, col, winner, others FROM sync_conflict")}

    def dump(self, where: str) -> str:
        """Everything in the file, log and all, as one digest."""
        text = "\n".join(self[where].db.iterdump())
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @contextlib.contextmanager
    def copied(self, to: Path) -> Iterator[World]:
        """The same files once more, in another folder."""
        self.close()
        to.mkdir()
        for path in self.folder.glob("*.db"):
            shutil.copyfile(path, to / path.name)
        twin = World.__new__(World)
        twin.folder, twin.stores, twin.units = to, {}, self.units
        try:
            yield twin
        finally:
            twin.close()


Make = Callable[..., World]


def two_files(world: Make, **values: str) -> tuple[World, str]:
    """Main and two files of one unit, NORD and NORD2, all holding one deviation."""
    w = world()
    row = w.deviation("main", "NORD", "Före", **values)
    w.make("NORD")
    w.make("NORD2", "NORD")
    return w, row


def everywhere(w: World, entity: str, row: str, field: str) -> set[object]:
    """The values that the files of ``two_files`` hold."""
    return {w.get(name, entity, row, field) for name in ("main", "NORD", "NORD2") if w.path(name).exists()}
