"""The steps of lex Sarah, lex Maria and complaints: days, who, why, local goals, and the paragraph of the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from lsk import clocks
from lsk.cli import main
from lsk.clock_steps import DONE, DONE_LATE, LATE, NOT_NEEDED, WAITS, Step, steps
from lsk.errors import Refused
from tests.town import YEAR, Town

TODAY = date(2026, 9, 1)
PROFILES = ("ragunda", "varnamo", "jarva", "tyreso", "hjo")


@pytest.fixture
def place(town: Callable[[str], Town]) -> Town:
    found = town("ragunda")
    found.add("unit", name="Enhet NORD", short_name="NORD", level="enhet")
    return found


def goal(place: Town, key: str, days: int) -> None:
    place.db.execute("UPDATE setting SET value = ? WHERE key = ?", (str(days), key))


def case(place: Town, kind: str = "missförhållande", received: str = "2026-05-04", **values: object) -> str:
    return place.add(
        "deviation",
        kind=kind,
        unit="NORD",
        received_on=received,
        what_happened="Något hände",
        diary_number="1",
        **values,
    ).id


def by_name(place: Town, record: str) -> dict[str, Step]:
    return {step.name: step for step in steps(place.db, record, TODAY)}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("received", "reported", "investigated", "notified"),
    [
        ("2025-05-15", "14 kap. 3 § SoL (2001:453)", "14 kap. 6 § SoL (2001:453)", "14 kap. 7 § SoL (2001:453)"),
        ("2025-06-30", "14 kap. 3 § SoL (2001:453)", "14 kap. 6 § SoL (2001:453)", "14 kap. 7 § SoL (2001:453)"),
        ("2025-07-01", "27 kap. 2 § SoL (2025:400)", "27 kap. 5 § SoL (2025:400)", "27 kap. 6 § SoL (2025:400)"),
    ],
)
def test_the_paragraph_follows_the_day_the_report_came(
    town: Callable[[str], Town], profile: str, received: str, reported: str, investigated: str, notified: str
) -> None:
    place = town(profile)
    top = place.db.execute("SELECT id FROM unit LIMIT 1").fetchone()
    unit = top[0] if top else place.add("unit", name="Enhet", short_name="E", level="enhet").id
    kinds = place.choices("deviation_kinds")
    kind = next(kind for kind in kinds if kind == "missförhållande" or kind == "klagomål")
    record = place.add("deviation", kind=kind, unit=unit, received_on=received, what_happened="Prov",
                       track="lex Sarah", diary_number="1").id  # fmt: skip
    found = by_name(place, record)
    told = [found[name].paragraph for name in ("Rapporten togs emot", "Utredd och bedömd", "Anmäld till IVO")]
    assert told == [reported, investigated, notified]


def test_a_case_is_followed_from_report_to_decision_with_who_and_why(place: Town) -> None:
    goal(place, "lex_sarah_investigation_days", 60)
    record = case(place)
    place.add("investigation", deviation=record, kind="lex Sarah", started_on="2026-05-05", status="bedömd",
              finished_on="2026-06-01", assessment="missförhållande",
              assessment_reason="Insatsen uteblev två dygn.")  # fmt: skip
    found = by_name(place, record)
    judged = found["Utredd och bedömd"]
    assert (judged.state, judged.day, judged.goal) == (DONE, "2026-06-01", "lokal målsättning 2026-07-03")
    assert judged.why == "missförhållande: Insatsen uteblev två dygn."
    assert judged.by.endswith("(skrevs in av test)") and "kvalitetssamordnare" in judged.by
    assert found["Anmäld till IVO"].state == NOT_NEEDED
    assert found["Avslutad"].state == WAITS


def test_a_step_past_the_local_goal_is_late_and_without_a_goal_nothing_is(place: Town) -> None:
    record = case(place)
    assert by_name(place, record)["Utredd och bedömd"].state == WAITS
    goal(place, "lex_sarah_investigation_days", 30)
    assert by_name(place, record)["Utredd och bedömd"].state == LATE
    place.add("investigation", deviation=record, kind="lex Sarah", finished_on="2026-06-04", status="bedömd",
              started_on="2026-05-05", assessment="allvarligt missförhållande")  # fmt: skip
    found = by_name(place, record)
    assert found["Utredd och bedömd"].state == DONE_LATE and found["Anmäld till IVO"].state == WAITS


def test_steps_are_not_taken_before_the_report_came(place: Town) -> None:
    record = case(place)
    with pytest.raises(Refused, match="före 2026-05-04"):
        place.add("investigation", deviation=record, kind="lex Sarah", started_on="2026-05-03")
    with pytest.raises(Refused, match="före 2026-05-04"):
        place.add("investigation", deviation=record, kind="lex Sarah", reported_to_ivo_on="2025-05-04")


def test_a_complaint_has_a_clock_only_where_the_municipality_has_a_goal(place: Town) -> None:
    record = case(place, "klagomål")
    assert clocks.unanswered(place.db, 9) == ([], 0)
    goal(place, "complaint_answer_days", 14)
    ((clock,), n) = clocks.unanswered(place.db, 9)
    assert (n, clock.deviation, clock.until) == (1, record, date(2026, 5, 18))
    assert clock.asks == "besvaras; lokal målsättning 14 dagar"
    assert by_name(place, record)["Besvarat och avslutat"].state == LATE
    place.db.execute("UPDATE deviation SET answer = 'Vi har ändrat rutinen.'")
    assert clocks.unanswered(place.db, 9) == ([], 0)


def test_the_late_come_first(place: Town) -> None:
    goal(place, "lex_maria_investigation_days", 10)
    running, late = case(place, received="2020-01-01"), case(place, "vårdskada", received="2026-01-01")
    assert [clock.deviation for clock in clocks.running(place.db, 9)[0]] == [late, running]


def test_steps_and_clocks_are_told_by_command_and_counted(place: Town, capsys: pytest.CaptureFixture[str]) -> None:
    goal(place, "lex_sarah_investigation_days", 1)
    case(place, received=f"{YEAR}-01-02")
    ref = place.db.execute("SELECT ref FROM deviation").fetchone()[0]
    other = place.add("deviation", kind="avvikelse", unit="NORD", received_on="2026-05-04", what_happened="Trasig lift")

    def run(*args: str) -> int:
        with pytest.raises(SystemExit) as end:
            main(["clocks", str(place.store.path), *args])
        return int(str(end.value.code))

    assert run() == 0
    assert "lokal målsättning 1 dagar" in capsys.readouterr().out
    assert run(ref) == 0
    told = capsys.readouterr().out
    assert "27 kap. 5 § SoL (2025:400)" in told and "Lagrum" in told and "frist" not in told
    assert run(other.ref) == 1
    assert "har ingen klocka" in capsys.readouterr().err
    assert place.show("klockor") == [
        {"slag": "lex Sarah", "ärenden": 1, "sena steg": 1, "steg klara efter målet": 0},
        {"slag": "lex Maria", "ärenden": 0, "sena steg": 0, "steg klara efter målet": 0},
        {"slag": "klagomål", "ärenden": 0, "sena steg": 0, "steg klara efter målet": 0},
    ]


def test_the_year_s_tasks_are_told_with_state_and_evidence(place: Town) -> None:
    about = place.the("obligation", "Utvalda avvikelser").id
    for number, (due, status, evidence) in enumerate(
        (
            (f"{YEAR}-01-01", "kommande", None),
            (f"{YEAR}-01-02", "klar", "Protokoll § 3"),
            (f"{YEAR}-12-31", "pågår", None),
        )
    ):
        done = due if status == "klar" else None
        place.add("occurrence", obligation=about, period=f"{YEAR} del {number}", due=due, status=status, done_on=done,
                  evidence_text=evidence)  # fmt: skip
    assert [(row["läge"], row["underlag"]) for row in place.show("uppgifter")] == [
        ("försenad", None), ("klar", "Protokoll § 3"), ("pågår", None),
    ]  # fmt: skip
