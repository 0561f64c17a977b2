"""The rows of a register as text, with the line each stands on: from CSV, or from a sheet of Excel's."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from lsk import csvfiles
from lsk.errors import LskError, file_trouble

Row = tuple[int, list[str]]

BOOKS = (".xlsx", ".xlsm")
# Excel before 2007, or a book with a password: the same kind of file on the outside.
OLD_BOOK = b"\xd0\xcf\x11\xe0"
ZEROS = re.compile("0{2,}")  # a number format that shows 7 as 0007
LARGEST = 500_000_000  # bytes unpacked; a small file can be made to unfold to fill the memory


def is_book(path: Path) -> bool:
    """Whether a file is a book of Excel's, by its name."""
    return path.suffix.lower() in BOOKS


def rows(path: Path, sheet: str = "") -> Iterator[Row]:
    """The heading and the lines under it, empty ones left out. ``sheet`` names one of a book, else its first is read.

    LskError when the file cannot be read as what it is called.
    """
    if is_book(path):
        return iter(of_book(path, sheet))
    try:
        with path.open("rb") as file:
            begun = file.read(4)
    except OSError as error:
        raise LskError(f"{path} kan inte läsas: {file_trouble(error)}. Kontrollera sökvägen.") from error
    if begun == OLD_BOOK or path.suffix.lower() in (".xls", ".ods"):
        raise LskError(f"{path} går inte att läsa. Öppna den i Excel och spara den som .xlsx eller CSV.")
    return csvfiles.lines(path, csvfiles.decoded(path))


def sheets(path: Path) -> list[str]:
    """The names of the sheets that are seen in a book; none of a CSV file."""
    if not is_book(path):
        return []
    with closing(opened(path)) as book:
        return [one.title for one in book.worksheets if one.sheet_state == "visible"]


def of_book(path: Path, sheet: str) -> list[Row]:
    """The rows of a sheet, from its heading: the first row with more than one cell, so that a title above it is none.

    A column without a heading that holds something is called by its letter.
    """
    from openpyxl.utils import get_column_letter

    try:
        with warnings.catch_warnings(), closing(opened(path)) as book, closing(opened(path, formulas=True)) as formulas:
            warnings.simplefilter("ignore")  # of what only the looks of the sheet hang on
            name = chosen(path, [one.title for one in book.worksheets], sheet) or sheets(path)[0]
            table = list(filled(book[name], formulas[name]))
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, SyntaxError, IndexError) as error:
        raise LskError(f"{path} går inte att läsa som en Excelbok. Öppna den i Excel och spara den på nytt.") from error
    begins = next((n for n, (_, cells) in enumerate(table) if sum(map(bool, cells)) > 1), 0)
    table = table[begins:]
    width = max((len(cells) for _, cells in table), default=0)
    table = [(line, cells + [""] * (width - len(cells))) for line, cells in table]
    if table:
        line, heading = table[0]
        table[0] = line, [text or f"Kolumn {get_column_letter(n)}" for n, text in enumerate(heading, 1)]
    return table


def opened(path: Path, formulas: bool = False) -> Any:
    """The book: what its formulas had come to when it was saved, or the ``formulas`` themselves."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with path.open("rb") as file:
            if file.read(4) == OLD_BOOK:
                raise LskError(f"{path} har ett lösenord eller är av äldre slag. Spara den utan lösenord som .xlsx.")
        with zipfile.ZipFile(path) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST:
                raise LskError(f"{path} är för stor att läsa i ett stycke. Dela den på flera, eller spara den som CSV.")
        return load_workbook(path, read_only=True, data_only=not formulas)
    except OSError as error:
        raise LskError(f"{path} kan inte läsas: {file_trouble(error)}. Kontrollera sökvägen.") from error
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError) as error:
        raise LskError(f"{path} är ingen Excelbok. Öppna den i Excel och spara den som .xlsx.") from error


def chosen(path: Path, names: list[str], wanted: str) -> str:
    """The sheet a person means. LskError with the names there are."""
    found = next((name for name in names if name.casefold() == wanted.strip().casefold()), "")
    if wanted and not found:
        raise LskError(f"{path.name} har inget blad som heter ”{wanted}”. Det finns: {', '.join(names)}.")
    return found


def filled(sheet: Any, formulas: Any) -> Iterator[Row]:
    """The rows that hold something, without the empty cells at their ends."""
    for one in (sheet, formulas):
        one.reset_dimensions()  # other programs than Excel write them wrong
    for line, (values, written) in enumerate(zip(sheet.iter_rows(), formulas.iter_rows(), strict=True), 1):
        cells = [text(cell, formula) for cell, formula in zip(values, written, strict=True)]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield line, cells


def text(cell: Any, formula: Any) -> str:
    """A cell as a person sees it in Excel; a formula that has come to nothing as it is written."""
    value = cell.value
    if value is None:
        return str(getattr(formula.value, "text", formula.value) or "") if formula.data_type == "f" else ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return number(value, cell.number_format)
    return str(value).strip()


def number(value: float, shape: str) -> str:
    """A number with its leading zeros, its percent and a decimal comma, and without what a computer adds to it."""
    if shape.endswith("%"):
        value *= 100
    if float(value).is_integer():
        whole = str(int(value))
        return whole.zfill(len(shape)) if ZEROS.fullmatch(shape) else whole
    return f"{value:.15g}".replace(".", ",")
