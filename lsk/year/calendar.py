"""The calendar file (iCalendar, RFC 5545): all-day events that a calendar program updates rather than doubles.

An event is known by the id of its record. How far it has been revised follows from the log: the seconds to the latest
change of the record or of what it comes of, so every copy of the file says the same, and a later one says more.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from lsk.capture import DELETE
from lsk.history import CELLS
from lsk.year.entries import Entry, entries

COUNTED_FROM = datetime(2020, 1, 1, tzinfo=UTC)  # SEQUENCE holds 31 bits: enough to 2088
CHANGED = """SELECT o.row, max(o.hlc >> 16) AS at FROM sync_op o
  WHERE o.row IN (SELECT value FROM json_each(?)) GROUP BY o.row"""
TAKEN_AWAY = f"""SELECT row, old AS day, max(hlc >> 16) AS at FROM (
    {CELLS} WHERE o.kind = {DELETE} AND n.entity = 'occurrence' AND n.name = 'due'
      AND (:units = 'null' OR o.unit IN (SELECT value FROM json_each(:units))))
  WHERE old >= :first AND row NOT IN (SELECT id FROM occurrence) GROUP BY row ORDER BY row"""


def calendar(db: sqlite3.Connection, first: date, name: str, units: Sequence[str] | None = None) -> tuple[bytes, int]:
    """The file's bytes, and how many events it has, from a day on; of some units, or of all.

    What was planned and then dropped is in it as cancelled, so that it leaves the calendars it has come to.
    """
    from icalendar import Calendar

    found = entries(db, first.isoformat(), units)
    ids = {entry.id for entry in found} | {entry.about for entry in found if entry.about}
    changed = dict(db.execute(CHANGED, (json.dumps(sorted(ids)),)).fetchall())
    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", "-//LSK//Årshjul//SV")
    made.add("x-wr-calname", name)
    for entry in found:
        at = max(changed.get(entry.id, 0), changed.get(entry.about, 0))
        made.add_component(event(entry, at))
    for row in db.execute(TAKEN_AWAY, {"first": first.isoformat(), "units": json.dumps(units)}):
        gone = whole_day(row["row"], date.fromisoformat(row["day"]), "Utgår", row["at"])
        gone.add("status", "CANCELLED")
        made.add_component(gone)
    return made.to_ical(), len(found)


def event(entry: Entry, at: int) -> Any:
    """The event of an entry whose latest change was at ``at`` (milliseconds since 1970)."""
    from icalendar import Alarm

    made = whole_day(entry.id, date.fromisoformat(entry.day), ("Klar: " if entry.done else "") + entry.words, at)
    if not entry.done and entry.lead:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.words)
        alarm.add("trigger", timedelta(days=-entry.lead))
        made.add_component(alarm)
    return made


def whole_day(record: str, day: date, words: str, at: int) -> Any:
    """An all-day event: dates without a clock, so neither time zone nor daylight saving can move it."""
    from icalendar import Event

    revised = datetime.fromtimestamp(at // 1000, UTC)
    made = Event()
    made.add("uid", f"{record}@lsk")
    made.add("dtstamp", revised)
    made.add("last-modified", revised)
    made.add("sequence", max(0, int((revised - COUNTED_FROM).total_seconds())))
    made.add("dtstart", day)
    made.add("dtend", day + timedelta(days=1))
    made.add("summary", words)
    made.add("transp", "TRANSPARENT")
    return made


def save(content: bytes, path: Path) -> None:
    """Write the file whole or not at all."""
    work = path.with_name(path.name + ".ny")
    try:
        work.write_bytes(content)
        work.replace(path)
    finally:
        work.unlink(missing_ok=True)
