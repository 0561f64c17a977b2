"""What has been printed and still hangs there, and which of it is to be swapped. Printing is recorded as one change."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsk.binder.sheet import Sheet
from lsk.records import title_of
from lsk.responsibility import VALID
from lsk.store import Store

if TYPE_CHECKING:
    from lsk.change import Change

CHANGED, NEW, GONE = "byt", "sätt in", "ta bort"
RECORDS = {"dokument": "document", "process": "process"}  # what a sheet's name begins with: the record it is about


@dataclass(frozen=True)
class Swap:
    """What to do with one sheet at a place. ``printed_on`` None: it is not there yet; ``sheet`` None: away with it."""

    what: str
    place: str
    name: str
    title: str
    code: str
    printed_on: str | None
    sheet: Sheet | None


def hanging(db: sqlite3.Connection, unit: str) -> dict[str, dict[str, sqlite3.Row]]:
    """Each place where the unit keeps a binder, and the newest print there of every sheet by its name."""
    rows = db.execute(
        """SELECT id, placed_at, sheet, sheet_code, printed_on, copies FROM printout
           WHERE unit = ? AND sheet IS NOT NULL AND replaced_on IS NULL ORDER BY placed_at, printed_on, id""",
        (unit,),
    )
    places: dict[str, dict[str, sqlite3.Row]] = {}
    for row in rows:
        places.setdefault(row["placed_at"], {})[row["sheet"]] = row
    return places


def swaps(store: Store, unit: str, sheets: Sequence[Sheet], place: str | None = None) -> list[Swap]:
    """The sheets that no longer say what the file says, place by place, in the order of the binder."""
    found = []
    for where, printed in hanging(store.db, unit).items():
        if place is not None and where != place:
            continue
        for sheet in sheets:
            old = printed.get(sheet.name)
            if old is None:
                found.append(Swap(NEW, where, sheet.name, sheet.title, sheet.code, None, sheet))
            elif old["sheet_code"] != sheet.code:
                found.append(Swap(CHANGED, where, sheet.name, sheet.title, sheet.code, old["printed_on"], sheet))
        now = {sheet.name for sheet in sheets}
        found += [
            Swap(GONE, where, name, called(store, name), old["sheet_code"], old["printed_on"], None)
            for name, old in printed.items()
            if name not in now and known(store, name)
        ]
    return found


def known(store: Store, name: str) -> bool:
    """Whether this file can tell that a sheet is no longer in force: a unit's file does not hold what others decide."""
    kind, _, record = name.partition(":")
    if not store.file.is_unit_file or kind not in RECORDS:
        return True
    return store.db.execute(f'SELECT 1 FROM "{RECORDS[kind]}" WHERE id = ?', (record,)).fetchone() is not None


def called(store: Store, name: str) -> str:
    """What a sheet that no longer is in the binder was about."""
    kind, _, record = name.partition(":")
    return title_of(store.db, RECORDS[kind], record) if kind in RECORDS else name


def record(
    store: Store, change: Change, unit: str, sheets: Iterable[Sheet], place: str, copies: int, actor: str,
    away: Collection[str] | None = None,
) -> None:  # fmt: skip
    """Say within a change that ``sheets`` hang at ``place`` from today, and the older prints of them no more.

    ``away``: the names of other sheets that were taken out. None: everything that hung there before.
    """
    today, printed = store.today.isoformat(), list(sheets)
    gone = None if away is None else {*away, *(sheet.name for sheet in printed)}
    for row in store.db.execute(
        "SELECT id, sheet FROM printout WHERE unit = ? AND placed_at = ? AND sheet IS NOT NULL AND replaced_on IS NULL",
        (unit, place),
    ).fetchall():
        if gone is None or row["sheet"] in gone:
            change.update("printout", row["id"], {"replaced_on": today})
    role = role_of(store, unit, actor)
    change.insert_many(
        "printout",
        (
            {
                "unit": unit, "placed_at": place, "copies": copies, "printed_on": today, "printed_by": role,
                "sheet": sheet.name, "sheet_code": sheet.code,
                "document_version": sheet.document_version, "process": sheet.process,
            }
            for sheet in printed
        ),
    )  # fmt: skip


def role_of(store: Store, unit: str, actor: str) -> str | None:
    """In what role the one who prints does so, here before elsewhere; None when the file does not say."""
    row = store.db.execute(
        f"""SELECT a.role FROM assignment a JOIN person p ON p.id = a.person WHERE p.name = :actor
            AND {VALID.format(alias="a")} ORDER BY a.unit IS :unit DESC, a.valid_from DESC, a.id LIMIT 1""",
        {"actor": actor, "unit": unit, "today": store.today.isoformat()},
    ).fetchone()
    return None if row is None else str(row["role"])
