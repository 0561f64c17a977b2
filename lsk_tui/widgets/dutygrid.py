"""A table of subjects and roles to walk in with the arrows; as many columns and rows as there is room for."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget

from lsk.responsibility import Matrix, Role

SUBJECTS = 22  # cells for the subject to the left
LEAST = 4  # cells of a role's column


class DutyGrid(Widget, can_focus=True):
    """Draws only the part around the cursor, so that nothing is ever cut at the edge."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1, 0)", show=False),
        Binding("down,j", "move(1, 0)", show=False),
        Binding("left", "move(0, -1)", show=False),
        Binding("right", "move(0, 1)", show=False),
        Binding("home", "move(0, -999)", show=False),
        Binding("end", "move(0, 999)", show=False),
        Binding("pageup", "move(-10, 0)", show=False),
        Binding("pagedown", "move(10, 0)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Moved(Message):
        """The cursor stands in another cell."""

    class Chosen(Message):
        """Enter, or a click, on the cell of the cursor."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.matrix = Matrix((), (), {})
        self.row = self.column = self.top = self.first = 0

    def show(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self.styles.height = len(matrix.topics) + 1
        self.refresh(layout=True)

    @property
    def topic(self) -> str:
        return self.matrix.topics[self.row]

    @property
    def role(self) -> Role:
        return self.matrix.roles[self.column]

    def action_move(self, down: int, right: int) -> None:
        if self.matrix.topics:
            self.row = min(max(self.row + down, 0), len(self.matrix.topics) - 1)
            self.column = min(max(self.column + right, 0), len(self.matrix.roles) - 1)
            self.refresh()
            self.post_message(self.Moved())

    def action_choose(self) -> None:
        if self.matrix.topics:
            self.post_message(self.Chosen())

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        if place is not None and place.y and self.matrix.topics:
            column = self.first + max(place.x - SUBJECTS, 0) // self.width
            self.action_move(self.top + place.y - 1 - self.row, column - self.column)

    @property
    def read_at(self) -> Offset:
        """Where in the content the cursor stands, for the terminal's own cursor."""
        return Offset(SUBJECTS + (self.column - self.first) * self.width, 1 + self.row - self.top)

    @property
    def width(self) -> int:
        """Cells of a column: all roles when they fit, else as narrow as can be read."""
        room = self.content_size.width - SUBJECTS - 2
        return max(LEAST, min(12, room // max(len(self.matrix.roles), 1)))

    def render(self) -> Content:
        roles, topics = self.matrix.roles, self.matrix.topics
        if not topics:
            return Content("")
        many = max((self.content_size.width - SUBJECTS - 2) // self.width, 1)
        high = max(self.content_size.height - 1, 1)
        self.first = around(self.first, self.column, many, len(roles))
        self.top = around(self.top, self.row, high, len(topics))
        shown = range(self.first, min(self.first + many, len(roles)))
        rows = [self.head(shown)]
        rows += [self.line(n, shown) for n in range(self.top, min(self.top + high, len(topics)))]
        return Content("\n").join(rows)

    def head(self, shown: range) -> Content:
        more = "‹" if self.first else " "
        parts: list[Content | str] = ["Ämne".ljust(SUBJECTS - 1) + more]
        names = called(self.matrix.roles, self.width - 1)
        for n in shown:
            text = names[n].ljust(self.width)
            parts.append(Content.styled(text, "bold reverse" if n == self.column else "bold"))
        return Content.assemble(*parts, "›" if shown.stop < len(self.matrix.roles) else "")

    def line(self, number: int, shown: range) -> Content:
        topic = self.matrix.topics[number]
        here = number == self.row
        name = ("! " if self.matrix.unanswered(topic) else "") + topic
        name = name if len(name) < SUBJECTS else name[: SUBJECTS - 2] + "…"
        parts: list[Content] = [Content.styled(name.ljust(SUBJECTS), "bold" if here else "")]
        for n in shown:
            letters = self.matrix.letters(topic, self.matrix.roles[n]) or "·"
            style = "bold" if letters != "·" else "dim"
            if here and n == self.column:
                letters, style = f"[{letters}]", "bold reverse"
            parts.append(Content.styled(letters.ljust(self.width), style))
        return Content.assemble(*parts)


def around(first: int, at: int, room: int, count: int) -> int:
    """Where a window of ``room`` begins so that ``at`` is in it, moved no more than needed."""
    first = min(max(first, at - room + 1), at)
    return max(min(first, count - room), 0)


def called(roles: tuple[Role, ...], width: int) -> list[str]:
    """The roles in narrow columns, no two alike; ! before one that somebody must hold and nobody does."""
    names: list[str] = []
    for role in roles:
        room = width - role.vacant
        initials = "".join(word[0] for word in role.name.split())
        ways = [role.short if len(role.short) <= room else "", role.name[:room], initials[:room]]
        ways += [f"{role.name[: max(room - len(str(n)), 0)]}{n}" for n in range(2, len(roles) + 2)]
        taken = {name.removeprefix("!") for name in names}
        names.append("!" * role.vacant + next(way.strip() for way in ways if way.strip() not in {"", *taken}))
    return names
