"""The two lines that every place has: where you are above, what can be done below."""

from __future__ import annotations

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

    def tell(self, actions: list[Action], reasons: dict[str, str]) -> None:
        """Show those of ``actions`` that fit; one with a reason against it is bracketed, and says why when tried."""
        parts: list[Content] = []
        left = self.app.size.width
        for action in actions:
            left -= len(action.key) + len(action.words) + 4 + 2 * bool(reasons.get(action.name))
            if left < 0:
                break
            words = f"({action.words})" if reasons.get(action.name) else action.words
            parts.append(
                Content.assemble((f" {action.key} ", "bold $primary on $panel"), f" {words} ").stylize(
                    f"@click=screen.do('{action.name}')"
                )
            )
        self.update(Content("").join(parts))
