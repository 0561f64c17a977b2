"""A text with what has changed in it marked, by signs first and colours second."""

from __future__ import annotations

from textual.content import Content

from lsk.wordwise import GONE, NEW, SAME, differences, signed

STYLES = {SAME: "", GONE: "$text-error", NEW: "bold $text-success"}


def compared(old: str, new: str) -> Content:
    """ "Besök [−varje−] [+varannan+] dag."."""
    return Content.assemble(*((signed(piece), STYLES[piece.kind]) for piece in differences(old, new)))
