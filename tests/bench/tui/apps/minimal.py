"""A minimal Textual app with the widgets that LSK's first screens use imported."""

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll  # noqa: F401
from textual.screen import ModalScreen  # noqa: F401
from textual.scroll_view import ScrollView  # noqa: F401
from textual.widgets import Button, Input, Label, OptionList, Static, Tree  # noqa: F401


class Minimal(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Static("Första raden")
        yield OptionList("ett", "två", "tre")
        yield Static("Sista raden")


if __name__ == "__main__":
    Minimal().run()
