"""The commands of sync: unit-file, sync, conflicts, verify."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lsk.cli_support import acting, actor_option, command, emit, json_option, open_store, path_argument, say
from lsk.errors import LskError, Usage

if TYPE_CHECKING:
    from .conflicts import Conflict
    from .merge import Summary
    from .take import Taken

RESTORED = "Enhetens fil har fått tillbaka huvudfilens version."


@command("unit-file", short_help="Gör en enhets egen fil ur huvudfilen.")
@path_argument
@click.argument("unit", metavar="ENHET")
@click.argument("out", metavar="UT", type=click.Path(path_type=Path))
@actor_option
@json_option
def unit_file(path: Path, unit: str, out: Path, actor: str | None, as_json: bool) -> None:
    """Gör en fil för ENHET (kortnamn, namn eller beteckning): enhetens egna poster och de gemensamma som den läser."""
    from lsk.records import find

    from .unit_file import make_unit_file

    with open_store(path) as store:
        info = make_unit_file(store, find(store.db, "unit", unit)[1], out, acting(actor, path))
    if as_json:
        click.echo(
            json.dumps(
                {"file": str(out), "code": info.code, "unit": info.unit, "name": info.name},
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        click.echo(
            f"Klart: {out} är enhetens fil för {info.name}, med koden {info.code}. Synka den med: lsk sync {path} {out}"
        )


@command("sync", short_help="Synka huvudfilen med enheternas filer.")
@path_argument
@click.argument("others", metavar="[ENHETSFIL]…", nargs=-1, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Visa vad som skulle hända; inget ändras.")
@actor_option
@json_option
def sync(path: Path, others: tuple[Path, ...], dry_run: bool, actor: str | None, as_json: bool) -> None:
    """Ta in enheternas ändringar i huvudfilen FIL, och för huvudfilens nyheter ut till dem."""
    from .merge import sync_files

    if not others:
        raise Usage(f"Ange minst en enhetsfil att synka med: lsk sync {path} ENHETSFIL")
    say(f"Synkar {len(others)} filer med {path} …")
    summaries = sync_files(path, others, acting(actor, path), dry_run)
    if as_json:
        click.echo(json.dumps([as_data(s) for s in summaries], ensure_ascii=False, indent=2))
        return
    if dry_run:
        click.echo("Prov på kopior; inget är ändrat.")
    for summary in summaries:
        tell(summary)
    if sum(len(s.conflicts) for s in summaries):
        click.echo(f"Avgör konflikterna med: lsk conflicts {path} --decide NR --take ours, theirs eller ett värde")


def as_data(summary: Summary) -> dict[str, Any]:
    return {**asdict(summary), "nothing_new": summary.nothing_new}


def tell(summary: Summary) -> None:
    """One line a file, then what a person has to look at."""
    if summary.nothing_new:
        click.echo(f"{summary.file}: inget nytt.")
        return
    click.echo(f"{summary.file}: upp {amount(summary.up)}; ned {amount(summary.down)}.")
    for row in summary.up.quarantined:
        click.echo(f"  Inte taget: {label(row.entity)} {row.ref or row.record}: {row.reason}. {RESTORED}")
    for names in (summary.up.unknown, summary.down.unknown):
        if names:
            click.echo(
                f"  Sparat men inte visat: {', '.join(names)} finns bara i en nyare version av LSK. Uppdatera LSK."
            )
    for conflict in summary.conflicts:
        click.echo(f"  Konflikt: {line(conflict)}")


def label(entity: str) -> str:
    """What people call a kind of record; a kind that only a newer program knows is called what it calls itself."""
    from lsk.model import ENTITIES
    from lsk.terms import entity_label

    return entity_label(entity) if entity in ENTITIES else entity


def amount(taken: Taken) -> str:
    parts = [
        (taken.added, "ny", "nya"),
        (taken.changed, "ändrad", "ändrade"),
        (taken.removed, "borttagen", "borttagna"),
    ]
    return ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in parts if n) or "inget"


def line(conflict: Conflict) -> str:
    values = " ≠ ".join(f"”{s.words}” ({s.actor}, {s.file}, {s.at[:10]})" for s in conflict.sides)
    return f"{conflict.ref} {conflict.label}: {values}"


@command("conflicts", short_help="Visa och avgör konflikter efter synk.")
@path_argument
@click.option("--decide", "number", type=int, metavar="NR", help="Avgör konflikten med detta nummer.")
@click.option("--take", metavar="VÄRDE", help="ours (denna fils), theirs (den andras), eller värdet som ska gälla.")
@actor_option
@json_option
def conflicts(path: Path, number: int | None, take: str | None, actor: str | None, as_json: bool) -> None:
    """Lista fält som två har ändrat utan att veta om varandra, och avgör dem."""
    from .conflicts import conflicts as listed
    from .conflicts import decide, find

    if (number is None) != (take is None):
        raise Usage("Ange både --decide NR och --take VÄRDE, eller ingetdera.")
    with open_store(path, readonly=number is None) as store:
        if number is not None and take is not None:
            conflict = find(store, number)
            decide(store, conflict, take, acting(actor, path))
            click.echo(f"Avgjort: {conflict.ref} {conflict.label}. Övriga filer får beslutet vid nästa synk.")
            return
        found = listed(store)
    if as_json:
        click.echo(json.dumps([asdict(c) for c in found], ensure_ascii=False, indent=2))
        return
    headers = {
        "number": "Nr",
        "ref": "Beteckning",
        "label": "Fält",
        "base": "Före",
        "shown": "Gäller nu",
        "others": "Andra värden",
    }
    emit([row(c) for c in found], False, headers, empty="Inga konflikter.")


def row(conflict: Conflict) -> dict[str, Any]:
    said = [f"{s.words} ({s.actor}, {s.file})" for s in conflict.sides]
    return {
        "number": conflict.number, "ref": conflict.ref, "label": conflict.label, "base": conflict.base_words or None,
        "shown": said[0] if said else None, "others": "; ".join(said[1:]) or None,
    }  # fmt: skip


@command("verify", short_help="Kontrollera att filen är hel och stämmer med sin logg.")
@path_argument
@json_option
def verify(path: Path, as_json: bool) -> None:
    """Kontrollera filens helhet, hänvisningar, loggning, logg och konflikter. Felkod 1 om något är fel."""
    from .verify import verify as examined

    with open_store(path, readonly=True) as store:
        found = examined(store)
    if as_json:
        click.echo(json.dumps([asdict(f) for f in found], ensure_ascii=False, indent=2))
    for finding in () if as_json else found:
        click.echo(finding.sentence)
    if found:
        raise LskError(f"{path} har {len(found)} fel.")
    if not as_json:
        click.echo(f"{path} är hel: tabellerna stämmer med loggen.")
