"""*Idag*: what is late, soon due, waiting and broken. Each line leads to where it is mended."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from lsk import remembered
from lsk.store import Store
from lsk_tui import actions
from lsk_tui.lines import Contested, Line, Seen
from lsk_tui.screens.base import Place
from lsk_tui.widgets.lines import Lines

QUIET = "Inget är försenat och inget väntar på dig."
COULD = [
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
        self.next: list[Line] = []

    def content(self) -> ComposeResult:
        yield Lines(id="today")

    def title_words(self) -> str:
        return "Idag"

    def load(self) -> None:
        if self.first is None:
            # The frame is to be seen while the lines are worked out: later, for what is drawn at start is not yet sent.
            self.app.call_later(self.app.call_after_refresh, self.read)
        else:
            self.read()

    def read(self) -> None:
        self.read_agenda()
        self.read_findings()

    @work(exclusive=True, group="agenda")
    async def read_agenda(self) -> None:
        actor, seen = self.lsk.actor, remembered.news_seen(self.lsk.store.file.replica)

        def read(store: Store) -> tuple[list[Line], list[Line]]:
            from lsk_tui import agenda  # on the desk's thread, since it takes a while: the screen is there meanwhile

            lines = agenda.agenda(store, actor, seen)
            return lines, [] if lines else agenda.nearest(store)

        with self.telling():
            self.first, self.next = await self.lsk.desk.ask(read)
            self.show()
            self.tell()

    @work(exclusive=True, group="findings")
    async def read_findings(self) -> None:
        def read(store: Store) -> list[Line]:
            from lsk_tui import agenda

            return agenda.findings(store)

        with self.telling():
            self.found = await self.lsk.checker.ask(read)
            self.show()

    def show(self) -> None:
        """What is known so far; the findings come when they are found."""
        lines = self.calm() if self.first == [] else list(self.first or [])
        lines += self.found or []
        if self.first is None or self.found is None:
            lines.append(Line("Letar efter brister …" if self.found is None else "Läser …", heading=True))
        self.query_one(Lines).show(lines)

    def calm(self) -> list[Line]:
        """That nothing is late or waits, what comes next, and what one could do."""
        then = [Line("Närmast i tiden", heading=True), *self.next, Line("", heading=True)] if self.next else []
        could = [] if self.found else [Line("Det här kan du göra", heading=True), *COULD, Line("", heading=True)]
        return [Line(QUIET, heading=True), Line("", heading=True), *then, *could]

    @on(Lines.OptionSelected)
    def go(self, event: Lines.OptionSelected) -> None:
        target = self.query_one(Lines).shown[event.option_index].target
        if isinstance(target, str):
            self.action_do(target)
        elif isinstance(target, Contested):
            self.action_do("conflict")
        elif isinstance(target, Seen):
            self.put_away(target.epoch)
        elif target is not None:
            self.lsk.jump(target)

    def put_away(self, epoch: int) -> None:
        """What has come is read: it is remembered on this computer, and not shown again."""
        remembered.saw_news(self.lsk.store.file.replica, epoch)
        self.read_agenda()

    def do_deviation(self) -> None:
        self.lsk.new("deviation")
