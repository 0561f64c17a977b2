"""Swedish sentences that only the screens need."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, date, datetime

from lsk.history import ChangeSet
from lsk.model import ENTITIES
from lsk.model.vocabulary import Entity
from lsk.records import title_of
from lsk.terms import Terms
from lsk.values import shown

DECIDED = "avgör konflikt"  # how the reason of such a change begins
STAYS = " Konflikten öppnas inte igen: det andra värdet står i historiken (h), och kan skrivas in för hand."
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
MONTHS = ("januari", "februari", "mars", "april", "maj", "juni",
          "juli", "augusti", "september", "oktober", "november", "december")  # fmt: skip


def day(iso: str) -> str:
    """ "fredag 27 november 2026"."""
    d = date.fromisoformat(iso)
    return f"{WEEKDAYS[d.weekday()]} {d.day} {MONTHS[d.month - 1]} {d.year}"


def moment(at: str) -> str:
    """A moment of the log in the time of this computer, to the minute."""
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def plain(entity: Entity | None, sentence: str) -> str:
    """A sentence without the column names in brackets that help whoever writes at the command line."""
    if entity is None:
        return sentence
    names = "|".join(re.escape(f.name) for f in entity.all_fields)
    return re.sub(rf" \((?:{names})\)", "", sentence)


def cut(text: str, width: int) -> str:
    """One line of at most ``width`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: max(width - 1, 0)].rstrip() + "…"


def counted(n: int, entity: str, terms: Terms) -> str:
    """ "1 åtgärd", "3 åtgärder"."""
    return f"{n} {terms.entity_label(entity, many=n != 1).lower()}"


def name_of(db: sqlite3.Connection, entity: str, record: str, terms: Terms) -> str:
    """ "avvikelsen HTN-AVV-26-014", for the middle of a sentence."""
    row = db.execute(f'SELECT ref FROM "{entity}" WHERE id = ?', (record,)).fetchone()
    return f"{terms.entity_the(entity)} {row['ref'] if row else title_of(db, entity, record)}"


def taken_back(db: sqlite3.Connection, terms: Terms, done: ChangeSet) -> str:
    """What undoing ``done`` brought back, in words; a decided conflict is not opened again by it."""
    return "Ångrat: " + told(db, terms, done, "före") + (STAYS if (done.why or "").startswith(DECIDED) else "")


def made_again(db: sqlite3.Connection, terms: Terms, undone: ChangeSet) -> str:
    """What redoing (undoing the undo) made again, in words."""
    return "Gjort om: " + told(db, terms, undone, "efter")


def told(db: sqlite3.Connection, terms: Terms, change: ChangeSet, side: str) -> str:
    """What putting a change set back did, in one sentence; ``side`` of the change ("före", "efter") things are now."""
    records = list(dict.fromkeys((c.entity, c.record, c.kind) for c in change.changes))
    if not records:
        return "inget ändrades."
    if len(records) > 1:
        kinds = dict.fromkeys(entity for entity, _, _ in records)
        parts = [counted(sum(e == kind for e, _, _ in records), kind, terms) for kind in kinds]
        return f"{', '.join(parts)} är åter som {side} ändringen."
    entity, record, kind = records[0]
    ref = next((c.new or c.old for c in change.changes if c.field == "ref"), None)
    name = f"{terms.entity_the(entity)} {ref}" if ref else name_of(db, entity, record, terms)
    if kind == 1:
        return f"{name} är borttagen igen."
    if kind == 3:
        return f"{name} är tillbaka."
    fields = ", ".join(cell(db, terms, c.entity, c.field, c.old) for c in change.changes[:3])
    return f"{name} har åter {fields.rstrip('.')}."


def cell(db: sqlite3.Connection, terms: Terms, entity: str, field: str, value: object) -> str:
    """ "Status: mottagen"."""
    if field == "ref":
        return f"Beteckning: {value}"
    return f"{terms.field_label(entity, field)}: {cut(shown(db, ENTITIES[entity].field(field), value), 40)}"
