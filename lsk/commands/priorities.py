"""The prioritisation matrix in plain lines."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lsk.cli_support import command, json_option, open_store, path_argument, shorten

WIDTH = 34


@command("matrix")
@path_argument
@json_option
def matrix_command(path: Path, as_json: bool) -> None:
    """Visa prioriteringsmatrisen i FIL och åtgärderna i den ordning de står i beslutsunderlaget."""
    from lsk import priorities

    with open_store(path, readonly=True) as store:
        squares = priorities.matrix(store.db)
        memo = priorities.memo(store.db)
        to = priorities.recipient(store.db)
    actions = [{"ref": a["ref"], "text": a["text"], "quadrant": a["quadrant"], "scenario": a["scenario"]} for a in memo]
    if as_json:
        click.echo(json.dumps({"recipient": to, "actions": actions}, ensure_ascii=False, indent=2))
        return
    if not squares:
        click.echo("Profilen har ingen prioriteringsmatris.")
        return
    click.echo("RESURSINSATS")
    for row in squares:
        click.echo(f"{row[0].resource_input:>6} │ " + " │ ".join(f"{s.label or '':<{WIDTH}}" for s in row))
        for line in range(max(len(s.actions) for s in row)):
            cells = (
                f"{s.actions[line]['ref']} {s.actions[line]['text']}" if line < len(s.actions) else "" for s in row
            )
            click.echo("       │ " + " │ ".join(f"{shorten(c, WIDTH):<{WIDTH}}" for c in cells))
        click.echo("       ┼" + "┼".join("─" * (WIDTH + 2) for _ in row))
    click.echo("         " + "   ".join(f"{s.improvement:<{WIDTH}}" for s in squares[0]) + "FÖRBÄTTRING")
    click.echo(f"\nBeslutsunderlag till {to or '–'}:")
    for number, action in enumerate(actions, 1):
        label = f"  {action['quadrant']}" if action["quadrant"] else ""
        click.echo(f"{number:>3}. {action['ref']}  {shorten(action['text'], 70)}{label}")
    if not actions:
        click.echo("  Inga åtgärder är placerade i matrisen än.")
