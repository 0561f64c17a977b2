"""One record, to read and to go on from."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from lsk.model import ENTITIES
from lsk_tui import actions
from lsk_tui.actions import Situation
from lsk_tui.screens.base import Place
from lsk_tui.sheet import Sheet, sheet
from lsk_tui.widgets.lines import Contested, Jump, Line, Lines


class Record(Place):
    """The detail view."""

    PLACE = actions.RECORD
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "record.tcss"

    def __init__(self, entity: str, record: str) -> None:
        super().__init__()
        self.entity, self.record = entity, record
        self.sheet = Sheet("", "", None, [])

    def content(self) -> ComposeResult:
        yield Static("", id="record-title", markup=False)
        yield Lines(id="record")

    def title_words(self) -> str:
        label = self.lsk.store.terms.entity_label(self.entity)
        return f"{label} {self.sheet.ref}"

    def situation(self) -> Situation:
        gone = self.sheet.ref == ""
        return self.lsk.situation(ENTITIES[self.entity], None if gone else self.record, self.sheet.owner)

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        with self.telling():
            self.sheet = await self.lsk.desk.ask(lambda store: sheet(store, self.entity, self.record))
            self.query_one("#record-title", Static).update(self.sheet.title)
            gone = [Line("Posten är borttagen. Tryck u för att ångra, eller Esc för att gå tillbaka.", heading=True)]
            self.query_one(Lines).show(self.sheet.lines or gone)
            self.tell()

    @on(Lines.OptionSelected)
    def go(self, event: Lines.OptionSelected) -> None:
        target = self.query_one(Lines).shown[event.option_index].target
        if isinstance(target, Contested):
            self.action_do("conflict")
        elif isinstance(target, Jump):
            if target.field:
                self.edit(target.field)
            else:
                self.lsk.jump(target)

    def edit(self, field: str = "") -> None:
        reason = actions.can_change(self.situation())
        if reason:
            self.app.notify(reason, severity="warning", markup=False)
        else:
            self.lsk.edit(self.entity, self.record, field)

    def do_edit(self) -> None:
        line = self.query_one(Lines).current
        self.edit(line.target.field if line and isinstance(line.target, (Jump, Contested)) else "")

    def do_below(self) -> None:
        from lsk_tui.screens.dialogs import AddTo

        self.app.push_screen(AddTo(self.entity, self.record))

    def do_trace(self) -> None:
        from lsk_tui.screens.past import Trace

        self.app.push_screen(Trace(self.entity, self.record))

    def do_delete(self) -> None:
        self.lsk.delete(self.entity, self.record, then=self.do_back)
