"""A register as rows of stored values, each with the line it stands on; what is wrong is told by line and column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lsk.csvfiles import DELIMITERS
from lsk.errors import LskError, Usage
from lsk.imports.cells import CLEAR, all_serial, reader
from lsk.imports.dates import Read
from lsk.imports.mapping import Column, Mapping, Options, field_named, mapping
from lsk.imports.sheets import rows, sheets
from lsk.model import ENTITIES
from lsk.model.vocabulary import Date, Entity, Text
from lsk.terms import numbered
from lsk.values import parse

if TYPE_CHECKING:
    from lsk.store import Store


class Kept(NamedTuple):
    """The text of a cell that is kept beside what was read of it."""

    line: int
    heading: str
    field: str
    text: str
    read: Read


@dataclass
class Reading:
    """A file read: rows as stored values and their lines, texts kept, what is wrong by line, notes for the report."""

    file: str
    mapping: Mapping
    rows: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    count: int = 0
    kept: list[Kept] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(store: Store, name: str, path: Path, options: Options | None = None) -> Reading:
    """Read ``path`` as records of ``name``. LskError when it is no such file, or no heading is understood."""
    options = options or Options()
    found = rows(path, options.sheet)
    heading = next(found, (1, []))[1]
    reading = Reading(path.name, mapping(store, name, heading, options))
    if not reading.mapping.columns:
        raise LskError(
            f"{path} har ingen rubrik som känns igen. Rubrikerna är: {', '.join(heading) or 'inga'}."
            + hints(reading.mapping)
        )
    if not options.sheet and len(names := sheets(path)) > 1:
        reading.notes.append(f"Boken har {len(names)} blad; bladet ”{names[0]}” är läst. Välj ett annat med --sheet.")
    table = list(of_right_width(reading, found, heading))
    fixed = fixed_values(store, name, reading.mapping, options)
    ready(store, ENTITIES[name], reading, table)
    take(reading, table, fixed)
    return reading


def hints(found: Mapping) -> str:
    """How to say which field an unknown heading is."""
    return "".join(f" Kanske: --map ”{heading}={target}”." for heading, target in found.suggested.items())


def of_right_width(reading: Reading, found: Any, heading: list[str]) -> Any:
    """The lines that have a cell under each heading; empty cells beyond them are a spreadsheet's and are left out."""
    width = len(heading)
    for line, cells in found:
        reading.count += 1
        if len(cells) != width:
            if len(cells) < width or any(cells[width:]):
                have = numbered(len(cells), "cell", "celler")
                reading.errors.append((line, f"{have}, men rubrikraden har {width}.{other_sign(cells, width)}"))
                continue
            del cells[width:]
        yield line, cells


def other_sign(cells: list[str], width: int) -> str:
    """A hint when the line would have been right with another sign between its cells."""
    for sign in DELIMITERS:
        if len(cells) == 1 and cells[0].count(sign) == width - 1:
            name = "tabb" if sign == "\t" else sign
            return f" Raden har {name} mellan cellerna men rubrikraden ett annat tecken; spara filen på nytt."
    return ""


def fixed_values(store: Store, name: str, found: Mapping, options: Options) -> dict[str, Any]:
    """``--set fält=värde``: what every row gets that the file does not say."""
    values: dict[str, Any] = {}
    for text in options.fixed:
        target, sign, value = text.partition("=")
        if not sign:
            raise Usage(f"”{text}” ska skrivas fält=värde, till exempel --set kind=rutin.")
        known = field_named(store, name, target)
        if heading := found.heading_of(known):
            raise Usage(f"{target} finns redan i kolumnen ”{heading}”. Ta bort --set, eller hoppa över kolumnen.")
        values[known] = parse(store.db, ENTITIES[name].field(known), value, store.today)
    return values


def ready(store: Store, entity: Entity, reading: Reading, table: list[tuple[int, list[str]]]) -> None:
    """Give each column what reads its cells; only now is it known whether a whole column is day numbers."""
    for column in reading.mapping.columns:
        declared = None if column.target in ("id", "ref") else entity.field(column.target)
        serial = isinstance(declared, Date) and all_serial([cells[column.index] for _, cells in table])
        if serial or column.excel:
            reading.notes.append(f"Kolumnen ”{column.heading}” innehåller dagnummer ur Excel; de är lästa som datum.")
        if isinstance(declared, Text):
            note_formulas(reading, column, table)
        column.read = reader(store, entity, column, serial)


def note_formulas(reading: Reading, column: Column, table: list[tuple[int, list[str]]]) -> None:
    i = column.index
    found = [line for line, cells in table if cells[i][:1] == "="]
    if found:
        some = ", ".join(map(str, found[:5])) + (" …" if len(found) > 5 else "")
        reading.notes.append(
            f"Kolumnen ”{column.heading}” har formler (rad {some}); de är lästa som text, inte uträknade."
        )


def take(reading: Reading, table: list[tuple[int, list[str]]], fixed: dict[str, Any]) -> None:
    """Each line as a row of stored values. An empty cell is left out; – is None, which takes a value away."""
    columns: list[tuple[int, str, Callable[[str], Any]]] = [
        (c.index, c.target, c.read) for c in reading.mapping.columns
    ]
    for line, cells in table:
        row = dict(fixed)
        try:
            for i, name, read_cell in columns:
                value = read_cell(cells[i])
                if value is not None:
                    row[name] = value
        except LskError:
            reading.errors += wrong_cells(reading.mapping, line, cells)
            continue
        reading.rows.append(row)
        reading.lines.append(line)
    if any(c.kept for c in reading.mapping.columns):
        taken = set(reading.lines)
        reading.kept = [
            kept for line, cells in table if line in taken for kept in kept_of(reading.mapping, line, cells)
        ]
    for row in reading.rows:
        for name in [name for name, value in row.items() if value is CLEAR]:
            row[name] = None


def wrong_cells(found: Mapping, line: int, cells: list[str]) -> list[tuple[int, str]]:
    """Every cell of a line that could not be understood."""
    errors = []
    for column in found.columns:
        try:
            column.read(cells[column.index])
        except LskError as error:
            errors.append((line, f"kolumn ”{column.heading}”: {error}"))
    return errors


def kept_of(found: Mapping, line: int, cells: list[str]) -> list[Kept]:
    """The cells of a line whose text is kept."""
    texts = ((column, cells[column.index].strip()) for column in found.columns if column.kept)
    return [
        Kept(line, column.heading, column.target, text, column.kept[text])
        for column, text in texts
        if text in column.kept
    ]
