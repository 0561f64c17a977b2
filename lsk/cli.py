"""The ``lsk`` command. Each subcommand is named here as text and loaded when it is called, so that help is quick."""

from __future__ import annotations

import importlib
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import click

from lsk.cli_support import Group

if TYPE_CHECKING:
    from collections.abc import Sequence


class Entry(NamedTuple):
    """A subcommand: where it lives, and the line it has in the help."""

    where: str
    help: str


COMMANDS = {
    "demo": Entry("sample_db.commands:demo_command", "Bygg exempelkommunen och kör hela kedjan."),
    "new": Entry("lsk.commands.files:new", "Skapa en ny fil från en kommuns profil."),
    "open": Entry("lsk_tui.commands:open_command", "Öppna en fil i appen."),
    "ask": Entry("lsk_tui.commands:ask_command", "Arbeta med fråga och svar i raka rader."),
    "profile": Entry("lsk.commands.profile:profile", "Visa, skriv ut, läs in och jämför profiler."),
    "list": Entry("lsk.commands.records:list_records", "Visa en lista med poster."),
    "show": Entry("lsk.commands.records:show", "Visa en post."),
    "add": Entry("lsk.commands.records:add", "Lägg till en post."),
    "set": Entry("lsk.commands.records:set_fields", "Ändra en post."),
    "delete": Entry("lsk.commands.records:delete", "Ta bort en post."),
    "check": Entry("lsk.commands.files:check", "Visa brister."),
    "trace": Entry("lsk.commands.records:trace", "Följ en tråd, från lagrum till beslut."),
    "overview": Entry(
        "lsk.commands.overview:overview_command", "Visa en översikt: mål, luckor, överenskommelser med mera."
    ),
    "law": Entry("lsk.commands.law:law", "Visa och ändra lagregistret, och vad som lutar sig mot ett lagrum."),
    "year": Entry("lsk.commands.year:year_command", "Planera ett år: vad som är nytt, ändrat och utgår."),
    "calendar": Entry("lsk.commands.year:calendar_command", "Skriv årshjulet som kalenderfil, som för Outlook."),
    "remind": Entry("lsk.commands.year:remind_command", "Visa eller mejla var och en vad den ska göra."),
    "clocks": Entry("lsk.commands.clocks:clocks_command", "Visa lex Sarah, lex Maria och klagomål som har en klocka."),
    "matrix": Entry("lsk.commands.priorities:matrix_command", "Visa prioriteringsmatrisen och beslutsunderlaget."),
    "log": Entry("lsk.commands.history:log", "Visa vad som ändrats, när och av vem."),
    "diff": Entry("lsk.commands.history:diff", "Visa skillnaden mellan två datum."),
    "undo": Entry("sync.undo_command:undo", "Ångra den senaste ändringen, eller en sammanslagning."),
    "redo": Entry("lsk.commands.history:redo", "Gör om det som ångrades."),
    "import": Entry("lsk.commands.csv:import_csv", "Läs in poster från en CSV-fil."),
    "export": Entry("lsk.commands.csv:export_csv", "Skriv poster till CSV-filer."),
    "binder": Entry("lsk.commands.binder:binder", "Skriv enhetens reservpärm, eller vad som ska bytas i den."),
    "archive": Entry("lsk.commands.archive:archive_command", "Skriv ett arkiv som går att läsa utan LSK."),
    "kolada": Entry("lsk.commands.kolada:kolada", "Hämta nyckeltal från Kolada."),
    "unit-file": Entry("sync.commands:unit_file", "Skapa en enhets egen fil."),
    "sync": Entry("sync.commands:sync", "Synka filer, direkt eller genom en gemensam plats."),
    "bundle": Entry("sync.commands_exchange:bundle", "Skriv en synkfil att mejla eller bära."),
    "receive": Entry("sync.commands_exchange:receive", "Ta in synkfiler från mejl eller USB."),
    "key": Entry("sync.key_command:key", "Visa, kopiera och läs in filens nyckel."),
    "conflicts": Entry("sync.commands:conflicts", "Visa och avgör konflikter."),
    "gallring": Entry("sync.retention_commands:gallring", "Visa vad som får gallras, och gallra efter beslut."),
    "verify": Entry("sync.commands:verify", "Kontrollera att filen är hel."),
    "report": Entry("lsk.commands.report:report_command", "Skriv en rapport i Word, med siffrorna och frågorna bakom."),
    "publish": Entry("lsk.commands.publish:publish_command", "Skriv en kopia för nämnden, utan personuppgifter."),
    "serve": Entry("datasette_plugins.commands:serve", "Visa den publicerade kopian i webbläsaren."),
}

# What another package does for a command of lsk's own.
STATIC = "datasette_plugins.static_site:write_static"


def loaded(where: str) -> Any:
    """What is named as text, module:name."""
    module, _, attribute = where.partition(":")
    return getattr(importlib.import_module(module), attribute)


class Lazy(Group):
    """A group whose commands are imported when they are called."""

    options_help = (("--version", "Visa programmets version."), *Group.options_help)
    commands_help: ClassVar = {name: entry.help for name, entry in COMMANDS.items()}

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = loaded(COMMANDS[name].where)
        return command


@click.group(cls=Lazy, invoke_without_command=True)
@click.option("--version", is_flag=True)
@click.pass_context
def cli(ctx: click.Context, version: bool) -> None:
    """Ledningssystem för systematiskt kvalitetsarbete, i en fil.

    Utan kommando öppnas den senaste filen. Hjälp om ett kommando: lsk KOMMANDO --help
    """
    if version:
        from lsk.store import VERSION

        click.echo(f"lsk {VERSION}")
    elif ctx.invoked_subcommand is None:
        command = cli.get_command(ctx, "open")
        assert command is not None
        ctx.invoke(command)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command; every error is one Swedish sentence on stderr and an exit code (design section 11)."""
    from lsk.errors import LskError, file_trouble

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # an old Windows console has no arrows
    try:
        code = cli.main(args=list(args) if args is not None else None, prog_name="lsk", standalone_mode=False)
    except LskError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except click.UsageError as error:
        complain(in_swedish(error))
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        complain("Avbrutet. Inget är ändrat.")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        complain(f"{error.filename or 'Filen'} kan inte läsas eller skrivas: {file_trouble(error)}.")
        sys.exit(1)
    except UnicodeEncodeError:
        complain("Texten innehåller tecken som inte går att spara. Skriv den på nytt.")
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


def complain(text: str) -> None:
    click.echo(text, err=True)


def in_swedish(error: click.UsageError) -> str:
    """What was wrong with the call, and how to see what is right."""
    where = error.ctx.command_path if error.ctx else "lsk"
    return f"{what_was_wrong(error)}. Se: {where} --help"


def what_was_wrong(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter):
        return f"{named(error.param)} saknas"
    if isinstance(error, click.BadParameter):
        return f"Värdet för {named(error.param)} går inte att använda{wanted(error.param)}"
    if isinstance(error, click.NoSuchOption):
        return f"Det finns inget val som heter {error.option_name}"
    if isinstance(error, click.BadOptionUsage):
        return f"Valet {error.option_name} {'ska ha ett' if 'requires' in error.message else 'tar inget'} värde"
    if "No such command" in error.message:
        return f"Det finns inget kommando som heter {error.message.split(chr(39))[1]}"
    if "unexpected extra argument" in error.message:
        return f"För många argument {error.message[error.message.find('(') :].rstrip('.')}"
    return error.message.rstrip(".")


def named(parameter: click.Parameter | None) -> str:
    """A parameter as the help names it: --to, or FIL."""
    if isinstance(parameter, click.Option):
        return parameter.opts[0]
    return "Ett argument" if parameter is None else parameter.human_readable_name


def wanted(parameter: click.Parameter | None) -> str:
    """What the value ought to be."""
    kind = parameter.type if parameter else None
    if isinstance(kind, click.Choice):
        return f": välj något av {', '.join(map(str, kind.choices))}"
    if isinstance(kind, (click.IntRange, click.FloatRange)):
        bounds = [f"{word} {bound}" for word, bound in (("minst", kind.min), ("högst", kind.max)) if bound is not None]
        what = "heltal" if isinstance(kind, click.IntRange) else "tal"
        return f": det ska vara ett {what}" + (f" ({', '.join(bounds)})" if bounds else "")
    if isinstance(kind, click.types.IntParamType):
        return ": det ska vara ett heltal"
    if isinstance(kind, click.Path):
        return ": filen eller mappen finns inte, eller är av fel slag"
    return ""


if __name__ == "__main__":
    main()
