"""Is the log whole, and is it what was sealed? And what has been destroyed by decision."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby

from lsk.capture import SEQUENCE_BITS
from lsk.rules import Finding
from lsk.store import Store
from lsk.terms import numbered

from . import keys
from .causality import SEQUENCE_MASK, first_of, vector
from .columns import fresh
from .leave import LEFT
from .seal import SEALS, Seal, broken

BACKUP = "Använd senaste säkerhetskopian eller be om hjälp innan du fortsätter."

CHECKS = {
    "{n} ändringar i loggen saknar innehåll.": """SELECT count(*) FROM sync_op
       WHERE ifnull(new, '{}') = '{}' AND ifnull(old, '{}') = '{}' AND id NOT IN (SELECT op FROM sync_destroyed)""",
    "{n} ändringar som är förstörda enligt beslut har kvar innehåll i loggen.": """SELECT count(*)
       FROM (SELECT id, new, old FROM sync_op UNION ALL SELECT op, new, old FROM sync_quarantine) o
       JOIN sync_destroyed d ON d.op = o.id WHERE o.new IS NOT NULL OR o.old IS NOT NULL""",
    "{n} ändringar i loggen gäller en okänd tabell.": """SELECT count(*) FROM sync_op
       WHERE tbl NOT IN (SELECT tbl FROM sync_column)""",
    "{n} värden i loggen gäller ett okänt fält.": """SELECT count(*) FROM sync_op o
       CROSS JOIN sync_cell c ON c.op = o.id
       WHERE NOT EXISTS (SELECT 1 FROM sync_column n WHERE n.tbl = o.tbl AND n.no = c.col)""",
    "{n} ändringar i loggen kommer från en okänd fil.": f"""SELECT count(*) FROM sync_op
       WHERE id >> {SEQUENCE_BITS} NOT IN (SELECT no FROM sync_stream)""",
}


def wrong(
    message: str, remedy: str, rule: str, row: tuple[str, str, str] | None = None, field: str = "", kind: str = "fel"
) -> Finding:
    """A finding about the file; ``row``: entity, id and reference of the record it is about."""
    entity, record, ref = row or ("", "", "")
    return Finding(rule, record or None, entity, ref, "", kind, message, remedy, field)


def log(store: Store) -> Iterator[Finding]:
    for message, sql in CHECKS.items():
        if n := store.db.execute(sql).fetchone()[0]:
            yield wrong(message.format(n=n), BACKUP, "logg")
    yield from gaps(store)


def gaps(store: Store) -> Iterator[Finding]:
    """A file holds every operation of its own, and the main file all that it has taken from the others."""
    db = store.db
    held = f"""SELECT id FROM sync_op UNION SELECT op FROM sync_quarantine
      UNION SELECT op FROM sync_destroyed WHERE decision = '{LEFT}'"""
    have = {
        stream: (n, top)
        for stream, n, top in db.execute(
            f"SELECT id >> {SEQUENCE_BITS}, count(*), max(id) & {SEQUENCE_MASK} FROM ({held}) GROUP BY 1"
        )
    }
    codes = dict(db.execute("SELECT no, code FROM sync_stream").fetchall())
    for stream, upto in vector(db).items():
        n, top = have.get(stream, (0, 0))
        if (n != upto or top > upto) and (not store.file.is_unit_file or stream == store.file.stream):
            yield wrong(
                f"Loggen från {codes.get(stream, stream)} har luckor: {n} av "
                f"{numbered(upto, 'ändring', 'ändringar')} finns.",
                BACKUP,
                "logg",
            )


def suspects(db: sqlite3.Connection, records: Iterable[tuple[str | None, str, str]]) -> None:
    """Fill temp.suspect (row, ref, field): records whose tables are not what the log says, for ``chains`` to name."""
    fresh(db, "suspect", "row TEXT, ref TEXT, field TEXT")
    db.executemany("INSERT INTO suspect VALUES (?, ?, ?)", records)


def chains(store: Store) -> Iterator[Finding]:
    """Does every seal follow on the one before, and are the operations those that were sealed with the file's key?"""
    db = store.db
    files = {no: (code, key) for no, code, key in db.execute("SELECT no, code, sign_key FROM sync_stream")}
    found = [
        Seal(*row) for row in db.execute(f"{SEALS.format(schema='main')} ORDER BY signer, stream, upto").fetchall()
    ]
    for (signer, stream), run in groupby(found, key=lambda seal: (seal.signer, seal.stream)):
        code, _ = files.get(stream, (str(stream), None))
        _, key = files.get(signer, ("", None))
        last: Seal | None = None
        for seal in run:
            if signer == stream and (seal.previous, seal.first) != (
                (last.digest, last.upto + 1) if last else (None, 1)
            ):
                yield wrong(f"{span(code, seal)}: sigillet hör inte ihop med det före.", BACKUP, "sigill")
            if broken(db, seal):
                yield wrong(
                    f"{span(code, seal)} är inte längre de som {verb(seal)} {seal.at[:10]}{named(db, seal)}.",
                    BACKUP,
                    "sigill",
                )
            if signed_wrong(seal, key):
                yield wrong(f"{span(code, seal)}: underskriften stämmer inte.", BACKUP, "sigill")
            last = seal


def span(code: str, seal: Seal) -> str:
    return (
        f"Ändring {seal.first}–{seal.upto} från {code}"
        if seal.first < seal.upto
        else f"Ändring {seal.upto} från {code}"
    )


def verb(seal: Seal) -> str:
    return "skrevs under" if seal.signer == seal.stream else "togs emot"


def signed_wrong(seal: Seal, key: bytes | None) -> bool:
    """A file signs its own; a receipt needs no signature."""
    if seal.signer != seal.stream and seal.signature is None:
        return False
    return key is None or seal.signature is None or not keys.valid(key, seal.signed, seal.signature)


def named(db: sqlite3.Connection, seal: Seal) -> str:
    """The first record under a broken seal whose table tells otherwise than the log, and who had changed it."""
    row = db.execute(
        """SELECT s.ref, s.field,
             (SELECT c.actor FROM change_set c WHERE c.id <= o.id ORDER BY c.id DESC LIMIT 1) AS actor
           FROM suspect s CROSS JOIN sync_op o ON o.row = s.row WHERE o.id BETWEEN ? AND ? ORDER BY o.id LIMIT 1""",
        (first_of(seal.stream) + seal.first, first_of(seal.stream) + seal.upto),
    ).fetchone()
    if row is None:
        return ""
    field = f" ”{row['field']}”" if row["field"] else ""
    return f"; det rör {row['ref']}{field}, ändrad av {row['actor'] or 'okänd'}"


def notices(store: Store) -> list[Finding]:
    """What is no fault but should be known: what was destroyed, when and by which decision."""
    rows = store.db.execute(
        """SELECT decision, substr(at, 1, 10) AS day, count(*) AS n FROM sync_destroyed WHERE decision <> ?
           GROUP BY 1, 2 ORDER BY 2, 1""",
        (LEFT,),
    )
    return [
        wrong(
            f"{numbered(n, 'ändring är förstörd', 'ändringar är förstörda')} {day} enligt beslut ”{decision}”.",
            "",
            "gallring",
            kind="notis",
        )
        for decision, day, n in rows
    ]
