"""The coordinator's Monday: the clock that runs, what two wrote unlike, what is late, a shortcoming, and the news."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from lsk import clocks, rules
from lsk.store import Store
from sync.conflicts import conflicts
from sync.merge import sync_files
from tests.lsk_tui.walks.walk import COORDINATOR, MAIN, MONDAY, Walk, down_to, press, write

MANAGER = "Tomas Karlström"
LATE = "Gå igenom alla genomförandeplaner"


def last_week(folder: Path) -> None:
    """In the unit a lex Sarah case was reported, and an action got another day than the coordinator gave it."""
    unit_file = folder / "enhet-HTN.db"
    with Store.open(unit_file, today=MONDAY) as store:
        case = {
            "kind": "missförhållande", "unit": store.file.unit, "received_on": "2026-10-30", "track": "lex Sarah",
            "what_happened": "Larmet besvarades inte under natten.", "origin": "intern", "diary_number": "SN 2026/214",
        }  # fmt: skip
        with store.change(MANAGER, "Rapport enligt lex Sarah") as change:
            reported = change.insert("deviation", case)
            change.insert("investigation", {"deviation": reported.id, "kind": "lex Sarah", "started_on": "2026-10-30"})
    move_action(unit_file, MANAGER, 30)
    move_action(folder / MAIN, COORDINATOR, 60)
    sync_files(folder / MAIN, [unit_file], COORDINATOR)


def move_action(path: Path, actor: str, days: int) -> None:
    """The same action in both files is given a new day."""
    with Store.open(path, today=MONDAY) as store:
        late = store.db.execute("SELECT id FROM action WHERE text LIKE ?", (f"{LATE}%",)).fetchone()["id"]
        with store.change(actor) as change:
            change.update("action", late, {"due": (MONDAY + timedelta(days)).isoformat()})


MONDAY_WALK = Walk(
    "måndag",
    "Samordnarens måndag: klocka, konflikt, försenat, brist, nytt – och borta när det är gjort",
    (
        press("home", sees=("Klockor som går (4)", "57 dagar kvar", "Konflikter att avgöra (1)")),
        # The case is investigated, and judged to be none: the clock stops.
        press("enter", sees=("Utredning HTN-UTR-26-001", "[öppnad] › utreds", "Larmet besvarades inte under natten")),
        press("e", sees=("Ändra utredningen", "ej anmäld")),
        write("ej"),
        press("enter*5", sees="Utredning klar den Skriv 2026-11-03, eller idag"),
        write("idag", sees="måndag 2 november 2026"),
        press("enter", sees="påtaglig risk för missförhållande"),
        write("inget"),
        press("enter", sees="Bedömning inget missförhållande"),
        write("Larmet var påslaget; ingen kom till skada."),
        press("ctrl+s", sees=("[ej anmäld]", "Utredning klar den 2026-11-02")),
        press("escape", sees=("Klockor som går (3)", "Konflikter att avgöra (1)"), gone="57 dagar kvar"),
        down_to("Klart senast"),
        # Two gave the same action a new day: the coordinator's own stands.
        press("enter", sees=("Konflikt 1 av 1", "2027-01-01", "2026-12-02")),
        press("1", sees="Försenat (14)", gone="Konflikter att avgöra"),
        # What is late was done, only not written down.
        down_to("Förstärk mottagningen", sees="2026-05-06"),
        press("enter", sees=("› [pågår] › genomförd", "Klart senast 2026-05-06")),
        press("s", sees="[genomförd]"),
        press("escape", sees="Försenat (13)", gone="2026-05-06"),
        # What came with the sync is read.
        down_to("Allt det här är läst"),
        press("enter", sees="Inom 30 dagar", gone=("Nytt från andra filer", "1 avvikelse från HTN")),
        # A shortcoming gets its action.
        down_to("Två av tio akter saknar dokumenterad uppföljning", sees="har ingen åtgärd. (T30 V58)"),
        press("enter", sees=("Iakttagelse", "Brist", "har ingen åtgärd.")),
        press("n", sees="Ny åtgärd"),
        press("enter", sees="Föranledd av Iakttagelse: Två av tio akter"),
        write("Gå igenom akterna varje kvartal"),
        press("ctrl+s", sees=("[föreslagen]", "Gå igenom akterna varje kvartal")),
        press("escape", sees="← Åtgärder (1)", gone="Brist"),
        press("f2", sees="varning", gone="Två av tio akter"),
    ),
    before=last_week,
)


async def test_the_coordinators_monday(taken) -> None:
    folder = await taken(MONDAY_WALK)
    with Store.open(folder / MAIN, today=MONDAY) as store:
        assert clocks.running(store.db, 9) == ([], 0)
        assert conflicts(store) == []
        moved = store.db.execute("SELECT due FROM action WHERE text LIKE ?", (f"{LATE}%",)).fetchone()
        assert moved["due"] == (MONDAY + timedelta(60)).isoformat()
        assert not [f for f in rules.check(store.db) if f.message.startswith("Iakttagelsen ”Två av tio akter")]
