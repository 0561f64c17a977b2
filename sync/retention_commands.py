"""The command that destroys by decision: lsk gallring."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsk.cli_support import acting, actor_option, command, emit, json_option, open_store, path_argument
from lsk.errors import Usage

if TYPE_CHECKING:
    from lsk.store import Store

    from .retention import Line, Protocol, Record

HEADERS = {"kind": "Slag", "ref": "Beteckning", "why": "Får gallras", "hindrance": "Hinder"}
COPIES = (
    "Gallrade värden finns kvar i säkerhetskopior och andra kopior av filen: ta bort dem. "
    "Enheternas filer gallras vid nästa synk."
)


@command("gallring", short_help="Gallra: förstör poster efter beslut.")
@path_argument
@click.option("--decision", metavar="BESLUT", help="Beslutet, till exempel ”KS § 12 2026-11-03” eller dess beteckning.")
@click.option("--only", "refs", multiple=True, metavar="BETECKNING", help="Bara denna post. Kan anges flera gånger.")
@click.option("--confirm", is_flag=True, help="Förstör. Det går inte att ångra.")
@actor_option
@json_option
def gallring(
    path: Path, decision: str | None, refs: tuple[str, ...], confirm: bool, actor: str | None, as_json: bool
) -> None:
    """Visa vad som får gallras i huvudfilen FIL enligt gallringsreglerna, och gallra efter beslut.

    Utan --decision visas förslagen. Med --decision visas vad som skulle förstöras, och med --confirm förstörs det.
    """
    from . import forget

    if confirm and decision is None:
        raise Usage('Inget gallras utan beslut. Ange beslutet, till exempel: --decision "KS § 12 2026-11-03"')
    with open_store(path) as store:
        forget.sweep(store)
        if decision is None:
            show(store, as_json)
            return
        records, hindered = chosen(store, refs)
        for sentence in () if as_json else hindered:
            click.echo(sentence)
        if confirm:
            from .retention import destroy

            tell(store, destroy(store, records, decision, acting(actor, path)), as_json)
        else:
            preview(store, records, decision, as_json)


def chosen(store: Store, refs: tuple[str, ...]) -> tuple[list[Record], list[str]]:
    """The records named, or else all that the rules propose and nothing stands in the way of; what hinders the rest."""
    from lsk.records import find

    from .retention import proposals

    if refs:
        return [find(store.db, None, ref) for ref in refs], []
    found = proposals(store)
    hindered = [
        f"{store.terms.entity_label(p.entity)} {p.ref} kan inte gallras än: {p.hindrance}."
        for p in found
        if p.hindrance
    ]
    return [(p.entity, p.record) for p in found if not p.hindrance], hindered


def show(store: Store, as_json: bool) -> None:
    from .retention import proposals, rules

    rows = [{"kind": store.terms.entity_label(p.entity), **asdict(p)} for p in proposals(store)]
    rows = [{**row, "hindrance": row["hindrance"] or None} for row in rows]
    none = "Inget får gallras i dag enligt gallringsreglerna."
    if not rules(store.db):
        none = f"Filen har inga gallringsregler. Lägg till en med: lsk add {store.path} gallringsregel …"
    emit(rows, as_json, HEADERS, empty=none)


def preview(store: Store, records: list[Record], decision: str, as_json: bool) -> None:
    """What would be destroyed, kind by kind."""
    from .retention import lines, refuse

    if not records:
        click.echo("[]" if as_json else "Inget att gallra.")
        return
    refuse(store, records, decision)
    found = lines(store.db)
    if as_json:
        click.echo(json.dumps([asdict(line) for line in found], ensure_ascii=False, indent=2))
        return
    click.echo(f"Skulle gallras enligt {decision}: {counted(store, found)}.")
    click.echo("Inget är gjort. Lägg till --confirm för att förstöra dem; det går inte att ångra.")


def tell(store: Store, protocol: Protocol, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(protocol), ensure_ascii=False, indent=2))
        return
    click.echo(f"Gallrat enligt {protocol.decision}: {counted(store, protocol.lines)}. Protokollet är sparat i filen.")
    copies = sorted(p.name for p in store.path.parent.glob(f"{store.path.stem}-före-uppgradering-*{store.path.suffix}"))
    click.echo(f"{COPIES} Kopior bredvid filen: {', '.join(copies)}." if copies else COPIES)


def counted(store: Store, lines: list[Line]) -> str:
    """ "3 avvikelser (2019-02-01–2020-11-30), 1 utredning"."""
    parts = []
    for line in lines:
        days = f" ({line.first}–{line.last})" if line.first else ""
        parts.append(f"{line.count} {store.terms.entity_label(line.entity, many=line.count != 1).lower()}{days}")
    return ", ".join(parts)
