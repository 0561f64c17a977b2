"""The calendar file: whole days, known by the same id for ever, revised by a number that grows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from lsk.change import Record
from lsk.cli import main
from lsk.year.calendar import calendar, whole_day
from tests.town import Town

FIRST = date(2028, 1, 1)


@pytest.fixture
def place(town: Callable[[str], Town]) -> Town:
    found = town("ragunda")
    for name in ("NORD", "SYD"):
        found.add("unit", name=f"Enhet {name}", short_name=name, level="enhet")
    return found


def occurrence(place: Town, unit: str | None = "NORD", **values: Any) -> Record:
    about = place.db.execute("SELECT id FROM obligation WHERE name = 'Utvalda avvikelser'").fetchone()[0]
    given = {"obligation": about, "unit": unit, "period": "2027 kvartal 4", "due": "2028-02-29"}
    return place.add("occurrence", **(given | values))


def events(place: Town, units: list[str] | None = None) -> dict[str, Any]:
    content, _ = calendar(place.db, FIRST, "Årshjul, Exempel", units)
    return {str(event["uid"]): event for event in Calendar.from_ical(content).walk("VEVENT")}


def test_an_event_is_the_whole_day_also_on_a_leap_day_and_when_the_clocks_change(place: Town) -> None:
    days = ("2028-02-29", "2028-03-26", "2028-10-29", "2028-12-31")
    for number, day in enumerate(days, 1):
        occurrence(place, period=f"2028 kvartal {number}", due=day)
    content, count = calendar(place.db, FIRST, "Årshjul")
    assert count == len(days) and b"DTSTART;VALUE=DATE:20280229\r\nDTEND;VALUE=DATE:20280301" in content
    assert b"TZID" not in content
    spans = [(e["dtstart"].dt, e["dtend"].dt) for e in events(place).values()]
    assert spans == [(date.fromisoformat(day), date.fromisoformat(day) + timedelta(days=1)) for day in days]


def test_a_moved_day_is_the_same_event_with_a_higher_number(place: Town) -> None:
    record = occurrence(place)
    (before,) = events(place).values()
    assert before["uid"] == f"{record.id}@lsk" and before["summary"] == "Utvalda avvikelser, 2027 kvartal 4 (NORD)"
    later = before["dtstamp"].dt + timedelta(hours=1)
    place.change("occurrence", record, due="2028-03-15")
    move_log(place, record.id, later)
    (after,) = events(place).values()
    assert after["uid"] == before["uid"] and after["dtstart"].dt == date(2028, 3, 15)
    assert after["sequence"] == before["sequence"] + 3600 and after["dtstamp"].dt == later
    assert after["last-modified"].dt == later


def move_log(place: Town, record: str, at: datetime) -> None:
    """Say in the log that the latest change of a record was made at another time."""
    newest = place.db.execute("SELECT max(id) FROM sync_op WHERE row = ?", (record,)).fetchone()[0]
    place.db.execute("UPDATE sync_op SET hlc = ? << 16 WHERE id = ?", (int(at.timestamp() * 1000), newest))


def test_two_calls_write_the_same_bytes_and_a_renamed_obligation_a_new_number(place: Town) -> None:
    record = occurrence(place)
    assert calendar(place.db, FIRST, "Å") == calendar(place.db, FIRST, "Å")
    about = place.get("occurrence", record)["obligation"]
    (before,) = events(place).values()
    place.change("obligation", Record(about, ""), name="Utvalda avvikelser och åtgärder")
    move_log(place, about, before["dtstamp"].dt + timedelta(minutes=5))
    (after,) = events(place).values()
    assert after["sequence"] == before["sequence"] + 300 and "och åtgärder" in after["summary"]


def test_only_the_unit_asked_for_and_only_from_the_day(place: Town) -> None:
    occurrence(place, "NORD")
    occurrence(place, "SYD")
    occurrence(place, "NORD", period="2027 kvartal 1", due="2027-12-31")
    found = events(place, [place.the("unit", "NORD").id])
    assert [e["summary"] for e in found.values()] == ["Utvalda avvikelser, 2027 kvartal 4 (NORD)"]


def test_what_is_done_is_called_done_without_an_alarm_and_what_is_dropped_is_cancelled(place: Town) -> None:
    done, gone = occurrence(place, "NORD"), occurrence(place, "SYD")
    assert [alarm["trigger"].dt for alarm in events(place)[f"{gone.id}@lsk"].walk("VALARM")] == [timedelta(days=-30)]
    place.change("occurrence", done, status="klar", done_on="2026-01-02", evidence_text="Rapport")
    with place.store.change("Anna") as change:
        change.delete("occurrence", gone.id)
    found = events(place)
    assert found[f"{done.id}@lsk"]["summary"].startswith("Klar: ") and not found[f"{done.id}@lsk"].walk("VALARM")
    assert found[f"{gone.id}@lsk"]["status"] == "CANCELLED"
    assert found[f"{gone.id}@lsk"]["dtstart"].dt == date(2028, 2, 29)
    assert list(events(place, [place.the("unit", "NORD").id])) == [f"{done.id}@lsk"]


def test_nothing_of_a_case_is_in_the_calendar(place: Town) -> None:
    place.add("action", text="Samtal med Kerstin i lägenhet 12", due="2028-05-02", unit="NORD")
    content, count = calendar(place.db, FIRST, "Årshjul")
    assert count == 1 and b"Kerstin" not in content


def test_the_number_of_revisions_never_goes_below_nought() -> None:
    event = whole_day("x", date(2028, 2, 29), "Å", 0)
    assert event["sequence"] == 0 and event["dtstamp"].dt == datetime(1970, 1, 1, tzinfo=UTC)


def test_the_command_writes_the_file_whole(
    place: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    occurrence(place)
    to = tmp_path / "årshjul.ics"

    def run(*args: str) -> int:
        with pytest.raises(SystemExit) as end:
            main(["calendar", str(place.store.path), *args])
        return int(str(end.value.code))

    assert run("--to", str(to), "--year", "2028", "--unit", "NORD") == 0
    assert "1 händelser från och med 2028-01-01" in capsys.readouterr().out
    assert len(Calendar.from_ical(to.read_bytes()).walk("VEVENT")) == 1
    assert run("--to", str(tmp_path / "årshjul.txt")) == 2
    assert ".ics" in capsys.readouterr().err
    assert run("--to", str(tmp_path / "finns inte" / "x.ics")) == 1
    assert run("--to", str(to), "--unit", "ÖST") == 1
    assert sorted(path.name for path in tmp_path.glob("*ics*")) == ["årshjul.ics"]
