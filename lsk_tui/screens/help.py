"""What can be done here, each with its key; what cannot be done now says why. Enter does it."""

from __future__ import annotations

from lsk_tui.screens.base import Place
from lsk_tui.screens.dialogs import Menu
from lsk_tui.widgets.lines import Line

MOVING = (
    Line("Flytta markören; Page Up och Page Down en sida, Home och End till ytterst", "Pilar"),
    Line("Öppna, välj, gå dit raden leder", "Enter"),
    Line("Till nästa ruta eller fält; Skift+Tab till föregående", "Tab"),
    Line("Allt går att klicka på, även raden längst ner", "Mus"),
)


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
                cannot.append(Line(f"{action.words}: {reason}", action.key, action.name, faint=True, label_width=9))
            else:
                can.append(Line(f"{action.words} – {action.help}", action.key, action.name, label_width=9))
        heading = [Line("", heading=True), Line("Kan inte göras just nu", heading=True)] if cannot else []
        moving = [Line("", heading=True), Line("Att röra sig", heading=True)]
        return [*can, *heading, *cannot, *moving, *(Line(m.text, m.label, faint=True, label_width=9) for m in MOVING)]

    def choose(self, line: Line) -> None:
        if line.target:
            self.place.action_do(line.target)
