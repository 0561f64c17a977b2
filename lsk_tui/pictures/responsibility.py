"""Who answers for what: roles and their duties as a table, and the units as a tree."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from lsk import responsibility
from lsk.model import ENTITIES
from lsk.responsibility import ANSWERS, DOES, GIVEN, IN_WORDS, Duty, Matrix, Role, Unit
from lsk.rules.processes import OBJECT_KINDS
from lsk_tui import actions
from lsk_tui.actions import Situation
from lsk_tui.lines import Jump, Line
from lsk_tui.pictures.base import Picture
from lsk_tui.widgets.dutygrid import DutyGrid
from lsk_tui.widgets.lines import Lines


class Responsibility(Picture):
    """Subjects down, roles across; under the table the duties of the cell, in full."""

    PLACE = actions.DUTIES
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "system.tcss"

    def content(self) -> ComposeResult:
        self.begun = False
        yield Static("", id="map-status", markup=False)
        yield DutyGrid(id="duty-grid")
        yield Lines(id="duties")

    def situation(self) -> Situation:
        chosen = self.query_one("#duties", Lines).current if self.is_mounted else None
        if chosen is not None and isinstance(chosen.target, Jump):
            return self.lsk.situation(ENTITIES["duty"], chosen.target.record)
        return self.lsk.situation(ENTITIES["duty"])

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        with self.telling():
            matrix = await self.lsk.desk.ask(lambda store: responsibility.matrix(store.db, store.today))
            grid = self.query_one(DutyGrid)
            grid.show(matrix)
            if not self.begun:
                grid.row, grid.column = self.beginning(matrix)
                grid.focus()
            self.begun = True
            legend = "A ansvarar  U har uppgift  M tar emot  D delegerad hit  ! saknas"
            empty = "Inga ansvar är inlagda. Gå till listan Ansvar och tryck n, eller läs in en profil."
            self.query_one("#map-status", Static).update(legend if matrix.topics else empty)
            self.tell_cell()

    def beginning(self, matrix: Matrix) -> tuple[int, int]:
        """The cell of the role or duty that the table was opened from; else the first cell that says something."""
        order = [(r, c) for r in range(len(matrix.topics)) for c in range(len(matrix.roles))]
        for row, column in order:
            role = matrix.roles[column]
            duties = matrix.at(matrix.topics[row], role)
            if duties and self.record in (None, role.id, *(duty.id for duty in duties)):
                return row, column
        return 0, 0

    @on(DutyGrid.Moved)
    def tell_cell(self) -> None:
        grid = self.query_one(DutyGrid)
        if not grid.matrix.topics:
            return
        role, topic = grid.role, grid.topic
        who = ", ".join(role.holders) or ("! ingen har rollen" if role.vacant else "ingen i registret")
        lines = [Line(f"{role.name} ({who})", heading=True)]
        duties = grid.matrix.at(topic, role)
        lines += [duty_line(duty) for duty in duties]
        if not duties:
            lines.append(Line(f"{topic.capitalize()}: inget ansvar och ingen uppgift för rollen."))
            lines += others(grid.matrix, topic, role)
        self.query_one("#duties", Lines).show(lines, keep=False)
        self.tell()

    @on(DutyGrid.Chosen)
    def into(self) -> None:
        duties = self.query_one("#duties", Lines)
        if duties.current is not None:
            duties.focus()

    @on(Lines.OptionSelected, "#duties")
    def opened(self) -> None:
        chosen = self.query_one("#duties", Lines).current
        if chosen is not None and isinstance(chosen.target, Jump):
            self.lsk.jump(chosen.target)


def duty_line(duty: Duty) -> Line:
    return Line(duty.text, f"{duty.letter} {IN_WORDS[duty.letter]}", Jump("duty", duty.id), label_width=16)


def others(matrix: Matrix, topic: str, but: Role) -> list[Line]:
    """Who does answer for the subject, when the role does not."""
    rest = [role for role in matrix.roles if role is not but]
    names = [role.name for role in rest if {ANSWERS, DOES, GIVEN} & set(matrix.letters(topic, role))]
    return [Line(f"Ligger hos: {', '.join(names)}.")] if names else []


class Organisation(Picture):
    """The units with how many of each of the eight parts; under them the people of the chosen unit."""

    CSS_PATH = "system.tcss"
    units: list[Unit]

    def content(self) -> ComposeResult:
        self.units, self.begun = [], False
        yield Static("", id="unit-heads", markup=False)
        yield Lines(id="units")
        yield Lines(id="people")

    @property
    def current(self) -> Unit | None:
        at = self.query_one("#units", Lines).highlighted
        return self.units[at] if at is not None and at < len(self.units) else None

    def situation(self) -> Situation:
        unit = self.current if self.is_mounted else None
        return self.lsk.situation(ENTITIES["unit"], unit.id if unit else None)

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        with self.telling():
            self.units = await self.lsk.desk.ask(lambda store: responsibility.organisation(store.db, store.today))
            lines = self.query_one("#units", Lines)
            nothing = [Line("Inga enheter ännu. Gå till listan Enheter och tryck n.", heading=True)]
            lines.show([self.line(unit) for unit in self.units] or nothing)
            if not self.begun:
                lines.highlighted = next((n for n, u in enumerate(self.units) if u.id == self.record), 0)
            self.begun = True
            self.heads()
            self.people()

    def on_resize(self) -> None:
        if self.is_mounted and self.units:
            self.query_one("#units", Lines).show([self.line(unit) for unit in self.units])
            self.heads()

    @property
    def room(self) -> int:
        """Cells for the names: what the eight numbers leave."""
        return max(self.size.width - 5 - 4 * len(OBJECT_KINDS), 16)

    def heads(self) -> None:
        short = "".join(f"{kind[:3].capitalize():>4}" for kind in OBJECT_KINDS)
        self.query_one("#unit-heads", Static).update(f"{'Enhet':<{self.room}}{short}")

    def line(self, unit: Unit) -> Line:
        name = f"{'  ' * unit.depth}{unit.name} · {unit.level}"
        if unit.missing:
            name = f"{'  ' * unit.depth}! {unit.name}"
        name = name if len(name) < self.room else name[: self.room - 2] + "…"
        counts = "".join(f"{n or '–':>4}" for n in unit.kinds.values())
        return Line(f"{name:<{self.room}}{counts}", target=Jump("unit", unit.id), one_line=True)

    @on(Lines.OptionHighlighted, "#units")
    def people(self) -> None:
        unit = self.current
        if unit is None:
            return
        lines = [Line(f"{unit.name} ({unit.short})", heading=True)]
        if unit.missing:
            lines.append(Line(f"! saknar {', '.join(unit.missing)}"))
        by_role: dict[str, list[str]] = {}
        for held in unit.people:
            name, _, role = held.rpartition(", ")
            by_role.setdefault(role, []).append(name)
        lines += [Line(", ".join(names), role, heading=False, label_width=26) for role, names in by_role.items()]
        if not by_role:
            lines.append(Line("Ingen har någon roll här."))
        self.query_one("#people", Lines).show(lines, keep=False)
        self.tell()

    @on(Lines.OptionSelected, "#units")
    def opened(self) -> None:
        """The eight parts of the unit's own system (J17)."""
        if self.current is not None:
            self.lsk.show_picture("tråd", "unit", self.current.id)
