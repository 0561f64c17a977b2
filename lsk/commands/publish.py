"""``lsk publish``: write the redacted copy."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from lsk.cli_support import acting, actor_option, command, emit, json_option, open_store, path_argument, program
from lsk.errors import Usage


@command("publish")
@path_argument
@click.argument("folder", metavar="MAPP", type=click.Path(path_type=Path))
@click.option("--level", metavar="NIVÅ", default="nämnd", help="nämnd (förval) eller öppen.")
@click.option("--allow", "refs", metavar="BETECKNING", multiple=True, help="Publicera posten trots personuppgifter.")
@click.option("--reason", metavar="SKÄL", default="", help="Varför; sparas i filen med ditt namn.")
@click.option("--static", metavar="MAPP", type=click.Path(path_type=Path), help="Skriv också sidorna som filer.")
@actor_option
@json_option
def publish_command(
    path: Path, folder: Path, level: str, refs: tuple[str, ...], reason: str, static: Path | None, actor: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Skriv en kopia för nämnden, utan personuppgifter.

    Kopian är en egen fil i MAPP med det som får visas. Små antal döljs; misstänkta personuppgifter stoppar den.
    Med --static skrivs dessutom alla sidor, CSV och JSON i en mapp som vilken webbserver som helst kan visa.
    """
    from lsk.cli import STATIC, loaded
    from lsk.publish import publish
    from lsk.publish.build import LEVELS, known_level, stopped
    from lsk.publish.personal import allow
    from lsk.publish.place import refuse_unfit

    if reason and not refs:
        raise Usage("--reason hör till --allow BETECKNING: posten som får publiceras trots personuppgifter.")
    refuse_unfit(folder, f"{LEVELS[known_level(level)]}.db")
    if refs:
        with open_store(path) as store:
            allow(store, stopped(store, level), refs, acting(actor, path), reason)
    with open_store(path, readonly=True) as store, progress() as told:
        done = publish(store, folder, level, told=told)
    written = 0
    if static:
        with progress() as told:
            written = loaded(STATIC)(folder, static, done.level, told)
    rows = [
        {"table": part.table.name, "title": part.table.title, "rows": len(part.rows), "hidden": part.hidden}
        for part in done.tables
    ]
    if as_json:
        pages = {"static": str(static), "files": written} if static else {}
        emit([{"file": str(done.path), "level": str(done.level), "tables": rows, **pages}], as_json)
        return
    emit(rows, False, {"title": "Tabell", "rows": "Rader", "hidden": "Dolda antal"})
    click.echo(f"\n{done.path} är klar. Visa den med: {program()} serve {folder}")
    if static:
        click.echo(f"{written} filer skrevs i {static}. Börja i {static / 'index.html'}")


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each part of the work, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    with contextlib.ExitStack() as shown:
        bars = {}

        def told(what: str, done: int, of: int) -> None:
            if what not in bars:
                shown.close()
                bars[what] = shown.enter_context(click.progressbar(length=of, label=f"{what:<18}", file=sys.stderr))
            bars[what].update(done - bars[what].pos)

        yield told
