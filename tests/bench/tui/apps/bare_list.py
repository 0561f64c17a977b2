"""A bare Textual app with 200 000 rows in a widget that draws the lines that are seen, and a cursor."""

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

ROWS = 200_000
TEXT = "HK-AVV-26-{0:<10} internrevision  planerad   2026   handling ärende beslut process aktivitet {0:>10}"
CURSOR = Style(reverse=True)


class Rows(Widget, can_focus=True):
    BINDINGS = [("down", "move(1)", ""), ("pagedown", "leap", "")]  # noqa: RUF012
    top = cursor = 0

    def render_line(self, y: int) -> Strip:
        row = self.top + y
        return Strip([Segment(TEXT.format(row).ljust(self.size.width), CURSOR if row == self.cursor else None)])

    def go(self, row: int) -> None:
        before, self.cursor = self.cursor, min(row, ROWS - 1)
        if self.top <= self.cursor < self.top + self.size.height:
            self.refresh(*(Region(0, r - self.top, self.size.width, 1) for r in (before, self.cursor)))
        else:
            self.top = max(self.cursor - self.size.height + 1, 0)
            self.refresh()

    def action_move(self, by: int) -> None:
        self.go(self.cursor + by)

    def action_leap(self) -> None:
        self.go(self.cursor + self.size.height)


class BareList(App[None]):
    ENABLE_COMMAND_PALETTE = False
    CSS = "Rows { height: 1fr; }"

    def compose(self) -> ComposeResult:
        yield Static("Avvikelser")
        yield Rows()
        yield Static("Färdig att läsa")


if __name__ == "__main__":
    BareList().run()
