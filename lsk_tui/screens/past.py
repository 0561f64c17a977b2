"""Places of lines to read: the history."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from lsk.model import ENTITIES
from lsk.store import Store
from lsk_tui import actions
from lsk_tui.actions import Situation
from lsk_tui.chronicle import chronicle
from lsk_tui.lines import Jump, Line
from lsk_tui.screens.base import Place
from lsk_tui.widgets.lines import Lines
from lsk_tui.words import name_of


class Reading(Place):
    """Lines that each lead somewhere."""

    PLACE = actions.LINES
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "today.tcss"

    def __init__(self, entity: str | None, record: str | None) -> None:
        super().__init__()
        self.entity, self.record = entity, record

    def content(self) -> ComposeResult:
        yield Lines(id="today")

    def situation(self) -> Situation:
        return self.lsk.situation(ENTITIES[self.entity] if self.entity else None, self.record)

    def lines(self, store: Store) -> list[Line]:
        """What is shown; asked on the desk's thread."""
        return []

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        with self.telling():
            self.query_one(Lines).show(await self.lsk.desk.ask(self.lines))

    @on(Lines.OptionSelected)
    def go(self, event: Lines.OptionSelected) -> None:
        target = self.query_one(Lines).shown[event.option_index].target
        if isinstance(target, Jump):
            self.lsk.jump(target)


class Past(Reading):
    """Who changed what, and when: of one record, or of the whole file."""

    def title_words(self) -> str:
        if self.entity and self.record:
            return f"Historik: {name_of(self.lsk.store.db, self.entity, self.record, self.lsk.store.terms)}"
        return "Historik för hela filen"

    def lines(self, store: Store) -> list[Line]:
        return chronicle(store, self.record) or [Line("Inget är ändrat ännu.", heading=True)]
