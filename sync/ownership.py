"""Whose a file is: the keys that it signs with on this computer, and that it has been revoked."""

from __future__ import annotations

import sqlite3

from lsk.capture import resolve
from lsk.change import Change
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.store import VERSION, Store, now, transaction

from . import keys
from .keys import Keys
from .seal import seals


def held(store: Store) -> Keys:
    """The file's keys, which it must have been given when it last sent something. LskError when it has none."""
    row = store.db.execute("SELECT sign_key FROM sync_stream WHERE no = ?", (store.file.stream,)).fetchone()
    if row["sign_key"] is None and keys.own(store.file.replica) is None:
        raise LskError(
            f"{store.path} har inte skickat något än, så ingen synkfil kan vara till den. Skicka först en egen med: "
            f"lsk bundle {store.path} --to MAPP"
        )
    return keyed(store)


def keyed(store: Store) -> Keys:
    """The file's keys on this computer, made at first need; their public halves are then in the file.

    LskError when the file has keys and they are not on this computer.
    """
    file = store.file
    row = store.db.execute("SELECT sign_key, age_key FROM sync_stream WHERE no = ?", (file.stream,)).fetchone()
    held = keys.own(file.replica)
    if row["sign_key"] is not None and (held is None or held.public.sign != row["sign_key"]):
        raise LskError(f"{store.path} har nycklar som inte finns på den här datorn. {key_advice(store)}")
    held = held or keys.create(file.replica)
    if (row["sign_key"], row["age_key"]) != (held.public.sign, held.public.age):
        with transaction(store.db):
            store.db.execute(
                "UPDATE sync_stream SET sign_key = ?, age_key = ? WHERE no = ?",
                (held.public.sign, held.public.age, file.stream),
            )
    return held


def key_advice(store: Store) -> str:
    """What to do when a file's keys are not on this computer."""
    path = store.path
    first = (
        f"Läs in en nyckelkopia med: lsk key {path} --load KOPIA (den görs med --save på datorn där nyckeln finns). "
        "Finns ingen kopia, "
    )
    if not store.file.is_unit_file:
        return f"{first}ge huvudfilen en ny nyckel med: lsk key {path} --new"
    return (
        f"{first}synka filen direkt med huvudfilen en sista gång, spärra den där med lsk unit-file HUVUDFIL "
        f"--revoke {store.file.code} och gör en ny enhetsfil."
    )


def renew(main: Store, actor: str) -> Keys:
    """New keys for the main file, whose own are lost; what it had sealed is signed anew, and the history says so.

    A unit's file believes them when it has been synced with the main file by hand, and no bundle before that. LskError
    when there is nothing to renew.
    """
    if main.file.is_unit_file:
        raise LskError(f"{main.path} är en enhetsfil och kan inte få ny nyckel. {key_advice(main)}")
    stream, held = main.file.stream, keys.own(main.file.replica)
    old = main.db.execute("SELECT sign_key FROM sync_stream WHERE no = ?", (stream,)).fetchone()[0]
    if old is None:
        raise LskError(f"{main.path} har ingen nyckel än. Den får en när den första enhetsfilen görs.")
    if held is not None and held.public.sign == old:
        raise LskError(f"Nyckeln för {main.path} finns på den här datorn. Den behöver inte bytas.")
    made = held or keys.create(main.file.replica)
    with transaction(main.db):
        main.db.execute(
            "UPDATE sync_stream SET sign_key = ?, age_key = ? WHERE no = ?", (made.public.sign, made.public.age, stream)
        )
        # A seal that the old key had not signed is not made good by the new one.
        main.db.executemany(
            "UPDATE sync_seal SET signature = ? WHERE signer = ? AND stream = ? AND upto = ?",
            [
                (made.sign(one.signed), stream, stream, one.upto)
                for one in seals(main.db, stream, stream)
                if one.signature is not None and keys.valid(old, one.signed, one.signature)
            ],
        )
        note(main, "", actor, "gav huvudfilen en ny nyckel")
    return made


def revocable(main: Store, code: str) -> sqlite3.Row:
    """The unit's file called ``code``, as it stands in sync_stream. LskError when there is none that can be revoked."""
    if main.file.is_unit_file:
        raise LskError(f"{main.path} är en enhetsfil. Filer spärras i huvudfilen.")
    code = code.upper()
    row: sqlite3.Row | None = main.db.execute("SELECT * FROM sync_stream WHERE code = ?", (code,)).fetchone()
    if row is None or row["no"] == main.file.stream:
        codes = [
            r[0] for r in main.db.execute("SELECT code FROM sync_stream WHERE no <> ? ORDER BY no", (main.file.stream,))
        ]
        raise LskError(f"Ingen enhetsfil har koden {code}. Koder som finns: {', '.join(codes) or 'inga'}.")
    if row["revoked_at"]:
        raise LskError(f"Filen {code} är redan spärrad sedan {row['revoked_at'][:10]}.")
    return row


def revoke(main: Store, code: str, actor: str, why: str = "") -> None:
    """From now on nothing is taken from the unit's file called ``code``; what it has sent stays.

    The history says so beside the unit it was made for. LskError when there is no such file.
    """
    row = revocable(main, code)
    with transaction(main.db):
        main.db.execute("UPDATE sync_stream SET revoked_at = ? WHERE no = ?", (now(), row["no"]))
        note(main, row["unit"], actor, f"spärrade filen {row['code']}" + (f": {why}" if why else ""))


def note(main: Store, unit: str, actor: str, why: str) -> None:
    """A line in the history that changes no value and decides no conflict: beside ``unit``, if it can be."""
    at = main.db.execute(
        "SELECT id FROM unit ORDER BY id IN (SELECT row FROM sync_conflict), id <> ?, id LIMIT 1", (unit,)
    ).fetchone()
    if at is None:
        return  # nothing is left to write it beside; the date of the revocation is still in the file
    change = Change(main.db, main.file, main.today, main.terms)
    change.begin()
    resolve(main.db, ENTITIES["unit"], at["id"], "ref")
    # It undoes itself, and so is offered neither to undo nor to redo: a revocation stands.
    change.end(now(), actor, why, VERSION, change.number)
