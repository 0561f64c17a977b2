"""Lists: the filter's help, saved views, marks, counts, columns, export and the person's own editor."""

from __future__ import annotations

import csv
import os
import stat
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual import events

from lsk import history
from lsk.errors import LskError
from lsk.model import ENTITIES, Entity, entity
from lsk.store import Store
from lsk.terms import field_label
from lsk_tui import editor, export, tally, views
from lsk_tui.lines import Jump
from lsk_tui.pages import PAGE, Book, Question, columns, folded
from lsk_tui.screens.browse import Browse
from lsk_tui.screens.lists import CountBy, Views
from lsk_tui.views import SavedView
from lsk_tui.widgets.table import RecordTable
from sync.unit_file import make_unit_file

FOCUS = ("lag- och formkrav", "bemötande och delaktighet", "en kunskapsbaserad verksamhet")


@pytest.fixture
def store(file: Path):
    with Store.open(file) as opened:
        yield opened


def refs(user) -> list[str]:
    table = user.app.screen.query_one(RecordTable)
    return [row.ref for n in range(table.count) if (row := table.row(n))]


def book(store: Store, name: str, text: str = "", width: int = 78, **more: object) -> Book:
    from dataclasses import replace

    question = replace(Question.about(name).filtered(text), **more)
    return Book.open(store, question, columns(entity(name), width, store.terms.field_label, question.columns))


# --- the filter ------------------------------------------------------------------------------------------------------


async def test_the_filter_offers_words_and_tab_takes_the_first(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "slash")
        assert user.sees("Tab: status: öppen")
        await user.write("ty")
        assert user.sees("Tab: typ:")
        await user.press("tab")
        await user.write("syn")
        await user.press("tab")
        assert user.app.screen.question.filter == "typ:synpunkt"
        assert refs(user) == ["RAG-AVV-26-003"] and user.sees("1 av 1")


async def test_a_word_that_means_nothing_says_what_can_be_written_and_keeps_the_rows(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "slash")
        user.app.post_message(events.Paste("enhet:XYZ"))
        await user.settle()
        assert user.sees("✗ ”Enhet”: ingenting heter ”XYZ”. Det finns HTN")
        assert len(refs(user)) == 3
        await user.press("backspace", "backspace", "backspace")
        await user.write("HTN")
        assert not user.sees("✗") and len(refs(user)) == 3
        await user.press("escape")
        assert user.app.screen.question.filter == "" and not user.app.screen.filter_box.display


async def test_arrow_down_goes_from_the_filter_to_the_rows(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "slash", "down")
        assert isinstance(user.app.focused, RecordTable)


async def test_what_is_late_is_one_word_away(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "f", "slash")
        await user.write("försenad")
        assert refs(user) == ["RAG-ÅTG-26-001"]


@pytest.fixture
def hjo(hjo_file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "hjo.db"
    path.write_bytes(hjo_file.read_bytes())
    with Store.open(path) as store, store.change("test") as change:
        unit = store.db.execute("SELECT id FROM unit LIMIT 1").fetchone()["id"]
        for area in FOCUS:
            focus = store.db.execute("SELECT id FROM focus_area WHERE name = ?", (area,)).fetchone()["id"]
            change.insert("goal", {"title": f"Mål om {area}", "level": "del av målet", "focus_area": focus})
            risk = {"description": f"Risk om {area}", "probability": 1, "consequence": 1, "focus_area": focus}
            change.insert("risk", risk)
            change.insert("action", {"text": f"Åtgärd om {area}", "unit": unit, "focus_area": focus})
    return path


@pytest.fixture(scope="module")
def hjo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mall") / "hjo.db"
    Store.create(path, "hjo").close()
    return path


async def test_hs9_goals_risks_and_actions_by_focus_area_on_screen(hjo: Path, use) -> None:
    """HS9: the three focus areas filter goals, risks and actions, by the beginning of their names."""
    async with use(hjo, (120, 30)) as user:
        for name, title in (("goal", "Mål"), ("risk", "Risk"), ("action", "Åtgärd")):
            user.app.jump(Jump(name))
            await user.settle()
            for area in FOCUS:
                await user.press("slash")
                await user.write(f"fokus:{area.split()[0].rstrip('-') if area != FOCUS[2] else 'kunskap'}")
                assert user.sees(f"{title} om {area[:8]}"), user.screen
                assert not any(user.sees(f"{title} om {other[:8]}") for other in FOCUS if other != area)
                await user.press("escape")


# --- counts ----------------------------------------------------------------------------------------------------------


async def test_counts_by_a_column_lead_to_their_rows(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "c")
        assert isinstance(user.app.screen, CountBy)
        await user.press("down", "enter")
        assert user.sees("3 rader efter typ") and user.sees("avvikelse 2 ████") and user.sees("synpunkt 1 ███")
        await user.press("down", "enter")
        assert user.app.screen.question.filter == "typ:synpunkt" and refs(user) == ["RAG-AVV-26-003"]


@pytest.mark.parametrize("name", ENTITIES)
def test_every_count_is_what_its_word_finds(store: Store, name: str) -> None:
    whole = book(store, name)
    for field in tally.countable(name):
        groups = tally.groups(store, whole, field)
        if len(groups) < tally.MOST:
            assert sum(group.count for group in groups) == whole.count
        for group in groups[:3]:
            assert book(store, name, group.filter).count == group.count, group


# --- columns, order, pages -------------------------------------------------------------------------------------------


async def test_columns_are_chosen_and_given_back_to_the_width(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "K", "down", "space", "down", "down", "space", "escape")
        shown = [column.name for column in user.app.screen.query_one(RecordTable).columns]
        assert shown == ["ref", "kind", "received_on"]
        await user.press("K", "space", "escape")
        assert "what_happened" in [c.name for c in user.app.screen.query_one(RecordTable).columns]


def whole_headings(kind: Entity, width: int) -> bool:
    found = columns(kind, width, field_label)
    lines = {c.name: folded(c.heading, c.width) for c in found}
    return all(len(lines[c.name]) <= 2 and max(map(len, lines[c.name])) <= c.width for c in found)


@pytest.mark.parametrize("width", [76, 77, 78, 118])
def test_no_heading_is_cut(width: int) -> None:
    assert [name for name, kind in ENTITIES.items() if not whole_headings(kind, width)] == []


@pytest.mark.parametrize("descending", [False, True])
def test_pages_read_from_the_end_are_those_read_from_the_beginning(store: Store, descending: bool) -> None:
    unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
    told = {"kind": "avvikelse", "unit": unit}
    with store.change("test") as change:
        rows = ({**told, "received_on": f"2025-{n % 12 + 1:02}-01", "what_happened": str(n)} for n in range(350))
        change.insert_many("deviation", rows)
    forwards, backwards = (book(store, "deviation", descending=descending) for _ in range(2))
    last = (forwards.count - 1) // PAGE
    in_a_row = [forwards.page(store, n) for n in range(last + 1)]
    assert [backwards.page(store, n) for n in range(last, -1, -1)] == in_a_row[::-1]


def test_the_end_of_a_list_is_read_without_what_lies_before_it(store: Store) -> None:
    asked: list[str] = []
    store.db.set_trace_callback(asked.append)
    whole = book(store, "choice_value")
    whole.page(store, (whole.count - 1) // PAGE)
    store.db.set_trace_callback(None)
    assert whole.count > PAGE and not any("OFFSET" in sql for sql in asked)


# --- marks -----------------------------------------------------------------------------------------------------------


async def test_many_are_changed_after_a_preview_and_one_undo_takes_it_back(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "space", "shift+down")
        assert user.sees("✓ 3 markerade") and "▸✓RAG-AVV-26-001" in user.screen
        await user.press("e")
        assert "Ändra 3 avvikelser" in user.dialog
        await user.press("down", "enter")  # Typ
        await user.write("synp")
        await user.press("enter")
        assert "2 avvikelser får Typ: synpunkt. Nu: avvikelse (2)." in user.dialog
        assert "1 har redan det värdet." in user.dialog
        await user.press("tab", "enter")
        assert "Ändrat: 2 avvikelser. Tryck u för att ångra alltihop." in user.told
        assert not user.app.screen.query_one(RecordTable).marked
        await user.press("slash")
        await user.write("typ:synpunkt")
        assert len(refs(user)) == 3
        await user.press("enter", "u")
        assert len(refs(user)) == 1


async def test_the_preview_says_which_records_the_rules_refuse(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "A", "e", "enter")
        await user.write("avsl")
        await user.press("enter")
        assert "3 lämnas som de är:" in user.dialog and "RAG-AVV-26-002" in user.dialog
        assert "Ingen av dem kan ändras så." in user.dialog
        await user.press("enter")
        assert len(refs(user)) == 3 and user.sees("✓ 3 markerade")


async def test_many_are_deleted_but_not_what_others_lean_on(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "A", "x")
        assert "2 avvikelser tas bort." in user.dialog
        assert "RAG-AVV-26-001: 1 Utredning, 1 Åtgärd hör hit." in user.dialog
        await user.press("tab", "enter")
        assert refs(user) == ["RAG-AVV-26-001"]
        await user.press("u")
        assert len(refs(user)) == 3


async def test_esc_takes_the_marks_away_and_another_filter_too(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "space", "escape")
        assert not user.sees("markerade") and isinstance(user.app.screen, Browse)
        await user.press("space", "slash")
        await user.write("typ:synpunkt")
        assert not user.sees("markerade")


# --- saved views -----------------------------------------------------------------------------------------------------


async def test_a_list_gets_a_name_and_is_found_in_the_tree_and_the_palette(file: Path, use) -> None:
    async with use(file, (140, 40)) as user:
        await user.press("g", "a", "slash")
        await user.write("typ:synpunkt")
        await user.press("enter", "w", "enter")
        box = user.app.focused
        box.value = "Det folk tycker"
        await user.press("enter")
        assert user.sees("★ Det folk tycker")
    async with use(file) as user:
        await user.press("colon")
        await user.write("folk tycker")
        await user.press("enter")
        assert refs(user) == ["RAG-AVV-26-003"] and user.sees("Avvikelser › Det folk tycker")
        await user.press("w", "down", "b")
        user.app.focused.value = "Synpunkter"
        await user.press("enter")
        assert "★ Synpunkter" in user.dialog
        await user.press("x")
        assert isinstance(user.app.screen, Views) and "Inga vyer är sparade än." in user.dialog


async def test_a_view_without_a_name_is_told_in_the_question(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a", "w", "enter", "enter")
        assert "✗ Vyn måste ha ett namn." in user.dialog


async def test_a_selection_from_another_place_is_no_view(file: Path, use) -> None:
    async with use(file) as user:
        user.app.jump(Jump("deviation", where="t.kind = ?", params=("synpunkt",), title="Ett urval"))
        await user.settle()
        await user.press("w", "enter")
        user.app.focused.value = "Urval"
        await user.press("enter")
        assert "Filtrera hela listan i stället." in user.dialog and views.views(file) == []


async def test_the_mouse_marks_with_ctrl_and_skift(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("g", "a")
        table = user.app.screen.query_one(RecordTable)
        await user.pilot.click(RecordTable, offset=(5, table.head + 1), control=True)
        await user.settle()
        assert list(table.marked) == [table.row(1).id] and table.cursor == 1
        await user.pilot.click(RecordTable, offset=(5, table.head + 2), shift=True)
        await user.settle()
        assert list(table.marked) == [table.row(1).id, table.row(2).id]


async def test_in_a_unit_s_own_file_others_records_are_left_as_they_are(file: Path, use) -> None:
    own = file.with_name("enhet-HTN.db")
    with Store.open(file) as store:
        unit = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()["id"]
        make_unit_file(store, unit, own, "Anna Berg")
    async with use(own) as user:
        user.app.jump(Jump("unit"))
        await user.settle()
        await user.press("A", "x")
        assert "Det här delas av alla enheter och ändras bara i huvudfilen." in user.told


def test_views_belong_to_a_file_and_survive_what_cannot_be_read(tmp_path: Path) -> None:
    from lsk import remembered

    one, other = tmp_path / "ett.db", tmp_path / "två.db"
    view = SavedView("Sena", "action", "försenad", "due", False, ("text", "due"))
    views.save(one, view)
    assert views.views(one) == [view] and views.views(other) == []
    kept = remembered.kept(one, views.KEPT_AS)
    remembered.keep(one, views.KEPT_AS, [*kept, {"name": "Ny", "entity": "finns inte"}, "skräp", {"entity": "risk"}])
    assert views.views(one) == [view]
    assert view.of(Question.about("action")).filter == "försenad"


def test_two_views_cannot_have_one_name(tmp_path: Path) -> None:
    file = tmp_path / "ett.db"
    for name in ("Sena", "Mina"):
        views.save(file, SavedView(name, "action"))
    with pytest.raises(LskError, match="redan en vy som heter Sena"):
        views.rename(file, "Mina", "sena")
    views.rename(file, "Mina", "mina")  # only the case
    assert [v.name for v in views.views(file)] == ["mina", "Sena"]


# --- export ----------------------------------------------------------------------------------------------------------


async def test_what_is_seen_is_written_for_excel(file: Path, use, tmp_path: Path) -> None:
    async with use(file) as user:
        await user.press("g", "a", "slash")
        await user.write("-typ:synpunkt")
        await user.press("enter", "E")
        assert user.app.focused.value == str(tmp_path / "avvikelser-2026-11-20.csv")
        user.app.focused.value = str(tmp_path / "finns inte" / "x")
        await user.press("enter")
        assert "Skapa den först, eller välj en annan." in user.dialog
        user.app.focused.value = str(tmp_path / "ut")
        await user.press("enter")
        assert f"Sparat i {tmp_path / 'ut.csv'}: 2 avvikelser." in user.told
        await user.press("E")
        user.app.focused.value = str(tmp_path / "ut.csv")
        await user.press("enter")
        assert "ut.csv finns redan" in user.dialog
        await user.press("enter")
    raw = (tmp_path / "ut.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert lines[0][:2] == ["Beteckning", "Mottagen den"] and len(lines) == 3
    assert "Fel dos delades i dosetten; upptäcktes vid kontroll." in lines[1]


def test_a_cell_that_excel_would_run_is_made_harmless(store: Store, tmp_path: Path) -> None:
    with store.change("test") as change:
        change.insert("service_area", {"name": '=HYPERLINK("x")'})
    assert export.write(store, book(store, "service_area", "HYPERLINK"), tmp_path / "ut.csv") == 1
    assert "'=HYPERLINK" in (tmp_path / "ut.csv").read_text(encoding="utf-8-sig")


def test_an_export_that_fails_leaves_what_there_was(store: Store, tmp_path: Path) -> None:
    (tmp_path / "ut.csv").write_text("förra", encoding="utf-8")
    (tmp_path / "ut.csv.ny").mkdir()
    with pytest.raises((LskError, OSError)):
        export.write(store, book(store, "deviation"), tmp_path / "ut.csv")
    assert (tmp_path / "ut.csv").read_text(encoding="utf-8") == "förra"


# --- the person's own editor -----------------------------------------------------------------------------------------

SCRIPT = """import os, stat, sys
from pathlib import Path
path = Path(sys.argv[1])
Path(sys.argv[0]).with_name("seen").write_text(f"{path}|{stat.S_IMODE(path.stat().st_mode):o}", encoding="utf-8")
path.write_text(path.read_text(encoding="utf-8").strip() + " Och mer: åäö.\\n", encoding="utf-8")
"""


@pytest.fixture
def own_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "redigerare.py"
    script.write_text(SCRIPT, encoding="utf-8")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f'"{sys.executable}" "{script}"')
    return script


def test_the_text_comes_back_and_its_file_is_private_and_gone(own_editor: Path) -> None:
    assert editor.edited("En text", editor.command()) == "En text Och mer: åäö."
    path, mode = own_editor.with_name("seen").read_text(encoding="utf-8").split("|")
    assert not Path(path).exists()
    if os.name != "nt":  # Windows has no such rights; its temporary folder is the user's own
        assert int(mode, 8) == stat.S_IRUSR | stat.S_IWUSR


def test_an_editor_that_fails_leaves_the_text_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LskError, match="Texten är som den var"):
        editor.edited("En text", [sys.executable, "-c", "import sys; sys.exit(3)"])


def test_no_editor_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VISUAL", "EDITOR", "PATH"):
        monkeypatch.setenv(name, "")
    with pytest.raises(LskError, match="EDITOR=nano"):
        editor.command()
    monkeypatch.setenv("EDITOR", "finns-inte-alls --vänta")
    with pytest.raises(LskError, match="finns-inte-alls"):
        editor.command()


async def test_a_long_text_goes_by_the_editor_into_the_form(file: Path, use, own_editor: Path, monkeypatch) -> None:
    async with use(file) as user:

        @contextmanager
        def aside():
            yield

        monkeypatch.setattr(user.app, "suspend", aside)
        await user.press("g", "a", "ctrl+o", "enter")  # which text: Vad hände?
        assert user.sees("Maten var kall två dagar i rad. Och mer: åäö.")
        await user.press("ctrl+s")
    with Store.open(file) as store:
        row = store.db.execute("SELECT what_happened FROM deviation WHERE ref = 'RAG-AVV-26-003'").fetchone()
        assert row[0] == "Maten var kall två dagar i rad. Och mer: åäö."
        history.undo(store, "test")


async def test_where_the_terminal_cannot_be_left_a_sentence_says_so(file: Path, use, own_editor: Path) -> None:
    async with use(file) as user:
        await user.press("g", "a", "ctrl+o", "enter")
        assert "kan inte lämna över till en annan textredigerare" in user.told


async def test_a_kind_without_long_text_says_so(file: Path, use) -> None:
    async with use(file) as user:
        user.app.jump(Jump("unit"))
        await user.settle()
        await user.press("ctrl+o")
        assert "har ingen lång text" in user.told


async def test_a_long_list_is_walked_with_the_pages_that_are_seen(file: Path, use) -> None:
    async with use(file) as user:
        user.app.jump(Jump("choice_value"))
        await user.settle()
        table = user.app.screen.query_one(RecordTable)
        await user.press("end")
        assert table.count > PAGE and table.cursor == table.count - 1 and sorted(table.pages) == [0, 1]
        assert user.sees(f"{table.count} av {table.count}") and table.current is not None
        await user.press("home")
        assert table.cursor == 0
