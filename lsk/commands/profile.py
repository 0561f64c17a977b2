"""Commands about profiles: list, export, load, diff."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsk.cli_support import Group, acting, actor_option, command, emit, json_option, open_store, path_argument, shorten
from lsk.errors import LskError
from lsk.terms import numbered

if TYPE_CHECKING:
    from lsk.profile_diff import Difference

LONGEST = 10_000  # characters of a text with --all

HELP = {
    "list": "Visa profilerna som följer med.",
    "export": "Skriv en fils profil som YAML, att ändra och läsa in.",
    "load": "Läs in en profil i en fil som redan används.",
    "diff": "Visa skillnaden mellan två profiler.",
}


class Profile(Group):
    commands_help = HELP


@click.group("profile", cls=Profile)
def profile() -> None:
    """Kommunens profil: ord, val, roller, vägval, årshjul och mallar som en textfil.

    En sjätte kommun börjar från den närmaste: skriv ut den, ändra och läs in.
    """


def add(one: click.Command) -> click.Command:
    profile.add_command(one)
    return one


@add
@command("list")
@json_option
def list_profiles(as_json: bool) -> None:
    """Visa profilerna som följer med LSK."""
    from lsk import profile as profiles
    from lsk.profile_diff import counts

    rows = []
    for name in profiles.names():
        found = profiles.read(name)
        number = sum(int(n) for n in counts(found).values())
        undecided = sum(not row.get("value") for row in found.get("settings", ()))
        rows.append({"profile": name, "name": str(found["name"]), "records": number, "undecided": undecided})
    emit(rows, as_json, {"profile": "Profil", "name": "Namn", "records": "Poster", "undecided": "Obesvarade frågor"})


@add
@command("export")
@path_argument
@click.option(
    "--to", "target", metavar="PROFIL.yaml", type=click.Path(path_type=Path), help="Filen som skrivs (annars skärmen)."
)
def export_profile(path: Path, target: Path | None) -> None:
    """Skriv FIL:s profil som YAML: inställningar, val, ord, roller, vägval, mallar och årshjul.

    Inga personer, avvikelser eller andra händelser kommer med. Exempel: lsk profile export kommun.db --to egen.yaml
    """
    from lsk.profile_export import dump, export

    if target and target.exists():
        raise LskError(f"{target} finns redan. Välj ett annat filnamn eller ta bort den först.")
    with open_store(path, readonly=True) as store:
        text = dump(export(store))
    if target is None:
        click.echo(text, nl=False)
        return
    target.write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"Profilen är skriven till {target}. Läs in den med: lsk profile load {path} {target}")


@add
@command("load")
@path_argument
@click.argument("name", metavar="PROFIL")
@click.option("--dry-run", is_flag=True, help="Visa vad som skulle ändras, utan att ändra.")
@actor_option
@json_option
def load_profile(path: Path, name: str, dry_run: bool, actor: str | None, as_json: bool) -> None:
    """Läs in PROFIL (ett namn eller en YAML-fil) i FIL, som en enda ändring. Ångras med lsk undo.

    Det som profilen inte nämner lämnas som det är. Ord som inte längre finns i en lista utgår men står kvar i äldre
    poster. Inget som andra poster hänvisar till tas bort. En felaktig profil ändrar inget.
    """
    from lsk.profile_load import load_into

    with open_store(path) as store:
        report = load_into(store, name, acting(actor, path), dry_run)
        if as_json:
            click.echo(json.dumps({"dry_run": dry_run, **asdict(report)}, ensure_ascii=False, indent=2))
            return
        rows = [
            {"what": s.what, "entity": store.terms.entity_label(s.entity), "title": s.title, "detail": s.detail or None}
            for s in report.steps
        ]
    emit(rows, False, {"what": "Vad", "entity": "Slag", "title": "Post", "detail": "Om"}, empty="Inget skiljer.")
    changes = sum(s.what != "behålls" for s in report.steps)
    click.echo(f"\n{changes} ändringar{' skulle göras. Inget är ändrat.' if dry_run else ' gjorda.'}")
    for warning in report.warnings:
        click.echo(f"Tänk på: {warning}", err=True)


@add
@command("diff")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--all", "whole", is_flag=True, help="Skriv hela texterna.")
@json_option
def diff_profiles(one: str, other: str, whole: bool, as_json: bool) -> None:
    """Visa vad som skiljer A från B. Var och en är en profil, en YAML-fil eller en LSK-fil.

    Exempel: lsk profile diff tyreso hjo
    """
    from lsk.profile_diff import differences, labels, read

    first, second = read(one), read(other)
    found = list(differences(first, second))
    if as_json:
        click.echo(json.dumps([asdict(d) for d in found], ensure_ascii=False, indent=2))
        return
    called = labels(first, second)
    headings = dict.fromkeys(d.heading for d in found)
    for heading in headings:
        show(heading, [d for d in found if d.heading == heading], (Path(one).stem, Path(other).stem), called, whole)
    click.echo(f"{numbered(len(found), 'skillnad', 'skillnader')}." if found else "Inget skiljer.")


def show(heading: str, found: list[Difference], sides: tuple[str, str], called: dict[str, str], whole: bool) -> None:
    """One heading: what both have but differently, then what only one has."""
    from tabulate import tabulate

    width = max(60, min(shutil.get_terminal_size((120, 24)).columns, 160))
    about, each = width * 3 // 10, (width * 7 // 10 - 4) // 2
    click.echo(f"{heading}\n{'=' * len(heading)}")
    rows = [
        [shorten(text, LONGEST if whole else size) for text, size in cells]
        for d in found
        if d.one is not None and d.other is not None
        for cells in [((called.get(d.about, d.about), about), (d.one, each), (d.other, each))]
    ]
    if rows:
        widths = [about, each, each] if whole else None
        click.echo(tabulate(rows, headers=["", *sides], tablefmt="simple", disable_numparse=True, maxcolwidths=widths))
        click.echo()
    for side, mine in (
        (sides[0], [d for d in found if d.other is None]),
        (sides[1], [d for d in found if d.one is None]),
    ):
        if mine:
            click.echo(f"Bara i {side} ({len(mine)}):")
        for d in mine:
            label = called.get(d.about, d.about)
            text = f"{label}{'' if label.endswith('?') else ':'} {d.one or d.other}"
            click.echo("  " + shorten(text, LONGEST if whole else width - 2))
    click.echo()
