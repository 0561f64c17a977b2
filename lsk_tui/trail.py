"""Where one has been: the screens under the one that is shown, and those that were gone back from.

They are kept as they were left, so that the cursor stands where it stood; only the latest, so that a day's work
does not fill the memory. A form is no place to come back to: it is left when it is saved or cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsk_tui.actions import FORM
from lsk_tui.screens.base import Place
from lsk_tui.textual_inside import forget_painted, take_out

if TYPE_CHECKING:
    from lsk_tui.app import LskApp

MOST = 10


class Trail:
    """Back, forward, and to the last place. ``latest``: how many places the last step went, backwards below 0."""

    def __init__(self, app: LskApp) -> None:
        self.app = app
        self.ahead: list[Place] = []
        self.latest = 0
        self.newest: Place | None = None

    @property
    def behind(self) -> list[Place]:
        """The places under the one that is shown, the first one first."""
        return [screen for screen in self.app.screen_stack[:-1] if isinstance(screen, Place)]

    @property
    def form(self) -> Place | None:
        """The topmost form that is open, shown or not."""
        forms = (s for s in reversed(self.app.screen_stack) if isinstance(s, Place) and s.PLACE == FORM)
        return next(forms, None)

    def arrived(self, place: Place) -> None:
        """A new place is shown: there is no way forward any longer, and the oldest is let go when they are many."""
        if place is self.newest or place.PLACE == FORM:
            return
        self.newest, self.latest = place, 1
        self.let_go()
        forget_painted()
        spare = [old for old in self.behind[1:] if old.PLACE != FORM]
        for old in spare[: max(len(spare) + 2 - MOST, 0)]:
            take_out(self.app, old)

    def let_go(self) -> None:
        for place in self.ahead:
            self.app.uninstall_screen(place)
            place.remove()
        self.ahead = []

    def back(self, steps: int = 1) -> None:
        """Leave so many places, but never a form with what is written in it."""
        self.latest = 0
        while steps > -self.latest and self.behind:
            place = self.app.screen
            if not isinstance(place, Place) or place.PLACE == FORM:
                break
            self.app.install_screen(place, f"lämnad-{id(place)}")  # else Textual throws it away when it is left
            self.app.pop_screen()
            self.ahead.append(place)
            self.latest -= 1

    def forward(self, steps: int = 1) -> None:
        self.latest = min(steps, len(self.ahead))
        for _ in range(self.latest):
            place = self.ahead.pop()
            self.app.uninstall_screen(place)
            self.app.push_screen(place)

    def turn(self) -> None:
        """To the last place; once more comes back here."""
        if self.latest > 0:
            self.back(self.latest)
        else:
            self.forward(-self.latest)

    def clear(self) -> None:
        """Leave every place for good. The topmost last, so that none of them is shown again on the way and reads."""
        self.let_go()
        for screen in self.app.screen_stack[1:-1]:
            take_out(self.app, screen)
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        self.latest, self.newest = 0, None
