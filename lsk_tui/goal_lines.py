"""The goal tree's lines: a goal with what it lacks, an indicator with outcome, target and the way there."""

from __future__ import annotations

from lsk.goal_tree import Goal, Indicator, sparkline
from lsk.terms import Terms, numbered
from lsk_tui.lines import Jump, Line

WAY = {"högre": "↑", "lägre": "↓"}
SIGNS = {"negativ": "✗", "positiv": "✓", "ingen": "✓", "": ""}
LEGEND = "✓ når målet · ✗ når inte målet · ↑ högre är bättre · ↓ lägre är bättre"


def told(goals: list[Goal]) -> str:
    """How many goals, and what is missing."""
    every = list(all_of(goals))
    short = sum(1 for goal in every for i in goal.indicators if i.outcomes and i.outcomes[-1].verdict == "negativ")
    parts = [
        f"{numbered(len(goals), 'överordnat mål', 'överordnade mål')}, {numbered(len(every), 'mål', 'mål')} i allt"
    ]
    for gap in ("saknar aktivitet", "saknar indikator"):
        n = sum(gap in goal.gaps for goal in every)
        parts += [f"{n} {gap}"] * bool(n)
    return " · ".join([*parts, f"{numbered(short, 'indikator', 'indikatorer')} når inte målet"])


def all_of(goals: list[Goal] | tuple[Goal, ...]) -> list[Goal]:
    return [found for goal in goals for found in (goal, *all_of(goal.below))]


def path_to(goals: list[Goal] | tuple[Goal, ...], record: str) -> list[Goal]:
    """The goals from the top down to the one that ``record`` is, or that the indicator belongs to."""
    for goal in goals:
        if goal.id == record or any(indicator.id == record for indicator in goal.indicators):
            return [goal]
        below = path_to(goal.below, record)
        if below:
            return [goal, *below]
    return []


def goal_lines(goals: list[Goal], folded: set[str], width: int, terms: Terms) -> list[Line]:
    if not goals:
        return [Line("Inga mål är inlagda. Enter går till listan, där n lägger till det första.", target=Jump("goal"))]
    level = ""
    lines: list[Line] = []
    for goal in goals:
        if goal.level != level:
            level = goal.level
            lines += [Line("", heading=True)] * bool(lines) + [Line(f"{level[:1].upper()}{level[1:]}", heading=True)]
        lines += lines_of(goal, folded, 0, width)
    return lines


def lines_of(goal: Goal, folded: set[str], depth: int, width: int) -> list[Line]:
    """A goal, its indicators and the goals below it."""
    has_more, is_folded = bool(goal.below or goal.indicators), goal.id in folded
    sign = "▸" if is_folded and has_more else "▾" if has_more else "•"
    number = f"{goal.number} " if goal.number is not None and not depth else ""
    parts = [f"{sign} {number}{goal.title}"]
    parts += [word for word in (f"{goal.direction[:1].upper()}{goal.direction[1:]}", goal.focus) if word]
    if goal.unit and goal.unit not in goal.title:
        parts.append(goal.unit)
    if goal.activities:
        parts.append(numbered(goal.activities, "aktivitet", "aktiviteter"))
    parts += [f"! {gap}" for gap in goal.gaps]
    line = Line(" · ".join(parts), target=Jump("goal", goal.id), indent=2 * depth)
    if is_folded:
        return [line]
    own = [indicator_line(indicator, 2 * depth + 2, width) for indicator in goal.indicators]
    return [line, *own, *(line for child in goal.below for line in lines_of(child, folded, depth + 1, width))]


def indicator_line(indicator: Indicator, indent: int, width: int) -> Line:
    """ "Andel … ▂▅▇ 87 %  mål ↑ 90  ✗ -3"."""
    room = max(width // 2 - indent - 2, 16)
    return Line(figures(indicator), indicator.name, Jump("indicator", indicator.id), indent=indent, label_width=room)


def figures(indicator: Indicator) -> str:
    """The outcomes over time, the latest, the target, and whether it is reached and by how much it is missed."""
    target = "inget målvärde" if indicator.target is None else f"mål {WAY[indicator.better]} {number(indicator.target)}"
    if not indicator.outcomes:
        return f"! inget utfall  {target}"
    last = indicator.outcomes[-1]
    measure = " %" if indicator.measure in ("%", "procent") else ""
    line = sparkline([outcome.value for outcome in indicator.outcomes])
    parts = [f"{line} {number(last.value)}{measure}", target]
    if last.verdict and indicator.target is not None:
        gap = last.value - indicator.target
        more = "+" if gap > 0 else ""
        parts.append(f"{SIGNS[last.verdict]} {more}{number(gap)}" if gap else SIGNS[last.verdict])
    if last.measured > 1:
        parts.append(f"medel av {last.measured}, {last.short} når inte")
    return "  ".join(parts)


def number(value: float) -> str:
    """ "87", "87,5", "−3"."""
    return f"{round(value, 1):g}".replace(".", ",").replace("-", "−")
