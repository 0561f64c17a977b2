"""Hand a report in: its files are written, and the turn of the year that it answers to is done (R17)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsk.errors import LskError
from lsk.reports import period as periods
from lsk.reports.make import Told, silently
from lsk.reports.pack import Wanted, files_of, write
from lsk.reports.template import obligation_of, template_of

if TYPE_CHECKING:
    from lsk.reports.document import Document
    from lsk.store import Store

DONE = "klar"


@dataclass(frozen=True)
class Written:
    """The report, the turn it answers to (None when the year has none planned), and whether that is done."""

    document: Document
    turn: sqlite3.Row | None
    done: bool


def write_report(
    store: Store, wanted: Wanted, folder: Path, actor: str | None = None, told: Told = silently
) -> Written:
    """Write the report's files; with ``actor``, who hands it in, its turn of the year is also done.

    LskError, and nothing written, when it is handed in and the year has no such turn.
    """
    turn = turn_of(store.db, wanted)
    if actor and turn is None:
        raise LskError(
            f"Årshjulet har inte den uppgiften. Planera {wanted.year} först: Arbeten, Planera året, eller lsk year."
        )
    document, files = files_of(store, wanted, told)
    told("Skriver filerna", len(files), len(files))
    write(folder, files)
    done = turn is not None and turn["status"] == DONE
    if actor and turn is not None and not done:
        meet(store, turn, document.title, actor)
        # Once more, of the file as it is now: that is the one to keep with the report, and to make it again from.
        document, files = files_of(store, wanted, told)
        write(folder, files)
    return Written(document, turn, done or actor is not None)


def turn_of(db: sqlite3.Connection, wanted: Wanted) -> sqlite3.Row | None:
    """The occurrence that the report meets, with the obligation's name; None when the year has none planned."""
    template = template_of(db, wanted.kind, wanted.unit)
    spellings = periods.read(wanted.year, wanted.period).spellings
    if not wanted.period:  # an account of the year is the second of those that are given twice a year
        spellings += periods.read(wanted.year, "H2").spellings[:1]
    row: sqlite3.Row | None = db.execute(
        f"""SELECT t.id, t.ref, t.period, t.status, o.name FROM occurrence t JOIN obligation o ON o.id = t.obligation
            WHERE o.id = ? AND t.unit IS ? AND t.period IN ({", ".join("?" * len(spellings))})
            ORDER BY t.period LIMIT 1""",
        (obligation_of(db, template).get("id"), wanted.unit, *spellings),
    ).fetchone()
    return row


def meet(store: Store, turn: sqlite3.Row, title: str, actor: str) -> None:
    """Mark it as done today, by the report of this title."""
    with store.change(actor, f"gjorde {title}") as change:
        change.update("occurrence", turn["id"], {"status": DONE, "evidence_text": title})
