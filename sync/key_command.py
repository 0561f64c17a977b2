"""``lsk key``: where a file's key is, a copy of it, and how it comes to another computer."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lsk.cli_support import (
    acting,
    actor_option,
    command,
    confirm,
    json_option,
    open_store,
    path_argument,
    yes_option,
)
from lsk.errors import LskError, Usage


@command("key", short_help="Visa, kopiera och läs in filens nyckel.")
@path_argument
@click.option(
    "--save", metavar="TILL", type=click.Path(path_type=Path), help="Skriv en kopia av nyckeln, låst med lösenfras."
)
@click.option("--load", metavar="FRÅN", type=click.Path(path_type=Path), help="Läs in nyckeln ur en kopia.")
@click.option(
    "--new", "renew", is_flag=True, help="Ge huvudfilen en ny nyckel, när den är borta och ingen kopia finns."
)
@yes_option
@actor_option
@json_option
def key(
    path: Path, save: Path | None, load: Path | None, renew: bool, yes: bool, actor: str | None, as_json: bool
) -> None:
    """Visa om nyckeln som FIL skriver under med finns på den här datorn. Flytta den med --save och --load."""
    if (save is not None) + (load is not None) + renew > 1:
        raise Usage("Ange ett av --save TILL, --load FRÅN och --new.")
    if renew:
        renewed(path, yes, acting(actor, path))
        return
    from .ownership import key_advice

    with open_store(path, readonly=True) as store:
        replica, stream = store.file.replica, store.file.stream
        advice = key_advice(store)
        known = store.db.execute("SELECT sign_key FROM sync_stream WHERE no = ?", (stream,)).fetchone()
    if save:
        saved(replica, path, save)
    elif load:
        loaded(replica, path, load, known["sign_key"] if known else None)
    else:
        shown(replica, path, known["sign_key"] if known else None, advice, as_json)


def saved(replica: str, path: Path, to: Path) -> None:
    from . import keys

    if keys.own(replica) is None:  # before a passphrase is asked for
        raise LskError(f"Nyckeln för {path} finns inte på den här datorn. Kopiera den på datorn där filen används.")
    if to.exists():
        raise LskError(f"{to} finns redan. Välj ett annat filnamn.")
    phrase = click.prompt("Lösenfras", hide_input=True, confirmation_prompt="Lösenfrasen en gång till")
    keys.save_copy(replica, to, phrase)
    click.echo(f"Klart: {to} är en kopia av nyckeln för {path}. Förvara den och lösenfrasen på skilda ställen.")


def loaded(replica: str, path: Path, copy: Path, announced: bytes | None) -> None:
    """Take the key in only when it is this file's, and the one that the file has announced."""
    from . import keys

    keys.locked_copy(copy)  # before a passphrase is asked for
    found = keys.unlocked(copy, click.prompt("Lösenfras", hide_input=True))
    if found.replica != replica:
        raise LskError(f"{copy} är nyckeln för en annan fil, inte för {path}. Välj rätt kopia.")
    if announced is not None and announced != found.public.sign:
        raise LskError(f"{copy} är en äldre nyckel än den som {path} har anmält. Välj en nyare kopia.")
    keys.take_in(found)
    click.echo(f"Klart: nyckeln för {path} finns nu på den här datorn, i {keys.key_file(replica)}.")


def renewed(path: Path, yes: bool, actor: str) -> None:
    from .ownership import renew

    confirm(f"Ge {path} en ny nyckel? Den gamla gäller sedan inte mer, och varje enhetsfil måste synkas direkt.", yes)
    with open_store(path) as store:
        renew(store, actor)
        units = store.db.execute(
            "SELECT code FROM sync_stream WHERE no <> ? AND revoked_at IS NULL ORDER BY no", (store.file.stream,)
        )
        codes = ", ".join(row["code"] for row in units)
    click.echo(f"Klart: {path} har en ny nyckel. Säkerhetskopiera den med: lsk key {path} --save TILL")
    if codes:
        click.echo(f"Synka sedan varje enhetsfil direkt en gång ({codes}): lsk sync {path} ENHETSFIL")


def shown(replica: str, path: Path, announced: bytes | None, advice: str, as_json: bool) -> None:
    from . import keys

    held = keys.own(replica)
    here = held is not None and announced in (None, held.public.sign)
    if as_json:
        told = {
            "replica": replica,
            "here": here,
            "announced": announced is not None,
            "file": str(keys.key_file(replica)),
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif here:
        click.echo(
            f"Nyckeln för {path} finns på den här datorn: {keys.key_file(replica)}. Säkerhetskopiera den med --save."
        )
    elif announced:
        click.echo(f"Nyckeln för {path} finns inte på den här datorn. {advice}")
    else:
        click.echo(f"{path} har ingen nyckel än. Den får en när filen synkas genom en plats eller som synkfil.")
