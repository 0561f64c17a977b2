"""Each rule finds the record that breaks it, and is silent when it is mended.

The breach is written with plain SQL, as another program would: then no gate stands in the way, and the rule is asked alone.
"""

from __future__ import annotations

import re
from datetime import date

import pytest

from lsk import rules
from lsk.errors import Refused
from lsk.rules.proposals import propose
from lsk.store import Store
from tests.lsk.test_rules_wide import CASES as WIDE

HTN = "(SELECT id FROM unit WHERE short_name = 'HTN')"
ROLE = "(SELECT id FROM role WHERE name = '{}')"
ENHETSCHEF = ROLE.format("enhetschef")
AVV = "(SELECT id FROM deviation LIMIT 1)"
ACTION = "(SELECT id FROM action LIMIT 1)"
DOC = "(SELECT id FROM document WHERE title = 'Ny')"
NEW_DEVIATION = f"""INSERT INTO deviation(kind, unit, received_on, what_happened, origin)
  VALUES ('avvikelse', {HTN}, '2025-01-02', 'Ett besök uteblev', 'intern')"""
NEW_ACTION = f"INSERT INTO action(text, unit) VALUES ('Utbilda', {HTN})"
NEW_DOCUMENT = "INSERT INTO document(title, kind) VALUES ('Ny', 'riktlinje')"
NEW_PROCESS = "INSERT INTO process(name) VALUES ('Ta emot')"
PERSON = "INSERT INTO person(name) VALUES ('Prov Provsson')"
REPEALED = "(SELECT p.id FROM provision p WHERE p.valid_to < '2026-01-01' LIMIT 1)"
IN_FORCE = "(SELECT p.id FROM provision p JOIN statute s ON s.id = p.statute WHERE coalesce(p.valid_to, s.valid_to) IS NULL LIMIT 1)"
KS_DUTY = "(SELECT d.id FROM duty d JOIN role r ON r.id = d.role WHERE r.name = 'Kommunstyrelsen' AND d.kind = 'ansvar' LIMIT 1)"
TASK = "(SELECT id FROM duty WHERE kind = 'uppgift' LIMIT 1)"

# rule → (statements that break it, statements that mend it)
CASES: dict[str, tuple[list[str], list[str]]] = {
    "responsibility_is_not_delegated": (
        [f"INSERT INTO duty_allocation(duty, to_unit, decided_on, decided_in) VALUES ({KS_DUTY}, {HTN}, '2026-01-01', '§ 1')"],
        [f"UPDATE duty_allocation SET duty = {TASK}"],
    ),
    "an_allocation_has_receiver_date_and_decision": (
        [f"INSERT INTO duty_allocation(duty, to_unit) VALUES ({TASK}, {HTN})"],
        ["UPDATE duty_allocation SET decided_on = '2026-01-01', decided_in = '§ 1'"],
    ),
    "a_mandatory_role_is_held": (
        [PERSON],
        ["INSERT INTO assignment(person, role, valid_from) SELECT p.id, r.id, '2020-01-01' FROM person p, role r WHERE r.mandatory = 1"],
    ),
    "each_unit_has_its_mandatory_roles": (
        [PERSON],
        [f"INSERT INTO assignment(person, role, unit, valid_from) SELECT p.id, r.id, {HTN}, '2020-01-01' FROM person p, role r"],
    ),
    "units_form_no_circle": ([f"UPDATE unit SET parent = id WHERE id = {HTN}"], [f"UPDATE unit SET parent = NULL WHERE id = {HTN}"]),
    "processes_form_no_circle": ([NEW_PROCESS, "UPDATE process SET parent = id"], ["UPDATE process SET parent = NULL"]),
    "an_open_setting_is_decided": (["UPDATE setting SET value = NULL"], ["UPDATE setting SET value = '5'"]),
    "a_requirement_leans_on_law_in_force": (
        [f"UPDATE requirement SET provision = {REPEALED}"], [f"UPDATE requirement SET provision = {IN_FORCE}"],
    ),
    "a_duty_leans_on_law_in_force": ([f"UPDATE duty SET provision = {REPEALED}"], [f"UPDATE duty SET provision = {IN_FORCE}"]),
    "a_statute_in_force_has_been_checked": (
        ["UPDATE statute SET checked_on = NULL"], ["UPDATE statute SET checked_on = '2026-01-01'"],
    ),
    "a_requirement_is_applied": (
        ["DELETE FROM application"],
        ["INSERT INTO application(requirement, text) SELECT id, 'Så här gör vi.' FROM requirement"],
    ),
    "a_process_has_an_owner": ([NEW_PROCESS], [f"UPDATE process SET owner_role = {ENHETSCHEF}"]),
    "an_established_process_has_an_owner": (
        [NEW_PROCESS, "UPDATE process SET status = 'fastställd'"], [f"UPDATE process SET owner_role = {ENHETSCHEF}"],
    ),
    "an_activity_has_a_routine": (
        [NEW_PROCESS, "INSERT INTO activity(process, name, position) SELECT id, 'Besöka', 'a0' FROM process"],
        ["INSERT INTO link(kind, source, target) SELECT 'rutin', a.id, d.id FROM activity a, document d LIMIT 1"],
    ),
    "a_process_has_activities": (
        [NEW_PROCESS], ["INSERT INTO activity(process, name, position) SELECT id, 'Besöka', 'a0' FROM process"],
    ),
    "a_document_is_decided_by_the_right_body": (
        [
            NEW_DOCUMENT,
            f"INSERT INTO document_version(document, version_number, status, decided_by, decided_on) VALUES ({DOC}, '1', 'fastställd', {ENHETSCHEF}, '2026-01-01')",
        ],
        [f"UPDATE document_version SET decided_by = {ROLE.format('Social- och arbetsmarknadsutskottet')}"],
    ),
    "an_established_version_says_who_decided_and_when": (
        [NEW_DOCUMENT, f"INSERT INTO document_version(document, version_number, status) VALUES ({DOC}, '1', 'fastställd')"],
        [f"UPDATE document_version SET decided_by = {ENHETSCHEF}, decided_on = '2026-01-01'"],
    ),
    "one_version_of_a_document_is_in_force": (
        [NEW_DOCUMENT, f"INSERT INTO document_version(document, version_number, status) VALUES ({DOC}, '1', 'fastställd'), ({DOC}, '2', 'fastställd')"],
        ["UPDATE document_version SET status = 'ersatt' WHERE version_number = '1'"],
    ),
    "a_steering_document_has_a_version_in_force": (
        [NEW_DOCUMENT],
        ["INSERT INTO document_version(document, version_number, status) SELECT id, '1', 'fastställd' FROM document"],
    ),
    "a_document_is_reviewed_in_time": (
        [NEW_DOCUMENT, f"INSERT INTO document_version(document, version_number, status, next_review) VALUES ({DOC}, '1', 'fastställd', '2020-01-01')"],
        ["UPDATE document_version SET next_review = '2999-01-01'"],
    ),
    "an_old_printout_is_replaced": (
        [
            NEW_DOCUMENT,
            f"INSERT INTO document_version(document, version_number, status) VALUES ({DOC}, '1', 'ersatt')",
            f"INSERT INTO printout(unit, document_version, printed_on, placed_at) SELECT {HTN}, id, '2026-01-01', 'Köket' FROM document_version",
        ],
        ["UPDATE printout SET replaced_on = '2026-02-01'"],
    ),
    "no_deviation_is_closed_without_investigation": (
        [NEW_DEVIATION, "UPDATE deviation SET status = 'avslutad'"],
        [f"INSERT INTO investigation(deviation, kind) VALUES ({AVV}, 'ordinär')"],
    ),
    "no_deviation_is_closed_with_an_open_investigation": (
        [NEW_DEVIATION, "UPDATE deviation SET status = 'avslutad'", f"INSERT INTO investigation(deviation, kind) VALUES ({AVV}, 'ordinär')"],
        ["UPDATE investigation SET finished_on = '2026-01-01'"],
    ),
    "no_serious_deviation_is_closed_without_action": (
        [NEW_DEVIATION, "UPDATE deviation SET status = 'avslutad', kind = 'vårdskada'"],
        [NEW_ACTION, f"UPDATE action SET origin = {AVV}"],
    ),
    "a_diary_number_is_given_where_it_is_required": (
        [NEW_DEVIATION, "UPDATE deviation SET kind = 'klagomål', origin = 'extern'"],
        ["UPDATE deviation SET diary_number = 'KS 2026/1'"],
    ),
    "a_lex_investigation_is_made_by_the_right_role": (
        [NEW_DEVIATION, f"INSERT INTO investigation(deviation, kind, investigator_role) VALUES ({AVV}, 'lex Maria', {ENHETSCHEF})"],
        [f"UPDATE investigation SET investigator_role = {ROLE.format('medicinskt ansvarig sjuksköterska')}"],
    ),
    "a_deviation_is_being_investigated": (
        [NEW_DEVIATION, "UPDATE setting SET value = '30' WHERE key = 'deviation_investigation_days'"],
        [f"INSERT INTO investigation(deviation, kind) VALUES ({AVV}, 'ordinär')"],
    ),
    "a_closed_deviation_has_its_effect_checked": (
        [NEW_DEVIATION, "UPDATE deviation SET status = 'avslutad'", NEW_ACTION, f"UPDATE action SET origin = {AVV}, status = 'genomförd'"],
        ["UPDATE action SET effect = 'ja'"],
    ),
    "no_action_is_prioritised_without_impact_description": (
        [NEW_ACTION, "UPDATE action SET resource_input = 'låg'"], ["UPDATE action SET scenario = 'Då händer detta.'"],
    ),
    "a_prioritised_action_has_its_place_in_the_matrix": (
        [NEW_ACTION, "UPDATE action SET status = 'prioriterad', scenario = 'Då.'"],
        ["UPDATE action SET resource_input = 'låg', improvement = 'stor'"],
    ),
    "an_action_is_done_in_time": (
        [NEW_ACTION, "UPDATE action SET status = 'pågår', due = '2020-01-01'"], ["UPDATE action SET status = 'genomförd'"],
    ),
    "a_done_action_has_its_effect_judged": ([NEW_ACTION, "UPDATE action SET status = 'genomförd'"], ["UPDATE action SET effect = 'nej'"]),
    "a_high_risk_has_an_action": (
        [
            "INSERT INTO risk_scale(name, version, action_from) VALUES ('4×4', '1', 8)",
            "INSERT INTO risk_score(scale, probability, consequence, score) SELECT id, 4, 4, 16 FROM risk_scale",
            "INSERT INTO risk(description, probability, consequence, scale) SELECT 'Halka', 4, 4, id FROM risk_scale",
        ],
        [NEW_ACTION, "UPDATE action SET origin = (SELECT id FROM risk)"],
    ),
    "an_obligation_has_evidence_this_year": (
        ["DELETE FROM occurrence"],
        ["INSERT INTO occurrence(obligation, period, done_on) SELECT id, 'nu', date('now') FROM obligation"],
    ),
    "an_obligation_has_a_due_date": (["UPDATE obligation SET due_rule = NULL, cadence = 'år'"], ["UPDATE obligation SET due_rule = '03-01'"]),
    "an_obligation_is_met_in_time": (
        ["INSERT INTO occurrence(obligation, period, due) SELECT id, '2019', '2020-03-01' FROM obligation"],
        ["UPDATE occurrence SET status = 'klar'"],
    ),
    "what_is_done_has_evidence": (
        ["INSERT INTO occurrence(obligation, period, status, done_on) SELECT id, '2025', 'klar', '2026-03-01' FROM obligation"],
        ["UPDATE occurrence SET evidence_text = 'Kvalitetsberättelse'"],
    ),
    "a_case_is_handled_after_it_came": (
        [NEW_DEVIATION, f"INSERT INTO investigation(deviation, kind, started_on) VALUES ({AVV}, 'ordinär', '2001-01-01')"],
        ["UPDATE investigation SET started_on = NULL"],
    ),
    "a_self_check_is_done_in_time": (
        [
            "INSERT INTO self_check(name, frequency) VALUES ('Basala hygienrutiner', 'kvartal')",
            "INSERT INTO self_check_round(self_check, period, due) SELECT id, '2020-1', '2020-03-31' FROM self_check",
        ],
        ["UPDATE self_check_round SET status = 'genomförd'"],
    ),
    "deviation_received_on_comes_before_closed_on": (
        [NEW_DEVIATION, "UPDATE deviation SET closed_on = '2024-01-01'"], ["UPDATE deviation SET closed_on = '2025-02-01'"],
    ),
    "deviation_received_on_is_not_in_the_future": (
        [NEW_DEVIATION, "UPDATE deviation SET received_on = '2999-01-01'"], ["UPDATE deviation SET received_on = '2025-01-02'"],
    ),
    "unit_short_name_is_not_repeated": (
        ["INSERT INTO unit(name, short_name, level) VALUES ('Två', 'HTN', 'enhet')"],
        ["UPDATE unit SET short_name = 'TVÅ' WHERE name = 'Två'"],
    ),
}  # fmt: skip


# Made from declarations, many alike: one case of each kind is enough.
GENERATED = re.compile("(_is_not_repeated|_comes_before_|_is_not_in_the_future|_tells_what_and_not_who)")


def found(store: Store, rule: str) -> list[rules.Finding]:
    return rules.check(store.db, (rule,))


@pytest.mark.parametrize("rule", CASES)
def test_rule_finds_the_breach_and_is_silent_when_it_is_mended(ragunda: Store, rule: str) -> None:
    broken, mended = CASES[rule]
    for statement in broken:
        ragunda.db.execute(statement)

    breaches = found(ragunda, rule)
    assert breaches, rule
    for breach in breaches:
        assert breach.record and breach.message and breach.remedy
        assert "{" not in breach.sentence

    for statement in mended:
        ragunda.db.execute(statement)
    assert found(ragunda, rule) == []


def test_every_rule_has_its_two_tests() -> None:
    """Rules made for many kinds of record by one function need one of them tried."""
    tried = {*CASES, *WIDE}
    generated = {name for name in rules.load() if GENERATED.search(name)}

    assert tried >= set(rules.load()) - generated
    assert {GENERATED.search(name)[0] for name in generated & tried} == set(GENERATED.pattern[1:-1].split("|"))


def test_every_rule_says_what_it_is_for() -> None:
    for rule in rules.load().values():
        assert rule.doc.endswith("."), rule.name


def test_a_gate_does_not_stand_in_the_way_of_another_field(ragunda: Store) -> None:
    """A record that came in broken, by merge or another tool, can still be worked on."""
    ragunda.db.execute(NEW_DEVIATION)
    ragunda.db.execute("UPDATE deviation SET status = 'avslutad'")
    record = ragunda.db.execute("SELECT id FROM deviation").fetchone()["id"]

    with ragunda.change("test") as change:
        change.update("deviation", record, {"severity": None, "immediate_action": "Ringde anhörig."})

    with pytest.raises(Refused), ragunda.change("test") as change:
        change.update("deviation", record, {"status": "uppföljd"})
        change.update("deviation", record, {"status": "avslutad"})


def test_the_empty_ragunda_file_has_real_findings(ragunda: Store) -> None:
    """What a newly made file lacks: holders of roles, sources that are repealed, evidence of obligations."""
    by_rule = {f.rule for f in rules.check(ragunda.db)}

    assert {
        "a_mandatory_role_is_held",
        "a_requirement_leans_on_law_in_force",
        "an_obligation_has_evidence_this_year",
    } <= by_rule


def test_rules_and_proposals_go_by_the_day_of_the_store(ragunda: Store) -> None:
    assert [name for name, rule in rules.load().items() if "'now'" in rule.breach.sql] == []
    ragunda.db.execute(
        f"INSERT INTO action(text, unit, due, status) VALUES ('Utbilda', {HTN}, '2031-05-01', 'beslutad')"
    )
    for day, late in ((date(2031, 5, 1), 0), (date(2031, 5, 2), 1)):
        with Store.open(ragunda.path, today=day) as store:
            assert len(rules.check(store.db, ("an_action_is_done_in_time",))) == late
            assert propose(store.db, "action", {})["proposed_on"] == day.isoformat()
