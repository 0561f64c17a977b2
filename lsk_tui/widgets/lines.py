"""Lines to walk with the arrows and go from with Enter. *Idag*, a record and its history are such lines."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from lsk_tui.lines import Contested, Jump, Line
from lsk_tui.textual_inside import lines_of

__all__ = ["Contested", "Jump", "Line", "Lines", "drawn"]


def drawn(line: Line) -> Any:
    """A line as it is painted; text hangs under itself when it is wrapped."""
    if line.heading:
        return Text(line.text, style="bold underline" if line.text else "")
    style = "dim" if line.faint else ""
    grid = Table.grid(padding=(0, 1), expand=True)
    if line.indent:
        grid.add_column(width=line.indent)
    if line.label:
        grid.add_column(width=line.label_width, overflow="fold", style="dim" if not line.faint else style)
    cut = line.one_line
    grid.add_column(ratio=1, overflow="ellipsis" if cut else "fold", no_wrap=cut, style=style)
    grid.add_row(*[""] * bool(line.indent), *[Text(line.label)] * bool(line.label), Text(line.text))
    return grid


class Lines(OptionList):
    """A list of lines. Headings are shown but passed over."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Ner", show=False),
        Binding("k", "cursor_up", "Upp", show=False),
    ]

    highlighted: reactive[int | None] = reactive(None, repaint=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self.shown: list[Line] = []

    def show(self, lines: list[Line], keep: bool = True) -> None:
        """Put ``lines`` there instead; the cursor stays where it was when ``keep``."""
        at = self.highlighted if keep else None
        self.shown = lines
        self.clear_options()
        self.add_options(Option(drawn(line), disabled=line.heading) for line in lines)
        reachable = [n for n, line in enumerate(lines) if not line.heading]
        if reachable:
            self.highlighted = next(
                (n for n in reachable if at is not None and n >= at), reachable[-1] if at else reachable[0]
            )

    def watch_highlighted(self, before: int | None, now: int | None) -> None:  # type: ignore[override]
        """Only the two lines are painted anew, for whoever sits at the end of a slow line."""
        super().watch_highlighted(now)
        if now is not None and all(line.heading for line in self.shown[:now]):
            self.scroll_home(animate=False, immediate=True)  # else the heading above the first line is not seen
        for number in (before, now):
            if (place := lines_of(self, number)) is not None:
                self.refresh_lines(*place)

    @property
    def current(self) -> Line | None:
        return None if self.highlighted is None or self.highlighted >= len(self.shown) else self.shown[self.highlighted]

    @property
    def words(self) -> str:
        """All that is shown, as text."""
        return "\n".join(line.plain for line in self.shown)
