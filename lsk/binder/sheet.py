"""A sheet of the binder: what stands on it, and the code that tells whether that has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

PLACE = "Reservpärmen"  # where a binder hangs when nobody has said
CODE_LENGTH = 10  # hexadecimal digits: short enough to be read aloud, and two texts in a billion share one


@dataclass(frozen=True)
class Sheet:
    """``name``: what the sheet is about, the same in every version. ``version``, ``check_by``: words, "–" for none.

    ``document_version`` and ``process``: the record it was made from, if any.
    """

    name: str
    part: str
    title: str
    markdown: str
    version: str = "–"
    check_by: str = "–"
    document_version: str | None = None
    process: str | None = None

    def late(self, today: str) -> bool:
        """Whether the day (ISO) it should have been checked by has passed."""
        return self.check_by != "–" and self.check_by < today

    @property
    def code(self) -> str:
        """From what the sheet says, not from how it is set: a new program leaves it as it is."""
        said = "\x1f".join((self.name, self.title, self.version, self.check_by, self.markdown))
        return hashlib.sha256(said.encode("utf-8")).hexdigest()[:CODE_LENGTH]


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """The lines of a Markdown table. The cells are Markdown of one line."""
    headings = tuple(headings)
    return ["", *("| " + " | ".join(cells) + " |" for cells in (headings, ["---"] * len(headings), *rows)), ""]
