"""The cycle of the year's complaints and views: where they stand, what is not acted on, new or unmet needs."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from lsk import complaint_cycle
from lsk.complaint_cycle import Department
from lsk.store import Store
from lsk_tui import actions
from lsk_tui.cycle_lines import lines
from lsk_tui.pictures.of_year import OfYear
from lsk_tui.widgets.lines import Jump, Lines


class Cycle(OfYear):
    """Enter opens the list of what a line counts."""

    PLACE = actions.CYCLE
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "goals.tcss"

    def content(self) -> ComposeResult:
        yield Static("", id="told", markup=False)
        yield Lines(id="tree")

    def title_words(self) -> str:
        return f"{self.view.words} · {self.number}"

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        number = self.number

        def read(store: Store) -> tuple[list[str], list[Department]]:
            return complaint_cycle.words(store.db), complaint_cycle.departments(store.db, number)

        with self.telling():
            words, found = await self.lsk.desk.ask(read)
            self.query_one("#told", Static).update(" › ".join(words))
            self.query_one(Lines).show(lines(words, found, number))

    @on(Lines.OptionSelected)
    def opened(self, event: Lines.OptionSelected) -> None:
        target = self.query_one(Lines).shown[event.option_index].target
        if isinstance(target, Jump):
            self.lsk.jump(target)
