"""CSV in and out: read what Excel and others write, write what Excel and others read right (XS6)."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsk.errors import LskError, file_trouble
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Computed, Decimal, Entity, Field, Flag, Ref
from lsk.records import entity_of, selected
from lsk.values import shown

if TYPE_CHECKING:
    from lsk.store import Store

# What a spreadsheet takes for a formula, behind any apostrophes that are already there.
FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
DELIMITERS = ";,\t|"
REFERENCE = "Beteckning"
LONGEST_CELL = 2**31 - 1


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
    except UnicodeDecodeError as error:
        if any(letter.encode() in raw for letter in "åäöÅÄÖ"):  # Windows' own would never write these two bytes
            raise LskError(f"{path} {place(raw, error)}: trasig UTF-8. Spara filen som UTF-8 på nytt.") from error
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        where = place(raw, error)
        raise LskError(f"{path} {where} är varken UTF-8 eller Windows-1252. Spara filen som UTF-8.") from error


def place(raw: bytes, error: UnicodeDecodeError) -> str:
    """Line and column of a byte that could not be read."""
    newline = b"\n"
    line = raw.count(newline, 0, error.start) + 1
    return f"rad {line} tecken {error.start - raw.rfind(newline, 0, error.start)}"


def delimiter(text: str) -> str:
    """The sign between cells: the one that makes most cells of the heading line."""
    heading = text.split("\n", 1)[0].rstrip("\r")
    return max(DELIMITERS, key=lambda sign: len(next(csv.reader([heading], delimiter=sign), [])))


def lines(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line of cells with the line it begins on, empty lines left out. LskError where the quoting breaks."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True)
    begun = 1
    try:
        for cells in reader:
            if any(cells):
                yield begun, cells
            begun = reader.line_num + 1
    except csv.Error as error:
        where = f"rad {begun}" + (f"–{reader.line_num}" if reader.line_num > begun else "")
        raise LskError(
            f"{path} {where} går inte att läsa som CSV ({error}). Leta efter ett citattecken för mycket eller för lite."
        ) from error


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
