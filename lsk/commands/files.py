"""Commands about the whole file: new, check."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lsk.cli_support import acting, actor_option, command, emit, json_option, open_store, path_argument
from lsk.errors import LskError


@command("new")
@path_argument
@click.option("--profile", metavar="NAMN", required=True, help="Kommunens profil, till exempel ragunda.")
@click.option("--code", metavar="KOD", default="HK", show_default=False, help="Filens kortkod i beteckningar (HK).")
@actor_option
def new(path: Path, profile: str, code: str, actor: str | None) -> None:
    """Skapa en ny huvudfil FIL från en kommuns profil.

    Exempel: lsk new ragunda.db --profile ragunda
    """
    from lsk.store import Store

    if not code.isalnum() or not 1 <= len(code) <= 8:
        raise LskError(f"Kortkoden {code} går inte att använda. Välj 1–8 bokstäver eller siffror, till exempel HK.")
    with Store.create(path, profile, code=code.upper(), actor=acting(actor, path)) as store:
        what = store.db.execute("SELECT name FROM municipality").fetchone()
    click.echo(f"{path} är skapad för {what['name'] if what else profile}.")
    click.echo(f"Nästa steg: lsk check {path}   eller   lsk open {path}")


@command("check")
@path_argument
@click.option("--rules", "show_rules", is_flag=True, help="Visa reglerna i stället för bristerna.")
@click.option("--rule", "only", metavar="REGEL", multiple=True, help="Bara den här regeln (kan upprepas).")
@json_option
def check(path: Path, show_rules: bool, only: tuple[str, ...], as_json: bool) -> None:
    """Visa bristerna i FIL: vad som saknas, är för sent eller bygger på upphävd lag.

    Avslutas med kod 1 när det finns brister.
    """
    from dataclasses import asdict

    from lsk import rules

    if show_rules:
        rows = [
            {"rule": r.name, "entity": r.entity, "kind": r.kind, "requirement": r.requirement, "text": r.in_words}
            for r in rules.load().values()
        ]
        emit(rows, as_json, {"text": "Säger till när", "kind": "Slag", "requirement": "Krav", "rule": "Regel"})
        return
    unknown = set(only) - set(rules.load())
    if unknown:
        raise LskError(f"Det finns ingen regel som heter {', '.join(sorted(unknown))}. Se: lsk check {path} --rules")
    with open_store(path, readonly=True) as store:
        found = rules.check(store.db, only)
    rows = [asdict(f) for f in found]
    headers = {"severity": "Grad", "ref": "Post", "message": "Brist", "requirement": "Krav", "remedy": "Gör så här"}
    emit(rows, as_json, headers, empty="Inga brister.")
    if not as_json and found:
        click.echo(f"\n{len(found)} {'brist' if len(found) == 1 else 'brister'}.")
    sys.exit(1 if found else 0)
