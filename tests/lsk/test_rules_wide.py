"""The rules of goals, control, staff, reviews and reports: each finds its breach, and is silent when it is mended."""

from __future__ import annotations

import pytest

from lsk import rules
from lsk.store import Store

HTN = "(SELECT id FROM unit WHERE short_name = 'HTN')"
GOAL = "INSERT INTO goal(title, level) VALUES ('Trygghet', 'övergripande mål')"
INDICATOR = "INSERT INTO indicator(name, better, goal) SELECT 'Nöjdhet', 'högre', id FROM goal"
PLAN = f"INSERT INTO plan(title, kind, unit, year) VALUES ('Plan', 'verksamhetsplan', {HTN}, 2026)"
PROCESS = "INSERT INTO process(name) VALUES ('Ta emot')"
CONTROL = f"INSERT INTO internal_control_plan(title, year, unit) VALUES ('Internkontroll', 2026, {HTN})"
POINT = (
    "INSERT INTO control_point(plan, text, target) SELECT id, 'Social dokumentation', '90' FROM internal_control_plan"
)
TEMPLATE = "INSERT INTO report_template(name, kind, force) VALUES ('Mall', '{}', 'ska')"
SECTION = "INSERT INTO report_template_section(template, number, heading, force, place) SELECT id, 1, '{}', '{}', {} FROM report_template WHERE name = 'Mall'"
REPORT = f"INSERT INTO report(title, template, unit, year, status) SELECT 'Rapport', id, {HTN}, 2026, '{{}}' FROM report_template WHERE name = 'Mall'"
DEVIATION = (
    f"INSERT INTO deviation(kind, unit, received_on, what_happened) VALUES ('{{}}', {HTN}, '2026-01-02', 'Något hände')"
)
DOCUMENT = "INSERT INTO document(title, kind{more}) VALUES ('{title}', 'rutin'{values})"
VERSION = "INSERT INTO document_version(document, version_number, status, decided_on{more}) SELECT id, '1', 'fastställd', '2026-01-01'{values} FROM document WHERE title = '{title}'"
REVIEW = f"INSERT INTO review(title, kind, year, unit) VALUES ('Granskning', 'kvalitetsgranskning', 2026, {HTN})"
RISK = "INSERT INTO risk(description, probability, consequence) VALUES ('Halka', 1, 1)"
DEMAND = "(SELECT id FROM requirement WHERE code = 'R2a')"
PAST = "(SELECT provision FROM requirement WHERE code = 'R2a')"
NOW = "(SELECT p.became FROM adaptation a JOIN provision p ON p.id = a.provision)"
ADAPTATION = f"INSERT INTO adaptation(record, provision) VALUES ({DEMAND}, {PAST})"
MOVED = f"UPDATE adaptation SET status = 'flyttad', settled_on = '2026-02-01', new_provision = {NOW}"
ACTION = f"INSERT INTO action(text, unit) VALUES ('Utbilda', {HTN})"


def yes(key: str) -> str:
    return f"INSERT INTO setting(key, value) VALUES ('{key}', 'ja') ON CONFLICT DO NOTHING"


def listed(name: str, value: str) -> str:
    return f"INSERT INTO choice_value(list, value, number) VALUES ('{name}', '{value}', 1)"


CASES: dict[str, tuple[list[str], list[str]]] = {
    "goals_form_no_circle": ([GOAL, "UPDATE goal SET parent = id"], ["UPDATE goal SET parent = NULL"]),
    "a_goal_can_be_measured": ([GOAL], [INDICATOR]),
    "a_superior_goal_is_broken_down": (
        ["DELETE FROM choice_value WHERE list = 'goal_levels'", listed("goal_levels", "övergripande mål"), GOAL],
        ["INSERT INTO goal_activity(goal, text) SELECT id, 'Prata på APT' FROM goal"],
    ),
    "a_goal_says_why_it_was_chosen": ([yes("goal_basis_required"), GOAL], ["UPDATE goal SET basis = 'problemområde'"]),
    "a_plan_item_says_who_what_how_when_and_why": (
        [PLAN, "UPDATE plan SET kind = 'handlingsplan'", "INSERT INTO plan_item(plan, what) SELECT id, 'Utbilda' FROM plan"],
        ["UPDATE plan_item SET who = (SELECT id FROM role LIMIT 1), how = 'Kurs', due = '2026-05-01', why = 'Brist'"],
    ),
    "a_plan_is_not_established_without_its_sections": (
        [TEMPLATE.format("verksamhetsplan"), SECTION.format("Uppdrag", "ska", "NULL"), PLAN, "UPDATE plan SET status = 'fastställd'"],
        ["DELETE FROM plan_section", "INSERT INTO plan_section(plan, number, heading, text) SELECT p.id, s.number, s.heading, 'Text' FROM plan p, report_template_section s GROUP BY s.heading"],
    ),
    "a_plan_is_not_established_with_loose_goals": (
        ["DELETE FROM choice_value WHERE list = 'goal_levels'", listed("goal_levels", "enhetsmål"), PLAN, "UPDATE plan SET status = 'fastställd'",
         f"INSERT INTO goal(title, level, unit) VALUES ('Vårt mål', 'enhetsmål', {HTN})"],
        ["INSERT INTO goal(title, level) VALUES ('Över', 'nämndmål')", "UPDATE goal SET parent = (SELECT id FROM goal WHERE title = 'Över') WHERE title = 'Vårt mål'"],
    ),
    "a_unit_has_its_plan_for_the_year": (
        [yes("unit_plan_required")], [PLAN, "UPDATE plan SET year = strftime('%Y', 'now') + 0"],
    ),
    "measurements_of_an_indicator_do_not_overlap": (
        [GOAL, INDICATOR,
         "INSERT INTO measurement(indicator, period_start, period_end) SELECT id, '2026-01-01', '2026-06-30' FROM indicator",
         "INSERT INTO measurement(indicator, period_start, period_end) SELECT id, '2026-03-01', '2026-09-30' FROM indicator"],
        ["UPDATE measurement SET period_start = '2026-07-01' WHERE period_end = '2026-09-30'"],
    ),
    "a_period_ends_after_it_begins": (
        [GOAL, INDICATOR, "INSERT INTO measurement(indicator, period_start, period_end) SELECT id, '2026-06-01', '2026-01-30' FROM indicator"],
        ["UPDATE measurement SET period_end = '2026-06-30'"],
    ),
    "an_indicator_is_decided_before_what_it_measures": (
        [yes("indicators_decided_in_advance"), GOAL, INDICATOR,
         "INSERT INTO measurement(indicator, period_start, period_end) SELECT id, '2026-01-01', '2026-12-31' FROM indicator"],
        ["UPDATE indicator SET decided_on = '2025-11-01'"],
    ),
    "a_measured_deviation_is_analysed": (
        [GOAL, INDICATOR, "INSERT INTO measurement(indicator, period_start, period_end, value, target) SELECT id, '2026-01-01', '2026-06-30', '70', '90' FROM indicator"],
        ["INSERT INTO analysis(title, subject) SELECT 'Varför', id FROM measurement"],
    ),
    "the_plan_holds_only_what_is_not_followed_up_anyway": (
        [CONTROL, POINT, "UPDATE control_point SET in_ordinary_followup = 1"], ["UPDATE control_point SET in_ordinary_followup = 0"],
    ),
    "a_control_point_is_tied_to_process_indicator_or_risk": (
        [PROCESS, CONTROL, POINT], ["UPDATE control_point SET process = (SELECT id FROM process)"],
    ),
    "a_control_point_serves_an_assurance": (
        [yes("assurance_required"), CONTROL, POINT], ["UPDATE control_point SET assurance = 'lagar följs'"],
    ),
    "a_control_under_its_target_is_analysed": (
        [CONTROL, POINT, "INSERT INTO control_result(control_point, period, checked_count, approved_count) SELECT id, '2026', 20, 17 FROM control_point"],
        ["UPDATE control_result SET analysis = 'Mallen var oklar.'"],
    ),
    "a_unit_has_its_materiality_and_risk_analysis": (
        [yes("unit_materiality_required")],
        [f"INSERT INTO risk_analysis(title, kind, unit, done_on) VALUES ('VoR', 'väsentlighets- och riskanalys', {HTN}, date('now'))"],
    ),
    "a_unit_follows_up_competence_every_year": (
        [f"INSERT INTO competence_followup(unit, year) VALUES ({HTN}, 2020)"],
        [f"INSERT INTO competence_followup(unit, year) VALUES ({HTN}, strftime('%Y', 'now') + 0)"],
    ),
    "a_competence_gap_has_a_plan": (
        [f"INSERT INTO competence_followup(unit, year, staff_total, staff_meeting) VALUES ({HTN}, 2026, 10, 8)"],
        [PLAN, "UPDATE competence_followup SET plan = (SELECT id FROM plan)"],
    ),
    "a_competence_requirement_is_established": (
        ["INSERT INTO competence_requirement(occupation, text) VALUES ('Stödassistent', 'Utbildning')"],
        ["UPDATE competence_requirement SET status = 'fastställt'"],
    ),
    "a_review_plan_misses_nobody": (
        [f"UPDATE unit SET operation_form = 'privat' WHERE id = {HTN}", "INSERT INTO review_plan(title, year_from, year_to, status) VALUES ('Plan', 2026, 2027, 'antagen')",
         REVIEW, "UPDATE review SET plan = (SELECT id FROM review_plan)"],
        [REVIEW, "UPDATE review SET plan = (SELECT id FROM review_plan)", "UPDATE review SET year = 2027 WHERE id = (SELECT max(id) FROM review)"],
    ),
    "a_follow_up_visits_only_units_with_individual_plans": (
        [f"UPDATE unit SET has_individual_plan = 0 WHERE id = {HTN}", REVIEW, "UPDATE review SET kind = 'verksamhetsuppföljning'"],
        [f"UPDATE unit SET has_individual_plan = 1 WHERE id = {HTN}"],
    ),
    "a_review_is_analysed": ([REVIEW, "UPDATE review SET done_on = '2026-02-01'"], ["UPDATE review SET development_areas = 'Dokumentation'"]),
    "a_review_is_reported": ([REVIEW, "UPDATE review SET done_on = '2020-02-01'"], ["UPDATE review SET reported_on = '2020-03-01'"]),
    "a_review_finding_leads_to_action": (
        [REVIEW, "INSERT INTO review_finding(review, text) SELECT id, 'Planer saknas' FROM review"],
        [ACTION, "UPDATE action SET origin = (SELECT id FROM review_finding)"],
    ),
    "a_report_is_not_submitted_without_its_required_headings": (
        [TEMPLATE.format("kvalitetsberättelse"), SECTION.format("Analys", "ska", "NULL"), REPORT.format("inlämnad")],
        ["INSERT INTO report_section(report, number, heading, text) SELECT id, 1, 'Analys', 'Text' FROM report"],
    ),
    "a_report_has_the_headings_it_should_have": (
        [TEMPLATE.format("kvalitetsberättelse"), SECTION.format("Analys", "bör", "NULL"), REPORT.format("inlämnad")],
        ["INSERT INTO report_section(report, number, heading, text) SELECT id, 1, 'Analys', 'Text' FROM report"],
    ),
    "what_stands_last_is_last": (
        [TEMPLATE.format("verksamhetsberättelse"), SECTION.format("Övrigt", "ska", "'sist'"), REPORT.format("utkast"),
         "INSERT INTO report_section(report, number, heading) SELECT id, 1, 'Övrigt' FROM report",
         "INSERT INTO report_section(report, number, heading) SELECT id, 2, 'Ekonomi' FROM report"],
        ["UPDATE report_section SET number = 3 WHERE heading = 'Övrigt'"],
    ),
    "a_patient_safety_report_is_for_health_care": (
        [f"UPDATE unit SET has_health_care = 0 WHERE id = {HTN}", TEMPLATE.format("patientsäkerhetsberättelse"), REPORT.format("utkast")],
        [f"UPDATE unit SET has_health_care = 1 WHERE id = {HTN}"],
    ),
    "a_decision_of_the_management_review_has_its_kind": (
        ["INSERT INTO management_review(year) VALUES (2026)", ACTION, "UPDATE action SET origin = (SELECT id FROM management_review)"],
        ["UPDATE action SET kind = 'förbättrande'"],
    ),
    "a_management_review_handles_all_its_inputs": (
        [TEMPLATE.format("ledningens genomgång"), SECTION.format("Resultat", "ska", "NULL"), "INSERT INTO management_review(year, status) VALUES (2026, 'genomförd')"],
        ["INSERT INTO management_review_input(management_review, number, heading, content) SELECT id, 1, 'Resultat', 'Bra' FROM management_review"],
    ),
    "the_management_reviews_every_year": (
        [TEMPLATE.format("ledningens genomgång")], ["INSERT INTO management_review(year) VALUES (strftime('%Y', 'now') + 0)"],
    ),
    "a_routine_says_how_and_who": (
        [yes("routine_needs_procedure"), DOCUMENT.format(more="", title="Ny", values=""), VERSION.format(more="", values="", title="Ny")],
        ["UPDATE document_version SET procedure = 'Så här', responsibility = 'Enhetschef'"],
    ),
    "activities_have_an_order": (
        [PROCESS, "INSERT INTO activity(process, name, position) SELECT id, 'A', 'a0' FROM process", "INSERT INTO activity(process, name, position) SELECT id, 'B', 'a0' FROM process"],
        ["UPDATE activity SET position = 'a1' WHERE name = 'B'"],
    ),
    "an_established_version_has_a_whole_header": (
        [yes("document_header_required"), DOCUMENT.format(more="", title="Ny", values=""), VERSION.format(more="", values="", title="Ny")],
        ["UPDATE document_version SET valid_from = '2026-01-01'", "UPDATE document SET owner_role = (SELECT id FROM role LIMIT 1), applies_to = 'Alla'"],
    ),
    "a_unit_has_the_routines_it_must_have": (
        ["DELETE FROM choice_value WHERE list LIKE 'required_routines%'", listed("required_routines", "samverkan")],
        [DOCUMENT.format(more=", topic", title="Ny", values=", 'samverkan'"), VERSION.format(more="", values="", title="Ny")],
    ),
    "a_local_routine_follows_its_parent": (
        [DOCUMENT.format(more="", title="Nämndens", values=""), VERSION.format(more=", valid_from", values=", '2026-06-01'", title="Nämndens"),
         DOCUMENT.format(more=", parent", title="Enhetens", values=", (SELECT id FROM document WHERE title = 'Nämndens')"), VERSION.format(more="", values="", title="Enhetens")],
        ["UPDATE document_version SET revised_on = '2026-06-02' WHERE valid_from IS NULL"],
    ),
    "a_document_in_force_is_known": (
        ["INSERT INTO person(name) VALUES ('Prov Provsson')", DOCUMENT.format(more="", title="Ny", values=""), VERSION.format(more="", values="", title="Ny"),
         DOCUMENT.format(more="", title="Två", values=""), VERSION.format(more="", values="", title="Två"),
         "INSERT INTO acknowledgement(document_version, person, acknowledged_on) SELECT v.id, p.id, '2026-02-01' FROM document_version v, person p LIMIT 1"],
        ["INSERT INTO acknowledgement(document_version, person, acknowledged_on) SELECT v.id, p.id, '2026-02-01' FROM document_version v, person p"],
    ),
    "external_collaboration_is_agreed": (
        [PROCESS, "UPDATE process SET collaboration = 'extern'"],
        ["INSERT INTO agreement(name) VALUES ('Avtal')", "INSERT INTO link(kind, source, target) SELECT 'samverkan', p.id, a.id FROM process p, agreement a"],
    ),
    "a_unit_holds_all_kinds_of_its_system": ([yes("unit_object_kinds_required")], ["UPDATE setting SET value = 'nej' WHERE key = 'unit_object_kinds_required'"]),
    "a_statutory_kind_follows_its_track": ([DEVIATION.format("vårdskada"), "UPDATE deviation SET track = 'lokal'"], ["UPDATE deviation SET track = 'lex Maria'"]),
    "a_deviation_is_registered_somewhere": (
        [DEVIATION.format("avvikelse"), "UPDATE deviation SET status = 'utreds'"], ["UPDATE deviation SET registered_in = 'IT-system'"],
    ),
    "a_closed_deviation_was_analysed": (
        [yes("deviations_are_analysed"), DEVIATION.format("avvikelse"), "UPDATE deviation SET status = 'avslutad'"],
        ["INSERT INTO analysis(title, subject) SELECT 'Varför', id FROM deviation"],
    ),
    "an_improvement_proposal_is_answered": (
        [DEVIATION.format("förbättringsförslag"), "UPDATE deviation SET status = 'avslutad'"], ["UPDATE deviation SET answer = 'Vi prövar i höst.'"],
    ),
    "a_serious_case_is_reported_to_ivo": (
        [DEVIATION.format("missförhållande"), "INSERT INTO investigation(deviation, kind, assessment) SELECT id, 'lex Sarah', 'allvarligt missförhållande' FROM deviation"],
        ["UPDATE investigation SET reported_to_ivo_on = '2026-02-01'"],
    ),
    "the_committee_is_told_of_a_serious_case": (
        [DEVIATION.format("vårdskada"), "INSERT INTO investigation(deviation, kind, assessment, finished_on) SELECT id, 'lex Maria', 'vårdskada', '2026-02-01' FROM deviation"],
        ["UPDATE investigation SET committee_notified_on = '2026-02-01'"],
    ),
    "a_change_is_presented_with_its_risks": (
        ["INSERT INTO risk_analysis(title, kind, presented_on) VALUES ('Flytt', 'förändringsrisk', '2026-03-01')"],
        ["UPDATE risk_analysis SET done_on = '2026-02-01', responsible_role = (SELECT id FROM role LIMIT 1)", RISK, "UPDATE risk SET risk_analysis = (SELECT id FROM risk_analysis)"],
    ),
    "unexecuted_decisions_reach_all_recipients": (
        [listed("unexecuted_recipients", "IVO"), f"INSERT INTO unexecuted_report(unit, quarter, law, count) VALUES ({HTN}, '2026-2', 'SoL', 1)"],
        ["INSERT INTO unexecuted_recipient(quarter, recipient, sent_on) VALUES ('2026-2', 'IVO', '2026-07-01')"],
    ),
    "deviation_tells_what_and_not_who": (
        [DEVIATION.format("avvikelse"), "UPDATE deviation SET what_happened = 'Ring 070-123 45 67'"], ["UPDATE deviation SET what_happened = 'Ring'"],
    ),
    "a_lex_investigation_has_an_investigator": (
        [DEVIATION.format("vårdskada"), "INSERT INTO investigation(deviation, kind) SELECT id, 'lex Maria' FROM deviation"],
        ["UPDATE investigation SET investigator_role = (SELECT id FROM role LIMIT 1)"],
    ),
    "an_application_leans_on_law_in_force": (
        ["INSERT INTO statute(short_name, number, name, kind, valid_to) VALUES ('SOSFS', 'gammal', 'Gammal', 'föreskrift', '2011-12-31')",
         "INSERT INTO provision(statute, designation, binding) SELECT id, '1 §', 'föreskrift' FROM statute WHERE number = 'gammal'",
         "INSERT INTO requirement(code, text, force, kind, provision) SELECT 'X1', 'Rutiner finns', 'ska', 'föreskrift', id FROM provision WHERE designation = '1 §' AND binding = 'föreskrift' AND statute = (SELECT id FROM statute WHERE number = 'gammal')",
         "INSERT INTO application(requirement, text) SELECT id, 'Så här' FROM requirement WHERE code = 'X1'"],
        ["UPDATE application SET provision = (SELECT p.id FROM provision p JOIN statute s ON s.id = p.statute WHERE s.number = '2011:9' AND s.valid_to IS NULL AND p.valid_to IS NULL LIMIT 1)"],
    ),
    "an_adaptation_is_settled": ([ADAPTATION], [MOVED]),
    "a_moved_adaptation_says_where": (
        [ADAPTATION, "UPDATE adaptation SET status = 'flyttad'"], [f"UPDATE adaptation SET new_provision = {NOW}"],
    ),
    "a_moved_record_leaves_the_old_wording": (
        [ADAPTATION, MOVED], ["UPDATE requirement SET provision = (SELECT new_provision FROM adaptation) WHERE code = 'R2a'"],
    ),
    "a_kept_adaptation_says_why": (
        [ADAPTATION, "UPDATE adaptation SET status = 'behålls'"], ["UPDATE adaptation SET reason = 'Ett citat.'"],
    ),
    "an_application_is_assessed_by_the_wording_in_force": (
        [f"INSERT INTO application(requirement, text, assessed_on) VALUES ({DEMAND}, 'Så här', '2026-01-01')",
         f"INSERT INTO adaptation(record, provision) SELECT id, {PAST} FROM application WHERE text = 'Så här'", MOVED,
         "UPDATE application SET provision = (SELECT new_provision FROM adaptation) WHERE text = 'Så här'"],
        ["UPDATE application SET assessed_on = '2026-03-01' WHERE text = 'Så här'"],
    ),
    "a_health_care_manager_is_appointed": (
        ["INSERT INTO role(name) VALUES ('verksamhetschef för hälso- och sjukvård')", "INSERT INTO person(name) VALUES ('Prov Provsson')",
         "INSERT INTO setting(key, value) VALUES ('health_care_manager_appointed_by', 'socialchef')",
         "INSERT INTO assignment(person, role, valid_from) SELECT p.id, r.id, '2026-01-01' FROM person p, role r WHERE r.name LIKE 'verksamhetschef%'"],
        ["UPDATE assignment SET appointed_by = (SELECT id FROM role WHERE name = 'socialchef'), appointed_on = '2025-12-01'"],
    ),
    "a_political_decision_is_named": (
        [yes("decision_paragraph_required"), DOCUMENT.format(more="", title="Ny", values=""),
         VERSION.format(more=", decided_by", values=", (SELECT id FROM role WHERE name = 'Kommunstyrelsen')", title="Ny")],
        ["UPDATE document_version SET decision_paragraph = '§ 3'"],
    ),
    "a_measurement_is_planned_for_the_year": (
        ["INSERT INTO setting(key, value) VALUES ('measurement_table', 'X1 X2')", "INSERT INTO obligation(name, force, requirements) VALUES ('Revisorerna', 'ska', 'X2')"],
        ["INSERT INTO occurrence(obligation, period, due) SELECT id, '1', strftime('%Y', 'now') || '-12-31' FROM obligation WHERE requirements = 'X2'"],
    ),
    "a_risk_is_estimated_both_ways": ([RISK, "UPDATE risk SET consequence = NULL"], ["UPDATE risk SET consequence = 2"]),
    "an_allotted_risk_is_handled": (
        [RISK, f"UPDATE risk SET allotted_to = {HTN}, status = 'tilldelad'"], [ACTION, "UPDATE action SET origin = (SELECT id FROM risk)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", CASES)
def test_rule_finds_the_breach_and_is_silent_when_it_is_mended(ragunda: Store, rule: str) -> None:
    broken, mended = CASES[rule]
    for statement in broken:
        ragunda.db.execute(statement)
    assert rules.check(ragunda.db, (rule,)), rule

    for statement in mended:
        ragunda.db.execute(statement)
    assert rules.check(ragunda.db, (rule,)) == []
