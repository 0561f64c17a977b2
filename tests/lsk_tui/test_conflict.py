"""Two people wrote different things in the same fields: seen on Idag and on the record, gone through and settled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lsk.store import Store
from lsk_tui import actions
from lsk_tui.screens.conflict import Review, SideBox, Write
from lsk_tui.screens.dialogs import Ask
from lsk_tui.screens.form import Form
from lsk_tui.screens.help import Help
from lsk_tui.screens.palette import Palette
from lsk_tui.screens.record import Record
from lsk_tui.widgets.lines import Contested, Jump, Lines
from sync.conflicts import conflicts
from sync.merge import sync_files
from sync.unit_file import make_unit_file
from tests.lsk_tui.snapshot import same

REF = "RAG-ÅTG-26-001"


def record(store: Store) -> str:
    return str(store.db.execute("SELECT id FROM action WHERE ref = ?", (REF,)).fetchone()["id"])


def apart(file: Path, ours: dict[str, str], theirs: dict[str, str]) -> Path:
    """The action changed in the main file and, by another, in the unit's; then synced."""
    own = file.with_name("enhet-HTN.db")
    with Store.open(file) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        make_unit_file(store, unit, own, "Anna Berg")
    for path, actor, values in ((file, "Anna Berg", ours), (own, "Malin Holm", theirs)):
        with Store.open(path) as store, store.change(actor) as change:
            change.update("action", record(store), values)
    sync_files(file, [own], "Anna Berg")
    return file


@pytest.fixture
def contested(file: Path) -> Path:
    """The day of an action moved to the 24th at the unit and to the 30th in the main file."""
    return apart(file, {"due": "2026-11-30"}, {"due": "2026-11-24"})


OURS = "Inför larm direkt när ett besök inte kvitteras"
THEIRS = "Inför larm när ett besök inte kvitteras inom en timme"


@pytest.fixture
def two_of_them(file: Path) -> Path:
    """Both the day and the text."""
    return apart(file, {"due": "2026-11-30", "text": OURS}, {"due": "2026-11-24", "text": THEIRS})


def due(path: Path) -> tuple[str, int]:
    with Store.open(path, readonly=True) as store:
        day = store.db.execute("SELECT due FROM action WHERE ref = ?", (REF,)).fetchone()["due"]
        return day, len(conflicts(store))


def text(path: Path) -> str:
    with Store.open(path, readonly=True) as store:
        return str(store.db.execute("SELECT text FROM action WHERE ref = ?", (REF,)).fetchone()[0])


async def to_the_conflict(user) -> None:
    lines = user.app.screen.query_one(Lines)
    lines.highlighted = next(n for n, line in enumerate(lines.shown) if isinstance(line.target, Contested))
    await user.press("enter")


async def to_the_text(user) -> None:
    """To the conflict about the text, which has words to compare."""
    await to_the_conflict(user)
    if user.app.screen.conflict.field != "text":
        await user.press("n")


def boxes(user) -> list[str]:
    return [" ".join(str(box.content).split()) for box in user.app.screen.query(SideBox)]


async def test_a_conflict_is_seen_from_idag_with_who_when_and_where(contested: Path, use) -> None:
    async with use(contested) as user:
        assert "Konflikter att avgöra" in user.app.screen.query_one(Lines).words
        await to_the_conflict(user)
        assert isinstance(user.app.screen, Review)
        assert user.sees("Konflikt 1 av 1") and user.sees(f"⚡ Klart senast – {REF}")
        before, first, second = boxes(user)
        when = r"\d{4}-\d\d-\d\d \d\d:\d\d"
        assert before == "2026-11-10"
        assert re.fullmatch(rf"Malin Holm, {when}, fil HTN 2026-11-24", first)
        assert re.fullmatch(rf"Anna Berg, {when}, fil RAG \(den här\) 2026-11-30", second)


@pytest.mark.parametrize(
    ("keys", "day"),
    [(["1"], "2026-11-24"), (["2"], "2026-11-30"), (["down", "enter"], "2026-11-30"), (["enter"], "2026-11-24")],
)
async def test_what_is_chosen_stands_and_the_row_on_idag_is_gone(
    contested: Path, use, keys: list[str], day: str
) -> None:
    async with use(contested) as user:
        await to_the_conflict(user)
        await user.press(*keys)
        assert f"Avgjort: Klart senast – {day}." in user.told and "Alla konflikter är avgjorda." in user.told
        assert "Konflikter att avgöra" not in user.app.screen.query_one(Lines).words
    assert due(contested) == (day, 0)


async def test_esc_settles_it_later_and_a_digit_too_high_does_nothing(contested: Path, use) -> None:
    async with use(contested) as user:
        await to_the_conflict(user)
        await user.press("9")
        assert isinstance(user.app.screen, Review)
        await user.press("escape")
        assert "Konflikter att avgöra" in user.app.screen.query_one(Lines).words
    assert due(contested) == ("2026-11-24", 1)


async def test_what_each_has_changed_is_marked_word_by_word(two_of_them: Path, use) -> None:
    async with use(two_of_them) as user:
        await to_the_text(user)
        _, first, second = boxes(user)
        assert first.endswith("Inför larm när ett besök inte kvitteras [+inom en timme+]")
        assert second.endswith("Inför larm [+direkt+] när ett besök inte kvitteras")
        assert user.sees("[−borttaget−] [+tillagt+]")


async def test_conflicts_are_gone_through_with_next_and_previous_and_counted(two_of_them: Path, use) -> None:
    async with use(two_of_them) as user:
        await to_the_conflict(user)
        assert user.sees("Konflikt 1 av 2")
        await user.press("n")
        assert user.sees("Konflikt 2 av 2")
        await user.press("n", "p")
        assert user.sees("Konflikt 2 av 2")
        await user.press("1")
        assert user.sees("Konflikt 2 av 2")  # one is settled, and this is the other
        await user.press("1")
        assert not isinstance(user.app.screen, Review)
    assert due(two_of_them)[1] == 0


async def test_both_texts_are_joined_and_can_be_changed_before_they_are_saved(two_of_them: Path, use) -> None:
    async with use(two_of_them) as user:
        await to_the_text(user)
        await user.press("b")
        assert isinstance(user.app.screen, Write)
        assert (
            user.app.screen.query_one("TextArea").text == "Inför larm direkt när ett besök inte kvitteras inom en timme"
        )
        await user.write(" eller ring")
        await user.press("ctrl+s")
        assert isinstance(user.app.screen, Review)
    assert text(two_of_them) == f"{OURS} inom en timme eller ring"
    assert due(two_of_them)[1] == 1


async def test_a_third_value_is_written_as_in_the_form_and_judged_there(contested: Path, use) -> None:
    async with use(contested) as user:
        await to_the_conflict(user)
        await user.press("b")
        assert "rymmer bara ett värde" in user.told
        await user.press("e", *["backspace"] * 10)
        await user.write("snart")
        await user.press("ctrl+s")
        assert isinstance(user.app.screen, Write)
        await user.press(*["backspace"] * 5)
        await user.write("2026-12-05")
        await user.press("enter")
        assert "Avgjort: Klart senast – 2026-12-05." in user.told
    assert due(contested) == ("2026-12-05", 0)


async def test_what_is_being_written_is_not_thrown_by_one_esc(contested: Path, use) -> None:
    async with use(contested) as user:
        await to_the_conflict(user)
        await user.press("e", "backspace", "escape")
        assert isinstance(user.app.screen, Ask)
        await user.press("enter")
        assert isinstance(user.app.screen, Write)
        await user.press("escape", "right", "enter")
        assert isinstance(user.app.screen, Review)
    assert due(contested) == ("2026-11-24", 1)


async def test_undo_takes_back_the_decision_but_nothing_that_was_done_before_it(two_of_them: Path, use) -> None:
    async with use(two_of_them) as user:
        await to_the_text(user)
        await user.press("2")
        assert text(two_of_them) == OURS
        await user.press("u")
        assert "Ångrat:" in user.told and text(two_of_them) == THEIRS
        assert "Konflikten öppnas inte igen: det andra värdet står i historiken (h)" in user.told
    assert due(two_of_them) == ("2026-11-24", 1)


async def test_choosing_what_stood_already_leaves_nothing_to_undo(two_of_them: Path, use) -> None:
    async with use(two_of_them) as user:
        await to_the_conflict(user)
        await user.press("1", "u")
        assert "inget värde ändrades" in user.told and "Ångrat" not in user.told
    assert due(two_of_them)[1] == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_sides_stand_under_each_other_or_beside(two_of_them: Path, use, size) -> None:
    async with use(two_of_them, size=size) as user:
        await to_the_text(user)
        same(re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "2026-11-20 12:00", user.screen), f"konflikt-{size[0]}")
        tops = {box.region.y for box in user.app.screen.query(SideBox)}
        assert len(tops) == (3 if size[0] == 80 else 1)


async def test_a_long_text_is_read_page_by_page(file: Path, use) -> None:
    long = "Gå igenom listan med alla som är i tjänst. " * 60
    apart(file, {"text": long + "Ring alltid."}, {"text": long + "Skriv alltid."})
    async with use(file) as user:
        await to_the_conflict(user)
        sides = user.app.screen.query_one("#sides")
        assert sides.scroll_y == 0 and user.sees("Före")
        await user.press("pagedown")
        assert sides.scroll_y == sides.size.height
        await user.press(*["pagedown"] * 20)
        assert "alltid.+]" in " ".join(user.screen.split())
        await user.press(*["pageup"] * 30)
        assert sides.scroll_y == 0


async def test_somebody_else_may_have_settled_it_meanwhile(contested: Path, use) -> None:
    async with use(contested) as user:
        await to_the_conflict(user)
        with Store.open(contested) as store, store.change("Malin Holm") as change:
            change.update("action", record(store), {"due": "2026-11-25"})
        await user.press("1")
        assert "Posten har ingen konflikt att avgöra." in user.told
        await user.press("f5")
        assert "Alla konflikter är avgjorda." in user.told and not isinstance(user.app.screen, Review)
    assert due(contested) == ("2026-11-25", 0)


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
        assert isinstance(user.app.screen, Review)
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
        before, first, second = boxes(user)
        assert "En har tagit bort posten" in before
        assert first.startswith("Malin Holm") and first.endswith("Behåll posten")
        assert second.startswith("Anna Berg") and second.endswith("Ta bort posten")
        await user.press("e", "b")
        assert user.told.count("Konflikten gäller hela posten") == 1  # once is enough
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
