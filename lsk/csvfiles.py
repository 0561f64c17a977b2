"""CSV in and out: read what Excel and others write, write what Excel and others read right (XS6)."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsk.errors import LskError, file_trouble
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Computed, Decimal, Entity, Field, Flag, Ref, Text
from lsk.records import entity_of, selected
from lsk.rules.fields import faults
from lsk.values import parse, shown

if TYPE_CHECKING:
    from lsk.store import Store

# What a spreadsheet takes for a formula, behind any apostrophes that are already there.
FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
MOST_ERRORS = 20
REFERENCE = "Beteckning"
LONGEST_CELL = 2**31 - 1
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Reading:
    """A file read and judged: rows as stored values, the line each ended on, what is wrong, and headings not known."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def decoded(path: Path) -> str:
    """The text of a file: UTF-8 with or without BOM, otherwise Windows' own (cp1252)."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise LskError(f"{path} kan inte läsas: {file_trouble(error)}. Kontrollera sökvägen.") from error
    if b"\x00" in raw:
        raise LskError(f"{path} är ingen CSV-fil (den innehåller nolltecken). Spara den som CSV först.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass  # then it is Windows' own
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise LskError(f"{path} rad {line} är varken UTF-8 eller Windows-1252. Spara filen som UTF-8.") from error


def delimiter(text: str) -> str:
    """The sign between cells: the one that the heading line holds most of."""
    heading = text.split("\n", 1)[0]
    return max(";,\t", key=heading.count)


def read(store: Store, name: str, path: Path, fields_by_heading: dict[str, str]) -> Reading:
    """Read ``path`` as records of ``name``. ``fields_by_heading`` maps a heading to a field; others are reported."""
    text = decoded(path)
    csv.field_size_limit(LONGEST_CELL)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True)
    reading = Reading()
    try:
        heading = next(lines, [])
        known = [fields_by_heading.get(h.strip()) for h in heading]
        columns = [(i, name) for i, name in enumerate(known) if name]
        reading.unknown = [h for h, name in zip(heading, known, strict=True) if not name]
        if twice := [h for h, name in zip(heading, known, strict=True) if name and known.count(name) > 1]:
            raise LskError(f"{path} har flera kolumner för samma fält: {', '.join(twice)}. Ta bort alla utom en.")
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
        understood = True
        for i, name, read_cell in parsers:
            try:
                value = read_cell(cells[i])
            except LskError as error:
                reading.errors.append(f"Rad {line}: {error}")
                understood = False
                continue
            if value is not None:
                row[name] = value
        if understood:
            reading.rows.append(row)
            reading.lines.append(line)


def reader(store: Store, entity: Entity, name: str) -> Any:
    """What turns the text of a cell into a stored value. The same text is looked up once."""
    if name in ("id", "ref"):
        return partial(new_name, store, entity, name)
    declared = entity.field(name)
    if isinstance(declared, Text):
        return lambda text: unguarded(text).strip() or None
    memory: dict[str, Any] = {}
    ask = partial(parse, store.db, declared, today=store.today)

    def remembered(text: str) -> Any:
        if text not in memory:
            memory[text] = ask(unguarded(text))
        return memory[text]

    return remembered


def new_name(store: Store, entity: Entity, name: str, text: str) -> str | None:
    """An id or reference that a record brings along. LskError when another record has it, or an id is none."""
    text = unguarded(text).strip()
    if text and name == "id" and not UUID.fullmatch(text):
        raise LskError(f"”{text}” är inget id. Lämna kolumnen id tom för nya poster.")
    if text and store.db.execute(f'SELECT 1 FROM "{entity.name}" WHERE {name} = ?', (text,)).fetchone():
        label = store.terms.entity_label(entity.name)
        raise LskError(f"{label} {text} finns redan. Ändra den med lsk set, eller ta bort raden.")
    return text or None


def judged(store: Store, name: str, reading: Reading) -> Reading:
    """Add what is wrong field by field, with the line in the file."""
    entity = ENTITIES[name]
    lists: dict[str, list[str]] = {}
    for line, row in zip(reading.lines, reading.rows, strict=True):
        for fault in faults(store.db, entity, entity.defaults | row, store.terms, lists=lists):
            reading.errors.append(f"Rad {line}: {fault.message}")
            if len(reading.errors) >= MOST_ERRORS:
                return reading
    return reading


def headings(store: Store, name: str) -> dict[str, str]:
    """Every heading that is understood: declared names and Swedish labels, whatever their case."""
    entity = ENTITIES[name]
    known = {"id": "id", **dict.fromkeys(("ref", REFERENCE, REFERENCE.lower(), REFERENCE.upper()), "ref")}
    for f in entity.columns:
        label = store.terms.field_label(name, f.name)
        known |= {f.name: f.name, label: f.name, label.lower(): f.name, label.upper(): f.name}
    return known


# --- out -------------------------------------------------------------------------------------------------------------


def guarded(text: str) -> str:
    """A cell that a spreadsheet would run as a formula gets an apostrophe before it."""
    return "'" + text if FORMULA.match(text) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


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
            for_excel.writerow([REFERENCE, *(guarded(store.terms.field_label(name, f.name)) for f in fields)])
            count = 0
            for row in of_year(store.db, entity, year):
                ref = guarded(row["ref"] or "")
                for_scripts.writerow([row["id"], ref, *(plain_cell(store.db, f, row[f.name]) for f in fields)])
                for_excel.writerow([ref, *(excel_cell(store.db, f, row[f.name]) for f in fields)])
                count += 1
        written += [(plain, count), (excel, count)]
    return written


def of_year(db: sqlite3.Connection, entity: Entity, year: int | None) -> Iterator[sqlite3.Row]:
    where = "" if year is None else f'WHERE t."{entity.year_by}" BETWEEN ? AND ?'
    values = () if year is None else (f"{year}-01-01", f"{year}-12-31")
    return db.execute(f'SELECT {selected(entity)} FROM "{entity.name}" t {where} ORDER BY t.ref', values)


def plain_cell(db: sqlite3.Connection, declared: Field, value: Any) -> Any:
    """For scripts and for reading in again: references by their ref, numbers as they are."""
    if value is None:
        return ""
    if isinstance(declared, (Ref, AnyRef)):
        return guarded(reference(db, declared, value))
    if isinstance(declared, Decimal):
        return value
    if isinstance(declared, Flag):
        return "ja" if value else "nej"
    return guarded(value) if isinstance(value, str) else value


def reference(db: sqlite3.Connection, declared: Field, record: str) -> str:
    kind = declared.to if isinstance(declared, Ref) else entity_of(db, record)
    row = db.execute(f'SELECT ref FROM "{kind}" WHERE id = ?', (record,)).fetchone() if kind else None
    return str(row["ref"] or record) if row else record


def excel_cell(db: sqlite3.Connection, declared: Field, value: Any) -> str:
    """For a Swedish Excel: names instead of references, decimal comma, empty for not known."""
    if value is None:
        return ""
    if isinstance(declared, Decimal):
        return str(value).replace(".", ",")
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, int) and not isinstance(declared, (Flag, Computed)):
        return str(value)
    return guarded(shown(db, declared, value))
