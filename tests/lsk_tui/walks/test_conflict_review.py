"""Conflict review: a unit's file comes in, three fields were written unlike, and each is settled in its own way."""

from __future__ import annotations

from pathlib import Path

from lsk.store import Store
from sync.conflicts import conflicts
from tests.lsk_tui.walks.walk import COORDINATOR, MAIN, MONDAY, Walk, press, write

MANAGER = "Tomas Karlström"
LATE = "Gå igenom alla genomförandeplaner%"
OURS = {
    "due": "2026-12-15",
    "scenario": "Planerna rättas inom en månad.",
    "impact_staff": "Två timmar per kontaktperson.",
}
THEIRS = {
    "due": "2027-01-15",
    "scenario": "Bristen upptäcks och rättas vid nästa granskning, med stöd av kollegor.",
    "impact_staff": "En dag per kontaktperson.",
}
THIRD = "Planerna rättas på två månader, med stöd av kollegor."


def both_write(folder: Path) -> None:
    """Neither knows what the other has written, since the files are not synced yet."""
    for name, actor, values in ((MAIN, COORDINATOR, OURS), ("enhet-HTN.db", MANAGER, THEIRS)):
        with Store.open(folder / name, today=MONDAY) as store, store.change(actor) as change:
            late = store.db.execute("SELECT id FROM action WHERE text LIKE ?", (LATE,)).fetchone()["id"]
            change.update("action", late, values)


CONFLICTS = Walk(
    "konflikter",
    "Konflikter: enhetens fil synkas, och tre fält avgörs",
    (
        press("f8", sees="Synka enhetsfiler Slå ihop med enheternas filer, åt båda håll."),
        press("enter", sees=("Arbeten › Synka enhetsfiler", "enhet-HTN.db; enhet-IFO.db; enhet-LSS.db")),
        press("ctrl+s", sees=("Synkat.", "upp 1 ändrad; ned 1 ändrad", "3 konflikter: Enter avgör den")),
        press("enter", sees=("Konflikt 1 av 3", "2024-03-18", "1 Gäller nu", "2 Annat värde", "fil HK (den här)")),
        # Later: the next one first, where what both wrote is put together.
        press("n", sees=("Konflikt 2 av 3", "Konsekvenser för personalen", THEIRS["impact_staff"])),
        press("b", sees="Båda i en text. Ändra det som behövs."),
        press("ctrl+s", sees=("Konflikt 3 av 3", "[−borttaget−]", "[+Planerna+]")),
        # A third text, instead of both.
        press("e", sees="Skriv det som ska gälla."),
        press("ctrl+a"),
        write(THIRD, gone="Bristen upptäcks och rättas vid nästa granskning, med"),
        press("ctrl+s", sees=("Konflikt 3 av 3", "Klart senast")),
        # The one that was left is settled by keeping one, and the unit is told.
        press("1", sees=("Alla konflikter är avgjorda.", "Synka igen"), gone="3 konflikter"),
        press("ctrl+s", sees=("Synkat.", "enhet-HTN.db"), gone="Enter avgör"),
    ),
    before=both_write,
)


async def test_conflicts_after_a_sync(taken) -> None:
    folder = await taken(CONFLICTS)
    here, there = (settled(folder / name) for name in (MAIN, "enhet-HTN.db"))
    assert here == there
    due, scenario, staff = here
    assert due in (OURS["due"], THEIRS["due"]) and scenario == THIRD
    assert OURS["impact_staff"] in staff and THEIRS["impact_staff"] in staff


def settled(path: Path) -> tuple[str, ...]:
    with Store.open(path, today=MONDAY) as store:
        assert conflicts(store) == []
        found = store.db.execute("SELECT due, scenario, impact_staff FROM action WHERE text LIKE ?", (LATE,))
        return tuple(found.fetchone())
