"""Small questions about a list: count by what, which columns, which view, a line of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.model.vocabulary import Order
from lsk_tui import tally, views
from lsk_tui.pages import Book
from lsk_tui.screens.dialogs import CLOSE, Menu
from lsk_tui.widgets.entry import Entry
from lsk_tui.widgets.lines import Jump, Line, Lines

BAR = 20  # cells
WIDE = 30


class AskText(ModalScreen[None]):
    """One line of text. ``take`` is given it; what it raises is told here, and the person may try again."""

    BINDINGS: ClassVar[list[BindingType]] = [CLOSE]

    def __init__(self, question: str, more: str, text: str, take: Callable[[str], None]) -> None:
        super().__init__()
        self.question, self.more, self.text, self.take = question, more, text, take

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self.question, classes="dialog-title", markup=False)
            yield Static(f"{self.more} Enter sparar, Esc stänger.", markup=False)
            yield Entry(self.text, compact=True, select_on_focus=False)
            yield Static("", classes="wrong", markup=False)

    @on(Input.Submitted)
    def entered(self, event: Input.Submitted) -> None:
        try:
            self.take(event.value)
        except LskError as error:
            self.query_one(".wrong", Static).update(f"✗ {error}")
        else:
            self.dismiss()


class Hinted(Menu):
    """Lines to choose among, and under them what the keys do."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self.HEADING, classes="dialog-title")
            yield Lines()
            yield Static(self.hint(), classes="dialog-hint", markup=False)

    def hint(self) -> str:
        return ""

    def show(self, lines: list[Line], keep: bool = True) -> None:
        self.query_one(Lines).show(lines, keep)
        self.query_one(".dialog-hint", Static).update(self.hint())


class CountBy(Hinted):
    """How many rows per value of a column. Dismissed with the word that filters on the one that was chosen."""

    HEADING = "Räkna raderna efter"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Stäng", show=False)]

    def __init__(self, book: Book) -> None:
        super().__init__()
        self.book, self.by, self.most = book, "", False

    def lines(self) -> list[Line]:
        entity, label = self.book.question.entity, self.lsk.store.terms.field_label
        return [Line(label(entity, f.name), target=f) for f in tally.countable(entity)]

    def leave_for(self, line: Line) -> None:
        if self.by:
            self.answer(line.target)
        else:
            self.count(line)

    @work(exclusive=True, group="count")
    async def count(self, by: Line) -> None:
        try:
            found = await self.lsk.desk.ask(lambda store: tally.groups(store, self.book, by.target))
        except LskError as error:
            self.app.notify(str(error), severity="error", markup=False)
            return
        self.by = by.text
        self.query_one(".dialog-title", Static).update(f"{self.book.count} rader efter {by.text.lower()}")
        most = max((group.count for group in found), default=1)
        lines = [
            Line(f"{group.count:>6}  {'█' * round(BAR * group.count / most) or '▏'}", group.words, group.filter,
                 label_width=WIDE, one_line=True)
            for group in found
        ]  # fmt: skip
        self.most = len(found) == tally.MOST
        empty = Line("Listan är tom, så det finns inget att räkna.", heading=True)
        self.show(lines or [empty], keep=False)

    def hint(self) -> str:
        most = f"De {tally.MOST} vanligaste. " if self.most else ""
        return f"{most}Enter visar bara de raderna." if self.by else ""

    def answer(self, word: str | None) -> None:
        cast("ModalScreen[str]", self).dismiss(word)

    def action_leave(self) -> None:
        """From the counts back to the columns, from there back to the list."""
        if not self.by:
            self.dismiss()
            return
        self.by = ""
        self.query_one(".dialog-title", Static).update(self.HEADING)
        self.show(self.lines(), keep=False)


class Columns(Hinted):
    """Which columns a list shows. Dismissed with their names when it is closed; none: the width decides."""

    HEADING = "Kolumner"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Stäng", show=False),
        Binding("space", "turn", "Visa eller dölj", show=False),
    ]

    def __init__(self, entity: str, chosen: tuple[str, ...]) -> None:
        super().__init__()
        self.entity, self.chosen_names = ENTITIES[entity], list(chosen)

    def lines(self) -> list[Line]:
        label = self.lsk.store.terms.field_label
        fields = [f for f in self.entity.all_fields if not isinstance(f, Order)]
        first = "[ ]" if self.chosen_names else "[x]"
        return [
            Line(f"{first} Så många som får plats", target=""),
            *(
                Line(
                    f"{'[x]' if f.name in self.chosen_names else '[ ]'} {label(self.entity.name, f.name)}",
                    target=f.name,
                )
                for f in fields
            ),
        ]

    def hint(self) -> str:
        return "Blanksteg väljer, Esc visar listan."

    def leave_for(self, line: Line) -> None:
        if line.target in self.chosen_names:
            self.chosen_names.remove(line.target)
        elif line.target:
            self.chosen_names.append(line.target)
        else:
            self.chosen_names.clear()
        self.show(self.lines())

    def action_turn(self) -> None:
        line = self.query_one(Lines).current
        if line is not None:
            self.leave_for(line)

    def action_close(self) -> None:
        cast("ModalScreen[tuple[str, ...]]", self).dismiss(tuple(self.chosen_names))


class Views(Hinted):
    """The saved views. Dismissed with the one to show, or "save" for keeping the list that is shown."""

    HEADING = "Vyer"
    BINDINGS: ClassVar[list[BindingType]] = [
        CLOSE,
        Binding("b", "rename", "Byt namn", show=False),
        Binding("x,delete", "remove", "Ta bort", show=False),
    ]

    def __init__(self, entity: str) -> None:
        super().__init__()
        self.entity = entity

    def lines(self) -> list[Line]:
        label = self.lsk.store.terms.entity_label
        found = sorted(views.views(self.lsk.store.path), key=lambda view: view.entity != self.entity)
        saved = [
            Line(label(view.entity, many=True), f"★ {view.name}", Jump(view.entity, view=view.name), one_line=True,
                 label_width=WIDE)
            for view in found
        ]  # fmt: skip
        return [Line("Spara listan som den är nu …", target="save"), *saved]

    def hint(self) -> str:
        saved = views.views(self.lsk.store.path)
        return "Enter visar, b byter namn, x tar bort." if saved else "Inga vyer är sparade än."

    def leave_for(self, line: Line) -> None:
        cast("ModalScreen[object]", self).dismiss(line.target)

    @property
    def view(self) -> str:
        line = self.query_one(Lines).current
        return line.target.view if line is not None and isinstance(line.target, Jump) else ""

    def action_rename(self) -> None:
        old = self.view
        if old:

            def take(new: str) -> None:
                views.rename(self.lsk.store.path, old, new)
                self.show(self.lines())

            self.app.push_screen(AskText("Vad ska vyn heta?", "Den finns på den här datorn.", old, take))

    def action_remove(self) -> None:
        """At once: what a view holds is three words to write again."""
        if self.view:
            self.app.notify(f"Vyn {self.view} är borttagen.", markup=False)
            views.delete(self.lsk.store.path, self.view)
            self.show(self.lines())
