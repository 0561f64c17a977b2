"""What somebody stumbled on while walking through the app, and must not stumble on again."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from lsk.store import Store
from lsk_tui.lines import Jump
from lsk_tui.screens.dialogs import AddTo
from lsk_tui.screens.form import Form
from lsk_tui.widgets.lines import Lines
from lsk_tui.widgets.pick import Pick
from tests.lsk_tui.conftest import TODAY, User
from tests.lsk_tui.furnished import thread_through
from tests.town import Town

NAMES = {" ": "space"}
MOST_PAUSES = 50  # one is enough on a computer with nothing else to do


async def at_once(user: User, *keys: str) -> None:
    """Keys that come in one go, as over a slow line: none waits for what the one before it leads to."""
    for key in keys:
        user.app.post_message(events.Key(NAMES.get(key, key), key if len(key) == 1 else None))
    for _ in range(MOST_PAUSES):
        await user.settle()
        if not (user.app.unread or user.app.holding):
            await user.settle()
            return
    raise AssertionError(f"tangenter som aldrig lästes: {list(user.app.unread)}")


async def to_finding(user: User, words: str = "") -> None:
    """Stand on the first line that tells of a finding, with those words in it."""
    lines = user.app.screen.query_one(Lines)
    lines.highlighted = next(n for n, line in enumerate(lines.shown) if line.label == "Brist" and words in line.text)
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


async def test_what_is_typed_with_the_key_that_opens_a_form_is_written_in_it(file: Path, use) -> None:
    async with use(file) as user:
        await at_once(user, "n", *"syn", "enter", *"htn")
        assert user.sees("Typ * synpunkt") and user.sees("Enhet * htn")


async def test_what_is_typed_with_the_key_that_opens_the_search_is_searched_for(file: Path, use) -> None:
    async with use(file) as user:
        await at_once(user, "ctrl+p", *"avvikelser", "enter")
        assert user.app.screen.entity == "deviation"


async def test_a_run_of_keys_goes_through_every_place_on_the_way(file: Path, use) -> None:
    async with use(file) as user:
        await at_once(user, "g", "f", "n", "escape", "g", "a", "f6", "ctrl+a", *"Eva Ek", "enter")
        assert user.app.actor == "Eva Ek" and user.app.screen.entity == "deviation"


async def test_keys_after_those_that_leave_a_place_are_for_the_one_come_back_to(file: Path, use) -> None:
    async with use(file) as user:
        await at_once(user, "n", "escape", "question_mark", "escape", "g", "f")
        assert user.app.screen.entity == "action"


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
        await to_finding(user)
        await user.press("enter")
        assert isinstance(user.app.screen, Form) and user.app.focused in user.app.screen.box("value").walk_children()


@pytest.mark.parametrize(
    ("kind", "where", "words", "leads_to"),
    [
        ("action", "status = 'beslutad'", "skulle ha varit klar", Form),  # late: what is there is changed
        ("unit", "short_name = 'HTN'", "Lägg till", AddTo),  # a plan it has not got: something is added
    ],
)
async def test_a_finding_always_leads_to_where_it_is_mended(
    file: Path, use, kind: str, where: str, words: str, leads_to
) -> None:
    async with use(file) as user:
        row = user.app.store.db.execute(f"SELECT id FROM {kind} WHERE {where}").fetchone()
        user.app.jump(Jump(kind, row["id"]))
        await user.settle()
        await to_finding(user, words)
        await user.press("enter")
        assert isinstance(user.app.screen, leads_to)


async def test_a_version_in_force_is_not_taken_to_replaced_by_hand(tmp_path: Path, use) -> None:
    path = tmp_path / "dokument.db"
    with Store.create(path, "ragunda", code="EX", today=TODAY) as store:
        thread_through(Town(store, "Anna Berg"))
        found = store.db.execute("SELECT id FROM document_version WHERE status = 'fastställd'").fetchone()["id"]
    async with use(path) as user:
        user.app.jump(Jump("document_version", found))
        await user.settle()
        assert user.sees("(eller ersatt, upphävd)") and not user.sees("Nästa steg")
        await user.press("s")
        assert "Det finns inget steg kvar att ta." in user.told


async def test_the_decision_memo_has_no_keys_for_a_year_it_is_not_of(file: Path, use) -> None:
    async with use(file) as user:
        user.app.show_picture("underlag")
        await user.settle()
        assert not user.sees("Året före") and "earlier" not in {action.name for action, _ in user.app.screen.can()}
        await user.press("comma", "f1")
        assert not user.sees("Året") and user.sees("Exportera")


async def test_in_a_terminal_of_few_columns_there_is_room_to_write_beside_nothing(file: Path, use) -> None:
    async with use(file, (40, 10)) as user:
        await user.press("n")
        assert user.app.focused.region.width > 30
        await user.write("syn")
        assert user.sees("Typ * syn") and user.sees("synpunkt")


async def test_the_reference_of_what_is_chosen_is_seen_whole_however_long_the_title(file: Path, use) -> None:
    async with use(file) as user:
        row = user.app.store.db.execute("SELECT id FROM investigation").fetchone()
        user.app.edit("investigation", row["id"])
        await user.settle()
        assert user.sees("Ett planerat besök uteblev p… · RAG-AVV-26-001")


async def test_a_file_that_is_taken_away_is_told_of_once(file: Path, use) -> None:
    async with use(file) as user:
        file.rename(file.with_name("borta.db"))
        await user.press("f5", "f5")
        assert user.told.count("finns inte längre: ett annat program har flyttat eller tagit bort filen") == 1
        file.with_name("borta.db").rename(file)
        await user.press("f5")


async def test_what_is_late_says_who_answers_for_it_also_where_only_its_obligation_does(file: Path, use) -> None:
    with Store.open(file, today=TODAY) as store, store.change("Anna Berg") as change:
        role = store.db.execute("SELECT id FROM role WHERE name = 'socialchef'").fetchone()["id"]
        obligation = {"name": "Kompetensuppföljning", "cadence": "år", "responsible_role": role, "force": "ska"}
        duty = change.insert("obligation", obligation)
        turn = change.insert("occurrence", {"obligation": duty.id, "period": "2026", "due": "2026-11-01"})
    async with use(file) as user:
        user.app.jump(Jump("occurrence", turn.id))
        await user.settle()
        assert user.sees("Svarar för det socialchef: ingen har rollen nu")
    with Store.open(file, today=TODAY) as store, store.change("Anna Berg") as change:
        person = change.insert("person", {"name": "Åsa Öberg"})
        change.insert("assignment", {"person": person.id, "role": role, "valid_from": "2020-01-01"})
    async with use(file) as user:
        user.app.jump(Jump("occurrence", turn.id))
        await user.settle()
        assert user.sees("Svarar för det socialchef: Åsa Öberg")


async def test_a_question_from_the_committee_that_is_late_stands_on_idag(file: Path, use) -> None:
    with Store.open(file, today=TODAY) as store, store.change("Anna Berg") as change:
        body = store.db.execute("SELECT id FROM role WHERE name = 'Kommunstyrelsen'").fetchone()["id"]
        asked = {"body": body, "asked_on": "2026-09-01", "question": "Hur går det med bemanningen?"}
        change.insert("committee_question", {**asked, "due": "2026-10-01"})
    async with use(file) as user:
        assert user.sees("2026-10-01 Fråga från nämnden: Hur går det med bemanningen?")


async def test_a_complaint_that_waits_for_an_answer_stands_among_the_clocks(file: Path, use) -> None:
    """One whose time has passed was told of by the command line only."""
    with Store.open(file, today=TODAY) as store, store.change("Anna Berg") as change:
        goal = store.db.execute("SELECT id FROM setting WHERE key = 'complaint_answer_days'").fetchone()
        if goal:
            change.update("setting", goal["id"], {"value": "3"})
        else:
            change.insert("setting", {"key": "complaint_answer_days", "value": "3", "question": "Svar inom?"})
    async with use(file, size=(120, 40)) as user:
        assert user.sees("Klockor som går (1)") and user.sees("Maten var kall två dagar i rad.")
        assert user.sees("lokal målsättning 3 dagar")


async def test_going_home_at_home_reads_the_file_again(file: Path, use) -> None:
    async with use(file) as user:
        assert user.sees("Försenat (1)")
        with Store.open(file, today=TODAY) as store, store.change("Anna Berg") as change:
            late = store.db.execute("SELECT id FROM action").fetchone()["id"]
            change.update("action", late, {"due": "2027-01-01"})
        await user.press("f2")
        assert not user.sees("Försenat (1)")


async def test_the_sections_of_a_report_stand_in_their_order(file: Path, use) -> None:
    with Store.open(file, today=TODAY) as store, store.change("Anna Berg") as change:
        template = store.db.execute("SELECT id FROM report_template LIMIT 1").fetchone()["id"]
        report = change.insert("report", {"title": "Årets berättelse", "template": template, "year": 2025}).id
        for number in (7, 3, 1, 6, 2, 5, 4):
            change.insert("report_section", {"report": report, "number": number, "heading": f"Avsnitt {number}"})
    async with use(file, size=(120, 60)) as user:
        user.app.jump(Jump("report", report))
        await user.settle()
        shown = [line.text for line in user.app.screen.query_one("#record", Lines).shown if "Avsnitt" in line.text]
        assert shown == [f"Avsnitt {number}" for number in range(1, 8)]
