"""``lsk archive``: what the file holds, in forms that can be read long after the program is gone."""

from __future__ import annotations

from pathlib import Path

import click

from lsk.cli_support import command, emit, json_option, open_store, path_argument


@command("archive")
@path_argument
@click.option("--year", metavar="ÅR", type=click.IntRange(1990, 2200), required=True, help="Till och med vilket år.")
@click.option("--to", "folder", metavar="MAPP", type=click.Path(path_type=Path), required=True, help="En ny mapp.")
@click.option(
    "--reports", metavar="MAPP", type=click.Path(path_type=Path), help="Årets rapporter med manifest, att ta med."
)
@json_option
def archive_command(path: Path, year: int, folder: Path, reports: Path | None, as_json: bool) -> None:
    """Skriv ett arkiv av FIL till och med ÅR, som går att läsa utan LSK.

    MAPP får en SQLite-fil, en CSV per tabell, datakatalogen, kontrollsummor och las_arkiv.py, som läser och
    kontrollerar allt med bara Python. Personuppgifter tas med så som de står i filen.
    """
    from lsk.archive.write import write

    with open_store(path, readonly=True) as store:
        done = write(store, year, folder, reports)
    if as_json:
        emit([{"folder": str(folder), "tables": done.tables, "reports": done.reports}], True)
        return
    rows = sum(done.tables.values())
    click.echo(f"{folder} är klar: {len(done.tables)} tabeller, {rows} rader, {done.reports} filer med rapporter.")
    click.echo("Personuppgifter finns kvar så som de står i filen. Förvara arkivet därefter.")
    if store.today.year <= year:
        click.echo(f"{year} är inte slut än. Arkivet innehåller det som finns i dag.")
    click.echo(f"Kontrollera det med: python -I {folder / 'las_arkiv.py'}")
