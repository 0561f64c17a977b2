"""Bundles that have come, and what came of reading them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lsk.errors import LskError
from lsk.store import Store

from .envelope import Header, unwrap
from .keys import Keys
from .package import About, told
from .sides import attached
from .take import Taken
from .take_down import Early


class Forked(LskError):
    """The file is a copy, or a restored backup, with a history of its own: it must not write under its old name."""


class Behind(Early):
    """The file lacks operations, or seals, of its own that others have: it is a restored backup."""


@dataclass(frozen=True)
class Arrived:
    """A file that has come: ``name`` as people know it, ``path`` where it lies now, ``known_as`` in the ledger."""

    name: str
    path: Path
    known_as: str
    header: Header

    @property
    def sender(self) -> int:
        return int(self.header.fields["sender"]["stream"])

    @property
    def order(self) -> tuple[int, int, int]:
        return self.sender, sum(self.header.upto.values()), sum(self.header.base.values())


@dataclass
class Heard:
    """What came from one file: ``kinds`` counts rows per kind of record."""

    name: str
    bundles: int = 0
    taken: Taken = field(default_factory=Taken)
    kinds: dict[str, int] = field(default_factory=dict)


@dataclass
class Fetched:
    """The outcome of reading: what was taken, what waits, what was refused, what was not ours; sentences."""

    heard: dict[int, Heard] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)  # names of bundles to somebody else
    again: int = 0  # bundles whose content we had already
    waiting: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)  # names of files that are no bundles
    elsewhere: int = 0  # bundles of other municipalities
    early: bool = False  # an earlier package from the main file is missing
    amiss: bool = False  # a package could not be taken, since this file lacks more than it tells
    behind: bool = False  # operations of our own are missing

    @property
    def news(self) -> bool:
        return any(h.taken.operations or h.taken.rows for h in self.heard.values())


@contextlib.contextmanager
def opened(store: Store, one: Arrived, keys: Keys) -> Iterator[About]:
    """The package in a bundle, attached as ``other``. LskError when the header says otherwise than the package."""
    package = inside(one)
    try:
        unwrap(one.path, one.header, keys, package)
        about = told(package)
        if (about.sender, about.receiver, about.upto) != (one.sender, one.header.fields["receiver"], one.header.upto):
            raise LskError(f"{one.path} säger annat utanpå än inuti. Inget har tagits in. Be avsändaren om en ny.")
        with attached(store.db, package):
            yield about
    finally:
        package.unlink(missing_ok=True)


def inside(one: Arrived) -> Path:
    return one.path.with_name(one.path.name + ".paket")


def heard(out: Fetched, one: Arrived, taken: Taken, kinds: dict[str, int]) -> None:
    entry = out.heard.setdefault(one.sender, Heard(one.header.fields["sender"]["code"]))
    entry.bundles += 1
    entry.taken += taken
    for kind, count in kinds.items():
        entry.kinds[kind] = entry.kinds.get(kind, 0) + count


def kinds(db: sqlite3.Connection) -> dict[str, int]:
    """How many rows of each kind the attached package's operations, new to us, are about."""
    return dict(
        db.execute(
            """SELECT c.entity, count(DISTINCT o.row) FROM other.sync_op o
               JOIN (SELECT DISTINCT tbl, entity FROM other.sync_column) c ON c.tbl = o.tbl
               WHERE o.id NOT IN (SELECT id FROM main.sync_op) GROUP BY 1"""
        ).fetchall()
    )


def refuse_forged(one: Arrived, keys: Keys) -> None:
    if one.header.signer.sign != keys.public.sign:
        raise LskError(
            f"{one.name} säger sig vara skriven av den här filen, men har en annan nyckel. Den har inte tagits in."
        )


def known_seal(store: Store, header: Header) -> bool | None:
    """Whether the last seal by this file that a bundle knows of is ours. None when we have none that ends there.

    A bundle that knows of none says nothing against us.
    """
    said, stream = header.fields.get("seals"), store.file.stream
    seal = said.get(str(stream)) if isinstance(said, dict) else None
    if not isinstance(seal, list) or len(seal) != 2 or type(seal[0]) is not int:
        return True
    row = store.db.execute(
        "SELECT digest FROM sync_seal WHERE signer = ?1 AND stream = ?1 AND upto = ?2", (stream, seal[0])
    ).fetchone()
    return None if row is None else row[0].hex() == seal[1]
