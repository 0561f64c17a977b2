"""Area tree, list and a glance at the record under the cursor. A narrow screen shows one of them at a time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static, Tree

from lsk.filter_help import next_words
from lsk.filter_values import Fault
from lsk.filters import Asker
from lsk.model import ENTITIES
from lsk.records import count
from lsk.store import Store
from lsk.terms import Terms, area_label
from lsk_tui import actions, views
from lsk_tui.actions import Situation
from lsk_tui.areas import areas_of
from lsk_tui.lines import slim
from lsk_tui.owning import owner
from lsk_tui.pages import Book, Question, columns
from lsk_tui.screens.listing import Listing
from lsk_tui.sheet import sheet
from lsk_tui.widgets.filterbox import FilterBox, FilterInput
from lsk_tui.widgets.lines import Contested, Jump, Lines
from lsk_tui.widgets.table import RecordTable

GLANCE_LABEL = 14  # cells, or the longest word
REST = 0.12  # seconds; who holds an arrow down is not sent a page at every row


class AreaTree(Tree[Jump]):
    """The areas of the regulation, under each its kinds of records with their number, under these the saved views."""

    guide_depth = 3
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Ner", show=False),
        Binding("k", "cursor_up", "Upp", show=False),
        Binding("right", "screen.do('list')", "Lista", show=False),
    ]

    def fill(self, terms: Terms, counts: dict[str, int], saved: list[views.SavedView], chosen: str) -> None:
        self.clear()
        self.show_root = False
        here = None
        unit_file = cast("Browse", self.screen).lsk.store.file.is_unit_file
        for area, names in areas_of(unit_file).items():
            branch = self.root.add(area_label(area), expand=True)
            for name in names:
                own = [view for view in saved if view.entity == name]
                words = f"{terms.entity_label(name, many=True)} ({counts[name]})"
                leaf = branch.add(words, data=Jump(name), expand=True, allow_expand=bool(own))
                for view in own:
                    leaf.add_leaf(f"★ {view.name}", data=Jump(name, view=view.name))
                here = leaf if name == chosen else here
        if here is not None:
            self.call_after_refresh(self.move_cursor, here)


def counts(store: Store) -> dict[str, int]:
    return {name: count(store.db, name) for name in ENTITIES}


class Browse(Listing):
    """The lists."""

    PLACE = actions.BROWSE
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "browse.tcss"

    def __init__(self, jump: Jump) -> None:
        super().__init__()
        self.question, self.heading = Question.about(jump.entity, jump.where, jump.params, jump.sort), jump.title
        self.view, self.book = jump.view, None
        self.return_to: str | None = None

    def content(self) -> ComposeResult:
        with Horizontal():
            yield AreaTree("LSK", id="areas")
            with Vertical(id="list"):
                yield FilterBox(id="filter-box")
                yield RecordTable(id="rows")
            yield Lines(id="glance")
        yield Static("", id="status", markup=False)

    def title_words(self) -> str:
        area = area_label(ENTITIES[self.entity].area)
        words = self.heading or self.lsk.store.terms.entity_label(self.entity, many=True)
        return words if words == area else f"{area} › {words}"

    def situation(self) -> Situation:
        row = self.rows.current if self.book else None
        whose = owner(self.lsk.store.db, self.entity, row.id) if row else None
        return self.lsk.situation(ENTITIES[self.entity], row.id if row else None, whose)

    def on_mount(self) -> None:
        super().on_mount()
        self.filter_box.display = False
        self.rows.focus()
        self.take_view()

    def load(self) -> None:
        row = self.rows.current if self.book else None
        self.read(self.return_to or (row.id if row else None))
        self.return_to = None
        self.read_counts()

    @work(exclusive=True, group="list")
    async def read(self, keep: str | None = None) -> None:
        """Ask the question anew; the cursor stays on the record ``keep`` when the list still holds it."""
        question = replace(self.question, actor=self.lsk.actor)
        width = self.rows.size.width or self.size.width
        label = self.lsk.store.terms.field_label
        shown = columns(ENTITIES[question.entity], width - 1, label, question.columns)

        def answer(store: Store) -> tuple[Book, int]:
            book = Book.open(store, question, shown)
            return book, (book.place_of(store, keep) or 0) if keep else 0

        with self.telling():
            try:
                book, place = await self.lsk.desk.ask(answer)
            except Fault as fault:  # the rows there are stay until the filter is understood
                self.filter_box.fault(str(fault))
                return
            if self.rows.size.width not in (0, width):  # laid out meanwhile, and other columns fit
                self.read(keep)
                return
            self.book = book
            self.rows.begin(shown, book.count, question.sort, question.descending, place, self.nothing())
            self.tell()
            self.count_words()

    def nothing(self) -> str:
        if self.question.filter:
            return f"Inga träffar på ”{self.question.filter}”. Esc visar allt igen."
        return "Listan är tom. Tryck n för att lägga till den första."

    def count_words(self) -> None:
        if self.book is None:
            return
        n = self.book.count
        order = next((c.heading.lower() for c in self.book.columns if c.name == self.question.sort), "")
        sort = f" · efter {order}{', fallande' if self.question.descending else ''}" if order else ""
        found = f" · filter: {self.question.filter}" if self.question.filter else ""
        marked = f"✓ {len(self.rows.marked)} markerade · " if self.rows.marked else ""
        at = f"{min(self.rows.cursor + 1, n)} av {n}"
        self.query_one("#status", Static).update(f"{marked}{at}{sort}{found}", layout=False)

    @work(group="pages")
    async def fetch(self, book: Book, number: int) -> None:
        with self.telling():
            rows = await self.lsk.desk.ask(lambda store: book.page(store, number))
            if book is self.book:
                self.rows.put(number, rows)

    @work(exclusive=True, group="counts")
    async def read_counts(self) -> None:
        with self.telling():
            found = await self.lsk.desk.ask(counts)
            saved = views.views(self.lsk.store.path)
            self.query_one(AreaTree).fill(self.lsk.store.terms, found, saved, self.entity)

    @on(RecordTable.Wanted)
    def wanted(self, event: RecordTable.Wanted) -> None:
        if self.book is not None:
            self.fetch(self.book, event.number)

    @on(RecordTable.Moved)
    def moved(self) -> None:
        if self.book is not None:
            self.count_words()
            self.rest()

    @on(RecordTable.Marked)
    def marks_changed(self) -> None:
        self.count_words()

    @work(exclusive=True, group="glance")
    async def rest(self) -> None:
        """Once the cursor stands still: what can be done here, and the record, where there is room for it."""
        await asyncio.sleep(REST)
        self.tell()
        row, pane = self.rows.current, self.query_one("#glance", Lines)
        if row is None or not pane.display or pane.size.width == 0:
            return
        with self.telling():
            seen = await self.lsk.desk.ask(lambda store: sheet(store, self.entity, row.id))
            pane.show(slim([line for line in seen.lines if not line.faint], GLANCE_LABEL), keep=False)
            if not pane.has_focus:
                pane.highlighted = None

    @on(RecordTable.Resized)
    def resized(self) -> None:
        if self.book is not None:
            self.load()

    @on(RecordTable.Opened)
    def opened(self, event: RecordTable.Opened) -> None:
        self.lsk.jump(Jump(self.entity, event.row.id, among=self.question))

    @on(RecordTable.HeadClicked)
    def head_clicked(self, event: RecordTable.HeadClicked) -> None:
        if event.column.sortable:
            self.order(event.column.name, event.column.name == self.question.sort and not self.question.descending)

    @on(Lines.OptionSelected, "#glance")
    def go(self, event: Lines.OptionSelected) -> None:
        target = self.query_one("#glance", Lines).shown[event.option_index].target
        if isinstance(target, Contested):
            self.action_do("conflict")
        elif isinstance(target, Jump) and not target.field:
            self.lsk.jump(target)

    @on(Tree.NodeSelected)
    def chosen(self, event: Tree.NodeSelected[Jump]) -> None:
        if event.node.data:
            self.show_list(event.node.data)

    def show_list(self, jump: Jump) -> None:
        self.question = Question.about(jump.entity, jump.where, jump.params, jump.sort)
        self.heading, self.view, self.book = jump.title, jump.view, None
        self.rows.marked.clear()
        self.take_view()
        self.do_list()
        self.read()

    def take_view(self) -> None:
        """Ask what the view asks, if the list was come to by one; show its filter."""
        view = views.called(self.lsk.store.path, self.view) if self.view else None
        if view is not None:
            self.question, self.heading = view.of(self.question), view.name
        self.show_filter(self.question.filter)

    def show_filter(self, text: str) -> None:
        self.filter_box.display = bool(text)
        self.filter_box.input.value = text

    @on(Input.Changed, "#filter")
    def filtered(self, event: Input.Changed) -> None:
        self.suggest(event.value)
        if event.value.strip() != self.question.filter:
            self.question = self.question.filtered(event.value)
            self.rows.marked.clear()
            self.read()

    @work(exclusive=True, group="suggest")
    async def suggest(self, text: str) -> None:
        """What can be written next, unless what stands there is wrong."""
        if not self.filter_box.display:
            return
        entity, actor = ENTITIES[self.entity], self.lsk.actor
        with self.telling():
            words = await self.lsk.desk.ask(lambda store: next_words(Asker(store, entity, actor), text))
            if words or self.filter_box.input.value == text:
                self.filter_box.offer(words)

    @on(Input.Submitted, "#filter")
    @on(FilterInput.Left)
    def filter_done(self) -> None:
        self.rows.focus()

    def do_filter(self) -> None:
        self.filter_box.display = True
        self.filter_box.input.focus()
        self.suggest(self.filter_box.input.value)

    def do_back(self) -> None:
        if self.rows.marked and self.rows.has_focus:
            self.rows.mark_these([])
        elif self.filter_box.display:
            self.show_filter("")
            self.rows.focus()
        elif self.has_class("-tree"):
            self.do_list()
        else:
            super().do_back()

    def do_tree(self) -> None:
        self.add_class("-tree")
        self.query_one(AreaTree).focus()

    def do_list(self) -> None:
        self.remove_class("-tree")
        self.rows.focus()

    def action_do(self, name: str) -> None:
        if name == "list":
            self.do_list()
        else:
            super().action_do(name)

    def order(self, name: str, descending: bool) -> None:
        self.question = self.question.sorted(name, descending)
        self.read(self.rows.current.id if self.rows.current else None)

    def do_sort(self) -> None:
        names = [c.name for c in self.book.columns if c.sortable] if self.book else ["ref"]
        at = names.index(self.question.sort) if self.question.sort in names else -1
        self.order(names[(at + 1) % len(names)], False)

    def do_turn(self) -> None:
        self.order(self.question.sort, not self.question.descending)

    def do_new(self) -> None:
        self.lsk.new(self.entity, then=self.came_back)

    def do_edit(self) -> None:
        if self.rows.marked:
            self.edit_marked()
            return
        assert self.rows.current is not None
        self.lsk.edit(self.entity, self.rows.current.id)

    def came_back(self, record: str) -> None:
        """After a save the cursor stands on what was saved."""
        self.return_to = record

    def do_trace(self) -> None:
        assert self.rows.current is not None
        self.lsk.show_picture("tråd", self.entity, self.rows.current.id)

    def do_delete(self) -> None:
        if self.rows.marked:
            self.delete_marked()
            return
        assert self.rows.current is not None
        self.lsk.delete(self.entity, self.rows.current.id, then=self.load)
