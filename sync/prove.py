"""Is what a file gives us what its key sealed, and the history we already know of it? (design section 7 point 5)

Runs on a connection of its own to the given file, in another thread, while the rows are merged.
"""

from __future__ import annotations

import contextlib
import hmac
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from lsk.errors import LskError
from lsk.store import connect, now

from . import keys
from .seal import Seal, broken, chained, latest, run, seals, write

MAIN = 1  # the main file's stream


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
    key, token = db.execute("SELECT sign_key, token FROM sync_stream WHERE no = ?", (stream,)).fetchone()
    last = latest(db, stream, stream)
    return Known(seen, key, token, last, seals(db, stream, MAIN, last.upto if last else 0))


def prove(sender: Sender, about: Known) -> Proof:
    """Check every new seal, its signature and our receipts. LskError says what does not hold."""
    db = connect(sender.path, readonly=True)
    with contextlib.closing(db):
        enrols = acquainted(sender, about)
        refuse_other_history(db, sender, about)
        new = follow(db, sender, about)
        tail = max(new[-1].upto if new else 0, about.last.upto if about.last else 0, about.seen)
        receipt = [] if tail >= sender.newest else [received(db, sender.stream, tail + 1, sender.newest)]
        if receipt and not sender.direct:
            raise altered(sender, "sista ändringarna är inte underskrivna")
        return Proof(sender, new + receipt, sender.newest - tail if receipt else 0, enrols)


def acquainted(sender: Sender, about: Known) -> bool:
    """Whether the sender's key is new to us and proved; LskError when it is not the one we know."""
    if sender.sign_key is None or sender.sign_key == about.sign_key:
        return False
    if about.sign_key is not None:
        raise altered(sender, "den är underskriven med en annan nyckel än den enheten har anmält")
    if about.token is not None and not hmac.compare_digest(sender.token or "", about.token):
        raise altered(sender, "dess nyckel är inte anmäld")
    return True


def refuse_other_history(db: sqlite3.Connection, sender: Sender, about: Known) -> None:
    """What we have taken before must stand unchanged in the sender's file, as far as it goes."""
    if about.last is not None and sender.direct:
        theirs = latest(db, sender.stream, sender.stream)
        same = [s for s in seals(db, sender.stream, sender.stream) if s.upto == about.last.upto]
        older = theirs is None or theirs.upto < about.last.upto
        if not older and (not same or same[0].digest != about.last.digest):
            raise two_histories(sender, about.last, same[0] if same else theirs)
    for receipt in about.receipts if sender.direct else ():
        if receipt.upto <= sender.newest and broken(db, receipt):
            raise two_histories(sender, receipt, received(db, sender.stream, receipt.first, receipt.upto))


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


def altered(sender: Sender, what: str) -> LskError:
    return LskError(
        f"{sender.path} har ändrats i efterhand: {what}. Inget har tagits in. "
        f"Använd en säkerhetskopia av filen, eller spärra den och gör en ny med: lsk unit-file"
    )


def two_histories(sender: Sender, ours: Seal, theirs: Seal | None) -> LskError:
    shown = theirs.digest.hex()[:12] if theirs else "saknas"
    return LskError(
        f"{sender.path} är en annan kopia av samma enhetsfil: båda har ändrats under samma nummer, och den andra är "
        f"redan synkad (till ändring {ours.upto}: här {shown}, i huvudfilen {ours.digest.hex()[:12]}). Inget har tagits in "
        "eller gått förlorat. Använd den andra kopian, eller gör kopian till en egen fil med: lsk sync --adopt"
    )
