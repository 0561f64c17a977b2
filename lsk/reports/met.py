"""The turn of the year that a report answers to: done when the report is (R17)."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from lsk.reports import period as periods
from lsk.reports.template import obligation_of, template_of

if TYPE_CHECKING:
    from lsk.reports.pack import Wanted
    from lsk.store import Store


def turn_of(db: sqlite3.Connection, wanted: Wanted) -> sqlite3.Row | None:
    """The occurrence that the report meets, with the obligation's name; None when the year has none planned."""
    template = template_of(db, wanted.kind, wanted.unit)
    spellings = periods.read(wanted.year, wanted.period).spellings
    row: sqlite3.Row | None = db.execute(
        f"""SELECT t.id, t.ref, t.period, t.status, o.name FROM occurrence t JOIN obligation o ON o.id = t.obligation
            WHERE o.id = ? AND t.unit IS ? AND t.period IN ({", ".join("?" * len(spellings))})""",
        (obligation_of(db, template).get("id"), wanted.unit, *spellings),
    ).fetchone()
    return row


def meet(store: Store, turn: sqlite3.Row, title: str, actor: str) -> None:
    """Mark it as done today, by the report of this title."""
    with store.change(actor, f"gjorde {title}") as change:
        change.update("occurrence", turn["id"], {"status": "klar", "evidence_text": title})
