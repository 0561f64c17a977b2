"""Lines, and where they lead. What a screen shows is worked out as such, without any screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lsk_tui.pages import Question

LABEL_WIDTH = 24


@dataclass(frozen=True)
class Jump:
    """Where a line leads: a record, a field of it, or a list (no record), perhaps as a saved view shows it."""

    entity: str
    record: str | None = None
    field: str = ""
    where: str = ""
    params: tuple[Any, ...] = ()
    title: str = ""
    view: str = ""
    sort: str = ""  # the column a list is ordered by, the least first; none: as such lists are
    among: Question | None = None  # of the list that a record stands in


@dataclass(frozen=True)
class Contested:
    """A line that leads to a conflict: of the file when there is no record, of the record when there is no column."""

    record: str | None = None
    column: int | None = None
    field: str = ""


@dataclass(frozen=True)
class Seen:
    """Where a line leads that puts away what came from other files, up to an epoch of this file."""

    epoch: int


@dataclass(frozen=True)
class Line:
    """``label`` stands to the left, ``text`` beside it. ``target`` is what Enter gives. A heading is passed over."""

    text: str
    label: str = ""
    target: Any = None
    heading: bool = False
    faint: bool = False
    indent: int = 0
    one_line: bool = False
    label_width: int = LABEL_WIDTH

    @property
    def plain(self) -> str:
        return f"{self.label}  {self.text}".strip()


def slim(lines: list[Line], least: int) -> list[Line]:
    """The lines with labels of ``least`` cells, for a narrow place; more when a word of a label needs it."""
    longest = max((len(word) for line in lines for word in line.label.split()), default=0)
    return [replace(line, label_width=max(least, longest)) for line in lines]
