"""A decision on a version of a document, written down: who decided, when, and from when it holds."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import PurePath
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from lsk.documents import Decider, approve, refusal
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.records import one
from lsk.store import Store
from lsk_tui.widgets.fieldbox import FieldBox
from lsk_tui.words import plain

VERSION = ENTITIES["document_version"]


def proposed(store: Store, version: sqlite3.Row, role: str | None) -> dict[str, Any]:
    """Decided and in force today, and looked at again as the document says, unless it says so already."""
    document = one(store.db, "document", version["document"])
    months = document["review_months"] if document is not None else None
    today = store.today
    values: dict[str, Any] = {"decided_on": today.isoformat(), "valid_from": today.isoformat(), "decided_by": role}
    if months:
        values["next_review"] = later(today, months).isoformat()
    return values | {name: version[name] for name in values if version[name] is not None}


def later(day: date, months: int) -> date:
    from dateutil.relativedelta import relativedelta

    return day + relativedelta(months=months)


class Approve(ModalScreen[str]):
    """Dismissed with the sentence that says what was done. The gates may say no; then it stays open and says why."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("ctrl+s,f4", "save", show=False),
    ]
    CSS_PATH: ClassVar[list[str | PurePath]] = ["form.tcss", "../pictures/system.tcss"]

    def __init__(self, title: str, version: sqlite3.Row, who: Decider) -> None:
        super().__init__()
        self.document, self.version, self.who = title, version, who

    @property
    def lsk(self) -> Any:
        return self.app

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(f"Fastställ {self.document}, version {self.version['version_number']}", classes="dialog-title",
                         markup=False)  # fmt: skip
            yield Static(self.who_decides(), markup=False)
            with VerticalScroll(id="approve-fields"):
                values = proposed(self.lsk.store, self.version, self.who.role)
                for name in self.names():
                    value = values.get(name, self.version[name])
                    yield FieldBox(VERSION, VERSION.field(name), value, self.lsk.store, self.lsk.desk, frozenset())
            yield Static("", id="approve-no", classes="wrong", markup=False)
            yield Static("Ctrl+S fastställer, Esc avbryter. Det kan ångras med u.")

    def names(self) -> list[str]:
        """What is asked for: the decider only where the profile leaves it open."""
        political = ["decision_paragraph", "diary_number"] if self.who.political else []
        return [*([] if self.who.by_profile else ["decided_by"]), "decided_on", *political, "valid_from", "next_review"]

    def who_decides(self) -> str:
        if not self.who.by_profile:
            return "Kommunens profil säger inte vem som beslutar. Den som ansvarar för dokumentet föreslås."
        held = f" ({', '.join(self.who.holders)})" if self.who.holders else ""
        told = f"Enligt kommunens profil beslutar {self.who.name}{held}."
        if self.lsk.actor not in self.who.holders:
            told += " Du har inte den rollen: skriv in beslutet först när det är fattat."
        return told

    def on_mount(self) -> None:
        self.query_one("#field-decided_on Input").focus()

    @on(FieldBox.Passed)
    def onward(self) -> None:
        self.app.action_focus_next()

    async def action_save(self) -> None:
        values: dict[str, Any] = {"decided_by": self.who.role}
        for box in self.query(FieldBox):
            await box.settle()
            value, wrong = box.read()
            if wrong:
                box.judge()
                return
            values[box.field.name] = value
        self.save(values)

    @work(exclusive=True, group="change")
    async def save(self, values: dict[str, Any]) -> None:
        actor = self.lsk.actor
        try:
            before = await self.lsk.desk.ask(lambda store: approve(store, self.version["id"], values, actor))
        except LskError as error:
            self.query_one("#approve-no", Static).update("\n".join(plain(VERSION, no) for no in refusal(error)))
        else:
            replaced = f" Version {', '.join(before)} är ersatt." if before else ""
            number = self.version["version_number"]
            self.dismiss(f"{self.document}: version {number} är fastställd.{replaced} Tryck u för att ångra.")
