"""What can be done here, each with its key; what cannot be done now says why. Enter does it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual.binding import Binding
from textual.screen import Screen

from lsk_tui.actions import key_name
from lsk_tui.screens.base import Place
from lsk_tui.screens.dialogs import Menu
from lsk_tui.widgets.lines import Line

WIDTH = 9  # a key

MOVING = (
    Line("Flytta markören; Page Up och Page Down en sida, Home och End till ytterst", "Pilar"),
    Line("Öppna, välj, gå dit raden leder; i ett formulär till nästa fält", "Enter"),
    Line("Till nästa ruta eller fält; Skift+Tab till föregående", "Tab"),
    Line("Allt går att klicka på, även raden längst ner", "Mus"),
)


def moving() -> list[Line]:
    heading = [Line("", heading=True), Line("Att röra sig", heading=True)]
    return [*heading, *(Line(m.text, m.label, faint=True, label_width=WIDTH) for m in MOVING)]


class Help(Menu):
    """Made from the table of actions, so it cannot be out of date."""

    HEADING = "Det här kan du göra här (Enter gör det, Esc stänger)"
    CSS_PATH = "help.tcss"

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place

    def lines(self) -> list[Line]:
        can, cannot = [], []
        for action, reason in self.place.can():
            if reason:
                cannot.append(Line(f"{action.words}: {reason}", action.key, action.name, faint=True, label_width=WIDTH))
            else:
                can.append(Line(f"{action.words} – {action.help}", action.key, action.name, label_width=WIDTH))
        heading = [Line("", heading=True), Line("Kan inte göras just nu", heading=True)] if cannot else []
        return [*can, *heading, *cannot, *moving()]

    def choose(self, line: Line) -> None:
        if line.target:
            self.place.action_do(line.target)


class DialogHelp(Menu):
    """The same for a dialog or the start, made from its own keys: those that are described."""

    HEADING = "Det här kan du göra här (Enter gör det, Esc stänger)"
    CSS_PATH = "help.tcss"

    def __init__(self, asked: Screen[Any]) -> None:
        super().__init__()
        self.asked = asked

    def lines(self) -> list[Line]:
        own = [
            Line(b.description, key_name(b.key.partition(",")[0]), b.action, label_width=WIDTH)
            for b in own_bindings(self.asked)
        ]
        return [*own, *moving()]

    def choose(self, line: Line) -> None:
        if line.target:
            self.asked.call_later(self.asked.run_action, line.target)


def own_bindings(screen: Screen[Any]) -> Iterator[Binding]:
    """The described keys that the screen's own classes declare; Textual's are in English and move the cursor."""
    for kind in type(screen).__mro__:
        if kind.__module__.startswith("lsk_tui."):
            found = vars(kind).get("BINDINGS", ())
            yield from (b for b in found if isinstance(b, Binding) and b.description)
