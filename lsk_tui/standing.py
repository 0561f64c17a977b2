"""How the file stands, in the few words that the head of every place has."""

from __future__ import annotations

from lsk.capture import SEQUENCE_BITS
from lsk.records import one
from lsk.store import Store


def unsynced(store: Store) -> int:
    """How many changes of a unit's file the main file is not known to have.

    The main file itself is where all changes end up, and what a unit has not fetched is no work left to do there:
    it counts none. *Idag* names the files that have not been heard from.
    """
    if not store.file.is_unit_file:
        return 0
    from sync.package import acknowledged  # here, since the main file's first screen does not need it

    first = store.file.stream << SEQUENCE_BITS
    sent = acknowledged(store.db)[store.file.stream]
    count: int = store.db.execute(
        "SELECT count(*) FROM change_set WHERE id > ? AND id < ?", (first + sent, first + (1 << SEQUENCE_BITS))
    ).fetchone()[0]
    return count


def units(store: Store) -> frozenset[str]:
    """The unit of a unit's file and those under it; none in the main file."""
    if not store.file.is_unit_file:
        return frozenset()
    from lsk.rules.ownership import subtree

    return frozenset(subtree(store.db, store.file.unit))


def contested(store: Store, record: str | None) -> bool:
    """Whether the record, or without one the file, has a conflict to settle."""
    found = store.db.execute("SELECT 1 FROM sync_conflict WHERE ?1 IS NULL OR row = ?1 LIMIT 1", (record,))
    return found.fetchone() is not None


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
