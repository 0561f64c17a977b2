"""A record: its steps with what is missing, what it hangs together with, its history, and the ones beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lsk import steps
from lsk.errors import Refused
from lsk.history import undo
from lsk.model import ENTITIES
from lsk.store import Store
from lsk_tui.ahead import BELOW, Take, next_steps
from lsk_tui.among import standing
from lsk_tui.lines import Jump, Line
from lsk_tui.pages import Question
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.dialogs import AddTo
from lsk_tui.screens.form import Form
from lsk_tui.screens.past import Past
from lsk_tui.screens.record import Record
from lsk_tui.sheet import sheet
from lsk_tui.widgets.lines import Lines
from lsk_tui.widgets.table import RecordTable
from tests.lsk_tui.conftest import TODAY

ANNA = "Anna Berg"
LONG = "Besöket uteblev eftersom larmet inte gick fram till den som hade jour den kvällen. " * 6


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    with Store.open(file, today=TODAY) as opened:
        yield opened


@pytest.fixture(scope="module")
def sample(sample_file: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = shutil.copy(sample_file(today=TODAY), tmp_path_factory.mktemp("sample"))
    with Store.open(Path(path), today=TODAY) as made:
        yield made


def called(store: Store, ref: str, entity: str = "deviation") -> str:
    return str(store.db.execute(f'SELECT id FROM "{entity}" WHERE ref = ?', (ref,)).fetchone()[0])


def put(store: Store, entity: str, record: str, **values: Any) -> None:
    with store.change(ANNA) as change:
        change.update(entity, record, values)


def labelled(lines: list[Line], label: str) -> list[Line]:
    return [line for line in lines if line.label == label]


async def to(user, label: str) -> None:
    """Put the cursor on the first line with a label."""
    lines = user.app.screen.query_one("#record", Lines)
    lines.highlighted = next(n for n, line in enumerate(lines.shown) if line.label == label)
    await user.settle()


# --- the steps -------------------------------------------------------------------------------------------------------


def test_the_next_step_is_offered_and_what_a_later_one_asks_for_is_told(store: Store) -> None:
    lines = next_steps(store, "deviation", called(store, "RAG-AVV-26-002"))
    assert lines[0].label == "Nästa steg" and lines[0].target == Take("registrerad") and "inget saknas" in lines[0].text
    (before,) = labelled(lines, "Innan ”avslutad”")
    assert "den är inte utredd" in before.text and "R36: Alla avvikelser ska utredas" in before.text
    assert before.target == BELOW


def test_what_is_missing_leads_to_the_field_that_mends_it(store: Store) -> None:
    unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
    with store.change(ANNA) as change:
        action = change.insert("action", {"text": "Byt larm", "unit": unit, "status": "konsekvensbeskriven"}).id
    lines = next_steps(store, "action", action)
    assert "går inte än" in lines[0].text and lines[0].target is None
    assert Jump("action", action, "scenario") in [line.target for line in labelled(lines, "Saknas")]
    assert any("R54" in line.text for line in lines)


def test_what_another_record_lacks_leads_there(store: Store) -> None:
    deviation = called(store, "RAG-AVV-26-001")
    (before,) = labelled(next_steps(store, "deviation", deviation), "Innan ”avslutad”")
    assert "utredningen är inte klar" in before.text
    assert before.target == Jump("investigation", called(store, "RAG-UTR-26-001", "investigation"))


def test_asking_in_advance_writes_nothing(store: Store) -> None:
    before = store.db.execute("SELECT seq FROM sync_local").fetchone()[0], store.db.total_changes
    for name in ("deviation", "action", "self_check_round"):
        for (record,) in store.db.execute(f'SELECT id FROM "{name}"').fetchall():
            next_steps(store, name, record)
    assert (store.db.execute("SELECT seq FROM sync_local").fetchone()[0], store.db.total_changes) == before


def some(sample: Store, name: str) -> list[str]:
    """Two records on each step of a kind."""
    rows = sample.db.execute(
        f"""SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY status ORDER BY ref) AS nth FROM "{name}")
            WHERE nth <= 2"""
    )
    return [row[0] for row in rows.fetchall()]


@pytest.mark.parametrize("name", [entity.name for entity in ENTITIES.values() if entity.workflow])
def test_the_gates_say_in_advance_what_they_say_when_the_step_is_taken(sample: Store, name: str) -> None:
    for record in some(sample, name):
        for step in steps.left(sample, name, record):
            try:
                put(sample, name, record, status=step.status)
            except Refused as refused:
                assert {f.rule for f in refused.findings} == {f.rule for f in step.stops}, (record, step)
            else:
                undo(sample, ANNA)
                assert step.stops == [], (record, step)


async def test_enter_takes_the_step_and_undo_takes_it_back(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "down", "enter")
        await to(user, "Nästa steg")
        await user.press("enter")
        assert "RAG-AVV-26-002 är nu ”registrerad”" in user.told
        assert "[registrerad]" in user.app.screen.query_one("#record", Lines).words
        await user.press("u")
        assert "[mottagen]" in user.app.screen.query_one("#record", Lines).words
        await user.press("s")
        assert "[registrerad]" in user.app.screen.query_one("#record", Lines).words


async def test_a_step_that_is_stopped_points_at_what_is_missing_and_enter_leads_there(file: Path, use) -> None:
    with Store.open(file, today=TODAY) as store:
        put(store, "deviation", called(store, "RAG-AVV-26-002"), status="uppföljd")
    async with use(file) as user:
        await user.press("g", "a", "down", "enter", "s")
        assert "Steget kan inte tas än" in user.told
        assert user.app.screen.query_one("#record", Lines).current.label == "Saknas"
        await user.press("enter")
        assert isinstance(user.app.screen, AddTo) and "utredning" in user.dialog
        await user.press("escape")
        assert isinstance(user.app.screen, Record) and "[uppföljd]" in user.app.screen.query_one("#record", Lines).words


async def test_at_the_end_of_its_life_there_is_no_step_left(file: Path, use) -> None:
    with Store.open(file, today=TODAY) as store:
        put(store, "action", called(store, "RAG-ÅTG-26-001", "action"), status="avslagen")
    async with use(file) as user:
        await user.press("g", "f", "enter", "s")
        assert "inget steg kvar" in user.told


async def test_a_file_open_for_reading_takes_no_step(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "down", "enter")
        user.app.store.readonly = True
        await user.press("s")
        assert "läsning" in user.told and "[mottagen]" in user.app.screen.query_one("#record", Lines).words


# --- reading ---------------------------------------------------------------------------------------------------------


def test_what_is_empty_is_one_line_that_leads_to_the_first_of_it(store: Store) -> None:
    record = called(store, "RAG-AVV-26-001")
    lines = sheet(store, "deviation", record).lines
    (empty,) = labelled(lines, "Inte ifyllt")
    assert "inträffade den" in empty.text and "svar" in empty.text and empty.target.field == "happened_on"
    assert not any(line.text == "–" for line in lines)


def test_what_leads_elsewhere_is_marked_both_ways(store: Store) -> None:
    lines = sheet(store, "deviation", called(store, "RAG-AVV-26-001")).lines
    assert labelled(lines, "Enhet")[0].text.startswith("→ Hemtjänst Norr")
    assert any(line.heading and line.text.startswith("← Utredningar (1)") for line in lines)


async def test_a_long_text_is_wrapped_between_words_within_80_columns(file: Path, use) -> None:
    with Store.open(file, today=TODAY) as store:
        put(store, "deviation", called(store, "RAG-AVV-26-002"), what_happened=LONG.strip())
    async with use(file) as user:
        await user.press("g", "a", "down", "enter")
        lines = user.app.screen.query_one("#record", Lines)
        assert lines.virtual_size.width <= 80
        shown: list[str] = []
        for _ in range(4):
            shown += user.screen.split()
            await user.press("pagedown")
        assert set(LONG.split()) <= set(shown)  # no word is cut in two


async def test_history_stands_beside_where_there_is_room_and_its_end_below_where_there_is_not(file: Path, use) -> None:
    with Store.open(file, today=TODAY) as store:
        put(store, "deviation", called(store, "RAG-AVV-26-002"), severity="allvarlig")
    async with use(file, (120, 40)) as user:
        await user.press("g", "a", "down", "enter")
        past = user.app.screen.query_one("#record-past", Lines)
        assert past.display and "– → allvarlig" in past.words and "Posten lades till." in past.words
        assert "Senast ändrat" not in user.app.screen.query_one("#record", Lines).words
        await user.pilot.resize_terminal(80, 24)
        await user.settle()
        words = user.app.screen.query_one("#record", Lines).words
        assert not past.display and "Senast ändrat" in words and "– → allvarlig" in words


async def test_more_history_than_fits_below_leads_to_all_of_it(file: Path, use) -> None:
    with Store.open(file, today=TODAY) as store:
        for source in ("brukare", "anhörig", "brukare"):
            put(store, "deviation", called(store, "RAG-AVV-26-002"), source=source)
    async with use(file) as user:
        await user.press("g", "a", "down", "enter", "end")
        assert user.app.screen.query_one("#record", Lines).current.text == "hela historiken"
        await user.press("enter")
        assert isinstance(user.app.screen, Past) and user.sees("anhörig → brukare")


# --- the ones beside it ----------------------------------------------------------------------------------------------


async def test_leafing_through_the_list_one_came_from(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "enter")
        assert user.sees("Avvikelse RAG-AVV-26-003") and user.sees("1 av 3 i listan")
        await user.press("comma")
        assert "ingen post före" in user.told and user.sees("RAG-AVV-26-003")
        await user.press("full_stop", "full_stop")
        assert user.sees("Avvikelse RAG-AVV-26-001") and user.sees("3 av 3 i listan")
        await user.press("full_stop")
        assert "ingen post efter" in user.told
        await user.press("comma", "escape")
        assert isinstance(user.app.screen, Browse)
        assert user.app.screen.query_one(RecordTable).current.ref == "RAG-AVV-26-002"


async def test_a_filtered_list_is_leafed_through_as_it_is_filtered(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "slash")
        await user.write("hemtjänst två")
        await user.press("enter", "enter")
        assert user.sees("Avvikelse RAG-AVV-26-003") and not user.sees("i listan")  # it is alone in it
        await user.press("full_stop")
        assert "ingen post efter" in user.told


async def test_a_record_opened_from_a_line_has_no_list(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("enter", "full_stop")
        assert isinstance(user.app.screen, Record) and "inte från en lista" in user.told


async def test_what_points_at_a_record_is_a_list_of_its_own(file: Path, use) -> None:
    with Store.open(file, today=TODAY) as store:
        deviation = called(store, "RAG-AVV-26-001")
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        with store.change(ANNA) as change:
            change.insert("action", {"text": "Ring ikapp varje kväll", "unit": unit, "origin": deviation})
    async with use(file) as user:
        await user.press("g", "a", "end", "enter")
        await to(user, "RAG-ÅTG-26-002")
        await user.press("enter")
        assert user.sees("Åtgärd RAG-ÅTG-26-002") and user.sees("av 2 i listan")


def test_a_record_that_has_left_its_list_still_has_its_neighbours(store: Store) -> None:
    question = Question.about("deviation", "t.status = 'mottagen'")
    middle = called(store, "RAG-AVV-26-002")
    put(store, "deviation", middle, status="registrerad")
    found = standing(store, question, middle)
    assert (found.place, found.count) == (None, 2)
    assert found.before == called(store, "RAG-AVV-26-003") and found.after == called(store, "RAG-AVV-26-001")


async def test_a_field_is_changed_from_its_line(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "enter")
        await to(user, "Inte ifyllt")
        await user.press("enter")
        assert isinstance(user.app.screen, Form)
