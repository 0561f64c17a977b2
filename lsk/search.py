"""Search over every record: å, ä and ö are letters of their own, case does not matter.

The index follows the operation log: what the log says has changed since last time is indexed anew, whoever changed it.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from lsk.model import ENTITIES
from lsk.model.vocabulary import Choice, Entity, Text

TABLES = (
    """CREATE VIRTUAL TABLE search USING fts5(
      ref, title, body, tokenize = 'unicode61 remove_diacritics 0', prefix = '3')""",
    "CREATE TABLE search_row(doc INTEGER PRIMARY KEY, record TEXT NOT NULL UNIQUE, entity TEXT NOT NULL) STRICT",
    "CREATE TABLE search_seen(stream INTEGER PRIMARY KEY, upto INTEGER NOT NULL) STRICT",
)

STREAM_SPAN = 1 << 36


@dataclass(frozen=True)
class Hit:
    """One found record. ``snippet`` marks the words found with « and »."""

    entity: str
    id: str
    ref: str
    title: str
    snippet: str


def words(entity: Entity, alias: str = "t") -> tuple[str, str]:
    """SQL for a record's title and for its other searchable words."""
    title = f'{alias}."{entity.title}"' if isinstance(entity.field(entity.title), (Text, Choice)) else "NULL"
    texts = [f.name for f in entity.columns if isinstance(f, (Text, Choice)) and f.name != entity.title]
    body = " || ' ' || ".join(f"ifnull({alias}.\"{name}\", '')" for name in texts) or "NULL"
    return title, body


def behind(db: sqlite3.Connection) -> int:
    """How many operations the index has not seen yet."""
    return sum(newest - upto for _, upto, newest in streams(db))


def streams(db: sqlite3.Connection) -> list[tuple[int, int, int]]:
    """Streams with something new: number, last operation indexed, last operation in the log."""
    return db.execute(
        """SELECT no, max(no << 36, ifnull(upto, 0)), newest FROM (
             SELECT s.no, x.upto,
               (SELECT max(id) FROM sync_op WHERE id < (s.no + 1) << 36 AND id > s.no << 36) AS newest
             FROM sync_stream s LEFT JOIN search_seen x ON x.stream = s.no)
           WHERE newest > max(no << 36, ifnull(upto, 0))"""
    ).fetchall()


def refresh(db: sqlite3.Connection) -> int:
    """Index what has changed; returns how many records that was. Call inside a transaction."""
    new = streams(db)
    if not new:
        return 0
    db.execute("CREATE TEMP TABLE IF NOT EXISTS stale(record TEXT PRIMARY KEY, entity TEXT) WITHOUT ROWID")
    for stream, upto, newest in new:
        db.execute(
            """INSERT OR IGNORE INTO stale SELECT o.row, c.entity FROM sync_op o
               JOIN (SELECT DISTINCT tbl, entity FROM sync_column) c ON c.tbl = o.tbl WHERE o.id > ? AND o.id <= ?""",
            (upto, newest),
        )
        db.execute("INSERT OR REPLACE INTO search_seen VALUES (?, ?)", (stream, newest))
    return index_stale(db)


def reindex(db: sqlite3.Connection, rows: str) -> int:
    """Index anew the records that ``rows`` (SQL giving id, entity) selects: for rows that came without operations."""
    db.execute("CREATE TEMP TABLE IF NOT EXISTS stale(record TEXT PRIMARY KEY, entity TEXT) WITHOUT ROWID")
    db.execute(f"INSERT OR IGNORE INTO stale {rows}")
    return index_stale(db)


def index_stale(db: sqlite3.Connection) -> int:
    db.execute("DELETE FROM search WHERE rowid IN (SELECT doc FROM stale CROSS JOIN search_row USING (record))")
    db.execute("INSERT OR IGNORE INTO search_row(record, entity) SELECT record, entity FROM stale")
    for (name,) in db.execute("SELECT DISTINCT entity FROM stale").fetchall():
        if name in ENTITIES:
            title, body = words(ENTITIES[name])
            db.execute(
                f"""INSERT INTO search(rowid, ref, title, body)
                    SELECT r.doc, t.ref, {title}, {body} FROM stale s CROSS JOIN search_row r USING (record)
                    CROSS JOIN "{name}" t ON t.id = s.record WHERE s.entity = ?""",
                (name,),
            )
    count: int = db.execute("SELECT count(*) FROM stale").fetchone()[0]
    db.execute("DELETE FROM stale")
    return count


def question(text: str) -> str:
    """A person's words as an FTS5 question: every word must be there, the last one may be unfinished."""
    found = re.findall(r'[^\s"\x00]+', text)
    if not found:
        return '""'  # which nothing answers to
    return " ".join(f'"{word}"' for word in found) + "*"


def search(db: sqlite3.Connection, text: str, limit: int = 20, kind: str | None = None) -> list[Hit]:
    """The best hits first, of one kind if named; a title that matches weighs more than the text below it."""
    rows = db.execute(
        """SELECT r.entity, r.record, search.ref, search.title, snippet(search, -1, '«', '»', '…', 12)
           FROM search JOIN search_row r ON r.doc = search.rowid
           WHERE search MATCH ?1 AND (?3 IS NULL OR r.entity = ?3) ORDER BY bm25(search, 10.0, 4.0, 1.0) LIMIT ?2""",
        (question(text), limit, kind),
    ).fetchall()
    return [Hit(entity, record, ref or "", title or "", snippet) for entity, record, ref, title, snippet in rows]
