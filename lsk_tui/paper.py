"""A document's tabs as lines to walk: its versions, who has read the one shown, and where it is used."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lsk.documents import (
    OPEN,
    Decider,
    Receipts,
    current,
    decider,
    document_of,
    markdown,
    receipts,
    versions,
    where_used,
)
from lsk.records import one
from lsk.store import Store
from lsk_tui.lines import Jump, Line
from lsk_tui.lookup import telling
from lsk_tui.owning import owner
from lsk_tui.words import cut

WIDTH = 26


@dataclass(frozen=True)
class Paper:
    """All that the picture of a document needs. ``shown``: the version that is read; None when there is none yet."""

    document: str
    title: str
    ref: str
    owner: str | None
    versions: list[sqlite3.Row]
    shown: sqlite3.Row | None
    waiting: sqlite3.Row | None
    decider: Decider | None
    text: str
    receipts: Receipts
    used: list[Line]

    def version_lines(self) -> list[Line]:
        """Every version; the one that waits says for whom."""
        lines: list[Line] = []
        for row in self.versions:
            sign = "●" if self.shown is not None and row["id"] == self.shown["id"] else " "
            lines.append(
                Line(about(row), f"{sign} {row['version_number']} {row['status']}", row["id"], label_width=WIDTH)
            )
        if self.waiting is not None and self.decider is not None:
            lines += [Line("", heading=True), Line(waits_for(self.waiting, self.decider))]
        none = "Ingen version ännu. Tryck n för att skriva den första."
        return lines or [Line(none, heading=True)]

    def read_lines(self) -> list[Line]:
        """Who has acknowledged the version shown, then who has not."""
        if self.shown is None:
            return [Line("Det finns ingen version att läsa ännu.", heading=True)]
        done, missing = self.receipts.done, self.receipts.missing
        lines = [Line(f"Version {self.shown['version_number']}: {len(done)} har kvitterat, {len(missing)} inte",
                      heading=True)]  # fmt: skip
        lines += [Line(" · ".join(part for part in (name, unit) if part), f"✓ {day}") for name, day, unit in done]
        if missing:
            lines += [Line("", heading=True), Line("Har inte kvitterat", heading=True)]
            lines += [Line(name, f"– {unit}") for name, unit in missing]
        return lines


def paper(store: Store, entity: str, record: str, wanted: str | None = None) -> Paper | None:
    """A document, or the one that a version is of, with version ``wanted`` shown; None when it is gone."""
    document = document_of(store.db, entity, record)
    row = one(store.db, "document", document) if document else None
    if document is None or row is None:
        return None
    found = versions(store.db, document)
    asked = wanted or (record if entity == "document_version" else None)
    shown = next((v for v in found if v["id"] == asked), None) or current(found)
    waiting = next((v for v in found if v["status"] in OPEN), None)
    return Paper(
        document, row["title"], row["ref"] or "", owner(store.db, "document", document), found, shown, waiting,
        decider(store, waiting) if waiting is not None else None,
        markdown(store, shown) if shown is not None else "",
        receipts(store, shown) if shown is not None else Receipts((), ()),
        used_lines(store, document),
    )  # fmt: skip


def about(row: sqlite3.Row) -> str:
    """ "beslutad 2026-06-17 av Kommunstyrelsen § 24, gäller från 2026-06-17, översyn 2028-06-17"."""
    by = " av " + row["decider"] if row["decider"] else ""
    paragraph = f" {row['decision_paragraph']}" if row["decision_paragraph"] else ""
    facts = [f"beslutad {row['decided_on']}{by}{paragraph}" if row["decided_on"] else "inte beslutad"]
    facts += [f"{words} {row[name]}" for name, words in (("valid_from", "gäller från"), ("next_review", "översyn"))
              if row[name]]  # fmt: skip
    return ", ".join(facts)


def waits_for(version: sqlite3.Row, who: Decider) -> str:
    """Who is to decide on a version, in a sentence."""
    if not who.name:
        return f"Version {version['version_number']} väntar. Ange dokumentansvarig (e), så vet LSK vem som fastställer."
    names = f" ({', '.join(who.holders)})" if who.holders else ""
    rule = "enligt kommunens profil" if who.by_profile else "som dokumentansvarig"
    return f"Version {version['version_number']} väntar på {who.name}{names}, {rule}. f: fastställ."


def used_lines(store: Store, document: str) -> list[Line]:
    """What leans on the document, under what kind of record it is."""
    lines: list[Line] = []
    kind = ""
    for use in sorted(where_used(store, document), key=lambda use: use.entity):
        if use.entity != kind:
            kind = use.entity
            lines += [Line("", heading=True)] * bool(lines)
            lines.append(Line(store.terms.entity_label(kind, many=True), heading=True))
        lines.append(Line(cut(telling(store, kind, use.id), 120), use.by, Jump(kind, use.id), label_width=WIDTH))
    none = "Inget pekar på dokumentet. Koppla det till en aktivitet: n på aktiviteten, välj Koppling."
    return lines or [Line(none, heading=True)]
