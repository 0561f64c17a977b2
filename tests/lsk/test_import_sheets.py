"""Lists as they lie in Excel: dates, leading zeros, titles, several sheets, and books that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from lsk.cli import main
from lsk.errors import LskError
from lsk.imports.mapping import Options
from lsk.imports.saving import run
from lsk.imports.sheets import rows, sheets
from lsk.store import Store

Make = Callable[..., Path]
HEADING = ("kind", "unit", "received_on", "what_happened")


@pytest.fixture
def book(tmp_path: Path) -> Make:
    """Make a book of sheets by name; a cell may be (value, number format)."""

    def make(name: str = "in.xlsx", **tables: list[tuple[Any, ...]]) -> Path:
        made = Workbook()
        made.remove(made.active)
        for title, table in tables.items():
            sheet = made.create_sheet(title)
            for line, cells in enumerate(table, 1):
                for column, cell in enumerate(cells, 1):
                    value, shape = cell if isinstance(cell, tuple) else (cell, None)
                    one = sheet.cell(line, column, value)
                    one.number_format = shape or one.number_format
        path = tmp_path / name
        made.save(path)
        return path

    return make


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("0042", "0042"),
        (((42, "0000")), "0042"),
        (42, "42"),
        (42.0, "42"),
        (19990101123456, "19990101123456"),
        (97.5, "97,5"),
        (0.1 + 0.2, "0,3"),
        ((0.975, "0.0%"), "97,5"),
        (date(2022, 3, 1), "2022-03-01"),
        (datetime(2022, 3, 1), "2022-03-01"),
        (datetime(2022, 3, 1, 14, 30), "2022-03-01 14:30"),
        ((44621, "yyyy-mm-dd"), "2022-03-01"),
        ((44621, "d/m yyyy"), "2022-03-01"),
        (time(14, 30), "14:30:00"),
        (True, "ja"),
        (False, "nej"),
        ("  Kvällen\nvar lång  ", "Kvällen\nvar lång"),
        ("=1+1", "=1+1"),
    ],
)
def test_a_cell_is_read_as_it_is_seen_in_excel(book: Make, cell: Any, text: str) -> None:
    path = book(Blad1=[("a", "b"), ("x", cell)])
    assert list(rows(path)) == [(1, ["a", "b"]), (2, ["x", text])]


def test_the_heading_is_the_first_row_with_more_than_one_cell(book: Make) -> None:
    path = book(Blad1=[("Avvikelser 2022",), (), ("a", "b"), (), ("1", "2")])
    assert list(rows(path)) == [(3, ["a", "b"]), (5, ["1", "2"])]


def test_a_list_of_one_column_begins_at_its_first_row(book: Make) -> None:
    assert list(rows(book(Blad1=[("a",), ("1",)]))) == [(1, ["a"]), (2, ["1"])]


def test_a_column_without_a_heading_is_called_by_its_letter_and_short_rows_are_filled(book: Make) -> None:
    path = book(Blad1=[("a", "b"), ("1", "2", None, "vid sidan om"), ("3",)])
    assert list(rows(path)) == [
        (1, ["a", "b", "Kolumn C", "Kolumn D"]), (2, ["1", "2", "", "vid sidan om"]), (3, ["3", "", "", ""]),
    ]  # fmt: skip


def test_a_sheet_is_chosen_by_name_and_hidden_ones_are_passed_by(tmp_path: Path) -> None:
    made = Workbook()
    made.active.title = "Val"
    made.active.sheet_state = "hidden"
    for name in ("2021", "2022"):
        made.create_sheet(name).append(("år", name))
    made.save(tmp_path / "a.xlsx")
    assert sheets(tmp_path / "a.xlsx") == ["2021", "2022"]
    assert list(rows(tmp_path / "a.xlsx")) == [(1, ["år", "2021"])]
    assert list(rows(tmp_path / "a.xlsx", "2022")) == [(1, ["år", "2022"])]
    with pytest.raises(LskError, match=r"inget blad som heter ”2023”. Det finns: Val, 2021, 2022"):
        rows(tmp_path / "a.xlsx", "2023")


def test_a_book_becomes_records_and_says_which_sheet_was_read(ragunda: Store, book: Make) -> None:
    unit = ragunda.db.execute("SELECT ref FROM unit LIMIT 1").fetchone()["ref"]
    path = book(
        a=[HEADING, ("avvikelse", unit, date(2022, 3, 1), "Besöket uteblev.")],
        b=[HEADING, ("klagomål", unit, 44622, "Maten var kall.")],
    )
    first = run(ragunda, "deviation", path, Options(), "Anna")
    assert first.new == 1 and "Boken har 2 blad; bladet ”a” är läst. Välj ett annat med --sheet." in first.notes
    second = run(ragunda, "deviation", path, Options(sheet="b"), "Anna")
    assert second.new == 1 and not [note for note in second.notes if "blad" in note]
    days = ragunda.db.execute("SELECT received_on FROM deviation WHERE received_on LIKE '2022%' ORDER BY 1").fetchall()
    assert [day[0] for day in days] == ["2022-03-01", "2022-03-02"]


def test_a_fault_is_told_by_its_row_in_the_sheet(ragunda: Store, book: Make) -> None:
    path = book(Blad1=[("Rubrik",), HEADING, ("avvikelse", "finns inte", date(2022, 3, 1), "Text.")])
    with pytest.raises(LskError, match="Rad 3, kolumn ”unit”"):
        run(ragunda, "deviation", path, Options(), "Anna")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"inte en bok", "är ingen Excelbok"),
        ("a.xlsx", b"PK\x03\x04trasig", "är ingen Excelbok"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "har ett lösenord eller är av äldre slag"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spara den som .xlsx"),
        ("a.ods", b"PK\x03\x04", "spara den som .xlsx"),
    ],
)
def test_what_is_no_book_is_told(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LskError, match=said):
        rows(tmp_path / name)


def test_a_book_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LskError, match="kan inte läsas: den finns inte"):
        rows(tmp_path / "borta.xlsx")
    with pytest.raises(LskError, match="kan inte läsas: den finns inte"):
        rows(tmp_path / "borta.csv")


def test_a_small_file_that_unfolds_to_fill_the_memory_is_refused(book: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lsk.imports.sheets.LARGEST", 1000)
    with pytest.raises(LskError, match="för stor att läsa i ett stycke"):
        rows(book(Blad1=[("a", "b")]))


def test_the_command_takes_a_book_and_a_sheet(ragunda: Store, book: Make, capsys: pytest.CaptureFixture[str]) -> None:
    unit = ragunda.db.execute("SELECT ref FROM unit LIMIT 1").fetchone()["ref"]
    path = book(a=[("tom",)], b=[HEADING, ("avvikelse", unit, date(2022, 3, 1), "Besöket uteblev.")])
    with pytest.raises(SystemExit) as ended:
        main(["import", str(ragunda.path), "deviation", str(path), "--sheet", "B", "--dry-run"])
    assert ended.value.code == 0 and "1 avvikelse kan läsas in av 1 rad" in capsys.readouterr().out
