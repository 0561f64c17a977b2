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
from lsk_tui.pictures import View
from lsk_tui.pictures.base import Picture
from lsk_tui.widgets.lines import Jump, Lines


class Cycle(Picture):
    """Enter opens the list of what a line counts; ``,`` and ``.`` go to the year before and the one after."""

    PLACE = actions.CYCLE
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "goals.tcss"

    def __init__(self, view: View, entity: str | None = None, record: str | None = None) -> None:
        super().__init__(view, entity, record)
        self.number = 0

    def content(self) -> ComposeResult:
        yield Static("", id="told", markup=False)
        yield Lines(id="tree")

    def on_mount(self) -> None:
        self.number = self.lsk.store.today.year
        super().on_mount()

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

    def do_earlier(self) -> None:
        self.turn(-1)

    def do_later(self) -> None:
        self.turn(1)

    def turn(self, years: int) -> None:
        self.number += years
        self.tell()
        self.load()
