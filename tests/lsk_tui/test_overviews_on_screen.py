"""Overviews in the app: as columns where there is room, by name from the palette, a year and a unit at a time."""

from __future__ import annotations

from pathlib import Path

from lsk.overviews import load
from lsk.store import Store
from lsk_tui import overview_lines
from lsk_tui.overview_lines import lines
from lsk_tui.widgets.lines import Lines

ROWS = [
    {"enhet": "Hemtjänst Norr", "metod": "granskning av journaler", "gjorda": 4, "andel": 0.5},
    {"enhet": "Särskilt boende", "metod": "intervju", "gjorda": 12, "andel": None},
]


def texts(file: Path, width: int) -> list[str]:
    with Store.open(file, readonly=True) as store:
        return [line.plain for line in lines(store, ROWS, width, "Inget.")]


def test_columns_stand_beside_each_other_with_numbers_to_the_right(file: Path) -> None:
    assert texts(file, 80) == [
        "Enhet            Metod                    Gjorda  Andel",
        "Hemtjänst Norr   granskning av journaler       4    0,5",
        "Särskilt boende  intervju                     12",
    ]


def test_the_widest_column_is_wrapped_first_and_no_word_broken(file: Path) -> None:
    head, first, second = texts(file, 50)
    assert max(map(len, "\n".join((head, first, second)).splitlines())) <= 50
    assert "granskning av" in first and "journaler" in first.splitlines()[1]
    assert len(second.splitlines()) == 1


def test_without_room_a_value_is_on_each_line_and_what_is_empty_left_out(file: Path) -> None:
    assert [text for text in texts(file, 20) if text] == [
        "Enhet  Hemtjänst Norr", "Metod  granskning av journaler", "Gjorda  4", "Andel  0,5",
        "Enhet  Särskilt boende", "Metod  intervju", "Gjorda  12",
    ]  # fmt: skip


def test_a_file_gets_every_column_and_no_formula() -> None:
    assert overview_lines.table([{"vad": "=1+1", "antal": -2, "andel": 0.5, "när": None}]) == [
        ["Vad", "Antal", "Andel", "När"], ["'=1+1", "-2", "0,5", ""],
    ]  # fmt: skip


def test_the_menu_has_every_overview_in_words_for_a_screen() -> None:
    menu = overview_lines.menu()
    assert [line.label for line in menu] == list(load())
    assert not [line.text for line in menu if "--" in line.text]


async def test_an_overview_by_its_name_year_by_year_and_back_to_the_choice(file: Path, use) -> None:
    async with use(file) as user:
        await user.press("ctrl+p")
        await user.write("egenkontroller efter metod")
        await user.press("enter")
        assert user.sees("Översikter · egenkontroller · 2026") and user.sees("Planerade")
        await user.press("full_stop")
        assert user.sees("Översikter · egenkontroller · 2027")
        await user.press("escape")
        current = user.app.screen.query_one(Lines).current
        assert user.sees("Enter visar en.") and current is not None and current.label == "egenkontroller"
        await user.press("E")
        assert "Välj en översikt som har rader först." in user.told
        await user.press("escape")
        assert user.sees("Idag")


async def test_a_table_is_saved_and_not_over_another_without_asking(file: Path, use) -> None:
    async with use(file) as user:
        user.app.show_picture("översikter", None, "luckor")
        await user.settle()
        await user.press("E", "enter")
        saved = file.with_name("luckor-2026-2026-11-20.csv")
        assert saved.read_text(encoding="utf-8-sig").count("\n") > 1 and str(saved) in user.told
        await user.press("E", "enter")
        assert user.sees("finns redan i") and user.sees("Skriv över")


async def test_the_memo_says_where_to_begin_when_nothing_is_placed(file: Path, use) -> None:
    async with use(file) as user:
        user.app.show_picture("underlag")
        await user.settle()
        assert user.sees("Inga förslag är placerade i prioriteringsmatrisen än. Placera dem där med m.")
