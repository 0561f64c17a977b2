"""*Idag*: what is late, soon due, waiting and broken. Each line leads to where it is mended."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from lsk_tui import actions, agenda
from lsk_tui.screens.base import Place
from lsk_tui.widgets.lines import Contested, Line, Lines

CALM = [
    Line("Inget är försenat och inget väntar på dig.", heading=True),
    Line("", heading=True),
    Line("Registrera en avvikelse", "n", target="deviation", label_width=8),
    Line("Gå till ett område", "g", target="goto", label_width=8),
    Line("Sök", "Ctrl+P", target="palette", label_width=8),
]


class Today(Place):
    """The first screen."""

    PLACE = actions.TODAY
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "today.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.first: list[Line] | None = None
        self.found: list[Line] | None = None

    def content(self) -> ComposeResult:
        yield Lines(id="today")

    def title_words(self) -> str:
        return "Idag"

    def load(self) -> None:
        self.read_agenda()
        self.read_findings()

    @work(exclusive=True, group="agenda")
    async def read_agenda(self) -> None:
        with self.telling():
            self.first = await self.lsk.desk.ask(agenda.agenda)
            self.show()
            self.tell()

    @work(exclusive=True, group="findings")
    async def read_findings(self) -> None:
        with self.telling():
            self.found = await self.lsk.checker.ask(agenda.findings)
            self.show()

    def show(self) -> None:
        """What is known so far; the findings come when they are found."""
        lines = [*(self.first or []), *(self.found or [])]
        if self.first is None or self.found is None:
            lines.append(Line("Letar efter brister …" if self.found is None else "Läser …", heading=True))
        self.query_one(Lines).show(lines or CALM)

    @on(Lines.OptionSelected)
    def go(self, event: Lines.OptionSelected) -> None:
        target = self.query_one(Lines).shown[event.option_index].target
        if isinstance(target, str):
            self.action_do(target)
        elif isinstance(target, Contested):
            self.action_do("conflict")
        elif target is not None:
            self.lsk.jump(target)

    def do_deviation(self) -> None:
        self.lsk.new("deviation")
