"""From the risk matrix to a risk that nothing is done about, and to the action that mends it."""

from __future__ import annotations

from lsk import rules
from lsk.store import Store
from tests.lsk_tui.walks.walk import MONDAY, Walk, press, write

ACTION = "Skriv i systemet samma dag"

RISK = Walk(
    "risk",
    "Från riskmatrisen till en risk utan åtgärd, och till åtgärden",
    (
        press("ctrl+p"),
        write("riskmatris", sees="Bild Riskmatris"),
        press("enter", sees=("17 öppna risker", "[3]", "Sannolikhet 3, konsekvens 4, riskvärde 12 (hög): 3 risker")),
        press("enter", sees=("Risker: sannolikhet 3, konsekvens 4", "HK-RIS-26-008", "1 av 3")),
        press("enter", sees=("Brist", "har riskvärde 12 men ingen åtgärd.", "Lägg till en åtgärd")),
        press("n", sees=("Ny egenkontroll", "Ny åtgärd")),
        press("down*2 enter", sees="Föranledd av Risk: Viktiga händelser"),
        write(ACTION),
        press("ctrl+s", sees=("[föreslagen] › konsekvensbeskriven", ACTION, "Innan ”prioriterad”")),
        press("escape", sees="tilldelad", gone="Brist"),
        press("s", sees="› [tilldelad]"),
        press("full_stop", sees=("2 av 3 i listan", "Genomförandeplan saknas när insatsen börjar", "Brist")),
        press("escape", sees="Risker: sannolikhet 3, konsekvens 4"),
        press("escape", sees="17 öppna risker"),
        press("escape", sees="Idag"),
    ),
)


async def test_from_risk_to_action(taken) -> None:
    folder = await taken(RISK)
    with Store.open(folder / RISK.file, today=MONDAY) as store:
        broken = {f.ref for f in rules.check(store.db, only=("a_high_risk_has_an_action",))}
        assert broken == {"HK-RIS-26-011"}
        made = store.db.execute(
            "SELECT r.ref, r.status FROM action a JOIN risk r ON r.id = a.origin WHERE a.text = ?", (ACTION,)
        ).fetchone()
        assert tuple(made) == ("HK-RIS-26-008", "tilldelad")
