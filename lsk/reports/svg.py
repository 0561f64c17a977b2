"""Lying bars as a drawing for a web page: a name and the numbers in words, patterns as well as colours."""

from __future__ import annotations

from html import escape

from lsk.reports.document import cell, heading, told

WIDTH, NAMES, ROOM = 720, 230, 430
HIGH, GAP, TOP = 15, 12, 28
PATTERN = (
    '<pattern id="{0}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="#e0a63a"/>'
    '<path d="M-2 2l4-4M0 8l8-8M6 10l4-4" stroke="#6a4503"/></pattern>'
)


def drawing(name: str, words: str, bars: list[tuple[str, tuple[float, ...]]], series: tuple[str, ...]) -> str:
    """One group of bars for each name. ``name`` is a mark of its own on the page."""
    fills = ("#1f6a94", f"url(#{name}m)")
    most = max(max(counts) for _, counts in bars)
    step = HIGH * len(series) + GAP
    parts = []
    for place, of in enumerate(series):
        x = NAMES + place * 160
        parts.append(f'<rect x="{x}" y="6" width="13" height="13" fill="{fills[place % 2]}" stroke="#33424c"/>')
        parts.append(f'<text x="{x + 19}" y="17">{escape(heading(of))}</text>')
    for number, (label, counts) in enumerate(bars):
        y = TOP + number * step
        parts.append(f'<text x="{NAMES - 8}" y="{y + step / 2:.1f}" text-anchor="end">{escape(label)}</text>')
        for place, count in enumerate(counts):
            long, at = ROOM * count / most, y + place * HIGH
            parts.append(
                f'<rect x="{NAMES}" y="{at}" width="{long:.1f}" height="{HIGH - 2}" fill="{fills[place % 2]}" '
                f'stroke="#33424c"/><text x="{NAMES + long + 6:.1f}" y="{at + 11}">{cell(count)}</text>'
            )
    return (
        f'<svg role="img" aria-labelledby="{name}t {name}d" viewBox="0 0 {WIDTH} {TOP + step * len(bars)}">'
        f'<title id="{name}t">{escape(words)}</title><desc id="{name}d">{escape(told(bars, series))}</desc>'
        f"<defs>{PATTERN.format(name + 'm')}</defs>{''.join(parts)}</svg>"
    )
