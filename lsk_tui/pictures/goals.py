"""The tree of goals: what they are broken down into, and how the indicators stand against their targets."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from lsk import goal_tree
from lsk.store import Store
from lsk_tui import actions
from lsk_tui.goal_lines import LEGEND, goal_lines, path_to, told
from lsk_tui.pictures import View
from lsk_tui.pictures.of_unit import OfUnit
from lsk_tui.widgets.lines import Jump, Lines


class TreeLines(Lines):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "screen.fold(True)", "Fäll ihop", show=False),
        Binding("right", "screen.fold(False)", "Fäll ut", show=False),
    ]


class GoalTree(OfUnit):
    """Left folds a goal, Right unfolds it, Enter opens what is under the cursor."""

    PLACE = actions.GOALS
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "goals.tcss"

    def __init__(self, view: View, entity: str | None = None, record: str | None = None) -> None:
        super().__init__(view, entity, record)
        self.goals: list[goal_tree.Goal] | None = None
        self.folded: set[str] = set()

    def content(self) -> ComposeResult:
        yield Static("", id="told", markup=False)
        yield TreeLines(id="tree")

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        with self.telling():
            goals = await self.lsk.desk.ask(lambda store: goal_tree.tree(store.db, self.units(store)))
            at = await self.lsk.desk.ask(self.opened_from) if self.goals is None else None
            self.goals = goals
            self.draw()
            if at:
                self.find(at)
            self.query_one("#told", Static).update(f"{told(goals)}\n{LEGEND}")

    def opened_from(self, store: Store) -> str | None:
        """The goal or the indicator that the picture was opened from, or that what it was opened from is about."""
        if self.entity in ("goal", "indicator"):
            return self.record
        column = {"goal_activity": "goal", "measurement": "indicator"}.get(self.entity or "")
        if column is None or self.record is None:
            return None
        row = store.db.execute(f'SELECT "{column}" FROM "{self.entity}" WHERE id = ?', (self.record,)).fetchone()
        return row[0] if row else None

    def draw(self) -> None:
        lines = goal_lines(self.goals or [], self.folded, self.size.width, self.lsk.store.terms)
        self.query_one(TreeLines).show(lines)

    def on_resize(self) -> None:
        if self.goals is not None:
            self.draw()

    def find(self, record: str) -> None:
        """Put the cursor on a goal or an indicator."""
        tree = self.query_one(TreeLines)
        for number, line in enumerate(tree.shown):
            if isinstance(line.target, Jump) and line.target.record == record:
                tree.highlighted = number

    def action_fold(self, fold: bool) -> None:
        """Fold the goal under the cursor, or the one that what is under it belongs to."""
        line = self.query_one(TreeLines).current
        if line is None or not isinstance(line.target, Jump) or line.target.record is None:
            return
        *above, at = path_to(self.goals or [], line.target.record)
        if fold and (at.id in self.folded or not (at.below or at.indicators)) and above:
            at = above[-1]
        (self.folded.add if fold else self.folded.discard)(at.id)
        self.draw()
        self.find(at.id if fold else line.target.record)

    @on(Lines.OptionSelected, "#tree")
    def opened(self, event: Lines.OptionSelected) -> None:
        target = self.query_one(TreeLines).shown[event.option_index].target
        if isinstance(target, Jump):
            self.lsk.jump(target)
