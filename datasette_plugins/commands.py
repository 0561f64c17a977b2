"""``lsk serve``: show what was published in the browser."""

from __future__ import annotations

import contextlib
import secrets
import socket
from functools import partial
from pathlib import Path
from typing import Any

import click

from lsk.cli_support import command, confirm, yes_option
from lsk.errors import LskError, Usage

LINK_NAME = ""  # whoever has the link has no name


@command("serve")
@click.argument("folder", metavar="MAPP", type=click.Path(path_type=Path))
@click.option("--level", metavar="NIVÅ", help="nämnd eller öppen. Nämndens om båda finns i MAPP.")
@click.option(
    "--port",
    metavar="NR",
    type=click.IntRange(0, 65535),
    default=8001,
    help="Port, 8001 om inget anges (0 = en ledig).",
)
@click.option("--host", metavar="ADRESS", default="127.0.0.1", help="Adress att lyssna på, annars bara den här datorn.")
@click.option(
    "--name", "names", metavar="NAMN", multiple=True, help="Namn som webbplatsen får nås under, bakom en annan server."
)
@click.option("--lösenord", "account", metavar="NAMN", help="Ge kontot NAMN ett lösenord, och sluta sedan.")
@click.option("--ta-bort", "removed", metavar="NAMN", help="Ta bort kontot NAMN, och sluta sedan.")
@click.option("--inloggad", "header", metavar="HUVUD", help="Rad där servern framför säger vem som har loggat in.")
@click.option("--open", "browse", is_flag=True, help="Öppna i webbläsaren.")
@yes_option
def serve(
    folder: Path, level: str | None, port: int, host: str, names: tuple[str, ...], account: str | None,
    removed: str | None, header: str | None, browse: bool, yes: bool,
) -> None:  # fmt: skip
    """Visa den publicerade kopian i webbläsaren.

    Nämndens sidor kräver inloggning: med konton (--lösenord), genom en server framför (--inloggad), eller på den egna
    datorn med länken som skrivs ut. Det som är öppet visas för alla. Avsluta med Ctrl+C.
    """
    if account is not None:
        give_password(folder, account)
    elif removed is not None:
        take_away(folder, removed, yes)
    else:
        show(folder, level, port, host, tuple(name.lower() for name in names), header, browse)


def give_password(folder: Path, name: str) -> None:
    from datasette_plugins.accounts import set_password

    must_be_published(folder)
    if not name.strip() or len(name) > 100:
        raise Usage("Ange ett namn på kontot, högst 100 tecken.")
    password = click.prompt(f"Lösenord för {name}", hide_input=True, confirmation_prompt="En gång till")
    set_password(folder, name, password)
    click.echo(f"{name} har fått ett lösenord. Alla får logga in på nytt.")


def take_away(folder: Path, name: str, yes: bool) -> None:
    from datasette_plugins.accounts import remove

    confirm(f"Kontot {name} i {folder} tas bort.", yes)
    remove(folder, name)
    click.echo(f"{name} är borttagen. De andra får logga in på nytt.")


def must_be_published(folder: Path) -> Any:
    """The level that is in the folder. LskError if nothing is."""
    from datasette_plugins.instance import found_in, nothing_in

    level = found_in(folder)
    if level is None:
        raise nothing_in(folder)
    return level


def level_named(folder: Path, name: str | None) -> Any:
    from lsk.model.vocabulary import Publish
    from lsk.publish import LEVELS

    if name is None:
        return must_be_published(folder)
    known = next((level for level in LEVELS if level == name), None)
    if known is None:
        raise Usage(f"Nivån {name} finns inte. Välj {Publish.COMMITTEE} eller {Publish.OPEN}.")
    return known


def access_to(folder: Path, level: Any, host: str, names: tuple[str, ...], header: str | None) -> dict[str, Any] | None:
    """How readers are let in, as ``access.py`` wants it; None when all may read."""
    from datasette_plugins.accounts import accounts_in
    from datasette_plugins.limits import is_loopback
    from lsk.model.vocabulary import Publish

    if level is Publish.OPEN:
        return None
    if header:
        if not is_loopback(host):
            raise Usage("Med --inloggad måste servern framför stå på samma dator. Ta bort --host.")
        return {"header": header}
    known = accounts_in(folder)
    if known and known.accounts:
        return {"accounts": str(folder)}
    if names or not (is_loopback(host) or host == "localhost"):
        raise LskError(
            "Nämndens sidor visas för andra bara bakom inloggning. "
            f"Gör ett konto först med: lsk serve {folder} --lösenord NAMN"
        )
    return {"link": True}


def readers(access: dict[str, Any] | None) -> str:
    """Who may read, in words."""
    if access is None:
        return "alla"
    if "header" in access:
        return "den som servern framför har loggat in"
    return "den som loggar in" if "accounts" in access else "den som har länken"


def show(
    folder: Path, level: str | None, port: int, host: str, names: tuple[str, ...], header: str | None, browse: bool
) -> None:
    import uvicorn

    from datasette_plugins.access import proof
    from datasette_plugins.accounts import FILE
    from datasette_plugins.compat import without_variables
    from datasette_plugins.instance import build
    from datasette_plugins.latest import Latest
    from lsk.publish import LEVELS

    wanted = level_named(folder, level)
    access = access_to(folder, wanted, host, names, header)
    secret = secrets.token_urlsafe(32)
    put_together = partial(build, folder, (host.lower(), *names), wanted, access, bool(names), secret)
    pages = Latest([folder / f"{LEVELS[wanted]}.db", folder / FILE], put_together)
    listening = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/"
    if access and access.get("link"):
        address += f"logga-in?nyckel={proof(pages.site, LINK_NAME)}"
    click.echo(f"{folder} visas på {address} för {readers(access)} (avsluta med Ctrl+C)")
    if names:
        click.echo(f"Servern framför når sidorna där, under namnet {' och '.join(names)}.")
    if browse:
        click.launch(address)
    without_variables()
    config = uvicorn.Config(
        pages,
        log_level="warning",
        access_log=False,
        lifespan="on",
        server_header=False,
        proxy_headers=False,  # the gate reads them itself, and only when there is a server in front
        limit_concurrency=200,
        timeout_graceful_shutdown=5,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
    click.echo("Visningen är avslutad.")


def listen(host: str, port: int) -> socket.socket:
    """The address, taken before anything is said about it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is said, or asyncio does not know it and answers wait 40 ms for the reader's acknowledgement.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.bind((host, port))
        listening.listen()  # from here on a browser waits rather than fails
    except OSError as error:
        listening.close()
        raise LskError(
            f"Adressen {host}:{port} går inte att använda ({error.strerror}). Välj en annan port med --port, eller "
            "en adress som datorn har med --host."
        ) from error
    return listening
