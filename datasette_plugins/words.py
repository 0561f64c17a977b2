"""Values in words, as a Swedish reader expects them. Imports nothing else of the site."""

from __future__ import annotations

from datetime import date
from typing import Any

SUPPRESSED = ".."
UNKNOWN = "–"
SPACE = "\u00a0"
MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)


def text_of(value: Any, hidden: Any = None) -> str:
    """A cell for people: .. where a count is not shown, – where nothing is known, Swedish numbers."""
    if value is None or value == "":
        return SUPPRESSED if hidden else UNKNOWN
    if isinstance(value, float):
        if value != round(value, 1):
            return decimal(value)
        return f"{value:,.1f}".replace(",", SPACE).replace(".", ",")
    if isinstance(value, int):
        return f"{value:,}".replace(",", SPACE) if abs(value) >= 10000 else str(value)
    return str(value)


def decimal(value: float | None) -> str:
    """A figure without needless decimals: 90, 87,5, −0,25."""
    if value is None:
        return UNKNOWN
    whole, _, rest = f"{round(value, 2):,.2f}".replace(",", SPACE).replace("-", "−").partition(".")
    return f"{whole},{rest}".rstrip("0").rstrip(",")


def number_of(count: int | None, one: str, many: str) -> str:
    """A count and its noun or adjective: 1 försenad, 2 försenade."""
    return f"{text_of(count or 0)} {one if count == 1 else many}"


def written(day: str | None) -> str:
    """2026-11-22 as 22 november 2026."""
    if not day:
        return UNKNOWN
    told = date.fromisoformat(day)
    return f"{told.day} {MONTHS[told.month - 1]} {told.year}"


def capital(text: str) -> str:
    """The first letter large, the rest as it stands."""
    return text[:1].upper() + text[1:]


def shortened(text: str, longest: int) -> str:
    """Cut at a word, with three dots to say so."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    at_word = kept.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > longest // 2 else kept).rstrip(" ,.;:–-") + "…"
