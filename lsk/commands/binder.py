"""``lsk binder``: a unit's paper binder, and which of its sheets are to be swapped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsk.cli_support import acting, actor_option, command, emit, json_option, open_store, path_argument
from lsk.errors import LskError, Usage

if TYPE_CHECKING:
    from lsk.binder.sheet import Sheet
    from lsk.binder.swap import Swap
    from lsk.store import Store

PLACE = "Reservpärmen"


@dataclass(frozen=True)
class Wanted:
    """What was asked for: where to write, where it will hang, how many copies, whole or only what is to be swapped."""

    folder: Path
    place: str
    copies: int
    swap: bool


@command("binder")
@path_argument
@click.argument("unit", metavar="ENHET")
@click.option("--to", "folder", metavar="MAPP", type=click.Path(path_type=Path), help="Mappen att skriva i.")
@click.option("--swap", is_flag=True, help="Bara det som ska bytas. Utan --to: visa listan, ändra inget.")
@click.option("--place", metavar="PLATS", help=f"Var pärmen förvaras ({PLACE}).")
@click.option("--copies", metavar="N", type=click.IntRange(1, 99), default=1, help="Antal exemplar (1).")
@actor_option
@json_option
def binder(
    path: Path, unit: str, folder: Path | None, swap: bool, place: str | None, copies: int, actor: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Skriv ENHETENS reservpärm: det som behövs när datorn eller strömmen inte fungerar.

    Gällande rutiner, processer, blanketter, ansvar och ringlista blir en HTML-fil och en PDF att skriva ut.
    Utskriften sparas i FIL, så att --swap sedan kan säga vilka blad som ska bytas.
    """
    from lsk.records import find

    if folder is None and not swap:
        raise Usage("Säg var pärmen ska skrivas med --to MAPP, eller vad som ska bytas med --swap.")
    with open_store(path, readonly=folder is None) as store:
        which = find(store.db, "unit", unit)[1]
        if folder is None:
            show(path, unit, to_swap(store, which, place), as_json)
            return
        wanted = Wanted(folder, place or usual_place(store, which), copies, swap)
        written(store, which, wanted, acting(actor, path), as_json)


def usual_place(store: Store, unit: str) -> str:
    """Where the unit's only binder is."""
    from lsk.binder.swap import hanging

    places = list(hanging(store.db, unit))
    return places[0] if len(places) == 1 else PLACE


def to_swap(store: Store, unit: str, place: str | None) -> list[Swap]:
    """The swap list. LskError when nothing was printed that could be swapped."""
    from lsk.binder.sheets import sheets
    from lsk.binder.swap import hanging, swaps

    places = hanging(store.db, unit)
    if not places:
        raise LskError("Enheten har ingen utskriven pärm ännu. Skriv den med: lsk binder FIL ENHET --to MAPP")
    if place is not None and place not in places:
        raise LskError(f"Ingen pärm är utskriven för {place}. Det finns: {', '.join(places)}.")
    return swaps(store, unit, sheets(store, unit), place)


def show(path: Path, unit: str, found: list[Swap], as_json: bool) -> None:
    rows = [
        {"what": s.what, "place": s.place, "title": s.title, "printed_on": s.printed_on, "code": s.code} for s in found
    ]
    headers = {"what": "Gör", "title": "Blad", "place": "Plats", "printed_on": "Utskrivet", "code": "Kod"}
    emit(rows, as_json, headers, empty="Alla blad är aktuella.")
    if rows and not as_json:
        click.echo(f"\nSkriv bladen med: lsk binder {path} {unit} --swap --to MAPP")


def written(store: Store, unit: str, wanted: Wanted, actor: str, as_json: bool) -> None:
    """Write the files and record the printout as one change; nothing is recorded when the files cannot be placed."""
    from lsk.binder import paper
    from lsk.binder.sheets import sheets
    from lsk.binder.swap import record
    from lsk.records import one

    found = to_swap(store, unit, wanted.place) if wanted.swap else []
    printed = [s.sheet for s in found if s.sheet] if wanted.swap else sheets(store, unit)
    away = [s.name for s in found if s.sheet is None] if wanted.swap else None
    if not printed and not away:
        click.echo("[]" if as_json else "Alla blad är aktuella. Inget är skrivet.")
        return
    row = one(store.db, "unit", unit)
    assert row is not None
    files, told = made(printed, row["short_name"], row["name"], store.today.isoformat(), wanted)
    with store.change(actor, f"skrev ut {'blad till ' if wanted.swap else ''}reservpärmen") as change:
        record(store, change, unit, printed, wanted.place, wanted.copies, actor, away)
        paper.write(files)
    if as_json:
        emit([{"title": s.title, "code": s.code, "version": s.version, "check_by": s.check_by} for s in printed], True)
        return
    for file in files:
        click.echo(f"{file} är skriven ({len(printed)} blad).")
    if away:
        click.echo(f"Ta bort ur pärmen: {', '.join(s.title for s in found if s.sheet is None)}")
    if told:
        click.echo(told, err=True)


def made(
    printed: list[Sheet], unit: str, unit_name: str, today: str, wanted: Wanted
) -> tuple[dict[Path, bytes], str]:  # fmt: skip
    """The files to write, and what a person should know of them. No file for a swap that only takes sheets away."""
    from lsk.binder import paper
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
