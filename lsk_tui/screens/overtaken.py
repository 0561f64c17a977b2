"""Two have changed the same field: what is written here, or what another saved while the form was open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from lsk_tui import lookup
from lsk_tui.saving import Difference, Overtaken
from lsk_tui.widgets.lines import Line, Lines

if TYPE_CHECKING:
    from lsk_tui.screens.form import Form

WIDTH = 9  # "2 Deras"
SIDES = ("mine", "theirs")


class Weigh(ModalScreen[str]):
    """Both values. Dismissed with "mine" or "theirs", or None when the person goes on writing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Stäng", show=False),
        *(Binding(str(n), f"side('{side}')", show=False) for n, side in enumerate(SIDES, 1)),
    ]

    def __init__(self, label: str, mine: str, theirs: str, who: str) -> None:
        super().__init__()
        self.label, self.mine, self.theirs, self.who = label, mine, theirs, who

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(f"”{self.label}” ändrades av någon annan medan du skrev", classes="dialog-title", markup=False)
            yield Lines()
            yield Static("Siffra, eller pilar och Enter, väljer vad som ska gälla. Esc fortsätter skriva.")

    def on_mount(self) -> None:
        self.query_one(Lines).show(
            [
                Line(f"{self.mine}\n", "1 Ditt", "mine", label_width=WIDTH),
                Line(f"{self.theirs}\n{self.who}", "2 Deras", "theirs", label_width=WIDTH),
            ]
        )

    def action_side(self, side: str) -> None:
        self.dismiss(side)

    @on(Lines.OptionSelected)
    def chosen(self, event: Lines.OptionSelected) -> None:
        self.dismiss(SIDES[event.option_index])


def weigh(form: Form, found: Overtaken) -> None:
    """Let the person choose, field by field, between what is written here and what another saved meanwhile."""
    left, theirs = list(found.differences), set[str]()

    def next_one() -> None:
        label = form.lsk.store.terms.field_label(form.entity.name, left[0].field)
        form.app.push_screen(Weigh(label, *both(form, left[0]), left[0].who), answered)

    def answered(side: str | None) -> None:
        if side is None:
            form.say("Inget är sparat: någon annan har ändrat posten. Ctrl+S frågar igen vad som ska gälla.")
            return
        done = left.pop(0)
        theirs.update({done.field} if side == "theirs" else ())
        if left:
            next_one()
        else:
            catch_up(form, found.row, theirs)
            form.do_save()

    next_one()


def both(form: Form, about: Difference) -> tuple[str, str]:
    field = form.entity.field(about.field)
    mine, theirs = (lookup.words(form.lsk.store, field, value) for value in (about.mine, about.theirs))
    return mine or "(tomt)", theirs or "(tomt)"


def catch_up(form: Form, row: dict[str, Any], theirs: set[str]) -> None:
    """Let the form begin from how the record stands now, and keep what is written here where that was chosen."""
    for box in form.boxes:
        name = box.field.name
        if name in theirs or not box.changed:
            box.begin_with(row[name], lookup.words(form.lsk.store, box.field, row[name]))
        box.initial = row[name]
    form.values = row
