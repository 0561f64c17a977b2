"""The main file reads a unit's bundle: whose it is, what it brings, and how far the unit says that it has come."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lsk.errors import LskError
from lsk.store import Store, now, transaction

from . import ledger
from .arrived import Arrived, Fetched, Forked, heard, inside, kinds, known_seal, opened, refuse_forged
from .causality import vector
from .keys import Keys, proves
from .prove import Sender, revoked
from .sides import RESTORED_MAIN
from .take import take_up
from .take_down import Early


def from_unit(main: Store, keys: Keys, place: str, one: Arrived, actor: str, out: Fetched) -> None:
    """Take a unit's bundle, and note how far the unit has come, by what it says itself."""
    db, header, stream = main.db, one.header, one.sender
    seen = vector(db).get(stream, 0)
    first, upto = header.base.get(stream, 0), header.upto.get(stream, 0)
    sender = trusted(db, one, upto)
    if first > seen:
        raise Early(f"{one.name} från {sender.code} väntar på en tidigare (ändring {seen + 1}–{first} saknas).")
    told_at, at = ledger.told_at(db, stream), header.fields["at"]
    if upto <= seen and (at == told_at or (at < told_at and not header.fields["whole"])):
        out.again += 1
        return
    with opened(main, one, keys) as about:
        counted = kinds(db)
        taken = take_up(main, replace(sender, path=inside(one)), actor)
    heard(out, one, taken, counted)
    with transaction(db):
        if at > told_at:
            ledger.record(db, ledger.ANYWHERE, stream, ledger.HAS, about.base, at)
        if header.fields["whole"]:
            ledger.record(db, ledger.ANYWHERE, stream, ledger.ASKS, {**about.base, stream: upto})
        db.execute("UPDATE sync_stream SET last_sync_at = ? WHERE no = ?", (now(), stream))


def trusted(db: sqlite3.Connection, one: Arrived, newest: int) -> Sender:
    """The sender of a bundle, known by its key or by the token it was given. LskError when it is not to be believed."""
    row = db.execute("SELECT * FROM sync_stream WHERE no = ?", (one.sender,)).fetchone()
    said, signer = one.header.fields, one.header.signer
    if row is None or row["unit"] is None or row["replica"] != said["sender"]["replica"]:
        raise LskError(f"{one.name} kommer från en fil som inte finns i huvudfilen. Inget har tagits in.")
    if row["revoked_at"]:
        raise revoked(one.path, row["revoked_at"])
    proved = row["token"] if proves(row["token"] or "", signer, said["enrol"] or "") else None
    if signer.sign != row["sign_key"] and (row["sign_key"] is not None or proved is None):
        raise LskError(
            f"{one.name} är underskriven med en annan nyckel ({signer.sign.hex()[:16]}) än den filen {row['code']} "
            "har anmält. Inget har tagits in. Hör med enheten; har den bytt dator behöver den sin nyckelkopia eller en "
            "ny fil."
        )
    if not db.execute("SELECT 1 FROM unit WHERE id = ?", (row["unit"],)).fetchone():
        raise LskError(
            f"Enheten som filen {row['code']} gäller finns inte längre. Ta tillbaka enheten, eller spärra filen."
        )
    return Sender(
        one.path, one.sender, row["code"], row["unit"], newest, direct=False,
        sign_key=signer.sign, age_key=signer.age, token=proved,
    )  # fmt: skip


def own_main(main: Store, keys: Keys, place: str, one: Arrived, actor: str, out: Fetched) -> None:
    """A bundle of the main file's own that it does not remember: it is a restored backup, or was cut off in between."""
    receiver = int(one.header.fields["receiver"])
    refuse_forged(one, keys)
    if not ledger.covered(one.header.upto, vector(main.db)) or known_seal(main, one.header) is not True:
        raise Forked(
            f"{main.path} är äldre än det den redan har skickat till {place}: den är en återställd säkerhetskopia, "
            "eller en kopia som någon annan också använder. Inget är ändrat. Använd den senaste huvudfilen. "
            f"Finns den inte kvar, använd en ny tom mapp, och för varje enhet: {RESTORED_MAIN}"
        )
    with transaction(main.db):
        ledger.record(main.db, place, receiver, one.name, one.header.upto)
