"""The sample municipality: deterministic, of the promised size, whole, and as the rules want it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lsk import rules
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Personal, Text
from lsk.personal import register, suspicions
from lsk.store import Store
from sample_db import DEFAULT_TODAY, build


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with build(tmp_path_factory.mktemp("sample") / "a.db") as store:
        yield store


def dump(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {name: [tuple(row) for row in db.execute(f'SELECT * FROM "{name}" ORDER BY id')] for name in ENTITIES}


def count(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])


def test_same_seed_gives_the_same_rows(sample: Store, tmp_path: Path) -> None:
    with build(tmp_path / "b.db") as again:
        assert dump(again.db) == dump(sample.db)


def test_another_seed_gives_other_rows(sample: Store, tmp_path: Path) -> None:
    with build(tmp_path / "c.db", seed=2) as other:
        assert dump(other.db)["deviation"] != dump(sample.db)["deviation"]
        assert {r["short_name"] for r in other.db.execute("SELECT short_name FROM unit")} == {
            r["short_name"] for r in sample.db.execute("SELECT short_name FROM unit")
        }


def test_about_two_thousand_records_that_fill_every_area(sample: Store) -> None:
    counts = {name: count(sample.db, name) for name in ENTITIES}
    assert 1600 <= sum(counts.values()) <= 2400
    assert [name for name, n in counts.items() if not n] == []
    assert count(sample.db, "deviation") > 120


@pytest.mark.parametrize("scale", [3, 8])
def test_scale_is_so_many_times_two_thousand(tmp_path: Path, scale: int) -> None:
    with build(tmp_path / "s.db", scale=scale) as store:
        records = sum(count(store.db, name) for name in ENTITIES)
    assert 0.8 * scale * 2000 <= records <= 1.2 * scale * 2000


def test_six_units_and_three_years(sample: Store) -> None:
    db = sample.db
    assert db.execute("SELECT count(*) FROM unit WHERE level = 'enhet'").fetchone()[0] == 6
    first, last = db.execute("SELECT min(received_on), max(received_on) FROM deviation").fetchone()
    assert (date.fromisoformat(last) - date.fromisoformat(first)).days > 2.9 * 365
    assert last <= DEFAULT_TODAY.isoformat()
    years = [row[0] for row in db.execute("SELECT DISTINCT substr(received_on, 1, 4) FROM deviation ORDER BY 1")]
    assert years == ["2023", "2024", "2025", "2026"]


def test_nothing_has_happened_after_today(sample: Store) -> None:
    done = (
        "deviation.closed_on investigation.finished_on action.done_on action_followup.followed_up_on analysis.done_on "
        "self_check_round.done_on occurrence.done_on document_version.decided_on meeting.held_on "
        "acknowledgement.acknowledged_on decision.followed_up_on risk_analysis.presented_on"
    )
    for name in done.split():
        entity, _, column = name.partition(".")
        assert (
            sample.db.execute(f'SELECT max("{column}") FROM "{entity}"').fetchone()[0] <= DEFAULT_TODAY.isoformat()
        ), name


def test_every_reference_leads_somewhere(sample: Store) -> None:
    db = sample.db
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    home = {row[0]: name for name in ENTITIES for row in db.execute(f'SELECT id FROM "{name}"')}
    followed = 0
    for entity in ENTITIES.values():
        for field in (f for f in entity.columns if isinstance(f, AnyRef)):
            for (target,) in db.execute(f'SELECT "{field.name}" FROM "{entity.name}" WHERE "{field.name}" IS NOT NULL'):
                assert home[target] in (field.to or home.values()), (entity.name, field.name)
                followed += 1
    assert followed > 300


@pytest.mark.parametrize(("seed", "today"), [(1, DEFAULT_TODAY), (3, date(2028, 2, 29)), (4, date(2026, 1, 1))])
def test_no_gate_is_broken(tmp_path: Path, seed: int, today: date) -> None:
    gates = tuple(name for name, r in rules.load().items() if r.kind == "gate")
    with build(tmp_path / "g.db", seed=seed, today=today) as store:
        assert rules.check(store.db, gates) == []


def test_a_realistic_number_of_shortcomings(tmp_path: Path) -> None:
    """Rules ask what day it is, so this sample ends today."""
    with build(tmp_path / "t.db", today=date.today()) as store:
        found = [finding.rule for finding in rules.check(store.db)]
    assert 20 <= len(found) <= 120
    assert found.count("a_high_risk_has_an_action") == 2
    assert found.count("a_steering_document_has_a_version_in_force") == 3
    assert {"an_action_is_done_in_time", "an_obligation_is_met_in_time", "a_document_is_reviewed_in_time"} <= set(found)
    assert "a_mandatory_role_is_held" not in found
    assert "each_unit_has_its_mandatory_roles" not in found


def test_the_thread_can_be_followed_from_risk_to_decision(sample: Store) -> None:
    """Risk → check → round → deviation → analysis → cause → action → decision at a meeting."""
    rows = sample.db.execute(
        """SELECT DISTINCT d.id FROM risk r JOIN self_check s ON s.risk = r.id
           JOIN self_check_round o ON o.self_check = s.id
           JOIN link l ON l.source = o.id AND l.kind = 'leder till' JOIN deviation v ON v.id = l.target
           JOIN analysis n ON n.subject = v.id JOIN cause c ON c.analysis = n.id
           JOIN link k ON k.source = c.id AND k.kind = 'leder till' JOIN action a ON a.id = k.target AND a.origin = n.id
           JOIN decision d ON d.id = a.decision JOIN meeting m ON m.id = d.meeting"""
    ).fetchall()
    assert rows


def test_decisions_come_after_what_they_are_about(sample: Store) -> None:
    late = sample.db.execute(
        """SELECT a.ref FROM action a JOIN decision d ON d.id = a.decision JOIN meeting m ON m.id = d.meeting
           WHERE m.held_on < a.proposed_on OR a.done_on < m.held_on"""
    ).fetchall()
    assert late == []
    backwards = sample.db.execute(
        """SELECT v.ref FROM deviation v LEFT JOIN investigation i ON i.deviation = v.id
           WHERE v.received_on < v.happened_on OR i.started_on < v.received_on OR i.finished_on < i.started_on
             OR v.closed_on < i.finished_on"""
    ).fetchall()
    assert backwards == []


def test_no_personal_data_in_free_text(sample: Store) -> None:
    names = register(sample.db)
    assert len(names) > 40
    found = []
    for entity in ENTITIES.values():
        for field in entity.columns:
            if isinstance(field, Text) and field.personal is not Personal.WORK:
                rows = sample.db.execute(f'SELECT "{field.name}" FROM "{entity.name}" WHERE "{field.name}" IS NOT NULL')
                found += [(entity.name, field.name, row[0]) for row in rows if suspicions(str(row[0]), names)]
    assert found == []


def test_texts_are_filled_in_and_varied(sample: Store) -> None:
    texts = [row[0] for row in sample.db.execute("SELECT what_happened FROM deviation")]
    assert not [t for t in texts if "{" in t or "}" in t or "  " in t or not t.endswith(".")]
    assert len(set(texts)) > 0.7 * len(texts)


def test_history_has_old_and_new_values(sample: Store) -> None:
    updates = sample.db.execute("SELECT count(*) FROM sync_op WHERE kind = 2").fetchone()[0]
    actors = sample.db.execute("SELECT count(DISTINCT actor) FROM change_set").fetchone()[0]
    assert updates > 10
    assert actors >= 8
