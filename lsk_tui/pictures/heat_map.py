"""A risk matrix as a map of heat: how many risks each square holds, and how grave a square is."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from lsk.risk_matrix import Matrix, Place, Square

LABEL = 3  # cells to the left of the squares, for the probabilities
AROUND = 4  # lines that are not squares: a heading, two axes, the numbers below
HERE = "◆"


class HeatMap(Widget, can_focus=True):
    """``first``: as the risks were first judged, else as they are judged now. ``marked``: where one of them lies."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(1, 0)", "Upp", show=False),
        Binding("down,j", "move(-1, 0)", "Ner", show=False),
        Binding("left", "move(0, -1)", "Vänster", show=False),
        Binding("right", "move(0, 1)", "Höger", show=False),
        Binding("enter", "open", "Öppna", show=False),
    ]
    at: reactive[Place] = reactive((1, 1))

    class Moved(Message):
        def __init__(self, square: Square, first: bool) -> None:
            super().__init__()
            self.square, self.first = square, first

    class Opened(Moved):
        pass

    def __init__(self, first: bool, id: str) -> None:
        super().__init__(id=id)
        self.first = first
        self.marked: Place | None = None
        self.matrix: Matrix | None = None
        self.heading, self.axes = "", ("", "")

    def show(self, matrix: Matrix, heading: str, axes: tuple[str, str], marked: Place | None) -> None:
        """``axes`` are the words for probability and consequence."""
        self.matrix, self.heading, self.axes, self.marked = matrix, heading, axes, marked
        if self.at not in matrix.squares:
            self.at = (max(matrix.probabilities), min(matrix.consequences))
        self.refresh()

    @property
    def square(self) -> Square | None:
        return self.matrix.squares.get(self.at) if self.matrix else None

    def measures(self) -> tuple[int, int, int]:
        """Width and height of a square, and the empty lines between two of them."""
        assert self.matrix is not None
        rows, columns = len(self.matrix.probabilities), len(self.matrix.consequences)
        width = max((self.size.width - LABEL) // columns - 1, 3)
        room = self.size.height - AROUND
        between = 1 if room >= 3 * rows else 0
        return width, max((room + between) // rows - between, 1), between

    def render(self) -> Content:
        if self.matrix is None:
            return Content("")
        width, height, between = self.measures()
        lines = [Content.styled(self.heading, "bold"), Content.styled(f"↑ {self.axes[0]}", "$text-muted")]
        for number, p in enumerate(self.matrix.probabilities):
            if number:
                lines += [Content("")] * between
            squares = [self.matrix.squares.get((p, c)) for c in self.matrix.consequences]
            for line in range(height):
                label = f"{p:>{LABEL - 1}} " if line == height // 2 else " " * LABEL
                parts = [self.part(square, line, width, height) for square in squares]
                lines.append(Content.assemble(label, Content(" ").join(parts)))
        numbers = " ".join(f"{c:^{width}}" for c in self.matrix.consequences)
        lines.append(Content(" " * LABEL + numbers))
        lines.append(Content.styled(f"{self.axes[1]} →".rjust(LABEL + len(numbers)), "$text-muted"))
        return Content("\n").join(lines)

    def part(self, square: Square | None, line: int, width: int, height: int) -> Content:
        """One line of a square: its sign and value above, the number of risks in the middle, marks beside them."""
        if square is None:
            return Content(" " * width)
        n = str(square.count(self.first) or "·")
        here, mark = square.place == self.at, HERE if square.place == self.marked else ""
        band, sign = self.band(square), self.sign(square)
        if height == 1:
            between = mark or ("›" if here else " ")
            text = fitting(width, f"{sign}{between}{n}", f"{band}{between}{n}", f"{between}{n}", n).ljust(width)
        elif line == 0:
            room = width - 3 if mark else width - 1
            text = f" {fitting(room, sign, band)}".ljust(width - 2) + mark.ljust(2 * bool(mark))
            text = text.ljust(width)
        elif line == height // 2:
            text = fitting(width, f"[{n}]" if here else n, n).center(width)
        else:
            text = " " * width
        style = self.heat(square)
        return Content.styled(text, f"bold reverse {style}" if here and self.has_focus else style)

    def band(self, square: Square) -> str:
        assert self.matrix is not None
        return "" if square.level is None else self.matrix.bands[square.level][0]

    def sign(self, square: Square) -> str:
        """ "H12!": band, value, and whether an action is demanded there."""
        assert self.matrix is not None
        score = "" if square.score is None else str(square.score)
        return self.band(square) + score + "!" * self.matrix.needs_action(square)

    def heat(self, square: Square) -> str:
        assert self.matrix is not None
        if square.level is None:
            return "$foreground on $panel"
        name = "success" if square.level == 0 else "error" if square.level == len(self.matrix.bands) - 1 else "warning"
        if self.app.current_theme.ansi:  # there the muted colour and the text's are one and the same
            return f"ansi_black on ${name}"
        return f"$text-{name} on ${name}-muted"

    def action_move(self, up: int, right: int) -> None:
        if self.matrix is None:
            return
        rows, columns = sorted(self.matrix.probabilities), self.matrix.consequences
        row, column = rows.index(self.at[0]) + up, columns.index(self.at[1]) + right
        if 0 <= row < len(rows) and 0 <= column < len(columns) and (rows[row], columns[column]) in self.matrix.squares:
            self.at = (rows[row], columns[column])
        elif right:
            self.screen.post_message(Beyond(self, right))

    def watch_at(self) -> None:
        self.tell()

    def on_focus(self) -> None:
        self.tell()

    def tell(self) -> None:
        if self.square:
            self.post_message(self.Moved(self.square, self.first))

    def action_open(self) -> None:
        if self.square:
            self.post_message(self.Opened(self.square, self.first))

    def on_click(self, event: events.Click) -> None:
        """A click chooses a square; one on the chosen square opens it."""
        if self.matrix is None:
            return
        width, height, between = self.measures()
        row, column = (event.y - 2) // (height + between), (event.x - LABEL) // (width + 1)
        rows, columns = self.matrix.probabilities, self.matrix.consequences
        if event.y < 2 or event.x < LABEL or row >= len(rows) or column >= len(columns):
            return
        if self.at == (rows[row], columns[column]):
            self.action_open()
        elif (rows[row], columns[column]) in self.matrix.squares:
            self.at = (rows[row], columns[column])


def fitting(width: int, *texts: str) -> str:
    """The first of the texts that there is room for: a number is left out rather than cut."""
    return next((text for text in texts if len(text) <= width), "…"[:width])


class Beyond(Message):
    """The cursor went out of a matrix, to the left (-1) or the right (1)."""

    def __init__(self, source: HeatMap, way: int) -> None:
        super().__init__()
        self.source, self.way = source, way
