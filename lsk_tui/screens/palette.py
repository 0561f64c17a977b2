"""One field for everything: what can be done here, the areas, and every record by its reference or its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.records import title_of
from lsk.search import Hit
from lsk.store import Store
from lsk.terms import area_label, entity_named
from lsk_tui.areas import AREAS_OF
from lsk_tui.pictures import VIEWS, View
from lsk_tui.screens.base import Place
from lsk_tui.widgets.lines import Jump, Line, Lines
from lsk_tui.words import cut

if TYPE_CHECKING:
    from lsk_tui.app import LskApp

MOST = 30
WIDTH = 15  # a reference


def fits(asked: str, words: str) -> bool:
    """Whether every word asked for begins a word of ``words``, or has most of its letters in their order."""
    have = words.casefold().replace("-", " ").split()
    return all(any(one.startswith(word) or in_order(word, one) for one in have) for word in asked.casefold().split())


def in_order(letters: str, text: str) -> bool:
    """ "riskanl" in "riskanalyser"; short guesses would fit everything."""
    rest = iter(text)
    return len(letters) > 3 and 2 * len(letters) >= len(text) and all(letter in rest for letter in letters)


class Palette(ModalScreen[None]):
    """Search all of it. Enter goes there; Esc goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Stäng", show=False)]
    CSS_PATH = "palette.tcss"

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place

    @property
    def lsk(self) -> LskApp:
        return cast("LskApp", self.app)

    def compose(self) -> ComposeResult:
        with Vertical(id="palette"):
            yield Input(
                placeholder="Skriv vad du söker: ett område, en åtgärd, en beteckning, några ord …", compact=True
            )
            yield Lines(id="found")

    def on_mount(self) -> None:
        self.query_one(Lines).can_focus = False
        self.known = [*self.acts(), *self.pictures(), *self.lists()]
        self.query_one(Lines).show(self.known)

    def acts(self) -> list[Line]:
        lines = []
        for action, reason in self.place.can():
            if action.name != "palette":
                key = f" ({action.key})" if action.key else ""
                text = f"{action.words}{key}" + (f" – kan inte nu: {reason}" if reason else "")
                lines.append(Line(text, "Gör", action.name, faint=bool(reason), label_width=WIDTH))
        return lines

    def pictures(self) -> list[Line]:
        return [Line(f"{view.words} – {view.help}", "Bild", view, label_width=WIDTH) for view in VIEWS]

    def lists(self) -> list[Line]:
        terms = self.lsk.store.terms
        return [
            Line(f"{terms.entity_label(name, many=True)} ({area_label(area)})", "Lista", Jump(name), label_width=WIDTH)
            for area, names in AREAS_OF.items()
            for name in names
        ]

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        self.search(event.value.strip())

    @work(exclusive=True)
    async def search(self, text: str) -> None:
        """Places and acts at once; the records come from the file's own index."""
        lines = [line for line in self.known if fits(text, f"{line.text} {line.label}")]
        self.tell(text, lines, waiting=True)
        if len(text) > 1:
            try:
                records = await self.lsk.desk.ask(lambda store: record_lines(store, text))
            except LskError as error:
                records = [Line(str(error), heading=True)]
            exact = records and text.casefold() == records[0].label.casefold()
            lines = [*records, *lines] if exact else [*lines, *records]
        self.tell(text, lines)

    def tell(self, text: str, lines: list[Line], waiting: bool = False) -> None:
        nothing = [
            Line("Söker …" if waiting else f"Inga träffar på ”{text}”. Pröva färre eller andra ord.", heading=True)
        ]
        self.query_one(Lines).show(lines or nothing, keep=False)

    def on_key(self, event: events.Key) -> None:
        moves = {"down": "cursor_down", "up": "cursor_up", "pagedown": "page_down", "pageup": "page_up"}
        if event.key in moves:
            getattr(self.query_one(Lines), f"action_{moves[event.key]}")()
            event.stop()
            event.prevent_default()

    @on(Input.Submitted)
    def entered(self) -> None:
        line = self.query_one(Lines).current
        if line is not None:
            self.go(line)

    @on(Lines.OptionSelected)
    def clicked(self, event: Lines.OptionSelected) -> None:
        self.go(self.query_one(Lines).shown[event.option_index])

    def go(self, line: Line) -> None:
        if line.target is None:
            return
        self.dismiss()
        if isinstance(line.target, Jump):
            self.app.call_later(self.lsk.jump, line.target)
        elif isinstance(line.target, View):
            self.app.call_later(self.lsk.show_picture, line.target.name)
        else:
            self.app.call_later(self.place.action_do, line.target)


def record_lines(store: Store, text: str) -> list[Line]:
    """The best hits. A kind of record before the words ("risk fall") narrows to it; settings come last."""
    first, _, rest = text.partition(" ")
    kind = entity_named(first) if rest else None
    hits = [hit for hit in store.search(rest, MOST * 4) if hit.entity == kind][:MOST] if kind else []
    hits = hits or store.search(text, MOST)
    hits.sort(key=lambda hit: ENTITIES[hit.entity].area == "profile")
    return [Line(described(store, hit), hit.ref, Jump(hit.entity, hit.id), label_width=WIDTH) for hit in hits]


def described(store: Store, hit: Hit) -> str:
    """What kind of record, its title, and the words found where the title does not have them."""
    title = title_of(store.db, hit.entity, hit.id)
    found = " ".join(hit.snippet.split())
    beyond = "«" in found and found.replace("«", "").replace("»", "").strip("…")[:20] not in f"{title} {hit.ref}"
    words = f"{cut(title, 40)} – {found}" if beyond else cut(title, 90)
    return f"{store.terms.entity_label(hit.entity)}: {words}"
