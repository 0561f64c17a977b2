"""Long work: the menu, the questions, how it goes, and what came of it with what to do next."""

from __future__ import annotations

import asyncio
import importlib
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.timer import Timer
from textual.widgets import Input, Label, Static

from lsk.errors import LskError
from lsk_tui import actions, works
from lsk_tui.actions import Situation
from lsk_tui.screens.base import Place
from lsk_tui.screens.dialogs import Menu
from lsk_tui.widgets.entry import Entry
from lsk_tui.widgets.lines import Contested, Jump, Line, Lines
from lsk_tui.widgets.pick import Choices, Pick
from lsk_tui.words import plain
from lsk_tui.works import Job, Question, Result, Work

if TYPE_CHECKING:
    from lsk_tui.app import LskApp

LOOK = 0.2  # seconds between two looks at how it goes
BAR = 20  # cells
RUNNING = "Arbetet pågår. Vänta tills det är klart, eller avbryt med Esc."


class Works(Menu):
    """What can be done that takes a while."""

    HEADING = "Arbeten"
    CSS_PATH = "work.tcss"

    def lines(self) -> list[Line]:
        return [
            Line(f"{work.help}{f' – kan inte nu: {why}' if (why := hinder(work, self.lsk.situation())) else ''}",
                 work.words, work, faint=bool(why), one_line=True, label_width=24)
            for work in works.WORKS
        ]  # fmt: skip

    def choose(self, line: Line) -> None:
        open_work(self.lsk, line.target)


def open_work(app: LskApp, work: Work) -> None:
    """Show the screen of a work, or say why it cannot be done in this file."""
    why = hinder(work, app.situation())
    if why:
        app.notify(why, severity="warning", markup=False)
    else:
        app.push_screen(place_of(work))


def hinder(work: Work, s: Situation) -> str:
    """Why a work cannot be done in this file, or ""."""
    if work.who and s.unit:
        return "Det görs i huvudfilen, inte i en enhets fil."
    return actions.writable(s) if work.writes else ""


def place_of(work: Work) -> Running:
    """The screen of a work: one of its own, or the one that asks its questions."""
    if not work.screen:
        return Asked(work)
    module, _, name = work.screen.partition(":")
    screen: Running = getattr(importlib.import_module(f"lsk_tui.screens.{module}"), name)(work)
    return screen


class Running(Place):
    """A work's screen: asks above, tells below. Subclasses give ``asking`` and ``answers``, or ``run_job``."""

    PLACE = actions.WORK
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "work.tcss"
    AUTO_FOCUS = "Input"

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.work = work
        self.job: Job | None = None
        self.timer: Timer | None = None
        self.reopen = False

    def title_words(self) -> str:
        return f"Arbeten › {self.work.words}"

    def content(self) -> ComposeResult:
        yield Static(self.work.help, id="about", markup=False)
        with VerticalScroll(id="asking", can_focus=False):
            yield from self.asking()
        yield Static("", id="going", markup=False)
        yield Static("", id="outcome", markup=False)
        yield Lines(id="next")

    def asking(self) -> ComposeResult:
        yield from ()

    def answers(self) -> dict[str, str]:
        return {}

    def situation(self) -> Situation:
        return replace(super().situation(), rehearsal=self.work.rehearsal)

    def on_mount(self) -> None:
        super().on_mount()
        self.tell_result(None)

    def do_run(self) -> None:
        self.go(rehearse=False)

    def do_rehearse(self) -> None:
        self.go(rehearse=True)

    def go(self, rehearse: bool) -> None:
        if self.job is not None:
            self.app.notify(RUNNING, severity="warning")
            return
        store = self.lsk.store
        self.job = Job(store.path.absolute(), self.lsk.actor, self.lsk.today, self.answers(), rehearse)
        self.do_job(self.job)

    @work(group="work")
    async def do_job(self, job: Job) -> None:
        """On a thread of its own; the screen looks now and then at how it goes."""
        self.tell_result(None)
        refused = False
        self.timer = self.set_interval(LOOK, self.look)
        self.look()
        try:
            result = await asyncio.to_thread(self.run_job, job)
            if not job.rehearse:
                works.remember(self.work, self.lsk.store.file.replica, job.answers)
        except works.Stopped:
            result = Result(works.STOPPED)
        except LskError as error:
            refused = True
            result = Result("Det gick inte.", [Line(plain(None, part)) for part in str(error).splitlines()])
        finally:
            self.timer.stop()
            self.job = None
        self.reopen = self.reopen or result.reopen
        self.tell_result(result)
        if result.lines and not refused:  # a refusal leaves one in the field, to mend it
            self.query_one("#next", Lines).focus()
        if not self.is_current:
            self.app.notify(f"{self.work.words}: {result.title}", markup=False)

    def run_job(self, job: Job) -> Result:
        return works.run(self.work, job)

    def look(self) -> None:
        if self.job is not None:
            self.say(progress(self.job))

    def say(self, text: str) -> None:
        """What stands between the questions and the outcome."""
        going = self.query_one("#going", Static)
        going.update(text)
        going.display = bool(text)

    def tell_result(self, result: Result | None) -> None:
        """Show what came of it; None clears what stood there."""
        outcome, lines = self.query_one("#outcome", Static), self.query_one("#next", Lines)
        self.say("" if result else self.how())
        outcome.update(result.title if result else "")
        lines.show(result.lines if result else [], keep=False)
        outcome.display = lines.display = result is not None
        if result is not None and result.lines:
            leading = [n for n, line in enumerate(lines.shown) if line.target is not None]
            lines.highlighted = leading[0] if leading else None

    def how(self) -> str:
        keys = "F5 provar utan att ändra något. " if self.work.rehearsal else ""
        return f"{keys}Ctrl+S kör. Esc går tillbaka."

    @on(Lines.OptionSelected, "#next")
    def follow(self, event: Lines.OptionSelected) -> None:
        target = self.query_one("#next", Lines).shown[event.option_index].target
        if isinstance(target, Contested):
            self.lsk.decide(target)
        elif isinstance(target, Jump):
            self.lsk.jump(target)

    def load(self) -> None:
        """One is back, perhaps from settling conflicts: those leave the list."""
        lines = self.query_one("#next", Lines)
        open_ones = {(r[0], r[1]) for r in self.lsk.store.db.execute("SELECT row, col FROM sync_conflict")}
        left = [
            line for line in lines.shown
            if not isinstance(line.target, Contested) or (line.target.record, line.target.column) in open_ones
        ]  # fmt: skip
        if len(left) < len(lines.shown):
            done = [Line("Alla konflikter är avgjorda. Synka igen, så får enheterna besluten.", heading=True)]
            still = any(isinstance(line.target, Contested) for line in left)
            lines.show(left if still else [line for line in left if not line.heading] + done)

    def do_back(self) -> None:
        if self.job is None:
            self.leave()
        elif self.work.unstoppable:
            self.app.notify(self.work.unstoppable, severity="warning")
        else:
            self.job.stopping = True
            self.app.notify("Avbryter så snart det är säkert …")

    def leave(self) -> None:
        if self.reopen:
            self.lsk.open_file(self.lsk.store.path, self.lsk.actor)
        else:
            super().do_back()

    def do_leave(self) -> None:
        if self.job is None:
            super().do_leave()
        else:
            self.app.notify(RUNNING, severity="warning")


class Asked(Running):
    """The questions of a work, one under the other."""

    def asking(self) -> ComposeResult:
        try:
            given = works.beginning(self.work, self.lsk.store)
        except LskError:
            given = {}  # what cannot be proposed is asked for
        for question in self.work.questions:
            with Horizontal(classes="question"):
                yield Label(question.words + ("" if question.optional else " *"), classes="field-label")
                yield self.editor(question, given.get(question.name, question.default))
            if question.help:
                yield Static(question.help, classes="question-help", markup=False)

    def editor(self, question: Question, text: str) -> Input | Pick:
        choices = works.choices(question, self.lsk.store)
        if not choices:
            return Entry(text, id=f"ask-{question.name}", compact=True, select_on_focus=True)

        async def offer(written: str) -> Choices:
            return [(value, words) for value, words in choices if written.casefold() in words.casefold()]

        return Pick(offer, text, dict(choices).get(text, ""), needed=not question.optional)

    def answers(self) -> dict[str, str]:
        found = {}
        for question, row in zip(self.work.questions, self.query(".question"), strict=True):
            picks = row.query(Pick)
            found[question.name] = str(picks.first().value or "") if picks else row.query_one(Input).value
        return found

    @on(Input.Submitted)
    def entered(self, event: Input.Submitted) -> None:
        """Enter goes to the next question; after the last one it tries, or does it when there is nothing to try."""
        boxes = [box for box in self.query(Input) if box.display]
        at = boxes.index(event.input) + 1
        if at < len(boxes):
            boxes[at].focus()
        elif self.work.rehearsal:
            self.do_rehearse()
        else:
            self.do_run()


def progress(job: Job) -> str:
    """What is being done, and how far it has come when that is known."""
    if not job.total:
        return f"{job.said} …"
    filled = BAR * job.done // job.total
    return f"{job.said}: {job.done} av {job.total}  {'█' * filled}{'░' * (BAR - filled)}"
