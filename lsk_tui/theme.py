"""Two calm themes. Colour never carries meaning alone, so both can be turned off (NO_COLOR)."""

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
        "block-cursor-background": "#8fb8de",
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
        "block-cursor-background": "#1f5a8c",
        "border": "#1f5a8c",
        "scrollbar": "#a9a59b",
        "scrollbar-background": "#efece6",
    },
)


def terminals_own() -> str:
    """The theme that fits the terminal, as far as it says (COLORFGBG); dark when it does not."""
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name
