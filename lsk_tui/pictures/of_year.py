"""A picture of one year: this one first, the others by two keys."""

from __future__ import annotations

from lsk_tui.pictures import View
from lsk_tui.pictures.base import Picture


class OfYear(Picture):
    """``number`` is the year shown; ``,`` and ``.`` go to the one before and the one after."""

    def __init__(self, view: View, entity: str | None = None, record: str | None = None) -> None:
        super().__init__(view, entity, record)
        self.number = 0

    def on_mount(self) -> None:
        self.number = self.lsk.store.today.year
        super().on_mount()

    def do_earlier(self) -> None:
        self.turn(-1)

    def do_later(self) -> None:
        self.turn(1)

    def turn(self, years: int) -> None:
        self.number += years
        self.tell()
        self.load()
