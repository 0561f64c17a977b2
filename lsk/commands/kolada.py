"""The command that fetches from Kolada."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsk.cli_support import acting, actor_option, command, json_option, open_store, path_argument, say
from lsk.errors import Usage

if TYPE_CHECKING:
    from lsk.comparisons import Fetched
    from lsk.store import Store

SECONDS = 30.0


@command("kolada")
@path_argument
@click.option("--kpi", "kpis", metavar="ID[=högre|lägre]", multiple=True, help="Nyckeltal (annars filens egna).")
@click.option("--own", metavar="KOD", default="", help="Den egna kommunens kod, fyra siffror (sparas i filen).")
@click.option(
    "--with",
    "others",
    metavar="KOD",
    multiple=True,
    help="Kommun, region eller riket (0000) att jämföra med (annars de som filen har).",
)
@click.option("--year", "years", metavar="ÅR", multiple=True, help="Ett år eller 2019-2024 (annars alla år).")
@click.option(
    "--from", "folder", metavar="MAPP", type=click.Path(path_type=Path), help="Läs sparade svar i stället för nätet."
)
@click.option("--save", metavar="MAPP", type=click.Path(path_type=Path), help="Spara svaren, för en dator utan nät.")
@click.option("--base", metavar="ADRESS", default="", help="Koladas adress (annars LSK_KOLADA eller den vanliga).")
@actor_option
@json_option
def kolada(
    path: Path, kpis: tuple[str, ...], own: str, others: tuple[str, ...], years: tuple[str, ...], folder: Path | None,
    save: Path | None, base: str, actor: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Hämta nyckeltal från Kolada till FIL: egna värden blir mätningar, andras blir jämförelsevärden.

    Exempel: lsk kolada kommun.db --kpi U21468=högre --own 0683 --with 0000 --with 1497 --year 2019-2024
    """
    from lsk import kolada
    from lsk.comparisons import fetch

    def run(store: Store, source: kolada.Source) -> Fetched:
        return fetch(
            store, source, kpis=list(kpis), own=own, others=list(others), years=every_year(years),
            actor=acting(actor, path), report=say,
        )  # fmt: skip

    with open_store(path) as store:
        if folder is not None:
            fetched = run(store, kolada.Saved(folder))
        else:
            import httpx

            answers: list[str] = []
            with httpx.Client(timeout=SECONDS, follow_redirects=True) as client:
                address = base or os.environ.get("LSK_KOLADA") or kolada.BASE
                fetched = run(store, kolada.Online(client, address, answers=answers))
            if save is not None:
                write(save, answers)
    if as_json:
        click.echo(json.dumps(fetched.as_data(), ensure_ascii=False))
        return
    click.echo(
        f"{fetched.read} värden: {fetched.new} nya, {fetched.changed} ändrade, {fetched.unchanged} oförändrade; "
        f"{fetched.without_value} saknar värde i Kolada."
    )
    if fetched.indicators:
        click.echo(f"Nya indikatorer: {', '.join(fetched.indicators)}")
    if fetched.by_gender:
        click.echo(f"{fetched.by_gender} värden för bara kvinnor eller män är inte hämtade.", err=True)
    for note in fetched.notes:
        click.echo(note, err=True)


def every_year(texts: tuple[str, ...]) -> list[int]:
    """``2024`` or ``2019-2024``, in order."""
    years: set[int] = set()
    for text in texts:
        match = re.fullmatch(r"((?:19|20|21)\d\d)(?:-((?:19|20|21)\d\d))?", text.strip(), re.ASCII)
        if not match or (match[2] and match[2] < match[1]):
            raise Usage(f"”{text}” är inget år. Skriv 2024 eller 2019-2024.")
        years |= set(range(int(match[1]), int(match[2] or match[1]) + 1))
    return sorted(years)


def write(folder: Path, answers: list[str]) -> None:
    """Each answer as it came, numbered."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(answers, 1):
        (folder / f"svar-{number:03d}.json").write_text(text, encoding="utf-8", newline="\n")
