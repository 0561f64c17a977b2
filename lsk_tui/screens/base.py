"""What every place has: head and key row, the acts that work anywhere, and reasons for what cannot be done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.widgets import Static

from lsk.errors import LskError
from lsk.store import explained
from lsk_tui import actions
from lsk_tui.actions import Action, Situation
from lsk_tui.textual_inside import Sparing
from lsk_tui.widgets.frame import Head, KeyRow
from lsk_tui.widgets.lines import Contested, Lines

if TYPE_CHECKING:
    from lsk_tui.app import LskApp


class Place(Sparing):
    """A screen of its own. Subclasses give ``content``, ``title_words`` and ``load``; acts are methods ``do_…``."""

    PLACE: ClassVar[str] = ""

    @property
    def lsk(self) -> LskApp:
        return cast("LskApp", self.app)

    def compose(self) -> ComposeResult:
        yield Head()
        yield from self.content()
        yield KeyRow()

    def content(self) -> ComposeResult:
        yield Static("")

    def title_words(self) -> str:
        return ""

    def load(self) -> object:
        """Read what is shown, again."""
        return None

    def situation(self) -> Situation:
        return self.lsk.situation()

    def on_mount(self) -> None:
        self.lsk.trail.arrived(self)
        self.tell()

    def on_screen_resume(self) -> None:
        with self.telling():
            self.lsk.look_at_file()
        self.tell()
        self.load()

    def tell(self) -> None:
        """Bring head and key row up to date."""
        with self.telling():
            self.query_one(Head).tell(self.title_words(), self.lsk.file_words())
            situation = self.situation()
            row = actions.in_row(self.PLACE, situation.contested)
            self.query_one(KeyRow).tell(row, {action.name: action.why_not(situation) for action in row})

    def can(self) -> list[tuple[Action, str]]:
        """What can be done here, each with the reason it cannot be done now, or ""."""
        situation = self.lsk.with_past(self.situation())
        return [(action, action.why_not(situation)) for action in actions.at(self.PLACE)]

    def action_do(self, name: str) -> None:
        """Do what the table names, or say why it cannot be done."""
        action = next(a for a in actions.at(self.PLACE) if a.name == name)
        with self.telling():
            reason = action.why_not(self.situation())
            if reason:
                self.app.notify(reason, severity="warning", markup=False)
            else:
                getattr(self, f"do_{name}")()

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Show a person what could not be done, instead of stopping."""
        try:
            yield
        except LskError as error:
            from lsk_tui import words

            self.app.notify(words.plain(None, str(error)), severity="error", markup=False)
        except sqlite3.Error as error:  # the few short reads that the screen does itself
            self.app.notify(str(explained(error, self.lsk.store.path)), severity="error", markup=False)

    def do_palette(self) -> None:
        from lsk_tui.screens.palette import Palette

        self.app.push_screen(Palette(self))

    def do_help(self) -> None:
        from lsk_tui.screens.help import Help

        self.app.push_screen(Help(self))

    def do_goto(self) -> None:
        from lsk_tui.screens.dialogs import GoTo

        self.app.push_screen(GoTo())

    def do_today(self) -> None:
        self.lsk.go_home()

    def do_back(self) -> None:
        self.lsk.trail.back()

    def do_last(self) -> None:
        self.lsk.trail.turn()

    def do_forward(self) -> None:
        self.lsk.trail.forward()

    def do_picture(self) -> None:
        """The picture of what is shown; when there are several, a choice of them."""
        from lsk_tui import pictures
        from lsk_tui.screens.dialogs import PickPicture

        situation = self.situation()
        assert situation.entity is not None
        views = pictures.concerning(situation.entity.name)
        if len(views) == 1:
            self.lsk.show_picture(views[0].name, situation.entity.name, situation.record)
        else:
            self.app.push_screen(PickPicture(views, situation.entity.name, situation.record))

    def do_reload(self) -> None:
        self.load()

    def do_history(self) -> None:
        from lsk_tui.screens.past import Past

        situation = self.situation()
        self.app.push_screen(Past(situation.entity.name if situation.entity else None, situation.record))

    def contested(self) -> Contested:
        """The conflict under the cursor, or else any of the record's, or of the file's."""
        for lines in self.query(Lines):
            if lines.current is not None and isinstance(lines.current.target, Contested):
                return lines.current.target
        return Contested(self.situation().record)

    def do_conflict(self) -> None:
        self.lsk.decide(self.contested())

    def do_editor(self) -> None:
        from lsk_tui.screens.writing import write

        with self.telling():
            write(self)

    def do_drafts(self) -> None:
        from lsk_tui.screens.drafts import Drafts

        self.app.push_screen(Drafts())

    def do_work(self) -> None:
        from lsk_tui.screens.work import Works

        self.app.push_screen(Works())

    def do_actor(self) -> None:
        from lsk_tui.screens.dialogs import AskName

        def named(name: str | None) -> None:
            if name:
                self.lsk.act_as(name)
                self.tell()

        self.app.push_screen(AskName(self.lsk.actor), named)

    def do_file(self) -> None:
        from lsk_tui.screens.start import Start

        self.app.push_screen(Start(can_leave=True))

    def do_theme(self) -> None:
        self.lsk.other_theme()

    def do_leave(self) -> None:
        if not self.lsk.open_form_first():
            self.app.exit()

    @work(exclusive=True, group="change")
    async def do_undo(self) -> None:
        from lsk import history
        from lsk_tui import words

        actor = self.lsk.actor
        with self.telling():
            told = await self.lsk.desk.ask(
                lambda store: words.taken_back(store.db, store.terms, history.undo(store, actor))
            )
            self.app.clear_notifications()  # else "Tryck u för att ångra" still stands, of what is undone
            self.app.notify(told, markup=False)
            self.load()

    @work(exclusive=True, group="change")
    async def do_redo(self) -> None:
        from lsk import history
        from lsk_tui import words

        actor = self.lsk.actor
        with self.telling():
            told = await self.lsk.desk.ask(
                lambda store: words.made_again(store.db, store.terms, history.redo(store, actor))
            )
            self.app.clear_notifications()
            self.app.notify(told, markup=False)
            self.load()
