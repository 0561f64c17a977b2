"""Long work from the app: asked on screen, tried, done, stopped, and what to do next."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import Input

from lsk.errors import LskError
from lsk.store import Store
from lsk_tui import works
from lsk_tui.screens.work import progress
from lsk_tui.widgets.lines import Lines
from lsk_tui.widgets.table import RecordTable
from lsk_tui.works import WORKS, Job, Result, Stopped, called
from lsk_tui.works.importing import Plan, do, look
from sync.unit_file import make_unit_file
from tests.lsk_tui.conftest import TODAY
from tests.lsk_tui.working import answer, begin, lines

OLD_LIST = (
    "Sort;Verksamhet;Datum;Händelse;Pärm\n"
    "avvikelse;HTN;2025-03-01;Besök uteblev;A1\n"
    "Klagomål;Hemtj. N;2025-03-02;Maten sen;A2\n"
)


def count(path: Path, table: str) -> int:
    with Store.open(path, readonly=True) as store:
        return int(store.db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def job(path: Path, **answers: str) -> Job:
    return Job(path, "Anna Berg", TODAY, answers)


@pytest.fixture
def unit(file: Path) -> Path:
    """The unit's own file beside the main file."""
    with Store.open(file, today=TODAY) as store:
        place = store.db.execute("SELECT id FROM unit WHERE short_name = 'HTN'").fetchone()[0]
        make_unit_file(store, place, file.with_name("htn.db"), "Anna Berg")
    return file.with_name("htn.db")


def write_in(path: Path, actor: str, text: str) -> None:
    with Store.open(path, today=TODAY) as store, store.change(actor) as change:
        record = store.db.execute("SELECT id FROM deviation ORDER BY ref LIMIT 1").fetchone()[0]
        change.update("deviation", record, {"immediate_action": text})


def test_every_work_can_be_begun_and_says_what_it_is() -> None:
    assert len({work.name for work in WORKS}) == len(WORKS)
    for work in WORKS:
        assert work.help.endswith(".") and work.words[0].isupper()
        assert work.screen or callable(works._function(work.run))
        assert not work.begin or callable(works._function(work.begin))


async def test_the_menu_and_the_palette_lead_to_the_works(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("f8")
        assert user.sees("Synka enhetsfiler")
        await user.press("end")
        assert user.sees("Kontrollera filen")
        await user.press("escape", "ctrl+p")
        await user.write("publicera")
        await user.press("enter")
        assert user.sees("Arbeten › Publicera för nämnden")
        await user.press("escape")
        assert user.sees("Idag")


async def test_sync_is_tried_then_done_and_the_conflict_is_decided_from_the_result(file: Path, unit: Path, use) -> None:
    write_in(file, "Anna Berg", "Ringde natten.")
    write_in(unit, "Berit Ek", "Talade med gruppen.")
    async with use(file) as user:
        await begin(user, "sync")
        assert user.app.screen.query_one("#ask-files", Input).value == "htn.db", "what lies beside is proposed"
        await user.press("f5")
        assert user.sees("Prov på en kopia: inget är ändrat") and user.sees("skulle bli konflikt")
        assert count(file, "sync_conflict") == 0
        await user.press("ctrl+s")
        assert user.sees("Synkat.") and user.sees("1 konflikt: Enter avgör")
        assert count(file, "sync_conflict") == 1
        await user.press("enter")
        assert user.sees("Talade med gruppen")
        await user.press("1")
        assert count(file, "sync_conflict") == 0
        assert user.sees("Alla konflikter är avgjorda. Synka igen")
        await user.press("ctrl+s")
        assert user.sees("Synkat.") and not user.sees("konflikt:")


async def test_sync_through_a_place_says_what_was_sent_and_then_that_there_is_nothing_new(
    file: Path, unit: Path, use
) -> None:
    place = file.with_name("plats")
    place.mkdir()
    write_in(unit, "Berit Ek", "Talade med gruppen.")
    async with use(unit) as user:
        await begin(user, "place")
        await answer(user, "place", "plats")
        await user.press("ctrl+s")
        assert user.sees("skickat till")
    async with use(file) as user:
        await begin(user, "place")
        await answer(user, "place", str(place))
        await user.press("ctrl+s")
        assert any(line.startswith("hämtat") and "1 ändrad" in line for line in lines(user))
        await user.press("ctrl+s")
        assert user.sees("Inget nytt.")
        await user.press("escape")
        await begin(user, "place")
        assert user.app.screen.query_one("#ask-place", Input).value == str(place), "the place is remembered"


async def test_what_is_not_filled_in_is_said_and_nothing_is_done(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user, "publish")
        await answer(user, "folder", "")
        await user.press("ctrl+s")
        assert user.sees("Det gick inte.") and user.sees("Fyll i mapp först.")


async def test_publishing_says_what_was_written(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user, "publish")
        await user.press("ctrl+s")
        assert file.with_name("publicerat").joinpath("namnd.db").exists()
        assert user.sees("lsk serve")


async def test_a_text_that_points_at_somebody_stops_publishing_and_leads_to_its_record(file: Path, use) -> None:
    with Store.open(file, today=TODAY) as store, store.change("Anna Berg") as change:
        record = store.db.execute("SELECT id FROM self_check LIMIT 1").fetchone()[0]
        change.update("self_check", record, {"name": "Ring 070-123 45 67 om larm"})
    async with use(file) as user:
        await begin(user, "publish")
        await user.press("ctrl+s")
        assert user.sees("Inget är publicerat: text i 1 post kan peka ut någon.")
        assert not file.with_name("publicerat").joinpath("namnd.db").exists()
        await user.press("enter")
        assert user.sees("Ring 070-123 45 67 om larm")


async def test_export_writes_both_files_of_each_kind(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user, "export")
        await user.press("ctrl+s")
        folder = file.with_name("utdata")
        assert folder.joinpath("deviation.csv").exists() and folder.joinpath("deviation.excel.csv").exists()
        assert "Avvikelser  3 poster" in lines(user)


async def test_an_old_list_is_mapped_on_screen_tried_and_read_in_as_one_change(file: Path, use) -> None:
    file.with_name("gamla.csv").write_text(OLD_LIST, encoding="utf-8")
    async with use(file) as user:
        await begin(user, "import")
        await user.write("avvikelser")
        await user.press("enter")
        user.app.screen.query_one("#source", Input).value = "gamla.csv"
        user.app.screen.query_one("#source", Input).focus()
        await user.press("enter")
        assert user.sees("Sort ? kanske Typ; Enter väljer") and user.sees("Enter tar alla 4 förslagen")
        await user.press("enter")  # the cursor is on what is to be settled: first the suggestions
        mapping = user.app.screen.query_one("#mapping", Lines)
        assert user.sees("Sort → Typ") and user.sees("Händelse → Vad hände?") and user.sees("Pärm – läses inte in")
        assert mapping.current is not None and "Hemtj. N" in mapping.current.text, "then what a word means"
        await user.press("enter")
        await user.write("norr")
        await user.press("enter")
        assert any("”Hemtj. N” betyder" in line for line in lines(user, "mapping"))
        await user.press("f5")
        assert user.sees("2 avvikelser av 2 rader skulle läsas in.") and count(file, "deviation") == 3
        await user.press("ctrl+s")
        assert user.sees("2 avvikelser av 2 rader är inlästa.") and count(file, "deviation") == 5
        await user.press("enter")
        assert user.sees("Maten sen")
        await user.press("u")
        assert count(file, "deviation") == 3, "all of it is one change"


def test_faults_of_an_import_are_told_without_the_commands_options(file: Path) -> None:
    source = file.with_name("gamla.csv")
    source.write_text(OLD_LIST, encoding="utf-8")
    plan = Plan(
        "deviation", source, {"Sort": "kind", "Verksamhet": "unit", "Datum": "received_on", "Händelse": "what_happened"}
    )
    before = count(file, "deviation")
    result = do(job(file), plan)
    told = " ".join(line.plain for line in result.lines)
    assert "rad 3" in told and "Hemtj. N" in told and "--" not in told
    assert count(file, "deviation") == before
    plan.skip_bad = True
    told = " ".join(line.plain for line in do(job(file), plan).lines)
    assert "rad 3" in told and "--" not in told and count(file, "deviation") == before + 1


def test_a_field_that_no_column_fills_may_be_the_same_on_all_rows(file: Path) -> None:
    source = file.with_name("gamla.csv")
    source.write_text("Datum;Händelse\n2025-03-01;Besök uteblev\n", encoding="utf-8")
    plan = Plan("deviation", source, {"Datum": "received_on", "Händelse": "what_happened"})
    with Store.open(file, today=TODAY) as store:
        missing = [line.label for line in look(store, plan).lines if line.label.startswith("!")]
    assert missing == ["! Typ", "! Enhet"]
    plan.fixed = {"kind": "avvikelse", "unit": "HTN"}
    assert do(job(file), plan).title == "1 avvikelse av 1 rad är inläst."


@pytest.mark.parametrize("text", ["", "\n\n", "bara en rubrik"])
def test_a_list_that_is_empty_is_said_to_be(file: Path, text: str) -> None:
    source = file.with_name("tom.csv")
    source.write_text(text, encoding="utf-8")
    with Store.open(file, today=TODAY) as store:
        if text.strip():
            assert look(store, Plan("deviation", source)).rows == 0
        else:
            with pytest.raises(LskError, match="är tom"):
                look(store, Plan("deviation", source))


async def test_a_profile_is_checked_and_its_faults_told(file: Path, use) -> None:
    file.with_name("egen.yaml").write_text("name: Egen\nsettings: nej\n", encoding="utf-8")
    async with use(file) as user:
        await begin(user, "profile")
        await answer(user, "profile", "egen.yaml")
        await user.press("f5")
        assert user.sees("Det gick inte.") and user.sees("egen.yaml")


async def test_a_profile_is_written_out_and_read_in_again(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user, "profile-out")
        await answer(user, "out", "egen")
        await user.press("ctrl+s")
        assert file.with_name("egen.yaml").exists()
        await user.press("escape")
        await begin(user, "profile")
        await answer(user, "profile", "egen.yaml")
        await user.press("f5")
        assert user.sees("Profilen är rätt skriven, och inget skiljer från filen.")
        await answer(user, "profile", "hjo")
        await user.press("ctrl+s")
        assert user.sees("ändringar gjorda.")
        await user.press("escape")
        assert user.sees("Idag"), "the file is opened anew, with the profile's words"


async def test_a_unit_gets_a_file_of_its_own(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user, "unit")
        await user.write("htn")
        await user.press("enter")
        await answer(user, "out", "htn")
        await user.press("ctrl+s")
        assert user.sees("Hemtjänst Norr har en egen fil.") and file.with_name("htn.db").exists()


async def test_the_file_is_checked_and_what_was_changed_behind_the_log_is_told(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user, "verify")
        await user.press("ctrl+s")
        assert user.sees("är hel: tabellerna stämmer med loggen.")
        with Store.open(file) as store:
            store.db.execute("UPDATE sync_local SET capture = 0")
            store.db.execute("UPDATE deviation SET diary_number = 'bakom'")
            store.db.execute("UPDATE sync_local SET capture = 1")
        await user.press("ctrl+s")
        assert user.sees("fel i ragunda.db.")


async def test_in_a_units_file_what_is_the_main_files_says_so(unit: Path, use) -> None:
    async with use(unit) as user:
        await user.press("f8", "enter")
        assert "Det görs i huvudfilen" in user.told
        assert user.sees("Idag")


# --- progress and stopping -------------------------------------------------------------------------------------


def test_progress_says_what_and_how_far() -> None:
    one = Job(Path("x.db"), "Anna")
    one.say("Hämtar")
    assert progress(one) == "Hämtar …"
    for n in one.steps("Hämtar", range(4)):
        assert progress(one).startswith(f"Hämtar: {n} av 4  {'█' * (5 * n)}{'░' * (20 - 5 * n)}")


def test_a_stopped_export_stops_between_two_kinds(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lsk import csvfiles

    one, real = job(file, folder="ut"), csvfiles.export
    written = []

    def slow(*given):
        written.append(given[1])
        one.stopping = len(written) == 3
        return real(*given)

    monkeypatch.setattr(csvfiles, "export", slow)
    with pytest.raises(Stopped):
        works.run(called("export"), one)
    assert len(written) == 3


def test_a_stopped_import_saves_nothing(file: Path) -> None:
    source = file.with_name("lång.csv")
    rows = "".join(f"avvikelse;HTN;2025-03-01;Besök {n} uteblev\n" for n in range(3000))
    source.write_text("kind;unit;received_on;what_happened\n" + rows, encoding="utf-8")
    one, before = job(file), count(file, "deviation")

    class Impatient(Job):
        @property
        def stopping(self) -> bool:
            """Wanted from when the file has begun to be written in."""
            self.looks = getattr(self, "looks", 0) + 1
            return self.looks > 5

        @stopping.setter
        def stopping(self, value: bool) -> None:
            assert not value

    one = Impatient(file, "Anna Berg", TODAY)
    with pytest.raises(Stopped):
        do(one, Plan("deviation", source))
    assert count(file, "deviation") == before
    with Store.open(file) as store:
        assert store.db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


async def test_work_that_goes_on_shows_how_far_and_is_stopped_with_escape(file: Path, use, monkeypatch, gate) -> None:
    """The screen stays alive meanwhile: keys are answered, the program is not closed over the work."""
    begun, go_on = gate(), gate()

    def slow(work: works.Work, one: Job) -> Result:
        steps = iter(one.steps("Skriver", range(10)))
        next(steps)
        next(steps)
        begun.set()
        go_on.wait()
        next(steps)
        return Result("Hann klart.")

    monkeypatch.setattr(works, "run", slow)
    async with use(file) as user:
        await begin(user, "export")
        await user.pilot.press("ctrl+s")
        await asyncio.to_thread(begun.wait)
        user.app.screen.look()
        await user.pilot.pause()
        assert user.sees("Skriver: 1 av 10")
        job = user.app.screen.job
        for key in ("ctrl+q", "ctrl+s"):
            user.app.clear_notifications()
            await user.pilot.press(key)
            await user.pilot.pause()
            assert "Arbetet pågår" in user.told and user.app.is_running and user.app.screen.job is job
        await user.pilot.press("escape")
        await user.pilot.pause()
        assert "Avbryter så snart det är säkert" in user.told
        go_on.set()
        await user.settle()
        assert user.sees(works.STOPPED)
        await user.press("escape")
        assert user.sees("Idag")


async def test_what_cannot_be_stopped_says_why_and_is_told_of_elsewhere(
    file: Path, unit: Path, use, monkeypatch, gate
) -> None:
    begun, go_on = gate(), gate()

    def slow(work: works.Work, one: Job) -> Result:
        begun.set()
        go_on.wait()
        return Result("Synkat.")

    monkeypatch.setattr(works, "run", slow)
    async with use(file) as user:
        await begin(user, "sync")
        await user.pilot.press("ctrl+s")
        await asyncio.to_thread(begun.wait)
        await user.pilot.press("escape")
        await user.pilot.pause()
        assert "Synken går i hela steg" in user.told
        go_on.set()
        await user.settle()
        assert user.sees("Synkat.")


async def test_the_app_reads_and_saves_while_another_thread_works_in_the_file(file: Path, unit: Path, use) -> None:
    write_in(unit, "Berit Ek", "Talade med gruppen.")
    async with use(file) as user:
        await user.press("g", "a", "enter", "escape")
        result = await asyncio.to_thread(works.run, called("sync"), job(file, files="htn.db"))
        assert result.title == "Synkat."
        await user.press("f5", "end", "enter")
        assert user.sees("Talade med gruppen.")


# --- slow lines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [(), ("g", "a"), ("g", "a", "enter")], ids=["idag", "lista", "post"])
async def test_a_step_down_paints_two_lines_and_no_more(file: Path, use, monkeypatch, keys: tuple[str, ...]) -> None:
    """What is painted anew is what travels: about 550 bytes a key at 80×24, where the whole list is about 6 000."""
    painted: list[int] = []
    for kind in (Lines, RecordTable):
        real = kind.render_line

        def render_line(self, y: int, real=real):
            painted.append(y)
            return real(self, y)

        monkeypatch.setattr(kind, "render_line", render_line)
    async with use(file) as user:
        await user.press(*keys, "down")
        painted.clear()
        await user.press("down")
        assert 1 <= len(set(painted)) <= 7, (
            "the line left and the line reached, with the rows they are wrapped over; not all 21"
        )


def test_works_and_plain_lines_know_no_screen() -> None:
    modules = ["lsk_tui.works", *(f"lsk_tui.works.{name}" for name in ("syncing", "writing", "importing"))]
    modules += [f"lsk_tui.plain.{name}" for name in ("talk", "record", "tasks")]
    code = f"import sys\nfor name in {modules!r}: __import__(name)\nprint('textual' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert run.stdout.strip() == "False", run.stderr


def test_the_unit_and_the_file_of_last_time_are_not_proposed_for_the_next_one(file: Path) -> None:
    with Store.open(file, readonly=True) as store:
        works.remember(called("unit"), store.file.replica, {"unit": "HTN", "out": "htn.db"})
        assert works.beginning(called("unit"), store) == {"unit": "", "out": ""}
        works.remember(called("bundle"), store.file.replica, {"folder": "post"})
        assert works.beginning(called("bundle"), store) == {"folder": "post"}
