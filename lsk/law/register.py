"""The law register as it is read: what a citation means, how a wording became another, which one held on a day."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from lsk.errors import LskError

NUMBER = re.compile(r"\b\d{4}:\d+\b", re.ASCII)
MOST = 6  # names in a sentence

# The whole citation of a provision, p, of a statute, s; and the days it held, which may be those of its statute.
LABEL = "s.short_name || ' ' || s.number || ' ' || p.designation"
FROM, TO = "coalesce(p.valid_from, s.valid_from, '')", "coalesce(p.valid_to, s.valid_to, '9999')"
PROVISIONS = "provision p JOIN statute s ON s.id = p.statute"

# What the asked provisions (:asked, a JSON list of ids) became, and what became them.
CHAIN = """asked(id) AS (SELECT value FROM json_each(:asked)),
  later(id) AS (SELECT id FROM asked UNION
    SELECT p.became FROM later l JOIN provision p ON p.id = l.id WHERE p.became IS NOT NULL),
  earlier(id) AS (SELECT id FROM asked UNION SELECT p.id FROM earlier e JOIN provision p ON p.became = e.id),
  family(id) AS (SELECT id FROM later UNION SELECT id FROM earlier)"""


@dataclass(frozen=True)
class Cited:
    """What a citation means: a statute and, of it, the provisions. ``whole``: nothing but the statute was named."""

    text: str
    statute: str
    provisions: tuple[str, ...]
    whole: bool


def cited(db: sqlite3.Connection, text: str, day: str) -> Cited:
    """What "SoL 2001:453 14 kap. 3 §", "14 kap. 3 § SoL" or a reference means; ``day`` chooses among acts of a name.

    A paragraph also means its parts (stycken) and all its wordings. LskError names what there is.
    """
    row = db.execute("SELECT id, statute FROM provision WHERE ref = ?1 OR id = ?1", (text,)).fetchone()
    if row:
        return Cited(text, row["statute"], (row["id"],), whole=False)
    statutes, designation = named(db, text)
    found = [(s, provisions(db, s["id"], designation)) for s in statutes]
    if designation:
        found = [(s, ids) for s, ids in found if ids]
    if len(found) > 1:
        found = [(s, ids) for s, ids in found if held(s, day)] or found
    if not found:
        raise LskError(f"Lagregistret har inget lagrum ”{text}”. {there_is(db, statutes)}")
    if len(found) > 1:
        which = "; ".join(called(s) for s, _ in found[:MOST])
        raise LskError(f"”{text}” kan vara flera författningar: {which}. Skriv numret också.")
    statute, ids = found[0]
    return Cited(text, statute["id"], tuple(ids), whole=not designation)


def named(db: sqlite3.Connection, text: str) -> tuple[list[sqlite3.Row], str]:
    """The statutes that a citation can mean, and what is left of it: the paragraph."""
    known = db.execute("SELECT * FROM statute ORDER BY short_name, number").fetchall()
    number = NUMBER.search(text)
    rest = text.replace(number[0], " ").replace("()", " ") if number else text
    names = sorted({s["short_name"] for s in known if word(s["short_name"]).search(rest)}, key=len)
    if names:
        rest = word(names[-1]).sub(" ", rest)
    statutes = [s for s in known if names[-1:] in ([], [s["short_name"]]) and (not number or s["number"] == number[0])]
    rest = " ".join(rest.replace("( )", " ").split())
    by_ref = [s for s in known if text in (s["ref"], s["id"])]
    return (by_ref, "") if by_ref else (statutes if number or names else [], rest)


def word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.IGNORECASE)


def provisions(db: sqlite3.Connection, statute: str, designation: str) -> list[str]:
    """The ids of a statute's provisions: those of a designation with its parts, or all."""
    rows = db.execute(
        """SELECT id FROM provision WHERE statute = ?1 AND (?2 = '' OR designation = ?2 COLLATE NOCASE
             OR substr(designation, 1, length(?2) + 1) = ?2 || ' ' COLLATE NOCASE) ORDER BY ref""",
        (statute, designation),
    )
    return [row["id"] for row in rows]


def held(statute: sqlite3.Row, day: str) -> bool:
    return (statute["valid_from"] or "") <= day <= (statute["valid_to"] or "9999")


def called(statute: sqlite3.Row) -> str:
    return f"{statute['short_name']} {statute['number']}"


def there_is(db: sqlite3.Connection, statutes: list[sqlite3.Row]) -> str:
    """What could have been meant."""
    if not statutes:
        return "Se författningarna med: lsk law FIL list"
    return f"Se paragraferna med: lsk law FIL list ”{called(statutes[0])}”"


def statutes(db: sqlite3.Connection, day: str | None = None) -> list[sqlite3.Row]:
    """Every statute with how many provisions it has and how many of them are checked; in force on ``day`` if given."""
    return db.execute(
        """SELECT s.id, s.ref, s.short_name || ' ' || s.number AS law, s.name, s.kind, s.valid_from, s.valid_to,
             n.short_name || ' ' || n.number AS replaced_by, s.certainty, s.checked_on, s.checked_by,
             (SELECT count(*) FROM provision p WHERE p.statute = s.id) AS provisions
           FROM statute s LEFT JOIN statute n ON n.id = s.replaced_by
           WHERE :day IS NULL OR :day BETWEEN ifnull(s.valid_from, '') AND ifnull(s.valid_to, '9999')
           ORDER BY s.short_name_sort, s.number""",
        {"day": day},
    ).fetchall()


def wordings(db: sqlite3.Connection, ids: tuple[str, ...], day: str | None = None) -> list[sqlite3.Row]:
    """The provisions with all they came of and became, the earliest first; only those in force on ``day`` if given."""
    return read(db, f"WITH RECURSIVE {CHAIN} ", "family", ids, day)


def listed(db: sqlite3.Connection, ids: tuple[str, ...], day: str | None = None) -> list[sqlite3.Row]:
    """The provisions alone."""
    return read(db, "WITH asked(id) AS (SELECT value FROM json_each(:asked)) ", "asked", ids, day)


def read(db: sqlite3.Connection, start: str, source: str, ids: tuple[str, ...], day: str | None) -> list[sqlite3.Row]:
    import json

    return db.execute(
        f"""{start} SELECT p.id, p.ref, {LABEL} AS law, p.heading, p.binding,
              coalesce(p.valid_from, s.valid_from) AS valid_from, coalesce(p.valid_to, s.valid_to) AS valid_to,
              (SELECT {LABEL} FROM {PROVISIONS} WHERE p.id = o.became) AS became,
              p.certainty, p.checked_on, p.checked_by, p.note
            FROM {source} JOIN provision p ON p.id = {source}.id JOIN statute s ON s.id = p.statute
            JOIN provision o ON o.id = p.id
            WHERE :day IS NULL OR :day BETWEEN {FROM} AND {TO}
            ORDER BY {TO}, {FROM}, p.ref""",
        {"asked": json.dumps(ids), "day": day},
    ).fetchall()


def at(db: sqlite3.Connection, provision: str, day: str) -> list[sqlite3.Row]:
    """The wording to show for an event of ``day``: of the provision, what it came of and became, what held then.

    Several when one paragraph took over from several; none when none held, or it is not known.
    """
    return wordings(db, (provision,), day)
