"""docs/tangenter.md, written from the table of actions: ``python -m lsk_tui.keysheet PATH``."""

from __future__ import annotations

import sys
from pathlib import Path

from lsk_tui import actions
from lsk_tui.actions import Action, key_name
from lsk_tui.screens.help import MOVING

HEAD = """# Tangenter

Den här sidan skrivs av programmet ur samma tabell som tangenterna själva (`make dictionary`). I appen visar F1 och ?
vad som kan göras just där du är, och varför något inte kan göras.
"""
NOT_USED = """## Tangenter som appen aldrig använder

Ctrl+I, Ctrl+M, Ctrl+J, Ctrl+H och Ctrl+[ är för terminalen samma sak som Tab, Enter, Backsteg och Esc. Ctrl+B tar tmux,
Ctrl+, och Ctrl+Skift med en bokstav tar Windows Terminal, liksom F11 och Alt med pilar. `@ $ \\ | [ ] { } ~ ^ ´` kräver
AltGr eller är döda tangenter på ett svenskt tangentbord.
"""


HEADINGS = {
    actions.TODAY: "På Idag",
    actions.BROWSE: "I en lista",
    actions.RECORD: "I en post",
    actions.FORM: "I ett formulär",
    actions.LINES: "I historiken",
    actions.PICTURE: "I en bild",
    actions.WORK: "I ett arbete: synka, läsa in, skriva ut …",
}


def sheet() -> str:
    """The whole page: a section a place, the keys that work in several places first."""
    everywhere = [action for action in actions.ACTIONS if wide(action)]
    parts = [HEAD, section("Nästan överallt", everywhere)]
    for place in places():
        own = [action for action in actions.ACTIONS if place in action.where and not wide(action)]
        if own:
            parts.append(section(heading(place), own))
    moving = "\n".join(f"| {line.label} | {line.text}. |" for line in MOVING)
    moving += "\n| j k | Som pil ner och pil upp. |\n"
    parts.append(f"## Att röra sig\n\n| Tangent | Vad den gör |\n|---|---|\n{moving}")
    return "\n".join([*parts, NOT_USED])


def wide(action: Action) -> bool:
    return set(actions.READING) <= set(action.where)


def heading(place: str) -> str:
    """A picture with keys of its own is called what the table calls it."""
    _, _, picture = place.partition(":")
    return f"I bilden {picture}" if picture else HEADINGS[place]


def places() -> list[str]:
    return list(dict.fromkeys(place for action in actions.ACTIONS for place in action.where))


def section(heading: str, found: list[Action]) -> str:
    rows = "\n".join(f"| {keys(action)} | {action.words} | {action.help} |" for action in found)
    return f"## {heading}\n\n| Tangent | Åtgärd | Vad den gör |\n|---|---|---|\n{rows}\n"


def keys(action: Action) -> str:
    """Every key of an action, as they are written on the keyboard."""
    return ", ".join(key_name(key).replace("|", "\\|") for key in action.keys.split(",") if key) or "(i sök, Ctrl+P)"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("python -m lsk_tui.keysheet PATH")
    Path(sys.argv[1]).write_text(sheet(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
