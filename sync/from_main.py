"""A unit's file reads the main file's bundles and, when a backup has been restored, its own."""

from __future__ import annotations

import sqlite3

from lsk.errors import LskError
from lsk.store import Store, transaction

from . import ledger
from .arrived import Arrived, Behind, Fetched, Forked, heard, kinds, known_seal, opened, refuse_forged
from .causality import MAIN, first_of, vector
from .keys import Keys
from .package import acknowledged
from .seal import leaves
from .take_down import own_seals, take_down


def from_main(unit: Store, keys: Keys, place: str, one: Arrived, actor: str, out: Fetched) -> None:
    db, stream, header = unit.db, unit.file.stream, one.header
    row = db.execute("SELECT replica, sign_key FROM sync_stream WHERE no = ?", (MAIN,)).fetchone()
    if (
        one.sender != MAIN
        or header.fields["sender"]["replica"] != row["replica"]
        or header.signer.sign != row["sign_key"]
    ):
        raise LskError(
            f"{one.name} är inte underskriven av huvudfilen (nyckel {header.signer.sign.hex()[:16]}). "
            "Den har inte tagits in. Hör med den som sköter huvudfilen; har den fått en "
            "ny nyckel ska filerna synkas direkt en gång."
        )
    if ledger.covered(header.upto, acknowledged(db)):
        out.again += 1
        return
    given_back = header.base.get(stream, 0) < header.upto.get(stream, 0)
    known = known_seal(unit, header)
    if known is False:
        raise forked(unit)
    if header.base.get(stream, 0) > vector(db)[stream] or (known is None and not given_back):
        raise Behind(f"{one.name} bygger på ändringar som den här filen har gjort men inte längre har.")
    with opened(unit, one, keys) as about:
        if given_back:
            refuse_forked(unit, header.upto[stream])
        counted = kinds(db)
        taken = take_down(unit, about)
    heard(out, one, taken, counted)


def own_back(unit: Store, keys: Keys, place: str, one: Arrived, actor: str, out: Fetched) -> None:
    """A bundle of our own that we do not remember: this is a restored backup, and here is what it lacks."""
    db, stream = unit.db, unit.file.stream
    refuse_forged(one, keys)
    upto = one.header.upto[stream]
    if one.header.base.get(stream, 0) > vector(db)[stream]:
        raise Behind(f"{one.name} bygger på ändringar som den här filen har gjort men inte längre har.")
    with opened(unit, one, keys) as about:
        refuse_forked(unit, upto)
        if upto > vector(db)[stream]:
            counted = kinds(db)
            heard(out, one, take_down(unit, about), counted)
            epochs(db, stream)
        with transaction(db):
            own_seals(db, stream)
    with transaction(db):
        ledger.record(db, place, MAIN, one.name, {**about.base, stream: upto})


def epochs(db: sqlite3.Connection, stream: int) -> None:
    """What the operations read back had seen when they were made; and what the file has seen, from its next one on."""
    with transaction(db):
        db.execute("INSERT OR REPLACE INTO main.sync_dep SELECT * FROM other.sync_dep WHERE stream = ?", (stream,))
        db.execute(
            """INSERT OR REPLACE INTO main.sync_dep SELECT l.stream, l.epoch, s.stream, s.upto
               FROM sync_local l, sync_seen s WHERE s.stream <> l.stream"""
        )


def refuse_forked(unit: Store, upto: int) -> None:
    """Forked unless our own operations in the attached package are those that we have under the same numbers."""
    db, low = unit.db, first_of(unit.file.stream)
    last = low + min(upto, vector(db)[unit.file.stream])
    span = db.execute("SELECT min(id) FROM other.sync_op WHERE id > ? AND id <= ?", (low, last)).fetchone()[0]
    if span is not None:
        theirs, ours = (dict(leaves(db, schema, span, last)) for schema in ("other", "main"))
        if any(ours.get(operation) != leaf for operation, leaf in theirs.items()):
            raise forked(unit)


def forked(unit: Store) -> Forked:
    return Forked(
        f"{unit.path} är en återställd säkerhetskopia eller en kopia som har ändrats på egen hand: samma nummer står "
        "för olika ändringar här och i det som redan är skickat. Inget är ändrat eller skickat. Gör kopian till en "
        f"egen fil hos huvudfilen med: lsk sync HUVUDFIL {unit.path} --adopt"
    )
