"""The data dictionary: what every table and column holds, written from the declarations.

``python -m lsk.dictionary PATH`` writes it, for whoever opens the file with sqlite3 or writes a script.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from lsk import terms
from lsk.model import AREAS, ENTITIES
from lsk.model.vocabulary import (
    SHARED,
    UNIT,
    AnyRef,
    Choice,
    Computed,
    Date,
    Decimal,
    Entity,
    Field,
    Flag,
    Integer,
    Order,
    Personal,
    Publish,
    Ref,
    Text,
)

INTRODUCTION = """# Datakatalog

Den här filen skrivs av `make dictionary` ur deklarationerna i `lsk/model`. Ändra inte här.

Varje tabell har dessutom `id` (UUID, primärnyckel) och `ref` (referens för människor, till exempel
`HTN-AVV-26-014`: filens kod, tabellens kod, år, nummer). En kolumn som går att sortera på svenska har en
genererad sorteringsnyckel med samma namn och `_sort` efter. Val lagras som de svenska orden, datum som
ISO-text (`2026-11-03`), ja och nej som 1 och 0, hänvisningar som den andra postens `id`. NULL betyder att
värdet inte är känt. Kolumner som är beräknade lagras inte i tabellen.
"""

HEADINGS = ("Kolumn", "Svenska", "Innehåll", "Krävs", "Personuppgift", "Publiceras", "Krav")


def dictionary() -> str:
    """The whole dictionary as Markdown, one section per area and one table per kind of record."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    for area in AREAS:
        yield f"## {terms.area_label(area)}\n"
        for entity in ENTITIES.values():
            if entity.area == area:
                yield from _entity_lines(entity)


def _entity_lines(entity: Entity) -> Iterator[str]:
    yield f"### {terms.entity_label(entity.name)} – `{entity.name}`\n"
    yield from (f"- {name}: {value}" for name, value in _facts(entity) if value)
    yield ""
    yield row(HEADINGS)
    yield row("---" for _ in HEADINGS)
    yield from (row(_cells(entity, field)) for field in entity.all_fields)
    yield ""


def _facts(entity: Entity) -> Iterator[tuple[str, str]]:
    yield "Kod", f"`{entity.code}`"
    yield "Hör till", _scope(entity.scope)
    yield "Rubriceras av", f"`{entity.title}`"
    if entity.workflow:
        yield "Steg", " → ".join(entity.workflow.steps)
        yield "Slutar i", ", ".join(entity.workflow.final)
    yield "Id härleds ur", _names(entity.identity)
    yield "Ska vara unikt", "; ".join(_names(group) for group in entity.unique)
    yield "År räknas efter", _names([entity.year_by] if entity.year_by else [])
    yield "Krav", entity.requirement


def _scope(scope: str) -> str:
    if scope == SHARED:
        return "huvudfilen"
    if scope == UNIT:
        return "enheten i `unit` (tom: huvudfilen)"
    return f"samma fil som posten i `{scope}`"


def _cells(entity: Entity, field: Field) -> tuple[str, ...]:
    return (
        f"`{field.name}`",
        terms.field_label(entity.name, field.name),
        _content(field),
        "ja" if field.required else "",
        "" if field.personal is Personal.NO else field.personal.value,
        "" if field.publish is Publish.NO else field.publish.value,
        field.requirement,
    )


def _content(field: Field) -> str:
    """What a column holds, in words."""
    match field:
        case Text(long=long):
            return "lång text" if long else "text"
        case Date():
            return "datum"
        case Integer(minimum=low, maximum=high):
            bounds = [f" {word} {bound}" for word, bound in (("från", low), ("till", high)) if bound is not None]
            return "heltal" + "".join(bounds)
        case Decimal():
            return "decimaltal"
        case Flag():
            return "ja/nej"
        case Choice(values=values, values_from=list_name):
            return f"val ur listan `{list_name}`" if list_name else "val: " + ", ".join(values)
        case Ref(to=to):
            return f"→ `{to}`"
        case AnyRef(to=to):
            return "→ " + (_names(to) if to else "vilken post som helst")
        case Order(within=within):
            return f"plats inom samma `{within}`"
        case Computed():
            return "beräknas"
    raise TypeError(f"{type(field).__name__} has no words in the data dictionary")


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("python -m lsk.dictionary PATH")
    Path(sys.argv[1]).write_text(dictionary(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
