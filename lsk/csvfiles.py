"""CSV in and out: read what Excel and others write, write what Excel and others read right (XS6)."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Computed, Entity, Field, Flag, Ref, Text
from lsk.records import selected
from lsk.rules.fields import faults
from lsk.values import parse, shown

if TYPE_CHECKING:
    from lsk.store import Store

FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_ERRORS = 20


@dataclass
class Reading:
    """A file read and judged: the rows as stored values, what is wrong by line, and which headings were not known."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def decoded(path: Path) -> str:
    """The text of a file: UTF-8 with or without BOM, otherwise Windows' own (cp1252)."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise LskError(f"{path} kan inte läsas ({error.strerror}). Kontrollera sökvägen.") from error
    if b"\x00" in raw:
        raise LskError(f"{path} är ingen CSV-fil (den innehåller nolltecken). Spara den som CSV först.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def delimiter(text: str) -> str:
    """The sign between cells: the one that the heading line holds most of."""
    heading = text.split("\n", 1)[0]
    return max(";,\t", key=heading.count)


def read(store: Store, name: str, path: Path, fields_by_heading: dict[str, str]) -> Reading:
    """Read ``path`` as records of ``name``. ``fields_by_heading`` maps a heading to a field; others are reported."""
    text = decoded(path)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True)
    reading = Reading()
    try:
        heading = next(lines, [])
        columns = [(i, fields_by_heading[h.strip()]) for i, h in enumerate(heading) if h.strip() in fields_by_heading]
        reading.unknown = [h for h in heading if h.strip() not in fields_by_heading]
        if not columns:
            raise LskError(f"{path} har ingen rubrik som känns igen. Rubrikerna är: {', '.join(heading) or 'inga'}.")
        take(store, ENTITIES[name], lines, columns, len(heading), reading)
    except csv.Error as error:
        raise LskError(f"{path} rad {lines.line_num} går inte att läsa som CSV ({error}).") from error
    return reading


def take(
    store: Store, entity: Entity, lines: Any, columns: list[tuple[int, str]], width: int, reading: Reading
) -> None:
    """Each line as a row of stored values; what cannot be understood is an error with its line number."""
    parsers = [(i, name, reader(store, entity, name)) for i, name in columns]
    for cells in lines:
        line = lines.line_num
        if not any(cells):
            continue
        if len(cells) != width:
            reading.errors.append(f"Rad {line}: {len(cells)} celler, men rubrikraden har {width}.")
            continue
        row: dict[str, Any] = {}
        for i, name, read_cell in parsers:
            try:
                value = read_cell(cells[i])
            except LskError as error:
                reading.errors.append(f"Rad {line}: {error}")
                continue
            if value is not None:
                row[name] = value
        reading.rows.append(row)


def reader(store: Store, entity: Entity, name: str) -> Any:
    """What turns the text of a cell into a stored value. The same text is looked up once."""
    if name in ("id", "ref"):
        return lambda text: text.strip() or None
    declared = entity.field(name)
    if isinstance(declared, Text):
        return lambda text: unguarded(text.strip()) or None
    memory: dict[str, Any] = {}
    ask = partial(parse, store.db, declared, today=store.today)

    def remembered(text: str) -> Any:
        if text not in memory:
            memory[text] = ask(unguarded(text))
        return memory[text]

    return remembered


def judged(store: Store, name: str, reading: Reading) -> Reading:
    """Add what is wrong field by field, with the number of the record in the file."""
    entity = ENTITIES[name]
    lists: dict[str, list[str]] = {}
    for number, row in enumerate(reading.rows, 1):
        for fault in faults(store.db, entity, entity.defaults | row, store.terms, lists=lists):
            reading.errors.append(f"Post {number}: {fault.message}")
            if len(reading.errors) >= MOST_ERRORS:
                return reading
    return reading


def headings(store: Store, name: str) -> dict[str, str]:
    """Every heading that is understood: declared names and Swedish labels, whatever their case."""
    entity = ENTITIES[name]
    known = {"ref": "ref", "id": "id"}
    for f in entity.columns:
        label = store.terms.field_label(name, f.name)
        known |= {f.name: f.name, label: f.name, label.lower(): f.name, label.upper(): f.name}
    return known


# --- out -------------------------------------------------------------------------------------------------------------


def guarded(text: str) -> str:
    """A cell that a spreadsheet would run as a formula gets an apostrophe before it."""
    return "'" + text if text.startswith(FORMULA) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def export(store: Store, names: list[str], folder: Path, year: int | None = None) -> list[tuple[Path, int]]:
    """Write each kind of record as NAME.csv (UTF-8, comma) and NAME.excel.csv (BOM, semicolon, decimal comma).

    With a year: exactly the records whose own date lies in it. Returns (file, number of records).
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in names:
        entity = ENTITIES[name]
        plain, excel = folder / f"{name}.csv", folder / f"{name}.excel.csv"
        fields = list(entity.all_fields)
        with (
            plain.open("w", encoding="utf-8", newline="") as one,
            excel.open("w", encoding="utf-8-sig", newline="") as two,
        ):
            for_scripts, for_excel = csv.writer(one), csv.writer(two, delimiter=";")
            for_scripts.writerow(["id", "ref", *(f.name for f in fields)])
            for_excel.writerow(["Beteckning", *(store.terms.field_label(name, f.name) for f in fields)])
            count = 0
            for row in of_year(store.db, entity, year):
                for_scripts.writerow([row["id"], row["ref"], *(plain_cell(store.db, f, row[f.name]) for f in fields)])
                for_excel.writerow([row["ref"], *(excel_cell(store.db, f, row[f.name]) for f in fields)])
                count += 1
        written += [(plain, count), (excel, count)]
    return written


def of_year(db: sqlite3.Connection, entity: Entity, year: int | None) -> Iterator[sqlite3.Row]:
    where, values = "", ()
    if year is not None:
        where, values = f'WHERE t."{entity.year_by}" BETWEEN ? AND ?', (f"{year}-01-01", f"{year}-12-31")  # type: ignore[assignment]
    return db.execute(f'SELECT {selected(entity)} FROM "{entity.name}" t {where} ORDER BY t.ref', values)


def plain_cell(db: sqlite3.Connection, declared: Field, value: Any) -> Any:
    """For scripts and for reading in again: references by their ref, numbers as they are."""
    if value is None:
        return ""
    if isinstance(declared, (Ref, AnyRef)):
        return reference(db, declared, value)
    if isinstance(declared, Flag):
        return "ja" if value else "nej"
    return guarded(value) if isinstance(value, str) else value


def reference(db: sqlite3.Connection, declared: Field, record: str) -> str:
    from lsk.records import entity_of

    kind = declared.to if isinstance(declared, Ref) else entity_of(db, record)
    row = db.execute(f'SELECT ref FROM "{kind}" WHERE id = ?', (record,)).fetchone() if kind else None
    return row["ref"] if row else record


def excel_cell(db: sqlite3.Connection, declared: Field, value: Any) -> str:
    """For a Swedish Excel: names instead of references, decimal comma, empty for not known."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, int) and not isinstance(declared, (Flag, Computed)):
        return str(value)
    return guarded(shown(db, declared, value))
