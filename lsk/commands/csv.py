"""Commands for CSV: import, export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lsk.cli_support import acting, actor_option, command, json_option, open_store, path_argument, say, shorten
from lsk.errors import LskError
from lsk.terms import numbered

if TYPE_CHECKING:
    from lsk.imports.saving import Report

MOST_LINES = 20


@command("import")
@path_argument
@click.argument("entity", metavar="SLAG")
@click.argument("source", metavar="LISTA", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Läs och kontrollera allt, men spara inget.")
@click.option("--map", "maps", metavar="RUBRIK=fält", multiple=True, help="Kolumnen är fältet (tomt: hoppa över den).")
@click.option("--value", "values", metavar="RUBRIK:cell=värde", multiple=True, help="Cellen betyder värdet.")
@click.option(
    "--set", "fixed", metavar="fält=värde", multiple=True, help="Ge alla rader ett värde som inte står i filen."
)
@click.option("--key", metavar="fält,fält", default="", help="Fälten som visar vilken post en rad är.")
@click.option("--excel-dates", metavar="RUBRIK", multiple=True, help="Tal i kolumnen är dagnummer ur Excel.")
@click.option("--sheet", metavar="BLAD", default="", help="Bladet i en Excelbok; annars läses det första.")
@click.option("--skip-bad", is_flag=True, help="Hoppa över rader med fel och läs in resten.")
@click.option("--save-mapping", is_flag=True, help="Kom ihåg --map, --value och --key till nästa gång.")
@actor_option
@json_option
def import_csv(
    path: Path, entity: str, source: Path, dry_run: bool, maps: tuple[str, ...], values: tuple[str, ...],
    fixed: tuple[str, ...], key: str, excel_dates: tuple[str, ...], sheet: str, skip_bad: bool, save_mapping: bool,
    actor: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Läs in poster av ett SLAG till FIL från en LISTA: en Excelbok (.xlsx) eller CSV med komma, semikolon eller tabb.

    Hela filen kontrolleras innan något sparas: antingen kommer allt in, eller inget. En rad som redan finns ändras; en
    tom cell ändrar inget, och – tömmer fältet. Datum som inte går att läsa säkert sparas som text bredvid posten.
    """
    from lsk.imports.mapping import Options
    from lsk.imports.saving import run
    from lsk.records import entity_called

    options = Options(maps, values, fixed, key, excel_dates, skip_bad, save_mapping, sheet)
    with open_store(path) as store:
        name = entity_called(entity)
        say(f"Läser {source} …")
        report = run(store, name, source, options, acting(actor, path), dry_run=dry_run)
        if as_json:
            click.echo(json.dumps(as_data(report), ensure_ascii=False))
            return
        label = store.terms.entity_label(name, many=report.taken != 1).lower()
    done = "kan läsas in" if dry_run else "är inläst" if report.taken == 1 else "är inlästa"
    click.echo(
        f"{report.taken} {label} {done} av {numbered(report.read, 'rad', 'rader')}: "
        f"{numbered(report.new, 'ny', 'nya')}, {numbered(report.changed, 'ändrad', 'ändrade')}, "
        f"{numbered(report.unchanged, 'oförändrad', 'oförändrade')}, "
        f"{numbered(len(report.skipped), 'överhoppad', 'överhoppade')}."
    )
    for line in told(report):
        click.echo(line, err=True)


def as_data(report: Report) -> dict[str, Any]:
    """The report for other programs."""
    from dataclasses import asdict

    return asdict(report) | {
        "skipped": [{"line": line, "why": why} for line, why in report.skipped],
        "kept": [
            {
                "line": k.line,
                "heading": k.heading,
                "field": k.field,
                "text": k.text,
                "read": k.read.value,
                "why": k.read.why,
            }
            for k in report.kept
        ],
    }


def told(report: Report) -> Iterator[str]:
    """What a person should know of an import, the most important first."""
    yield from few("Överhoppade rader", [f"rad {line}: {why}" for line, why in report.skipped])
    if report.unknown:
        yield f"Rubriker som inte känns igen och hoppades över: {', '.join(report.unknown)}"
    for heading, target in report.suggested.items():
        yield f"  ”{heading}” är kanske {target}: kör då med --map ”{heading}={target}”"
    yield from few(
        "Datum som är sparade som text",
        [
            f"rad {k.line}, {k.heading}: ”{shorten(k.text)}” lästes som {k.read.value or '–'} ({k.read.why})"
            for k in report.kept
        ],
    )
    yield from report.notes
    if report.warnings:
        yield f"Reglerna har {report.warnings} påpekanden om det inlästa. Se: lsk check"


def few(heading: str, lines: list[str]) -> Iterator[str]:
    """A heading and its first lines."""
    if lines:
        yield f"{heading} ({len(lines)}):"
        yield from (f"  {line}" for line in lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        yield f"  … och {len(lines) - MOST_LINES} till (alla: --json)"


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
    records = numbered(sum(n for _, n in written) // 2, "post", "poster")
    click.echo(f"{len(written)} filer är skrivna i {folder} ({records}).")
