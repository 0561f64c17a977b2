"""What every picture has: its title, its content read on the desk's thread, and where Enter leads."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from lsk.model import ENTITIES
from lsk_tui import actions
from lsk_tui.actions import Situation
from lsk_tui.pictures import View
from lsk_tui.screens.base import Place


class Picture(Place):
    """Subclasses give ``content`` and ``load``; ``entity`` and ``record`` say where it was opened from."""

    PLACE = actions.PICTURE
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)

    def __init__(self, view: View, entity: str | None = None, record: str | None = None) -> None:
        super().__init__()
        self.view, self.entity, self.record = view, entity, record

    def title_words(self) -> str:
        return self.view.words

    def situation(self) -> Situation:
        return self.lsk.situation(ENTITIES[self.entity] if self.entity else None, self.record)
