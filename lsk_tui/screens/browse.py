"""Area tree, list and a glance at the record under the cursor. A narrow screen shows one of them at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static, Tree

from lsk.model import ENTITIES
from lsk.records import count
from lsk.store import Store
from lsk.terms import Terms, area_label
from lsk_tui import actions
from lsk_tui.actions import Situation
from lsk_tui.areas import AREAS_OF
from lsk_tui.owning import owner
from lsk_tui.pages import Book, Question, columns
from lsk_tui.screens.base import Place
from lsk_tui.sheet import sheet
from lsk_tui.widgets.lines import Contested, Jump, Lines
from lsk_tui.widgets.table import RecordTable

GLANCE_LABEL = 14


class AreaTree(Tree[str]):
    """The areas of the regulation, and under each its kinds of records with their number."""

    guide_depth = 3
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Ner", show=False),
        Binding("k", "cursor_up", "Upp", show=False),
        Binding("right", "screen.do('list')", "Lista", show=False),
    ]

    def fill(self, terms: Terms, counts: dict[str, int], chosen: str) -> None:
        self.clear()
        self.show_root = False
        here = None
        for area, names in AREAS_OF.items():
            branch = self.root.add(area_label(area), expand=True)
            for name in names:
                leaf = branch.add_leaf(f"{terms.entity_label(name, many=True)} ({counts[name]})", data=name)
                here = leaf if name == chosen else here
        if here is not None:
            self.call_after_refresh(self.move_cursor, here)


def counts(store: Store) -> dict[str, int]:
    return {name: count(store.db, name) for name in ENTITIES}


class Browse(Place):
    """The lists."""

    PLACE = actions.BROWSE
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "browse.tcss"

    def __init__(self, jump: Jump) -> None:
        super().__init__()
        self.question, self.heading = Question.about(jump.entity, jump.where, jump.params), jump.title
        self.book: Book | None = None
        self.return_to: str | None = None

    def content(self) -> ComposeResult:
        with Horizontal():
            yield AreaTree("LSK", id="areas")
            with Vertical(id="list"):
                yield Input(placeholder="Skriv för att filtrera. Esc visar allt igen.", id="filter", compact=True)
                yield RecordTable(id="rows")
            yield Lines(id="glance")
        yield Static("", id="status", markup=False)

    @property
    def rows(self) -> RecordTable:
        return self.query_one(RecordTable)

    @property
    def entity(self) -> str:
        return self.question.entity

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
        self.query_one("#filter").display = False
        self.rows.focus()

    def load(self) -> None:
        row = self.rows.current if self.book else None
        self.read(self.return_to or (row.id if row else None))
        self.return_to = None
        self.read_counts()

    @work(exclusive=True, group="list")
    async def read(self, keep: str | None = None) -> None:
        """Ask the question anew; the cursor stays on the record ``keep`` when the list still holds it."""
        question = self.question
        width = self.rows.size.width or self.size.width
        shown = columns(ENTITIES[question.entity], width - 1, self.lsk.store.terms.field_label)

        def answer(store: Store) -> tuple[Book, int]:
            book = Book.open(store, question, shown)
            return book, (book.place_of(store, keep) or 0) if keep else 0

        with self.telling():
            book, place = await self.lsk.desk.ask(answer)
            self.book = book
            self.rows.begin(shown, book.count, question.sort, question.descending, place, self.nothing())
            self.tell()
            self.count_words()

    def nothing(self) -> str:
        if self.question.filter:
            return f"Inga träffar på ”{self.question.filter}”. Esc visar allt igen."
        return "Listan är tom. Tryck n för att lägga till den första."

    def count_words(self) -> None:
        assert self.book is not None
        n = self.book.count
        order = next((c.heading.lower() for c in self.book.columns if c.name == self.question.sort), "")
        sort = f" · efter {order}{', fallande' if self.question.descending else ''}" if order else ""
        found = f" · filter: {self.question.filter}" if self.question.filter else ""
        at = f"{min(self.rows.cursor + 1, n)} av {n}"
        self.query_one("#status", Static).update(f"{at}{sort}{found}")

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
            self.query_one(AreaTree).fill(self.lsk.store.terms, found, self.entity)

    @on(RecordTable.Wanted)
    def wanted(self, event: RecordTable.Wanted) -> None:
        if self.book is not None:
            self.fetch(self.book, event.number)

    @on(RecordTable.Moved)
    def moved(self) -> None:
        if self.book is not None:
            self.count_words()
            self.tell()
            self.glance()

    @work(exclusive=True, group="glance")
    async def glance(self) -> None:
        """The record under the cursor, where the screen is wide enough."""
        row, pane = self.rows.current, self.query_one("#glance", Lines)
        if row is None or not pane.display or pane.size.width == 0:
            return
        with self.telling():
            seen = await self.lsk.desk.ask(lambda store: sheet(store, self.entity, row.id))
            pane.show([replace(line, label_width=GLANCE_LABEL) for line in seen.lines if not line.faint], keep=False)
            if not pane.has_focus:
                pane.highlighted = None

    @on(RecordTable.Resized)
    def resized(self) -> None:
        if self.book is not None:
            self.load()

    @on(RecordTable.Opened)
    def opened(self, event: RecordTable.Opened) -> None:
        self.lsk.jump(Jump(self.entity, event.row.id))

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
    def chosen(self, event: Tree.NodeSelected[str]) -> None:
        if event.node.data:
            self.show_list(Jump(event.node.data))

    def show_list(self, jump: Jump) -> None:
        self.question = Question.about(jump.entity, jump.where, jump.params)
        self.heading, self.book = jump.title, None
        self.query_one("#filter", Input).value = ""
        self.do_list()
        self.read()

    @on(Input.Changed, "#filter")
    def filtered(self, event: Input.Changed) -> None:
        if event.value.strip() != self.question.filter:
            self.question = self.question.filtered(event.value)
            self.read()

    @on(Input.Submitted, "#filter")
    def filter_done(self) -> None:
        self.rows.focus()

    def do_filter(self) -> None:
        box = self.query_one("#filter", Input)
        box.display = True
        box.focus()

    def do_back(self) -> None:
        box = self.query_one("#filter", Input)
        if box.display:
            box.value = ""
            box.display = False
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
        assert self.rows.current is not None
        self.lsk.edit(self.entity, self.rows.current.id)

    def came_back(self, record: str) -> None:
        """After a save the cursor stands on what was saved."""
        self.return_to = record

    def do_trace(self) -> None:
        from lsk_tui.screens.past import Trace

        assert self.rows.current is not None
        self.app.push_screen(Trace(self.entity, self.rows.current.id))

    def do_delete(self) -> None:
        assert self.rows.current is not None
        self.lsk.delete(self.entity, self.rows.current.id, then=self.load)
