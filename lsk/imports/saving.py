"""One import: all that was read becomes one change, or nothing does; and the report of what happened."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsk.capture import owner
from lsk.change import Change, Record, derived_id
from lsk.errors import LskError, Refused
from lsk.imports import mapping as mappings
from lsk.imports.mapping import Options
from lsk.imports.matching import Plan, planned
from lsk.imports.reading import Kept, Reading, read
from lsk.model import ENTITIES

if TYPE_CHECKING:
    from lsk.rules import Finding
    from lsk.store import Store

MOST_ERRORS = 20


@dataclass
class Report:
    """What an import did: numbers of rows, and by line what was skipped and which texts were kept."""

    entity: str
    saved: bool
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    suggested: dict[str, str] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: int = 0

    @property
    def taken(self) -> int:
        return self.new + self.changed + self.unchanged


class Rehearsed(Exception):
    """All went well, and nothing is to be kept: the way out of a dry run."""


def run(store: Store, name: str, source: Path, options: Options, actor: str, *, dry_run: bool = False) -> Report:
    """Import ``source`` as records of ``name``. LskError names each faulty line, and nothing is saved."""
    reading = read(store, name, source, options)
    plan = planned(store, name, reading)
    refuse(source, sorted(reading.errors + plan.errors), plan, options)
    report = Report(name, not dry_run, reading.count)
    while True:
        made: list[Record] = []
        try:
            with store.change(actor, f"läser in {reading.file}") as change:
                write(change, name, reading, plan, options, made)
                if dry_run:
                    change.warnings = change.judge(check=True)
                    raise Rehearsed
        except Rehearsed:
            pass
        except Refused as error:
            if not refuse(source, by_line(error.findings, plan, made), plan, options):
                raise
            continue
        break
    store.index()
    return finished(report, reading, plan, change)


def refuse(source: Path, errors: list[tuple[int, str]], plan: Plan, options: Options) -> bool:
    """LskError with every faulty line; with ``--skip-bad`` those lines are left out instead. Whether there were any."""
    if not options.skip_bad and errors:
        more = len(errors) - MOST_ERRORS
        told = [sentence(line, text) for line, text in errors[:MOST_ERRORS]]
        rest = [f"… och {more} fel till."] if more > 0 else []
        ending = f"Inget är sparat. Rätta {source} och läs in den igen, eller hoppa över raderna med --skip-bad."
        raise LskError("\n".join([*told, *rest, ending]))
    plan.without({line for line, _ in errors})
    plan.skipped += errors
    return bool(errors)


def sentence(line: int, text: str) -> str:
    """Where in the file, and what."""
    return f"Rad {line}{',' if text.startswith('kolumn ') else ':'} {text}"


def by_line(findings: list[Finding], plan: Plan, made: list[Record]) -> list[tuple[int, str]]:
    """What the rules refused, by the line it came from; nothing when a refusal is about something else."""
    lines = {record.id: line for record, (line, _) in zip(made, plan.new, strict=False)}
    lines |= {record: line for line, record, _ in plan.changed}
    if any(f.record not in lines for f in findings):
        return []
    return sorted({(lines[f.record], f.sentence) for f in findings if f.record})


def write(change: Change, name: str, reading: Reading, plan: Plan, options: Options, made: list[Record]) -> None:
    """The rows, the texts that are kept beside them, and the mapping if it is to be remembered."""
    if options.save_mapping:
        mappings.save(change, name, reading.mapping, options)
    made += change.insert_many(name, (row for _, row in plan.new), checked=True)
    for _, record, values in plan.changed:
        change.update(name, record, values)
    records = {line: record.id for record, (line, _) in zip(made, plan.new, strict=True)}
    records |= {line: record for line, record, _ in plan.changed} | dict(plan.unchanged)
    keep_texts(change, name, reading, records)


def keep_texts(change: Change, name: str, reading: Reading, records: dict[int, str]) -> None:
    """Keep each text beside its record; one that has since become a plain date goes."""
    kept = {(records[k.line], k.field): k for k in reading.kept if k.line in records}
    if not kept and not change.db.execute("SELECT 1 FROM import_note LIMIT 1").fetchone():
        return
    there = {
        (row["record"], row["field"]): row
        for row in change.db.execute(
            "SELECT * FROM import_note WHERE record IN (SELECT value FROM json_each(?))",
            (json.dumps(list(records.values())),),
        )
    }
    rows = dict(zip(reading.lines, reading.rows, strict=True))
    plain = {(record, field_name) for line, record in records.items() for field_name in rows[line]} - kept.keys()
    change.db.executemany("DELETE FROM import_note WHERE id = ?", [(there[k]["id"],) for k in there.keys() & plain])
    owners = dict(owners_of(change, name, [record for record, _ in kept]))
    notes = {about: note(reading.file, about[0], owners[about[0]], k) for about, k in kept.items()}
    change.insert_many("import_note", [n for about, n in notes.items() if about not in there])
    for about, values in notes.items():
        old = there.get(about)
        if old is not None and (old["raw_text"], old["read_value"]) != (values["raw_text"], values["read_value"]):
            change.update("import_note", old["id"], {k: v for k, v in values.items() if k != "id"})


def owners_of(change: Change, name: str, records: list[str]) -> list[tuple[str, str | None]]:
    """The unit that owns each record, so that what is noted of it travels with it."""
    rows = change.db.execute(
        f"""SELECT t.id, {owner(ENTITIES[name], "t")} FROM "{name}" t
            WHERE t.id IN (SELECT value FROM json_each(?))""",
        (json.dumps(records),),
    )
    return [(row[0], row[1]) for row in rows]


def note(file: str, record: str, unit: str | None, kept: Kept) -> dict[str, Any]:
    values = {
        "record": record, "unit": unit, "field": kept.field, "raw_text": kept.text,
        "read_value": kept.read.value, "reason": kept.read.why, "file": file, "line": kept.line,
    }  # fmt: skip
    return {"id": derived_id(ENTITIES["import_note"], values), **values}


def finished(report: Report, reading: Reading, plan: Plan, change: Change) -> Report:
    report.new, report.changed, report.unchanged = len(plan.new), len(plan.changed), len(plan.unchanged)
    report.skipped = sorted(plan.skipped)
    report.unknown, report.suggested = reading.mapping.unknown, reading.mapping.suggested
    skipped = {line for line, _ in plan.skipped}
    report.kept = [k for k in reading.kept if k.line not in skipped]
    report.notes = list(reading.notes)
    if not plan.by_key and report.new:
        report.notes.append(
            "Filen har ingen nyckel: bara helt lika rader känns igen nästa gång. Ange en med --key fält,fält."
        )
    report.warnings = len(change.warnings)
    return report
