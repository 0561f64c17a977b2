"""The file that is published: 60 units, ten years, 200 000 records, and as few events in each unit as there are."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from lsk.change import Change, Record
from lsk.store import Store
from tests.bench.sync.data import ACTOR, changing, made, text

TODAY = date(2026, 11, 20)
UNITS, YEARS = 60, 10
EVENTS, INVESTIGATIONS = 60_000, 30_000
CHECKS, ROUNDS = 1_200, 48_000
ACTIONS, DECISIONS, INDICATORS = 38_000, 4_000, 30
KINDS = {
    "avvikelse": 70, "klagomål": 12, "synpunkt": 8, "förslag": 3,
    "missförhållande": 1, "risk för missförhållande": 2, "vårdskada": 1, "risk för vårdskada": 3,
}  # fmt: skip
TRACKS = {"missförhållande": "lex Sarah", "risk för missförhållande": "lex Sarah",
          "vårdskada": "lex Maria", "risk för vårdskada": "lex Maria"}  # fmt: skip
MAIN = "stor.db"


def town(root: Path) -> Path:
    """The file, made the first time it is asked for."""

    def make(folder: Path) -> None:
        with Store.create(folder / MAIN, "ragunda", today=TODAY) as store:
            chance = random.Random(20261120)
            with store.change(ACTOR) as change:
                units = [
                    change.insert("unit", {"name": f"Enhet {n:02}", "short_name": f"E{n:02}", "level": "enhet"}).id
                    for n in range(UNITS)
                ]
            with changing(store):
                fill(Change(store.db, store.file, store.today, store.terms), chance, units)

    return made(root, "town", make) / MAIN


def fill(change: Change, chance: random.Random, units: list[str]) -> None:
    db = change.db
    body, manager = (
        db.execute(sql).fetchone()[0]
        for sql in ("SELECT id FROM role WHERE short_name = 'KS'", "SELECT id FROM role WHERE name = 'enhetschef'")
    )
    often = [1 + 8 * chance.random() ** 3 for _ in units]  # a few large units, many small
    events = change.insert_many("deviation", (deviation(chance, units, often) for _ in range(EVENTS)), checked=True)
    change.insert_many(
        "investigation", [investigation(chance, event.id) for event in events[:INVESTIGATIONS]], checked=True
    )
    checks = change.insert_many(
        "self_check",
        [{"name": text(chance, 3), "unit": units[n % UNITS], "frequency": "kvartal"} for n in range(CHECKS)],
        checked=True,
    )  # fmt: skip
    rounds = ((check.id, n) for check in checks for n in range(ROUNDS // CHECKS))
    change.insert_many("self_check_round", (check_round(chance, check, n) for check, n in rounds), checked=True)
    meetings = change.insert_many(
        "meeting", [{"body": body, "held_on": some_day(chance)} for _ in range(YEARS * 12)], checked=True
    )
    decisions = change.insert_many(
        "decision",
        [
            {"meeting": chance.choice(meetings).id, "paragraph": f"§ {n % 200}", "text": text(chance, 20)}
            for n in range(DECISIONS)
        ],
        checked=True,
    )
    change.insert_many("action", (action(chance, units, manager, decisions) for _ in range(ACTIONS)), checked=True)
    indicators = change.insert_many(
        "indicator", [{"name": text(chance, 4), "better": "högre"} for _ in range(INDICATORS)], checked=True
    )
    change.insert_many("measurement", list(measurements(chance, units, [i.id for i in indicators])), checked=True)


def some_day(chance: random.Random) -> str:
    return (TODAY - timedelta(days=chance.randrange(365 * YEARS))).isoformat()


def deviation(chance: random.Random, units: list[str], often: list[float]) -> dict[str, object]:
    (kind,) = chance.choices(list(KINDS), list(KINDS.values()))
    (unit,) = chance.choices(units, often)
    return {
        "kind": kind, "unit": unit, "received_on": some_day(chance), "what_happened": text(chance, 40),
        "immediate_action": text(chance, 15),
        "track": TRACKS.get(kind, "lokal"), "status": chance.choice(["mottagen", "utreds", "avslutad", "avslutad"]),
    }  # fmt: skip


def investigation(chance: random.Random, event: str) -> dict[str, object]:
    return {
        "deviation": event, "kind": "ordinär", "started_on": some_day(chance), "assessment_reason": text(chance, 30),
        "conclusion": text(chance, 40),
    }  # fmt: skip


def action(chance: random.Random, units: list[str], manager: str, decisions: list[Record]) -> dict[str, object]:
    """One in ten is decided by the committee; the others are the unit's own."""
    decided = chance.choice(decisions).id if chance.random() < 0.1 else None
    return {
        "text": text(chance, 12), "unit": chance.choice(units), "responsible_role": manager, "decision": decided,
        "proposed_on": some_day(chance), "due": some_day(chance), "status": "beslutad" if decided else "föreslagen",
    }  # fmt: skip


def check_round(chance: random.Random, check: str, number: int) -> dict[str, object]:
    due = TODAY - timedelta(days=365 * YEARS - 91 * number)
    done = due + timedelta(days=chance.randrange(-10, 10))
    told = {"done_on": done.isoformat()} if chance.random() < 0.9 and done <= TODAY else {}
    return {"self_check": check, "period": f"omgång {number}", "due": due.isoformat(), **told}


def measurements(chance: random.Random, units: list[str], indicators: list[str]) -> list[dict[str, object]]:
    periods = [(f"{year}-01-01", f"{year}-12-31") for year in range(TODAY.year - YEARS, TODAY.year)]
    return [
        {
            "indicator": indicator, "unit": unit, "period_start": start, "period_end": end,
            "value": str(chance.randrange(100)), "target": "80",
        }
        for indicator in indicators
        for unit in units
        for start, end in periods
    ]  # fmt: skip
