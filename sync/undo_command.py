"""The command undo: takes back the latest change, or a whole merge."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsk.cli_support import acting, actor_option, command, emit, json_option, open_store, path_argument
from lsk.errors import Usage
from lsk.terms import numbered

if TYPE_CHECKING:
    from .undo_merge import Undone

MOST = 20  # rows that were left as they are, shown one by one


@command("undo", short_help="Ångra den senaste ändringen, eller en sammanslagning.")
@path_argument
@click.argument("number", metavar="[NR]", type=click.IntRange(1), required=False)
@click.option("--merge", is_flag=True, help="Ångra den senaste sammanslagningen, eller den med nummer NR.")
@click.option("--list", "listing", is_flag=True, help="Visa de sammanslagningar som kan ångras (med --merge).")
@actor_option
@json_option
def undo(path: Path, number: int | None, merge: bool, listing: bool, actor: str | None, as_json: bool) -> None:
    """Ångra den senaste ändringen som gjordes i FIL. Ångrandet är självt en ändring och kan göras om.

    Med --merge ångras allt som en sammanslagning förde in, utom det som ändrats efteråt.
    """
    if not merge and (listing or number is not None):
        raise Usage(f"NR och --list gäller sammanslagningar. Skriv: lsk undo {path} --merge")
    if listing:
        show_merges(path, as_json)
    elif merge:
        undo_one(path, number, acting(actor, path), as_json)
    else:
        undo_latest(path, acting(actor, path), as_json)


def undo_latest(path: Path, actor: str, as_json: bool) -> None:
    from lsk import history
    from lsk.commands.history import show_set

    with open_store(path) as store:
        undone = history.undo(store, actor)
        if as_json:
            click.echo(json.dumps(asdict(undone), ensure_ascii=False, indent=2))
            return
        click.echo("Ångrat:")
        show_set(store, undone)


def show_merges(path: Path, as_json: bool) -> None:
    from lsk.commands.history import local

    from .undo_merge import merges

    with open_store(path, readonly=True) as store:
        found = merges(store)
    if as_json:
        emit([asdict(m) for m in found], True)
        return
    headers = {
        "number": "Nr", "at": "När", "code": "Från", "actor": "Av",
        "added": "Nya", "changed": "Ändrade", "removed": "Borttagna", "undone": "",
    }  # fmt: skip
    rows = [asdict(m) | {"at": local(m.at), "undone": "ångrad" if m.undone else ""} for m in found]
    emit(rows, False, headers, empty="Inga sammanslagningar.")


def undo_one(path: Path, number: int | None, actor: str, as_json: bool) -> None:
    from .undo_merge import undo_merge

    with open_store(path) as store:
        undone = undo_merge(store, number, actor)
        if as_json:
            click.echo(json.dumps(asdict(undone), ensure_ascii=False, indent=2))
            return
        tell(path, undone)


def tell(path: Path, undone: Undone) -> None:
    from .commands import label

    merge = undone.merge
    counted = (
        (undone.removed, "borttagen", "borttagna"),
        (undone.changed, "ändrad tillbaka", "ändrade tillbaka"),
        (undone.brought_back, "återtagen", "återtagna"),
    )
    what = ", ".join(numbered(*part) for part in counted if part[0]) or "inget ändrat, konflikterna avgjorda"
    click.echo(f"Ångrat: sammanslagning {merge.number} med {merge.code}: {what}.")
    for row in undone.left[:MOST]:
        click.echo(f"  {label(row.entity)} {row.ref or row.record}: {row.reason}.")
    if len(undone.left) > MOST:
        more = numbered(len(undone.left) - MOST, "post till, lämnad som den är", "poster till, lämnade som de är")
        click.echo(f"  … och {more}.")
    click.echo(f"Enheterna får det vid nästa synk. Gör om med: lsk redo {path}")
