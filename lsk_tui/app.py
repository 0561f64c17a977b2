"""The terminal application: one file open, one person acting, and the places to go between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType

from lsk import history, remembered
from lsk.cli_support import acting
from lsk.errors import LskError
from lsk.model.vocabulary import Entity
from lsk.records import one, related
from lsk.rules.ownership import subtree
from lsk.store import Store
from lsk_tui import agenda, pictures
from lsk_tui.actions import Situation
from lsk_tui.desk import Desk
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.conflict import Decide, in_words
from lsk_tui.screens.dialogs import Ask
from lsk_tui.screens.form import Form, starting_values
from lsk_tui.screens.record import Record
from lsk_tui.screens.start import Start
from lsk_tui.screens.today import Today
from lsk_tui.theme import DARK, LIGHT, terminals_own
from lsk_tui.widgets.lines import Contested, Jump
from lsk_tui.words import counted, cut, name_of
from sync import seal
from sync.conflicts import Conflict, Side, conflicts, decide_for


class LskApp(App[None], inherit_bindings=False):
    """``store`` is the screen thread's own, for short reads; ``desk`` and ``checker`` answer from threads of theirs."""

    TITLE = "LSK"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (140, "-very-wide")]  # noqa: RUF012
    NOTIFICATION_TIMEOUT = 6
    # The built-in ones would quit past a form's question, in English.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "tell_quit", show=False, system=True),
        Binding("ctrl+q", "quit", "Avsluta", show=False),
    ]

    store: Store
    desk: Desk
    checker: Desk

    def __init__(self, path: Path | None, actor: str, today: date | None = None) -> None:
        super().__init__()
        self.path, self.actor, self.today = path, actor, today
        self.animation_level = "none"
        self.is_open = False
        self.mine: frozenset[str] = frozenset()

    def on_mount(self) -> None:
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = terminals_own()
        if self.path is None:
            self.push_screen(Start())
        else:
            self.open_file(self.path, self.actor)

    def open_file(self, path: Path, actor: str) -> None:
        """Close the file there was, open this one and show *Idag*."""
        store = Store.open(path, today=self.today)
        self.close_file()
        self.path, self.actor, self.store, self.is_open = path, actor, store, True
        self.desk, self.checker = Desk(path, self.today), Desk(path, self.today)
        self.mine = frozenset(subtree(store.db, store.file.unit)) if store.file.is_unit_file else frozenset()
        remembered.remember(path, actor)
        self.go_home()

    def close_file(self) -> None:
        if self.is_open:
            self.is_open = False
            self.desk.close()
            self.checker.close()
            try:
                seal.close(self.store)
            except LskError as error:
                self.notify(str(error), severity="error", markup=False)
            self.store.close()

    def on_unmount(self) -> None:
        self.close_file()

    def file_words(self) -> str:
        """The file, the unit of a unit's file, and who is acting."""
        unit = one(self.store.db, "unit", self.store.file.unit) if self.store.file.unit else None
        parts = [self.store.path.name, unit["name"] if unit else "", self.actor]
        return " · ".join(part for part in parts if part)

    def act_as(self, name: str) -> None:
        self.actor = name
        remembered.remember(self.store.path, name)

    def situation(self, entity: Entity | None = None, record: str | None = None, owner: str | None = None) -> Situation:
        """What the reasons in the table of actions look at."""
        file = self.store.file
        return Situation(
            self.store.readonly, file.unit if file.is_unit_file else None, self.mine, entity, record, owner,
            contested=agenda.contested(self.store, record),
        )  # fmt: skip

    def with_past(self, situation: Situation) -> Situation:
        """The situation, with whether there is something to undo or redo."""
        db = self.store.db
        return replace(
            situation,
            undoable=history.undoable(db) is not None,
            redoable=history.redoable(db) is not None,
        )

    def go_home(self) -> None:
        """*Idag*, and nothing to go back to."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(Today())

    def jump(self, jump: Jump) -> None:
        """To a record, or to a list."""
        if jump.record is not None:
            self.push_screen(Record(jump.entity, jump.record))
        elif isinstance(self.screen, Browse):
            self.screen.show_list(jump)
        else:
            self.push_screen(Browse(jump))

    def show_picture(self, name: str, entity: str | None = None, record: str | None = None) -> None:
        self.push_screen(pictures.shown(name, entity, record))

    def new(self, entity: str, given: dict[str, Any] | None = None, then: Callable[[str], None] | None = None) -> None:
        """The form for a new record; when it is saved, the record is shown."""

        def saved(record: object) -> None:
            if record:
                if then:
                    then(str(record))
                self.jump(Jump(entity, str(record)))

        self.push_screen(Form(entity, None, starting_values(self.store, entity, given or {})), saved)

    def edit(self, entity: str, record: str, field: str = "") -> None:
        row = one(self.store.db, entity, record)
        if row is None:
            self.notify("Posten finns inte längre; den kan ha tagits bort av någon annan.", severity="error")
            return
        self.push_screen(Form(entity, record, dict(row), field))

    def delete(self, entity: str, record: str, then: Callable[[], None]) -> None:
        """Ask first, and say what else hangs on it."""
        terms = self.store.terms
        name = name_of(self.store.db, entity, record, terms)
        leaning = related(self.store.db, entity, record)
        if leaning:
            what = ", ".join(counted(n, other, terms) for other, _, n in leaning)
            more = [f"{what[:1].upper()}{what[1:]} hör hit.", "Flytta eller ta bort dem först."]
            self.push_screen(Ask(f"{name[:1].upper()}{name[1:]} kan inte tas bort än.", {"no": "Stäng"}, more))
            return

        def answered(answer: str | None) -> None:
            if answer == "yes":
                self.take_away(entity, record, name, then)

        more = ["Inget annat hör hit. Historiken finns kvar, och Ångra (u) tar tillbaka posten."]
        self.push_screen(Ask(f"Ta bort {name}?", {"no": "Avbryt", "yes": "Ta bort"}, more), answered)

    @work(exclusive=True, group="change")
    async def take_away(self, entity: str, record: str, name: str, then: Callable[[], None]) -> None:
        actor = self.actor

        def remove(store: Store) -> None:
            with store.change(actor) as change:
                change.delete(entity, record)

        try:
            await self.desk.ask(remove)
        except LskError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self.notify(f"{name[:1].upper()}{name[1:]} är borttagen. Tryck u för att ångra.", markup=False)
            then()

    @work(exclusive=True, group="conflict")
    async def decide(self, at: Contested, then: Callable[[], object]) -> None:
        """Show the conflict and let a person choose what shall stand."""
        try:
            found = await self.desk.ask(conflicts)
        except LskError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        fits = (c for c in found if at.record in (None, c.record) and at.column in (None, c.column))
        conflict = next(fits, None)
        if conflict is None:
            self.notify("Konflikten är redan avgjord.")
            then()
            return
        open_one = conflict

        def chosen(side: Side | None) -> None:
            if side is not None:
                self.settle(open_one, side, then)

        self.push_screen(Decide(open_one), chosen)

    @work(exclusive=True, group="change")
    async def settle(self, conflict: Conflict, side: Side, then: Callable[[], object]) -> None:
        actor = self.actor
        try:
            await self.desk.ask(lambda store: decide_for(store, conflict, side, actor))
        except LskError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            words = f"Avgjort: {conflict.label} – {cut(in_words(conflict, side), 60)}."
            self.notify(f"{words} Övriga filer får beslutet vid nästa synk.", markup=False)
            then()

    def other_theme(self) -> None:
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def action_tell_quit(self) -> None:
        """Ctrl+C copies marked text; a habit of quitting with it is met with the right key."""
        self.notify("Avsluta med Ctrl+Q. Ctrl+C kopierar markerad text.")


def run(path: Path | None = None, actor: str | None = None) -> None:
    """Open ``path`` or the last file; the guided start when there is none. LskError when it cannot be opened."""
    path = path or remembered.last_file()
    if path is not None:
        Store.open(path).close()  # so that what is wrong is said in the terminal, before the screen is taken
    LskApp(path, acting(actor, path)).run()
