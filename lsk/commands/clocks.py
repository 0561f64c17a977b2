"""Cases with a clock, in plain lines."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from lsk.cli_support import command, emit, json_option, open_store, path_argument
from lsk.errors import LskError

ALL = 1_000_000
HEADINGS = {"name": "Steg", "state": "Läge", "day": "Dag", "goal": "Målsättning", "paragraph": "Lagrum", "by": "Vem",
            "why": "Bedömning och skäl"}  # fmt: skip


@command("clocks")
@path_argument
@click.argument("record", metavar="[AVVIKELSE]", required=False)
@json_option
def clocks_command(path: Path, record: str | None, as_json: bool) -> None:
    """Visa de öppna ärenden i FIL som har en klocka, de sena först, eller stegen i ett ärende.

    Dagar är kommunens egna målsättningar: lagarna säger genast, utan dröjsmål och snarast.
    """
    from lsk import clocks
    from lsk.clock_steps import steps
    from lsk.records import find

    with open_store(path, readonly=True) as store:
        if record is None:
            found = [told(store, c) for c in (*clocks.running(store.db, ALL)[0], *clocks.unanswered(store.db, ALL)[0])]
            found.sort(key=lambda row: not row["sen"])
            emit(found, as_json, {key: key.capitalize() for key in found[0]} if found else None, "Inga klockor går.")
            return
        case = find(store.db, "deviation", record)[1]
        taken = steps(store.db, case, store.today)
    if not taken:
        raise LskError(f"{record} har ingen klocka: det är varken lex Sarah, lex Maria eller ett klagomål.")
    emit([asdict(step) for step in taken], as_json, HEADINGS)


def told(store: Any, clock: Any) -> dict[str, Any]:
    case = store.db.execute("SELECT ref FROM deviation WHERE id = ?", (clock.deviation,)).fetchone()
    late = clock.until is not None and clock.until < store.today
    return {
        "ärende": case["ref"],
        "slag": clock.track,
        "sedan": clock.since.isoformat(),
        "till": clock.until.isoformat() if clock.until else None,
        "sen": "sen" if late else None,
        "vad": clock.asks,
    }
