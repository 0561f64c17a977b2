"""The year wheel's lines: a month with its load as a bar, and what falls due in a month by kind."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lsk import year_wheel
from lsk.due import DUE
from lsk.store import Store
from lsk.terms import Terms, numbered
from lsk.year_wheel import MOST, Due, Month
from lsk_tui.lines import Jump, Line
from lsk_tui.words import MONTHS, cut

DAYLESS = 13  # what comes after the twelve months: what no day has been set for
LABEL = 9
SIGNS = {"klar": "■", "sen": "!", "": "□"}


@dataclass(frozen=True)
class Year:
    """``this_month`` is None in another year than this one; ``dayless`` counts obligations without a day."""

    number: int
    months: list[Month]
    dayless: int
    this_month: int | None

    @property
    def told(self) -> str:
        """The year in a sentence."""
        total, late = sum(m.total for m in self.months), sum(m.late for m in self.months)
        if not total:
            return f"Inget har en dag {self.number}. Lägg in när de återkommande uppgifterna ska göras."
        done = sum(m.done for m in self.months)
        parts = [numbered(done, "klar", "klara"), numbered(late, "sen", "sena"), f"{total - done - late} kvar"]
        return f"{total} att göra {self.number}: {', '.join(parts)}"


def year(store: Store, number: int, units: tuple[str, ...] | None) -> Year:
    months = year_wheel.months(store.db, number, store.today, units)
    this = store.today.month if store.today.year == number else None
    return Year(number, months, len(year_wheel.dayless(store.db, number)), this)


def month_lines(year: Year, width: int) -> list[Line]:
    """A line for each month, with a bar of at most ``width`` signs; the longest bar is the heaviest month."""
    heaviest = max((month.total for month in year.months), default=0)
    lines = []
    for month in year.months:
        name = MONTHS[month.number - 1][:3]
        now = "›" if month.number == year.this_month else " "
        text = f"{bar(month, min(1.0, width / heaviest)) if heaviest else '':<{width}} {month.total or '–':>3}"
        lines.append(Line(text, f"{now}{name}", month.number, one_line=True, label_width=4))
    return [*lines, Line(f"Utan dag: {year.dayless}", " ", DAYLESS, one_line=True, label_width=4)]


def bar(month: Month, scale: float) -> str:
    """Done, late and coming as signs; what there is any of has at least one."""
    parts = ((month.done, "■"), (month.late, "!"), (month.coming, "□"))
    return "".join(sign * max(int(n * scale), 1) for n, sign in parts if n)


def of_month(store: Store, number: int, month: int, units: tuple[str, ...] | None) -> list[Line]:
    """What falls due in a month, kind by kind; for the place after the twelfth the obligations without a day."""
    if month == DAYLESS:
        return without_day(year_wheel.dayless(store.db, number), number)
    lines: list[Line] = []
    for entity in DUE:
        found, n = year_wheel.falling_due(store.db, entity, number, month, store.today, units)
        if found:
            heading = f"{heading_of(entity, store.terms)}, {MONTHS[month - 1]} ({n})"
            lines += [Line("", heading=True)] * bool(lines) + [Line(heading, heading=True)]
            lines += [due_line(due, units) for due in found]
            if n > len(found):
                where, values = year_wheel.where(entity, f"{number}-{month:02}", units)
                title = f"{heading_of(entity, store.terms)}: {MONTHS[month - 1]} {number}"
                lines.append(Line(f"alla {n}", "…", Jump(entity, None, "", where, values, title), label_width=LABEL))
    return lines or [Line(f"Inget ska vara klart i {MONTHS[month - 1]} {number}.", heading=True)]


def heading_of(entity: str, terms: Terms) -> str:
    """What of a kind has the day: a version is to be reviewed, a decision followed up; others are to be done."""
    label = terms.entity_label("obligation" if entity == "occurrence" else entity, many=True)
    day = DUE[entity].day
    return label if day == "due" else f"{label}, {terms.field_label(entity, day).lower()}"


def due_line(due: Due, units: tuple[str, ...] | None) -> Line:
    whose = f"{due.unit}: " if due.unit and (units is None or len(units) > 1) else ""
    label = f"{int(due.day[8:]):>2} {SIGNS[due.state]} {due.state}"
    return Line(
        f"{whose}{cut(due.title, 120)}", label, Jump(due.entity, due.id), faint=due.state == "klar", label_width=LABEL
    )


def without_day(rows: list[sqlite3.Row], number: int) -> list[Line]:
    if not rows:
        return [Line(f"Alla återkommande uppgifter har en dag {number}.", heading=True)]
    lines = [Line(row["name"], row["cadence"] or "", Jump("obligation", row["id"]), label_width=12) for row in rows]
    return [Line(f"Varken planerade eller gjorda {number}", heading=True), *lines[: MOST * 3]]
