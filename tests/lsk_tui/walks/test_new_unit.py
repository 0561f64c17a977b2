"""A new unit: the unit, its manager's assignment, its own file; and the manager opens it."""

from __future__ import annotations

from pathlib import Path

from lsk.store import Store
from sync.unit_file import make_unit_file
from tests.lsk_tui.walks.walk import COORDINATOR, MAIN, MONDAY, Walk, follow, press, write

UNIT_FILE, MANAGER = "enhet-HTÖ.db", "Fatima Olofsson"
NEW_UNIT = Walk(
    "ny-enhet",
    "En ny enhet läggs upp med sin chef och får en egen fil",
    (
        press("ctrl+p"),
        write("enheter", sees="Enheter (Organisation)"),
        press("enter", sees=("Organisation › Enheter", "1 av 9")),
        press("n", sees="Ny enhet"),
        write("Hemtjänst öster"),
        press("enter"),
        write("HTÖ"),
        press("enter"),
        write("enh"),
        press("enter"),
        write("stöd", sees="Stöd- och omsorgsavdelningen"),
        press("enter ctrl+s", sees=("Enhet HK-ENH-26-010", "saknar enhetschef. Lägg till ett uppdrag för enheten.")),
        press("n", sees=("Lägg till", "Nytt uppdrag")),
        press("down enter", sees=("Nytt uppdrag", "Person *")),
        write("fatima", sees="Fatima Olofsson"),
        press("enter"),
        write("enhetsch", sees="enhetschef"),
        press("enter"),
        write("idag", sees=("måndag 2 november 2026", "Enhet Hemtjänst öster")),
        press("ctrl+s", sees=(f"Person → {MANAGER}", "Roll → enhetschef")),
        press("escape", sees=("Uppdrag (1)", MANAGER), gone="saknar enhetschef"),
        press("f8", sees=("Ny fil för en enhet", "Åt en enhet, att arbeta i utan nät.")),
        press("down*4 enter", sees=("Arbeten › Ny fil för en enhet", "(Prova)")),
        write("HTÖ"),
        press("enter"),
        write(UNIT_FILE),
        press("ctrl+s", sees=("Hemtjänst öster har en egen fil.", "Ge filen till enheten.")),
    ),
)


def made(folder: Path) -> None:
    """The unit and its file, as the coordinator's walk leaves them."""
    with Store.open(folder / MAIN, today=MONDAY) as store:
        with store.change(COORDINATOR) as change:
            top = store.db.execute("SELECT id FROM unit WHERE short_name = 'SOA'").fetchone()["id"]
            unit = change.insert(
                "unit", {"name": "Hemtjänst öster", "short_name": "HTÖ", "level": "enhet", "parent": top}
            ).id
            who, chief = (
                store.db.execute(f"SELECT id FROM {table} WHERE name = ?", (name,)).fetchone()["id"]
                for table, name in (("person", MANAGER), ("role", "enhetschef"))
            )
            change.insert("assignment", {"person": who, "role": chief, "unit": unit, "valid_from": MONDAY.isoformat()})
        make_unit_file(store, unit, folder / UNIT_FILE, COORDINATOR)


MANAGER_OPENS = Walk(
    "ny-enhets-chef",
    "Chefen för den nya enheten öppnar sin fil och registrerar sin första avvikelse",
    (
        press("home", sees=("Idag", "HTÖ", MANAGER)),
        press("n", sees=("Ny avvikelse", "Hemtjänst öster")),
        press("enter*3"),
        write("Ett besök uteblev på kvällen."),
        press("ctrl+s", sees=("Avvikelse HTÖ-AVV-26-001", "Ett besök uteblev på kvällen.")),
    ),
    actor=MANAGER,
    file=UNIT_FILE,
    before=made,
)


async def test_a_new_unit_gets_its_manager_and_its_file(taken) -> None:
    folder = await taken(NEW_UNIT)
    with Store.open(folder / UNIT_FILE, readonly=True, today=MONDAY) as store:
        name = store.db.execute("SELECT name FROM unit WHERE id = ?", (store.file.unit,)).fetchone()["name"]
        assert store.file.is_unit_file and name == "Hemtjänst öster"
    await follow(MANAGER_OPENS, folder / UNIT_FILE)


async def test_the_manager_of_a_new_unit_begins(taken) -> None:
    folder = await taken(MANAGER_OPENS)
    with Store.open(folder / UNIT_FILE, readonly=True, today=MONDAY) as store:
        row = store.db.execute("SELECT * FROM deviation WHERE ref = 'HTÖ-AVV-26-001'").fetchone()
        assert (row["unit"], row["received_on"]) == (store.file.unit, MONDAY.isoformat())
