"""The two lines that every place has: where you are above, what can be done below."""

from __future__ import annotations

from itertools import accumulate

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.widgets import Static

from lsk_tui.actions import Action
from lsk_tui.standing import fitted

LEAST = 12  # cells that the place keeps of its name, or two thirds of them all, whatever stands to the right


class Head(Static):
    """Where you are to the left; file, unit, the person acting and what is not synced to the right."""

    def __init__(self) -> None:
        super().__init__("", id="head")
        self.place = ""
        self.file: list[str] = []

    def tell(self, place: str, file: list[str]) -> None:
        if (place, file) != (self.place, self.file):  # what is painted anew travels over a slow line
            self.place, self.file = place, file
            self.refresh()

    def on_resize(self) -> None:
        self.refresh()  # what it is drawn as while the app starts is never sent

    def render(self) -> Content:
        width = max((self.size.width or self.app.size.width) - 2, 0)
        file = fitted(self.file, max(width - min(cell_len(self.place), max(LEAST, width * 2 // 3)) - 2, 0))
        place = shortened(self.place, max(width - cell_len(file) - 2, 0))
        gap = " " * max(width - cell_len(place) - cell_len(file), 1)
        return Content.assemble(" ", (place, "bold"), gap, file, " ")


def shortened(text: str, width: int) -> str:
    """The text, cut with an ellipsis when it is wider; letters of double width count as two."""
    return text if cell_len(text) <= width else set_cell_size(text, max(width - 1, 0)).rstrip() + "…" * (width > 0)


class KeyRow(Static):
    """The keys that matter here; a click on one does it."""

    def __init__(self) -> None:
        super().__init__("", id="keys")
        self.actions: list[Action] = []
        self.reasons: dict[str, str] = {}

    def tell(self, actions: list[Action], reasons: dict[str, str]) -> None:
        """Show those of ``actions`` that fit; one with a reason against it is bracketed, and says why when tried."""
        if (actions, reasons) != (self.actions, self.reasons):
            self.actions, self.reasons = actions, reasons
            self.draw()

    def on_resize(self) -> None:
        self.draw()

    def draw(self) -> None:
        hints = []
        for action in self.actions:
            words = f"({action.words})" if self.reasons.get(action.name) else action.words
            hint = Content.assemble((f" {action.key} ", "bold $primary on $panel"), f" {words} ")
            hints.append(hint.stylize(f"@click=screen.do('{action.name}')"))
        self.update(whole(hints, self.size.width or self.app.size.width), layout=False)


class Hints(Static):
    """Key hints that are only read."""

    def __init__(self, *hints: str) -> None:
        super().__init__("", id="keys")
        self.hints = [Content(f" {hint}  ") for hint in hints]

    def on_resize(self) -> None:
        self.update(whole(self.hints, self.size.width))


def whole(hints: list[Content], width: int) -> Content:
    """The first of the hints, as many as there is room for; one is never cut."""
    ends = accumulate(hint.cell_length for hint in hints)
    return Content("").join(hint for hint, end in zip(hints, ends, strict=True) if end <= width)
