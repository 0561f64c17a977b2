"""``lsk open`` and ``lsk ask``: the app on a screen, in a browser, or in plain lines."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import click

from lsk.cli_support import acting, actor_option, command
from lsk.errors import LskError


@command("open", help="Öppna en fil i appen. Utan FIL öppnas den senaste, eller en guide.")
@click.argument("path", metavar="[FIL]", required=False, type=click.Path(path_type=Path))
@click.option("--synlig-markör", "visible", is_flag=True, help="Låt terminalens markör följa raden (förstoring).")
@click.option("--browser", is_flag=True, help="Visa appen i webbläsaren, bara på den här datorn.")
@actor_option
def open_command(path: Path | None, visible: bool, browser: bool, actor: str | None) -> None:
    if browser:
        from lsk_tui.browser import serve

        serve(path, actor)
    elif os.environ.get("TERM") == "dumb":
        plainly(path, actor)
    elif not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise LskError(
            "Appen behöver en terminal. Utan terminal: lsk ask FIL (fråga och svar), lsk list FIL avvikelse, "
            "lsk show FIL REF, lsk check FIL. Alla kommandon: lsk --help"
        )
    else:
        gc.disable()  # what is imported is kept: to look for garbage in it takes a fifth of the start
        from lsk_tui.app import run

        run(path, actor, visible)


@command("ask", short_help="Arbeta i filen med fråga och svar i raka rader.")
@click.argument("path", metavar="[FIL]", required=False, type=click.Path(path_type=Path))
@actor_option
def ask_command(path: Path | None, actor: str | None) -> None:
    """Fråga och svar i raka rader, för skärmläsare och enkla terminaler: registrera, avgöra, söka, egenkontroll.

    Samma sak som lsk open när TERM=dumb. ? ger hjälp, Ctrl+D avslutar. Utan FIL öppnas den senaste.
    """
    plainly(path, actor)


def plainly(path: Path | None, actor: str | None) -> None:
    """The conversation, on standard input and output."""
    from lsk import remembered
    from lsk.store import Store
    from lsk_tui.plain.talk import Talk
    from lsk_tui.plain.tasks import run

    path = path or remembered.last_file()
    if path is None:
        raise LskError("Ange filen: lsk ask FIL. Gör en ny med: lsk new FIL --profile ragunda")
    who = acting(actor, path)
    with Store.open(path) as store:
        remembered.remember(path, who)
        run(store, who, Talk())
