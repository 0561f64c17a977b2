"""Decisions, and for each one what came of it; the questions that the committee has asked."""

from __future__ import annotations

import sqlite3
from itertools import groupby

from datasette_plugins.pages.content import Asked, Content, has, one, rows, section

ASKED = "found(paragraf || ' ' || sammantrade || ' ' || beslut || ' ' || organ, :q)"
MOST = 60


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    wanted = asked.params.get("q", "").strip()
    which = f"FROM beslut_och_uppfoljning WHERE {ASKED}" if wanted else "FROM beslut_och_uppfoljning"
    found = rows(
        db,
        f"""SELECT beslut_id, sammantrade, organ, paragraf, beslut, folj_upp_senast, uppfoljt, utfall, lage {which}
            ORDER BY sammantrade DESC, length(paragraf), paragraf LIMIT {MOST}""",
        {"q": wanted},
    )
    meetings = groupby(found, key=lambda row: (row["sammantrade"], row["organ"]))
    return {
        "lead": "Vad de politiska organen har beslutat, när det ska följas upp och vad som blev av det.",
        "q": wanted,
        "count": one(db, f"SELECT count(*) {which}", {"q": wanted})[0],
        "meetings": [(day, body, list(decided)) for (day, body), decided in meetings],
        "most": MOST,
    }


def item(db: sqlite3.Connection, asked: Asked) -> Content:
    found = rows(db, "SELECT * FROM beslut_och_uppfoljning WHERE beslut_id = ?", (asked.item,))
    if not found:
        raise LookupError(asked.item)
    parts = []
    if has(db, "beslut_foljder"):
        parts.append(section(
            db, "Det här blev det av beslutet", "Allt som hänger på beslutet, och hur långt det har kommit.",
            "beslut_foljder",
            "SELECT titel, slag, lage, dag, post_id FROM beslut_foljder WHERE beslut_id = ?",
            (asked.item,), order="slag, rowid", most=60, links={"titel": ("/spar/", "post_id")},
        ))  # fmt: skip
    return {
        "title": f"Vad blev det av {found[0]['paragraf']}?",
        "decision": found[0],
        "sections": [part for part in parts if part.rows],
    }


def questions(db: sqlite3.Connection, asked: Asked) -> Content:
    return {
        "lead": "Frågor som de politiska organen har ställt, och svaren.",
        "asked_questions": rows(
            db, "SELECT * FROM namndfragor ORDER BY besvarad IS NOT NULL, fragad DESC, rowid LIMIT 60"
        ),
    }
