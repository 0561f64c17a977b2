"""The chart of an answer, drawn from its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from datasette_plugins.chart import Label, Series, Value, bars, columns, legend, lines
from datasette_plugins.quarters import Quarter, going_on, quarter_labels
from datasette_plugins.questions.vocabulary import Chart
from lsk.publish.vocabulary import ALL

MOST_SERIES = 4
FORMS: dict[str, Callable[[str, Sequence[Any], Series], Markup]] = {"columns": columns, "bars": bars}
QUARTER = ("kvartal", "ar")


def draw(chart: Chart, title: str, rows: Sequence[Any], headings: dict[str, str], published: date) -> Markup:
    """The chart, or nothing when there is too little to draw: no rows, or more series than can be told apart."""
    rows = [row for row in rows if ALL not in [row[name] for name in chart.label]]
    labels = list(dict.fromkeys(tuple(row[name] for name in chart.label) for row in rows))[: chart.most]
    if chart.backwards:
        labels.reverse()
    series = split(chart, rows, labels) if chart.split else beside(chart, rows, labels, headings)
    if not labels or not 1 <= len(series) <= MOST_SERIES or not any(v for _, values in series for v in values):
        return Markup("")
    said = told(chart, labels)
    if chart.form == "lines":
        targets = {row[chart.target] for row in rows} if chart.target and len(series) == 1 else set()
        picture = lines(title, said, series, targets.pop() if len(targets) == 1 else None)
    else:
        picture = FORMS[chart.form](title, said, series)
    if len(series) > 1:
        picture += legend([name for name, _ in series])
    return picture + going_on(quarters(labels), published) if chart.label == QUARTER else picture


def told(chart: Chart, labels: list[tuple[Any, ...]]) -> Sequence[Label]:
    """The names of the groups: quarters as on the committee's pages."""
    if chart.label == QUARTER:
        return quarter_labels(quarters(labels))
    return [" ".join(str(value) for value in label) for label in labels]


def quarters(labels: list[tuple[Any, ...]]) -> list[Quarter]:
    return [(year, number) for number, year in labels]


def beside(
    chart: Chart, rows: Sequence[Any], labels: list[tuple[Any, ...]], headings: dict[str, str]
) -> list[tuple[str, list[Value]]]:
    """One series for each column. Rows with the same name are summed."""
    return [(headings[name], [total(chart, rows, label, name) for label in labels]) for name in chart.series]


def split(chart: Chart, rows: Sequence[Any], labels: list[tuple[Any, ...]]) -> list[tuple[str, list[Value]]]:
    """One series for each value of the splitting column; the sum of them all where most are too small to be shown."""
    (name,) = chart.series
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(row[chart.split], []).append(row)
    drawn = {value: [total(chart, group, label, name) for label in labels] for value, group in groups.items()}
    together = drawn.pop(ALL, None)
    unknown = sum(value is None for values in drawn.values() for value in values)
    if together and 2 * unknown > len(labels) * len(drawn):
        return [(ALL, together)]
    return [(str(value), values) for value, values in drawn.items()]


def total(chart: Chart, rows: Sequence[Any], label: tuple[Any, ...], name: str) -> Value:
    """The number of a group: the sum of its rows, 0 where there are none, None where one of them is not known."""
    found = [row[name] for row in rows if tuple(row[column] for column in chart.label) == label]
    if None in found:
        return None
    return sum(found) if found or chart.form != "lines" else None
