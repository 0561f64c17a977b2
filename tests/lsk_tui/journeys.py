"""Keys that lead to every place from *Idag*, and the English words that must not be seen there."""

from __future__ import annotations

import re

# Among the commonest words of English, and of programs; none of them is a Swedish word as well.
ENGLISH = re.compile(
    r"\b(the|and|of|to|is|are|was|were|been|with|this|that|these|those|from|by|or|not|no|yes|you|your|it's|its|we|"
    r"which|what|when|where|who|how|why|there|their|they|them|then|than|into|only|other|some|such|here|must|should|"
    r"would|could|can't|cannot|has|have|had|does|did|done|will|press|quit|exit|cancel|save|saved|search|close|select|"
    r"selected|enter a|no matches|not found|found|help panel|palette|next|previous|back|forward|delete|edit|undo|redo|"
    r"open file|loading|new|list|today|error|warning|failed|invalid|value|values|true|false|none|null|unknown|empty|"
    r"copy|paste|cut|keys|key|shortcut|theme|screenshot|maximize|minimize|toggle|show|hide|page|up|down|left|right|"
    r"file|files|folder|user|name|date|time|month|year|day|week|january|february|march|may|june|july|october|monday|"
    r"tuesday|wednesday|thursday|friday|saturday|sunday|status bar|tooltip|placeholder|option|options|choose|input)\b",
    re.IGNORECASE,
)
JOURNEYS = {
    "idag": [],
    "byt plats": ["g", "a", "minus", "minus"],
    "gå till": ["g"],
    "lista": ["g", "a"],
    "tom lista": ["g", "r"],
    "träd": ["g", "a", "left"],
    "filter": ["g", "a", "slash"],
    "post": ["g", "a", "end", "enter"],
    "lägg till": ["g", "a", "enter", "n"],
    "ny": ["n"],
    "ny, fel": ["n", "ctrl+s"],
    "ändra": ["g", "f", "e"],
    "spår": ["g", "f", "t"],
    "historik": ["h"],
    "hjälp": ["f1"],
    "hjälp i lista": ["g", "a", "f1"],
    "hjälp i post": ["g", "a", "enter", "f1"],
    "hjälp i formulär": ["n", "escape", "f1"],
    "hjälp i fråga": ["f6", "f1"],
    "sök": ["ctrl+p"],
    "sök, inga": ["ctrl+p", "q", "z", "q", "z"],
    "ta bort": ["g", "a", "x"],
    "namn": ["f6"],
    "start": ["f7"],
    "hjälp i start": ["f7", "f1"],
    "utseende": ["f9"],
    "utan ändring": ["u", "r"],
    "bilder": ["g", "p", "v"],
}


def english(screen: str) -> list[str]:
    """The words, but for the keys, whose names are printed on the keyboard, and names of files."""
    seen = re.sub(r"\b(Page (Up|Down)|Home|End|Enter|Tab|Delete|\S+\.db|\S*/\S*)", "", screen)
    return [found if isinstance(found, str) else found[0] for found in ENGLISH.findall(seen)]
