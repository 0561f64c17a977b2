"""Two texts compared word by word, and two new versions of one text put together."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

SAME, GONE, NEW = "samma", "bort", "nytt"
SIGNS = {GONE: ("[−", "−]"), NEW: ("[+", "+]")}
LEGEND = "[−borttaget−]  [+tillagt+]"
WORDS = re.compile(r"\w+(?:[-.:/]\w+)*|[^\w\s]+")  # a word, a date or a time, or the signs between two
SENTENCES = re.compile(r"[^\n.!?]+[.!?]*")
MOST = 3_000_000  # pairs of words; larger texts are compared sentence by sentence first, not to keep a reader waiting


class Piece(NamedTuple):
    """A stretch of text that is the same in both, gone from the new one, or new in it."""

    kind: str
    text: str


class Hunk(NamedTuple):
    """Put ``text`` where ``start`` to ``end`` of the first text stands."""

    start: int
    end: int
    text: str


def spans(text: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    return [found.span() for found in pattern.finditer(text)]


def hunks(old: str, new: str, tidy: bool = False) -> list[Hunk]:
    """What to replace in ``old`` to get ``new``; white space alone does not count as a difference between words.

    ``tidy``: a word or two in common between larger changes is taken as changed too, which is easier to read.
    """
    if len(old) * len(new) <= MOST * 36:  # a word is six characters or so
        return replaced(old, new, WORDS, tidy)
    found = []
    for start, end, text in replaced(old, new, SENTENCES, tidy):
        small = (end - start) * len(text) <= MOST * 36
        within = replaced(old[start:end], text, WORDS, tidy) if small else [Hunk(0, end - start, text)]
        found += [Hunk(start + hunk.start, start + hunk.end, hunk.text) for hunk in within]
    return found


def replaced(old: str, new: str, pattern: re.Pattern[str], tidy: bool) -> list[Hunk]:
    """The differences between two texts, taken apart by ``pattern``."""
    a, b = spans(old, pattern), spans(new, pattern)
    matcher = SequenceMatcher(None, [old[i:j] for i, j in a], [new[i:j] for i, j in b], autojunk=False)
    changes = [(i1, i2, j1, j2) for kind, i1, i2, j1, j2 in matcher.get_opcodes() if kind != "equal"]
    found = []
    for i1, i2, j1, j2 in tidied(changes) if tidy else changes:
        start, end = reach(old, a, i1, i2)
        begin, stop = reach(new, b, j1, j2)
        # What is put in between two words takes its white space along: that after it, or, last of all, before it.
        if i1 == i2 and j2 < len(b):
            stop = b[j2][0]
        elif j1 == j2 and i2 < len(a):
            end = a[i2][0]
        elif i1 == i2 and j1:
            begin = b[j1 - 1][1]
        elif j1 == j2 and i1:
            start = a[i1 - 1][1]
        found.append(Hunk(start, end, new[begin:stop]))
    return found


def tidied(changes: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Two changes become one when fewer words are the same between them than either has changed."""
    found: list[tuple[int, int, int, int]] = []
    for i1, i2, j1, j2 in changes:
        while found:
            h1, h2, k1, k2 = found[-1]
            between, first, second = i1 - h2, max(h2 - h1, k2 - k1), max(i2 - i1, j2 - j1)
            if between >= min(first, second):
                break
            i1, j1 = h1, k1
            found.pop()
        found.append((i1, i2, j1, j2))
    return found


def reach(text: str, words: list[tuple[int, int]], first: int, last: int) -> tuple[int, int]:
    """From where to where in ``text`` the words from ``first`` up to ``last`` stand; no words, no reach."""
    if first == last:
        here = words[first][0] if first < len(words) else len(text) if not words else words[-1][1]
        return here, here
    return words[first][0], words[last - 1][1]


def differences(old: str, new: str) -> list[Piece]:
    """How ``old`` became ``new``, to be read from the beginning to the end."""
    pieces, at = [], 0
    for hunk in hunks(old, new, tidy=True):
        pieces += [Piece(SAME, old[at : hunk.start]), Piece(GONE, old[hunk.start : hunk.end]), Piece(NEW, hunk.text)]
        at = hunk.end
    return [piece for piece in [*pieces, Piece(SAME, old[at:])] if piece.text]


def signed(piece: Piece) -> str:
    """A piece with the signs that say what it is, so that no colour is needed."""
    before, after = SIGNS.get(piece.kind, ("", ""))
    core = piece.text.strip()
    if not core or not before:
        return piece.text
    lead = piece.text[: len(piece.text) - len(piece.text.lstrip())]
    return f"{lead}{before}{core}{after}{piece.text[len(lead) + len(core) :]}"


def marked(old: str, new: str) -> str:
    """ "Besök [−varje−] [+varannan+] dag."."""
    return "".join(signed(piece) for piece in differences(old, new))


def joined(base: str, first: str, second: str) -> str:
    """Both versions in one text: each one's changes where they do not meet, otherwise the one after the other."""
    for short, long in ((first, second), (second, first)):
        if short.strip() in long:
            return long
    if base:
        changes = sorted({*hunks(base, first), *hunks(base, second)})
        apart = all(one.end < other.start for one, other in pairwise(changes))
        if apart:
            text = base
            for hunk in reversed(changes):
                text = text[: hunk.start] + hunk.text + text[hunk.end :]
            return text
    return f"{first.rstrip()}\n{second}"
