"""What somebody stumbled on while walking through the app, and must not stumble on again."""

from __future__ import annotations

from pathlib import Path

from textual import events

from lsk.store import Store
from lsk_tui.lines import Jump
from lsk_tui.widgets.pick import Pick
from tests.lsk_tui.conftest import User

NAMES = {" ": "space"}


async def at_once(user: User, *keys: str) -> None:
    """Keys that come in one go, as over a slow line: none waits for what the one before it leads to."""
    for key in keys:
        user.app.post_message(events.Key(NAMES.get(key, key), key if len(key) == 1 else None))
    await user.settle()


async def test_enter_takes_the_first_choice_where_one_is_needed(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n", "enter")
        assert user.sees("Typ * avvikelse")


async def test_an_erased_choice_shows_all_there_is(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("n")
        await user.write("syn")
        assert not user.sees("vårdskada")
        await user.press("backspace", "backspace", "backspace")
        assert user.sees("synpunkt") and user.sees("vårdskada")


async def test_what_is_called_so_is_offered_before_what_only_says_it(file: Path, use) -> None:
    async with use(file) as user:
        row = user.app.store.db.execute("SELECT id FROM self_check_round").fetchone()
        user.app.edit("self_check_round", row["id"], "done_by")
        await user.settle()
        await user.write("enh")
        await user.press("enter")
        assert user.app.screen.box("done_by").query_one(Pick).text.startswith("enhetschef")


async def test_what_is_typed_before_the_search_is_open_is_searched_for(file: Path, use) -> None:
    async with use(file) as user:
        user.app.screen.do_palette()
        await at_once(user, *"riskm")
        assert user.sees("riskm") and user.sees("Bild Riskmatris")


async def test_numbers_that_come_fast_land_in_their_own_fields(file: Path, use) -> None:
    async with use(file) as user:
        row = user.app.store.db.execute("SELECT id FROM self_check_round").fetchone()
        user.app.edit("self_check_round", row["id"], "checked_count")
        await user.settle()
        await at_once(user, *"20", "enter", *"16", "enter")
        await user.press("ctrl+s")
    with Store.open(file) as store:
        counted = store.db.execute("SELECT checked_count, compliant_count FROM self_check_round").fetchone()
        assert tuple(counted) == (20, 16)


async def test_saving_waits_for_what_was_typed_before_the_form_was_there(file: Path, use) -> None:
    async with use(file) as user:
        unit = user.app.store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        user.app.new("action", {"unit": unit})
        await at_once(user, *"ring hem", "ctrl+s")
    with Store.open(file) as store:
        assert store.db.execute("SELECT count(*) FROM action WHERE text = 'ring hem'").fetchone()[0] == 1


async def test_ctrl_a_marks_all_that_is_written(file: Path, use) -> None:
    async with use(file) as user:
        row = user.app.store.db.execute("SELECT id FROM deviation").fetchone()
        user.app.edit("deviation", row["id"], "what_happened")
        await user.settle()
        await user.press("ctrl+a")
        await user.write("ny text")
        assert user.sees("Vad hände? * ny text") and not user.sees("besök")


async def test_a_record_says_what_idag_found_lacking_in_it(file: Path, use) -> None:
    async with use(file) as user:
        row = user.app.store.db.execute("SELECT id, question FROM setting WHERE value IS NULL").fetchone()
        user.app.jump(Jump("setting", row["id"]))
        await user.settle()
        assert user.sees("Brist Inställningen är inte bestämd:") and user.sees("Bestäm och fyll i ett värde.")
