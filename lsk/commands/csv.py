"""Commands for CSV: import, export."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lsk.cli_support import acting, actor_option, command, json_option, open_store, path_argument, say
from lsk.errors import LskError


@command("import")
@path_argument
@click.argument("entity", metavar="SLAG")
@click.argument("source", metavar="CSV", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Läs och kontrollera, men spara inget.")
@actor_option
@json_option
def import_csv(path: Path, entity: str, source: Path, dry_run: bool, actor: str | None, as_json: bool) -> None:
    """Läs in poster av ett SLAG till FIL från en CSV-fil (UTF-8 eller Windows; komma, semikolon eller tabb).

    Hela filen kontrolleras innan något sparas: antingen kommer allt in, eller inget.
    """
    from lsk import csvfiles
    from lsk.records import entity_called

    with open_store(path) as store:
        name = entity_called(entity)
        say(f"Läser {source} …")
        reading = csvfiles.judged(store, name, csvfiles.read(store, name, source, csvfiles.headings(store, name)))
        if reading.errors:
            shown = reading.errors[: csvfiles.MOST_ERRORS]
            more = len(reading.errors) - len(shown)
            rest = f"\n… och {more} fel till." if more else ""
            raise LskError("\n".join(shown) + rest + f"\nInget är sparat. Rätta {source} och läs in den igen.")
        if not dry_run:
            say(f"Sparar {len(reading.rows)} poster …")
            with store.change(acting(actor, path), f"läser in {source.name}") as change:
                change.insert_many(name, reading.rows, checked=True)
            say("Uppdaterar sökregistret …")
            store.index()
        result = {"entity": name, "read": len(reading.rows), "saved": not dry_run, "unknown": reading.unknown}
        if as_json:
            click.echo(json.dumps(result, ensure_ascii=False))
            return
        label = store.terms.entity_label(name, many=len(reading.rows) != 1).lower()
        click.echo(f"{len(reading.rows)} {label} {'kan läsas in' if dry_run else 'är inlästa'}.")
        if reading.unknown:
            click.echo(f"Rubriker som inte känns igen och hoppades över: {', '.join(reading.unknown)}", err=True)


@command("export")
@path_argument
@click.argument("entities", metavar="[SLAG…]", nargs=-1)
@click.option(
    "--to", "folder", metavar="MAPP", required=True, type=click.Path(path_type=Path), help="Mappen att skriva i."
)
@click.option(
    "--year", metavar="ÅR", type=click.IntRange(1900, 2200), help="Bara poster vars eget datum ligger i året."
)
@json_option
def export_csv(path: Path, entities: tuple[str, ...], folder: Path, year: int | None, as_json: bool) -> None:
    """Skriv poster till CSV: SLAG.csv för program och SLAG.excel.csv för svensk Excel."""
    from lsk import csvfiles
    from lsk.model import ENTITIES
    from lsk.records import entity_called

    with open_store(path, readonly=True) as store:
        named = [entity_called(e) for e in entities]
        undated = [n for n in named if year and not ENTITIES[n].year_by]
        if undated:
            raise LskError(f"{', '.join(undated)} har inget eget datum och kan inte väljas ut per år. Kör utan --year.")
        wanted = named or [n for n, e in ENTITIES.items() if not year or e.year_by]
        written = csvfiles.export(store, wanted, folder, year)
    if as_json:
        click.echo(json.dumps([{"file": str(f), "records": n} for f, n in written], ensure_ascii=False, indent=2))
        return
    click.echo(f"{len(written)} filer är skrivna i {folder} ({sum(n for _, n in written) // 2} poster).")
