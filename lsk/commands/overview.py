"""Overviews in plain lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from lsk.cli_support import command, emit, json_option, open_store, path_argument
from lsk.errors import LskError


@command("overview")
@path_argument
@click.argument("name", metavar="[ÖVERSIKT]", required=False)
@click.option("--year", metavar="ÅR", type=click.IntRange(1990, 2200), help="Vilket år (annars i år).")
@click.option("--unit", metavar="ENHET", help="Bara den här enheten.")
@click.option("--about", metavar="VAD", help="Vad det gäller: en post, en part, en rubrik.")
@json_option
def overview_command(
    path: Path, name: str | None, year: int | None, unit: str | None, about: str | None, as_json: bool
) -> None:
    """Visa en översikt av FIL. Utan ÖVERSIKT visas vilka som finns."""
    from lsk.overviews import Asked, load, show
    from lsk.records import find

    known = load()
    if name is None:
        listed = [{"name": o.name, "help": o.help, "requirement": o.requirement} for o in known.values()]
        if as_json:
            emit(listed, as_json)
        else:
            click.echo("\n".join(f"{o.name:<18} {o.help}" for o in known.values()))
        return
    if name not in known:
        raise LskError(f"Det finns ingen översikt som heter {name}. Välj någon av: {', '.join(known)}.")
    with open_store(path, readonly=True) as store:
        which = None if unit is None else find(store.db, "unit", unit)[1]
        found = show(store.db, name, Asked(year or date.today().year, which, about))
    emit(found, as_json, {key: key.capitalize() for key in found[0]} if found else None)
