"""One record, to read and to go on from."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from lsk.model import ENTITIES
from lsk.store import Store
from lsk_tui import actions, chronicle
from lsk_tui.actions import Situation
from lsk_tui.ahead import Take
from lsk_tui.among import Standing, standing
from lsk_tui.lines import Contested, Jump, Line, slim
from lsk_tui.pages import Question
from lsk_tui.screens.base import Place
from lsk_tui.sheet import Sheet, sheet
from lsk_tui.widgets.lines import Lines
from lsk_tui.words import name_of

PAST_LABEL = 17  # cells, or the longest word
ALONE = Standing(None, 0, None, None)
GONE = [Line("Posten finns inte. u ångrar den senaste ändringen, r gör om den, Esc går tillbaka.", heading=True)]


class Record(Place):
    """The detail view. ``among``: the list it was opened from, whose other records , and . lead to."""

    PLACE = actions.RECORD
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "record.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (120, "-beside")]  # noqa: RUF012

    def __init__(self, entity: str, record: str, among: Question | None = None) -> None:
        super().__init__()
        self.entity, self.record, self.among = entity, record, among
        self.sheet = Sheet("", "", None, [])
        self.standing = ALONE
        self.past: list[list[Line]] = []

    def content(self) -> ComposeResult:
        yield Static("", id="record-title", markup=False)
        yield Static("", id="record-place", markup=False)
        with Horizontal():
            yield Lines(id="record")
            yield Lines(id="record-past")

    def title_words(self) -> str:
        label = self.lsk.store.terms.entity_label(self.entity)
        return f"{label} {self.sheet.ref}"

    def situation(self) -> Situation:
        gone = self.sheet.ref == ""
        found = self.lsk.situation(ENTITIES[self.entity], None if gone else self.record, self.sheet.owner)
        return replace(found, before=self.standing.before is not None, after=self.standing.after is not None)

    @property
    def lines(self) -> Lines:
        return self.query_one("#record", Lines)

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        name, record, among = self.entity, self.record, self.among

        def read(store: Store) -> tuple[Sheet, list[list[Line]], Standing]:
            seen = sheet(store, name, record, whole=True)
            stands = standing(store, among, record) if among and seen.lines else ALONE
            return seen, chronicle.beside(store, record), stands

        with self.telling():
            self.sheet, self.past, self.standing = await self.lsk.desk.ask(read)
            self.query_one("#record-title", Static).update(self.sheet.title)
            self.show()
            self.tell_place()
            self.tell()

    def show(self) -> None:
        """The record, and its history: beside it where there is room, else the end of it below."""
        past = self.query_one("#record-past", Lines)
        past.show(slim([line for change in self.past for line in change], PAST_LABEL))
        if not past.has_focus:
            past.highlighted = None
        self.lines.show((self.sheet.lines or GONE) + ([] if past.display else chronicle.below(self.past)))

    def on_resize(self) -> None:
        if self.sheet.lines:
            self.call_after_refresh(self.show)

    def tell_place(self) -> None:
        """Which of how many in the list, and the keys that leaf through it."""
        at, words = self.standing, self.query_one("#record-place", Static)
        words.display = at.count > 1
        place = f"{at.place} av {at.count}" if at.place else f"inte längre bland de {at.count}"
        key = "bold $primary on $panel"
        words.update(Content.assemble(f"{place} i listan  ", (" , ", key), " förra  ", (" . ", key), " nästa"))

    @on(Lines.OptionSelected)
    def go(self, event: Lines.OptionSelected) -> None:
        lines = event.option_list
        assert isinstance(lines, Lines)
        target = lines.shown[event.option_index].target
        if isinstance(target, Contested):
            self.action_do("conflict")
        elif isinstance(target, Take):
            self.action_do("step")
        elif isinstance(target, str):
            self.action_do(target)
        elif isinstance(target, Jump):
            self.follow(target)

    def follow(self, jump: Jump) -> None:
        if jump.field:
            self.edit(jump.field)
        elif jump.record != self.record:
            self.lsk.jump(jump)

    def edit(self, field: str = "") -> None:
        reason = actions.can_change(self.situation())
        if reason:
            self.app.notify(reason, severity="warning", markup=False)
        else:
            self.lsk.edit(self.entity, self.record, field)

    def do_edit(self) -> None:
        line = self.lines.current
        self.edit(line.target.field if line and isinstance(line.target, (Jump, Contested)) else "")

    def do_below(self) -> None:
        from lsk_tui.screens.dialogs import AddTo

        self.app.push_screen(AddTo(self.entity, self.record))

    def do_step(self) -> None:
        """The next step, when nothing is missing for it; else what is missing is pointed at."""
        offered = next((n for n, line in enumerate(self.lines.shown) if isinstance(line.target, Take)), None)
        if offered is not None:
            self.take(self.lines.shown[offered].target.status)
            return
        stops = [n for n, line in enumerate(self.lines.shown) if line.label == "Saknas"]
        if stops:
            self.lines.highlighted = stops[0]
            self.app.notify("Steget kan inte tas än. Enter leder dit det som saknas fylls i.", severity="warning")
        else:
            self.app.notify("Det finns inget steg kvar att ta.", severity="warning")

    @work(exclusive=True, group="change")
    async def take(self, status: str) -> None:
        name, record, actor = self.entity, self.record, self.lsk.actor

        def step(store: Store) -> str:
            with store.change(actor) as change:
                change.update(name, record, {"status": status})
            said = " ".join(warning.sentence for warning in change.warnings)
            named = name_of(store.db, name, record, store.terms)
            return f"{named[:1].upper()}{named[1:]} är nu ”{status}”. Tryck u för att ångra. {said}".strip()

        with self.telling():
            self.app.notify(await self.lsk.desk.ask(step), markup=False)
        self.load()

    def do_above(self) -> None:
        self.leaf(self.standing.before)

    def do_under(self) -> None:
        self.leaf(self.standing.after)

    def leaf(self, record: str | None) -> None:
        """Show another record of the list in this one's place; back in the list the cursor stands on it."""
        from lsk_tui.screens.browse import Browse

        if record is None:
            return
        self.record = record
        self.lines.highlighted = None
        for screen in self.app.screen_stack[-2:-1]:
            if isinstance(screen, Browse) and screen.entity == self.entity:
                screen.came_back(record)
        self.load()

    def do_trace(self) -> None:
        self.lsk.show_picture("tråd", self.entity, self.record)

    def do_delete(self) -> None:
        self.lsk.delete(self.entity, self.record, then=self.do_back)
