"""A new version of a routine: written from the old one, compared word by word, decided, and read."""

from __future__ import annotations

from lsk.store import Store
from tests.lsk_tui.walks.walk import COORDINATOR, MAIN, MONDAY, Walk, press, write

ROUTINE = "Rutin för läkemedelshantering och signering"
ADDED = " Två personer kontrollerar varje dosett."
VERSION = Walk(
    "ny-version",
    "En rutin får en ny version: texten, ord för ord mot den förra, beslut av rätt person, läst",
    (
        press("ctrl+p"),
        write("rutin läkemedelsh", sees=f"Dokument: {ROUTINE}"),
        press("enter", sees=(f"Titel {ROUTINE}", "Dokumentansvarig → medicinskt ansvarig sjuksköterska")),
        press("v", sees=("[Text version 2]", "Versioner (2)", "Version 2, fastställd", "Dokumenthuvud")),
        press("n", sees=("Ny dokumentversion", "förslag: 3", "Lokala tillägg beslutas av")),
        press("tab down*2 end"),
        write(ADDED),
        press("ctrl+s", sees=(f"{ROUTINE}, 3", "[utkast] › granskas")),
        press("v", sees=("[Text version 3]", "Version 3, utkast", "Två personer kontrollerar varje dosett.")),
        press("right", sees=("● 3 utkast", "Version 3 väntar på medicinskt ansvarig sjuksköterska (Jenny Gustavsson)")),
        press(
            "enter",
            sees=("Version 3 (utkast) jämförd med version 2", "[+Två personer kontrollerar varje dosett.+]"),
            gone="[−2026-06-02−]",
        ),
        press("escape", sees="● 3 utkast"),
        press("f", sees=(f"Fastställ {ROUTINE}, version 3", "Ctrl+S fastställer", "Nästa översyn 2028-11-02")),
        press("ctrl+s", sees=("● 3 fastställd", "2 ersatt", "beslutad 2026-11-02 av medicinskt ansvarig")),
        press("l", sees=f"{COORDINATOR} har läst version 3"),
        press("right", sees=("[Läst av (1)]", "1 har kvitterat, 36 inte")),
    ),
)


async def test_a_routine_gets_a_new_version(taken) -> None:
    folder = await taken(VERSION)
    with Store.open(folder / MAIN, readonly=True, today=MONDAY) as store:
        versions = store.db.execute(
            """SELECT v.version_number, v.status, v.procedure, r.name AS decider,
                 (SELECT count(*) FROM acknowledgement k WHERE k.document_version = v.id) AS readers
               FROM document_version v JOIN document d ON d.id = v.document LEFT JOIN role r ON r.id = v.decided_by
               WHERE d.title = ? ORDER BY v.version_number""",
            (ROUTINE,),
        ).fetchall()
    assert [(v["version_number"], v["status"]) for v in versions] == [
        ("1", "ersatt"), ("2", "ersatt"), ("3", "fastställd"),
    ]  # fmt: skip
    new = versions[-1]
    assert (new["decider"], new["readers"]) == ("medicinskt ansvarig sjuksköterska", 1)
    assert new["procedure"] == versions[1]["procedure"] + ADDED
