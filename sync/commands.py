"""The commands of sync: unit-file, sync, conflicts, verify."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lsk.cli_support import (
    acting,
    actor_option,
    command,
    confirm,
    emit,
    json_option,
    open_store,
    path_argument,
    say,
    yes_option,
)
from lsk.errors import LskError, Usage
from lsk.terms import numbered

if TYPE_CHECKING:
    from lsk.store import Store

    from .conflicts import Conflict
    from .merge import Summary
    from .take import Taken

RESTORED = "Enhetens fil har fått tillbaka huvudfilens version."


@command("unit-file", short_help="Gör en enhets egen fil ur huvudfilen.")
@path_argument
@click.argument("unit", metavar="[ENHET]", required=False)
@click.argument("out", metavar="[UT]", required=False, type=click.Path(path_type=Path))
@click.option("--revoke", metavar="KOD", help="Spärra filen med koden: inget mer tas in från den.")
@click.option("--why", metavar="TEXT", default="", help="Varför den spärras; står sedan i historiken.")
@yes_option
@actor_option
@json_option
def unit_file(
    path: Path, unit: str | None, out: Path | None, revoke: str | None, why: str, yes: bool, actor: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Gör en fil för ENHET (kortnamn, namn eller beteckning): enhetens egna poster och de gemensamma som den läser.

    En fil som kommit bort spärras med --revoke KOD. Det som den redan har skickat står kvar.
    """
    if revoke and not unit:
        revoked(path, revoke, why, yes, actor)
    elif unit and out and not revoke:
        made(path, unit, out, actor, as_json)
    else:
        raise Usage(
            f"Ange enhet och ny fil: lsk unit-file {path} ENHET UT. "
            f"Spärra en fil med: lsk unit-file {path} --revoke KOD"
        )


def revoked(path: Path, code: str, why: str, yes: bool, actor: str | None) -> None:
    from .ownership import revocable, revoke

    with open_store(path) as store:
        row = revocable(store, code)
        confirm(f"Spärra filen {row['code']} ({row['name']})? Inget mer tas in från den, och det kan inte ångras.", yes)
        revoke(store, code, acting(actor, path), why)
    click.echo(
        f"Spärrad: {code.upper()}. Inget mer tas in från den filen; det som den har skickat står kvar. "
        f"Gör en ny med: lsk unit-file {path} ENHET UT"
    )


def made(path: Path, unit: str, out: Path, actor: str | None, as_json: bool) -> None:
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


@command("sync", short_help="Synka filer, direkt eller genom en gemensam plats.")
@path_argument
@click.argument("others", metavar="[ENHETSFIL]…", nargs=-1, type=click.Path(path_type=Path))
@click.option("--hub", metavar="PLATS", help="Synka genom en mapp, sftp://, webdavs:// eller s3:// som alla når.")
@click.option("--compact", is_flag=True, help="Städa också platsen på det som filen skrivit och ingen behöver mer.")
@click.option("--watch", metavar="PLATS", help="Synka genom platsen gång på gång, tills du trycker Ctrl+C.")
@click.option("--every", metavar="SEKUNDER", type=click.FloatRange(min=1), default=60, help="Hur ofta (60).")
@click.option("--status", is_flag=True, help="Visa filerna: när de hördes av, vad som väntar, nycklar, spärrade.")
@click.option(
    "--days", metavar="DAGAR", type=click.IntRange(min=1), default=14, help="Märk den som är tyst så länge (14)."
)
@click.option("--adopt", is_flag=True, help="Gör kopior som ändrats var för sig till egna filer, och synka dem sedan.")
@click.option("--dry-run", is_flag=True, help="Visa vad som skulle hända; inget ändras.")
@actor_option
@json_option
def sync(
    path: Path, others: tuple[Path, ...], hub: str | None, compact: bool, watch: str | None, every: float, status: bool,
    days: int, adopt: bool, dry_run: bool, actor: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Synka FIL: huvudfilen direkt med enheternas filer, eller vilken fil som helst genom en plats som alla når.

    Genom en plats läser filen det som är nytt till den och skriver det som är nytt i den, krypterat och underskrivet.
    """
    for option, place in (("--hub", hub), ("--watch", watch)):
        if place is not None and (not place.strip() or place.startswith("--")):  # the next option taken for a place
            raise Usage(f"Valet {option} ska ha en plats efter sig, till exempel: lsk sync {path} {option} MAPP")
    if sum(map(bool, (others, hub, watch, status))) != 1 or (compact and not hub):
        raise Usage(
            f"Ange ett av: enhetsfiler (lsk sync {path} ENHETSFIL …), --hub PLATS (kanske med --compact), "
            "--watch PLATS eller --status."
        )
    if adopt:
        adopted(path, others, dry_run, actor, as_json)
    if others:
        return directly(path, others, dry_run, actor, as_json)
    from . import commands_exchange

    if hub:
        commands_exchange.through_place(path, hub, actor, compact, dry_run, as_json)
    elif watch:
        commands_exchange.watched(path, watch, actor, every)
    else:
        commands_exchange.overview(path, days, as_json)


def adopted(path: Path, others: tuple[Path, ...], dry_run: bool, actor: str | None, as_json: bool) -> None:
    """Make each copy a file of its own before it is synced, and say what is called otherwise now."""
    from .adopt import adopt, renamed

    if not others or dry_run:
        raise Usage(f"Ange kopian som ska bli en egen fil, utan --dry-run: lsk sync {path} KOPIA --adopt")
    for other in others:
        info = adopt(path, other, acting(actor, path))
        with open_store(other, readonly=True) as copy:
            given = renamed(copy)
        # Standard output is the report of the sync, when a program reads it.
        click.echo(f"{other} är nu en egen fil med koden {info.code}; nya poster i den heter efter koden.", err=as_json)
        for old, new in given:
            click.echo(f"  {old} i den filen heter nu {new}.", err=as_json)


def directly(path: Path, others: tuple[Path, ...], dry_run: bool, actor: str | None, as_json: bool) -> None:
    from .merge import sync_files
    from .sides import refuse_network

    for file in (path, *others):
        refuse_network(file)
    say(f"Synkar {numbered(len(others), 'fil', 'filer')} med {path} …")
    summaries = sync_files(path, others, acting(actor, path), dry_run)
    if as_json:
        click.echo(json.dumps([as_data(s) for s in summaries], ensure_ascii=False, indent=2))
        return
    if dry_run:
        click.echo("Prov på kopior; inget är ändrat.")
    for summary in summaries:
        tell(summary)
    if sum(len(s.conflicts) for s in summaries):
        click.echo(f"Avgör konflikterna med: lsk conflicts {path} --decide KOD --take ours, theirs eller ett värde")


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
    if n := summary.up.unsealed:
        click.echo(f"  {unsigned(n)}")
    if n := summary.up.forgotten:
        what = numbered(n, "ändring", "ändringar")
        click.echo(f"  {what} av poster som är gallrade efter beslut är också {'gallrad' if n == 1 else 'gallrade'}.")
    for names in (summary.up.unknown, summary.down.unknown):
        if names:
            click.echo(
                f"  Sparat men inte visat: {', '.join(names)} finns bara i en nyare version av LSK. Uppdatera LSK."
            )
    for conflict in summary.conflicts:
        click.echo(f"  Konflikt: {line(conflict)}")


def unsigned(n: int) -> str:
    """What is said of changes that the unit's own key does not vouch for."""
    if n == 1:
        return "1 ändring hade enheten inte hunnit skriva under. Den är med, för du gav filen själv."
    return f"{n} ändringar hade enheten inte hunnit skriva under. De är med, för du gav filen själv."


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
    return ", ".join(numbered(*part) for part in parts if part[0]) or "inget"


def line(conflict: Conflict) -> str:
    values = " ≠ ".join(f"”{s.words}” ({s.actor}, {s.file}, {s.at[:10]})" for s in conflict.sides)
    return f"{conflict.ref} {conflict.label}: {values} [{conflict.code}]"


@command("conflicts", short_help="Visa och avgör konflikter efter synk.")
@path_argument
@click.option("--decide", "code", metavar="KOD", help="Avgör konflikten med denna kod ur listan.")
@click.option("--take", metavar="VÄRDE", help="ours (denna fils), theirs (den andras), eller värdet som ska gälla.")
@actor_option
@json_option
def conflicts(path: Path, code: str | None, take: str | None, actor: str | None, as_json: bool) -> None:
    """Lista fält som två har ändrat utan att veta om varandra, och avgör dem.

    En konflikts kod är densamma så länge den gäller samma värden, också på de andra filerna.
    """
    from .conflicts import conflicts as listed
    from .conflicts import decide, find

    if (code is None) != (take is None):
        raise Usage("Ange både --decide KOD och --take VÄRDE, eller ingetdera.")
    with open_store(path, readonly=code is None) as store:
        if code is not None and take is not None:
            conflict = find(store, code)
            decide(store, conflict, take, acting(actor, path))
            tell_decided(store, conflict)
            return
        found = listed(store)
    if as_json:
        click.echo(json.dumps([asdict(c) for c in found], ensure_ascii=False, indent=2))
        return
    headers = {
        "code": "Kod",
        "ref": "Beteckning",
        "label": "Fält",
        "base": "Före",
        "shown": "Gäller nu",
        "others": "Andra värden",
    }
    emit([row(c) for c in found], False, headers, empty="Inga konflikter.")


def tell_decided(store: Store, conflict: Conflict) -> None:
    """What the field now holds, so that a slip is seen, and how many are left."""
    from .conflicts import conflicts as listed
    from .conflicts import field_of, shown

    now = store.db.execute(f'SELECT * FROM "{conflict.entity}" WHERE id = ?', (conflict.record,)).fetchone()
    if now is None or not conflict.field:
        value = "borttagen" if now is None else "kvar"
    else:
        value = shown(store.db, field_of(conflict.entity, conflict.field), now[conflict.field])
    click.echo(f"Avgjort: {conflict.ref} {conflict.label} är nu: {value}. Övriga filer får beslutet vid nästa synk.")
    if left := len(listed(store)):
        click.echo(f"{numbered(left, 'konflikt', 'konflikter')} kvar: lsk conflicts {store.path}")


def row(conflict: Conflict) -> dict[str, Any]:
    said = [f"{s.words} ({s.actor}, {s.file})" for s in conflict.sides]
    return {
        "code": conflict.code, "ref": conflict.ref, "label": conflict.label, "base": conflict.base_words or None,
        "shown": said[0] if said else None, "others": "; ".join(said[1:]) or None,
    }  # fmt: skip


@command("verify", short_help="Kontrollera att filen är hel och stämmer med sin logg.")
@path_argument
@click.option("--adopt", is_flag=True, help="Ta in ändringar som gjorts utan logg i historiken, av okänd.")
@click.option("--restore", is_flag=True, help="Lägg tillbaka det som loggen säger i stället.")
@json_option
def verify(path: Path, adopt: bool, restore: bool, as_json: bool) -> None:
    """Kontrollera filens helhet, hänvisningar, loggning, logg, sigill och konflikter. Felkod 1 om något är fel."""
    from .unexplained import settle
    from .verify import verify as examined
    from .verify_log import notices

    if adopt and restore:
        raise Usage("Ange antingen --adopt (ta in ändringarna) eller --restore (lägg tillbaka).")
    if adopt or restore:
        with open_store(path) as store:
            n = settle(store, adopt)
        say(f"{numbered(n, 'ändring', 'ändringar')} {'togs in i historiken' if adopt else 'lades tillbaka'}.")
    with open_store(path, readonly=True) as store:
        found, told = examined(store), notices(store)
    if as_json:
        click.echo(json.dumps([asdict(f) for f in found + told], ensure_ascii=False, indent=2))
    for finding in () if as_json else found + told:
        click.echo(finding.sentence)
    if found:
        raise LskError(f"{path} har {len(found)} fel.")
    if not as_json:
        click.echo(f"{path} är hel: tabellerna stämmer med loggen.")
