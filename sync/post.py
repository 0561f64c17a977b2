"""Write bundles: what a file has to tell another, wrapped, under a name that is the file's own."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsk.errors import LskError
from lsk.schema import FORMAT as SCHEMA
from lsk.store import VERSION, Store, connect, now, transaction

from . import ledger, seal
from .causality import MAIN, vector
from .envelope import wrap
from .header import FORMAT
from .keys import Keys, proof
from .package import About, Vector, acknowledged, write_down, write_up

HUB_FOLDER = 8  # characters of the main file's replica that name its folder at a place
SHOWN = 16  # hex digits of the payload's digest in a name


@dataclass(frozen=True)
class Letter:
    """A bundle made here, at ``path``; ``upto``: what its receiver has seen when it has taken it."""

    path: Path
    name: str
    receiver: int
    code: str
    upto: Vector
    note: str = ""  # what to write down beside it when it is on its way


def main_replica(db: sqlite3.Connection) -> str:
    return str(db.execute("SELECT replica FROM sync_stream WHERE no = ?", (MAIN,)).fetchone()[0])


def own_folder(store: Store) -> str:
    """Where at a place this file writes: nobody else does."""
    code = "".join(c for c in store.file.code if c.isalnum())
    return f"{main_replica(store.db)[:HUB_FOLDER]}/{code}-{store.file.stream}"


def letters(
    store: Store, keys: Keys, place: str, folder: Path,
    news: bool = False, behind: bool = False, waits: bool = False, amiss: bool = False, only: int | None = None,
) -> Iterator[Letter]:  # fmt: skip
    """What this file has to tell, as bundles in ``folder``, one at a time; ``only``: to this receiver.

    ``place`` "": as if everything not acknowledged had been lost. ``news``: it has taken something just now;
    ``behind``: it lacks operations of its own; ``waits``: it lacks an earlier package; ``amiss``: nothing but a whole
    package will do.
    """
    if store.file.is_unit_file:
        letter = up(store, keys, place, folder, news, behind, waits, amiss)
        if letter:
            yield letter
        return
    seal.seal(store, keys)
    for receiver in receivers(store.db) if only is None else [only]:
        letter = down(store, keys, place, folder, receiver)
        if letter:
            yield letter


def receivers(db: sqlite3.Connection) -> list[int]:
    """The units' files that can be written to: known by key, not revoked, and of a unit that is still there."""
    rows = db.execute(
        """SELECT no FROM sync_stream WHERE no <> ? AND revoked_at IS NULL AND age_key IS NOT NULL
           AND unit IN (SELECT id FROM unit) ORDER BY no""",
        (MAIN,),
    )
    return [row[0] for row in rows]


# --- from a unit's file ----------------------------------------------------------------------------------------


def up(
    unit: Store, keys: Keys, place: str, folder: Path, news: bool, behind: bool, waits: bool, amiss: bool
) -> Letter | None:  # fmt: skip
    """The unit's own changes since the last bundle, or None when there is nothing to say.

    A file that is behind says nothing of its own, since it would say it under numbers that are taken: it only asks.
    """
    db, stream = unit.db, unit.file.stream
    knows = acknowledged(db)
    asks = (behind or waits) and asking(db, place, knows, at_once=behind or amiss)
    if behind and not asks:
        return None
    if behind:
        after = reached = knows[stream]
    else:
        seal.seal(unit, keys)
        after = sealed(db, stream, max(knows[stream], ledger.furthest(db, place, MAIN).get(stream, 0)))
        reached = sealed(db, stream)
    first = place and not ledger.sent(db, place, MAIN)
    if place and not (asks or news or first or reached > after):
        return None
    package = folder / "upp.paket"
    about = write_up(unit, package, after, reached)
    base = {**about.base, stream: after}
    letter = wrapped(unit, keys, package, about, base, "upp", asks, main_key(unit))
    return Letter(**letter, upto={**knows, stream: reached}, note=ledger.ASKED if asks else "")


def asking(db: sqlite3.Connection, place: str, knows: Vector, at_once: bool) -> bool:
    """Whether to ask for everything anew: only once, and unless ``at_once`` the second time we wait for the same."""
    if ledger.note(db, place, MAIN, ledger.ASKED) == knows:
        return False
    if not at_once and place and ledger.note(db, place, MAIN, ledger.WAITS) != knows:
        with transaction(db):
            ledger.record(db, place, MAIN, ledger.WAITS, knows)
        return False
    return True


def sealed(db: sqlite3.Connection, stream: int, most: int | None = None) -> int:
    """The last operation of a seal of our own, at ``most`` at or before this one."""
    row = db.execute(
        "SELECT ifnull(max(upto), 0) FROM sync_seal WHERE signer = ?1 AND stream = ?1 AND upto <= ifnull(?2, upto)",
        (stream, most),
    ).fetchone()
    return int(row[0])


def main_key(unit: Store) -> str:
    row = unit.db.execute("SELECT age_key FROM sync_stream WHERE no = ?", (MAIN,)).fetchone()
    if row is None or row[0] is None:
        raise LskError(
            f"{unit.path} är gjord innan huvudfilen hade nycklar. Synka den en gång direkt med huvudfilen: "
            f"lsk sync HUVUDFIL {unit.path}"
        )
    return str(row[0])


# --- from the main file ----------------------------------------------------------------------------------------


def down(main: Store, keys: Keys, place: str, folder: Path, receiver: int, whole: bool = False) -> Letter | None:
    """What is new for a unit's file, or None. ``whole``: everything that belongs in it, whatever it has."""
    db = main.db
    seen = vector(db)
    wanted = ledger.note(db, ledger.ANYWHERE, receiver, ledger.ASKS)
    base = wanted or ledger.furthest(db, place, receiver)
    anew = whole or wanted is not None
    if not anew and (ledger.covered(seen, base) or ledger.note(db, place, receiver, ledger.NOTHING) == seen):
        return None
    package = folder / f"ned-{receiver}.paket"
    has = wanted[receiver] if wanted and wanted.get(receiver, 0) < seen.get(receiver, 0) else None
    about = write_down(main, receiver, {} if whole else base, package, whole=anew, has=has, since=base)
    if not about.whole and about.upto[receiver] <= base.get(receiver, 0) and empty(package):
        package.unlink()
        with transaction(db):
            ledger.record(db, place, receiver, ledger.NOTHING, seen)
        return None
    needs = {**about.base, receiver: about.upto[receiver] if has is None else has}
    key = str(db.execute("SELECT age_key FROM sync_stream WHERE no = ?", (receiver,)).fetchone()[0])
    letter = wrapped(main, keys, package, about, needs, "ned", about.whole, key)
    return Letter(**letter, upto=about.upto)


def empty(package: Path) -> bool:
    with contextlib.closing(connect(package, readonly=True)) as db:
        return db.execute("SELECT 1 FROM sync_op LIMIT 1").fetchone() is None


# --- both ------------------------------------------------------------------------------------------------------


def wrapped(
    store: Store, keys: Keys, package: Path, about: About, base: Vector, kind: str, whole: bool, receiver_key: str
) -> dict[str, Any]:
    """Wrap a package and remove it; the fields of a Letter. A unit's bundles can be read back by the unit itself."""
    file, db = store.file, store.db
    token = db.execute("SELECT token FROM sync_local").fetchone()[0]
    header = {
        "format": FORMAT, "main": main_replica(db), "kind": kind, "receiver": about.receiver, "base": base,
        "sender": {"stream": file.stream, "replica": file.replica, "code": file.code}, "upto": about.upto,
        "whole": whole, "program": VERSION, "schema": SCHEMA, "at": now(),
        "enrol": proof(token, keys.public) if token else None,
        "seals": last_seals(db, {file.stream, about.receiver}),
    }  # fmt: skip
    to = package.with_suffix(ledger.BUNDLE)
    readers = [receiver_key, keys.public.age] if kind == "upp" else [receiver_key]
    final = wrap(package, header, keys, readers, to)
    package.unlink()
    if kind == "upp":
        first, last = base[file.stream] + 1, about.upto[file.stream]
    else:
        first, last = sum(about.base.values()), sum(about.upto.values())
    name = f"{kind}-{first}-{last}-{final['payload_sha256'][:SHOWN]}{ledger.BUNDLE}"
    code = db.execute("SELECT code FROM sync_stream WHERE no = ?", (about.receiver,)).fetchone()[0]
    path = f"{own_folder(store)}/{about.receiver}/{name}"
    return {"path": to, "name": path, "receiver": about.receiver, "code": code}


def last_seals(db: sqlite3.Connection, streams: set[int]) -> dict[str, tuple[int, str]]:
    """Where the last seal we know by each of these files ends, and its digest: it tells copies apart."""
    found = {stream: seal.latest(db, stream, stream) for stream in streams}
    return {str(stream): (last.upto, last.digest.hex()) for stream, last in found.items() if last}


def sent(store: Store, place: str, letter: Letter) -> None:
    """Write down that a bundle is on its way."""
    with transaction(store.db):
        ledger.record(store.db, place, letter.receiver, letter.name, letter.upto)
        if letter.note:
            ledger.record(store.db, place, letter.receiver, letter.note, acknowledged(store.db))
        if not store.file.is_unit_file:
            ledger.drop_note(store.db, ledger.ANYWHERE, letter.receiver, ledger.ASKS)
