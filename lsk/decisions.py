"""What waits for somebody's decision, and whose: as the municipality's own routing and settings point it out."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from lsk import capture
from lsk.model import ENTITIES
from lsk.rules.processes import OUGHT
from lsk.schema import quote


def named(role: str) -> str:
    return f"(SELECT r.name FROM role r WHERE r.id = {role})"


def setting(key: str) -> str:
    return f"(SELECT s.value FROM setting s WHERE s.key = '{key}')"


# Who establishes a document: the routing, and where that says "verksamheten" the one named in it, or its owner.
DOCUMENT_DECIDER = f"""(SELECT coalesce(nullif({OUGHT}, 'verksamheten'), {named("t.decided_by")},
    {named("d.owner_role")}) FROM document d WHERE d.id = t.document)"""

# Where a kind of record waits for a decision, and the SQL for who takes it.
AWAITED = {
    "document_version": ("t.status = 'granskas'", DOCUMENT_DECIDER),
    "investigation": (
        "t.status = 'bedömd' AND t.kind IN ('lex Sarah', 'lex Maria')",
        f"iif(t.kind = 'lex Sarah', {setting('lex_sarah_reporter')}, {setting('lex_maria_reporter')})",
    ),
    "action": (
        "t.status = 'prioriterad'",
        f"coalesce({setting('preparing_body')}, {setting('responsible_body')})",
    ),
    "report": (
        "t.status IN ('inlämnad', 'sammanställd')",
        f"(SELECT {named('m.recipient')} FROM report_template m WHERE m.id = t.template)",
    ),
}

MY_ROLES = """SELECT r.name, r.short_name FROM assignment a JOIN person p ON p.id = a.person
  JOIN role r ON r.id = a.role
  WHERE p.name = ?1 COLLATE NOCASE AND a.valid_from <= ?2 AND ifnull(a.valid_to, ?2) >= ?2"""


@dataclass(frozen=True)
class Awaited:
    """A record that waits, who decides ("" when nobody is pointed out), and whether that is the one who asks."""

    entity: str
    record: str
    by: str
    mine: bool


@dataclass(frozen=True)
class Queue:
    """The first of one kind that wait, the asker's own first; how many in all, and the condition that finds them."""

    entity: str
    first: list[Awaited]
    count: int
    mine: int
    where: str


def queues(db: sqlite3.Connection, actor: str, today: str, most: int, units: Sequence[str] = ()) -> list[Queue]:
    """For each kind that has some: what waits to be decided, of the units if any are named."""
    found = [queue(db, name, roles_of(db, actor, today), most, units) for name in AWAITED]
    return [q for q in found if q.count]


def roles_of(db: sqlite3.Connection, actor: str, today: str) -> list[str]:
    """The names and short names of the roles a person has today."""
    return [name for row in db.execute(MY_ROLES, (actor, today)) for name in row if name]


def queue(db: sqlite3.Connection, name: str, roles: list[str], most: int, units: Sequence[str]) -> Queue:
    where, who = AWAITED[name]
    if units:
        where += f" AND {capture.owner(ENTITIES[name], 't')} IN ({', '.join(map(quote, units))})"
    mine = f"ifnull({who} IN ({', '.join(map(quote, roles))}), 0)" if roles else "0"
    rows = db.execute(
        f"""SELECT *, count(*) OVER () AS n, sum(mine) OVER () AS my
            FROM (SELECT t.id, t.ref, {who} AS who, {mine} AS mine FROM "{name}" t WHERE {where})
            ORDER BY mine DESC, ref LIMIT ?""",
        (most,),
    ).fetchall()
    first = [Awaited(name, row["id"], row["who"] or "", bool(row["mine"])) for row in rows]
    return Queue(name, first, rows[0]["n"] if rows else 0, rows[0]["my"] if rows else 0, where)
