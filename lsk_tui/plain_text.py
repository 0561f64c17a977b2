"""Letters that would steer the terminal instead of being shown are left out of everything that is painted.

A file that came from somebody else may have them in any text: an escape sequence can change the terminal's settings
or hide what stands there, and a change of direction can make a text read as another than it is.
"""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

STEERING = [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
LEFT_OUT = dict.fromkeys(STEERING)


class Plain(LineFilter):
    """They take up no cell, so that the line is as wide without them."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(text.isprintable() for text, _, _ in segments):
            return segments
        return [
            segment if segment.control or segment.text.isprintable()
            else Segment(segment.text.translate(LEFT_OUT), segment.style)
            for segment in segments
        ]  # fmt: skip


PLAIN = Plain()
