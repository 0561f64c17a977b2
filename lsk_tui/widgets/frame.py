"""The two lines that every place has: where you are above, what can be done below."""

from __future__ import annotations

from itertools import accumulate

from textual.content import Content
from textual.widgets import Static

from lsk_tui.actions import Action


class Head(Static):
    """Where you are to the left; file, unit and the person acting to the right."""

    def __init__(self) -> None:
        super().__init__("", id="head")
        self.place, self.file = "", ""

    def tell(self, place: str, file: str) -> None:
        self.place, self.file = place, file
        self.refresh()

    def render(self) -> Content:
        width = self.size.width - 2
        file = self.file[: max(width - 12, 0)]
        room = max(width - len(file) - 2, 0)
        place = self.place if len(self.place) <= room else self.place[: max(room - 1, 0)] + "…"
        gap = " " * max(width - len(place) - len(file), 1)
        return Content.assemble(" ", (place, "bold"), gap, file, " ")


class KeyRow(Static):
    """The keys that matter here; a click on one does it."""

    def __init__(self) -> None:
        super().__init__("", id="keys")
        self.actions: list[Action] = []
        self.reasons: dict[str, str] = {}

    def tell(self, actions: list[Action], reasons: dict[str, str]) -> None:
        """Show those of ``actions`` that fit; one with a reason against it is bracketed, and says why when tried."""
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
        self.update(whole(hints, self.size.width or self.app.size.width))


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
