"""Commands about what happened: log, diff, redo. (undo also takes back merges, and so is sync's.)"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lsk.cli_support import acting, actor_option, command, json_option, open_store, path_argument, shorten

if TYPE_CHECKING:
    from lsk.history import CellChange, ChangeSet
    from lsk.store import Store

MOST = 12  # fields shown of one change set in the table


@command("log")
@path_argument
@click.argument("ref", metavar="[BETECKNING]", required=False)
@click.option("--limit", metavar="N", type=click.IntRange(1), default=20, help="Högst N ändringar (20).")
@json_option
def log(path: Path, ref: str | None, limit: int, as_json: bool) -> None:
    """Visa vad som ändrats i FIL, eller i en post: när, av vem, från och till."""
    from lsk import history
    from lsk.records import find

    with open_store(path, readonly=True) as store:
        record = find(store.db, None, ref)[1] if ref else None
        sets = history.log(store.db, limit, record, most=history.ALL if as_json else MOST)
        if as_json:
            click.echo(json.dumps([asdict(s) for s in sets], ensure_ascii=False, indent=2))
            return
        for one in sets:
            show_set(store, one)
        if not sets:
            click.echo("Inga ändringar.")


def local(moment: str) -> str:
    """A moment of the log as the clock on the wall said."""
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def show_set(store: Store, one: ChangeSet) -> None:
    from lsk.history import OUTSIDE

    who = f"okänd  {OUTSIDE}" if one.actor is None else f"{one.actor}  {one.why or ''}".rstrip()
    click.echo(f"{local(one.at)}  {one.file}  {who}")
    if one.undoes == one.id:
        return  # a note in the history, which changes nothing
    for change in one.changes[:MOST]:
        click.echo("    " + in_words(store, change))
    if more := len(one.changes[MOST:]) + one.more:
        click.echo(f"    … och {more} fält till")


def in_words(store: Store, change: CellChange) -> str:
    """One changed field: which record, which field, old → new. What only a newer program knows is told as it is."""
    from lsk.capture import RESOLVE
    from lsk.model import ENTITIES

    if change.entity not in ENTITIES or change.field not in ENTITIES[change.entity].names:
        return f"{change.entity}.{change.field}: {shorten(change.old)} → {shorten(change.new)}"
    row = store.db.execute(f'SELECT ref FROM "{change.entity}" WHERE id = ?', (change.record,)).fetchone()
    which = row["ref"] if row else store.terms.entity_label(change.entity)
    if change.kind == RESOLVE and change.field == "ref":
        return f"{which}  avgjort: posten är kvar"
    label = store.terms.field_label(change.entity, change.field)
    if change.kind == RESOLVE:
        return f"{which}  {label}: avgjort, {seen(store, change, change.new)} står fast"
    return f"{which}  {label}: {seen(store, change, change.old)} → {seen(store, change, change.new)}"


def seen(store: Store, change: CellChange, value: Any) -> str:
    from lsk.model import ENTITIES
    from lsk.values import shown

    if change.field == "ref":
        return value or "–"
    return shorten(shown(store.db, ENTITIES[change.entity].field(change.field), value))


@command("diff")
@path_argument
@click.option("--from", "start", metavar="DATUM", required=True, help="Från och med, till exempel 2026-01-01 eller -7.")
@click.option("--to", "end", metavar="DATUM", default="idag", help="Till och med (annars idag).")
@json_option
def diff(path: Path, start: str, end: str, as_json: bool) -> None:
    """Visa vad som blivit annorlunda i FIL mellan två datum."""
    from lsk import history

    with open_store(path, readonly=True) as store:
        changes = history.diff(store.db, midnight(store, start), midnight(store, end, days=1))
        if as_json:
            click.echo(json.dumps([asdict(c) for c in changes], ensure_ascii=False, indent=2))
            return
        for change in changes:
            click.echo(f"{ {1: '+', 2: '~', 3: '-'}[change.kind] } {in_words(store, change)}")
        if not changes:
            click.echo("Ingen skillnad.")


def midnight(store: Store, text: str, days: int = 0) -> str:
    """When a day began, or the day ``days`` after it: by the clock on the wall, as the moment the log knows."""
    from lsk.values import parse_date

    day = datetime.fromisoformat(parse_date(text, store.today)) + timedelta(days)
    return day.astimezone(UTC).isoformat()


@command("redo")
@path_argument
@actor_option
def redo(path: Path, actor: str | None) -> None:
    """Gör om det som senast ångrades i FIL."""
    from lsk import history

    with open_store(path) as store:
        history.redo(store, acting(actor, path))
        click.echo("Gjort om. Se: lsk log " + str(path))
