"""Search in the published file as a person writes: words in any order, small and capital letters alike."""

from __future__ import annotations

import re
import sqlite3
from functools import lru_cache

from datasette import hookimpl

# A paragraph or a chapter is one word, however it is spaced: ”§45”, ”3 kap.”, ”1 §”.
WORD = re.compile(r"§\s*\d+|\d+\s*(?:kap\b\.?|§)|\S+")


def found(text: str | None, asked: str | None) -> bool:
    """Whether every word asked for is in the text. SQLite's own lower() knows no å, ä or ö."""
    low = (text or "").casefold()
    return all(word.search(low) for word in words(asked or ""))


@lru_cache(256)
def words(asked: str) -> tuple[re.Pattern[str], ...]:
    """Each word as a pattern; the number of a paragraph is a whole number."""
    each = (match[0].removesuffix(".") for match in WORD.finditer(asked.casefold()))
    return tuple(re.compile(pattern(word)) for word in each if word)


def pattern(word: str) -> str:
    if not re.search(r"\d\s*(?:kap|§)|§\s*\d", word):
        return re.escape(word)
    return r"(?<!\d)" + r"\s*".join(re.escape(part) for part in re.findall(r"\d+|[^\d\s]+", word)) + r"(?!\d)"


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Lend SQL ``found(text, asked)``."""
    conn.create_function("found", 2, found, deterministic=True)
