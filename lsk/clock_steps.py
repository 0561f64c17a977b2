"""The steps of a case with a clock: when each was taken, who wrote it down and why, and the paragraph of that day.

The paragraphs are read from the law register by the day the report came: a report of May 2025 is under 14 kap. of the
act that was in force then, one of July 2025 under 27 kap. of the new one. The register may be mended in the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lsk import clocks
from lsk.capture import SEQUENCE_BITS
from lsk.records import title_of

COMPLAINT = ("klagomål", "synpunkt")
DONE, DONE_LATE, LATE, WAITS, NOT_NEEDED = "klar", "klar efter målet", "sen", "återstår", "krävs inte"


@dataclass(frozen=True)
class Kind:
    """A step of a track: its name, the record and field with its day, the provision (statute, designation), the goal.

    ``when``: SQL over the case, false where the step is not called for. ``why``: the field with the reasons.
    """

    name: str
    entity: str
    field: str
    provision: tuple[str, str] | None = None
    goal: str = ""
    when: str = "1"
    why: str = ""


SERIOUS = "i.assessment LIKE '%allvarlig%'"
TRACKS = {
    "lex Sarah": (
        Kind("Rapporten togs emot", "deviation", "received_on", ("SoL", "27 kap. 2 §")),
        Kind("Utredning inledd", "investigation", "started_on", ("SoL", "27 kap. 5 §")),
        Kind("Utredd och bedömd", "investigation", "finished_on", ("SoL", "27 kap. 5 §"),
             goal="lex_sarah_investigation_days", why="assessment_reason"),
        Kind("Anmäld till IVO", "investigation", "reported_to_ivo_on", ("SoL", "27 kap. 6 §"), when=SERIOUS),
        Kind("Nämnden underrättad", "investigation", "committee_notified_on", when=SERIOUS),
        Kind("Avslutad", "deviation", "closed_on"),
    ),
    "lex Maria": (
        Kind("Rapporten togs emot", "deviation", "received_on", ("PSL", "6 kap. 4 §")),
        Kind("Utredning inledd", "investigation", "started_on", ("PSL", "3 kap. 3 §")),
        Kind("Utredd och bedömd", "investigation", "finished_on", ("PSL", "3 kap. 3 §"),
             goal="lex_maria_investigation_days", why="assessment_reason"),
        Kind("Anmäld till IVO", "investigation", "reported_to_ivo_on", ("PSL", "3 kap. 5 §"), when=SERIOUS),
        Kind("Nämnden underrättad", "investigation", "committee_notified_on", when=SERIOUS),
        Kind("Avslutad", "deviation", "closed_on"),
    ),
    "klagomål": (
        Kind("Togs emot", "deviation", "received_on"),
        Kind("Besvarat och avslutat", "deviation", "closed_on", goal="complaint_answer_days", why="answer"),
    ),
}  # fmt: skip

CASE = """SELECT d.id, d.ref, d.kind, d.track, d.received_on, i.id AS investigation, i.assessment
  FROM deviation d LEFT JOIN investigation i ON i.id = (
    SELECT x.id FROM investigation x WHERE x.deviation = d.id
    ORDER BY x.kind = 'ordinär', x.started_on DESC, x.id LIMIT 1) WHERE d.id = ?"""

# The wording in force on a day, of a paragraph or of what it became or came from.
IN_FORCE = """WITH RECURSIVE kin(id) AS (
    SELECT p.id FROM provision p JOIN statute s ON s.id = p.statute WHERE s.short_name = ? AND p.designation = ?
    UNION SELECT p.id FROM kin JOIN provision p ON p.became = kin.id
    UNION SELECT p.became FROM kin JOIN provision p ON p.id = kin.id WHERE p.became IS NOT NULL)
  SELECT p.designation || ' ' || s.short_name || ' (' || s.number || ')' FROM kin JOIN provision p ON p.id = kin.id
  JOIN statute s ON s.id = p.statute
  WHERE ? BETWEEN coalesce(p.valid_from, s.valid_from, '') AND coalesce(p.valid_to, s.valid_to, '9999')
  ORDER BY coalesce(p.valid_from, s.valid_from, '') DESC LIMIT 1"""

WRITTEN_BY = f"""SELECT c.actor FROM sync_op o JOIN sync_column n ON n.tbl = o.tbl
    JOIN sync_cell v ON v.op = o.id AND v.col = n.no JOIN change_set c ON c.id = (
      SELECT max(x.id) FROM change_set x WHERE x.id <= o.id AND x.id >= o.id >> {SEQUENCE_BITS} << {SEQUENCE_BITS})
  WHERE o.row = ? AND n.name = ? AND v.new IS NOT NULL ORDER BY o.hlc DESC, o.id DESC LIMIT 1"""


@dataclass(frozen=True)
class Step:
    """A step taken or left. ``day`` is ISO or ""; ``goal`` says the local goal, which is no time of the act's."""

    name: str
    state: str
    day: str
    by: str
    why: str
    paragraph: str
    goal: str


def steps(db: sqlite3.Connection, deviation: str, today: date) -> list[Step]:
    """The steps of a case by its track; empty for a deviation that has no clock."""
    case = db.execute(CASE, (deviation,)).fetchone()
    track = case["track"] if case["track"] in clocks.TRACKS else "klagomål" if case["kind"] in COMPLAINT else ""
    return [one_step(db, case, kind, today) for kind in TRACKS.get(track, ())]


def one_step(db: sqlite3.Connection, case: sqlite3.Row, kind: Kind, today: date) -> Step:
    record = case["id"] if kind.entity == "deviation" else case["investigation"]
    row = db.execute(f'SELECT * FROM "{kind.entity}" WHERE id = ?', (record,)).fetchone()
    day = str(row[kind.field] or "") if row else ""
    days = goal_days(db, kind.goal)
    last = date.fromisoformat(case["received_on"]) + timedelta(days=days) if days else None
    return Step(
        kind.name,
        state(day, called_for(db, case, kind), last, today),
        day,
        " ".join(who(db, kind, row)) if day else "",
        why(row, kind) if day else "",
        in_force(db, kind.provision, case["received_on"]) if kind.provision else "",
        f"lokal målsättning {last.isoformat()}" if last else "",
    )


def state(day: str, called_for: bool, last: date | None, today: date) -> str:
    if day:
        return DONE_LATE if last and last.isoformat() < day else DONE
    if not called_for:
        return NOT_NEEDED
    return LATE if last and last < today else WAITS


def called_for(db: sqlite3.Connection, case: sqlite3.Row, kind: Kind) -> bool:
    """Whether the case asks for the step; before it is judged nobody knows, and it remains."""
    if kind.when == "1" or case["assessment"] is None:
        return True
    sql = f"SELECT {kind.when} FROM investigation i WHERE i.id = ?"
    return bool(db.execute(sql, (case["investigation"],)).fetchone()[0])


def goal_days(db: sqlite3.Connection, key: str) -> int:
    row = db.execute("SELECT CAST(value AS INTEGER) FROM setting WHERE key = ?", (key,)).fetchone()
    return max(0, row[0] or 0) if row else 0


def why(row: sqlite3.Row, kind: Kind) -> str:
    """What was decided and the reasons written down."""
    told = [row[name] for name in ("assessment", kind.why) if kind.why and name in row.keys()]  # noqa: SIM118
    return ": ".join(text for text in told if text)


def who(db: sqlite3.Connection, kind: Kind, row: sqlite3.Row) -> Iterator[str]:
    """The role that answers for the step, and who wrote it down."""
    role = row["investigator_role"] if kind.entity == "investigation" else row["received_by"]
    if role:
        yield title_of(db, "role", role)
    written = db.execute(WRITTEN_BY, (row["id"], kind.field)).fetchone()
    if written and written[0]:
        yield f"(skrevs in av {written[0]})"


def in_force(db: sqlite3.Connection, provision: tuple[str, str], day: str) -> str:
    """The paragraph as it was called on a day; "" where the register of the file does not know."""
    row = db.execute(IN_FORCE, (*provision, day)).fetchone()
    return str(row[0]) if row else ""
