"""``lsk demo``: the sample municipality, and the whole loop on it."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from lsk.cli_support import command, say


@command("demo")
@click.argument("folder", metavar="[MAPP]", type=click.Path(path_type=Path), default=Path("demo"))
@click.option("--profile", metavar="P", default="ragunda", help="Vilken kommuns ordning exemplet följer.")
@click.option("--seed", metavar="N", type=int, default=1, help="Frö: samma tal ger samma poster.")
@click.pass_context
def demo_command(ctx: click.Context, folder: Path, profile: str, seed: int) -> None:
    """Bygg exempelkommunen och kör hela kedjan.

    Bygger en påhittad kommun (Lövsjö, om ingen annan profil väljs) i MAPP, gör tre enhetsfiler, ändrar i dem var för
    sig, synkar och publicerar. I en terminal öppnas sedan appen. En ny körning ersätter den förra.
    """
    from sample_db.demo import Demo, next_commands, run

    demo = Demo(folder, click.echo, say, profile)
    run(demo, seed, date.today())
    click.echo(next_commands(demo))
    if sys.stdin.isatty() and sys.stdout.isatty():
        open_app(ctx, demo.main)


def open_app(ctx: click.Context, path: Path) -> None:
    """The app is another package, which nothing imports: its command is asked for by name."""
    from lsk.cli import cli

    opener = cli.get_command(ctx, "open")
    assert opener is not None
    ctx.invoke(opener, path=path)
