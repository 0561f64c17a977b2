"""Commands about the law register: list, show, impact, adopt, settle, checked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lsk.cli_support import Command, Group, acting, actor_option, emit, json_option, open_store
from lsk.errors import LskError, Usage
from lsk.terms import numbered

if TYPE_CHECKING:
    import sqlite3

    from lsk.law.register import Cited
    from lsk.store import Store

HELP = {
    "list": "Visa författningarna, eller paragraferna i en.",
    "show": "Visa ett lagrum i alla lydelser, eller den som gällde en dag.",
    "impact": "Visa allt som lutar sig mot ett lagrum, och vem som ansvarar.",
    "adopt": "Inför en ny lydelse, och lägg upp vad som ska anpassas.",
    "settle": "Avgör vad som händer med det som ska anpassas.",
    "checked": "Säg att ett lagrum är kontrollerat mot källan.",
}
STATUTES = {
    "law": "Författning", "name": "Namn", "valid_from": "Från", "valid_to": "Till", "replaced_by": "Ersatt av",
    "provisions": "Lagrum", "certainty": "Säkerhet", "checked_on": "Kontrollerad", "checked_by": "Av",
}  # fmt: skip
WORDINGS = {
    "ref": "Beteckning", "law": "Lagrum", "heading": "Rubrik", "valid_from": "Från", "valid_to": "Till",
    "became": "Blev", "certainty": "Säkerhet", "checked_on": "Kontrollerad", "checked_by": "Av",
}  # fmt: skip
IMPACT = {
    "kind": "Slag", "ref": "Beteckning", "title": "Vad", "unit_name": "Enhet", "owner": "Ansvarig", "cites": "Lagrum",
    "through": "Genom",
}  # fmt: skip
ASSESSMENTS = {
    "code": "Krav", "ref": "Tillämpning", "fulfilment": "Bedömning", "assessed_on": "Bedömd", "against": "Mot lydelsen",
}  # fmt: skip


class Law(Group):
    """The file comes before what is to be done with it."""

    line = "FIL KOMMANDO [ARGUMENT …]"
    commands_help = HELP


@click.group("law", cls=Law)
@click.argument("path", metavar="FIL", type=click.Path(path_type=Path))
@click.pass_context
def law(ctx: click.Context, path: Path) -> None:
    """Lagregistret i FIL: författningar och lagrum i lydelser, vad som lutar sig mot dem, och vad en ändring kräver.

    Ett LAGRUM skrivs som "SoL 2001:453 14 kap. 3 §", som "SoL 2025:400" för hela lagen, eller med sin beteckning.
    """
    ctx.obj = path


def on(value: str | None) -> str | None:
    """A day as a person writes it."""
    from lsk.values import parse_date

    return None if value is None else parse_date(value, date.today())


def meant(store: Store, text: str, day: str | None = None) -> Cited:
    from lsk.law.register import cited

    return cited(store.db, text, day or store.today.isoformat())


def plain(rows: list[sqlite3.Row]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


day_option = click.option("--on", "day", metavar="DATUM", help="Bara det som gällde den dagen.")
law_argument = click.argument("text", metavar="LAGRUM")


@law.command("list", cls=Command)
@click.argument("text", metavar="[FÖRFATTNING]", required=False)
@day_option
@json_option
@click.pass_obj
def list_law(path: Path, text: str | None, day: str | None, as_json: bool) -> None:
    """Visa författningarna i FIL, eller lagrummen i en FÖRFATTNING, med säkerhet och när de kontrollerades."""
    from lsk.law import register

    with open_store(path, readonly=True) as store:
        if text is None:
            emit(plain(register.statutes(store.db, on(day))), as_json, STATUTES, empty="Lagregistret är tomt.")
            return
        found = meant(store, text, on(day))
        rows = register.listed(store.db, found.provisions, on(day))
        emit(plain(rows), as_json, WORDINGS, empty=f"Inga lagrum i {text} är upplagda.")


@law.command("show", cls=Command)
@law_argument
@day_option
@json_option
@click.pass_obj
def show(path: Path, text: str, day: str | None, as_json: bool) -> None:
    """Visa LAGRUM med vad det var och blev, och vilken lydelse varje bedömning är gjord mot.

    Exempel: lsk law kommun.db show "SoL 2001:453 14 kap. 3 §" --on 2025-07-01
    """
    from lsk.law import register
    from lsk.law.assessments import assessments

    with open_store(path, readonly=True) as store:
        found = meant(store, text, on(day))
        rows = plain(register.wordings(store.db, found.provisions, on(day)))
        assessed = plain(assessments(store.db, found.provisions)) if day is None else []
    if as_json:
        emit([row | {"assessments": [a for a in assessed if a["wording"] == row["id"]]} for row in rows], True)
        return
    none = f"Ingen lydelse av {text} gällde {on(day)}." if day else f"Inga lagrum i {text} är upplagda."
    emit(rows, False, WORDINGS, empty=none)
    for row in rows:
        if row["note"]:
            click.echo(f"\n{row['law']}: {row['note']}")
    if assessed:
        click.echo("")
        emit(assessed, False, ASSESSMENTS)


@law.command("impact", cls=Command)
@law_argument
@json_option
@click.pass_obj
def impact_command(path: Path, text: str, as_json: bool) -> None:
    """Visa krav, tillämpningar, dokument, kontroller, rapportrubriker och uppgifter som lutar sig mot LAGRUM.

    Det som hänvisar till en äldre eller nyare lydelse av samma lagrum är med. Exempel:

    lsk law kommun.db impact "SoL 2001:453 14 kap. 3 §"
    """
    from lsk.law.impact import impact

    with open_store(path, readonly=True) as store:
        rows = plain(impact(store.db, meant(store, text).provisions))
        named = [row | {"kind": store.terms.entity_label(row["entity"]).lower()} for row in rows]
    emit(named, as_json, IMPACT, empty=f"Inget i filen lutar sig mot {text}.")


@law.command("adopt", cls=Command)
@click.argument("old", metavar="LAGRUM")
@click.argument("new", metavar="[NYTT]", required=False)
@click.option("--from", "day", metavar="DATUM", help="Dagen den nya lydelsen börjar gälla.")
@click.option("--heading", metavar="TEXT", default="", help="Rubrik för den nya lydelsen (annars den gamla).")
@click.option("--note", metavar="TEXT", default="", help="Vad som ändras.")
@actor_option
@click.pass_obj
def adopt_command(
    path: Path, old: str, new: str | None, day: str | None, heading: str, note: str, actor: str | None
) -> None:
    """Inför NYTT i stället för LAGRUM, och lägg upp en anpassning för varje post som lutar sig mot det gamla.

    Utan NYTT: samma paragraf i ny lydelse från --from, eller det som registret redan säger att lagrummet blev.
    Listan: lsk list FIL anpassning status=väntar
    """
    from lsk.law.adopting import adopt

    if new is not None and (heading or note):
        raise Usage("--heading och --note gäller en ny lydelse av samma paragraf. Ange inget NYTT, utan --from.")
    with open_store(path) as store:
        start = on(day)
        new_law = meant(store, new, start) if new else None
        words = {key: value for key, value in (("heading", heading), ("note", note)) if value}
        done = adopt(store, meant(store, old), new_law, start, acting(actor, path), words)
    known = f" {numbered(done.known, 'fanns', 'fanns')} redan." if done.known else ""
    click.echo(f"{numbered(done.work, 'post', 'poster')} att anpassa är upplagda.{known}")
    if done.open_ends:
        click.echo(
            f"{numbered(done.open_ends, 'post', 'poster')} saknar nytt lagrum i registret: ange det med settle --to."
        )
    if done.work or done.known:
        click.echo(f"Se dem med: lsk list {path} anpassning status=väntar")


@law.command("settle", cls=Command)
@click.argument("outcome", metavar="UTFALL")
@click.argument("items", metavar="BETECKNING…", nargs=-1, required=True)
@click.option("--to", "to", metavar="LAGRUM", help="Vart posten flyttas (annars det nya lagrum som står i listan).")
@click.option("--reason", metavar="TEXT", help="Skälet. Behövs för behålls och avgjord, om inget beslut anges.")
@click.option("--decision", metavar="BETECKNING", help="Beslutet.")
@actor_option
@click.pass_obj
def settle_command(
    path: Path, outcome: str, items: tuple[str, ...], to: str | None, reason: str | None, decision: str | None,
    actor: str | None,
) -> None:  # fmt: skip
    """Avgör anpassningar. UTFALL: behålls, flyttad (posten flyttas också) eller avgjord."""
    from lsk.law.adopting import MOVED, settle
    from lsk.model import ENTITIES

    workflow = ENTITIES["adaptation"].workflow
    assert workflow is not None
    if outcome not in workflow.final:
        raise Usage(f"”{outcome}” är inget utfall. Välj {', '.join(workflow.final)}.")
    if to and outcome != MOVED:
        raise Usage(f"--to gäller bara utfallet {MOVED}.")
    with open_store(path) as store:
        where = meant(store, to) if to else None
        settle(store, items, outcome, acting(actor, path), to=where, reason=reason, decision=decision)
        left = store.db.execute("SELECT count(*) FROM adaptation WHERE status = 'väntar'").fetchone()[0]
    click.echo(f"{numbered(len(items), 'post är', 'poster är')} {outcome}. {left} väntar.")


@law.command("checked", cls=Command)
@law_argument
@click.option("--on", "day", metavar="DATUM", default="idag", help="Dagen (annars idag).")
@click.option("--by", metavar="NAMN", help="Vem som läste källan (annars den som gör ändringen).")
@click.option("--certainty", metavar="ORD", default="läst i källan", help="Hur säkert det är (annars läst i källan).")
@actor_option
@click.pass_obj
def checked(path: Path, text: str, day: str, by: str | None, certainty: str, actor: str | None) -> None:
    """Säg att LAGRUM är jämfört med källan, av vem och när. Bara författningens namn gäller raden om den."""
    from lsk.law.adopting import check_off
    from lsk.model.law import CERTAINTY

    if certainty not in CERTAINTY:
        raise Usage(f"”{certainty}” finns inte. Välj {'; '.join(CERTAINTY)}.")
    read = on(day)
    if read is None or read > date.today().isoformat():
        raise LskError(f"{read} har inte varit än. Ange dagen då källan lästes.")
    with open_store(path) as store:
        who = acting(actor, path)
        rows = check_off(store, meant(store, text), read, by or who, certainty, who)
    click.echo(f"{text}: {numbered(rows, 'rad är kontrollerad', 'rader är kontrollerade')} {read} av {by or who}.")
