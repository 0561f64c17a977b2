"""What every command shares: Swedish help, who is acting, a table or JSON."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import click

if TYPE_CHECKING:
    from lsk.store import Store


class Command(click.Command):
    """A click command that speaks Swedish."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="Användning: ")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [p.replace("[OPTIONS]", "[VAL]") for p in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Val"):
            formatter.write_dl([described(p, ctx) for p in self.get_params(ctx) if isinstance(p, click.Option)])


class Group(click.Group):
    """A group that speaks Swedish: ``line`` is how a command of it is written, ``commands_help`` a line for each."""

    line = "KOMMANDO [ARGUMENT …]"
    options_help: tuple[tuple[str, str], ...] = (("--help", "Visa den här hjälpen."),)
    commands_help: ClassVar[Mapping[str, str]] = {}

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, self.line, prefix="Användning: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Val"):
            formatter.write_dl(self.options_help)
        with formatter.section("Kommandon"):
            formatter.write_dl(list(self.commands_help.items()))

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands_help)


def program() -> str:
    """How the command is written in this shell: "lsk" where it is found, or else the path it was started by."""
    started = Path(sys.argv[0])
    if shutil.which("lsk") or started.stem != "lsk":
        return "lsk"
    return str(started.relative_to(Path.cwd())) if started.is_relative_to(Path.cwd()) else str(started)


def described(option: click.Option, ctx: click.Context) -> tuple[str, str]:
    """An option's line in the help: its names, and what it is for."""
    names = (option.get_help_record(ctx) or ("", ""))[0]
    if "--help" in option.opts:
        return names, "Visa den här hjälpen."
    return names, (option.help or "") + (" Måste anges." if option.required else "")


def command(name: str, **settings: Any) -> Callable[[Callable[..., Any]], Command]:
    """Declare a command of ``lsk``."""
    return click.command(name, cls=Command, **settings)


path_argument = click.argument("path", metavar="FIL", type=click.Path(path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="Skriv JSON i stället för tabell.")
actor_option = click.option("--as", "actor", metavar="NAMN", help="Vem som gör ändringen (annars LSK_ACTOR).")


yes_option = click.option("--yes", is_flag=True, help="Fråga inte först.")


def confirm(question: str, yes: bool) -> None:
    """Ask before what cannot be taken back, unless it was said already; anything but "ja" ends the command."""
    if not yes and click.prompt(f"{question} Skriv ja", default="nej", show_default=False).strip().lower() != "ja":
        raise click.Abort


def acting(actor: str | None, path: Path | None = None) -> str:
    """Who is acting: --as, LSK_ACTOR, what this computer remembers for the file, or the user's name. Never asked."""
    from lsk import remembered

    return actor or os.environ.get("LSK_ACTOR") or remembered.actor(path) or remembered.user_name()


def open_store(path: Path, readonly: bool = False) -> Store:
    from lsk.store import Store

    return Store.open(path, readonly=readonly)


def emit(rows: Sequence[dict[str, Any]], as_json: bool, headers: dict[str, str] | None = None, empty: str = "") -> None:
    """Print rows: JSON as they are, or a table with ``headers`` (key → heading) as its columns."""
    if as_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo(empty or "Inget att visa.")
        return
    from tabulate import tabulate

    headers = headers or {key: key for key in rows[0]}
    table = [[shorten(row.get(key)) for key in headers] for row in rows]
    click.echo(tabulate(table, headers=list(headers.values()), tablefmt="simple", disable_numparse=True))


def shorten(value: Any, width: int = 60) -> str:
    """One line of a cell; – for what is not known."""
    if value is None:
        return "–"
    text = " ".join(str(value).split())
    return text if len(text) <= width else text[: width - 1] + "…"


def say(text: str) -> None:
    """What is going on, for a person at a terminal only."""
    if sys.stderr.isatty():
        click.echo(text, err=True)
