"""What can be done with a whole list: mark, change many, count, choose columns, name it, export it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from textual import work

from lsk import many
from lsk.errors import LskError
from lsk.store import Store
from lsk_tui import export, views
from lsk_tui.pages import Book, Question, every_id
from lsk_tui.screens.base import Place
from lsk_tui.screens.bulk import ManyDelete, ManyEdit
from lsk_tui.screens.lists import AskText, Columns, CountBy, Views
from lsk_tui.widgets.filterbox import FilterBox
from lsk_tui.widgets.lines import Jump
from lsk_tui.widgets.table import RecordTable
from lsk_tui.words import counted


class Listing(Place):
    """The acts of a list. ``Browse`` gives the list."""

    question: Question
    book: Book | None
    show_list: Callable[[Jump], None]
    read: Callable[..., object]
    view = ""
    heading = ""

    @property
    def rows(self) -> RecordTable:
        return self.query_one(RecordTable)

    @property
    def filter_box(self) -> FilterBox:
        return self.query_one(FilterBox)

    @property
    def entity(self) -> str:
        return self.question.entity

    # --- marks and changes of many -----------------------------------------------------------------------------------

    def do_mark(self) -> None:
        self.rows.mark()

    @work(exclusive=True, group="mark")
    async def do_mark_all(self) -> None:
        book = self.book
        if book is None:
            return
        if book.count > many.MOST:
            self.app.notify(
                f"Listan har {book.count} rader, och högst {many.MOST} kan markeras på en gång. Filtrera fram färre.",
                severity="warning",
            )
            return
        with self.telling():
            self.rows.mark_these(await self.lsk.desk.ask(lambda store: every_id(store, book)))

    def edit_marked(self) -> None:
        self.app.push_screen(ManyEdit(self.entity, list(self.rows.marked)), self.changed_many)

    def delete_marked(self) -> None:
        self.app.push_screen(ManyDelete(self.entity, list(self.rows.marked)), self.changed_many)

    def changed_many(self, done: str | None) -> None:
        if done:
            self.rows.mark_these([])
            self.app.notify(f"{done} Tryck u för att ångra alltihop.", markup=False)
            self.load()

    # --- counts, columns, views --------------------------------------------------------------------------------------

    def do_count(self) -> None:
        if self.book is not None:
            self.app.push_screen(CountBy(self.book), self.filter_more)

    def filter_more(self, word: str | None) -> None:
        if word:
            box = self.filter_box
            box.display = True
            box.input.value = f"{box.input.value.strip()} {word} ".lstrip()
            self.rows.focus()

    def do_columns(self) -> None:
        self.app.push_screen(Columns(self.entity, self.question.columns), self.choose_columns)

    def choose_columns(self, chosen: tuple[str, ...] | None) -> None:
        if chosen is not None and chosen != self.question.columns:
            self.question = replace(self.question, columns=chosen)
            self.read(self.rows.current.id if self.rows.current else None)

    def do_views(self) -> None:
        self.app.push_screen(Views(self.entity), self.chose_view)

    def chose_view(self, chosen: Jump | str | None) -> None:
        if isinstance(chosen, Jump):
            self.show_list(chosen)
        elif chosen == "save":
            name = self.view or self.question.filter
            self.app.push_screen(
                AskText(
                    "Vad ska vyn heta?", "Filter, ordning och kolumner sparas på den här datorn.", name, self.save_view
                )
            )
        else:
            self.load()  # one may have been renamed or deleted

    def save_view(self, name: str) -> None:
        """Keep the list under a name. LskError when it cannot be."""
        q = self.question
        if q.where:
            raise LskError(
                "Listan är ett urval från en annan sida och kan inte sparas. Filtrera hela listan i stället."
            )
        views.save(
            self.lsk.store.path, views.SavedView(name.strip(), q.entity, q.filter, q.sort, q.descending, q.columns)
        )
        self.view = self.heading = name.strip()
        self.app.notify(f"Vyn {name.strip()} är sparad. Den finns i trädet, under w och i sökrutan.", markup=False)
        self.load()

    # --- export ------------------------------------------------------------------------------------------------------

    def do_export(self) -> None:
        if self.book is None:
            return
        title = self.heading or self.lsk.store.terms.entity_label(self.entity, many=True)
        what = f"{counted(self.book.count, self.entity, self.lsk.store.terms)} med kolumnerna som syns, för Excel."
        proposed = str(export.proposed(self.lsk.store, title))
        self.app.push_screen(AskText("Vart ska listan sparas?", what, proposed, partial(self.export_to, self.book)))

    def export_to(self, book: Book, text: str) -> None:
        """LskError when nothing can be written there."""
        from lsk_tui.screens.dialogs import Ask

        path = export.target(text)
        if not path.exists():
            self.write_export(book, path)
            return
        question = f"{path.name} finns redan i {path.parent}."
        self.app.call_later(
            self.app.push_screen,
            Ask(question, {"no": "Avbryt", "yes": "Skriv över"}),
            lambda answer: self.write_export(book, path) if answer == "yes" else None,
        )

    @work(exclusive=True, group="export")
    async def write_export(self, book: Book, path: Path) -> None:
        """On the other desk, so that the list can be walked meanwhile."""
        if book.count > 10 * export.BATCH:
            self.app.notify(f"Skriver {book.count} rader …")

        def write(store: Store) -> int:
            return export.write(store, book, path)

        with self.telling():
            n = await self.lsk.checker.ask(write)
            what = counted(n, self.entity, self.lsk.store.terms)
            self.app.notify(f"Sparat i {path}: {what}.", timeout=12, markup=False)
