"""The cycle of complaints as lines: for each department how many stand in each step, and what is missing."""

from __future__ import annotations

from lsk import complaint_cycle
from lsk.complaint_cycle import Department
from lsk_tui.lines import Jump, Line

LABEL = 36
LONGEST = 30  # signs in a bar


def lines(words: list[str], departments: list[Department], year: int) -> list[Line]:
    """For each department, and for all when there are several, the steps and what is missing."""
    if not departments:
        return [Line(f"Inga klagomål eller synpunkter har kommit in {year}.", heading=True)]
    found: list[Line] = []
    scale = min(1.0, LONGEST / max(max(department.steps) for department in departments))
    if len(departments) > 1:
        steps = tuple(sum(n) for n in zip(*(d.steps for d in departments), strict=True))
        waiting, unmet = (sum(getattr(d, name) for d in departments) for name in ("not_acted_on", "unmet_needs"))
        every = Department("Alla avdelningar", (), steps, waiting, unmet)
        found += [*block(words, every, None, year, min(1.0, LONGEST / max(steps))), Line("", heading=True)]
    for department in departments:
        found += [*block(words, department, department, year, scale), Line("", heading=True)]
    return found[:-1]


def block(words: list[str], counted: Department, whose: Department | None, year: int, scale: float) -> list[Line]:
    def leading(text: str, label: str, title: str, *more: str) -> Line:
        where, values = complaint_cycle.where(year, whose, *more)
        jump = Jump("deviation", where=where, params=values, title=f"{counted.name}: {title}")
        return Line(text, label, jump, label_width=LABEL)

    found = [Line(f"{counted.name} ({counted.total})", heading=True)]
    for number, (word, n) in enumerate(zip(words, counted.steps, strict=True)):
        text = f"{'■' * max(int(n * scale), 1) if n else ''} {n}".strip()
        found.append(leading(text, word, word, f"t.status IN {complaint_cycle.in_step(number)}"))
    late = f"! {counted.not_acted_on}" if counted.not_acted_on else "0"
    found.append(leading(late, "ej åtgärdade", "ej åtgärdade", complaint_cycle.NOT_ACTED_ON))
    unmet = "nya eller ej tillgodosedda behov"
    found.append(leading(str(counted.unmet_needs), unmet, unmet, complaint_cycle.UNMET))
    return found
