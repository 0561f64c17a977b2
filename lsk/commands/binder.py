"""``lsk binder``: a unit's paper binder, and which of its sheets are to be swapped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsk.binder.sheet import PLACE
from lsk.cli_support import acting, actor_option, command, emit, json_option, open_store, path_argument
from lsk.errors import Usage

if TYPE_CHECKING:
    from lsk.binder.printing import Printed
    from lsk.binder.swap import Swap


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
    from lsk.binder.printing import Wanted, print_out, to_swap, usual_place
    from lsk.records import find

    if folder is None and not swap:
        raise Usage("Säg var pärmen ska skrivas med --to MAPP, eller vad som ska bytas med --swap.")
    with open_store(path, readonly=folder is None) as store:
        which = find(store.db, "unit", unit)[1]
        if folder is None:
            show(path, unit, to_swap(store, which, place), as_json)
            return
        wanted = Wanted(folder, place or usual_place(store, which), copies, swap)
        tell(print_out(store, which, wanted, acting(actor, path)), store.today.isoformat(), as_json)


def show(path: Path, unit: str, found: list[Swap], as_json: bool) -> None:
    rows = [
        {"what": s.what, "place": s.place, "title": s.title, "printed_on": s.printed_on, "code": s.code} for s in found
    ]
    headers = {"what": "Gör", "title": "Blad", "place": "Plats", "printed_on": "Utskrivet", "code": "Kod"}
    emit(rows, as_json, headers, empty="Alla blad är aktuella.")
    if rows and not as_json:
        click.echo(f"\nSkriv bladen med: lsk binder {path} {unit} --swap --to MAPP")


def tell(done: Printed, today: str, as_json: bool) -> None:
    if as_json:
        emit(
            [{"title": s.title, "code": s.code, "version": s.version, "check_by": s.check_by} for s in done.sheets],
            True,
        )
        return
    if not done.sheets and not done.away:
        click.echo("Alla blad är aktuella. Inget är skrivet.")
    for file in done.files:
        click.echo(f"{file} är skriven ({len(done.sheets)} blad).")
    if late := [sheet.title for sheet in done.sheets if sheet.late(today)]:
        click.echo(f"Skulle ha kontrollerats tidigare: {', '.join(late)}")
    if done.away:
        click.echo(f"Ta bort ur pärmen: {', '.join(done.away)}")
    if done.told:
        click.echo(done.told, err=True)
