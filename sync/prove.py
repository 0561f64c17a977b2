"""Is what a file gives us what its key sealed, and the history we already know of it? (design section 7 point 5)

When there is much to read it runs on a connection of its own to the given file, in another thread, while the rows are
merged.
"""

from __future__ import annotations

import contextlib
import hmac
import sqlite3
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from lsk.errors import LskError
from lsk.store import connect

from . import keys
from .causality import first_of
from .seal import Seal, chained, latest, run, seals, write

MOST_CELL = 1 << 26  # bytes; no value in another file is read that is larger than this


@dataclass(frozen=True)
class Sender:
    """Whose news is read, and where: a unit's file, or a package from it. ``newest``: the last operation in it."""

    path: Path
    stream: int
    code: str
    unit: str
    newest: int
    direct: bool = True  # given by hand; a bundle must be sealed to the last operation
    sign_key: bytes | None = None
    age_key: str | None = None
    token: str | None = None


@dataclass(frozen=True)
class Known:
    """What the main file knows of a sender: its key, its last seal here, how far we have taken its operations.

    ``taken``: the leaves, in our log, of operations that the sender had not sealed when we took them, and now has.
    """

    seen: int
    sign_key: bytes | None
    token: str | None
    last: Seal | None
    revoked_at: str | None = None
    taken: list[tuple[int, bytes]] = field(default_factory=list)


@dataclass(frozen=True)
class Proof:
    """``seals``: the sender's new ones. ``unsealed``: how many of the new operations its key does not vouch for."""

    sender: Sender
    seals: list[Seal]
    unsealed: int
    enrols: bool

    def write(self, db: sqlite3.Connection) -> None:
        write(db, self.seals)
        if self.enrols:
            db.execute(
                "UPDATE sync_stream SET sign_key = ?, age_key = ? WHERE no = ?",
                (self.sender.sign_key, self.sender.age_key, self.sender.stream),
            )


def known(db: sqlite3.Connection, stream: int, seen: int) -> Known:
    """What we know of the sender whose file or package is attached as ``other``."""
    key, token, revoked_at = db.execute(
        "SELECT sign_key, token, revoked_at FROM sync_stream WHERE no = ?", (stream,)
    ).fetchone()
    last = latest(db, stream, stream)
    sealed = last.upto if last else 0
    now_sealed = sealed < seen and latest(db, stream, stream, "other") not in (None, last)
    taken = list(run(db, "main", stream, sealed + 1, seen)) if now_sealed else []
    return Known(seen, key, token, last, revoked_at, taken)


def prove(sender: Sender, about: Known) -> Proof:
    """Check every new seal and its signature on a connection of our own. LskError says what does not hold."""
    db = connect(sender.path, readonly=True)
    with contextlib.closing(db):
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_CELL)
        db.execute("PRAGMA cache_size = -4096")  # everything is read once, in order
        return proved(db, "main", sender, about)


def proved(db: sqlite3.Connection, schema: str, sender: Sender, about: Known) -> Proof:
    """The same on a connection where the sender's file or package is ``schema``."""
    if about.revoked_at:
        raise revoked(sender.path, about.revoked_at)
    enrols = acquainted(sender, about)
    new = follow(db, schema, sender, about)
    tail = max(new[-1].upto if new else 0, about.last.upto if about.last else 0, about.seen)
    if tail < sender.newest and not sender.direct:
        raise altered(sender, "sista ändringarna är inte underskrivna")
    return Proof(sender, new, sender.newest - tail, enrols)


def acquainted(sender: Sender, about: Known) -> bool:
    """Whether the sender's key is new to us and proved; LskError when it is not the one we know."""
    if sender.sign_key is None or sender.sign_key == about.sign_key:
        return False
    if about.sign_key is not None:
        raise altered(sender, "den är underskriven med en annan nyckel än den enheten har anmält")
    if about.token is not None and not hmac.compare_digest(sender.token or "", about.token):
        raise altered(sender, "dess nyckel är inte anmäld")
    return True


def refuse_other_history(db: sqlite3.Connection, sender: Sender, seen: int) -> None:
    """What we have taken before must be what the sender's file, attached as ``other``, holds under the same numbers.

    Where both hold a seal it tells. Beyond that the last number that both have does: its salt is no one else's. Only a
    file that is behind us, or behind its own seals, a restored backup, is compared operation by operation.
    """
    stream, upto = sender.stream, min(seen, sender.newest)
    last, theirs = latest(db, stream, stream), latest(db, stream, stream, "other")
    if not sender.direct or not upto:
        return
    agreed = db.execute(
        """SELECT ifnull(max(upto), 0) FROM main.sync_seal JOIN other.sync_seal USING (signer, stream, upto, digest)
           WHERE signer = ?1 AND stream = ?1""",
        (stream,),
    ).fetchone()[0]
    if last and theirs and agreed < last.upto <= theirs.upto:
        raise two_histories(sender, last.upto, last.digest, theirs.digest)
    behind = sender.newest < seen or (last is not None and (theirs is None or theirs.upto < last.upto))
    first = agreed + 1 if behind else max(agreed + 1, upto)
    ours, found = (list(run(db, schema, stream, first, upto)) for schema in ("main", "other"))
    if ours != found:
        raise two_histories(sender, upto, chained(None, ours)[0], chained(None, found)[0])


def follow(db: sqlite3.Connection, schema: str, sender: Sender, about: Known) -> list[Seal]:
    """The sender's seals after the last one we have, each chained to the one before, whole and signed.

    Of operations that we have taken already it is ours that must be under the seal.
    """
    last, key = about.last, about.sign_key or sender.sign_key
    new = seals(db, sender.stream, sender.stream, last.upto if last else 0, schema)
    for seal in new:
        if (seal.previous, seal.first) != ((last.digest, last.upto + 1) if last else (None, 1)):
            raise altered(sender, f"sigillet efter ändring {last.upto if last else 0} hör inte till det före")
        low, high = (first_of(sender.stream) + n for n in (seal.first, seal.upto))
        ours = [link for link in about.taken if low <= link[0] <= high]
        news = run(db, schema, sender.stream, max(seal.first, about.seen + 1), seal.upto)
        if chained(seal.previous, chain(ours, news)) != (seal.digest, seal.upto - seal.first + 1):
            raise altered(sender, f"en ändring mellan nummer {seal.first} och {seal.upto} har skrivits om")
        if key is None or seal.signature is None or not keys.valid(key, seal.signed, seal.signature):
            raise altered(sender, f"underskriften för ändring {seal.first}–{seal.upto} stämmer inte")
        last = seal
    return new


class Revoked(LskError):
    """The sender's file has been shut out; nothing from it will ever be taken again."""


def revoked(path: Path, at: str) -> Revoked:
    return Revoked(f"{path} är spärrad sedan {at[:10]}. Inget har tagits in. Gör en ny enhetsfil med: lsk unit-file")


def damaged(sender: Sender) -> LskError:
    return LskError(
        f"{sender.path} är skadad: ändringarna i den hänger inte ihop. Inget har tagits in. "
        "Använd en säkerhetskopia av filen."
    )


def altered(sender: Sender, what: str) -> LskError:
    return LskError(
        f"{sender.path} har ändrats i efterhand: {what}. Inget har tagits in. "
        f"Använd en säkerhetskopia av filen, eller spärra den och gör en ny med: lsk unit-file"
    )


def two_histories(sender: Sender, upto: int, ours: bytes, theirs: bytes) -> LskError:
    return LskError(
        f"{sender.path} är en annan kopia av samma enhetsfil: båda har ändrats under samma nummer, och den andra är "
        f"redan synkad (till ändring {upto}: här {theirs.hex()[:12]}, i huvudfilen {ours.hex()[:12]}). Inget har "
        "tagits in eller gått förlorat. Använd den andra kopian, eller gör den här till en egen fil med: "
        f"lsk sync HUVUDFIL {sender.path} --adopt"
    )
