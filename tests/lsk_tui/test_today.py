"""Idag: clocks, decisions, news, silent files. Each line leads to where it is handled, and is gone when it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from lsk import clocks
from lsk.store import Store
from lsk_tui import agenda
from lsk_tui.lines import Jump
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.record import Record
from lsk_tui.widgets.lines import Lines
from lsk_tui.widgets.table import RecordTable
from sync.merge import sync_files
from sync.unit_file import make_unit_file
from tests.lsk_tui.conftest import TODAY

ANNA = "Anna Berg"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    with Store.open(file, today=TODAY) as opened:
        yield opened


def one_id(store: Store, sql: str, *values: Any) -> str:
    return str(store.db.execute(sql, values).fetchone()[0])


def add(store: Store, entity: str, **values: Any) -> str:
    with store.change(ANNA) as change:
        return change.insert(entity, values).id


def put(store: Store, entity: str, record: str, **values: Any) -> None:
    with store.change(ANNA) as change:
        change.update(entity, record, values)


def unit(store: Store, name: str = "HTN") -> str:
    return one_id(store, "SELECT id FROM unit WHERE short_name = ?", name)


def lex(store: Store, kind: str = "missförhållande", name: str = "HTN", received: str = "2026-11-01") -> str:
    about = {"received_on": received, "what_happened": "Hjälpen uteblev ett helt dygn.", "diary_number": "KS 2026-1"}
    return add(store, "deviation", kind=kind, unit=unit(store, name), origin="intern", **about)


def under(store: Store, heading: str, actor: str = ANNA) -> list[str]:
    """The lines that stand under a heading of Idag."""
    lines = agenda.agenda(store, actor)
    start = next((n for n, line in enumerate(lines) if line.heading and line.text.startswith(heading)), None)
    if start is None:
        return []
    end = next(n for n, line in enumerate(lines) if n > start and line.heading)
    return [line.plain for line in lines[start + 1 : end]]


def goal(store: Store, track: str, days: int) -> None:
    key = clocks.TRACKS[track][0]
    record = one_id(store, "SELECT id FROM setting WHERE key = ?", key)
    put(store, "setting", record, value=str(days))


# --- clocks ----------------------------------------------------------------------------------------------------------


def test_without_a_goal_of_the_municipality_s_own_a_clock_counts_the_days_that_have_gone(store: Store) -> None:
    lex(store)
    (line,) = under(store, "Klockor som går")
    assert "lex Sarah HTN – dag 20" in line and "genast" in line and "ingen lokal målsättning" in line


@pytest.mark.parametrize(
    ("received", "words"),
    [("2026-11-01", "11 dagar kvar"), ("2026-10-20", "1 dag över tiden"), ("2026-10-21", "0 dagar kvar")],
)
def test_a_local_goal_is_counted_down_to_and_called_a_local_goal(store: Store, received: str, words: str) -> None:
    goal(store, "lex Maria", 30)
    lex(store, "vårdskada", received=received)
    (line,) = under(store, "Klockor som går")
    assert line.startswith((date.fromisoformat(received) + timedelta(30)).isoformat())
    assert words in line and "lokal målsättning 30 dagar" in line and "frist" not in line


def test_the_time_after_a_notification_is_said_to_be_likely(store: Store) -> None:
    case = lex(store, received="2026-10-01")
    add(store, "investigation", deviation=case, kind="lex Sarah", reported_to_ivo_on="2026-10-05", status="utreds")
    (line,) = under(store, "Klockor som går")
    assert line.startswith("2026-12-05") and "15 dagar kvar" in line
    assert "troligen inom två månader" in line and "SOSFS 2011:5" in line


def test_a_clock_stops_when_the_investigation_is_done_and_runs_on_for_what_is_serious(store: Store) -> None:
    case = lex(store)
    inquiry = add(store, "investigation", deviation=case, kind="lex Sarah", status="utreds")
    assert len(under(store, "Klockor som går")) == 1
    put(store, "investigation", inquiry, status="bedömd", assessment="allvarligt missförhållande")
    (line,) = under(store, "Klockor som går")
    assert "anmäls till IVO snarast" in line
    assert "a_serious_case_is_reported_to_ivo" in agenda.TOLD  # so it is not said twice
    put(store, "investigation", inquiry, reported_to_ivo_on="2026-11-20")
    assert under(store, "Klockor som går") == []


def test_what_has_a_clock_does_not_also_wait(store: Store) -> None:
    lex(store)
    assert not any("helt dygn" in line for line in under(store, "Väntar på nästa steg"))


async def test_a_clock_leads_to_the_investigation_where_there_is_one(file: Path, use) -> None:
    with Store.open(file, today=TODAY) as store:
        case = lex(store)
        add(store, "investigation", deviation=case, kind="lex Sarah", status="utreds")
    async with use(file) as user:
        assert user.sees("Klockor som går (1)")
        await user.press("enter")
        assert isinstance(user.app.screen, Record) and user.app.screen.entity == "investigation"


# --- decisions -------------------------------------------------------------------------------------------------------


def waiting_version(store: Store) -> str:
    document = add(store, "document", title="Riktlinje för nattbemanning", kind="riktlinje")
    return add(store, "document_version", document=document, version_number="1", status="granskas")


def test_a_document_waits_for_the_one_the_profile_points_out(store: Store) -> None:
    version = waiting_version(store)
    (line,) = under(store, "Väntar på beslut")
    assert line.startswith("beslut ") and "beslutas av Social- och arbetsmarknadsutskottet" in line
    role = one_id(store, "SELECT id FROM role WHERE name = 'Social- och arbetsmarknadsutskottet'")
    person = add(store, "person", name=ANNA)
    add(store, "assignment", person=person, role=role, valid_from="2026-01-01")
    (line,) = under(store, "Väntar på beslut")
    assert line.startswith("ditt beslut") and "beslutas av" not in line
    assert heading(store, "Väntar på beslut") == "Väntar på beslut, varav 1 ditt (1)"
    put(store, "document_version", version, status="fastställd", decided_by=role, decided_on="2026-11-20")
    assert under(store, "Väntar på beslut") == []


def heading(store: Store, start: str) -> str:
    return next(line.text for line in agenda.agenda(store, ANNA) if line.heading and line.text.startswith(start))


def test_a_role_that_has_ended_decides_nothing(store: Store) -> None:
    waiting_version(store)
    role = one_id(store, "SELECT id FROM role WHERE name = 'Social- och arbetsmarknadsutskottet'")
    person = add(store, "person", name=ANNA)
    add(store, "assignment", person=person, role=role, valid_from="2025-01-01", valid_to="2026-11-19")
    assert under(store, "Väntar på beslut")[0].startswith("beslut ")


def test_a_prioritised_action_waits_for_the_body_that_gets_the_memo(store: Store) -> None:
    placed = {"scenario": "Färre missar.", "resource_input": "låg", "improvement": "stor", "status": "prioriterad"}
    add(store, "action", text="Byt larm", unit=unit(store), **placed)
    (line,) = under(store, "Väntar på beslut")
    assert "Byt larm" in line and "beslutas av Social- och arbetsmarknadsutskottet" in line


# --- what came, and from whom nothing comes ---------------------------------------------------------------------------


@pytest.fixture
def own(store: Store, file: Path) -> Path:
    path = file.with_name("enhet-HTN.db")
    make_unit_file(store, unit(store), path, ANNA)
    return path


def report(path: Path, *texts: str) -> None:
    with Store.open(path, today=TODAY) as at_unit:
        for text in texts:
            told = {"kind": "avvikelse", "unit": at_unit.file.unit, "origin": "intern", "received_on": "2026-11-19"}
            add(at_unit, "deviation", what_happened=text, **told)


async def test_what_a_sync_brought_is_counted_listed_and_put_away(file: Path, own: Path, use) -> None:
    report(own, "Nyckeln var borta.", "Larmet gick inte fram.")
    sync_files(file, [own], ANNA)
    async with use(file) as user:
        lines = user.app.screen.query_one(Lines)
        news = next(n for n, line in enumerate(lines.shown) if line.label == "nytt")
        assert "2 avvikelser från" in lines.shown[news].text and "Nytt från andra filer" in lines.words
        lines.highlighted = news
        await user.press("enter")
        assert isinstance(user.app.screen, Browse) and user.app.screen.query_one(RecordTable).count == 2
        await user.press("escape")
        lines = user.app.screen.query_one(Lines)
        assert "2 avvikelser från" in lines.words  # looked at, and not yet put away
        lines.highlighted = next(n for n, line in enumerate(lines.shown) if line.label == "läst")
        await user.press("enter")
        assert "Nytt från andra filer" not in user.app.screen.query_one(Lines).words
    async with use(file) as user:
        assert "Nytt från andra filer" not in user.app.screen.query_one(Lines).words


def test_news_comes_down_to_the_unit_too_and_a_second_sync_adds_to_what_is_unread(
    store: Store, file: Path, own: Path
) -> None:
    sync_files(file, [own], ANNA)
    add(store, "document", title="Rutin för nycklar", kind="rutin")
    sync_files(file, [own], ANNA)
    with Store.open(own, today=TODAY) as at_unit:
        assert any("1 dokument" in line for line in under(at_unit, "Nytt från andra filer"))
    report(own, "Nyckeln var borta.")
    sync_files(file, [own], ANNA)
    report(own, "Larmet gick inte fram.")
    sync_files(file, [own], ANNA)
    assert any("2 avvikelser" in line for line in under(store, "Nytt från andra filer"))


def test_a_record_that_came_and_is_taken_away_leads_nowhere(store: Store, file: Path, own: Path) -> None:
    report(own, "Nyckeln var borta.")
    sync_files(file, [own], ANNA)
    with store.change(ANNA) as change:
        change.delete("deviation", one_id(store, "SELECT id FROM deviation WHERE what_happened LIKE 'Nyckeln%'"))
    (gone,) = [line for line in agenda.agenda(store, ANNA) if "tagits bort" in line.text]
    assert "1 avvikelse som tagits bort" in gone.text and gone.target is None


async def test_a_file_that_is_silent_leads_to_the_sync_and_is_gone_after_one(file: Path, own: Path, use) -> None:
    with Store.open(file) as store:
        store.db.execute("UPDATE sync_stream SET last_sync_at = '2026-01-01T00:00:00.000Z' WHERE no > 1")
    async with use(file) as user:
        lines = user.app.screen.query_one(Lines)
        silent = next(line for line in lines.shown if "inte hört av på" in line.text)
        assert "Filer som inte hörts av (1)" in lines.words and silent.target == "work"
    report(own, "Nyckeln var borta.")
    sync_files(file, [own], ANNA)
    with Store.open(file, today=TODAY) as store:
        assert under(store, "Filer som inte hörts av") == []


# --- the whole -------------------------------------------------------------------------------------------------------


def test_a_unit_s_own_file_shows_only_the_unit_s_clocks_and_decisions(store: Store) -> None:
    lex(store, name="HTN")
    lex(store, name="SBH")
    waiting_version(store)
    assert len(under(store, "Klockor som går")) == 2
    home = unit(store)
    store.db.execute("UPDATE sync_local SET kind = 'enhetsfil', unit = ?", (home,))
    with Store.open(store.path, today=TODAY) as at_unit:
        assert len(under(at_unit, "Klockor som går")) == 1
        assert under(at_unit, "Väntar på beslut") == []


def test_only_the_first_few_are_shown_and_the_rest_are_a_list(store: Store) -> None:
    for n in range(9):
        add(store, "action", text=f"Åtgärd {n}", unit=unit(store), due=f"2026-10-{n + 1:02d}", status="beslutad")
    late = under(store, "Försenat (10)")
    assert len(late) == agenda.MOST_DUE + 1 and late[-1] == "…  alla 10 åtgärder"
    entry = next(line for line in agenda.agenda(store) if line.text == "alla 10 åtgärder")
    assert isinstance(entry.target, Jump) and entry.target.record is None


def test_the_number_of_questions_to_the_file_does_not_grow_with_its_records(store: Store) -> None:
    def asked() -> int:
        statements: list[str] = []
        store.db.set_trace_callback(statements.append)
        agenda.agenda(store, ANNA)
        store.db.set_trace_callback(None)
        return len(statements)

    def fill(n: int) -> None:
        told = {"unit": unit(store), "status": "beslutad", "due": "2026-10-01"}
        with store.change(ANNA) as change:
            change.insert_many("action", [{"text": f"Åtgärd {k}", **told} for k in range(n)])
            case = {"kind": "missförhållande", "origin": "intern", "diary_number": "1", "received_on": "2026-11-01"}
            rows = [{"what_happened": f"Händelse {k}", "unit": told["unit"], **case} for k in range(n)]
            change.insert_many("deviation", rows)

    fill(12)
    few = asked()
    fill(200)
    assert asked() == few


def test_findings_are_asked_for_anew_only_when_something_is_written(store: Store) -> None:
    first = agenda.findings(store)
    assert agenda.findings(store) is first
    add(store, "process", name="Process utan ägare")
    assert agenda.findings(store) is not first
    assert any("Process utan ägare" in line.text for line in agenda.findings(store))


async def test_a_calm_day_says_so_and_what_comes_next(tmp_path: Path, use) -> None:
    path = tmp_path / "lugn.db"
    with Store.create(path, today=TODAY) as store:
        home = add(store, "unit", name="Hemtjänst", short_name="HT", level="enhet")
        add(store, "action", text="Se över larmen", unit=home, due="2027-03-01", status="beslutad")
    async with use(path) as user:
        assert user.sees("Inget är försenat och inget väntar på dig.")
        assert user.sees("Närmast i tiden") and user.sees("2027-03-01 Åtgärd HT: Se över larmen")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_idag_fits(file: Path, own: Path, use, size: tuple[int, int]) -> None:
    with Store.open(file, today=TODAY) as store:
        lex(store)
        waiting_version(store)
    report(own, "Nyckeln var borta.")
    sync_files(file, [own], ANNA)
    async with use(file, size) as user:
        assert user.app.screen.query_one(Lines).virtual_size.width <= size[0]
        assert user.sees("Klockor som går (1)") and user.sees("Väntar på beslut (1)")
