"""Print the binder: write its files and record the printout, whole or only what is to be swapped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsk.binder import paper
from lsk.binder.sheet import PLACE, Sheet
from lsk.binder.sheets import sheets
from lsk.binder.swap import Swap, hanging, record, swaps
from lsk.errors import LskError
from lsk.records import one

if TYPE_CHECKING:
    from lsk.store import Store


@dataclass(frozen=True)
class Wanted:
    """What was asked for: where to write, where it will hang, how many copies, whole or only what is to be swapped."""

    folder: Path
    place: str
    copies: int = 1
    swap: bool = False


@dataclass(frozen=True)
class Printed:
    """The files and the sheets in them, titles of sheets to take away, and what a person should know of the files."""

    files: list[Path]
    sheets: list[Sheet]
    away: list[str]
    told: str


def usual_place(store: Store, unit: str) -> str:
    """Where the unit's only binder is."""
    places = list(hanging(store.db, unit))
    return places[0] if len(places) == 1 else PLACE


def to_swap(store: Store, unit: str, place: str | None) -> list[Swap]:
    """The swap list. LskError when nothing was printed that could be swapped."""
    places = hanging(store.db, unit)
    if not places:
        raise LskError("Enheten har ingen utskriven pärm ännu. Skriv den med: lsk binder FIL ENHET --to MAPP")
    if place is not None and place not in places:
        raise LskError(f"Ingen pärm är utskriven för {place}. Det finns: {', '.join(places)}.")
    return swaps(store, unit, sheets(store, unit), place)


def print_out(store: Store, unit: str, wanted: Wanted, actor: str) -> Printed:
    """Write the files and record the printout as one change; nothing is recorded when the files cannot be placed."""
    found = to_swap(store, unit, wanted.place) if wanted.swap else []
    printed = [s.sheet for s in found if s.sheet] if wanted.swap else sheets(store, unit)
    away = [s for s in found if s.sheet is None]
    if not printed and not away:
        return Printed([], [], [], "")
    row = one(store.db, "unit", unit)
    assert row is not None
    files, told = files_of(printed, row["short_name"], row["name"], store.today.isoformat(), wanted)
    with store.change(actor, f"skrev ut {'blad till ' if wanted.swap else ''}reservpärmen") as change:
        names = [s.name for s in away] if wanted.swap else None
        record(store, change, unit, printed, wanted.place, wanted.copies, actor, names)
        paper.write(files)
    return Printed(list(files), printed, [s.title for s in away], told)


def files_of(
    printed: list[Sheet], unit: str, unit_name: str, today: str, wanted: Wanted
) -> tuple[dict[Path, bytes], str]:
    """The files to write, and what a person should know of them. No file for a swap that only takes sheets away."""
    from lsk.profile_export import slug

    if not printed:
        return {}, ""
    stem = f"reservparm-{slug(unit)}" + (f"-byt-{today}" if wanted.swap else "")
    page = paper.html(printed, unit, unit_name, today)
    files = {wanted.folder / f"{stem}.html": page.encode("utf-8")}
    try:
        files[wanted.folder / f"{stem}.pdf"] = paper.pdf(page)
    except paper.NoPdf as error:
        return files, str(error)
    return files, ""
