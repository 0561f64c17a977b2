"""``lsk report``: write a report, or make one again."""

from __future__ import annotations

from pathlib import Path

import click

from lsk.cli_support import acting, actor_option, command, open_store, path_argument
from lsk.commands.publish import progress
from lsk.errors import LskError, Usage


@command("report")
@path_argument
@click.argument("kind", metavar="[SLAG]", required=False)
@click.option("--year", metavar="ÅR", type=click.IntRange(1990, 2200), help="Vilket år rapporten gäller.")
@click.option("--period", metavar="DEL", help="Del av året: Q1–Q4, T1–T3, H1–H2 eller FRÅN..TILL (annars hela året).")
@click.option("--unit", metavar="ENHET", help="Den här enheten och de som hör till den (annars hela verksamheten).")
@click.option("--to", "folder", metavar="MAPP", type=click.Path(path_type=Path), help="Mappen som rapporten skrivs i.")
@click.option("--draft", is_flag=True, help="Skriv ett utkast, även om avsnitt som ska finnas är tomma.")
@click.option("--done", "met", is_flag=True, help="Markera uppgiften i årshjulet som klar: rapporten är lämnad.")
@click.option("--rebuild", metavar="MANIFEST", type=click.Path(path_type=Path), help="Gör om en rapport och jämför.")
@actor_option
def report_command(
    path: Path, kind: str | None, year: int | None, period: str | None, unit: str | None, folder: Path | None,
    draft: bool, met: bool, rebuild: Path | None, actor: str | None,
) -> None:  # fmt: skip
    """Skriv en rapport av FIL: Word, webbsida, Markdown och siffrorna som CSV.

    SLAG är mallens slag eller namn; utan SLAG visas vilka som finns. Med --rebuild görs en rapport om från sitt
    manifest och jämförs med det som skrevs då: spara en kopia av FIL med rapporten.
    """
    if rebuild is not None:
        made_again(path, rebuild, folder)
    elif kind is None:
        listed(path)
    elif year is None or folder is None:
        raise Usage("Ange året och mappen, till exempel: --year 2026 --to rapport-2026")
    elif draft and met:
        raise Usage("Ett utkast gör inte uppgiften klar. Ta bort --draft eller --done.")
    else:
        write_it(path, kind, year, period, unit, folder, draft, acting(actor, path) if met else None)


def listed(path: Path) -> None:
    with open_store(path, readonly=True) as store:
        rows = store.db.execute("SELECT kind, name, level, force FROM report_template ORDER BY kind, ref").fetchall()
    wide = max((len(row["kind"]) for row in rows), default=0)
    for row in rows:
        click.echo(f"{row['kind']:<{wide}}  {row['name']} ({row['level']}, {row['force']})")
    if not rows:
        click.echo("Filen har inga rapportmallar. Läs in dem med en profil: lsk profile load FIL PROFIL")


def write_it(
    path: Path, kind: str, year: int, period: str | None, unit: str | None, folder: Path, draft: bool,
    actor: str | None,
) -> None:  # fmt: skip
    """Write the report; then, by ``actor`` if there is one, mark its turn of the year as done."""
    from lsk.records import find
    from lsk.reports.met import write_report
    from lsk.reports.pack import Wanted

    with open_store(path, readonly=actor is None) as store, progress() as told:
        which = None if unit is None else find(store.db, "unit", unit)[1]
        report = write_report(store, Wanted(kind, year, period, which, draft), folder, actor, told)
    for warning in report.document.warnings:
        click.echo(warning)
    click.echo(f"{report.document.title}: {report.document.in_numbers} i {folder}")
    if (turn := report.turn) and actor:
        click.echo(f"{turn['name']} {turn['period']} ({turn['ref']}) är klar i årshjulet.")
    elif turn and not report.done and not draft:
        click.echo(f"{turn['name']} {turn['period']} är inte klar i årshjulet. När den är lämnad: lägg till --done.")


def made_again(path: Path, manifest: Path, folder: Path | None) -> None:
    from lsk.reports.pack import read_manifest, rebuild, write
    from lsk.store import VERSION, Store

    again = read_manifest(manifest)
    with Store.open(path, readonly=True, today=again.today) as store, progress() as told:
        files, different = rebuild(store, again, told)
    if folder is not None:
        write(folder, files)
    if different:
        why = (
            f" Rapporten gjordes med version {again.program}, det här är {VERSION}." if again.program != VERSION else ""
        )
        raise LskError(f"Rapporten blev inte likadan: {', '.join(different)} skiljer.{why} Jämför dem med de gamla.")
    click.echo(f"Rapporten blev likadan: {len(again.outputs)} filer, byte för byte.")
