"""A municipality's file as a scenario uses it: add and change as a person writes, ask for findings and overviews."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any

from lsk import overviews, records, rules
from lsk.change import Record
from lsk.model import entity
from lsk.store import Store
from lsk.values import parse

YEAR = date.today().year


@dataclass
class Town:
    """An open file. Values that are text are read as a person would write them: unit="IFO"."""

    store: Store
    who: str = "test"

    @property
    def db(self) -> sqlite3.Connection:
        return self.store.db

    def read(self, name: str, values: dict[str, Any]) -> dict[str, Any]:
        return {
            key: parse(self.db, entity(name).field(key), value) if isinstance(value, str) else value
            for key, value in values.items()
        }

    def add(self, name: str, /, **values: Any) -> Record:
        with self.store.change(self.who) as change:
            return change.insert(name, self.read(name, values))

    def change(self, name: str, record: Record, /, **values: Any) -> None:
        with self.store.change(self.who) as change:
            change.update(name, record.id, self.read(name, values))

    def get(self, name: str, record: Record | str) -> sqlite3.Row:
        """A record by its Record or by what people call it."""
        found = records.find(self.db, name, record)[1] if isinstance(record, str) else record.id
        row = records.one(self.db, name, found)
        assert row is not None
        return row

    def the(self, name: str, text: str) -> Record:
        row = self.get(name, text)
        return Record(row["id"], row["ref"])

    def title(self, name: str, record: str | None) -> str:
        return records.title_of(self.db, name, record)

    def found(self, rule: str) -> list[rules.Finding]:
        return rules.check(self.db, (rule,))

    def told(self, rule: str) -> str:
        """What a rule finds, all its sentences together."""
        return "\n".join(finding.sentence for finding in self.found(rule))

    def show(
        self, name: str, *, year: int = YEAR, unit: str | None = None, about: str | None = None
    ) -> list[dict[str, Any]]:
        which = None if unit is None else records.find(self.db, "unit", unit)[1]
        return overviews.show(self.db, name, overviews.Asked(year, which, about))

    def choices(self, name: str) -> list[str]:
        rows = self.db.execute("SELECT value FROM choice_value WHERE list = ? ORDER BY number", (name,))
        return [row["value"] for row in rows]

    def setting(self, key: str) -> str | None:
        row = self.db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        assert row is not None, key
        value: str | None = row["value"]
        return value
