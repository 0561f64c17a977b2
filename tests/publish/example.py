"""A small made-up municipality on Ragunda's profile, with a secret word in every field that must not leave the file."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from lsk.store import Store

TODAY = date(2026, 11, 20)
SECRET = "HEMLIGTEXT"
START = date(2024, 1, 1)
KINDS = {
    "avvikelse": 40, "klagomål": 12, "synpunkt": 8, "förslag": 3,
    "missförhållande": 2, "risk för missförhållande": 2, "vårdskada": 1, "risk för vårdskada": 4,
}  # fmt: skip
TRACKS = {"missförhållande": "lex Sarah", "risk för missförhållande": "lex Sarah", "vårdskada": "lex Maria",
          "risk för vårdskada": "lex Maria"}  # fmt: skip
ACTIONS = ("Dubbelkontroll av läkemedel införs", "Ny rutin för nycklar", "Introduktion för timvikarier")


def example(path: Path, deviations: int = 200) -> Store:
    """The file, open. The same rows every time."""
    store = Store.create(path, "ragunda", today=TODAY)
    rng = random.Random(20261120)
    with store.change("Anna", "exempel") as change:
        soa, body, manager = (
            store.db.execute(sql).fetchone()[0]
            for sql in (
                "SELECT id FROM unit WHERE short_name = 'SOA'",
                "SELECT id FROM role WHERE short_name = 'KS'",
                "SELECT id FROM role WHERE name = 'enhetschef'",
            )
        )
        units = [
            change.insert("unit", {"name": name, "short_name": name[:3], "level": "enhet", "parent": soa}).id
            for name in ("Hemtjänsten", "Almgården", "Björkbacken")
        ]
        change.insert("person", {"name": "Karin Exempelsson", "title": SECRET, "email": f"{SECRET}@example.org"})
        change.insert_many("deviation", (deviation(rng, units, number) for number in range(deviations)))
        meeting = change.insert("meeting", {"body": body, "held_on": "2026-03-10", "note": SECRET}).id
        decided = change.insert(
            "decision",
            {"meeting": meeting, "paragraph": "§ 31", "text": "Handlingsplan för läkemedel antas.",
             "follow_up_due": "2026-09-30", "diary_number": SECRET},
        ).id  # fmt: skip
        for unit in units:
            for number, text in enumerate(ACTIONS):
                change.insert("action", action(unit, manager, text, decided if number else None))
            check = change.insert(
                "self_check", {"name": "Journalgranskning", "unit": unit, "frequency": "kvartal", "sample": SECRET}
            ).id
            change.insert_many(
                "self_check_round",
                [
                    {
                        "self_check": check,
                        "period": f"2026 kvartal {q}",
                        "due": f"2026-{3 * q:02d}-28",
                        "result": SECRET,
                    }
                    | ({"done_on": f"2026-{3 * q:02d}-20"} if q < 3 else {})
                    for q in range(1, 5)
                ],
            )
        obligation = store.db.execute("SELECT id FROM obligation ORDER BY ref LIMIT 1").fetchone()[0]
        change.insert("occurrence", {"obligation": obligation, "period": "2026", "due": "2026-10-01"})
    return store


def deviation(rng: random.Random, units: list[str], number: int) -> dict[str, object]:
    (kind,) = rng.choices(list(KINDS), list(KINDS.values()))
    day = START + timedelta(days=rng.randrange((TODAY - START).days))
    return {
        "kind": kind, "unit": rng.choice(units), "received_on": day.isoformat(), "happened_on": day.isoformat(),
        "what_happened": f"{SECRET} {number}", "immediate_action": SECRET, "track": TRACKS.get(kind, "lokal"),
        "origin": "intern", "source": "personal", "diary_number": f"{SECRET} {number}",
    }  # fmt: skip


def action(unit: str, manager: str, text: str, decision: str | None) -> dict[str, object]:
    """Decided by the committee, or still a proposal whose words must stay in the file."""
    return {
        "text": text if decision else f"{SECRET} {text}", "unit": unit, "responsible_role": manager,
        "proposed_on": "2026-02-01", "due": "2026-08-31", "decision": decision, "scenario": SECRET,
        "impact_users": SECRET, "impact_staff": SECRET, "impact_economy": SECRET, "result": SECRET,
        "resource_input": "låg", "improvement": "stor", "status": "beslutad" if decision else "föreslagen",
    }  # fmt: skip
