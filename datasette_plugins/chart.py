"""Charts drawn on the server as SVG: no script, a title and a description, patterns as well as colours.

Colours come from the style sheet (``.f1`` … ``.f3``, ``.streck``) and follow the reader's dark or light theme.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from markupsafe import Markup, escape

Value = int | None  # None: not shown
PATTERNS = {
    1: "",
    2: '<path class="streck" d="M-2 2l4-4M0 8l8-8M6 10l4-4"/>',
    3: '<circle class="prick" cx="2" cy="2" r="1.3"/><circle class="prick" cx="6" cy="6" r="1.3"/>',
}
numbers = count(1)


def svg(title: str, description: str, width: int, height: int, body: Sequence[str]) -> Markup:
    """The picture with its name and description for screen readers. Patterns are defined once in each picture."""
    name = f"d{next(numbers)}"
    patterns = "".join(pattern(f"{name}m{n}", n) for n in PATTERNS)
    return Markup(
        f'<svg class="diagram" role="img" aria-labelledby="{name}t {name}d" viewBox="0 0 {width} {height}">'
        f'<title id="{name}t">{escape(title)}</title><desc id="{name}d">{escape(description)}</desc>'
        f"<defs>{patterns}</defs>{''.join(body).replace('url(#m', f'url(#{name}m')}</svg>"
    )


def pattern(name: str, series: int) -> str:
    return (
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect class="f{series}" width="8" height="8"/>{PATTERNS[series]}</pattern>'
    )


def label(x: float, y: float, words: object, place: str = "middle", style: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{place}" class="{style}">{escape(words)}</text>'


def block(x: float, y: float, width: float, height: float, series: int) -> str:
    return (
        f'<rect class="stapel" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
        f'fill="url(#m{series})"/>'
    )


def columns(title: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[Value]]]) -> Markup:
    """Standing bars, the series beside each other in every group. A count that is not shown is two dots, not a bar."""
    width, height, left, top, bottom = 720, 300, 40, 16, 34
    highest = nice(max((v or 0 for _, values in series for v in values), default=0))
    plot = height - top - bottom
    group = (width - left - 8) / max(len(labels), 1)
    bar = group * 0.8 / len(series)
    body = list(grid(highest, left, width, top, plot))
    for number, words in enumerate(labels):
        start = left + number * group + group * 0.1
        body.append(label(start + group * 0.4, height - 12, words))
        for place, (_, values) in enumerate(series):
            x, value = start + place * bar, values[number]
            tall = plot * (value or 0) / highest
            if value:
                body.append(block(x + 1, top + plot - tall, bar - 2, tall, place + 1))
            words_above = ".." if value is None else str(value)
            body.append(label(x + bar / 2, top + plot - tall - 4, words_above, style="tal"))
    return svg(title, told(labels, series), width, height, body)


def grid(highest: int, left: int, width: int, top: int, plot: int) -> Iterator[str]:
    for part in range(5):
        if highest * part % 4 == 0:
            y = top + plot - plot * part / 4
            yield f'<path class="linje" d="M{left} {y:.1f}H{width - 4}"/>'
            yield label(left - 8, y + 5, highest * part // 4, "end")


def bars(title: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[Value]]]) -> Markup:
    """Lying bars, the series stacked in each."""
    width, left, right, step = 720, 210, 44, 34
    sums = [sum(values[n] or 0 for _, values in series) for n in range(len(labels))]
    scale = (width - left - right) / max([*sums, 1])
    body = []
    for number, words in enumerate(labels):
        y, x = 6 + number * step, float(left)
        body.append(label(left - 10, y + 18, shortened(words), "end"))
        for place, (_, values) in enumerate(series):
            wide = scale * (values[number] or 0)
            if wide:
                body.append(block(x, y, wide, step - 10, place + 1))
            x += wide
        body.append(label(x + 6, y + 18, sums[number], "start", "tal"))
    return svg(title, told(labels, series), width, 12 + step * len(labels), body)


def legend(names: Sequence[str]) -> Markup:
    """What each pattern stands for."""
    items = (
        f'<li><svg class="ruta" width="16" height="16" aria-hidden="true"><defs>{pattern(f"r{n}", n)}</defs>'
        f'<rect class="stapel" x="1" y="1" width="14" height="14" fill="url(#r{n})"/></svg> {escape(name)}</li>'
        for n, name in enumerate(names, 1)
    )
    return Markup(f'<ul class="forklaring">{"".join(items)}</ul>')


def told(labels: Sequence[str], series: Sequence[tuple[str, Sequence[Value]]]) -> str:
    """The picture in words."""
    parts = []
    for number, words in enumerate(labels):
        said = (f"{name} {'visas inte' if values[number] is None else values[number]}" for name, values in series)
        parts.append(f"{words}: {', '.join(said)}")
    return ". ".join(parts) + "."


def nice(highest: int) -> int:
    """The top of the scale: a round number that four lines divide."""
    size = 4
    while size < highest * 1.08:
        size = next(
            (n for n in (8, 12, 16, 20, 24, 28, 32, 40, 48, 60, 80, 100, 120, 160, 200, 240, 300, 400) if n > size),
            size * 2,
        )
    return size


def shortened(words: str, longest: int = 26) -> str:
    return words if len(words) <= longest else words[: longest - 1] + "…"
