"""The periods that a cadence divides time into: a year, a quarter, each with its name and its last day."""

from __future__ import annotations

from datetime import date, timedelta

MONTHS = {"månad": 1, "kvartal": 3, "tertial": 4, "halvår": 6, "år": 12}


def periods(cadence: str, start: date, end: date) -> list[tuple[str, date]]:
    """(name, last day) of each whole period that ends between the two days. KeyError: a cadence without length."""
    from dateutil.rrule import MONTHLY, rrule

    step = MONTHS[cadence]
    # The first day after each period; the day before it is the period's last, whatever the length of February.
    after = rrule(MONTHLY, dtstart=date(start.year, 1, 1), until=end + timedelta(days=1), interval=step)
    last_days = [moment.date() - timedelta(days=1) for moment in after]
    return [(named(cadence, last), last) for last in last_days if start <= last <= end]


def named(cadence: str, last: date) -> str:
    """What the period that ends on ``last`` is called: "2026", "2026 kvartal 1"."""
    number = -(-last.month // MONTHS[cadence])
    return str(last.year) if cadence == "år" else f"{last.year} {cadence} {number}"
