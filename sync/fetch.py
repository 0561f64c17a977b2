"""Read bundles: which are to this file, in which order they can be taken, and what was wrong with the others.

A bundle is known by its header and digests, never by its name: sync clients rename, double and cut files at will.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from lsk.errors import LskError
from lsk.store import Store
from lsk.terms import numbered

from . import ledger
from .arrived import Arrived, Behind, Fetched, Forked
from .envelope import MAGIC, Damaged, read_header
from .from_main import from_main, own_back
from .from_unit import from_unit, own_main
from .keys import Keys
from .post import main_replica
from .prove import Revoked
from .take_down import Amiss, Early

MAGIC_BEGINS = MAGIC[:4]  # of any version
MAIL = re.compile(r"([0-9a-f]{8})/[^/]+-(\d+)/(\d+)/[^/]+")  # whose main file, writer and reader a folder tells of

Steps = Callable[[str, Sequence[Any]], Iterable[Any]]  # goes through the items, and may show how it goes
Taker = Callable[[Store, Keys, str, Arrived, str, Fetched], None]


def candidates(store: Store, place: str, entries: Iterable[tuple[str, int]]) -> tuple[list[tuple[str, int]], list[str]]:
    """The files at a place (name, size) that may concern this file, and marks for folders of other municipalities.

    The folder says whose post a file is, so that not everybody fetches everything; a file that lies anywhere else is
    looked at.
    """
    sent, done = ledger.known(store.db, place)
    ours, own = main_replica(store.db)[:8], str(store.file.stream)
    found, strangers = [], set()
    for name, size in entries:
        if name in sent or ledger.seen_as(name, size) in done:
            continue
        folder = MAIL.fullmatch(name)
        if folder and folder[1] != ours:
            strangers.add(f"{folder[1]}/")
        elif not folder or own in (folder[2], folder[3]):
            found.append((name, size))
    return found, sorted(strangers - done)


def sort_out(store: Store, files: Iterable[tuple[str, str, Path]], out: Fetched) -> tuple[list[Arrived], list[str]]:
    """The bundles to or from this file among ``files`` (name, known as, path); and what need not be looked at again."""
    ours, own = main_replica(store.db), store.file.stream
    found, done = [], []
    for name, known_as, path in files:
        try:
            header = read_header(path)
        except Damaged as error:
            out.waiting.append(called(error, path, name))
            continue
        except LskError as error:
            if begins(path):  # a newer LSK may know what to do with it
                out.refused.append(called(error, path, name))
            else:
                out.foreign.append(name)
                done.append(known_as)
            continue
        sender = header.fields["sender"]
        if header.fields["main"] != ours:
            out.elsewhere += 1
            done.append(known_as)
        elif header.fields["receiver"] == own or (sender["stream"] == own and sender["replica"] == store.file.replica):
            found.append(Arrived(name, path, known_as, header))
        else:
            out.others.append(name)
            done.append(known_as)
    return found, done


def begins(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC_BEGINS)) == MAGIC_BEGINS


def called(error: LskError, path: Path, name: str) -> str:
    """The sentence with the file's own name, not that of the copy we read."""
    return str(error).replace(str(path), name)


def take(
    store: Store, keys: Keys, place: str, found: list[Arrived], actor: str, out: Fetched, steps: Steps
) -> list[str]:
    """Take what can be taken, in order; what comes too early is tried again when something else has been taken.

    What need not be looked at again is the answer. Forked when this file must not go on.
    """
    # Our own come first: if this is a copy with a history of its own, nothing else must be taken.
    pending = sorted(found, key=lambda a: (a.sender != store.file.stream, a.order))
    done: list[str] = []
    early: dict[str, Early] = {}
    moved = True
    while moved and pending:
        moved, later = False, []
        for one in steps(f"Läser {numbered(len(pending), 'synkfil', 'synkfiler')}", pending):
            try:
                taker(store, one)(store, keys, place, one, actor, out)
                done.append(one.known_as)
                moved = True
            except Early as error:
                early[one.name] = error
                later.append(one)
            except Damaged as error:
                out.waiting.append(called(error, one.path, one.name))
            except Forked:
                raise
            except Revoked as error:  # said once
                out.refused.append(called(error, one.path, one.name))
                done.append(one.known_as)
            except (LskError, sqlite3.IntegrityError) as error:
                out.refused.append(refusal(error, one))
        pending = later
    out.waiting += [called(early[one.name], one.path, one.name) for one in pending]
    out.behind = any(isinstance(early[one.name], Behind) for one in pending)
    out.amiss = any(isinstance(early[one.name], Amiss) for one in pending)
    out.early = bool(pending)
    return done


def taker(store: Store, one: Arrived) -> Taker:
    if one.sender == store.file.stream:
        return own_back if store.file.is_unit_file else own_main
    return from_main if store.file.is_unit_file else from_unit


def refusal(error: Exception, one: Arrived) -> str:
    if isinstance(error, LskError):
        return called(error, one.path, one.name)
    return f"{one.name} går inte att ta in ({error}). Inget av den har tagits in. Be avsändaren om en ny."
