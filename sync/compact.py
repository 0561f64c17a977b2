"""Keep a place small: who wrote a bundle removes it when it has been read, or when one whole package replaces it."""

from __future__ import annotations

from pathlib import Path

from lsk.store import Store, transaction

from . import ledger, post
from .causality import MAIN
from .forget import tainted
from .keys import Keys
from .package import Vector, acknowledged
from .places import Place

MOST = 50  # acknowledged bundles for one receiver before they are cleared away unasked


def compact(store: Store, keys: Keys, place: Place, folder: Path, asked: bool) -> int:
    """Remove bundles of our own that are no longer needed; how many. Unless ``asked`` only where there are many.

    A bundle that may hold values since destroyed goes at once, and what it told is told anew without them.
    """
    db = store.db
    receivers = [MAIN] if store.file.is_unit_file else post.receivers(db)
    written = {receiver: ledger.sent(db, place.shown, receiver) for receiver in receivers}
    destroyed = any(tainted(db, upto) for bundles in written.values() for upto in bundles.values())
    if not (asked or destroyed or any(len(bundles) > MOST for bundles in written.values())):
        return 0
    there = {entry.name for entry in place.names()}
    count = 0
    for receiver, bundles in written.items():
        held = {name: upto for name, upto in bundles.items() if name in there}
        if store.file.is_unit_file:
            count += clear_read(store, place, held, asked)
        else:
            count += replace(store, keys, place, folder, receiver, held, asked)
    return count


def clear_read(unit: Store, place: Place, held: dict[str, Vector], asked: bool) -> int:
    """Remove the bundles that the main file has taken, if it is time to, and all if one must not be there."""
    own = unit.file.stream
    knows = acknowledged(unit.db)[own]
    unread = [name for name, upto in held.items() if upto[own] > knows]
    if not any(tainted(unit.db, upto) for upto in held.values()):
        read = [name for name in held if name not in unread]
        return clear(unit, place, MAIN, read) if asked or len(read) > MOST else 0
    count = clear(unit, place, MAIN, list(held))
    with transaction(unit.db):  # what the main file has not taken is written anew
        ledger.forget(unit.db, place.shown, unread)
    return count


def replace(
    main: Store, keys: Keys, place: Place, folder: Path, receiver: int, held: dict[str, Vector], asked: bool
) -> int:  # fmt: skip
    """Write one whole package in place of many, if it is time to; how many were removed."""
    has = ledger.note(main.db, ledger.ANYWHERE, receiver, ledger.HAS) or {}
    read = [name for name, upto in held.items() if ledger.covered(upto, has)]
    many = len(held) > 1 if asked else len(read) > MOST
    if not (many or any(tainted(main.db, upto) for upto in held.values())):
        return 0
    letter = post.down(main, keys, place.shown, folder, receiver, whole=True)
    if letter is None:
        return 0
    place.write(letter.name, letter.path)
    post.sent(main, place.shown, letter)
    return clear(main, place, receiver, list(held))


def clear(store: Store, place: Place, receiver: int, names: list[str]) -> int:
    """Remove bundles, and what we remember of them; but how far the receiver was written to is kept."""
    for name in names:
        place.remove(name)
    bundles = ledger.sent(store.db, place.shown, receiver)
    newest = max(bundles, key=lambda name: sum(bundles[name].values()), default="")
    with transaction(store.db):
        ledger.forget(store.db, place.shown, [name for name in names if name != newest])
    return len(names)
