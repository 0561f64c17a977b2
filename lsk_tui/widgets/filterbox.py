"""The box for a filter in words, and under it what can be written next, or what is wrong."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from lsk.filter_help import begun
from lsk_tui.widgets.entry import Entry

EXAMPLE = "status:öppen enhet:HTN försenad -ord · Esc visar allt igen"


class FilterInput(Entry):
    """Tab takes the first word that is offered, arrow down goes to the rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Ta ordet", show=False),
        Binding("down", "leave", "Till raderna", show=False),
    ]

    class Left(Message):
        """The person wants to go on to the rows."""

    def __init__(self) -> None:
        super().__init__(placeholder=EXAMPLE, id="filter", compact=True, select_on_focus=False)
        self.offered: list[str] = []

    def action_complete(self) -> None:
        if not self.offered:
            self.post_message(self.Left())
            return
        word = self.offered[0]
        self.value = self.value[: begun(self.value)] + word + ("" if word.endswith(":") else " ")
        self.cursor_position = len(self.value)

    def action_leave(self) -> None:
        self.post_message(self.Left())


class FilterBox(Vertical):
    """``offer`` gives it the words that may come next, ``fault`` what is wrong with what is written."""

    def compose(self) -> ComposeResult:
        yield FilterInput()
        yield Static("", id="filter-note", markup=False)

    @property
    def input(self) -> FilterInput:
        return self.query_one(FilterInput)

    def on_descendant_focus(self) -> None:
        self.add_class("-here")  # only while it is written is there a line for what may come next

    def on_descendant_blur(self) -> None:
        self.remove_class("-here")

    @on(Input.Changed)
    def typed(self) -> None:
        self.input.offered = []  # belong to what stood there before

    def offer(self, words: list[str]) -> None:
        self.input.offered = words
        self.remove_class("-wrong")
        self.query_one("#filter-note", Static).update(told(words, (self.size.width or self.screen.size.width) - 2))

    def fault(self, sentence: str) -> None:
        self.add_class("-wrong")
        self.query_one("#filter-note", Static).update(f"✗ {sentence}")


def told(words: list[str], width: int) -> str:
    """As many of the words as fit on one line, the one that Tab takes first."""
    line = "Tab:" if words else ""
    for word in words:
        if len(line) + len(word) + 2 > width:
            return line + " …"
        line += f" {word}" if line == "Tab:" else f"  {word}"
    return line
