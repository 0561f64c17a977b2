"""Two versions of a document compared word by word."""

from __future__ import annotations

import sqlite3
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lsk.documents import changed_texts, document_of, versions
from lsk.store import Store
from lsk.wordwise import LEGEND
from lsk_tui import actions
from lsk_tui.pictures.base import Picture
from lsk_tui.widgets.compared import compared


class Versions(Picture):
    """The version in ``record`` beside the one before it; left and right go through them."""

    PLACE = actions.VERSIONS
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "system.tcss"

    order: list[str]

    def content(self) -> ComposeResult:
        self.order = []
        yield Static("", id="compared-about", markup=False)
        yield VerticalScroll(id="compared")

    def title_words(self) -> str:
        return "Versioner jämförda"

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        record = self.record
        assert record is not None
        with self.telling():
            found, changes = await self.lsk.desk.ask(lambda store: against_the_one_before(store, record))
            self.order = [row["id"] for row in found]
            if record not in self.order:
                self.query_one("#compared-about", Static).update("Versionen finns inte längre. Esc går tillbaka.")
                return
            at = self.order.index(record)
            self.query_one("#compared-about", Static).update(heading(found, at))
            box = self.query_one("#compared", VerticalScroll)
            await box.remove_children()
            shown = [Content.assemble((label, "bold"), "\n", compared(old, new)) for label, old, new in changes]
            same = [Content("Versionerna är lika, ord för ord.")]
            await box.mount_all([Static(content, classes="compared-field") for content in shown or same])
            box.scroll_home(animate=False)
            box.focus()
            self.tell()

    def do_newer(self) -> None:
        self.step(-1)

    def do_older(self) -> None:
        self.step(1)

    def step(self, way: int) -> None:
        at = self.order.index(self.record) + way if self.record in self.order else -1
        if 0 <= at < len(self.order):
            self.record = self.order[at]
            self.load()
        else:
            self.app.notify("Det är den nyaste versionen." if way < 0 else "Det är den äldsta versionen.")


def against_the_one_before(store: Store, version: str) -> tuple[list[sqlite3.Row], list[tuple[str, str, str]]]:
    """All versions, newest first, and how this one differs from the one before."""
    document = document_of(store.db, "document_version", version)
    found = versions(store.db, document) if document else []
    at = next((n for n, row in enumerate(found) if row["id"] == version), None)
    if at is None:
        return found, []
    return found, changed_texts(store, found[at + 1] if at + 1 < len(found) else None, found[at])


def heading(found: list[sqlite3.Row], at: int) -> str:
    row = found[at]
    this = f"Version {row['version_number']} ({row['status']})"
    if at + 1 == len(found):
        return f"{this}: den första\n{LEGEND}"
    before = found[at + 1]
    return f"{this} jämförd med version {before['version_number']} ({before['status']})\n{LEGEND}"
