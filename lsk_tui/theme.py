"""The looks: dark, light, high contrast, and the terminal's own sixteen colours.

Colour never carries meaning alone, so all of it can be turned off (NO_COLOR). All text keeps a contrast of 4.5 to its
ground, also where it is faint, marked or under the cursor (WCAG 2.2, 1.4.3).
"""

import os

from textual.theme import Theme

DARK = Theme(
    "lsk-mörk",
    primary="#8fb8de",
    secondary="#9ccfc0",
    accent="#e0c28a",
    warning="#e6b455",
    error="#f0908a",
    success="#9bcf9b",
    foreground="#e4e6e8",
    background="#16191d",
    surface="#1c2025",
    panel="#262c33",
    dark=True,
    variables={
        "block-cursor-foreground": "#10141a",
        "block-cursor-background": "#9cc3e8",
        "block-cursor-blurred-background": "#313d49",
        "input-selection-background": "#46586a",
        "text-muted": "#a9afb6",
        "border": "#8fb8de",
        "scrollbar": "#4a5561",
        "scrollbar-background": "#1c2025",
    },
)

LIGHT = Theme(
    "lsk-ljus",
    primary="#1f5a8c",
    secondary="#1d6b5c",
    accent="#7a5410",
    warning="#8a5a00",
    error="#a32a22",
    success="#2a6b2f",
    foreground="#1b1f23",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e6e3dc",
    dark=False,
    variables={
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#1a4d78",
        "block-cursor-blurred-background": "#c6d5e1",
        "input-selection-background": "#bcd0e0",
        "text-muted": "#575b60",
        "border": "#1f5a8c",
        "scrollbar": "#a9a59b",
        "scrollbar-background": "#efece6",
    },
)


CONTRAST = Theme(
    "lsk-kontrast",
    primary="#ffff00",
    secondary="#00ffff",
    accent="#ffff00",
    warning="#ffd700",
    error="#ff9d9d",
    success="#7dff7d",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#303030",
    dark=True,
    text_alpha=1.0,
    variables={
        "block-cursor-foreground": "#000000",
        "block-cursor-background": "#ffff00",
        "input-selection-background": "#55550f",
        "border": "#ffff00",
        "scrollbar": "#ffffff",
        "scrollbar-background": "#303030",
        "text-muted": "#ffffff",
        "text-disabled": "#d0d0d0",
    },
)

SIXTEEN = Theme(
    "lsk-16",
    ansi=True,
    primary="ansi_cyan",
    secondary="ansi_cyan",
    accent="ansi_yellow",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    dark=True,
    variables={
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "border": "ansi_cyan",
        "border-blurred": "ansi_white",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_cyan",
        "input-cursor-background": "ansi_white",
        "input-cursor-foreground": "ansi_black",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
        "screen-selection-background": "ansi_cyan",
        "screen-selection-foreground": "ansi_black",
        "scrollbar": "ansi_white",
        "scrollbar-background": "ansi_black",
    },
)

LOOKS = {
    DARK.name: "mörkt",
    LIGHT.name: "ljust",
    CONTRAST.name: "hög kontrast",
    SIXTEEN.name: "terminalens egna färger",
}
THEMES = (DARK, LIGHT, CONTRAST, SIXTEEN)


def first_look(chosen: str | None, colours: str | None) -> str:
    """The one chosen last; else what fits the terminal, as far as it says (COLORFGBG), and dark when it does not.

    ``colours``: what the terminal can show, as Rich calls it. With sixteen only the terminal's own are to be trusted:
    others would be changed for the nearest, and text might vanish in its ground.
    """
    if colours in ("standard", "windows"):
        return SIXTEEN.name
    if chosen in LOOKS:
        return chosen
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name


def next_look(now: str) -> str:
    names = list(LOOKS)
    return names[(names.index(now) + 1) % len(names)] if now in names else names[0]
