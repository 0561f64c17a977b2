"""The day an obligation's rule gives for a period, and which days people work in Sweden.

A rule (the field ``due_rule``) is written as a person says it:

- ``03-01``: that day, the first time it comes when the period is over. 02-29 is 28 February in other years.
- ``08-20 samma år``: that day in the year the period ends, for what is not about time that has been.
- ``+30``: so many days after the period. ``+10 vardagar``: so many working days after it.

A red day stays as it is, for an act that says 1 March means 1 March. ``vardag före`` or ``vardag efter`` last in the
rule moves it to the working day before or after.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

RULE = re.compile(
    r"(?:(?P<month>\d\d)-(?P<day>\d\d)(?P<same> samma år)?|\+(?P<days>\d{1,3})(?P<working> vardagar)?)"
    r"(?: vardag (?P<shift>före|efter))?",
    re.ASCII,
)
LEAP_YEAR = 2024
ONE_DAY = timedelta(days=1)


def fault(rule: str, cadence: str) -> str:
    """Why the rule gives no day for periods of this cadence, as the end of a sentence; "" when it does."""
    match = RULE.fullmatch(rule)
    if match is None:
        return f"”{rule}” går inte att läsa; skriv till exempel 03-01, +30 eller 03-01 vardag efter"
    if match["month"] is None:
        return ""
    try:
        date(LEAP_YEAR, int(match["month"]), int(match["day"]))
    except ValueError:
        return f"”{rule}” är ingen dag i almanackan"
    return "" if cadence == "år" else f"”{rule}” är en dag om året, men uppgiften återkommer varje {cadence}; skriv +30"


def due(rule: str, last: date) -> date:
    """The day for the period that ends on ``last``. The rule has no ``fault``."""
    match = RULE.fullmatch(rule)
    assert match is not None, rule
    if match["month"] is not None:
        first = date(last.year, 1, 1) if match["same"] else last
        day = next_such_day(int(match["month"]), int(match["day"]), first)
    elif match["working"]:
        day = working_days_after(last, int(match["days"]))
    else:
        day = last + timedelta(days=int(match["days"]))
    return shifted(day, match["shift"])


def next_such_day(month: int, number: int, first: date) -> date:
    """The first such day of a year that is not before ``first``; the last of February where there is no 29th."""
    from dateutil.rrule import YEARLY, rrule

    month_days = (28, 29) if (month, number) == (2, 29) else (number,)
    found = rrule(YEARLY, dtstart=first, bymonth=month, bymonthday=month_days, bysetpos=-1, count=1)
    return found[0].date()


def working_days_after(day: date, count: int) -> date:
    for _ in range(count):
        day = shifted(day + ONE_DAY, "efter")
    return day


def shifted(day: date, way: str | None) -> date:
    """The day itself, or the working day before (före) or after (efter) when it is red."""
    step = {"före": -ONE_DAY, "efter": ONE_DAY}.get(way or "")
    while step and red(day):
        day += step
    return day


def red(day: date) -> bool:
    """Whether Sweden has the day off: Saturdays, Sundays, holidays, and the eves that are as holidays."""
    return day.weekday() >= 5 or day in holidays_of(day.year)


@lru_cache(maxsize=8)
def holidays_of(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("SE", years=year, categories=("public", "de_facto")))
