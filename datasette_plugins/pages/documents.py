"""Documents in force, with a search. One whose day for review has passed is shown as old on the day of the request."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from datasette_plugins.pages.content import Asked, Content, Section, has, rows, section

SOON = timedelta(days=90)
MOST = 150


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    wanted, kind = asked.params.get("q", "").strip(), asked.params.get("slag", "")
    found = rows(
        db,
        """SELECT d.*, CASE WHEN ses_over < :day THEN 'gammal' WHEN ses_over < :soon THEN 'snart' ELSE '' END AS alder
           FROM gallande_styrdokument d
           WHERE found(dokument || ' ' || ifnull(amne, '') || ' ' || ifnull(galler_for, ''), :q)
             AND :slag IN ('', slag)
           ORDER BY ses_over < :day DESC, dokument LIMIT :most""",
        {"q": wanted, "slag": kind, "day": asked.day, "soon": (asked.today + SOON).isoformat(), "most": MOST},
    )
    return {
        "lead": "Riktlinjer, rutiner och andra styrdokument som gäller nu.",
        "q": wanted,
        "kind": kind,
        "kinds": [name for (name,) in rows(db, "SELECT DISTINCT slag FROM gallande_styrdokument ORDER BY slag")],
        "documents": found,
        "old": sum(row["alder"] == "gammal" for row in found),
        "today": asked.day,
        "sections": missing(db),
    }


def missing(db: sqlite3.Connection) -> list[Section]:
    """What should be decided and is not; the open level has no such list."""
    if not has(db, "saknade_styrdokument"):
        return []
    text = "Riktlinjer och rutiner som ska finnas men inte är fastställda."
    columns = "dokument, slag, galler_for, ansvarig, lage"
    return [section(db, "Det som saknas", text, "saknade_styrdokument", f"SELECT {columns} FROM saknade_styrdokument",
                    most=40)]  # fmt: skip
