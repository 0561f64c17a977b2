"""The terminal application: one file open, one person acting, and the places to go between.

What the first screen does not need is imported where it is used: a person waits for the first screen.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TextIO

from textual import work
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import ModalScreen

from lsk import remembered
from lsk.cli_support import acting
from lsk.errors import LskError
from lsk.store import Store
from lsk_tui import standing
from lsk_tui.actions import Situation
from lsk_tui.desk import Desk, gone, opened, same_file
from lsk_tui.lines import Contested, Jump
from lsk_tui.plain_text import PLAIN
from lsk_tui.screens.base import Place
from lsk_tui.screens.today import Today
from lsk_tui.textual_inside import Steady, place_cursor
from lsk_tui.theme import LOOKS, THEMES, first_look, next_look
from lsk_tui.trail import Trail

if TYPE_CHECKING:
    from lsk.model.vocabulary import Entity


class LskApp(Steady, inherit_bindings=False):
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
        Binding("f1", "help_here", "Hjälp", show=False, priority=True),  # else a dialog lets no key through to here
    ]

    store: Store
    desk: Desk
    checker: Desk
    searcher: Desk

    def __init__(
        self,
        path: Path | None,
        actor: str,
        today: date | None = None,
        visible_cursor: bool = False,
        store: Store | None = None,
    ) -> None:
        """``visible_cursor``: the terminal's own cursor follows the line one is on, for magnifiers and Braille.

        ``store``: the file at ``path``, if it is open already.
        """
        super().__init__()
        self.path, self.actor, self.today, self.first = path, actor, today, store
        self.visible_cursor = visible_cursor
        self.trail = Trail(self)
        self.told_gone = False
        self.animation_level = "none"
        self.is_open = False
        self.mine: frozenset[str] = frozenset()
        for theme in THEMES:
            self.register_theme(theme)
        self.begin_with(first_look(remembered.choice("theme"), self.console.color_system))

    def on_mount(self) -> None:
        self.call_later(self.call_after_refresh, self.started)
        if self.path is None:
            from lsk_tui.screens.start import Start

            self.push_screen(Start())
        else:
            self.open_file(self.path, self.actor, self.first)

    def started(self) -> None:
        """The first screen is shown. What has been imported by now stays, and need not be gone through for garbage."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def open_file(self, path: Path, actor: str, store: Store | None = None) -> None:
        """Close the file there was, open this one, unless it is (``store``), and show *Idag*."""
        store = store or opened(path, self.today)
        self.close_file()
        self.path, self.actor, self.store, self.is_open = path, actor, store, True
        self.desk, self.checker = Desk(path, self.today), Desk(path, self.today)
        self.searcher = Desk(path, self.today, passing=True)
        self.opened, self.told_gone = same_file(path), False
        self.mine = standing.units(store)
        self.keep_in_mind()
        self.trail.clear()
        self.push_screen(Today())
        self.call_after_refresh(self.offer_drafts)

    def offer_drafts(self) -> None:
        from lsk_tui.drafts import drafts

        if drafts(self.store.file.replica):
            from lsk_tui.screens.drafts import offer

            offer(self)

    def close_file(self) -> None:
        if self.is_open:
            from sync import seal

            self.is_open = False
            self.desk.close()
            self.checker.close()
            self.searcher.close()
            try:
                seal.close(self.store)
            except LskError as error:
                self.notify(str(error), severity="error", markup=False)
            self.store.close()

    def on_unmount(self) -> None:
        self.close_file()

    def file_words(self) -> list[str]:
        """The file, the unit of a unit's file, who is acting, and how many changes the main file has not got."""
        return standing.parts(self.store, self.actor)

    def act_as(self, name: str) -> None:
        self.actor = name
        self.keep_in_mind()

    def keep_in_mind(self) -> None:
        """That this file was open, and who acts in it. A computer that cannot remember it opens it all the same."""
        try:
            remembered.remember(self.store.path, self.actor)
        except OSError as error:
            self.notify(f"Datorn kan inte minnas vilken fil som var öppen ({error.strerror}).", severity="warning")

    def look_at_file(self) -> None:
        """See to it that the screen's own connection is to the file that lies there now; say when there is none."""
        now = same_file(self.store.path)
        if now == self.opened:
            self.told_gone = False
        elif now is not None:
            store = opened(self.store.path, self.today)
            self.store.close()
            self.store, self.opened = store, now
            self.notify(f"{store.path.name} har bytts ut av ett annat program och är läst på nytt.", markup=False)
        elif not self.told_gone:
            self.told_gone = True
            self.notify(gone(self.store.path), severity="error", timeout=20, markup=False)

    def situation(self, entity: Entity | None = None, record: str | None = None, owner: str | None = None) -> Situation:
        """What the reasons in the table of actions look at."""
        file = self.store.file
        return Situation(
            self.store.readonly, file.unit if file.is_unit_file else None, self.mine, entity, record, owner,
            contested=standing.contested(self.store, record),
        )  # fmt: skip

    def with_past(self, situation: Situation) -> Situation:
        """The situation, with whether there is something to undo or redo."""
        from lsk import history

        db = self.store.db
        return replace(
            situation,
            undoable=history.undoable(db) is not None,
            redoable=history.redoable(db) is not None,
            been=self.trail.latest != 0,
            ahead=bool(self.trail.ahead),
        )

    def go_home(self) -> None:
        """*Idag*; the places left can be gone forward to. A form that is open is not left behind."""
        while isinstance(self.screen, ModalScreen):
            self.pop_screen()
        at_home = not self.trail.behind
        self.trail.back(len(self.trail.behind))
        if not self.open_form_first() and at_home and isinstance(self.screen, Place):
            self.screen.load()  # another program may have written since

    def open_form_first(self) -> bool:
        """Whether a form lies open, shown or not; then it is gone to, since what is written there is not saved."""
        form = self.trail.form
        if form is None:
            return False
        self.trail.back(self.screen_stack[::-1].index(form))
        self.notify("Formuläret är inte sparat. Spara det med Ctrl+S eller stäng det med Esc först.")
        return True

    def jump(self, jump: Jump) -> None:
        """To a record, or to a list. A list already shown is shown anew, so that asking twice is no step."""
        from lsk_tui.screens.browse import Browse

        if jump.record is not None:
            from lsk_tui.screens.record import Record

            self.push_screen(Record(jump.entity, jump.record, jump.among))
        elif isinstance(self.screen, Browse) and self.screen.entity == jump.entity:
            self.screen.show_list(jump)
        else:
            self.push_screen(Browse(jump))

    def show_picture(self, name: str, entity: str | None = None, record: str | None = None) -> None:
        from lsk_tui import pictures

        self.push_screen(pictures.shown(name, entity, record))

    def new(self, entity: str, given: dict[str, Any] | None = None, then: Callable[[str], None] | None = None) -> None:
        """The form for a new record; when it is saved, the record is shown."""
        from lsk_tui.given import starting_values
        from lsk_tui.screens.form import Form

        def saved(record: object) -> None:
            if record:
                if then:
                    then(str(record))
                self.jump(Jump(entity, str(record)))

        self.push_screen(Form(entity, None, starting_values(self.store, entity, given or {})), saved)

    def edit(self, entity: str, record: str, field: str = "") -> None:
        from lsk.records import one
        from lsk_tui.screens.form import Form

        row = one(self.store.db, entity, record)
        if row is None:
            self.notify("Posten finns inte längre; den kan ha tagits bort av någon annan.", severity="error")
            return
        self.push_screen(Form(entity, record, dict(row), field))

    def delete(self, entity: str, record: str, then: Callable[[], None]) -> None:
        """Ask first, and say what else hangs on it."""
        from lsk.records import related
        from lsk_tui.screens.dialogs import Ask
        from lsk_tui.words import counted, name_of

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

    def decide(self, at: Contested) -> None:
        """Go through the conflicts, beginning with that one."""
        from lsk_tui.screens.conflict import Review

        self.push_screen(Review(at))

    def other_theme(self) -> None:
        """The next look, remembered on this computer."""
        self.theme = next_look(self.theme)
        self.refresh_css(animate=False)
        words = f"Utseende: {LOOKS[self.theme]}."
        if self.no_color:
            words += " Färger är avstängda (NO_COLOR), så skillnaden syns inte nu."
        try:
            remembered.keep_choice("theme", self.theme)
        except OSError as error:
            words += f" Datorn kan inte minnas valet ({error.strerror})."
        self.notify(words, timeout=3)

    def action_help_here(self) -> None:
        """Help for a place, or for a dialog, which has no table of its own."""
        from lsk_tui.screens.help import DialogHelp, Help

        if isinstance(self.screen, Place):
            self.screen.action_do("help")
        elif not isinstance(self.screen, (DialogHelp, Help)):
            self.push_screen(DialogHelp(self.screen))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Whatever is painted, by any widget, goes through these."""
        return [*super().get_line_filters(), PLAIN]

    def post_display_hook(self) -> None:
        """The screen has been drawn: let the terminal's own cursor stand where the person is."""
        if self.visible_cursor and self.screen_stack:
            place_cursor(self)

    def action_tell_quit(self) -> None:
        """Ctrl+C copies marked text; a habit of quitting with it is met with the right key."""
        self.notify("Avsluta med Ctrl+Q. Ctrl+C kopierar markerad text.")


TURN = 0.0005  # seconds that a thread of Python's may go on while another waits; ten times that is the usual


def run(path: Path | None = None, actor: str | None = None, visible_cursor: bool = False) -> None:
    """Open ``path`` or the last file; the guided start when there is none. LskError when it cannot be opened."""
    path = path or remembered.last_file()
    # Opened now, so that what is wrong is said in the terminal, before the screen is taken.
    store = opened(path, None) if path is not None else None
    in_utf8(sys.stdout, sys.stderr)
    sys.setswitchinterval(TURN)  # the screen and a search are not to wait for a desk that goes through the whole file
    app = LskApp(path, acting(actor, path), visible_cursor=visible_cursor, store=store)
    app.run()
    if app.return_code:
        raise LskError(
            "Appen stannade av ett fel i programmet, som står ovan. Allt som var sparat finns i filen, och det som "
            "höll på att skrivas finns som utkast. Öppna filen igen med: lsk open"
        )


def in_utf8(*streams: TextIO) -> None:
    """A terminal whose language is unset (LANG=C) is taken for one that can show å ä ö: they all can, by now."""
    for stream in streams:
        if isinstance(stream, TextIOWrapper) and stream.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968"):
            stream.reconfigure(encoding="utf-8")
