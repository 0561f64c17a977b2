"""Where a picture says more than a list: every picture, what it shows, and which kinds of records it is about.

One line here is all that the palette, the list's and the record's key for pictures, and the help need to know.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lsk_tui.pictures.base import Picture


@dataclass(frozen=True)
class View:
    """``screen`` is "module:class" under lsk_tui.pictures, read in when it is first shown."""

    name: str
    words: str
    help: str
    screen: str
    about: tuple[str, ...]


VIEWS: tuple[View, ...] = ()


def concerning(entity: str) -> list[View]:
    """The pictures of a kind of record."""
    return [view for view in VIEWS if entity in view.about]


def shown(name: str, entity: str | None = None, record: str | None = None) -> Picture:
    """The screen of a picture; ``record``, of kind ``entity``, is where it begins."""
    view = next(view for view in VIEWS if view.name == name)
    module, _, screen = view.screen.partition(":")
    picture: Picture = getattr(importlib.import_module(f"{__name__}.{module}"), screen)(view, entity, record)
    return picture
