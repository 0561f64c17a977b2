"""The thread as stages, the map of processes, and who answers for what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from lsk import responsibility
from lsk.processmap import process_map
from lsk.stages import AFTER, BEFORE, BESIDE, HERE, STAGES, thread
from tests.lsk_tui.furnished import EVENT, thread_through
from tests.town import Town

TODAY = date(2026, 11, 20)


@pytest.fixture
def place(town: Callable[[str], Town]) -> Town:
    made = town("ragunda")
    thread_through(made)
    return made


def ways(town: Town, entity: str, record: str) -> dict[str, str]:
    return {stage.words: stage.way for stage in thread(town.db, entity, record)}


def deviation(town: Town) -> str:
    return str(town.db.execute("SELECT id FROM deviation WHERE what_happened = ?", (EVENT,)).fetchone()[0])


def test_from_a_deviation_the_thread_goes_back_to_the_paragraph_and_on_to_the_decision(place: Town) -> None:
    assert ways(place, "deviation", deviation(place)) == {
        "Paragraf": BEFORE, "Krav": BEFORE, "Process": BEFORE, "Aktivitet": BESIDE, "Rutin": BESIDE, "Risk": BESIDE,
        "Kontroll": BESIDE, "Avvikelse": HERE, "Orsak": AFTER, "Åtgärd": AFTER, "Beslut": AFTER,
    }  # fmt: skip


def test_from_either_end_the_whole_thread_is_seen(place: Town) -> None:
    paragraph = place.db.execute("SELECT provision FROM requirement WHERE code = 'X1'").fetchone()[0]
    found = thread(place.db, "provision", paragraph)
    assert [stage.words for stage in found if stage.missing] == [] and {s.way for s in found[1:]} == {AFTER}
    decision = place.the("decision", "§ 88")
    found = thread(place.db, "decision", decision.id)
    assert [stage.words for stage in found if stage.missing] == []
    assert ("deviation", deviation(place)) in next(s for s in found if s.words == "Avvikelse").records


def test_a_stage_that_nothing_leads_to_is_missing_and_others_threads_are_not_mixed_in(place: Town) -> None:
    other = place.add("deviation", kind="avvikelse", unit="HTN", received_on="2026-11-03", what_happened="Annat",
                      process=place.db.execute("SELECT ref FROM process WHERE number = '1'").fetchone()[0])  # fmt: skip
    missing = [stage.words for stage in thread(place.db, "deviation", other.id) if stage.missing]
    assert missing == ["Orsak", "Åtgärd", "Beslut"]


def test_subprocesses_belong_to_the_thread_of_the_process_above(place: Town) -> None:
    above = place.the("process", "Läkemedel")
    below = place.add("process", name="Delegering", parent=above.ref)
    place.add("activity", process=below.ref, name="Utbilda")
    kinds = {stage.words: {r for _, r in stage.records} for stage in thread(place.db, "process", above.id)}
    assert below.id in kinds["Process"] and len(kinds["Aktivitet"]) == 3
    assert above.id in {r for stage in thread(place.db, "process", below.id) for _, r in stage.records}


def test_what_is_on_no_thread_shows_what_it_hangs_together_with(place: Town) -> None:
    goal = place.add("goal", title="Trygg hemma", level="övergripande mål")
    action = place.add("action", text="Fler larm", unit="HTN", goal=goal.ref)
    assert [(s.words, s.records) for s in thread(place.db, "goal", goal.id)] == [("Övrigt", (("action", action.id),))]
    last = thread(place.db, "action", action.id)[-1]
    assert (last.words, last.records) == ("Övrigt", (("goal", goal.id),))


def test_js1_a_unit_shows_its_eight_kinds_with_number_and_latest_change(place: Town) -> None:
    parts = thread(place.db, "unit", place.the("unit", "HTN").id)
    assert [(part.words, len(part.records)) for part in parts] == [
        ("Ansvarsfördelning", 3), ("Processer", 1), ("Delprocesser", 0), ("Aktiviteter", 2), ("Rutiner", 1),
        ("Riskbedömningar", 1), ("Egenkontroller", 1), ("Åtgärder", 1),
    ]  # fmt: skip
    assert all(bool(part.changed) is not part.missing for part in parts)


def test_every_kind_on_the_thread_stands_in_one_stage_only() -> None:
    kinds = [kind for stage in STAGES.values() for kind in stage]
    assert sorted(kinds) == sorted(set(kinds))


def test_the_map_says_what_each_place_lacks_and_how_much_lies_under(place: Town) -> None:
    nodes = process_map(place.db, TODAY)
    assert [(node.depth, node.words, node.lacks, node.below) for node in nodes] == [
        (0, "1 Läkemedel", (), 1),
        (1, "Ge läkemedel", (), 0),
        (2, "Rutin för signering", (), 0),
        (1, "Följa upp", ("saknar rutin",), 0),
        (0, "2 Måltider", ("saknar ägare", "saknar aktiviteter", "ingen översyn planerad"), 0),
    ]


def test_what_is_not_looked_at_in_time_says_when_it_was_to_be(place: Town) -> None:
    place.change("process", place.the("process", "Läkemedel"), next_review="2026-11-19")
    assert process_map(place.db, TODAY)[0].lacks == ("skulle ha setts över 2026-11-19",)


def test_processes_in_a_circle_do_not_stop_the_map(place: Town) -> None:
    place.db.execute("UPDATE process SET parent = id WHERE name = 'Måltider'")
    assert [node.words for node in process_map(place.db, TODAY) if node.depth == 0] == ["1 Läkemedel"]


def test_the_table_says_who_answers_for_does_and_receives_what(place: Town) -> None:
    table = responsibility.matrix(place.db, TODAY)
    by_name = {role.name: role for role in table.roles}
    assert table.letters("rapporter", by_name["Kommunstyrelsen"]) == "M"
    assert table.letters("ledningssystem", by_name["Kommunstyrelsen"]) == "A"
    assert table.letters("rapporter", by_name["socialchef"]) == "U"
    assert by_name["enhetschef"].holders == ("Anna Berg",) and by_name["socialchef"].vacant


def test_a_duty_given_to_another_role_stands_there_too_while_it_holds(place: Town) -> None:
    duty = place.db.execute(
        "SELECT d.ref FROM duty d JOIN role r ON r.id = d.role WHERE r.name = 'socialchef' AND d.topic = 'resurser'"
    ).fetchone()[0]
    given = place.add("duty_allocation", duty=duty, to_role="enhetschef", decided_on="2026-01-01", decided_in="§ 1")
    table = responsibility.matrix(place.db, TODAY)
    head = next(role for role in table.roles if role.name == "enhetschef")
    assert table.letters("resurser", head) == "D"
    place.change("duty_allocation", given, valid_to="2026-10-31")
    assert responsibility.matrix(place.db, TODAY).letters("resurser", head) == ""


def test_a_subject_that_is_only_received_has_nobody_answering(place: Town) -> None:
    place.add("duty", role="socialchef", number=99, text="Får protokollen", kind="mottar", topic="protokoll")
    table = responsibility.matrix(place.db, TODAY)
    assert [topic for topic in table.topics if table.unanswered(topic)] == ["protokoll"]


def test_the_units_are_a_tree_with_people_and_what_is_missing(place: Town) -> None:
    units = {unit.short: unit for unit in responsibility.organisation(place.db, TODAY)}
    home = units["HTN"]
    assert home.depth == units["SOA"].depth + 1 and "Anna Berg, enhetschef" in home.people
    assert home.missing == ["delprocesser"] and home.kinds["aktiviteter"] == 2
    assert units["SOA"].missing == []
