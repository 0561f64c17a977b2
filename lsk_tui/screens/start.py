"""Where to begin: a file that was open of late, another one, a new one from a profile, or the sample municipality."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from platformdirs import user_documents_path
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.suggester import Suggester
from textual.widgets import Button, Input, Label, Static

from lsk import profile, remembered
from lsk.errors import LskError
from lsk.store import Store
from lsk_tui import paths, sample
from lsk_tui.widgets.entry import Entry
from lsk_tui.widgets.frame import Hints
from lsk_tui.widgets.lines import Line, Lines
from lsk_tui.widgets.pick import Choices, Pick

if TYPE_CHECKING:
    from lsk_tui.app import LskApp

RECENT = 4
NEW_HERE = (
    "Är du ny här? Prova först i exempelkommunen, längst ner: allt där är påhittat och kan ändras fritt. "
    "Har du fått en fil för din enhet öppnar du den här nedanför. Ska kommunen börja använda LSK skapar du en ny fil."
)


class OfPaths(Suggester):
    """Proposes the rest of a path, faintly after the cursor."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return await asyncio.to_thread(paths.completed, value)


class Start(Screen[None]):
    """Open, new, or the sample."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Tillbaka", show=False),
        Binding("ctrl+q", "app.quit", "Avsluta", show=False),
        Binding("f9", "look", "Utseende: mörkt, ljust, hög kontrast eller terminalens färger", show=False),
    ]
    CSS_PATH = "start.tcss"

    def __init__(self, can_leave: bool = False) -> None:
        super().__init__()
        self.can_leave = can_leave
        self.recent = remembered.recent()[:RECENT]

    @property
    def lsk(self) -> LskApp:
        return cast("LskApp", self.app)

    def compose(self) -> ComposeResult:
        path = self.path_field
        with VerticalScroll(id="start", can_focus=False):
            yield Static("LSK – ledningssystem för systematiskt kvalitetsarbete", classes="dialog-title")
            with Horizontal():
                yield Label("Ditt namn")
                yield Entry(self.lsk.actor, id="name", compact=True)
            if not self.recent:
                yield Static(NEW_HERE, id="new-here", classes="faint")
            if self.recent:
                yield Static("Senast öppnade – Enter öppnar", classes="form-heading")
                yield Lines(id="recent")
            yield Static("Öppna en fil", classes="form-heading")
            yield from path("Filens sökväg", "open-path", "till exempel Dokument/ragunda.db", "Öppna", "open")
            yield Static("Ny fil för en kommun: er egen profil, eller den som liknar er mest", classes="form-heading")
            with Horizontal():
                yield Label("Kommunens profil")
                name, whose = next(iter(profile.titles().items()), (None, ""))
                yield Pick(self.profiles, name, whose)
            yield from path("Spara som", "new-path", "till exempel Dokument/ragunda.db", "Skapa", "new")
            yield Static("Prova i en påhittad exempelkommun", classes="form-heading")
            folder = str(user_documents_path() / sample.FOLDER)
            yield from path("Lägg den i mappen", "sample-path", folder, "Bygg", "sample", folder)
            yield Static("", id="start-told", classes="faint", markup=False)
            yield Static("", id="start-wrong", classes="wrong", markup=False)
        last = "Esc tillbaka" if self.can_leave else "Ctrl+Q avsluta"
        yield Hints("Tab nästa fält", "→ tar förslaget", "Enter gör det", "F1 hjälp", last)

    def path_field(
        self, label: str, field: str, example: str, words: str, button: str, value: str = ""
    ) -> ComposeResult:
        with Horizontal():
            yield Label(label)
            yield Entry(value, placeholder=example, id=field, compact=True, suggester=OfPaths())
            yield Button(words, id=button, compact=True)

    async def profiles(self, text: str) -> Choices:
        """Those with the words in their name, the ones that begin so first."""
        found = [(name, whose) for name, whose in profile.titles().items() if text.casefold() in whose.casefold()]
        return sorted(found, key=lambda pair: not pair[1].casefold().startswith(text.casefold()))

    def on_mount(self) -> None:
        if self.recent:
            lines = self.query_one("#recent", Lines)
            lines.show([Line(str(path.parent), path.name, path, one_line=True) for path in self.recent])
            lines.focus()
        else:
            self.query_one("#open-path").focus()

    def path(self, field: str) -> Path | None:
        return paths.meant(self.query_one(f"#{field}", Input).value)

    def wrong(self, sentence: str, field: str = "") -> None:
        """What is wrong; the cursor goes to the field where it is mended."""
        self.tell("")
        told = self.query_one("#start-wrong", Static)
        told.update(f"✗ {sentence}")
        if field:
            self.query_one(f"#{field}").focus(scroll_visible=False)
        self.call_after_refresh(told.scroll_visible, animate=False)  # its lines are counted first

    def tell(self, sentence: str) -> None:
        self.query_one("#start-wrong", Static).update("")
        told = self.query_one("#start-told", Static)
        told.update(sentence)
        told.scroll_visible(animate=False)

    @on(Lines.OptionSelected, "#recent")
    def open_recent(self, event: Lines.OptionSelected) -> None:
        self.begin(self.recent[event.option_index], None)

    @on(Button.Pressed, "#open")
    @on(Input.Submitted, "#open-path")
    def open_file(self) -> None:
        path = self.path("open-path")
        if path is None:
            self.wrong("Skriv filens sökväg först.", "open-path")
        else:
            self.begin(path, None)

    @on(Button.Pressed, "#new")
    @on(Input.Submitted, "#new-path")
    def new_file(self) -> None:
        path, chosen = self.path("new-path"), self.query_one(Pick).value
        if path is None or chosen is None:
            self.wrong("Välj en profil och skriv vad filen ska heta.", "new-path" if chosen else "")
        else:
            self.begin(path if path.suffix else path.with_suffix(".db"), chosen)

    @on(Button.Pressed, "#sample")
    @on(Input.Submitted, "#sample-path")
    def build_sample(self) -> None:
        folder = self.path("sample-path")
        if folder is None:
            self.wrong("Skriv i vilken mapp exemplet ska ligga.", "sample-path")
        else:
            self.build(folder)

    @work(exclusive=True, group="begin")
    async def build(self, folder: Path) -> None:
        """Every step is told as it is done; Esc breaks it off."""
        self.tell("Bygger exempelkommunen … Det tar några sekunder. Esc avbryter.")
        try:
            path = await sample.build(folder, lambda step: self.tell(f"{step}  (Esc avbryter)"))
            self.lsk.open_file(path, self.actor)
        except LskError as error:
            self.wrong(str(error))
        except OSError as error:
            self.wrong(f"{folder} kan inte användas ({error.strerror}). Välj en annan mapp.")

    @property
    def actor(self) -> str:
        return self.query_one("#name", Input).value.strip() or self.lsk.actor

    @work(exclusive=True, group="begin")
    async def begin(self, path: Path, chosen: str | None) -> None:
        """Make the file when a profile is given; then look whether it opens. Both can take a moment."""
        name = self.actor
        if chosen is None and not path.is_file():
            self.wrong(f"{path} finns inte. Kontrollera namnet och mappen, eller skapa en ny fil längre ner.")
            return
        self.tell(f"Skapar {path} …" if chosen else f"Öppnar {path} …")
        try:
            await asyncio.to_thread(made, path, chosen, name)
            self.lsk.open_file(path, name)
        except LskError as error:
            self.wrong(str(error))
        except OSError as error:
            self.wrong(f"{path} kan inte skapas ({error.strerror}). Välj en annan mapp.")
        except ValueError:
            self.wrong("Sökvägen innehåller tecken som inte kan stå i ett filnamn.")

    def action_leave(self) -> None:
        busy = [worker for worker in self.workers if worker.group == "begin" and not worker.is_finished]
        if busy:
            self.workers.cancel_group(self, "begin")
            self.tell("Avbrutet. Inget är öppnat.")
        elif self.can_leave:
            self.dismiss()

    def action_look(self) -> None:
        self.lsk.other_theme()


def made(path: Path, chosen: str | None, name: str) -> None:
    if chosen is not None:
        Store.create(path, chosen, actor=name).close()
    Store.open(path).close()
