"""The process map, who answers for what, the units, the thread through a record, and documents."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from lsk import responsibility
from lsk.store import Store
from lsk_tui import actions
from lsk_tui.pictures.document import Document
from lsk_tui.pictures.processmap import ProcessMap
from lsk_tui.pictures.responsibility import Responsibility
from lsk_tui.pictures.thread import Thread
from lsk_tui.pictures.versions import Versions
from lsk_tui.screens.approve import Approve
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.conflict import Review
from lsk_tui.screens.dialogs import Ask
from lsk_tui.screens.form import Form
from lsk_tui.screens.record import Record
from lsk_tui.widgets.dutygrid import DutyGrid, called
from lsk_tui.widgets.lines import Jump, Lines
from tests.lsk_tui.conftest import TODAY
from tests.lsk_tui.furnished import EVENT, ROUTINE, thread_through
from tests.lsk_tui.snapshot import same
from tests.test_house import loaded_by
from tests.town import Town

SIZES = [(80, 24), (120, 40)]
PLACES = {
    actions.MAP: ProcessMap,
    actions.DUTIES: Responsibility,
    actions.THREAD: Thread,
    actions.DOCUMENT: Document,
    actions.VERSIONS: Versions,
    actions.CONFLICT: Review,
}


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("system") / "ragunda.db"
    with Store.create(path, "ragunda", code="EX", today=TODAY) as store:
        thread_through(Town(store, "Anna Berg"))
    return path


@pytest.fixture
def place(furnished: Path, tmp_path: Path) -> Path:
    path = tmp_path / "exempel.db"
    shutil.copyfile(furnished, path)
    return path


def one(user, sql: str, *values: Any) -> str:
    return str(user.app.store.db.execute(sql, values).fetchone()[0])


async def show(user, name: str, entity: str | None = None, record: str | None = None) -> None:
    user.app.show_picture(name, entity, record)
    await user.settle()


async def show_document(user) -> None:
    await show(user, "dokument", "document", one(user, "SELECT id FROM document WHERE title = ?", ROUTINE))


async def show_thread(user) -> None:
    await show(user, "tråd", "deviation", one(user, "SELECT id FROM deviation WHERE what_happened = ?", EVENT))


def words(user, lines: str) -> str:
    return user.app.screen.query_one(lines, Lines).words


PICTURES = {
    "processkarta": lambda user: show(user, "processkarta"),
    "ansvar": lambda user: show(user, "ansvar"),
    "organisation": lambda user: show(user, "organisation"),
    "spår": show_thread,
    "dokument": show_document,
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PICTURES)
async def test_a_picture_looks_as_when_it_was_last_looked_at(place: Path, use, name: str, size) -> None:
    async with use(place, size=size) as user:
        await PICTURES[name](user)
        if name == "processkarta":
            await user.press("o")
        same(user.screen, f"{name}-{size[0]}")


@pytest.mark.parametrize("size", [(40, 10), (20, 5), (1, 1)])
@pytest.mark.parametrize("name", PICTURES)
async def test_a_picture_stands_any_size(place: Path, use, name: str, size) -> None:
    async with use(place) as user:
        await PICTURES[name](user)
        shown = user.app.screen
        await user.pilot.resize_terminal(*size)
        await user.press("down", "right", "up", "left")
        await user.pilot.resize_terminal(80, 24)
        await user.settle()
        assert user.app.screen is shown and user.told == ""


@pytest.mark.parametrize("size", [(80, 24)])
@pytest.mark.parametrize("name", ["processkarta", "ansvar", "organisation", "tråd", "dokument"])
async def test_a_picture_of_nothing_says_what_to_do(empty_file: Path, tmp_path: Path, use, name: str, size) -> None:
    path = tmp_path / "inget.db"
    shutil.copyfile(empty_file, path)
    async with use(path, size=size) as user:
        await show(user, name)
        assert user.sees("tryck n") or user.sees("Tryck n") or user.sees("tryck t") or user.sees("tryck v")


@pytest.mark.parametrize("place_of", PLACES)
def test_every_act_can_be_done_and_has_a_key_of_its_own(place_of: str) -> None:
    acts = list(actions.at(place_of))
    assert [act.name for act in acts if not hasattr(PLACES[place_of], f"do_{act.name}")] == []
    keys = [key for act in acts for key in act.keys.split(",") if key]
    assert sorted(keys) == sorted(set(keys)) and not set(keys) & actions.FORBIDDEN
    assert len(actions.in_row(place_of)) <= 7


# --- the map of processes ------------------------------------------------------------------------------------------


async def test_the_map_folds_out_and_says_what_is_lacking_under_what_is_folded(place: Path, use) -> None:
    async with use(place) as user:
        await show(user, "processkarta")
        assert user.sees("▸ 1 Läkemedel – MAS (2) ! 1 brist under")
        assert user.sees("2 Måltider ! saknar ägare, saknar aktiviteter, ingen översyn planerad")
        await user.press("space", "down", "space")
        assert user.sees("▾ Ge läkemedel – enhetschef") and user.sees("≡ Rutin för signering – enhetschef")
        assert user.sees("· Följa upp – enhetschef ! saknar rutin")
        await user.press("down", "space")  # at the end of a branch: what it is part of is folded
        assert user.sees("▸ Ge läkemedel") and not user.sees("≡ Rutin")


async def test_left_and_right_fold_as_in_any_tree(place: Path, use) -> None:
    async with use(place) as user:
        await show(user, "processkarta")
        await user.press("right", "down", "right")
        assert user.sees("▾ 1 Läkemedel") and user.sees("▾ Ge läkemedel") and user.sees("≡ Rutin")
        await user.press("right", "left")
        assert user.sees("▸ Ge läkemedel")
        await user.press("left")
        assert user.sees("▸ 1 Läkemedel") and user.app.screen.current.words == "1 Läkemedel"
        await user.press("left")
        assert user.sees("▸ 1 Läkemedel")


async def test_only_what_lacks_something_can_be_shown_and_enter_opens_it(place: Path, use) -> None:
    async with use(place) as user:
        await show(user, "processkarta")
        await user.press("b")
        assert user.sees("Processkarta: bara brister") and user.sees("Följa upp") and not user.sees("Ge läkemedel")
        await user.press("down", "enter")
        assert isinstance(user.app.screen, Record) and user.sees("Följa upp")


async def test_the_map_begins_at_the_record_it_was_opened_from(place: Path, use) -> None:
    async with use(place) as user:
        user.app.jump(Jump("activity", one(user, "SELECT id FROM activity WHERE name = 'Följa upp'")))
        await user.settle()
        await user.press("v")
        assert isinstance(user.app.screen, ProcessMap) and user.app.screen.current.words == "Följa upp"


# --- who answers for what ------------------------------------------------------------------------------------------


async def test_a_cell_tells_its_duties_in_full_and_who_holds_the_role(place: Path, use) -> None:
    async with use(place) as user:
        await show(user, "ansvar")
        assert user.sees("Kommunstyrelsen (ingen i registret)")
        assert "A ansvarar  Ansvarar för att det finns ett ledningssystem" in words(user, "#duties")
        await user.press("right")
        assert "Ligger hos: Kommunstyrelsen." in words(user, "#duties")
        await user.press("left", "enter", "enter")
        assert isinstance(user.app.screen, Record) and user.sees("Ansvarar för att det finns ett ledningssystem")


async def test_the_table_begins_at_the_role_it_was_opened_from(place: Path, use) -> None:
    async with use(place) as user:
        await show(user, "ansvar", "role", one(user, "SELECT id FROM role WHERE name = 'enhetschef'"))
        grid = user.app.screen.query_one(DutyGrid)
        assert grid.role.name == "enhetschef" and user.sees("enhetschef (Anna Berg)")


async def test_a_click_moves_to_the_cell(place: Path, use) -> None:
    async with use(place) as user:
        await show(user, "ansvar")
        grid = user.app.screen.query_one(DutyGrid)
        await user.pilot.click(DutyGrid, offset=(1 + 22 + grid.width + 1, 3))
        await user.settle()
        assert (grid.row, grid.column) == (2, 1)


async def test_many_roles_are_walked_a_window_at_a_time(tmp_path: Path, use, profile_file) -> None:
    path = tmp_path / "tyreso.db"
    shutil.copyfile(profile_file("tyreso"), path)
    async with use(path) as user:
        await show(user, "ansvar")
        grid = user.app.screen.query_one(DutyGrid)
        head = user.screen.splitlines()[2]
        assert "›" in head and "‹" not in head
        await user.press("end")
        assert "‹" in user.screen.splitlines()[2] and grid.column == len(grid.matrix.roles) - 1
        assert all(len(line) <= 80 for line in user.screen.splitlines())


@pytest.mark.parametrize("profile", ["ragunda", "varnamo", "jarva", "tyreso", "hjo"])
def test_no_two_roles_are_called_the_same_in_the_table(profile: str, profile_file) -> None:
    with Store.open(profile_file(profile), readonly=True) as store:
        roles = responsibility.matrix(store.db, TODAY).roles
    for width in (3, 5, 11):
        names = called(roles, width)
        assert len({name.removeprefix("!") for name in names}) == len(roles) and max(map(len, names)) <= width


async def test_js1_the_units_with_their_eight_kinds_and_from_there_each_kind(place: Path, use) -> None:
    async with use(place) as user:
        await show(user, "organisation", "unit", one(user, "SELECT id FROM unit WHERE short_name = 'HTN'"))
        assert user.sees("Ans Pro Del Akt Rut Ris Ege Åtg")
        assert user.sees("! Hemtjänst Norr 3 1 – 2 1 1 1 1")
        assert user.sees("! saknar delprocesser") and user.sees("enhetschef Anna Berg")
        await user.press("enter")
        assert isinstance(user.app.screen, Thread)
        kinds = words(user, "#stages").splitlines()
        assert kinds == ["● Ansvarsfördelning 3", "● Processer 1", "– Delprocesser saknas", "● Aktiviteter 2",
                         "● Rutiner 1", "● Riskbedömningar 1", "● Egenkontroller 1", "● Åtgärder 1"]  # fmt: skip
        assert user.sees("7 av 8 delar finns. Saknas: delprocesser.") and "senast ändrat" in words(user, "#members")


# --- the thread ----------------------------------------------------------------------------------------------------


async def test_the_thread_is_walked_stage_by_stage_and_followed_from_another_record(place: Path, use) -> None:
    async with use(place) as user:
        await show_thread(user)
        assert "● Avvikelse 1" in words(user, "#stages") and "≈ Rutin" in words(user, "#stages")
        await user.press("end")
        assert "Beslut: följer av det" in words(user, "#members") and "§ 88" in words(user, "#members")
        await user.press("enter", "t")
        assert isinstance(user.app.screen, Thread) and user.app.screen.entity == "decision"
        assert "● Beslut 1" in words(user, "#stages") and "↑ Avvikelse 1" in words(user, "#stages")
        assert "saknas" not in words(user, "#stages")
        await user.press("home", "enter", "enter")
        assert isinstance(user.app.screen, Record)


async def test_a_missing_stage_is_marked(place: Path, use) -> None:
    async with use(place) as user:
        with Store.open(place) as store:
            other = Town(store).add("deviation", kind="avvikelse", unit="HTN", received_on="2026-11-03",
                                    what_happened="Annat")  # fmt: skip
        await show(user, "tråd", "deviation", other.id)
        assert user.sees("– Åtgärd saknas") and user.sees("– Paragraf saknas") and user.sees("● Avvikelse 1")


async def test_a_stage_of_many_leads_to_their_list(place: Path, use) -> None:
    with Store.open(place) as store:
        town = Town(store)
        process = store.db.execute("SELECT ref FROM process WHERE number = '1'").fetchone()[0]
        told = {"kind": "avvikelse", "unit": "HTN", "received_on": "2026-11-03", "process": process}
        rows = [town.read("deviation", {**told, "what_happened": f"Händelse {n}"}) for n in range(120)]
        with store.change("test") as change:
            change.insert_many("deviation", rows)
    async with use(place) as user:
        await show(user, "tråd", "process", one(user, "SELECT id FROM process WHERE number = '1'"))
        lines = user.app.screen.query_one("#stages", Lines)
        lines.highlighted = next(n for n, line in enumerate(lines.shown) if "Avvikelse 121" in line.text)
        await user.settle()
        await user.press("enter", "end", "enter")
        assert isinstance(user.app.screen, Browse) and user.app.screen.rows.count == 121


# --- documents -----------------------------------------------------------------------------------------------------


def versions(path: Path) -> list[tuple[str, str]]:
    with Store.open(path, readonly=True) as store:
        rows = store.db.execute(
            """SELECT v.version_number, v.status FROM document_version v JOIN document d ON d.id = v.document
               WHERE d.title = ? ORDER BY 1""",
            (ROUTINE,),
        )
        return [tuple(row) for row in rows]


async def test_v_on_a_document_reads_it(place: Path, use) -> None:
    async with use(place) as user:
        user.app.jump(Jump("document", one(user, "SELECT id FROM document WHERE title = ?", ROUTINE)))
        await user.settle()
        await user.press("v")
        assert isinstance(user.app.screen, Document) and user.sees("[Text version 2]")
        assert user.sees("Version 2, fastställd, gäller från 2026-03-01")
        assert user.sees("Signera efter varje givet läkemedel.")


async def test_the_version_marked_is_the_one_that_is_read(place: Path, use) -> None:
    async with use(place) as user:
        await show_document(user)
        await user.press("right")
        assert "● 2 fastställd" in words(user, "#versions")
        assert user.sees("Version 3 väntar på enhetschef (Anna Berg), som dokumentansvarig. f: fastställ.")
        await user.press("home", "left")
        assert user.sees("[Text version 3]") and user.sees("Skriv avvikelse samma dag.")


async def test_two_versions_are_compared_word_by_word(place: Path, use) -> None:
    async with use(place) as user:
        await show_document(user)
        await user.press("right", "home", "enter")
        assert isinstance(user.app.screen, Versions)
        assert user.sees("Version 3 (utkast) jämförd med version 2 (fastställd)")
        assert user.sees("Ring sjuksköterskan vid fel. [+Skriv avvikelse samma dag.+]")
        await user.press("left")
        assert user.sees("Version 2 (fastställd) jämförd med version 1 (ersatt)")
        assert user.sees("Signera efter varje [−tillfälle−][+givet läkemedel+].")
        await user.press("left")
        assert user.sees("Version 1 (ersatt): den första")
        await user.press("left")
        assert "Det är den äldsta versionen." in user.told


async def test_a_version_is_approved_by_who_the_profile_says_and_can_be_undone(place: Path, use) -> None:
    async with use(place) as user:
        await show_document(user)
        await user.press("f")
        assert isinstance(user.app.screen, Approve) and "Den som ansvarar för dokumentet föreslås." in user.dialog
        assert "Beslutad av enhetschef" in user.dialog and "2028-11-20" in user.dialog  # in two years, as it says
        await user.press("ctrl+s")
        assert "version 3 är fastställd. Version 2 är ersatt." in user.told
        assert versions(place) == [("1", "ersatt"), ("2", "ersatt"), ("3", "fastställd")]
        await user.press("u")
        assert versions(place) == [("1", "ersatt"), ("2", "fastställd"), ("3", "utkast")]


async def test_what_the_profile_gives_to_the_committee_says_so_and_the_gates_are_heard(place: Path, use) -> None:
    with Store.open(place) as store:
        town = Town(store)
        draft = town.add("document_version", document=town.the("document", "Riktlinje för lex Sarah").ref)
        town.add("setting", key="decision_paragraph_required", value="ja")
    async with use(place) as user:
        await show(user, "dokument", "document_version", draft.id)
        await user.press("f")
        assert "Enligt kommunens profil beslutar Kommunstyrelsen." in user.dialog
        assert "Du har inte den rollen: skriv in beslutet först när det är fattat." in user.dialog
        await user.press("ctrl+s")
        assert isinstance(user.app.screen, Approve)
        assert "kan inte vara fastställd utan paragraf i protokollet." in user.dialog
        await user.press("tab")
        await user.write("88")
        await user.press("ctrl+s")
        assert "version 1 är fastställd" in user.told


async def test_nothing_waits_when_everything_is_decided(place: Path, use) -> None:
    async with use(place) as user:
        await show_document(user)
        await user.press("f", "ctrl+s", "f")
        assert "Ingen version väntar på beslut." in user.told


async def test_a_reader_says_so_once_and_it_is_seen_who_is_missing(place: Path, use) -> None:
    async with use(place) as user:
        await show_document(user)
        await user.press("l")
        assert "Anna Berg har läst version 2." in user.told and user.sees("Läst av (1)")
        await user.press("l")
        assert "har redan kvitterat" in user.told
        await user.press("right", "right")
        assert user.sees("Version 2: 1 har kvitterat, 2 inte") and user.sees("✓ 2026-11-20")
        assert user.sees("– HTN Bo Lind")


async def test_somebody_who_is_not_in_the_file_is_told_what_to_do(place: Path, use) -> None:
    async with use(place, actor="Okänd Person") as user:
        await show_document(user)
        await user.press("l")
        assert "Okänd Person finns inte bland personerna i filen. Byt person med F6" in user.told


async def test_where_it_is_used_leads_there(place: Path, use) -> None:
    async with use(place) as user:
        await show_document(user)
        await user.press("left")
        assert user.sees("[Används i (1)]") and user.sees("rutin Ge läkemedel")
        await user.press("enter")
        assert isinstance(user.app.screen, Record) and user.sees("Ge läkemedel")


async def test_the_next_version_begins_with_the_text_of_the_one_shown(place: Path, use) -> None:
    async with use(place) as user:
        await show_document(user)
        await user.press("n")
        assert isinstance(user.app.screen, Form)
        assert "Signera efter varje givet läkemedel." in user.app.screen.query_one("#field-procedure TextArea").text


async def test_a_link_says_where_it_leads_and_is_opened_only_when_asked(place: Path, use, monkeypatch) -> None:
    opened: list[str] = []
    async with use(place) as user:
        monkeypatch.setattr(user.app, "open_url", opened.append)
        await show_document(user)
        screen = user.app.screen
        screen.post_message(linked(screen, "file:///x"))
        await user.settle()
        assert "Bara webbsidor öppnas härifrån." in user.told
        screen.post_message(linked(screen, "https://www.socialstyrelsen.se"))
        await user.settle()
        assert isinstance(user.app.screen, Ask) and user.sees("https://www.socialstyrelsen.se") and opened == []
        await user.press("right", "enter")
        assert opened == ["https://www.socialstyrelsen.se"]


def linked(screen, address: str):
    from textual.widgets import Markdown

    return Markdown.LinkClicked(screen.query_one(Markdown), address)


def test_what_the_pictures_show_is_worked_out_without_a_screen() -> None:
    names = ["lsk_tui.paper", "lsk.stages", "lsk.processmap", "lsk.responsibility", "lsk.documents", "lsk.wordwise"]
    assert loaded_by(names, {"textual", "rich"}) == set()
