"""Small questions over the place one is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from lsk.terms import area_label, entity_new
from lsk_tui.areas import GO_TO, go_to
from lsk_tui.given import inherited
from lsk_tui.pictures import View
from lsk_tui.sheet import can_point_here
from lsk_tui.widgets.entry import Entry
from lsk_tui.widgets.lines import Jump, Line, Lines

if TYPE_CHECKING:
    from lsk_tui.app import LskApp

CLOSE = Binding("escape", "dismiss", "Stäng", show=False)
HELP = Binding("question_mark", "app.help_here", show=False)  # where nothing is written; F1 works in every dialog


class Ask(ModalScreen[str]):
    """A question with a few answers; the first, which changes nothing, has focus. Dismissed with the answer's name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        CLOSE,
        HELP,
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self, question: str, answers: dict[str, str], more: list[str] | None = None) -> None:
        super().__init__()
        self.question, self.answers, self.more = question, answers, more or []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self.question, classes="dialog-title", markup=False)
            for sentence in self.more:
                yield Static(sentence, markup=False)
            with Horizontal(classes="buttons"):
                for name, words in self.answers.items():
                    yield Button(words, id=f"answer-{name}", compact=True)

    @on(Button.Pressed)
    def answered(self, event: Button.Pressed) -> None:
        self.dismiss(str(event.button.id).removeprefix("answer-"))


class AskName(ModalScreen[str]):
    """Who is working in the file."""

    BINDINGS: ClassVar[list[BindingType]] = [CLOSE]

    def __init__(self, name: str) -> None:
        super().__init__()
        self.before = name

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Vem arbetar i filen?", classes="dialog-title")
            yield Static("Namnet sparas med varje ändring du gör. Enter sparar, Esc stänger.")
            yield Entry(self.before, compact=True)

    @on(Input.Submitted)
    def named(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())


class Menu(ModalScreen[None]):
    """Lines to choose among, by arrow, letter or mouse."""

    BINDINGS: ClassVar[list[BindingType]] = [CLOSE, HELP]
    HEADING = ""

    @property
    def lsk(self) -> LskApp:
        return cast("LskApp", self.app)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self.HEADING, classes="dialog-title")
            yield Lines()

    def lines(self) -> list[Line]:
        return []

    def on_mount(self) -> None:
        self.query_one(Lines).show(self.lines())

    @on(Lines.OptionSelected)
    def chosen(self, event: Lines.OptionSelected) -> None:
        self.leave_for(self.query_one(Lines).shown[event.option_index])

    def leave_for(self, line: Line) -> None:
        """Close, then do it in the app's name: a screen opened by one that is closed is never answered."""
        self.dismiss()
        self.app.call_later(self.choose, line)

    def choose(self, line: Line) -> None:
        """Do what the line stands for."""


class GoTo(Menu):
    """g and a letter: straight to an area."""

    HEADING = "Gå till"
    BINDINGS: ClassVar[list[BindingType]] = [
        CLOSE,
        *(Binding(area.letter, f"letter('{area.letter}')", show=False) for area in GO_TO),
        Binding("i", "letter('i')", show=False),
    ]

    def lines(self) -> list[Line]:
        home = Line("Idag", "i", "idag", label_width=3)
        areas = go_to(self.lsk.store.file.is_unit_file)
        return [home, *(Line(area_label(a.name), a.letter, Jump(a.first), label_width=3) for a in areas)]

    def action_letter(self, letter: str) -> None:
        line = next((line for line in self.lines() if line.label == letter), None)
        if line is not None:
            self.leave_for(line)

    def choose(self, line: Line) -> None:
        if isinstance(line.target, Jump):
            self.lsk.jump(line.target)
        else:
            self.lsk.go_home()


class AddTo(Menu):
    """What can be added to a record: everything that may point at it."""

    HEADING = "Lägg till"

    def __init__(self, entity: str, record: str) -> None:
        super().__init__()
        self.entity, self.record = entity, record

    def lines(self) -> list[Line]:
        found = [Line(entity_new(other), target=(other, field)) for other, field in can_point_here(self.entity)]
        return found or [Line("Inget kan läggas till här. Esc stänger.", heading=True)]

    def choose(self, line: Line) -> None:
        other, field = line.target
        self.lsk.new(other, {**inherited(self.lsk.store, other, self.entity, self.record), field: self.record})


class PickPicture(Menu):
    """Which of several pictures."""

    HEADING = "Visa som bild"

    def __init__(self, views: list[View], entity: str, record: str | None) -> None:
        super().__init__()
        self.views, self.entity, self.record = views, entity, record

    def lines(self) -> list[Line]:
        return [Line(view.help, view.words, view.name) for view in self.views]

    def choose(self, line: Line) -> None:
        self.lsk.show_picture(line.target, self.entity, self.record)
