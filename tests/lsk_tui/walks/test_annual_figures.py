"""The annual report: a table of the year, a list counted, both as files for Excel, and the report itself as a draft."""

from __future__ import annotations

from lsk.overviews import Asked, show
from lsk.store import Store
from tests.lsk_tui.walks.walk import MAIN, MONDAY, Walk, press, write

REPORT = "Kvalitets- och patientsäkerhetsberättelse"
FIGURES = Walk(
    "årets-siffror",
    "Siffror till kvalitetsberättelsen: årets klagomål som tabell, avvikelserna räknade, båda till Excel",
    (
        press("ctrl+p"),
        write("egenkontroller efter", sees="Årets egenkontroller efter metod"),
        press("enter", sees=("Översikter · egenkontroller · 2026", "Metod", "Planerade", "Gjorda")),
        press("comma", sees="Översikter · egenkontroller · 2025"),
        press("E", sees="Vart ska tabellen sparas?"),
        press("enter", sees=("Sparat i", "egenkontroller-2025-2026-11-02.csv")),
        press("escape", sees=("Tabeller för rapporter och möten", "egenkontroller", "luckor")),
        press("f2 g a", sees=("Avvikelser", "1 av 121")),
        press("slash"),
        write("år:2025", sees="år:2025"),
        press("enter", sees="filter: år:2025"),
        press("c", sees=("Räkna raderna efter", "Hanteras som")),
        press("down*4 enter", sees=("rader efter hanteras som", "lokal", "lex Sarah", "█")),
        press("escape*2", sees="filter: år:2025"),
        press("E", sees=("Vart ska listan sparas?", "med kolumnerna som syns")),
        press("enter", sees="avvikelser-2026-11-02.csv"),
        press("f8", sees="Skriv en rapport"),
        press("down*9 enter", sees="Arbeten › Skriv en rapport"),
        write("kvalitets", sees=REPORT),
        press("enter"),
        write("2025"),
        press("ctrl+s", sees=(f"{REPORT} 2025", "10 rubriker, 11 tabeller.")),
    ),
)


async def test_the_figures_of_the_annual_report(taken) -> None:
    folder = await taken(FIGURES)
    with Store.open(folder / MAIN, readonly=True, today=MONDAY) as store:
        checks = show(store.db, "egenkontroller", Asked(2025))
        of_year = store.db.execute("SELECT count(*) FROM deviation WHERE received_on LIKE '2025-%'").fetchone()[0]
    table = (folder / "egenkontroller-2025-2026-11-02.csv").read_text(encoding="utf-8-sig").splitlines()
    assert table[0] == ";".join(name.capitalize() for name in checks[0])
    assert table[1] == ";".join(str(value) for value in checks[0].values())
    assert len(table) == 1 + len(checks)
    listed = (folder / "avvikelser-2026-11-02.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(listed) == 1 + of_year
