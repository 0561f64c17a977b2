"""A list of any length: only the lines that are seen are asked for, and only the pages they stand on are kept."""

from __future__ import annotations

from collections import OrderedDict
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lsk_tui.pages import PAGE, Column, Row, folded
from lsk_tui.words import cut

KEPT = 12  # pages
ARROWS = {"down": 1, "up": -1}


class RecordTable(ScrollView, can_focus=True):
    """The heading and the rows of a list. Asks for pages with ``Wanted``; is given them with ``put``."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Ner", show=False),
        Binding("up,k", "move(-1)", "Upp", show=False),
        Binding("pagedown", "leap(1)", "En sida ner", show=False),
        Binding("pageup", "leap(-1)", "En sida upp", show=False),
        Binding("home", "first", "Första", show=False),
        Binding("end,G", "last", "Sista", show=False),
        Binding("enter", "open", "Öppna", show=False),
        Binding("left", "screen.do('tree')", "Områden", show=False),
        Binding("shift+down", "mark_on(1)", "Markera nedåt", show=False),
        Binding("shift+up", "mark_on(-1)", "Markera uppåt", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--head", "table--row", "table--cursor", "table--faint"}

    cursor: reactive[int] = reactive(0, repaint=False)

    class Wanted(Message):
        """A page that is seen and not yet there."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Opened(Message):
        """A row was chosen."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, row: Row | None) -> None:
            super().__init__()
            self.row = row

    class HeadClicked(Message):
        def __init__(self, column: Column) -> None:
            super().__init__()
            self.column = column

    class Marked(Message):
        """Other rows are marked than before."""

    class Resized(Message):
        """The width changed, and with it perhaps the columns."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns: list[Column] = []
        self.sort, self.descending = "", False
        self.head = 1  # lines
        self.count = 0
        self.pages: OrderedDict[int, list[Row]] = OrderedDict()
        self.asked: set[int] = set()
        self.empty = "Läser …"
        self.marked: dict[str, None] = {}  # ids, in the order they were marked

    def begin(
        self, columns: list[Column], count: int, sort: str, descending: bool, cursor: int = 0, empty: str = ""
    ) -> None:
        """A new list: forget the rows there were."""
        self.columns, self.count, self.sort, self.descending, self.empty = columns, count, sort, descending, empty
        self.head = max((len(folded(column.heading, column.width)) for column in columns), default=1)
        self.pages.clear()
        self.asked.clear()
        self.virtual_size = Size(self.size.width, count + self.head)
        self.cursor = max(0, min(cursor, count - 1))
        self.see()
        self.refresh()

    def put(self, number: int, rows: list[Row]) -> None:
        self.pages[number] = rows
        self.asked.discard(number)
        while len(self.pages) > KEPT:
            self.pages.popitem(last=False)
        self.refresh()
        if number == self.cursor // PAGE:
            self.post_message(self.Moved(self.current))

    def row(self, number: int) -> Row | None:
        """A row if it is there; else its page is asked for."""
        page, place = divmod(number, PAGE)
        rows = self.pages.get(page)
        if rows is None:
            if page not in self.asked:
                self.asked.add(page)
                self.post_message(self.Wanted(page))
            return None
        self.pages.move_to_end(page)
        return rows[place] if place < len(rows) else None

    @property
    def current(self) -> Row | None:
        return self.row(self.cursor) if 0 <= self.cursor < self.count else None

    @property
    def read_at(self) -> Offset:
        """Where in the content the person is, for the terminal's own cursor."""
        return Offset(0, self.cursor + self.head)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y < self.head:
            return self.head_strip(width, y)
        number = y - self.head + self.scroll_offset.y
        if not self.count:
            text = f"  {self.empty}" if y == self.head + 1 else ""
            return Strip([Segment(set_cell_size(text, width), self.rich("table--row"))])
        if number >= self.count:
            return Strip([Segment(" " * width, self.rich("table--row"))])
        here = number == self.cursor
        style = self.rich("table--cursor" if here and self.has_focus else "table--row")
        if here and not self.has_focus:
            style += Style(bold=True)
        row = self.row(number)
        cells = ["…"] if row is None else row.cells
        parts = [fitted(text, column.width) for text, column in zip(cells, self.columns, strict=False)]
        sign = "▸" if here else " "
        sign += "✓" if row is not None and row.id in self.marked else " "
        return Strip([Segment(set_cell_size(sign + " ".join(parts), width), style)])

    def head_strip(self, width: int, line: int) -> Strip:
        """A heading that needs two lines stands in both; a short one in the last, next to its column."""
        parts = []
        for column in self.columns:
            lines = folded(column.heading, column.width)
            above = self.head - len(lines)
            text = lines[line - above] if 0 <= line - above < len(lines) else ""
            if line == self.head - 1 and column.name == self.sort:
                text = cut(text, column.width - 1) + ("▼" if self.descending else "▲")
            parts.append(fitted(text, column.width))
        return Strip([Segment(set_cell_size("  " + " ".join(parts), width), self.rich("table--head"))])

    def rich(self, name: str) -> Style:
        return self.get_component_rich_style(name)

    def watch_cursor(self, before: int, now: int) -> None:
        """Only the two rows are painted anew, for whoever sits at the end of a slow line; scrolling paints the rest."""
        self.see()
        for number in (before, now):
            self.refresh_line(number + self.head)
        self.post_message(self.Moved(self.current))

    def see(self) -> None:
        """Scroll so that the cursor is seen under the heading."""
        height = max(self.size.height - self.head, 1)
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)

    def on_key(self, event: events.Key) -> None:
        """The arrows at once: as bindings they would first go up through all that the table stands in."""
        if event.key in ARROWS:
            event.stop()
            event.prevent_default()
            self.action_move(ARROWS[event.key])

    def action_move(self, by: int) -> None:
        self.cursor = max(0, min(self.cursor + by, self.count - 1))

    def action_leap(self, by: int) -> None:
        self.action_move(by * max(self.size.height - self.head - 1, 1))

    def action_first(self) -> None:
        self.cursor = 0

    def action_last(self) -> None:
        self.cursor = max(self.count - 1, 0)

    def mark(self) -> None:
        """Mark the row, or take its mark away, and go on to the next."""
        row = self.current
        if row is not None:
            if row.id in self.marked:
                del self.marked[row.id]
            else:
                self.marked[row.id] = None
            self.tell_marks()
            self.action_move(1)

    def action_mark_on(self, by: int) -> None:
        """Mark the row and the one the cursor goes to."""
        left = self.current
        self.action_move(by)
        self.marked |= {row.id: None for row in (left, self.current) if row is not None}
        self.tell_marks()

    def mark_these(self, ids: list[str]) -> None:
        """Mark exactly these, seen or not."""
        self.marked = dict.fromkeys(ids)
        self.tell_marks()

    def tell_marks(self) -> None:
        self.refresh()
        self.post_message(self.Marked())

    def action_open(self) -> None:
        if self.current is not None:
            self.post_message(self.Opened(self.current))

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_resize(self) -> None:
        self.see()
        if self.size.width != self.virtual_size.width:
            self.virtual_size = Size(self.size.width, self.count + self.head)
            self.post_message(self.Resized())

    def on_click(self, event: events.Click) -> None:
        if event.y < self.head:
            self.click_head(event.x - 2)
            return
        number = event.y - self.head + self.scroll_offset.y
        if number < self.count:
            if event.shift or event.ctrl:
                self.mark_click(number, event.shift)
                return
            again = number == self.cursor
            self.cursor = number
            if again or event.chain > 1:
                self.action_open()

    def mark_click(self, number: int, through: bool) -> None:
        """Ctrl and a click marks one row, Skift and a click all from the cursor, as far as they have been read."""
        first, last = sorted((self.cursor, number)) if through else (number, number)
        rows = [row for n in range(first, last + 1) if (row := self.row(n)) is not None]
        self.cursor = number
        self.marked |= {row.id: None for row in rows}
        self.tell_marks()

    def click_head(self, x: int) -> None:
        for column in self.columns:
            if 0 <= x < column.width:
                self.post_message(self.HeadClicked(column))
                return
            x -= column.width + 1


def fitted(text: str, width: int) -> str:
    """One line of exactly ``width`` cells."""
    line = " ".join(text.split())
    if cell_len(line) <= width:
        return set_cell_size(line, width)
    return set_cell_size(line, max(width - 1, 0)) + "…"
