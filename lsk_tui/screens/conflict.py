"""A conflict: what two people wrote without knowing of each other, and the choice of what shall stand."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from lsk_tui.screens.dialogs import CLOSE
from lsk_tui.widgets.lines import Line, Lines
from lsk_tui.words import cut, moment
from sync.conflicts import DELETED, ROW, Conflict, Side

MOST = 9  # that a digit can choose; the rest by arrow
WIDTH = 14  # "1 Annat värde"


class Decide(ModalScreen[Side]):
    """Every value with who gave it, when and in which file. Dismissed with the side that shall stand, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        CLOSE,
        *(Binding(str(n), f"number({n})", show=False) for n in range(1, MOST + 1)),
    ]
    CSS_PATH = "conflict.tcss"

    def __init__(self, conflict: Conflict) -> None:
        super().__init__()
        self.conflict = conflict

    def compose(self) -> ComposeResult:
        conflict = self.conflict
        with Vertical(classes="dialog"):
            yield Static(f"⚡ Konflikt: {conflict.label}", classes="dialog-title", markup=False)
            yield Static(f"{conflict.ref} · {cut(conflict.title, 100)}", markup=False)
            yield Static(self.before(), id="before", markup=False)
            yield Lines()
            yield Static("Siffra, eller pilar och Enter, väljer vad som ska gälla. Esc avgör senare.", id="how")

    def before(self) -> str:
        if self.conflict.column == ROW:
            return "En har tagit bort posten medan en annan ändrade den."
        return f"Före: {self.conflict.base_words}"

    def on_mount(self) -> None:
        self.query_one(Lines).show([self.line(n, side) for n, side in enumerate(self.conflict.sides, 1)])

    def line(self, number: int, side: Side) -> Line:
        who = ", ".join(part for part in (side.actor, moment(side.at) if side.at else "", f"fil {side.file}") if part)
        what = "Gäller nu" if number == 1 else "Annat värde"
        return Line(f"{in_words(self.conflict, side)}\n{who}", f"{number} {what}", side, label_width=WIDTH)

    def action_number(self, number: int) -> None:
        if number <= len(self.conflict.sides):
            self.dismiss(self.conflict.sides[number - 1])

    @on(Lines.OptionSelected)
    def chosen(self, event: Lines.OptionSelected) -> None:
        self.dismiss(self.conflict.sides[event.option_index])


def in_words(conflict: Conflict, side: Side) -> str:
    if conflict.column != ROW:
        return side.words
    return "Ta bort posten" if side.words == DELETED else "Behåll posten"
