"""The overviews: tables of a year or a unit, for reports and meetings, to read and to save for Excel."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from lsk.overviews import Asked, Row, show
from lsk.store import Store
from lsk.terms import numbered
from lsk_tui import actions, export, overview_lines
from lsk_tui.pictures import View
from lsk_tui.pictures.of_unit import OfUnit
from lsk_tui.pictures.of_year import OfYear
from lsk_tui.screens.dialogs import Ask
from lsk_tui.screens.lists import AskText
from lsk_tui.widgets.lines import Jump, Line, Lines

SIDES = 5  # cells that the edges and the scroll bar take


class Tables(OfYear, OfUnit):
    """First which overview, then its rows. Esc goes from the rows to the choice."""

    PLACE = actions.TABLES
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "goals.tcss"
    nothing = "Det finns inget att visa för det året och den enheten. Byt år med , och . eller enhet med b."
    only = ""  # the overview that is shown at once, and left at once

    def __init__(self, view: View, entity: str | None = None, record: str | None = None) -> None:
        super().__init__(view, entity, record)
        self.overview = self.only
        if entity is None and record:  # opened by its name
            self.overview, self.record = record, None
        self.rows: list[Row] = []

    def content(self) -> ComposeResult:
        yield Static("", id="told", markup=False)
        yield Lines(id="tree")

    def title_words(self) -> str:
        return " · ".join(part for part in (self.view.words, *self.what()) if part)

    def what(self) -> tuple[str, ...]:
        """Which overview, of which year and unit. What waits for a decision is of no year."""
        return (
            (self.unit_name,) if self.only or not self.overview else (self.overview, str(self.number), self.unit_name)
        )

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        lines, told = self.query_one(Lines), self.query_one("#told", Static)
        with self.telling():
            if not self.overview:
                told.update("Tabeller för rapporter och möten. Enter visar en.")
                lines.show(overview_lines.menu())
                return
            name, asked, width = self.overview, Asked(self.number, self.unit), self.app.size.width - SIDES

            def read(store: Store) -> tuple[list[Row], list[Line]]:
                rows = show(store.db, name, asked)
                return rows, overview_lines.lines(store, rows, width, self.nothing)

            self.rows, shown = await self.lsk.desk.ask(read)
            told.update(f"{overview_lines.about(name)} {numbered(len(self.rows), 'rad', 'rader').capitalize()}.")
            lines.show(shown)

    def on_resize(self, event: events.Resize) -> None:
        if self.overview and self.number:
            self.load()

    @on(Lines.OptionSelected)
    def opened(self, event: Lines.OptionSelected) -> None:
        target = self.query_one(Lines).shown[event.option_index].target
        if isinstance(target, Jump):
            self.lsk.jump(target)
        elif isinstance(target, overview_lines.Named):
            self.turn_to(target.name)

    def turn_to(self, overview: str) -> None:
        """Show that overview; none is the choice of them, with the cursor on the one that was left."""
        lines, before = self.query_one(Lines), self.overview
        self.overview = overview
        self.tell()
        if overview:
            lines.show([])
            self.load()
        else:
            menu = overview_lines.menu()
            lines.show(menu)
            lines.highlighted = next(n for n, line in enumerate(menu) if line.target == overview_lines.Named(before))
            self.load()

    def do_back(self) -> None:
        if self.overview and not self.only:
            self.turn_to("")
        else:
            super().do_back()

    def do_export(self) -> None:
        if not self.overview or not self.rows:
            self.app.notify("Välj en översikt som har rader först.", severity="warning")
            return
        title = " ".join((self.only, *self.what())).strip()
        proposed = str(export.proposed(self.lsk.store, title))
        what = f"{numbered(len(self.rows), 'rad', 'rader').capitalize()} med alla kolumner, för Excel."
        self.app.push_screen(AskText("Vart ska tabellen sparas?", what, proposed, partial(self.export_to, self.rows)))

    def export_to(self, rows: list[Row], text: str) -> None:
        """LskError when nothing can be written there."""
        path = export.target(text)
        if not path.exists():
            self.write(rows, path)
            return
        self.app.call_later(
            self.app.push_screen,
            Ask(f"{path.name} finns redan i {path.parent}.", {"no": "Avbryt", "yes": "Skriv över"}),
            lambda answer: self.write(rows, path) if answer == "yes" else None,
        )

    def write(self, rows: list[Row], path: Path) -> None:
        with self.telling():
            export.save(path, overview_lines.table(rows))
            self.app.notify(f"Sparat i {path}.", markup=False)


class Memo(Tables, inherit_bindings=False):
    """The proposals in the order the committee is to see them, each with what it would lead to."""

    PLACE = actions.MEMO
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    only = "beslutsunderlag"
    nothing = "Inga förslag är placerade i prioriteringsmatrisen än. Placera dem där med m."
