"""Prioritisation: a proposal is placed in the matrix, the memo is read and saved, and the proposal goes on."""

from __future__ import annotations

from lsk.store import Store
from tests.lsk_tui.walks.walk import MAIN, MONDAY, Walk, press, write

PROPOSAL = "Bygg om tvättstugan"
PRIORITIES = Walk(
    "prioritering",
    "Förslagen placeras i matrisen, beslutsunderlaget läses och sparas, och förslaget tas vidare",
    (
        press("ctrl+p"),
        write("prioriterings", sees=("Prioriteringsmatris", "Föreslagna åtgärder")),
        press("enter", sees=("Inte placerade (4)", "EFFEKTIV FÖRÄNDRING", f"– {PROPOSAL}")),
        press("down*4", sees=f"HK-ÅTG-26-019 (konsekvensbeskriven) {PROPOSAL}"),
        press("m", sees=("Flytta till vilken ruta?", "Resursinsats hög, förbättring stor")),
        press("down enter", sees=("Flyttad, u ångrar: HK-ÅTG-26-019", "Inte placerade (3)", f"2. {PROPOSAL}")),
        press("shift+down", sees=f"1. {PROPOSAL}"),
        press("b", sees=("Beslutsunderlag", f"Åtgärd {PROPOSAL}", "Ruta EFFEKTIV FÖRÄNDRING", "För ekonomin")),
        press("E", sees=("Vart ska tabellen sparas?", "3 rader med alla kolumner, för Excel")),
        press("enter", sees=("Sparat i", "beslutsunderlag-2026-11-02.csv")),
        press("escape", sees=("EFFEKTIV FÖRÄNDRING", "Inte placerade (3)")),
        press("enter", sees=("[konsekvensbeskriven] › prioriterad", "Prioriteringsruta EFFEKTIV FÖRÄNDRING")),
        press("s", sees="[prioriterad] ›"),
        press("f2", sees=("Väntar på beslut (2)", PROPOSAL)),
    ),
)


async def test_proposals_are_prioritised_and_the_memo_made(taken) -> None:
    folder = await taken(PRIORITIES)
    with Store.open(folder / MAIN, readonly=True, today=MONDAY) as store:
        row = store.db.execute("SELECT * FROM action WHERE text LIKE ?", (f"{PROPOSAL}%",)).fetchone()
        assert (row["resource_input"], row["improvement"], row["status"]) == ("låg", "stor", "prioriterad")
    memo = (folder / "beslutsunderlag-2026-11-02.csv").read_text(encoding="utf-8-sig").splitlines()
    assert memo[0].startswith("Nr;Beteckning;Åtgärd;Enhet;Ruta;Resursinsats;Förbättring;Konsekvenser")
    assert memo[1].startswith(f"1;HK-ÅTG-26-019;{PROPOSAL}")
    assert len(memo) == 4
