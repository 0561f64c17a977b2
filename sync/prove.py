"""Is what a file gives us what its key sealed, and the history we already know of it? (design section 7 point 5)

Runs on a connection of its own to the given file, in another thread, while the rows are merged.
"""

from __future__ import annotations

import contextlib
import hmac
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from lsk.capture import COLUMN_BITS, COLUMN_MASK
from lsk.errors import LskError
from lsk.store import connect, now

from . import keys
from .causality import first_of
from .seal import Seal, broken, chained, latest, run, seals, write

MAIN = 1  # the main file's stream
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
    """What the main file knows of a sender: its key, its last seal here, our receipts since."""

    seen: int
    sign_key: bytes | None
    token: str | None
    last: Seal | None
    revoked_at: str | None = None
    receipts: list[Seal] = field(default_factory=list)


@dataclass(frozen=True)
class Proof:
    """``seals``: the sender's new ones and our receipt for what it has not sealed. ``unsealed``: how many that was."""

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
    key, token, revoked_at = db.execute(
        "SELECT sign_key, token, revoked_at FROM sync_stream WHERE no = ?", (stream,)
    ).fetchone()
    last = latest(db, stream, stream)
    return Known(seen, key, token, last, revoked_at, seals(db, stream, MAIN, last.upto if last else 0))


def prove(sender: Sender, about: Known) -> Proof:
    """Check every new seal, its signature and our receipts. LskError says what does not hold."""
    if about.revoked_at:
        raise revoked(sender.path, about.revoked_at)
    db = connect(sender.path, readonly=True)
    with contextlib.closing(db):
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_CELL)
        db.execute("PRAGMA cache_size = -4096")  # everything is read once, in order
        refuse_stray(db, sender, about.seen)
        enrols = acquainted(sender, about)
        refuse_other_history(db, sender, about)
        new = follow(db, sender, about)
        tail = max(new[-1].upto if new else 0, about.last.upto if about.last else 0, about.seen)
        receipt = [] if tail >= sender.newest else [received(db, sender.stream, tail + 1, sender.newest)]
        if receipt and not sender.direct:
            raise altered(sender, "sista ändringarna är inte underskrivna")
        return Proof(sender, new + receipt, sender.newest - tail if receipt else 0, enrols)


def refuse_stray(db: sqlite3.Connection, sender: Sender, seen: int) -> None:
    """No cell among the new ones may lack its operation."""
    low, high = first_of(sender.stream) + seen + 1, first_of(sender.stream) + sender.newest
    stray = db.execute(
        f"""SELECT 1 FROM sync_cell c WHERE c.id BETWEEN ? AND ?
            AND NOT EXISTS (SELECT 1 FROM sync_op o WHERE o.id = c.id >> {COLUMN_BITS}) LIMIT 1""",
        (low << COLUMN_BITS, high << COLUMN_BITS | COLUMN_MASK),
    ).fetchone()
    if stray:
        raise damaged(sender)


def acquainted(sender: Sender, about: Known) -> bool:
    """Whether the sender's key is new to us and proved; LskError when it is not the one we know."""
    if sender.sign_key is None or sender.sign_key == about.sign_key:
        return False
    if about.sign_key is not None:
        raise altered(sender, "den är underskriven med en annan nyckel än den enheten har anmält")
    if about.token is not None and not hmac.compare_digest(sender.token or "", about.token):
        raise altered(sender, "dess nyckel är inte anmäld")
    return True


def refuse_older_with_edits(db: sqlite3.Connection, sender: Sender, seen: int) -> None:
    """A file behind what we have taken from it, or from its seals, is a restored backup: nothing in it may differ.

    ``other`` is the sender's file. One that is not behind is held to its seals and receipts (``refuse_other_history``).
    """
    stream = sender.stream
    last, theirs = latest(db, stream, stream), latest(db, stream, stream, "other")
    behind = last is not None and (theirs is None or theirs.upto < last.upto)
    if not sender.direct or (sender.newest >= seen and not behind):
        return
    agreed = db.execute(
        """SELECT ifnull(max(upto), 0) FROM main.sync_seal JOIN other.sync_seal USING (signer, stream, upto, digest)
           WHERE signer = ?1 AND stream = ?1""",
        (stream,),
    ).fetchone()[0]
    upto = min(seen, sender.newest)
    ours, _ = chained(None, run(db, "main", stream, agreed + 1, upto))
    found, _ = chained(None, run(db, "other", stream, agreed + 1, upto))
    if ours != found:
        raise two_histories(sender, upto, ours, found)


def refuse_other_history(db: sqlite3.Connection, sender: Sender, about: Known) -> None:
    """What we have taken before must stand unchanged in the sender's file, as far as it goes."""
    if about.last is not None and sender.direct:
        theirs = latest(db, sender.stream, sender.stream)
        same = [s for s in seals(db, sender.stream, sender.stream) if s.upto == about.last.upto]
        if theirs and theirs.upto >= about.last.upto and (not same or same[0].digest != about.last.digest):
            raise two_histories(sender, about.last.upto, about.last.digest, (same[0] if same else theirs).digest)
    for receipt in about.receipts[-1:] if sender.direct else ():  # a copy that parted earlier has another one too
        if receipt.upto <= sender.newest and broken(db, receipt):
            found = received(db, sender.stream, receipt.first, receipt.upto)
            raise two_histories(sender, receipt.upto, receipt.digest, found.digest)


def follow(db: sqlite3.Connection, sender: Sender, about: Known) -> list[Seal]:
    """The sender's seals after the last one we have, each chained to the one before, whole and signed."""
    last, key = about.last, about.sign_key or sender.sign_key
    new = seals(db, sender.stream, sender.stream, last.upto if last else 0)
    for seal in new:
        if (seal.previous, seal.first) != ((last.digest, last.upto + 1) if last else (None, 1)):
            raise altered(sender, f"sigillet efter ändring {last.upto if last else 0} hör inte till det före")
        if broken(db, seal):
            raise altered(sender, f"en ändring mellan nummer {seal.first} och {seal.upto} har skrivits om")
        if key is None or seal.signature is None or not keys.valid(key, seal.signed, seal.signature):
            raise altered(sender, f"underskriften för ändring {seal.first}–{seal.upto} stämmer inte")
        last = seal
    return new


def received(db: sqlite3.Connection, stream: int, first: int, upto: int) -> Seal:
    """The main file's receipt for operations that their own file has not sealed."""
    digest, _ = chained(None, run(db, "main", stream, first, upto))
    return Seal(MAIN, stream, first, upto, None, digest, None, now())


def revoked(path: Path, at: str) -> LskError:
    return LskError(f"{path} är spärrad sedan {at[:10]}. Inget har tagits in. Gör en ny enhetsfil med: lsk unit-file")


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
