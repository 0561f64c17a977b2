"""``lsk serve``: show what was published in the browser."""

from __future__ import annotations

import socket
from pathlib import Path

import click

from lsk.cli_support import command
from lsk.errors import LskError


@command("serve")
@click.argument("folder", metavar="MAPP", type=click.Path(path_type=Path))
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
@click.option("--open", "browse", is_flag=True, help="Öppna i webbläsaren.")
def serve(folder: Path, port: int, host: str, names: tuple[str, ...], browse: bool) -> None:
    """Visa den publicerade kopian i webbläsaren.

    Bara den här datorn når den, om inget annat anges. Avsluta med Ctrl+C.
    """
    import uvicorn

    from datasette_plugins.instance import build

    site = build(folder, (host, *(name.lower() for name in names)))
    listening = listen(host, port)
    address = f"http://{host}:{listening.getsockname()[1]}/"
    click.echo(f"{folder} visas på {address} (avsluta med Ctrl+C)")
    if browse:
        click.launch(address)
    config = uvicorn.Config(site.app(), log_level="warning", lifespan="on", server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """The address, taken before anything is said about it."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listening.bind((host, port))
        listening.listen()  # from here on a browser waits rather than fails
    except OSError as error:
        listening.close()
        raise LskError(
            f"Adressen {host}:{port} går inte att använda ({error.strerror}). Välj en annan port med --port."
        ) from error
    return listening
