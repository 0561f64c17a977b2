"""How the file stands, in the few words that the head of every place has."""

from __future__ import annotations

from lsk.capture import SEQUENCE_BITS
from lsk.records import one
from lsk.store import Store
from sync.package import acknowledged


def unsynced(store: Store) -> int:
    """How many changes of a unit's file the main file is not known to have.

    The main file itself is where all changes end up, and what a unit has not fetched is no work left to do there:
    it counts none. *Idag* names the files that have not been heard from.
    """
    if not store.file.is_unit_file:
        return 0
    first = store.file.stream << SEQUENCE_BITS
    sent = acknowledged(store.db)[store.file.stream]
    count: int = store.db.execute(
        "SELECT count(*) FROM change_set WHERE id > ? AND id < ?", (first + sent, first + (1 << SEQUENCE_BITS))
    ).fetchone()[0]
    return count


def parts(store: Store, actor: str) -> list[str]:
    """The file, the unit of a unit's file, who is acting, and what is not synced."""
    unit = one(store.db, "unit", store.file.unit) if store.file.unit else None
    waiting = unsynced(store)
    reading = "skrivskyddad" if store.readonly else ""
    return [store.path.name, unit["name"] if unit else "", actor, reading or (f"{waiting} osynkade" if waiting else "")]


def fitted(words: list[str], width: int) -> str:
    """As many of the parts as there is room for. The unit goes first, then the file, then the person."""
    kept = list(words)
    for least in (1, 0, 2, 3):
        line = " · ".join(word for word in kept if word)
        if len(line) <= width:
            return line
        kept[least] = ""
    return ""
