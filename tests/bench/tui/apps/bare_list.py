"""A bare Textual app with 200 000 rows in a widget that draws the lines that are seen, and a cursor."""

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

ROWS = 200_000
TEXT = "B-GRA-26-{0:<10} internrevision  planerad   2026   handling ärende beslut process aktivitet {0:>10}"


class Rows(ScrollView, can_focus=True):
    BINDINGS = [("down", "move(1)", ""), ("pagedown", "leap", "")]  # noqa: RUF012
    cursor: reactive[int] = reactive(0, repaint=False)

    def on_mount(self) -> None:
        self.virtual_size = Size(100, ROWS)

    def render_line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        style = Style(reverse=row == self.cursor)
        return Strip([Segment(TEXT.format(row).ljust(self.size.width), style)])

    def watch_cursor(self, old: int, new: int) -> None:
        top = self.scroll_offset.y
        if not top <= new < top + self.size.height:
            self.scroll_to(y=max(new - self.size.height + 1, 0), animate=False, force=True)
            self.refresh()
        else:
            for row in (old, new):
                self.refresh_lines(row - top, 1)

    def action_move(self, by: int) -> None:
        self.cursor = min(self.cursor + by, ROWS - 1)

    def action_leap(self) -> None:
        self.cursor = min(self.cursor + self.size.height, ROWS - 1)


class BareList(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Static("Granskningar")
        yield Rows()
        yield Static("Färdig att läsa")


if __name__ == "__main__":
    BareList().run()
