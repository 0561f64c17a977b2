"""An old list from Excel: its columns and words on screen, a trial, one change, and undo."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from openpyxl import Workbook

from lsk.store import Store
from tests.lsk_tui.walks.walk import MAIN, MONDAY, Walk, press, write

OLD = (
    ("Avvikelser i hemtjänsten 2022",),
    (),
    ("Sort", "Enhet", "Datum", "Händelse", "Pärm"),
    ("avvikelse", "HTN", date(2022, 3, 1), "Besöket uteblev på kvällen.", 1),
    ("Klagomål", "Hemtj. söder", date(2022, 3, 2), "Maten kom för sent.", 2),
    ("avvikelse", "LSS", "3/3 2022", "Fel läkemedel delades ut.", 3),
)


def saved_from_excel(folder: Path) -> None:
    """As people keep such lists: a title above the headings, days as Excel's own and as text, and another sheet."""
    book = Workbook()
    for row in OLD:
        book.active.append(row)
    book.active.title = "2022"
    book.create_sheet("Läs mig").append(("Pärmarna står i arkivet.",))
    book.save(folder / "gamla.xlsx")


OLD_LISTS = Walk(
    "gamla-listor",
    "En gammal Excel-lista läses in: kolumner och ord kopplas, prövas, läses in och kan ångras",
    (
        press("f8", sees="Gamla listor ur Excel, kolumn för kolumn."),
        press("down*5 enter", sees=("Arbeten › Läs in en lista", "Slag av post *", "Avvikelser")),
        write("avvik", sees="Avvikelser"),
        press("enter"),
        write("gamla.xlsx"),
        press("enter", sees=("Kolumner i gamla.xlsx (3 rader)", "? kanske Typ", "Enter tar alla 3 förslagen")),
        press(
            "enter",
            sees=("Sort → Typ", "Händelse → Vad hände?", "Pärm – läses inte in", "”Hemtj. söder” (1 rad)"),
        ),
        press("end", sees="Blad 2022"),
        press("home f5", sees=("Inget är sparat. Det här är fel:", "rad 5", "Menade du Hemtjänst söder?")),
        press("escape", sees="Enter väljer vad som menas"),
        press("enter", sees="”Hemtj. söder” betyder"),
        write("söder", sees="Hemtjänst söder"),
        press("enter", sees="”Hemtj. söder” betyder HK-ENH-26-005"),
        press("f5", sees=("3 avvikelser av 3 rader skulle läsas in.", "Ctrl+S läser in på riktigt")),
        press("ctrl+s", sees=("3 avvikelser av 3 rader är inlästa.", "Enter visar listan. Ångra allt med u.")),
        press("enter", sees=("Avvikelser", "av 124")),
        press("u", sees="av 121"),
        press("r", sees="av 124"),
    ),
    before=saved_from_excel,
)


async def test_an_old_list_is_read_in_and_can_be_undone(taken) -> None:
    folder = await taken(OLD_LISTS)
    with Store.open(folder / MAIN, readonly=True, today=MONDAY) as store:
        rows = store.db.execute(
            """SELECT d.kind, u.short_name, d.received_on, d.what_happened FROM deviation d JOIN unit u ON u.id = d.unit
               WHERE d.received_on LIKE '2022-%' ORDER BY d.received_on"""
        ).fetchall()
    assert [tuple(row) for row in rows] == [
        ("avvikelse", "HTN", "2022-03-01", "Besöket uteblev på kvällen."),
        ("klagomål", "HTS", "2022-03-02", "Maten kom för sent."),
        ("avvikelse", "LSS", "2022-03-03", "Fel läkemedel delades ut."),
    ]
