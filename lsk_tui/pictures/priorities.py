"""Proposed actions in the squares of the prioritisation matrix, moved between them by key."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from lsk import priorities
from lsk.model import ENTITIES
from lsk.priorities import Square
from lsk.store import Store
from lsk_tui import actions
from lsk_tui.actions import Situation
from lsk_tui.owning import owner
from lsk_tui.pictures import View
from lsk_tui.pictures.base import Picture
from lsk_tui.screens.dialogs import Menu
from lsk_tui.widgets.lines import Jump, Line, Lines
from lsk_tui.words import cut

MOST = 50  # unplaced proposals that are shown; the rest are behind a line that counts them
LONGEST = 200  # of an action's text
Where = tuple[str, str] | None  # resource input and improvement; None is outside the matrix


@dataclass(frozen=True)
class Placed:
    """The matrix; the number of each action in the decision memo; the proposals without a square, and how many."""

    squares: list[list[Square]]
    numbers: dict[str, int]
    outside: list[sqlite3.Row]
    count: int
    recipient: str | None

    @property
    def shape(self) -> list[list[Where]]:
        return [[(square.resource_input, square.improvement) for square in row] for row in self.squares]


def read(store: Store) -> Placed:
    squares, memo = priorities.matrix(store.db), priorities.memo(store.db)
    inside = {action["id"] for row in squares for square in row for action in square.actions}
    nowhere = [action for action in memo if action["id"] not in inside]  # their square is no longer in the profile
    unplaced, count = priorities.unplaced(store.db, MOST)
    numbers = {action["id"]: number for number, action in enumerate(memo, 1)}
    return Placed(squares, numbers, nowhere + unplaced, len(nowhere) + count, priorities.recipient(store.db))


class SquareLines(Lines):
    """The actions of one square. At its edge the arrows go on to the next one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "screen.go(0, -1)", "Vänster", show=False),
        Binding("right", "screen.go(0, 1)", "Höger", show=False),
        Binding("down,j", "step(1)", "Ner", show=False),
        Binding("up,k", "step(-1)", "Upp", show=False),
    ]

    def __init__(self, place: tuple[int, int] | None, where: Where) -> None:
        super().__init__(classes="square" if place else "outside")
        self.place, self.where = place, where

    async def action_step(self, way: int) -> None:
        at = self.highlighted
        if at is None or not 0 <= at + way < len(self.shown):
            await self.run_action(f"screen.go({way}, 0)")
        elif way > 0:
            self.action_cursor_down()
        else:
            self.action_cursor_up()


class PickSquare(Menu):
    """To which square an action is moved."""

    HEADING = "Flytta till vilken ruta?"

    def __init__(
        self, squares: list[list[Square]], words: Callable[[Square], str], then: Callable[[Where], object]
    ) -> None:
        super().__init__()
        self.squares, self.square_words, self.then = squares, words, then

    def lines(self) -> list[Line]:
        each = [
            Line(self.square_words(square), target=(square.resource_input, square.improvement))
            for row in self.squares
            for square in row
        ]
        return [*each, Line("Ut ur matrisen", target=None)]

    def choose(self, line: Line) -> None:
        self.then(line.target)


class Priorities(Picture):
    """The arrows go between actions and squares; with Skift they take the action along."""

    PLACE = actions.SQUARES
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "priorities.tcss"
    AUTO_FOCUS = ""

    def content(self) -> ComposeResult:
        yield Vertical(id="squares")
        yield SquareLines(None, None)
        yield Static("", id="chosen", markup=False)
        yield Static("", id="memo", markup=False)

    def __init__(self, view: View, entity: str | None = None, record: str | None = None) -> None:
        super().__init__(view, entity, record)
        self.placed: Placed | None = None
        self.wanted = record if entity == "action" else None
        self.moved: str | None = None  # the one moved last: said beside it, for a toast would cover the squares

    @property
    def here(self) -> SquareLines | None:
        return self.focused if isinstance(self.focused, SquareLines) else None

    @property
    def chosen(self) -> str | None:
        """The id of the action under the cursor."""
        line = self.here.current if self.here else None
        return line.target.record if line and isinstance(line.target, Jump) else None

    def situation(self) -> Situation:
        record = self.chosen
        whose = owner(self.lsk.store.db, "action", record) if record else None
        return self.lsk.situation(ENTITIES["action"], record, whose)

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        with self.telling():
            placed = await self.lsk.desk.ask(read)
            keep = self.wanted or self.chosen
            if self.placed is None or placed.shape != self.placed.shape:
                await self.build(placed)
            self.placed, self.wanted = placed, None
            self.fill(placed)
            self.find(keep)
            self.tell()
            self.tell_chosen()

    async def build(self, placed: Placed) -> None:
        """A box for each square, most resources at the top."""
        squares = self.query_one("#squares", Vertical)
        await squares.remove_children()
        label = self.lsk.store.terms.field_label("action", "resource_input").upper()
        rows = [
            Horizontal(
                Static(row[0].resource_input, classes="axis", markup=False),
                *(SquareLines((y, x), (square.resource_input, square.improvement)) for x, square in enumerate(row)),
            )
            for y, row in enumerate(placed.squares)
            if row
        ]
        await squares.mount(Static(f"↑ {label}", classes="axis-name", markup=False), *rows)
        names = [square.improvement for square in placed.squares[0]] if rows else []
        below = [Static(name, classes="improvement", markup=False) for name in names]
        label = self.lsk.store.terms.field_label("action", "improvement").upper()
        await squares.mount(
            Horizontal(Static("", classes="axis"), *below, classes="improvements"),
            Static(f"{label} →", classes="axis-name right", markup=False),
        )

    def fill(self, placed: Placed) -> None:
        width = len(f"{len(placed.numbers)}.")
        for box in self.query(SquareLines):
            if box.place is None:
                more = placed.count - len(placed.outside)
                lines = [self.line(action, "–" if action["scenario"] else "!") for action in placed.outside]
                box.show(lines + ([Line(f"och {more} äldre", "…", label_width=1)] if more else []))
                box.border_title = f"Inte placerade ({placed.count}) · ! konsekvensbeskrivning saknas"
                box.display = bool(placed.count)
            else:
                square = placed.squares[box.place[0]][box.place[1]]
                box.border_title = square.label or ""
                box.show([self.line(action, f"{placed.numbers[action['id']]}.", width) for action in square.actions])
        self.query_one("#memo", Static).update(self.memo(placed))

    def line(self, action: sqlite3.Row, label: str, width: int = 1) -> Line:
        return Line(cut(action["text"], LONGEST), label, Jump("action", action["id"]), one_line=True, label_width=width)

    def memo(self, placed: Placed) -> str:
        """What the numbers are, and how the memo itself is made."""
        if not placed.squares or not placed.squares[0]:
            return "Matrisen har inga rutor: fyll listorna över resursinsatser och förbättringar."
        if not placed.count and not placed.numbers:
            return "Inga förslag till åtgärder väntar på beslut."
        to = f" till {placed.recipient}" if placed.recipient else ""
        return f"Numren är ordningen i beslutsunderlaget{to}. b visar det."

    def find(self, record: str | None) -> None:
        """Put the cursor on an action; on the first of all when it is not there."""
        boxes = list(self.query(SquareLines))
        for box in boxes:
            for number, line in enumerate(box.shown):
                if record and isinstance(line.target, Jump) and line.target.record == record:
                    self.set_focus(box)  # at once: what is said of the action below is of the one under the cursor
                    box.highlighted = number
                    return
        if self.here is None and boxes:
            self.set_focus(next((box for box in boxes if box.shown), boxes[0]))

    @on(SquareLines.OptionHighlighted)
    def on_descendant_focus(self) -> None:
        self.tell()
        self.tell_chosen()

    def tell_chosen(self) -> None:
        self.query_one("#chosen", Static).update(self.chosen_words())

    def chosen_words(self) -> str:
        """The action under the cursor in full: there is not room for it in its square."""
        record, placed = self.chosen, self.placed
        if record is None or placed is None:
            return ""
        every = [action for row in placed.squares for square in row for action in square.actions] + placed.outside
        action = next((action for action in every if action["id"] == record), None)
        if action is None:
            return ""
        moved = "Flyttad, u ångrar: " if record == self.moved else ""
        return f"{moved}{action['ref']} ({action['status']}) {cut(action['text'], LONGEST)}"

    def box_at(self, y: int, x: int) -> SquareLines | None:
        return next((box for box in self.query(SquareLines) if box.place == (y, x)), None)

    def action_go(self, down: int, right: int) -> None:
        """To the square beside; below the lowest row are the proposals without a square."""
        here, placed = self.here, self.placed
        if here is None or placed is None or not placed.squares:
            return
        if here.place is None:
            target = self.box_at(len(placed.squares) - 1, 0) if down < 0 else None
        else:
            y, x = here.place[0] + down, here.place[1] + right
            target = self.query_one(".outside", SquareLines) if y >= len(placed.squares) else self.box_at(y, x)
        if target is not None:
            target.focus()
            if down and target.shown:
                target.highlighted = 0 if down > 0 else len(target.shown) - 1

    @on(SquareLines.OptionSelected)
    def opened(self, event: SquareLines.OptionSelected) -> None:
        target = event.option_list.shown[event.option_index].target if isinstance(event.option_list, Lines) else None
        if isinstance(target, Jump):
            self.lsk.jump(target)

    def do_move(self) -> None:
        if self.placed is not None:
            self.app.push_screen(PickSquare(self.placed.squares, self.square_words, self.move_to))

    def square_words(self, square: Square) -> str:
        terms = self.lsk.store.terms
        inputs, improvement = (terms.field_label("action", name).lower() for name in ("resource_input", "improvement"))
        words = f"{inputs} {square.resource_input}, {improvement} {square.improvement}"
        return f"{words[:1].upper()}{words[1:]}" + (f" – {square.label}" if square.label else "")

    def do_memo(self) -> None:
        self.lsk.show_picture("underlag")

    def do_raise(self) -> None:
        self.push(-1, 0)

    def do_lower(self) -> None:
        self.push(1, 0)

    def do_worsen(self) -> None:
        self.push(0, -1)

    def do_better(self) -> None:
        self.push(0, 1)

    def push(self, down: int, right: int) -> None:
        """Take the action to the square beside."""
        here = self.here
        if here is None or here.place is None:
            self.app.notify("Åtgärden är inte placerad. Tryck m och välj ruta.", severity="warning")
            return
        target = self.box_at(here.place[0] + down, here.place[1] + right)
        if target is None:
            self.app.notify("Matrisen tar slut här.", severity="warning")
        else:
            self.move_to(target.where)

    @work(exclusive=True, group="change")
    async def move_to(self, where: Where) -> None:
        record, actor = self.chosen, self.lsk.actor
        if record is None:
            return
        resource_input, improvement = where or (None, None)

        def move(store: Store) -> None:
            with store.change(actor, "Prioritering") as change:
                change.update("action", record, {"resource_input": resource_input, "improvement": improvement})

        with self.telling():
            await self.lsk.desk.ask(move)
            self.wanted = self.moved = record
            self.load()
