"""Clocks that run: lex Sarah and lex Maria cases to be investigated or notified, and complaints to be answered.

The acts say *genast*, *utan dröjsmål* and *snarast*, no number of days. A number is the municipality's own goal and
is called that; the two months after a notification are likely but not read in the source, and are called that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lsk import capture
from lsk.model import ENTITIES
from lsk.schema import quote

SERIOUS = "a_serious_case_is_reported_to_ivo"  # the rule that says of a case what its clock says

# For each track: the setting with the municipality's own number of days, the word of the act, where more is said.
TRACKS = {
    "lex Sarah": ("lex_sarah_investigation_days", "genast", "SOSFS 2011:5"),
    "lex Maria": ("lex_maria_investigation_days", "snarast", "HSLF-FS 2017:41"),
}

UNDER_WAY = "i.deviation = t.id AND i.kind = t.track AND i.finished_on IS NULL"

# ``to_notify``: judged serious and not yet notified. The goal counts from the day the report came.
CASES = f"""
  SELECT t.id AS deviation, i.id AS investigation, t.track, t.received_on AS since, i.reported_to_ivo_on AS reported,
    0 AS to_notify, (SELECT CAST(s.value AS INTEGER) FROM setting s
      WHERE s.key = CASE t.track {{goals}} END AND CAST(s.value AS INTEGER) > 0) AS days
  FROM deviation t LEFT JOIN investigation i ON {UNDER_WAY}
  WHERE t.track IN ({{tracks}}) AND t.status <> 'avslutad' AND {{mine}} AND (i.id IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM investigation f WHERE f.deviation = t.id AND f.finished_on IS NOT NULL))
  UNION ALL
  SELECT t.id, i.id, i.kind, coalesce(i.finished_on, i.started_on, t.received_on), NULL, 1, NULL
  FROM investigation i CROSS JOIN deviation t ON t.id = i.deviation
  WHERE i.kind IN ({{tracks}}) AND i.assessment LIKE '%allvarlig%' AND i.reported_to_ivo_on IS NULL AND {{mine}}"""

CLOCKS = """SELECT *, CASE WHEN to_notify THEN NULL WHEN reported IS NOT NULL THEN date(reported, '+2 months')
    WHEN days IS NOT NULL THEN date(since, '+' || days || ' days') END AS until, count(*) OVER () AS n
  FROM ({cases}) ORDER BY NOT (to_notify OR ifnull(until < today(), 0)), ifnull(until, since), since, deviation
  LIMIT ?"""

# A complaint that has no answer, where the municipality has a goal for when it should have one.
COMPLAINTS = """SELECT t.id AS deviation, NULL AS investigation, t.kind AS track, t.received_on AS since,
    NULL AS reported, 0 AS to_notify, CAST(s.value AS INTEGER) AS days
  FROM setting s CROSS JOIN deviation t WHERE s.key = 'complaint_answer_days' AND CAST(s.value AS INTEGER) > 0
    AND t.kind IN ('klagomål', 'synpunkt') AND t.status <> 'avslutad' AND t.answer IS NULL
    AND ifnull(t.track, '') NOT IN ({tracks}) AND {mine}"""


def waiting_for_answer() -> str:
    """SQL for the ids of the complaints and views that have such a clock."""
    return f"SELECT deviation FROM ({COMPLAINTS.format(tracks=', '.join(map(quote, TRACKS)), mine='1')})"


@dataclass(frozen=True)
class Clock:
    """A case that has a time. ``until`` is None where only the word of the act is known. ``asks``: what, in words."""

    deviation: str
    investigation: str | None
    track: str
    since: date
    until: date | None
    asks: str


def running(
    db: sqlite3.Connection, most: int, units: Sequence[str] = (), cases: str = CASES
) -> tuple[list[Clock], int]:
    """The clocks of lex cases, of the units if any are named, and how many there are in all.

    First what is past its time or is to be notified at once, then what runs out first.
    """
    owner = capture.owner(ENTITIES["deviation"], "t")
    asked_for = cases.format(
        goals=" ".join(f"WHEN {quote(track)} THEN {quote(about[0])}" for track, about in TRACKS.items()),
        tracks=", ".join(map(quote, TRACKS)),
        mine=f"{owner} IN ({', '.join(map(quote, units))})" if units else "1",
    )
    rows = db.execute(CLOCKS.format(cases=asked_for), (most,)).fetchall()
    return [clock(row) for row in rows], rows[0]["n"] if rows else 0


def unanswered(db: sqlite3.Connection, most: int, units: Sequence[str] = ()) -> tuple[list[Clock], int]:
    """The clocks of complaints and views that wait for an answer, as ``running``."""
    return running(db, most, units, COMPLAINTS)


def clock(row: sqlite3.Row) -> Clock:
    until = date.fromisoformat(row["until"]) if row["until"] else None
    return Clock(
        row["deviation"], row["investigation"], row["track"], date.fromisoformat(row["since"]), until, asked(row)
    )


def asked(row: sqlite3.Row) -> str:
    """What is to be done, and how sure the time for it is."""
    if row["track"] not in TRACKS:
        return f"besvaras; lokal målsättning {row['days']} dagar"
    _, word, more = TRACKS[row["track"]]
    if row["to_notify"]:
        return "anmäls till IVO snarast"
    if row["reported"]:
        return f"anmäld till IVO; utredningen väntas troligen inom två månader, kontrollera i {more}"
    if row["days"]:
        return f"utreds {word}; lokal målsättning {row['days']} dagar"
    return f"utreds {word}; ingen lokal målsättning är satt"
