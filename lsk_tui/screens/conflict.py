"""Conflicts, one after the other: what stood before, what each wrote without knowing of the other, and the choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from pathlib import PurePath
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from lsk import history
from lsk.model import ENTITIES
from lsk.model.vocabulary import Field, Text
from lsk.personal import register
from lsk.store import Store
from lsk.wordwise import LEGEND, joined
from lsk_tui import actions
from lsk_tui.actions import Situation
from lsk_tui.lines import Contested
from lsk_tui.owning import owner
from lsk_tui.screens.base import Place
from lsk_tui.screens.dialogs import Ask
from lsk_tui.widgets.compared import compared
from lsk_tui.widgets.fieldbox import FieldBox
from lsk_tui.words import cut, moment
from sync.conflicts import DELETED, ROW, Conflict, Side, conflicts, decide_cell, decide_for, field_of, find

MOST = 9  # values that a digit can choose; more are chosen with the arrows
LATER = "Övriga filer får beslutet vid nästa synk."
STOOD = "Det som gällde valdes, så inget värde ändrades. Ändra posten om något annat ska gälla."
WHOLE = "Konflikten gäller hela posten: behåll den eller ta bort den."


def in_words(conflict: Conflict, side: Side) -> str:
    if conflict.column != ROW:
        return side.words
    return "Ta bort posten" if side.words == DELETED else "Behåll posten"


def is_text(conflict: Conflict) -> bool:
    return conflict.column != ROW and isinstance(field_of(conflict.entity, conflict.field), Text)


def both(conflict: Conflict) -> str:
    """What all sides wrote, in one text."""
    base = str(conflict.base or "")
    texts = [str(side.value) for side in conflict.sides if side.value]
    return reduce(lambda first, second: joined(base, first, second), texts) if texts else ""


def giver(side: Side) -> str:
    file = f"fil {side.file}" + (" (den här)" if side.own else "")
    return ", ".join(part for part in (side.actor, moment(side.at) if side.at else "", file) if part)


class SideBox(Static, can_focus=True):
    """One of the values, or what stood before (``number`` 0, not to be chosen)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", show=False),
        Binding("up,k", "app.focus_previous", show=False),
        Binding("down,j", "app.focus_next", show=False),
    ]

    class Chosen(Message):
        """This value shall stand."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, number: int, heading: str, content: Content) -> None:
        super().__init__(content, classes="side")
        self.number = number
        self.can_focus = number > 0
        self.border_title = heading

    def action_choose(self) -> None:
        self.post_message(self.Chosen(self.number))


class Review(Place):
    """All open conflicts, beginning with the one at ``start``. A decision is a change, and can be undone."""

    PLACE = actions.CONFLICT
    BINDINGS: ClassVar[list[BindingType]] = [
        *actions.bindings(PLACE),
        *(Binding(str(n), f"keep({n})", show=False) for n in range(3, MOST + 1)),
    ]
    CSS_PATH = "conflict.tcss"

    def __init__(self, start: Contested) -> None:
        super().__init__()
        self.start = start
        self.found: list[Conflict] = []
        self.at = self.total = 0
        self.begun = False
        self.drawn: Conflict | None = None
        self.to_undo = True  # the latest decision here changed a value; choosing what stood already changes none

    def content(self) -> ComposeResult:
        yield Static("", id="conflict-about", markup=False)
        yield VerticalScroll(id="sides", can_focus=False)
        yield Static("", id="conflict-how", markup=False)

    @property
    def conflict(self) -> Conflict | None:
        return self.found[self.at] if self.at < len(self.found) else None

    @property
    def marked(self) -> int:
        """The number of the value that Enter takes. It stays where it was when the same conflict is drawn anew."""
        same = self.drawn is not None and self.drawn == self.conflict
        return self.focused.number if same and isinstance(self.focused, SideBox) else 1

    def title_words(self) -> str:
        number = self.total - len(self.found) + self.at + 1
        return f"Konflikt {number} av {self.total}" if self.found else "Konflikter"

    def situation(self) -> Situation:
        conflict = self.conflict
        if conflict is None or conflict.column == ROW:  # a deleted record has no owner to ask for
            return self.lsk.situation()
        owned = owner(self.lsk.store.db, conflict.entity, conflict.record)
        found = self.lsk.situation(ENTITIES[conflict.entity], conflict.record, owned)
        return replace(found, joins=is_text(conflict))

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        with self.telling():
            here = self.conflict
            self.found = await self.lsk.desk.ask(conflicts)
            self.total = max(self.total, len(self.found))
            if not self.begun:
                self.at = next((n for n, c in enumerate(self.found) if fits(self.start, c)), 0)
            elif here is not None:
                stay = (n for n, c in enumerate(self.found) if (c.record, c.column) == (here.record, here.column))
                self.at = next(stay, min(self.at, max(len(self.found) - 1, 0)))
            if not self.found:
                self.app.notify("Alla konflikter är avgjorda." if self.begun else "Konflikten är redan avgjord.")
                self.do_back()
                return
            self.begun = True
            await self.draw()

    async def draw(self) -> None:
        conflict = self.conflict
        assert conflict is not None
        marked, anew, self.drawn = self.marked, self.drawn == conflict, conflict
        about = f"⚡ {conflict.label} – {conflict.ref} {cut(conflict.title, 100)}"
        self.query_one("#conflict-about", Static).update(about)
        boxes = self.query_one("#sides", VerticalScroll)
        boxes.set_class(len(conflict.sides) <= 2, "few")
        await boxes.remove_children()
        await boxes.mount_all([before(conflict), *(side_box(conflict, n) for n in range(1, len(conflict.sides) + 1))])
        then = "n: nästa konflikt." if len(self.found) > 1 else "Esc: avgör senare."
        marks = f"{LEGEND}  " if is_text(conflict) and conflict.base else ""
        self.query_one("#conflict-how", Static).update(f"{marks}Enter tar den markerade. {then}")
        if not anew:
            boxes.scroll_home(animate=False)  # what it was before comes first
        next(box for box in self.query(SideBox) if box.number == marked).focus(scroll_visible=anew)
        self.tell()

    def move(self, step: int) -> None:
        if len(self.found) < 2:
            self.app.notify("Det finns bara den här konflikten.")
        else:
            self.at = (self.at + step) % len(self.found)
            self.run_worker(self.draw(), exclusive=True, group="load")

    def do_next(self) -> None:
        self.move(1)

    def do_previous(self) -> None:
        self.move(-1)

    def do_first(self) -> None:
        self.keep(1)

    def do_second(self) -> None:
        self.keep(2)

    @on(SideBox.Chosen)
    def chosen(self, event: SideBox.Chosen) -> None:
        self.action_keep(event.number)

    def action_keep(self, number: int) -> None:
        reason = actions.can_decide(self.situation())
        if reason:
            self.app.notify(reason, severity="warning", markup=False)
        else:
            self.keep(number)

    def keep(self, number: int) -> None:
        conflict, actor = self.conflict, self.lsk.actor
        if conflict is not None and number <= len(conflict.sides):
            side = conflict.sides[number - 1]
            self.settle(conflict, in_words(conflict, side), lambda store: decide_for(store, conflict, side, actor))

    def do_both(self) -> None:
        conflict = self.conflict
        if conflict is not None and is_text(conflict):
            self.ask_for(conflict, both(conflict), "Båda i en text. Ändra det som behövs.")
        elif conflict is not None:
            self.app.notify(WHOLE, severity="warning")

    def do_write(self) -> None:
        conflict = self.conflict
        if conflict is not None and conflict.column == ROW:
            self.app.notify(WHOLE, severity="warning")
        elif conflict is not None:
            self.ask_for(conflict, conflict.sides[self.marked - 1].value, "Skriv det som ska gälla.")

    def ask_for(self, conflict: Conflict, value: Any, how: str) -> None:
        actor = self.lsk.actor

        def written(answer: tuple[Any, str] | None) -> None:
            if answer is not None:
                new, words = answer
                self.settle(conflict, words or "tomt", lambda store: decide_cell(store, conflict, new, actor))

        field = field_of(conflict.entity, conflict.field)
        self.app.push_screen(Write(conflict, field, value, how), written)

    def do_undo(self) -> Any:
        """The latest decision; never something older, which the person does not see from here."""
        if self.to_undo:
            return super().do_undo()
        return self.app.notify(STOOD, severity="warning")

    @work(exclusive=True, group="change")
    async def settle(self, conflict: Conflict, words: str, how: Callable[[Store], None]) -> None:
        with self.telling():
            self.to_undo = await self.lsk.desk.ask(lambda store: changing(store, conflict, how))
            self.app.notify(f"Avgjort: {conflict.label} – {cut(words, 60).rstrip('.')}. {LATER}", markup=False)
            self.load()


def changing(store: Store, conflict: Conflict, how: Callable[[Store], None]) -> bool:
    """Decide, unless somebody has given another value meanwhile. Whether the decision changed anything here."""
    find(store, conflict.code)
    before = history.undoable(store.db)
    how(store)
    after = history.undoable(store.db)
    return after is not None and (before is None or before["id"] != after["id"])


def fits(at: Contested, conflict: Conflict) -> bool:
    return at.record in (None, conflict.record) and at.column in (None, conflict.column)


def before(conflict: Conflict) -> SideBox:
    if conflict.column == ROW:
        return SideBox(0, "Före", Content("En har tagit bort posten medan en annan ändrade den."))
    return SideBox(0, "Före", Content(conflict.base_words))


def side_box(conflict: Conflict, number: int) -> SideBox:
    side = conflict.sides[number - 1]
    words = Content(in_words(conflict, side))
    if is_text(conflict) and conflict.base and side.value:
        words = compared(str(conflict.base), str(side.value))
    heading = f"{number} {'Gäller nu' if number == 1 else 'Annat värde'}"
    return SideBox(number, heading, Content.assemble((giver(side), "dim"), "\n", words))


class Write(ModalScreen[tuple[Any, str]]):
    """A value of one's own, in the editor that the field has in its form. Dismissed with (value, its words)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f4", "save", show=False),
        Binding("escape", "leave", show=False),
    ]
    CSS_PATH: ClassVar[list[str | PurePath]] = ["form.tcss", "conflict.tcss"]

    def __init__(self, conflict: Conflict, field: Field, value: Any, how: str) -> None:
        super().__init__()
        self.conflict, self.field, self.value, self.how = conflict, field, value, how

    def compose(self) -> ComposeResult:
        lsk: Any = self.app
        entity = ENTITIES[self.conflict.entity]
        with Vertical(classes="dialog"):
            yield Static(f"{self.conflict.label} – {self.conflict.ref}", classes="dialog-title", markup=False)
            yield Static(f"{self.how} Ctrl+S sparar, Esc avbryter.")
            yield FieldBox(entity, self.field, self.value, lsk.store, lsk.desk, register(lsk.store.db))

    def on_mount(self) -> None:
        editor = self.query_one("Input, TextArea")
        if isinstance(editor, TextArea):
            editor.move_cursor(editor.document.end)
        editor.focus()

    @on(FieldBox.Passed)
    async def action_save(self) -> None:
        box = self.query_one(FieldBox)
        await box.settle()
        value, wrong = box.read()
        if wrong:
            box.judge()
        else:
            self.dismiss((value, box.text))

    def action_leave(self) -> None:
        if not self.query_one(FieldBox).touched:
            self.dismiss(None)
            return
        answers = {"no": "Fortsätt skriva", "yes": "Släng"}
        self.app.push_screen(Ask("Släng det du skrivit?", answers), self.thrown)

    def thrown(self, answer: str | None) -> None:
        if answer == "yes":
            self.dismiss(None)
