"""One field for everything: what can be done here, the areas, and every record by its reference or its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from lsk.errors import LskError
from lsk.terms import area_label
from lsk_tui import overview_lines, views
from lsk_tui.areas import AREAS_OF, go_to
from lsk_tui.finding import LONGEST, WIDTH, best_first, fits, nearly_fitting, record_lines
from lsk_tui.pictures import VIEWS, View
from lsk_tui.screens.base import Place
from lsk_tui.widgets.entry import Entry
from lsk_tui.widgets.lines import Jump, Line, Lines
from lsk_tui.words import cut
from lsk_tui.works import WORKS, Work

if TYPE_CHECKING:
    from lsk_tui.app import LskApp

__all__ = ["Palette", "fits"]

SEARCHING = Line("Söker …", heading=True)
MOVES = {"down": "cursor_down", "up": "cursor_up", "pagedown": "page_down", "pageup": "page_up"}


class Palette(ModalScreen[None]):
    """Search all of it. Enter goes there; Esc goes back.

    The field is answered at once from what is known; records come when the desk has found them. A question that has
    been typed past is broken off. Enter before the answer is remembered, and goes to what is found.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Stäng", show=False)]
    CSS_PATH = "palette.tcss"

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.searching = self.go_when_found = False
        self.followed: Widget | None = None  # where the terminal's own cursor is to be, when it is not in the field

    @property
    def lsk(self) -> LskApp:
        return cast("LskApp", self.app)

    def compose(self) -> ComposeResult:
        with Vertical(id="palette"):
            yield Entry(
                placeholder="Skriv vad du söker: ett område, en åtgärd, en beteckning, några ord …", compact=True
            )
            yield Lines(id="found")

    def on_mount(self) -> None:
        self.lines.can_focus = False
        self.known = [*self.acts(), *self.areas(), *self.works(), *self.pictures(), *self.lists()]
        self.lines.show(self.known)
        self.index()

    @work(group="index")
    async def index(self) -> None:
        """First what other programs have written is indexed, which must not be broken off by the next key."""
        with self.place.telling():
            await self.lsk.searcher.ask(lambda store: store.index())

    @property
    def lines(self) -> Lines:
        return self.query_one(Lines)

    def acts(self) -> list[Line]:
        lines = []
        for action, reason in self.place.can():
            if action.name != "palette":
                key = f" ({action.key})" if action.key else ""
                text = f"{action.words}{key} – " + (f"kan inte nu: {reason}" if reason else action.help)
                lines.append(Line(text, "Gör", action.name, faint=bool(reason), label_width=WIDTH))
        return lines

    def areas(self) -> list[Line]:
        return [
            Line(f"{area_label(area.name)} (g {area.letter})", "Område", Jump(area.first), label_width=WIDTH)
            for area in go_to(self.lsk.store.file.is_unit_file)
        ]

    def works(self) -> list[Line]:
        return [Line(f"{work.words} – {work.help}", "Arbete", work, label_width=WIDTH) for work in WORKS]

    def pictures(self) -> list[Line]:
        views = [Line(f"{view.words} – {view.help}", "Bild", view, label_width=WIDTH) for view in VIEWS]
        tables = overview_lines.menu()
        return views + [Line(f"{t.label} – {t.text}", "Översikt", t.target, label_width=WIDTH) for t in tables]

    def lists(self) -> list[Line]:
        terms = self.lsk.store.terms
        saved = [
            Line(f"★ {v.name} ({terms.entity_label(v.entity, many=True)})", "Vy", Jump(v.entity, view=v.name),
                 label_width=WIDTH)
            for v in views.views(self.lsk.store.path)
        ]  # fmt: skip
        return saved + [
            Line(f"{terms.entity_label(name, many=True)} ({area_label(area)})", "Lista", Jump(name), label_width=WIDTH)
            for area, names in AREAS_OF.items()
            for name in names
        ]

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        self.go_when_found = False
        self.followed = None
        if not self.lsk.more_is_written:
            self.search(event.value[:LONGEST].strip())

    @work(exclusive=True)
    async def search(self, text: str) -> None:
        """Places and acts at once; the records come from the file's own index."""
        lines = best_first(text, self.known)
        if len(text) < 2:
            self.searching = False
            self.tell(text, lines)
            return
        self.searching = True
        self.lines.show([*lines, SEARCHING], keep=False)
        at = self.lines.highlighted
        try:
            records = await self.lsk.searcher.ask(lambda store: record_lines(store, text))
        except LskError as error:
            records = [Line(str(error), heading=True)]
        if not lines and (not records or records[0].heading):
            lines = self.nearest(text)
        exact = records and text.casefold() == records[0].label.casefold()
        self.searching = False
        self.tell(text, [*records, *lines] if exact else [*lines, *records], keep=self.lines.highlighted != at)
        if self.go_when_found:
            self.entered()

    def nearest(self, text: str) -> list[Line]:
        found = nearly_fitting(text, self.known)
        return [Line(f"Inga träffar på ”{cut(text, 30)}”. Närmast är:", heading=True), *found] if found else []

    def tell(self, text: str, lines: list[Line], keep: bool = False) -> None:
        nothing = [Line(f"Inga träffar på ”{cut(text, 60)}”. Pröva färre eller andra ord.", heading=True)]
        self.lines.show(lines or nothing, keep=keep)

    def on_key(self, event: events.Key) -> None:
        if event.key in MOVES:
            getattr(self.lines, f"action_{MOVES[event.key]}")()
            self.followed = self.lines
            event.stop()
            event.prevent_default()

    @on(Input.Submitted)
    def entered(self) -> None:
        """Go where the line leads; while records are looked for, only to a line that was walked to."""
        if self.searching and self.followed is None:
            self.go_when_found = True
        elif self.lines.current is not None:
            self.go(self.lines.current)

    @on(Lines.OptionSelected)
    def clicked(self, event: Lines.OptionSelected) -> None:
        self.go(self.lines.shown[event.option_index])

    def go(self, line: Line) -> None:
        if line.target is None:
            return
        self.dismiss()
        if isinstance(line.target, Jump):
            self.app.call_later(self.lsk.jump, line.target)
        elif isinstance(line.target, Work):
            from lsk_tui.screens.work import open_work

            self.app.call_later(open_work, self.lsk, line.target)
        elif isinstance(line.target, View):
            self.app.call_later(self.lsk.show_picture, line.target.name)
        elif isinstance(line.target, overview_lines.Named):
            self.app.call_later(self.lsk.show_picture, "översikter", None, line.target.name)
        else:
            self.app.call_later(self.place.action_do, line.target)
