"""The self-check round: from the late line on Idag to counted, analysed, with an action, and gone from Idag."""

from __future__ import annotations

from lsk.store import Store
from tests.lsk_tui.walks.walk import MONDAY, Walk, down_to, press, write

ROUND = Walk(
    "egenkontroll",
    "Egenkontrollen som skulle ha gjorts: räknad, analyserad och med en åtgärd",
    (
        down_to("Kontrollomgång SÄA", sees="2026-07-15"),
        press("enter", sees=("[planerad] › genomförd", "Klart senast 2026-07-15")),
        press("e", sees=("Ändra kontrollomgången", "åtgärdad")),
        press("down enter", sees="Status * genomförd"),
        write("idag", sees="måndag 2 november 2026"),
        press("enter", sees="alla medarbetare"),
        write("enh", sees="Utförd av enh enhetschef"),
        press("enter", sees="Utförd av enhetschef"),
        write("20"),
        press("enter"),
        write("16"),
        press("enter", sees="Vad kontrollen visade, inte vem."),
        write("Fyra doser saknar signatur."),
        press("tab"),
        write("Kvällspasset signerar i efterhand."),
        press("ctrl+s", sees=("planerad › [genomförd]", "Andel godkända (%) 80"), gone="Brist"),
        press("s", sees="genomförd › [analyserad]"),
        press("n", sees=("Ny analys", "Ny åtgärd")),
        press("down enter", sees="Föranledd av Kontrollomgång: 2026 kvartal 2"),
        write("Signera direkt efter varje dos"),
        press("ctrl+s", sees=("Åtgärd HK-ÅTG-26-", "[föreslagen]")),
        press("escape", sees="← Åtgärder (1)"),
        press("s", sees="[åtgärdad]"),
        press("f2", sees="Försenat (14)", gone="Kontrollomgång SÄA"),
    ),
)


async def test_a_self_check_round(taken) -> None:
    folder = await taken(ROUND)
    with Store.open(folder / ROUND.file, today=MONDAY) as store:
        done = store.db.execute(
            """SELECT r.status, r.compliant_count, a.text FROM self_check_round r JOIN action a ON a.origin = r.id
               WHERE r.done_on = ? AND r.checked_count = 20""",
            (MONDAY.isoformat(),),
        ).fetchone()
        assert tuple(done) == ("åtgärdad", 16, "Signera direkt efter varje dos")
