"""Charts drawn on the server as SVG: no script, a title and a description, patterns as well as colours.

Colours come from the style sheet (``.f1`` … ``.f4``, ``.streck``) and follow the reader's dark or light theme. Every
chart is drawn twice, for wide and for narrow screens; the style sheet shows one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import floor, log10
from zlib import crc32

from markupsafe import Markup, escape

from datasette_plugins.words import SUPPRESSED, decimal, shortened

Value = float | None  # None: not shown
Series = Sequence[tuple[str, Sequence[Value]]]
Label = str | tuple[str, str]  # the second stands on a line below
Drawing = tuple[int, list[str]]  # height and body

WIDE, NARROW = 720, 380
PATTERNS = {
    1: "",
    2: '<path class="streck" d="M-2 2l4-4M0 8l8-8M6 10l4-4"/>',
    3: '<circle class="prick" cx="2" cy="2" r="1.3"/><circle class="prick" cx="6" cy="6" r="1.3"/>',
    4: '<path class="rut" d="M0 4h8M4 0v8"/>',
}
MOST_SERIES = len(PATTERNS)
DASHES = {1: "", 2: "7 4", 3: "2 3", 4: "10 3 2 3"}


def picture(title: str, description: str, draw: Callable[[int], Drawing]) -> Markup:
    """The drawing at both widths, each with its name and description for screen readers."""
    return Markup("").join(svg(title, description, width, *draw(width)) for width in (WIDE, NARROW))


def svg(title: str, description: str, width: int, height: int, body: Sequence[str]) -> Markup:
    drawn = "".join(body)
    name = f"d{crc32(f'{title}{width}{drawn}'.encode()):08x}"
    used = [n for n in PATTERNS if f"url(#m{n})" in drawn]
    patterns = "".join(pattern(f"{name}m{n}", n) for n in used)
    return Markup(
        f'<svg class="diagram {"bred" if width == WIDE else "smal"}" role="img" aria-labelledby="{name}t {name}d" '
        f'viewBox="0 0 {width} {height}"><title id="{name}t">{escape(title)}</title>'
        f'<desc id="{name}d">{escape(description)}</desc>'
        f"<defs>{patterns}</defs>{drawn.replace('url(#m', f'url(#{name}m')}</svg>"
    )


def pattern(name: str, series: int) -> str:
    return (
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect class="f{series}" width="8" height="8"/>{PATTERNS[series]}</pattern>'
    )


def label(x: float, y: float, words: object, place: str = "middle", style: str = "") -> str:
    kind = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{place}"{kind}>{escape(words)}</text>'


def block(x: float, y: float, width: float, height: float, series: int) -> str:
    return (
        f'<rect class="stapel" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
        f'fill="url(#m{series})"/>'
    )


# --- standing bars ---------------------------------------------------------------------------------------------------


def columns(title: str, labels: Sequence[Label], series: Series) -> Markup:
    """Standing bars, the series beside each other in every group. A count that is not shown is two dots, not a bar."""
    ticks = scale([v for _, values in series for v in values], whole=True)

    def draw(width: int) -> Drawing:
        height, left, top, bottom = 300 if width == WIDE else 260, 36, 18, 42
        plot = height - top - bottom
        group = (width - left - 8) / max(len(labels), 1)
        bar = group * 0.84 / len(series)
        body = list(grid(ticks, left, width, top, plot))
        for number, words in enumerate(labels):
            start = left + number * group + group * 0.08
            body += under(start + group * 0.42, height - bottom + 18, words)
            for place, (_, values) in enumerate(series):
                x, value = start + place * bar, values[number]
                tall = plot * (value or 0) / ticks[-1]
                if value:
                    body.append(block(x + 1, top + plot - tall, bar - 2, tall, place + 1))
                said = SUPPRESSED if value is None else decimal(value)
                if len(said) * 6.2 <= bar + 3:
                    body.append(label(x + bar / 2, top + plot - tall - 4, said, style="tal"))
        return height, body

    return picture(title, told(labels, series), draw)


def under(x: float, y: float, words: Label) -> Iterator[str]:
    first, second = (words, "") if isinstance(words, str) else words
    yield label(x, y, first)
    if second:
        yield label(x, y + 16, second, style="svag")


def grid(ticks: Sequence[float], left: int, width: int, top: int, plot: int) -> Iterator[str]:
    for number, value in enumerate(ticks):
        y = top + plot - plot * number / (len(ticks) - 1)
        yield f'<path class="linje" d="M{left} {y:.1f}H{width - 4}"/>'
        yield label(left - 7, y + 4.5, decimal(value), "end", "svag")


# --- lying bars ------------------------------------------------------------------------------------------------------


def bars(title: str, labels: Sequence[str], series: Series) -> Markup:
    """Lying bars, the series stacked in each, the sum at the end."""
    sums = [sum(values[n] or 0 for _, values in series) for n in range(len(labels))]

    def draw(width: int) -> Drawing:
        above = width == NARROW  # the name over its bar, so that the bar gets the room
        left, right, step = (4, 44, 50) if above else (250, 48, 34)
        scale = (width - left - right) / max([*sums, 1])
        body = []
        for number, words in enumerate(labels):
            y, x = 6 + number * step + (16 if above else 0), float(left)
            body.append(label(left, y - 5, shortened(words, 48), "start") if above
                        else label(left - 10, y + 17, shortened(words, 30), "end"))  # fmt: skip
            for place, (_, values) in enumerate(series):
                wide = scale * (values[number] or 0)
                if wide:
                    body.append(block(x, y, wide, 24, place + 1))
                x += wide
            hidden = any(values[number] is None for _, values in series)
            body.append(label(x + 7, y + 17, SUPPRESSED if hidden else decimal(sums[number]), "start", "tal"))
        return 10 + step * len(labels), body

    return picture(title, told(labels, series), draw)


# --- lines -----------------------------------------------------------------------------------------------------------


def lines(
    title: str, labels: Sequence[Label], series: Series, target: Value = None, most: float | None = None
) -> Markup:
    """Lines over periods, each with a dash and a mark of its own; the target as a line across.

    ``most``: what no value can be above, such as 100 for per cent.
    """
    ticks = scale([*(v for _, values in series for v in values), target], most=most)
    lowest, highest = ticks[0], ticks[-1]

    def draw(width: int) -> Drawing:
        height, left, right, top, bottom = 250, 44, 30 if target is None else 74, 20, 42
        plot = height - top - bottom
        step = (width - left - 24 - right) / max(len(labels) - 1, 1)
        start = left + 24 if len(labels) > 1 else (left + width - right) / 2

        def y_of(value: float) -> float:
            return top + plot * (highest - value) / (highest - lowest)

        body = list(grid(ticks, left, width - right + 24, top, plot))
        if target is not None:
            body.append(f'<path class="mal" d="M{left} {y_of(target):.1f}H{width - 62}"/>')
            body.append(label(width - 58, y_of(target) + 4.5, f"mål {decimal(target)}", "start", "svag"))
        for number, words in enumerate(labels):
            body += under(start + number * step, height - bottom + 18, words)
        for place, (_, values) in enumerate(series, 1):
            points = [(start + n * step, y_of(v), v) for n, v in enumerate(values) if v is not None]
            body.append(curve(points, place))
            body += [mark(x, y, place) for x, y, _ in points]
            if len(series) == 1:
                body += [label(x, y - 9 if y > top + 14 else y + 20, decimal(v), style="tal") for x, y, v in points]
        return height, body

    goal = "" if target is None else f" Målet är {decimal(target)}."
    return picture(title, told(labels, series) + goal, draw)


def curve(points: Sequence[tuple[float, float, float]], series: int) -> str:
    dash = f' stroke-dasharray="{DASHES[series]}"' if DASHES[series] else ""
    through = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    return f'<polyline class="kurva k{series}"{dash} points="{through}"/>'


def mark(x: float, y: float, series: int) -> str:
    """A point of a line: round, square, triangle, diamond."""
    shapes = {
        1: f'<circle class="punkt k{series}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>',
        2: f'<rect class="punkt k{series}" x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>',
        3: f'<path class="punkt k{series}" d="M{x:.1f} {y - 5:.1f}l5 9h-10z"/>',
        4: f'<path class="punkt k{series}" d="M{x:.1f} {y - 6:.1f}l6 6-6 6-6-6z"/>',
    }
    return shapes[series]


def spark(title: str, values: Sequence[Value], target: Value = None) -> Markup:
    """A small line for a row of a list, with its target across. The words beside it say the figures."""
    known = [(n, v) for n, v in enumerate(values) if v is not None]
    if len(known) < 2:
        return Markup("")
    ticks = scale([*(v for _, v in known), target])
    lowest, highest = ticks[0], ticks[-1]
    step = 112 / (len(values) - 1)

    def at(number: int, value: float) -> str:
        return f"{4 + number * step:.1f} {4 + 28 * (highest - value) / (highest - lowest):.1f}"

    across = "" if target is None else f'<path class="mal" d="M4 {at(0, target).split()[1]}H116"/>'
    last = at(*known[-1]).split()
    return Markup(
        f'<svg class="gnista" role="img" aria-label="{escape(title)}" viewBox="0 0 120 36">{across}'
        f'<polyline class="kurva k1" points="{" ".join(at(n, v) for n, v in known)}"/>'
        f'<circle class="punkt k1" cx="{last[0]}" cy="{last[1]}" r="3.5"/></svg>'
    )


# --- words and scales ------------------------------------------------------------------------------------------------


def legend(names: Sequence[str]) -> Markup:
    """What each pattern stands for."""
    mine = f"r{crc32(''.join(names).encode()):08x}"
    items = (
        f'<li><svg class="ruta" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">'
        f"<defs>{pattern(f'{mine}{n}', n)}</defs>"
        f'<rect class="stapel" x="1" y="1" width="14" height="14" fill="url(#{mine}{n})"/></svg> {escape(name)}</li>'
        for n, name in enumerate(names, 1)
    )
    return Markup(f'<ul class="forklaring">{"".join(items)}</ul>')


def told(labels: Sequence[Label], series: Series) -> str:
    """The picture in words."""
    parts = []
    for number, words in enumerate(labels):
        name = words if isinstance(words, str) else " ".join(words)
        said = (f"{of} {'visas inte' if values[number] is None else decimal(values[number])}" for of, values in series)
        parts.append(f"{name}: {', '.join(said)}")
    return ". ".join(parts) + "."


def scale(values: Sequence[Value], whole: bool = False, most: float | None = None) -> list[float]:
    """The lines of a scale around the values: steps of 1, 2 or 5, from 0 where that is near or counts are shown."""
    known = [v for v in values if v is not None] or [0]
    low, high = min(known), max(known)
    if whole or 0 <= low <= high * 0.5:
        low = 0
    room = (high - low) * 1.08 or abs(high) * 0.1 or 1
    size = 10 ** floor(log10(room / 4))
    step = next(size * n for n in (1, 2, 5, 10) if size * n * 5 >= room)
    step = max(round(step), 1) if whole else step
    first = floor(low / step)
    last = max(-floor(-(high + room * 0.05) / step), first + 1)
    found = [round(n * step, 9) for n in range(first, last + 1)]
    return found if most is None or high > most else [value for value in found if value <= most]
