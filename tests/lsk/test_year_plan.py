"""The plan of a year: new, changed and dropped with a reason, and nothing written before it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lsk.change import Record
from lsk.cli import main
from lsk.store import Store
from lsk.year.plan import Plan, plan, write
from tests.town import Town

Make = Callable[[str], Town]


@pytest.fixture
def jarva(town: Make) -> Town:
    """Järva with two units with health care, of which one, B, has been closed."""
    place = town("jarva")
    for name, closed in (("A", None), ("B", "2026-06-30")):
        place.add("unit", name=f"Hemtjänst {name}", short_name=name, level="enhet", parent="SDF", has_health_care=1,
                  active_to=closed)  # fmt: skip
    return place


def obligation(place: Town, **values: object) -> Record:
    given = {"name": "Prov", "cadence": "kvartal", "due_rule": "+30", "applies_to": "varje enhet", "force": "ska"}
    return place.add("obligation", **(given | values))


def about(planned: Plan, name: str = "Prov") -> list[tuple[str | None, str, str]]:
    return [(item.unit_name, item.period, item.due) for item in planned.new if item.name == name]


def test_a_year_holds_what_falls_due_in_it_for_each_unit_that_was_there(jarva: Town) -> None:
    obligation(jarva)
    assert about(plan(jarva.store, 2026)) == [
        ("A", "2025 kvartal 4", "2026-01-30"), ("B", "2025 kvartal 4", "2026-01-30"),
        ("A", "2026 kvartal 1", "2026-04-30"), ("B", "2026 kvartal 1", "2026-04-30"),
        ("A", "2026 kvartal 2", "2026-07-30"), ("B", "2026 kvartal 2", "2026-07-30"),
        ("A", "2026 kvartal 3", "2026-10-30"),
    ]  # fmt: skip
    report = about(plan(jarva.store, 2027), "Patientsäkerhetsberättelse")
    assert report == [("A", "2026", "2027-03-31")]  # not the department, not the closed unit


def test_a_plan_that_is_written_leaves_nothing_to_plan_and_is_one_change_set(jarva: Town) -> None:
    obligation(jarva)
    before = jarva.db.execute("SELECT count(*) FROM change_set").fetchone()[0]
    planned = plan(jarva.store, 2027)
    write(jarva.store, planned, "Anna")
    assert jarva.db.execute("SELECT count(*) FROM change_set").fetchone()[0] == before + 1
    assert jarva.db.execute("SELECT count(*) FROM occurrence").fetchone()[0] == len(planned.new) == planned.writes
    again = plan(jarva.store, 2027)
    assert (again.writes, again.there, planned.there) == (0, len(planned.new), 0)


def test_roll_over_shows_what_changed_and_why_what_is_dropped_is_dropped(jarva: Town) -> None:
    prov = obligation(jarva)
    write(jarva.store, plan(jarva.store, 2026), "Anna")
    write(jarva.store, plan(jarva.store, 2027), "Anna")
    unit = jarva.the("unit", "A")

    jarva.change("unit", unit, active_to="2027-05-31")
    dropped = {(gone.unit_name, gone.period): gone.reason for gone in plan(jarva.store, 2027).dropped}
    assert dropped["A", "2027 kvartal 2"] == "A upphörde 2027-05-31"
    assert ("A", "2027 kvartal 1") not in dropped
    assert dropped["B", "2026 kvartal 2"] == "B upphörde 2026-06-30"  # there in 2026, not any more in 2027
    jarva.change("unit", unit, active_to=None)

    jarva.change("obligation", prov, due_rule="+45")
    changed = [(c.item.period, c.before, c.item.due) for c in plan(jarva.store, 2027).changed]
    assert ("2027 kvartal 1", "2027-04-30", "2027-05-15") in changed

    jarva.change("obligation", prov, cadence="halvår")
    reasons = {gone.reason for gone in plan(jarva.store, 2027).dropped if gone.record}
    assert reasons == {"uppgiften återkommer nu varje halvår"}

    jarva.change("obligation", prov, applies_to="hela verksamheten")
    reasons = {gone.reason for gone in plan(jarva.store, 2027).dropped if gone.unit_name == "A" and gone.name == "Prov"}
    assert reasons == {"uppgiften gäller nu hela verksamheten"}


def test_what_is_begun_done_or_added_by_hand_is_never_dropped_or_moved_when_done(jarva: Town) -> None:
    prov = obligation(jarva)
    unit = jarva.the("unit", "A").id
    begun, by_hand, done = (
        jarva.add("occurrence", obligation=prov.id, unit=unit, period=period, due="2027-04-01", status=status)
        for period, status in (("2027", "pågår"), ("extra i april", "kommande"), ("2027 kvartal 1", "klar"))
    )
    jarva.change("obligation", prov, applies_to="hela verksamheten")
    planned = plan(jarva.store, 2027)
    touched = {gone.record for gone in planned.dropped} | {moved.record for moved in planned.changed}
    assert not touched & {begun.id, by_hand.id, done.id}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"due_rule": None}, "ingen dag är bestämd"),
        ({"cadence": None}, "det är inte bestämt hur ofta"),
        ({"cadence": "vid händelse"}, "görs vid händelse"),
        ({"due_rule": "snart"}, "”snart” går inte att läsa"),
    ],
)
def test_what_cannot_be_planned_says_why(jarva: Town, values: dict[str, object], reason: str) -> None:
    obligation(jarva, **values)
    planned = plan(jarva.store, 2027)
    assert dict(planned.unplanned)["Prov"].startswith(reason)
    assert about(planned) == []


def test_the_command_writes_only_when_told(jarva: Town, capsys: pytest.CaptureFixture[str]) -> None:
    obligation(jarva)
    path = str(jarva.store.path)
    main_(["year", path, "--year", "2027"])
    told = capsys.readouterr().out
    assert "Nytt (2027)" in told and "Planeras inte (2027)" in told and "Inget är skrivet." in told
    assert jarva.db.execute("SELECT count(*) FROM occurrence").fetchone()[0] == 0
    main_(["year", path, "--year", "2027", "--yes"])
    assert "är skrivna." in capsys.readouterr().out
    main_(["year", path, "--year", "2027", "--yes"])
    told = capsys.readouterr().out
    assert "Inget behövde ändras." in told and "Redan i årshjulet för 2027: " in told
    main_(["year", path, "--year", "2027", "--json"])
    assert json.loads(capsys.readouterr().out)[0]["new"] == []


def main_(args: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(args)
    assert end.value.code == 0


def test_an_empty_file_has_nothing_to_plan(empty_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main_(["year", str(empty_file), "--year", "2028"])
    assert "inga återkommande uppgifter" in capsys.readouterr().out


def test_the_samples_are_planned_as_the_program_plans(sample_file: Callable[..., Path], tmp_path: Path) -> None:
    with Store.open(sample_file("ragunda"), readonly=True) as store:
        planned = plan(store, 2025)
        assert (planned.new, planned.changed, planned.dropped) == ([], [], [])
