"""A unit manager registers a deviation in the unit's own file, takes it back and makes it again."""

from __future__ import annotations

from lsk.store import Store
from tests.lsk_tui.walks.walk import MONDAY, Walk, press, write

EVENT = "Ett larm besvarades först efter fyrtio minuter på kvällen."

DEVIATION = Walk(
    "avvikelse",
    "En enhetschef registrerar en avvikelse i enhetens fil",
    (
        press("n", sees=("Ny avvikelse", "Hemtjänst norr", "vårdskada")),
        press("enter", sees="Typ * avvikelse"),
        press("enter", sees="Vad som hände, inte vem."),
        write(EVENT, sees="Vad hände?"),
        press("ctrl+s", sees=("Avvikelse HTN-AVV-26-001", "[mottagen] › registrerad", EVENT)),
        press("u", sees="Posten finns inte."),
        press("r", sees=("Avvikelse HTN-AVV-26-001", "Mottagen den 2026-11-02")),
        press("escape", sees=("att utreda HTN-AVV-26-001", "Ett larm besvarades först")),
    ),
    actor="Tomas Karlström",
    file="enhet-HTN.db",
)


async def test_a_unit_manager_registers_a_deviation(taken) -> None:
    folder = await taken(DEVIATION)
    with Store.open(folder / DEVIATION.file, today=MONDAY) as store:
        found = store.db.execute("SELECT kind, what_happened, received_on FROM deviation WHERE ref = 'HTN-AVV-26-001'")
        assert tuple(found.fetchone()) == ("avvikelse", EVENT, MONDAY.isoformat())


def test_it_takes_under_forty_keys_beside_the_text() -> None:
    saved = next(n for n, step in enumerate(DEVIATION.steps, 1) if "ctrl+s" in step.keys)
    assert sum(len(step.keys) for step in DEVIATION.steps[:saved]) < 40
