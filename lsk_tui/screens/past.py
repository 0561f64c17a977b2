"""Places of lines to read: the history, and the thread a record is part of."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from lsk import trace
from lsk.history import OUTSIDE, CellChange, ChangeSet, log
from lsk.model import ENTITIES
from lsk.store import Store
from lsk_tui import actions
from lsk_tui.actions import Situation
from lsk_tui.screens.base import Place
from lsk_tui.widgets.lines import Jump, Line, Lines
from lsk_tui.words import cell, cut, moment, name_of

CHANGES = 60  # change sets shown
CELLS = 8  # of one change set, where all records are shown


class Reading(Place):
    """Lines that each lead somewhere."""

    PLACE = actions.LINES
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "today.tcss"

    def __init__(self, entity: str | None, record: str | None) -> None:
        super().__init__()
        self.entity, self.record = entity, record

    def content(self) -> ComposeResult:
        yield Lines(id="today")

    def situation(self) -> Situation:
        return self.lsk.situation(ENTITIES[self.entity] if self.entity else None, self.record)

    def lines(self, store: Store) -> list[Line]:
        """What is shown; asked on the desk's thread."""
        return []

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        with self.telling():
            self.query_one(Lines).show(await self.lsk.desk.ask(self.lines))

    @on(Lines.OptionSelected)
    def go(self, event: Lines.OptionSelected) -> None:
        target = self.query_one(Lines).shown[event.option_index].target
        if isinstance(target, Jump):
            self.lsk.jump(target)


class Past(Reading):
    """Who changed what, and when: of one record, or of the whole file."""

    def title_words(self) -> str:
        if self.entity and self.record:
            return f"Historik: {name_of(self.lsk.store.db, self.entity, self.record, self.lsk.store.terms)}"
        return "Historik för hela filen"

    def lines(self, store: Store) -> list[Line]:
        sets = log(store.db, CHANGES, self.record)
        found = [line for change in sets for line in told(store, change, whole=self.record is None)]
        return found or [Line("Inget är ändrat ännu.", heading=True)]


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
    label, _, new = cell(store.db, store.terms, change.entity, change.field, change.new).partition(": ")
    old = cell(store.db, store.terms, change.entity, change.field, change.old).partition(": ")[2]
    text = {1: new, 2: f"{old} → {new}", 3: f"{old} (borttaget)"}[change.kind]
    where = f"{name_of(store.db, change.entity, change.record, store.terms)}: " if whole else ""
    return Line(where + text, label, Jump(change.entity, change.record))


class Trace(Reading):
    """From paragraph to decision and back: what the record hangs together with."""

    def title_words(self) -> str:
        assert self.entity and self.record
        return f"Spår: {name_of(self.lsk.store.db, self.entity, self.record, self.lsk.store.terms)}"

    def lines(self, store: Store) -> list[Line]:
        assert self.entity and self.record
        first, *rest = trace.thread(store.db, self.entity, self.record)
        lines = [step(store, first)] + [step(store, s) for s in rest]
        return (
            lines if rest else [*lines, Line("Inget annat pekar på posten, och den pekar inte på något.", heading=True)]
        )


def step(store: Store, s: trace.Step) -> Line:
    kind, field = s.by
    by = "" if not s.way else kind if not field else store.terms.field_label(kind, field).lower()
    told = f"{s.way} {by}" if s.way else "Utgår från"
    text = f"{store.terms.entity_label(s.entity)}: {cut(s.title, 90)} · {s.ref}"
    return Line(text, cut(told, 24), Jump(s.entity, s.id), indent=2 * s.depth)
