"""``lsk open``: the app, for whoever has a terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lsk.cli_support import actor_option, command
from lsk.errors import LskError


@command("open", help="Öppna en fil i appen. Utan FIL öppnas den senaste, eller en guide.")
@click.argument("path", metavar="[FIL]", required=False, type=click.Path(path_type=Path))
@actor_option
def open_command(path: Path | None, actor: str | None) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise LskError(
            "Appen behöver en terminal. Utan terminal: lsk list FIL avvikelse, lsk show FIL REF, lsk check FIL. "
            "Alla kommandon: lsk --help"
        )
    from lsk_tui.app import run

    run(path, actor)
