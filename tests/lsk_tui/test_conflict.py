"""Two people wrote different things in one field: seen on Idag and on the record, and settled there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lsk.store import Store
from lsk_tui import actions
from lsk_tui.screens.conflict import Decide
from lsk_tui.screens.form import Form
from lsk_tui.screens.help import Help
from lsk_tui.screens.palette import Palette
from lsk_tui.screens.record import Record
from lsk_tui.widgets.lines import Contested, Jump, Lines
from sync.conflicts import conflicts
from sync.merge import sync_files
from sync.unit_file import make_unit_file

REF = "RAG-ÅTG-26-001"


def record(store: Store) -> str:
    return str(store.db.execute("SELECT id FROM action WHERE ref = ?", (REF,)).fetchone()["id"])


@pytest.fixture
def contested(file: Path) -> Path:
    """The day of an action moved to the 24th at the unit and to the 30th in the main file, then synced."""
    own = file.with_name("enhet-HTN.db")
    with Store.open(file) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        make_unit_file(store, unit, own, "Anna Berg")
    for path, actor, day in ((file, "Anna Berg", "2026-11-30"), (own, "Malin Holm", "2026-11-24")):
        with Store.open(path) as store, store.change(actor) as change:
            change.update("action", record(store), {"due": day})
    sync_files(file, [own], "Anna Berg")
    return file


def due(path: Path) -> tuple[str, int]:
    with Store.open(path, readonly=True) as store:
        day = store.db.execute("SELECT due FROM action WHERE ref = ?", (REF,)).fetchone()["due"]
        return day, len(conflicts(store))


async def to_the_conflict(user) -> None:
    lines = user.app.screen.query_one(Lines)
    lines.highlighted = next(n for n, line in enumerate(lines.shown) if isinstance(line.target, Contested))
    await user.press("enter")


async def test_a_conflict_is_seen_from_idag_with_who_when_and_where(contested: Path, use) -> None:
    async with use(contested) as user:
        assert "Konflikter att avgöra" in user.app.screen.query_one(Lines).words
        await to_the_conflict(user)
        assert isinstance(user.app.screen, Decide)
        assert "Konflikt: Klart senast" in user.dialog and "Före: 2026-11-10" in user.dialog
        when = r"\d{4}-\d\d-\d\d \d\d:\d\d"
        assert re.search(rf"1 Gäller nu 2026-11-24 Malin Holm, {when}, fil HTN", user.dialog)
        assert re.search(rf"2 Annat värde 2026-11-30 Anna Berg, {when}, fil RAG", user.dialog)


@pytest.mark.parametrize(
    ("keys", "day"), [(["1"], "2026-11-24"), (["2"], "2026-11-30"), (["down", "enter"], "2026-11-30")]
)
async def test_what_is_chosen_stands_and_the_row_on_idag_is_gone(
    contested: Path, use, keys: list[str], day: str
) -> None:
    async with use(contested) as user:
        await to_the_conflict(user)
        await user.press(*keys)
        assert f"Avgjort: Klart senast – {day}." in user.told
        assert "Konflikter att avgöra" not in user.app.screen.query_one(Lines).words
    assert due(contested) == (day, 0)


async def test_esc_settles_it_later_and_a_digit_too_high_does_nothing(contested: Path, use) -> None:
    async with use(contested) as user:
        await to_the_conflict(user)
        await user.press("9")
        assert isinstance(user.app.screen, Decide)
        await user.press("escape")
        assert "Konflikter att avgöra" in user.app.screen.query_one(Lines).words
    assert due(contested) == ("2026-11-24", 1)


async def test_the_record_marks_the_field_and_offers_to_settle_it(contested: Path, use) -> None:
    async with use(contested) as user:
        await user.press("g", "f", "enter")
        assert isinstance(user.app.screen, Record)
        assert user.sees("⚡ konflikt · 2026-11-24") and "a  Avgör konflikt" in user.screen
        await user.press("a", "2")
        assert "⚡" not in user.app.screen.query_one(Lines).words
        assert "Avgör konflikt" not in user.screen
        await user.press("a")
        assert "Posten har ingen konflikt att avgöra." in user.told
    assert due(contested) == ("2026-11-30", 0)


async def test_the_contested_field_can_still_be_written_anew(contested: Path, use) -> None:
    async with use(contested) as user:
        await user.press("g", "f", "enter")
        lines = user.app.screen.query_one(Lines)
        lines.highlighted = next(n for n, line in enumerate(lines.shown) if isinstance(line.target, Contested))
        await user.press("e")
        assert isinstance(user.app.screen, Form) and user.app.focused.parent.parent.id == "field-due"


async def test_a_conflict_is_settled_from_the_palette_and_without_one_help_says_why_not(contested: Path, use) -> None:
    async with use(contested) as user:
        await user.press("ctrl+p")
        assert isinstance(user.app.screen, Palette)
        await user.write("avgör")
        await user.press("enter")
        assert isinstance(user.app.screen, Decide)
        await user.press("1", "f1")
        assert isinstance(user.app.screen, Help)
        assert "Avgör konflikt: Det finns ingen konflikt att avgöra." in user.app.screen.query_one(Lines).words


async def test_a_record_deleted_by_one_and_changed_by_another_is_kept_or_taken_away(file: Path, use) -> None:
    own = file.with_name("enhet-HTN.db")
    with Store.open(file) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        make_unit_file(store, unit, own, "Anna Berg")
        with store.change("Anna Berg") as change:
            change.delete("action", record(store))
    with Store.open(own) as store, store.change("Malin Holm") as change:
        change.update("action", record(store), {"due": "2026-11-24"})
    sync_files(file, [own], "Anna Berg")
    async with use(file) as user:
        await to_the_conflict(user)
        assert "Behåll posten Malin Holm" in user.dialog and "Ta bort posten Anna Berg" in user.dialog
        await user.press("escape")
        with Store.open(file, readonly=True) as store:
            user.app.jump(Jump("action", record(store)))
        await user.settle()
        assert user.sees("⚡ konflikt · borttagen av en, ändrad av en annan")
        await user.press("a", "2")
        assert user.sees("(borttagen)")


def test_a_unit_s_own_file_says_why_a_shared_record_s_conflict_is_settled_in_the_main_file() -> None:
    from lsk.model import entity

    here = actions.Situation(unit="u1", mine=frozenset({"u1"}), entity=entity("role"), record="r1")
    assert "huvudfilen" in actions.can_decide(here)
