"""History as lines: who changed what, when, and from what to what."""

from __future__ import annotations

from dataclasses import replace

from lsk.capture import INSERT
from lsk.history import OUTSIDE, CellChange, ChangeSet, log
from lsk.model import ENTITIES
from lsk.store import Store
from lsk.values import shown
from lsk_tui.lines import Jump, Line
from lsk_tui.words import cut, moment, name_of

CHANGES = 60  # change sets shown
CELLS = 8  # of one change set, where all records are shown
VALUE = 160  # characters of a long text
RECENT = 2  # change sets under a record; the rest are behind the line that leads to all


def chronicle(store: Store, record: str | None = None) -> list[Line]:
    """The latest change sets, of one record or of the whole file."""
    return [line for change in log(store.db, CHANGES, record) for line in told(store, change, whole=record is None)]


def beside(store: Store, record: str) -> list[list[Line]]:
    """The history of a record to have beside it: the lines of each change set, none of which lead anywhere."""
    return [[replace(line, target=None) for line in briefly(store, s)] for s in log(store.db, CHANGES, record)]


def below(past: list[list[Line]]) -> list[Line]:
    """The latest few of them, for the end of what is read about a record where there is no room beside it."""
    lines = [line for change in past[:RECENT] for line in change if line.plain]
    more = [Line("hela historiken", "…", "history")] if len(past) > RECENT else []
    return [Line("", heading=True), Line("Senast ändrat", heading=True), *lines, *more] if lines else []


def briefly(store: Store, change: ChangeSet) -> list[Line]:
    """A change set of one record; of a new one, whose fields stand above, only that it was made."""
    lines = told(store, change, whole=False)
    new = change.changes and all(c.kind == INSERT for c in change.changes)
    return [lines[0], Line("Posten lades till."), lines[-1]] if new else lines


def told(store: Store, change: ChangeSet, whole: bool) -> list[Line]:
    """A change set: who and when as a heading, then each changed field."""
    why = f" · {change.why}" if change.why else ""
    lines = [Line(f"{moment(change.at)}  {change.actor or OUTSIDE}{why}", heading=True)]
    cells = [c for c in change.changes if c.new is not None or c.old is not None]
    few = cells[:CELLS] if whole else cells
    lines += [one_cell(store, c, whole) for c in few]
    rest = len(cells) - len(few) + change.more
    if rest:
        lines.append(Line(f"… och {rest} fält till", faint=True, indent=2))
    return [*lines, Line("", heading=True)]


def one_cell(store: Store, change: CellChange, whole: bool) -> Line:
    old, new = said(store, change, change.old), said(store, change, change.new)
    text = {1: new, 2: f"{old} → {new}", 3: f"{old} (borttaget)"}[change.kind]
    where = f"{name_of(store.db, change.entity, change.record, store.terms)}: " if whole else ""
    return Line(where + text, store.terms.field_label(change.entity, change.field), Jump(change.entity, change.record))


def said(store: Store, change: CellChange, value: object) -> str:
    if change.field == "ref":
        return str(value)
    return cut(shown(store.db, ENTITIES[change.entity].field(change.field), value), VALUE)
