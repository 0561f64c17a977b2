"""Where to begin when no file is open: open one, or make a new one from a municipality's profile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Button, Input, Label, Static

from lsk import profile
from lsk.errors import LskError
from lsk.store import Store
from lsk_tui.widgets.frame import Hints
from lsk_tui.widgets.pick import Choices, Pick

if TYPE_CHECKING:
    from lsk_tui.app import LskApp


class Start(Screen[None]):
    """Open, new, or the sample."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Tillbaka", show=False),
        Binding("ctrl+q", "app.quit", "Avsluta", show=False),
    ]
    CSS_PATH = "start.tcss"

    def __init__(self, can_leave: bool = False) -> None:
        super().__init__()
        self.can_leave = can_leave

    @property
    def lsk(self) -> LskApp:
        return cast("LskApp", self.app)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="start", can_focus=False):
            yield Static("LSK – ledningssystem för systematiskt kvalitetsarbete", classes="dialog-title")
            with Horizontal():
                yield Label("Ditt namn")
                yield Input(self.lsk.actor, id="name", compact=True)
            yield Static("Öppna en fil", classes="form-heading")
            with Horizontal():
                yield Label("Filens sökväg")
                yield Input(placeholder="till exempel Dokument/ragunda.db", id="open-path", compact=True)
            with Horizontal():
                yield Label("")
                yield Button("Öppna", id="open", compact=True)
            yield Static("Ny fil", classes="form-heading")
            with Horizontal():
                yield Label("Kommunens profil")
                names = profile.names()
                yield Pick(self.profiles, names[0] if names else None, names[0].capitalize() if names else "")
            with Horizontal():
                yield Label("Spara som")
                yield Input(placeholder="till exempel Dokument/ragunda.db", id="new-path", compact=True)
            with Horizontal():
                yield Label("")
                yield Button("Skapa", id="new", compact=True)
            yield Static("", id="start-wrong", classes="wrong", markup=False)
            yield Static(
                "Prova först: avsluta med Ctrl+Q och skriv  lsk demo  så byggs en exempelkommun att titta runt i.",
                classes="faint",
            )
        yield Hints("Tab nästa fält", "Enter välj", "Ctrl+Q avsluta", *["Esc tillbaka"] * self.can_leave)

    async def profiles(self, text: str) -> Choices:
        found = [(name, name.capitalize()) for name in profile.names()]
        return [(value, words) for value, words in found if text.casefold() in words.casefold()]

    def on_mount(self) -> None:
        self.query_one("#open-path").focus()

    def path(self, box: str) -> Path | None:
        text = self.query_one(f"#{box}", Input).value.strip().strip('"')
        return Path(text).expanduser() if text else None

    def wrong(self, sentence: str) -> None:
        self.query_one("#start-wrong", Static).update(f"✗ {sentence}")

    @on(Button.Pressed, "#open")
    @on(Input.Submitted, "#open-path")
    def open_file(self) -> None:
        path = self.path("open-path")
        if path is None:
            self.wrong("Skriv filens sökväg först.")
        else:
            self.begin(path, None)

    @on(Button.Pressed, "#new")
    @on(Input.Submitted, "#new-path")
    def new_file(self) -> None:
        path, chosen = self.path("new-path"), self.query_one(Pick).value
        if path is None or chosen is None:
            self.wrong("Välj en profil och skriv vad filen ska heta.")
        else:
            self.begin(path if path.suffix else path.with_suffix(".db"), chosen)

    @work(exclusive=True, thread=True)
    def begin(self, path: Path, chosen: str | None) -> None:
        """Make the file when a profile is given; then look whether it opens. Both can take a moment."""
        name = self.query_one("#name", Input).value.strip() or self.lsk.actor
        try:
            if chosen is not None:
                Store.create(path, chosen, actor=name).close()
            Store.open(path).close()
        except LskError as error:
            self.app.call_from_thread(self.wrong, str(error))
        except OSError as error:
            self.app.call_from_thread(self.wrong, f"{path} kan inte skapas ({error.strerror}). Välj en annan mapp.")
        else:
            self.app.call_from_thread(self.lsk.open_file, path, name)

    def action_leave(self) -> None:
        if self.can_leave:
            self.dismiss()
