"""Reading in a register from elsewhere: its columns and words on screen, to be mended before anything is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from lsk.errors import LskError
from lsk.imports.sheets import sheets
from lsk.model import ENTITIES
from lsk_tui.screens.dialogs import CLOSE
from lsk_tui.screens.work import Running
from lsk_tui.widgets.entry import Entry
from lsk_tui.widgets.lines import Line, Lines
from lsk_tui.widgets.pick import Choices, Pick
from lsk_tui.works import Job, Result, Work, importing
from lsk_tui.works.importing import Column, Plan, Same, Switch, Word

NO_FIELD = "– läses inte in"


class OneOf(ModalScreen[str]):
    """One of many, found by typing. Dismissed with its value."""

    BINDINGS = [CLOSE]  # noqa: RUF012

    def __init__(self, question: str, among: list[tuple[str, str]]) -> None:
        super().__init__()
        self.question, self.among = question, among

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self.question, classes="dialog-title", markup=False)
            yield Entry(placeholder="Skriv för att hitta. Enter väljer, Esc stänger.", compact=True)
            yield Lines()

    def on_mount(self) -> None:
        self.query_one(Lines).can_focus = False
        self.narrow("")

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        self.narrow(event.value.strip().casefold())

    def narrow(self, text: str) -> None:
        fits = [Line(words, target=value) for value, words in self.among if text in words.casefold()]
        self.query_one(Lines).show(fits or [Line("Inget heter så.", heading=True)], keep=False)

    def key_down(self) -> None:
        self.query_one(Lines).action_cursor_down()

    def key_up(self) -> None:
        self.query_one(Lines).action_cursor_up()

    @on(Input.Submitted)
    def entered(self) -> None:
        line = self.query_one(Lines).current
        if line is not None and not line.heading:
            self.dismiss(line.target)

    @on(Lines.OptionSelected)
    def clicked(self, event: Lines.OptionSelected) -> None:
        self.dismiss(self.query_one(Lines).shown[event.option_index].target)


class Import(Running):
    """Which kind of record, which file, and the mapping as lines; then a trial, then one change."""

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self.plan: Plan | None = None

    def asking(self) -> ComposeResult:
        with Horizontal(classes="question"):
            yield Label("Slag av post *", classes="field-label")
            yield Pick(self.kinds, None, "")
        with Horizontal(classes="question"):
            yield Label("Lista *", classes="field-label")
            yield Entry(placeholder="gamla.xlsx eller gamla.csv; Enter läser den", id="source", compact=True)

    def content(self) -> ComposeResult:
        yield from super().content()
        yield Lines(id="mapping")

    def how(self) -> str:
        if self.plan is None:
            return "Välj slag och lista: en Excelbok (.xlsx) eller CSV. Enter läser den."
        return "Enter ändrar raden. F5 provar utan att ändra något. Ctrl+S läser in. Esc går tillbaka."

    async def kinds(self, text: str) -> Choices:
        terms = self.lsk.store.terms
        named = sorted((terms.entity_label(name, many=True), name) for name in ENTITIES)
        return [(name, words) for words, name in named if text.casefold() in words.casefold()]

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#mapping").display = False

    @on(Input.Submitted, "#source")
    def read_source(self) -> None:
        self.begin()

    @work(exclusive=True, group="mapping")
    async def begin(self) -> None:
        """Look at the file that was named."""
        pick, text = self.query_one(Pick), self.query_one("#source", Input).value.strip().strip('"')
        with self.telling():
            await pick.settle()
            if pick.value is None or not text:
                raise LskError("Välj slag av post och skriv vilken fil som ska läsas in.")
            source = (self.lsk.store.path.absolute().parent / Path(text).expanduser()).absolute()
            await self.show_plan(Plan(str(pick.value), source), focus=True)

    async def show_plan(self, plan: Plan, focus: bool = False) -> None:
        """The mapping, the cursor on what is still to be settled. A plan that cannot be read leaves the one before."""
        seen = await self.lsk.desk.ask(lambda store: importing.look(store, plan))
        self.plan = plan
        lines = self.query_one("#mapping", Lines)
        self.tell_result(None)
        lines.show(seen.lines, keep=not focus)
        lines.display = True
        undecided = next((n for n, line in enumerate(lines.shown) if importing.undecided(line)), None)
        if undecided is not None:
            lines.highlighted = undecided
        if focus:
            lines.focus()

    @work(exclusive=True, group="mapping")
    async def again(self, plan: Plan) -> None:
        with self.telling():
            await self.show_plan(plan)
            self.query_one("#mapping", Lines).focus()

    @on(Lines.OptionSelected, "#mapping")
    def change_line(self, event: Lines.OptionSelected) -> None:
        target = self.query_one("#mapping", Lines).shown[event.option_index].target
        with self.telling():
            if isinstance(target, Column):
                self.ask_field(f"”{target.heading}” är fältet", target.heading)
            elif isinstance(target, Word):
                self.ask_word(target)
            elif isinstance(target, Same):
                self.ask_same(target)
            elif isinstance(target, Switch) and target.name == "key":
                self.ask_key()
            elif isinstance(target, Switch) and target.name == "sheet":
                self.ask_sheet()
            elif isinstance(target, Switch) and target.name == "suggested":
                self.take_suggestions()
            elif isinstance(target, Switch):
                self.turn(target.name)

    def turn(self, name: str) -> None:
        assert self.plan is not None
        self.again(changed(self.plan, name, not getattr(self.plan, name)))

    def ask_field(self, question: str, heading: str) -> None:
        plan = self.plan
        assert plan is not None
        likely = importing.suggested(self.lsk.store, plan).get(heading)
        among = [*importing.fields(self.lsk.store, plan), ("", NO_FIELD)]
        among.sort(key=lambda one: one[0] != likely)
        self.ask(question, among, lambda name: changed(plan, "fields", {**plan.fields, heading: name}))

    def ask_word(self, word: Word) -> None:
        plan = self.plan
        assert plan is not None
        among = importing.meanings(self.lsk.store, plan, word.field)
        about = (word.heading, word.cell)
        self.ask(f"”{word.cell}” betyder", among, lambda value: changed(plan, "values", {**plan.values, about: value}))

    def ask_same(self, same: Same) -> None:
        plan = self.plan
        assert plan is not None
        among = importing.meanings(self.lsk.store, plan, same.field)
        question = f"{importing.label(self.lsk.store, plan.entity, same.field)}: samma på alla rader"
        self.ask(question, among, lambda value: changed(plan, "fixed", {**plan.fixed, same.field: value}))

    def take_suggestions(self) -> None:
        assert self.plan is not None
        found = importing.suggested(self.lsk.store, self.plan)
        self.again(changed(self.plan, "fields", {**self.plan.fields, **found}))

    def ask_sheet(self) -> None:
        plan = self.plan
        assert plan is not None
        among = [(name, name) for name in sheets(plan.source)]
        self.ask("Bladet som läses in", among, lambda name: changed(plan, "sheet", name))

    def ask_key(self) -> None:
        plan = self.plan
        assert plan is not None
        usual = ("", "id, beteckning eller det som är unikt")
        among = [usual, *importing.fields(self.lsk.store, plan)]
        self.ask("En post känns igen på", among, lambda name: changed(plan, "key", name))

    def ask(self, question: str, among: list[tuple[str, str]], then: Callable[[str], Plan]) -> None:
        def chosen(value: str | None) -> None:
            if value is not None:
                self.again(then(value))

        self.app.push_screen(OneOf(question, among), chosen)

    def go(self, rehearse: bool) -> None:
        if self.plan is None:
            self.begin()
        else:
            super().go(rehearse)

    def run_job(self, job: Job) -> Result:
        assert self.plan is not None
        return importing.do(job, self.plan)

    def tell_result(self, result: Result | None) -> None:
        super().tell_result(result)
        if result is not None:
            self.query_one("#mapping").display = False

    def leave(self) -> None:
        """From what came of a trial, back to the mapping; from there, away."""
        mapping = self.query_one("#mapping", Lines)
        if self.plan is not None and not mapping.display:
            self.again(self.plan)
        else:
            super().leave()


def changed(plan: Plan, name: str, value: object) -> Plan:
    """The plan with one thing otherwise."""
    return replace(plan, **{name: value})  # type: ignore[arg-type]
