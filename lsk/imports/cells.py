"""What a cell of a column means, as a stored value. The same text is looked up once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lsk.csvfiles import unguarded
from lsk.errors import LskError
from lsk.imports.dates import from_serial, is_serial, read_date
from lsk.imports.mapping import Column, nearest
from lsk.model.vocabulary import Choice, Date, Entity, Ref, Text
from lsk.records import called
from lsk.rules.fields import choices
from lsk.values import UNKNOWN, parse

if TYPE_CHECKING:
    from lsk.store import Store

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LONGEST_WORD = 200  # that is not free text
CLEAR = object()  # "–" in the cell: the value is to be taken away; an empty cell changes nothing


def reader(store: Store, entity: Entity, column: Column, whole_column_is_serial: bool) -> Callable[[str], Any]:
    """What turns the text of a cell into a stored value, None for an empty one. LskError says what is wrong with it."""
    if column.target == "id":
        return an_id
    declared = None if column.target == "ref" else entity.field(column.target)
    if declared is None or isinstance(declared, Text):
        return words_of(column)
    memory: dict[str, Any] = {}

    def understood(text: str) -> Any:
        text = unguarded(text).strip()
        text = column.values.get(text.casefold(), text)
        if text == UNKNOWN:
            return CLEAR
        if len(text) > LONGEST_WORD:
            raise LskError(f"cellen har {len(text)} tecken; här ryms högst {LONGEST_WORD}. Saknas ett citattecken?")
        if isinstance(declared, Date):
            return day(declared, column, text, column.excel or whole_column_is_serial) if text else None
        if isinstance(declared, Choice):
            return choice(store, declared, text)
        if isinstance(declared, Ref):
            return reference(store, declared, column, text)
        return parse(store.db, declared, text, store.today)

    def remembered(text: str) -> Any:
        if text not in memory:
            try:
                memory[text] = understood(text)
            except LskError as error:
                memory[text] = error
        value = memory[text]
        if isinstance(value, LskError):
            raise LskError(str(value))
        return value

    return remembered


def words_of(column: Column) -> Callable[[str], Any]:
    """Free text, as it stands but for the apostrophe that guards a formula, or as the mapping says."""
    if not column.values:
        return lambda text: (unguarded(text) if text[:1] == "'" else text).strip() or None

    def mapped(text: str) -> Any:
        text = unguarded(text).strip()
        return column.values.get(text.casefold(), text) or None

    return mapped


def an_id(text: str) -> str | None:
    text = unguarded(text).strip()
    if text and not UUID.fullmatch(text):
        raise LskError(f"”{text[:LONGEST_WORD]}” är inget id. Lämna kolumnen id tom för nya poster.")
    return text or None


def day(declared: Date, column: Column, text: str, serial: bool) -> str | None:
    """A date. One that cannot be read is an error where a date is required, otherwise its text is kept."""
    read = from_serial(text) if serial else read_date(text)
    if read.value is None and declared.required:
        raise LskError(f"”{text}” är inget datum som går att läsa säkert ({read.why}). Skriv som 2026-11-03.")
    if read.why:
        column.kept[text] = read
    return read.value


def choice(store: Store, declared: Choice, text: str) -> Any:
    value = parse(store.db, declared, text)
    allowed = choices(store.db, declared)
    if value is None or not allowed or value in allowed:
        return value
    raise LskError(f"”{text}” kan inte väljas.{nearest(text, allowed)} Det finns: {', '.join(allowed)}.")


def reference(store: Store, declared: Ref, column: Column, text: str) -> Any:
    """The id of the record that is meant. One that does not exist is never made here."""
    try:
        return parse(store.db, declared, text)
    except LskError as error:
        names = [
            str(row[0])
            for name in called(declared.to)
            for row in store.db.execute(f'SELECT "{name}" FROM "{declared.to}" WHERE "{name}" IS NOT NULL')
        ]
        how = f"--value ”{column.heading}:{text}=…”"
        raise LskError(f"{error}{nearest(text, names)} Rätta cellen, eller koppla den med {how}.") from error


def all_serial(cells: list[str]) -> bool:
    """Whether every cell of a column that holds anything is a day number of Excel's."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(map(is_serial, filled))
