"""The year's work from the app: the plan, the reports, the binder, the archive."""

from __future__ import annotations

from pathlib import Path

from lsk.store import Store
from tests.lsk_tui.conftest import TODAY
from tests.lsk_tui.working import answer, begin, lines


def occurrences(path: Path) -> list[tuple[str, str]]:
    with Store.open(path, readonly=True, today=TODAY) as store:
        rows = store.db.execute(
            """SELECT t.period, t.status FROM occurrence t JOIN obligation o ON o.id = t.obligation
               WHERE o.name = 'Utvalda avvikelser' ORDER BY t.period"""
        )
        return [(period, status) for period, status in rows]


def give_the_quarter_a_day(path: Path) -> None:
    with Store.open(path, today=TODAY) as store, store.change("Anna Berg") as change:
        record = store.db.execute("SELECT id FROM obligation WHERE name = 'Utvalda avvikelser'").fetchone()[0]
        change.update("obligation", record, {"due_rule": "+30"})


async def test_the_year_is_tried_then_planned_and_a_report_that_is_handed_in_makes_its_turn_done(
    file: Path, use
) -> None:
    give_the_quarter_a_day(file)
    async with use(file, size=(120, 40)) as user:
        await begin(user, "year")
        assert user.app.screen.query_one("#ask-year").value == "2027", "from the autumn on, the next year"
        await answer(user, "year", "2026")
        await user.press("f5")
        assert user.sees("skulle göras; inget är skrivet.") and user.sees("Utvalda avvikelser 2026 kvartal 3")
        assert user.sees("ingen dag är bestämd") and occurrences(file) == []
        await user.press("ctrl+s")
        assert user.sees("2026 är planerat:") and len(occurrences(file)) == 4
        await user.press("ctrl+s")
        assert user.sees("2026 är redan planerat")
        await user.press("escape")

        await begin(user, "report")
        await user.write("kvartal")
        await user.press("enter")
        await answer(user, "period", "Q3")
        await user.press("ctrl+s")
        assert [path.parent.name for path in file.parent.glob("*/rapport.docx")] == [
            "kvartalsrapport-om-utvalda-avvikelser-2026-q3"
        ]
        assert user.sees("2026 kvartal 3: ")
        assert any("2026 kvartal 3 är inte klar än" in line for line in lines(user))
        pick = user.app.screen.query(".question")[-1].query_one("Pick")
        pick.value = "lämnad"
        await user.press("ctrl+s")
        assert any("2026 kvartal 3 är klar." in line for line in lines(user))
        assert ("2026 kvartal 3", "klar") in occurrences(file)
        await user.press("escape")

        await begin(user, "report")
        assert user.app.screen.answers() == {
            "kind": "Kvartalsrapport om utvalda avvikelser", "year": "2026", "period": "", "unit": "", "folder": "",
            "state": "utkast",
        }, "the next report is a draft of a whole year again"  # fmt: skip


async def test_a_report_of_a_year_that_is_not_planned_says_what_to_do_and_writes_nothing(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user, "report")
        user.app.screen.query(".question")[-1].query_one("Pick").value = "lämnad"
        await user.press("ctrl+s")
        user.app.screen.query_one("#ask-year").focus()
        await user.press("ctrl+s")
        assert user.sees("Planera 2026 först") and not list(file.parent.glob("*-2026*"))
        assert user.app.focused.id == "ask-year", "what was refused is mended where one was"


async def test_the_binder_of_a_unit_is_written_and_nothing_is_left_to_swap(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user, "binder")
        await user.write("norr")
        await user.press("enter", "ctrl+s")
        assert user.sees("blad till reservpärmen.")
        assert {path.suffix for path in file.with_name("parm").iterdir()} == {".html", ".pdf"}
        user.app.screen.query(".question")[-1].query_one("Pick").value = "bara det som ska bytas"
        await user.press("ctrl+s")
        assert user.sees("Alla blad är aktuella. Inget är skrivet.")


async def test_the_archive_is_written_once_and_never_over_another(file: Path, use) -> None:
    async with use(file) as user:
        await begin(user, "archive")
        await user.press("ctrl+s")
        folder = file.with_name("arkiv-2025")
        assert (folder / "arkiv.db").exists() and user.sees("är klar:")
        await user.press("ctrl+s")
        assert user.sees("finns redan och är inte tom")
        await answer(user, "year", "tjugofem")
        await user.press("ctrl+s")
        assert user.sees("”tjugofem” är inget år.")
