"""The thread from paragraph to decision and back: every published record with what it comes from and leads to."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import Any

from datasette_plugins.pages.content import Asked, Content, rows

DEEP = 3  # links away from the record
MOST = 120
SHOWN = 60  # on the list
ORDER = (
    *("lagrum", "krav", "tillämpning", "process", "dokument", "version", "mål", "indikator"),
    *("årshjulsuppgift", "kontrollmoment", "granskning", "rapport", "åtgärd", "beslut"),
)
# Where to begin: records that hang together with something. Who searches by a word sees all.
LISTED = f"""
SELECT id, slag, titel FROM spar_poster AS post
WHERE :slag IN ('', slag) AND CASE WHEN :q <> '' THEN found(titel, :q)
  ELSE EXISTS (SELECT 1 FROM spar_kanter WHERE fran = post.id OR till = post.id) END
ORDER BY rowid LIMIT {SHOWN + 1}"""
# The paths out of one record along the edges, nearest first; a record is told once, by its shortest path.
THREAD = """
WITH RECURSIVE path(id, by, slag, depth) AS (
  SELECT {far}, {near}, slag, 1 FROM spar_kanter WHERE {near} = :item
  UNION SELECT k.{far}, k.{near}, k.slag, path.depth + 1
  FROM path JOIN spar_kanter k ON k.{near} = path.id WHERE path.depth < :deep AND k.{far} <> :item
)
SELECT p.id, p.slag, p.titel, path.by, path.slag AS lank, min(path.depth) AS depth
FROM path JOIN spar_poster p ON p.id = path.id GROUP BY p.id ORDER BY depth, p.titel LIMIT :most"""


@dataclass(frozen=True)
class Step:
    """A record of the thread, how it hangs on the one before, and what hangs on it."""

    row: Any
    below: list[Step] = field(default_factory=list)


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    wanted, kind = asked.params.get("q", "").strip(), asked.params.get("slag", "")
    counts = dict(rows(db, "SELECT slag, count(*) FROM spar_poster GROUP BY slag"))
    kinds = sorted(counts, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    begin = kind or ("" if wanted else next(iter(kinds), ""))
    found = rows(db, LISTED, {"q": wanted, "slag": begin})
    return {
        "lead": "Följ en tråd från lagens ord, genom krav, processer och dokument, till det som har beslutats. Eller "
        "tvärtom: från ett beslut tillbaka till varför.",
        "q": wanted,
        "kind": kind,
        "kinds": [(name, counts[name]) for name in kinds],
        "found": found[:SHOWN],
        "more": len(found) > SHOWN,
    }


def item(db: sqlite3.Connection, asked: Asked) -> Content:
    found = rows(db, "SELECT * FROM spar_poster WHERE id = ?", (asked.item,))
    if not found:
        raise LookupError(asked.item)
    return {
        "title": found[0]["titel"],
        "record": found[0],
        "comes_from": thread(db, asked.item, "till", "fran"),
        "leads_to": thread(db, asked.item, "fran", "till"),
    }


def thread(db: sqlite3.Connection, key: str, near: str, far: str) -> list[Step]:
    """What lies along the edges in one direction, as a tree."""
    found = rows(db, THREAD.format(near=near, far=far), {"item": key, "deep": DEEP, "most": MOST})
    steps = {row["id"]: Step(row) for row in found}
    top: list[Step] = []
    for row in found:
        above = steps.get(row["by"])
        (top if row["by"] == key or above is None else above.below).append(steps[row["id"]])
    return top
