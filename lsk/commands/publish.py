"""``lsk publish``: write the redacted copy."""

from __future__ import annotations

from pathlib import Path

import click

from lsk.cli_support import command, emit, json_option, open_store, path_argument


@command("publish")
@path_argument
@click.argument("folder", metavar="MAPP", type=click.Path(path_type=Path))
@click.option("--level", metavar="NIVÅ", default="nämnd", help="nämnd (förval) eller öppen.")
@json_option
def publish_command(path: Path, folder: Path, level: str, as_json: bool) -> None:
    """Skriv en kopia för nämnden, utan personuppgifter.

    Kopian är en egen fil i MAPP med det som får visas. Små antal döljs; misstänkta personuppgifter stoppar den.
    """
    from lsk.publish import publish

    with open_store(path, readonly=True) as store:
        done = publish(store, folder, level)
    rows = [
        {"table": part.table.name, "title": part.table.title, "rows": len(part.rows), "hidden": part.hidden}
        for part in done.tables
    ]
    if as_json:
        emit([{"file": str(done.path), "level": str(done.level), "tables": rows}], as_json)
        return
    emit(rows, False, {"title": "Tabell", "rows": "Rader", "hidden": "Dolda antal"})
    click.echo(f"\n{done.path} är klar. Visa den med: lsk serve {folder}")
