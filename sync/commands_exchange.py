"""Sync through a place, and by bundles carried by hand: what a person sees of it."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lsk.cli_support import acting, actor_option, command, emit, json_option, open_store, path_argument, say
from lsk.errors import LskError
from lsk.terms import numbered

if TYPE_CHECKING:
    from .arrived import Heard
    from .exchange import Outcome

PATIENCE = 1.0  # seconds before a bar is shown
LISTED = 10  # sentences of one kind shown at once


# --- the commands ----------------------------------------------------------------------------------------------


@command("bundle", short_help="Skriv en synkfil att mejla eller bära.")
@path_argument
@click.option("--to", "to", metavar="MAPP", required=True, type=click.Path(path_type=Path), help="Mappen att skriva i.")
@click.option(
    "--for",
    "code",
    metavar="KOD",
    help="I huvudfilen: bara till enhetsfilen med den här koden. Koderna visas av lsk sync FIL --status.",
)
@json_option
def bundle(path: Path, to: Path, code: str | None, as_json: bool) -> None:
    """Skriv det som mottagaren inte har kvitterat som en krypterad och underskriven fil i MAPP, för mejl eller USB.

    Mottagaren tar in den med: lsk receive FIL SYNKFIL
    """
    from .exchange import bundle as written

    outcome = written(path, to, code)
    if as_json:
        click.echo(json.dumps(as_data(outcome), ensure_ascii=False, indent=2))
        return
    warn(outcome)
    for name in outcome.written:
        click.echo(f"Skrev {Path(to, name)}")
    if not outcome.written:
        click.echo("Inget nytt att skicka.")


@command("receive", short_help="Ta in synkfiler från mejl eller USB.")
@path_argument
@click.argument("files", metavar="SYNKFIL…", nargs=-1, required=True, type=click.Path(path_type=Path))
@actor_option
@json_option
def receive(path: Path, files: tuple[Path, ...], actor: str | None, as_json: bool) -> None:
    """Ta in synkfiler (.lskb) som kommit med mejl eller på USB-minne. Felkod 1 om någon inte kunde tas in."""
    from .exchange import receive as taken

    outcome = taken(path, files, acting(actor, path), steps)
    finish(path, outcome, as_json)
    if not as_json and outcome.fetched.news:
        click.echo(f"Svara med: lsk bundle {path} --to MAPP")


def through_place(
    path: Path, place: str, actor: str | None, shrink: bool, dry_run: bool, as_json: bool
) -> None:  # fmt: skip
    """``lsk sync FILE --hub PLACE``."""
    from .exchange import exchange

    say(f"Synkar {path} genom {place} …")
    outcome = exchange(path, place, acting(actor, path), shrink=shrink, dry_run=dry_run, steps=steps)
    if dry_run and not as_json:
        click.echo("Prov på en kopia; inget är ändrat och inget skickat.")
    finish(path, outcome, as_json)


def finish(path: Path, outcome: Outcome, as_json: bool) -> None:
    """Say what was done; LskError (exit code 1) when something was refused."""
    if as_json:
        click.echo(json.dumps(as_data(outcome), ensure_ascii=False, indent=2))
    else:
        warn(outcome)
        for sentence in summary(path, outcome):
            click.echo(sentence)
    if n := len(outcome.fetched.refused):
        raise LskError(f"{numbered(n, 'synkfil', 'synkfiler')} kunde inte tas in.")


def watched(
    path: Path, place: str, actor: str | None, every: float, wait: Callable[[float], object] | None = None
) -> None:
    """``lsk sync FILE --watch PLACE``: sync again and again until Ctrl+C, and say one line an event."""
    from .exchange import exchange

    wait = wait or threading.Event().wait
    often = "varje sekund" if every == 1 else f"med {every:g} sekunders mellanrum"
    click.echo(f"Bevakar {place} {often}. Avsluta med Ctrl+C.")
    told: list[str] = []
    try:
        while True:
            try:
                outcome = exchange(path, place, acting(actor, path))
                lines = [] if outcome.nothing_new else summary(path, outcome)
            except LskError as error:
                lines = [str(error)]
            for line in lines:
                if line not in told:  # what still waits or is still refused is said once
                    click.echo(f"{datetime.now():%H:%M:%S} {line}")
            told = lines
            wait(every)
    except KeyboardInterrupt:
        click.echo("Bevakningen är avslutad.")


def overview(path: Path, days: int, as_json: bool) -> None:
    """``lsk sync FILE --status``."""
    from .exchange import clock_trouble
    from .status import status

    with open_store(path, readonly=True) as store:
        rows = status(store, days)
        clock = clock_trouble(store.db)
    headers = {
        "code": "Fil", "name": "Enhet", "heard": "Hördes av", "waits": "Väntar", "keys": "Nycklar",
        "mark": "Anmärkning",
    }  # fmt: skip
    emit([asdict(row) for row in rows], as_json, headers, empty="Inga enhetsfiler är gjorda än.")
    if clock:
        click.echo(clock, err=True)


# --- what is said ----------------------------------------------------------------------------------------------


def warn(outcome: Outcome) -> None:
    if outcome.clock:
        click.echo(outcome.clock, err=True)


def summary(path: Path, outcome: Outcome) -> list[str]:
    """What was done, in plain words: from whom, what, how many; what needs somebody; what to do next."""
    if outcome.nothing_new:
        again = outcome.fetched.again
        return ["Redan taget; inget nytt." if again else "Inget nytt."]
    f = outcome.fetched
    lines = [line for heard in f.heard.values() for line in from_one(heard)]
    lines += [f"Väntar: {sentence}" for sentence in shortened(f.waiting)]
    lines += [f"Inte taget: {sentence}" for sentence in shortened(f.refused)]
    if f.foreign:
        lines.append(
            f"Inte synkfiler, lämnade: {', '.join(f.foreign[:LISTED])}{' …' if len(f.foreign) > LISTED else ''}"
        )
    if f.elsewhere:
        lines.append("På platsen finns också filer från en annan huvudfil; de lämnas.")
    if outcome.sent:
        lines.append(f"Skickat till: {', '.join(outcome.sent)}")
    if outcome.removed:
        lines.append(f"Städade bort {numbered(outcome.removed, 'synkfil', 'synkfiler')} som inte längre behövs.")
    if outcome.conflicts:
        from .commands import line

        lines += [f"Konflikt: {sentence}" for sentence in shortened([line(c) for c in outcome.conflicts])]
        lines.append(f"Avgör konflikterna med: lsk conflicts {path} --decide KOD --take ours, theirs eller ett värde")
    return lines


def from_one(heard: Heard) -> Iterator[str]:
    from .commands import RESTORED, amount, label

    taken = heard.taken
    if taken.operations or taken.rows:
        kinds = ", ".join(f"{label(kind).lower()} {n}" for kind, n in sorted(heard.kinds.items()))
        yield f"Från {heard.name}: {amount(taken)}{f' ({kinds})' if kinds else ''}."
    else:
        yield f"Från {heard.name}: kvittens, inga ändringar."
    for row in taken.quarantined:
        yield f"  Inte taget: {label(row.entity)} {row.ref or row.record}: {row.reason}. {RESTORED}"
    if taken.unknown:
        names = ", ".join(sorted(set(taken.unknown)))
        yield f"  Sparat men inte visat: {names} finns bara i en nyare version av LSK. Uppdatera LSK."


def shortened(sentences: Sequence[str]) -> list[str]:
    more = len(sentences) - LISTED
    return [*sentences[:LISTED], f"… och {more} till."] if more > 0 else list(sentences)


def as_data(outcome: Outcome) -> dict[str, Any]:
    return {**asdict(outcome), "nothing_new": outcome.nothing_new}


def steps(label: str, items: Sequence[Any]) -> Iterable[Any]:
    """Go through ``items``; at a terminal a bar when it takes longer than a moment."""
    if not items or not sys.stderr.isatty():
        return items
    return with_bar(label, items)


def with_bar(label: str, items: Sequence[Any]) -> Iterator[Any]:
    say(f"{label} …")
    begun, rest, done = time.monotonic(), iter(items), 0
    for item in rest:
        yield item
        done += 1
        if time.monotonic() - begun > PATIENCE and done < len(items):
            break
    else:
        return
    with click.progressbar(rest, length=len(items), label=label, file=sys.stderr) as bar:
        bar.update(done)
        yield from bar
