"""The year as twelve months with their load, and beside them what falls due in the chosen one."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from lsk.store import Store
from lsk_tui import actions
from lsk_tui.pictures import View
from lsk_tui.pictures.of_unit import OfUnit
from lsk_tui.pictures.of_year import OfYear
from lsk_tui.widgets.lines import Jump, Lines
from lsk_tui.year_lines import Year, month_lines, of_month, year

EXPLAINED = "■ klart · ! sent · □ kvar att göra"


class Months(Lines):
    """The months; Right goes to what falls due in the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("right,enter", "screen.to('due')", "Månaden", show=False)]


class DueLines(Lines):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("left", "screen.to('months')", "Månaderna", show=False)]


class YearWheel(OfYear, OfUnit):
    """The months, and what falls due in one of them."""

    PLACE = actions.YEAR
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "yearwheel.tcss"

    def __init__(self, view: View, entity: str | None = None, record: str | None = None) -> None:
        super().__init__(view, entity, record)
        self.year: Year | None = None

    def content(self) -> ComposeResult:
        yield Static("", id="told", markup=False)
        with Horizontal(id="wheel"):
            yield Months(id="months")
            yield DueLines(id="due")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(Months).focus()

    def title_words(self) -> str:
        return f"{super().title_words()} · {self.number}"

    @property
    def month(self) -> int:
        """1–12, or one more for what no day has been set for."""
        return (self.query_one(Months).highlighted or 0) + 1

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        number = self.number

        def read(store: Store) -> Year:
            return year(store, number, self.units(store))

        with self.telling():
            found = await self.lsk.desk.ask(read)
            begun = self.year is not None
            self.year = found
            months = self.query_one(Months)
            months.show(month_lines(found, 16 if self.size.width < 100 else 30))
            if not begun and found.this_month:
                months.highlighted = found.this_month - 1
            self.query_one("#told", Static).update(f"{found.told}\n{EXPLAINED}")
            self.read_month()

    @on(Months.OptionHighlighted, "#months")
    def read_other(self) -> None:
        if self.year is not None:
            self.read_month()

    @work(exclusive=True, group="month")
    async def read_month(self) -> None:
        number, month = self.number, self.month
        with self.telling():
            lines = await self.lsk.desk.ask(lambda store: of_month(store, number, month, self.units(store)))
            self.query_one(DueLines).show(lines, keep=False)

    def action_to(self, where: str) -> None:
        self.query_one(f"#{where}", Lines).focus()

    @on(Lines.OptionSelected, "#due")
    def opened(self, event: Lines.OptionSelected) -> None:
        target = self.query_one(DueLines).shown[event.option_index].target
        if isinstance(target, Jump):
            self.lsk.jump(target)
