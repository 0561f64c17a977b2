"""Words that are nearly the one that was written, taken from the file's own index: for a search that found nothing."""

from __future__ import annotations

import re
import sqlite3

LEAST = 4  # letters; of shorter words almost any other is near


def respelt(db: sqlite3.Connection, text: str) -> str | None:
    """The text with every word that the index does not know changed for the nearest it knows; None when one has none.

    The last word may be unfinished, as in a search.
    """
    db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_words USING fts5vocab(main, search, row)")
    words = re.findall(r"[^\W_]+", text.casefold())
    found = []
    for n, word in enumerate(words):
        near = word if known(db, word, n == len(words) - 1) else nearest(db, word)
        if near is None:
            return None
        found.append(near)
    better = " ".join(found)
    return better if found and better != " ".join(words) else None


def known(db: sqlite3.Connection, word: str, unfinished: bool) -> bool:
    """Whether the index has the word, or one that begins with it."""
    end = word + chr(0x10FFFF) if unfinished else word
    row = db.execute("SELECT 1 FROM temp.search_words WHERE term >= ? AND term <= ? LIMIT 1", (word, end)).fetchone()
    return row is not None


def nearest(db: sqlite3.Connection, word: str) -> str | None:
    """The word of the index with the fewest slips to this one, the most used first; its beginning is enough.

    Words with the same first letter are looked at first: a slip there is rare, and the index is long.
    """
    if len(word) < LEAST or word.isdigit():
        return None
    slips = 1 if len(word) < 6 else 2
    for where, values in (("term >= ? AND term < ?", (word[0], chr(ord(word[0]) + 1))), ("?1 <> ''", (word,))):
        rows = db.execute(
            f"SELECT term, doc FROM temp.search_words WHERE {where} AND length(term) >= {len(word) - slips}", values
        )
        near = [(far, -doc, term) for term, doc in rows if (far := distance(word, term, slips)) <= slips]
        if near:
            return min(near)[2]
    return None


def distance(word: str, term: str, most: int) -> int:
    """How many letters to put in, leave out, change or let trade places to get from ``word`` to where ``term`` begins.

    More than ``most`` is only said to be more.
    """
    if len(set(word) - set(term)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(term) + 1))
    for i, letter in enumerate(word, 1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(term[: len(word) + most], 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == term[j - 2] and word[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    # What is left of the term costs nothing while it is short: "avikelse" stands for "avvikelser".
    return min(cost + max(len(term) - j - 3, 0) for j, cost in enumerate(row))
