"""A new wording is adopted: what leaned on the old becomes a work list, where each ends as kept, moved or decided."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from lsk.change import derived_id
from lsk.errors import LskError
from lsk.law.impact import CITING, impact
from lsk.law.register import CHAIN, LABEL, Cited
from lsk.model import ENTITIES
from lsk.records import entity_of, find

if TYPE_CHECKING:
    from lsk.change import Change
    from lsk.store import Store

MOVED = "flyttad"
SUCCESSOR = """WITH RECURSIVE line(id, step) AS (SELECT :provision, 0 UNION
    SELECT p.became, step + 1 FROM line JOIN provision p ON p.id = line.id WHERE p.became IS NOT NULL AND step < 99)
  SELECT id FROM line WHERE step > 0 AND id <> :provision ORDER BY step DESC LIMIT 1"""


@dataclass(frozen=True)
class Adopted:
    """``work``: new items of the work list; ``known``: those there were; ``open_ends``: items with no new provision."""

    work: int
    known: int
    open_ends: int


def adopt(store: Store, old: Cited, new: Cited | None, day: str | None, actor: str, words: dict[str, str]) -> Adopted:
    """Put ``new`` in the place of ``old`` from ``day`` and list what leaned on the old wording.

    Without ``new``: the same paragraph in a new wording (``words``: heading, note) from ``day``, or, without a day,
    what the register already says that the old one became. LskError when the two cannot follow each other.
    """
    with store.change(actor, f"Ny lydelse i stället för {old.text}") as change:
        if old.whole:
            replace_statute(change, old, new, day)
        elif new is not None:
            replace_provision(change, only(change.db, old), only(change.db, new), day)
        elif day is not None:
            reword(change, only(change.db, old), day, words)
        return work_list(change, old)


def replace_statute(change: Change, old: Cited, new: Cited | None, day: str | None) -> None:
    row = change.db.execute("SELECT * FROM statute WHERE id = ?", (old.statute,)).fetchone()
    if new is None and row["replaced_by"] is None:
        raise LskError(f"Lagregistret säger inte vad som ersatte {old.text}. Ange den nya författningen också.")
    if new is None:
        return
    if not new.whole or new.statute == old.statute:
        raise LskError(f"{old.text} är en hel författning och kan bara ersättas av en annan. Ange bara dess nummer.")
    start = day or change.db.execute("SELECT valid_from FROM statute WHERE id = ?", (new.statute,)).fetchone()[0]
    values = {"replaced_by": new.statute} | ended(row, start, new.text)
    change.update("statute", old.statute, values)


def replace_provision(change: Change, old: sqlite3.Row, new: sqlite3.Row, day: str | None) -> None:
    if old["id"] == new["id"] or new["became"] == old["id"]:
        raise LskError(f"{old['law']} kan inte ersättas av {new['law']}. Ange det nyare lagrummet sist.")
    start = day or new["begins"]
    change.update("provision", old["id"], {"became": new["id"]} | ended(old, start, new["law"]))


def reword(change: Change, old: sqlite3.Row, day: str, words: dict[str, str]) -> None:
    if old["ends"] is not None:
        raise LskError(
            f"{old['law']} gäller inte efter {old['ends']} och kan inte få en ny lydelse. Ange vilket lagrum som "
            "gäller i stället."
        )
    if old["begins"] is not None and day <= old["begins"]:
        raise LskError(f"Lydelsen av {old['law']} gäller från {old['begins']}. Ange en senare dag för den nya.")
    new = change.insert(
        "provision",
        {"statute": old["statute"], "designation": old["designation"], "binding": old["binding"], "valid_from": day}
        | {"heading": words.get("heading") or old["heading"], "note": words.get("note")}
        | {"certainty": "troligt, kontrollera"},
    )
    change.update("provision", old["id"], {"became": new.id} | ended(old, day, "den nya lydelsen"))


def ended(row: sqlite3.Row, start: str | None, new: str) -> dict[str, str]:
    """The last day of what is replaced, where that is not known."""
    if row["valid_to"] is not None:
        return {}
    if start is None:
        raise LskError(f"Lagregistret säger inte när {new} börjar gälla. Ange dagen med --from.")
    return {"valid_to": (date.fromisoformat(start) - timedelta(days=1)).isoformat()}


def only(db: sqlite3.Connection, what: Cited) -> sqlite3.Row:
    """The one provision of a citation; its latest wording, where there are several of one designation."""
    rows = db.execute(
        f"""SELECT p.*, {LABEL} AS law, coalesce(p.valid_from, s.valid_from) AS begins,
              coalesce(p.valid_to, s.valid_to) AS ends FROM json_each(?) j
              JOIN provision p ON p.id = j.value JOIN statute s ON s.id = p.statute
            ORDER BY coalesce(p.valid_to, s.valid_to, '9999') DESC, p.valid_from DESC""",
        (json.dumps(what.provisions),),
    ).fetchall()
    if what.whole or len({row["designation"] for row in rows}) > 1:
        which = ", ".join(dict.fromkeys(row["designation"] for row in rows[:6]))
        raise LskError(f"{what.text} är flera lagrum ({which}). Ange ett av dem.")
    row: sqlite3.Row = rows[0]
    return row


def work_list(change: Change, old: Cited) -> Adopted:
    """One item for each record that leans on the old provisions, or on what became them; those there are, stay."""
    past = {row[0] for row in change.db.execute(
        f"WITH RECURSIVE {CHAIN} SELECT id FROM earlier", {"asked": json.dumps(old.provisions)})}  # fmt: skip
    leaning = [row for row in impact(change.db, old.provisions) if row["provision"] in past]
    now = {provision: successor(change.db, provision) for provision in {row["provision"] for row in leaning}}
    if not old.whole and not all(now.get(provision) for provision in now):
        raise LskError(f"Lagregistret säger inte vad {old.text} blev. Ange det nya lagrummet, eller dagen med --from.")
    there = {row["id"]: row for row in change.db.execute("SELECT id, status, new_provision FROM adaptation")}
    items = [item(row, now[row["provision"]], change.today) for row in leaning]
    fresh = [i for i in items if i["id"] not in there]
    change.insert_many("adaptation", fresh)
    for i in items:
        known = there.get(i["id"])
        if known and known["status"] == "väntar" and known["new_provision"] != i["new_provision"]:
            change.update("adaptation", i["id"], {"new_provision": i["new_provision"]})
    return Adopted(len(fresh), len(items) - len(fresh), sum(i["new_provision"] is None for i in items))


def item(row: sqlite3.Row, new: str | None, today: date) -> dict[str, Any]:
    about = {"provision": row["provision"], "record": row["id"]}
    return about | {
        "id": derived_id(ENTITIES["adaptation"], about),
        "new_provision": new,
        "unit": row["unit"],
        "responsible_role": row["role"],
        "opened_on": today.isoformat(),
    }


def successor(db: sqlite3.Connection, provision: str) -> str | None:
    """What the provision is now, after all that followed on it; None when nothing has."""
    row = db.execute(SUCCESSOR, {"provision": provision}).fetchone()
    return str(row[0]) if row else None


def settle(
    store: Store, items: Sequence[str], outcome: str, actor: str, *,
    to: Cited | None = None, reason: str | None = None, decision: str | None = None,
) -> None:  # fmt: skip
    """End items of the work list, by reference: kept, moved (which moves the record too) or decided; all or none."""
    with store.change(actor, f"Anpassning till ny lydelse: {outcome}") as change:
        new = only(change.db, to)["id"] if to else None
        said = {"reason": reason, "decision": find(change.db, "decision", decision)[1] if decision else None}
        for ref in items:
            row = change.present("adaptation", find(change.db, "adaptation", ref)[1])
            where = (new or row["new_provision"]) if outcome == MOVED else row["new_provision"]
            if outcome == MOVED and where is not None:
                move(change, row["record"], row["provision"], where)
            values = {"status": outcome, "new_provision": where} | {k: v for k, v in said.items() if v is not None}
            change.update("adaptation", row["id"], values)


def move(change: Change, record: str, old: str, new: str) -> None:
    """Let a record that cites the old provision cite the new one. An application without its own gets one."""
    kind = entity_of(change.db, record)
    if kind not in CITING:
        return
    cites = change.present(kind, record)["provision"]
    if cites == old or (cites is None and kind == "application"):
        change.update(kind, record, {"provision": new})


def check_off(store: Store, what: Cited, day: str, by: str, certainty: str, actor: str) -> int:
    """Say that a statute, or provisions of it, were compared with the source; returns how many rows."""
    rows = [("statute", what.statute)] if what.whole else [("provision", p) for p in what.provisions]
    with store.change(actor, f"{what.text} kontrollerad mot källan") as change:
        for kind, record in rows:
            change.update(kind, record, {"checked_on": day, "checked_by": by, "certainty": certainty})
    return len(rows)
