"""The work inside one change set: write rows, let the rules judge, put a name on it."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import uuid_utils
from fractional_indexing import generate_key_between

from lsk import bulk, rules
from lsk.capture import SEQUENCE_BITS
from lsk.errors import LskError, Refused
from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity, Order
from lsk.rules import Finding
from lsk.rules.fields import faults
from lsk.rules.proposals import Memory, propose

if TYPE_CHECKING:
    from lsk.store import FileInfo
    from lsk.terms import Terms

NAMESPACE = uuid.UUID("6f1d9a52-4c4b-5c53-9b1e-0a2f7c3d8e40")


@dataclass(frozen=True)
class Record:
    """A row that was written: its id and the reference people use."""

    id: str
    ref: str


def derived_id(entity: Entity, values: dict[str, Any]) -> str:
    """The id of a computed record: the same on every file that computes it (design section 3)."""
    about = "\x1f".join(str(values.get(name) or "") for name in entity.identity)
    return str(uuid.uuid5(NAMESPACE, f"{entity.name}\x1e{about}"))


def row_status(row: sqlite3.Row) -> str | None:
    return str(row["status"]) if "status" in row.keys() else None  # noqa: SIM118 (sqlite3.Row)


@dataclass
class Change:
    """Rows to insert, update and delete as one change set. Made by ``Store.change``."""

    db: sqlite3.Connection
    file: FileInfo
    today: date
    terms: Terms
    warnings: list[Finding] = field(default_factory=list)
    start: int = 0

    @property
    def number(self) -> int:
        """The change set's name: the first operation it may hold."""
        return self.file.stream << SEQUENCE_BITS | (self.start + 1)

    @property
    def operations(self) -> int:
        return int(self.db.execute("SELECT seq FROM sync_local").fetchone()[0]) - self.start

    def begin(self) -> None:
        self.start = self.db.execute("SELECT seq FROM sync_local").fetchone()[0]
        self.db.execute("UPDATE sync_local SET change_set = ?", (self.number,))

    def end(self, at: str, actor: str, why: str, program: str, undoes: int | None) -> None:
        if self.operations:
            self.db.execute(
                "INSERT INTO change_set VALUES (?, ?, ?, ?, ?, ?)",
                (self.number, at, actor, why or None, program, undoes),
            )
        self.db.execute("UPDATE sync_local SET change_set = NULL")

    def insert(self, name: str, values: dict[str, Any]) -> Record:
        """Add one record; what the rules propose fills what was left empty. Refused names each faulty field."""
        return self.insert_many(name, [values])[0]

    def insert_many(self, name: str, rows: Iterable[dict[str, Any]], checked: bool = False) -> list[Record]:
        """Add many records of one kind, all checked field by field before any is written, unless ``checked``."""
        entity = ENTITIES[name]
        memory: Memory = {}
        complete = [self.completed(entity, values, memory) for values in rows]
        lists: dict[str, list[str]] = {}
        wrong = (
            [] if checked else [f for row in complete for f in faults(self.db, entity, row, self.terms, lists=lists)]
        )
        if wrong:
            raise Refused(wrong)
        self.refer(entity, complete)
        columns = ["id", "ref", *(f.name for f in entity.columns)]
        cells = [[row.get(c) for c in columns] for row in complete]
        if len(cells) > bulk.FEW:
            bulk.insert(self.db, entity, columns, cells)
        else:
            names, marks = ", ".join(f'"{c}"' for c in columns), ", ".join("?" * len(columns))
            self.db.executemany(f'INSERT INTO "{name}"({names}) VALUES ({marks})', cells)
        return [Record(row["id"], row["ref"]) for row in complete]

    def completed(self, entity: Entity, values: dict[str, Any], memory: Memory) -> dict[str, Any]:
        """The values with defaults, proposals, place in order and id."""
        self.refuse_unknown(entity, values)
        row = entity.defaults | {name: value for name, value in values.items() if value is not None}
        row = self.stamped(entity, row) | row
        for name, value in propose(self.db, entity.name, row, memory).items():
            row.setdefault(name, value)
        for order in (f for f in entity.columns if isinstance(f, Order)):
            if row.get(order.name) is None:
                row[order.name] = self.next_place(entity, order, row, memory)
        if "id" not in row:
            row["id"] = derived_id(entity, row) if entity.identity else str(uuid_utils.uuid7())
        return row

    def stamped(self, entity: Entity, values: dict[str, Any]) -> dict[str, Any]:
        """The date that the step of the workflow fills in: what is closed today was closed today."""
        stamps = entity.workflow.stamps if entity.workflow else ()
        return {name: self.today.isoformat() for step, name in stamps if values.get("status") == step}

    def refuse_unknown(self, entity: Entity, values: dict[str, Any]) -> None:
        unknown = values.keys() - entity.names
        if unknown:
            label = self.terms.entity_label(entity.name)
            raise LskError(f"{label} har inget fält som heter {', '.join(sorted(unknown))}.")

    def next_place(self, entity: Entity, order: Order, row: dict[str, Any], memory: Memory) -> str:
        """After the last of its siblings, those of the same import among them."""
        siblings = (order.name, row.get(order.within))
        last = (
            memory.get(siblings, {}).get("last")
            or self.db.execute(
                f'SELECT max("{order.name}") FROM "{entity.name}" WHERE "{order.within}" IS ?', siblings[1:]
            ).fetchone()[0]
        )
        memory[siblings] = {"last": str(generate_key_between(last, None))}
        return str(memory[siblings]["last"])

    def refer(self, entity: Entity, rows: list[dict[str, Any]]) -> None:
        """Give each record the reference people use; the file's own code makes it unique without asking anyone."""
        by_year: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            if entity.identity:
                row.setdefault("ref", f"{entity.code}-{row['id'][:8]}")
            elif "ref" in row:
                self.count_past(entity, row["ref"])
            else:
                by_year.setdefault((row.get(entity.year_by) or self.today.isoformat())[2:4], []).append(row)
        for year, group in by_year.items():
            last = self.db.execute(
                """INSERT INTO ref_counter VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n RETURNING n""",
                (entity.code, year, len(group)),
            ).fetchone()[0]
            for number, row in enumerate(group, last - len(group) + 1):
                row["ref"] = f"{self.file.code}-{entity.code}-{year}-{number:03d}"

    def count_past(self, entity: Entity, ref: str) -> None:
        """A reference that came with the record is not given to another one later."""
        match = re.fullmatch(rf"{re.escape(self.file.code)}-{entity.code}-(\d\d)-(\d{{1,9}})", ref, re.ASCII)
        if match:
            self.db.execute(
                "INSERT INTO ref_counter VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = max(n, excluded.n)",
                (entity.code, match[1], int(match[2])),
            )

    def update(self, name: str, record: str, values: dict[str, Any]) -> None:
        """Change some fields of one record. Refused names each faulty field; LskError when the record is gone."""
        entity = ENTITIES[name]
        row = self.present(name, record)
        self.refuse_unknown(entity, values)
        if not values:
            return
        if values.get("status", row_status(row)) != row_status(row):
            values = {n: v for n, v in self.stamped(entity, values).items() if row[n] is None} | values
        wrong = list(faults(self.db, entity, {**dict(row), **values}, self.terms, only=set(values)))
        if wrong:
            raise Refused(wrong)
        sets = ", ".join(f'"{column}" = ?' for column in values)
        self.db.execute(f'UPDATE "{name}" SET {sets} WHERE id = ?', (*values.values(), record))

    def present(self, name: str, record: str) -> sqlite3.Row:
        row: sqlite3.Row | None = self.db.execute(f'SELECT * FROM "{name}" WHERE id = ?', (record,)).fetchone()
        if row is None:
            the = self.terms.entity_the(name).capitalize()
            raise LskError(f"{the} finns inte längre; någon annan kan ha tagit bort den. Läs in listan igen.")
        return row

    def delete(self, name: str, record: str) -> None:
        """Take a record away. The log keeps all it held, so it can be brought back. Refused when others lean on it."""
        from lsk.records import related, title_of

        self.present(name, record)
        leaning = [(e, n) for e, _, n in related(self.db, name, record) if n and e != "import_note"]
        if leaning:
            what = ", ".join(f"{n} {self.terms.entity_label(e, many=n != 1)}" for e, n in leaning)
            title = title_of(self.db, name, record)
            raise LskError(f"{title} kan inte tas bort: {what} hör hit. Flytta eller ta bort dem först.")
        self.db.execute("DELETE FROM import_note WHERE record = ?", (record,))
        self.db.execute(f'DELETE FROM "{name}" WHERE id = ?', (record,))

    def judge(self, check: bool) -> list[Finding]:
        """Let every gate look at what was touched. Refused when one says no; warnings are returned."""
        if not check or not self.operations:
            return []
        found = rules.judge(self.db, self.number, self.file, self.terms)
        refusals = [f for f in found if f.severity == "fel"]
        if refusals:
            raise Refused(refusals)
        return found

    def integrity(self, text: str) -> Finding:
        """A constraint that SQLite itself held, as a finding."""
        if "FOREIGN KEY" in text:
            what = "En post som det hänvisas till finns inte"
        elif "UNIQUE" in text:
            what = f"Posten finns redan ({text.rpartition(' ')[2]})"
        else:
            what = f"Värdet tillåts inte ({text})"
        return Finding(
            rule="integritet", record=None, entity="", ref="", requirement="", severity="fel",
            message=f"{what}.", remedy="Inget är sparat. Rätta och försök igen.",
        )  # fmt: skip
