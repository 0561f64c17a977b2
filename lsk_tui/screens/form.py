"""The form of any record, made from its declaration. What must be filled in comes first."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar

from textual import on, work
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from lsk.errors import LskError, Refused
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Field, Order, Ref
from lsk.personal import register
from lsk.rules import RULES, Finding
from lsk.steps import demand
from lsk.store import Store
from lsk.terms import entity_new
from lsk_tui import actions, given, lookup, saving
from lsk_tui.actions import Situation
from lsk_tui.drafts import Draft
from lsk_tui.saving import Overtaken
from lsk_tui.screens.drafting import Drafted
from lsk_tui.screens.overtaken import weigh
from lsk_tui.widgets.entry import Entry
from lsk_tui.widgets.fieldbox import FieldBox
from lsk_tui.widgets.pick import Pick
from lsk_tui.words import plain

TURNS = {"tab": 1, "shift+tab": -1}
SLOW = 0.5  # seconds after which it is said that something is going on


class Form(Drafted):
    """Asks for the fields of a new record, or of one that is there. Dismissed with the id that was saved, or None.

    ``draft``: what was written in this form before, and is gone on with.
    """

    PLACE = actions.FORM
    BINDINGS: ClassVar[list[BindingType]] = [
        *actions.bindings(PLACE),
        # At once, and not after the keys before it are done with: what comes fast, over a slow line, after Tab was
        # meant for the next field.
        *(Binding(key, f"turn({way})", show=False, priority=True) for key, way in TURNS.items()),
        Binding("enter", "onward", show=False, priority=True),
    ]
    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""  # the field to begin with is chosen when all are there
    HORIZONTAL_BREAKPOINTS = [(0, "-tight"), (60, "-wide")]  # noqa: RUF012

    def __init__(
        self, entity: str, record: str | None, values: dict[str, Any], focus: str = "", draft: Draft | None = None
    ) -> None:
        super().__init__(draft)
        self.entity, self.record, self.first = ENTITIES[entity], record, focus
        self.values = dict(values)
        self.saving = False
        self.unready = True  # there is no field yet to write in

    def content(self) -> ComposeResult:
        names = register(self.lsk.store.db)
        situation = self.lsk.situation()
        yield Static("", id="refused", markup=False)
        with VerticalScroll(id="fields", can_focus=False):
            must, may = self.fields()
            for heading, fields in (("Måste fyllas i", must), ("Kan fyllas i", may)):
                if fields:
                    yield Static(heading, classes="form-heading")
                for field in fields:
                    yield FieldBox(
                        self.entity, field, self.values.get(field.name), self.lsk.store, self.lsk.desk, names,
                        makes(field, situation),
                    )  # fmt: skip

    def fields(self) -> tuple[list[Field], list[Field]]:
        """Required fields, then the others; a new record begins at its first step, so that is not asked for."""
        asked = [f for f in self.entity.columns if not isinstance(f, Order) and (f.name != "status" or self.record)]
        return [f for f in asked if f.required], [f for f in asked if not f.required]

    def title_words(self) -> str:
        name = entity_new(self.entity.name)
        if self.record is not None:
            name = f"Ändra {self.lsk.store.terms.entity_the(self.entity.name)} {self.values.get('ref') or ''}"
        return name + self.draft_words

    def situation(self) -> Situation:
        return self.lsk.situation(self.entity, self.record, self.values.get("unit") or self.lsk.store.file.unit)

    def box(self, name: str) -> FieldBox | None:
        return next((box for box in self.boxes if box.field.name == name), None)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#refused").display = False
        self.propose_soon()
        self.call_after_refresh(self.begin)

    def begin(self) -> None:
        """All is drawn: go to the field to begin with, which gets what was typed meanwhile."""
        (self.box(self.first) or next((b for b in self.boxes if b.initial is None), self.boxes[0])).enter()
        self.take_up()
        self.unready = False
        self.lsk.call_later(self.lsk.read_on)

    def action_turn(self, way: int) -> None:
        """To the next field, or the one before."""
        if way > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def on_screen_resume(self) -> None:
        self.tell()

    @on(FieldBox.Changed)
    def changed(self) -> None:
        self.query_one("#refused").display = False
        self.propose_soon()
        self.draft_soon()

    def action_onward(self) -> None:
        """Enter in a field of one line; a choice and a long text have an Enter of their own."""
        entry = self.focused
        if not isinstance(entry, Entry) or isinstance(entry.parent, Pick):
            raise SkipAction
        self.passed(FieldBox.Passed(next(box for box in self.boxes if box in entry.ancestors)))

    @on(FieldBox.Passed)
    def passed(self, event: FieldBox.Passed) -> None:
        """Enter goes on to the next field, past what was already known when a new record was begun."""
        after = self.boxes[self.boxes.index(event.box) + 1 :]
        known = (box for box in after if self.record or box.initial is None or box.touched)
        if box := next(known, None):
            box.enter()
        else:
            self.focus_next()

    # What is proposed, and made from here

    @work(exclusive=True, group="propose")
    async def propose_soon(self) -> None:
        with self.telling():
            await self.propose()

    async def propose(self) -> None:
        """What will be filled in when a new record is saved, shown in the empty fields."""
        if self.record is not None:
            return
        written = {box.field.name: value for box in self.boxes if (value := box.read()[0]) is not None}
        entity = self.entity

        def found(store: Store) -> dict[str, tuple[Any, str]]:
            values = given.proposed(store, entity.name, written)
            return {name: (value, lookup.words(store, entity.field(name), value)) for name, value in values.items()}

        proposed = await self.lsk.desk.ask(found)
        for box in self.boxes:
            box.propose(*proposed.get(box.field.name, (None, "")))

    @on(FieldBox.Make)
    def make(self, event: FieldBox.Make) -> None:
        """Ask for a record that is missing in a form on top, and come back with it chosen."""
        kind, box = event.kind, event.box
        written = {b.field.name: value for b in self.boxes if (value := b.read()[0]) is not None}
        known = given.taken_over(kind, self.entity.name, written) | given.called(kind, event.text)

        def made(record: object) -> None:
            if record:
                words = lookup.words(self.lsk.store, box.field, record)
                box.query_one(Pick).take(record, words)
                box.pass_on()

        self.app.push_screen(Form(kind, None, given.starting_values(self.lsk.store, kind, known)), made)

    # Saving

    def do_save(self) -> None:
        if not self.saving:  # a second Ctrl+S before the first is answered would make the record twice
            self.saving = True
            self.settle_and_save()

    @work(group="save")
    async def settle_and_save(self) -> None:
        """What is written but not yet chosen counts, as if the field had been left first."""
        slow = self.set_timer(SLOW, lambda: self.say("Sparar …"))
        try:
            for box in self.boxes:
                await box.settle()
            await self.propose()
            wrong = [box for box in self.boxes if box.judge()]
            if wrong:
                wrong[0].enter(quietly=True)
                self.refused([], {})
            else:
                await self.save({box.field.name: box.read()[0] for box in self.boxes})
        except Overtaken as error:
            weigh(self, error)
        except LskError as error:
            self.say(f"Kunde inte sparas. {plain(self.entity, str(error))}")
        finally:
            slow.stop()
            self.saving = False

    async def save(self, values: dict[str, Any]) -> None:
        actor, name, record, began = self.lsk.actor, self.entity.name, self.record, self.values
        changed = {k: v for k, v in values.items() if v != began.get(k)}
        if record is not None and not changed:
            self.close(record)
            return
        proposed = {box.field.name: box.proposed for box in self.boxes if values[box.field.name] is None}

        def keep(store: Store) -> tuple[str, list[Finding]]:
            if record is None:
                return saving.add(store, actor, name, {**began, **values, **proposed})
            return saving.amend(store, actor, name, record, began, changed)

        try:
            saved, warnings = await self.lsk.desk.ask(keep)
        except Refused as error:
            asked = {f.requirement for f in error.findings}
            texts = await self.lsk.desk.ask(lambda store: {cited: demand(store.db, cited) for cited in asked})
            self.refused(error.findings, texts)
        else:
            for finding in warnings:
                self.app.notify(finding.sentence, title="Sparat, men", severity="warning", markup=False)
            self.close(saved)

    def close(self, saved: str | None) -> None:
        """Leave for good: what was written is saved, or not wanted."""
        self.keeper.drop()
        self.dismiss(saved)

    def say(self, sentence: str) -> None:
        top = self.query_one("#refused", Static)
        top.update(sentence)
        top.display = True

    def refused(self, findings: list[Finding], texts: dict[str, str]) -> None:
        """What the rules said no to: at the field where it is mended, with what is demanded; and all of it at the top.

        ``texts``: the words of the municipality's own requirements, for what the rules cite.
        """
        sentences, marked = [], []
        for finding in findings:
            told, asked = self.told(finding, texts), texts.get(finding.requirement)
            blamed = [box for name in self.to_blame(finding) if (box := self.box(name))]
            for box in blamed:
                box.refuse(f"{told}\nKrav {asked}" if asked else told)
            marked += blamed
            sentences.append(f"✗ {told}" + (f" Krav {asked}" if asked and not blamed else ""))
        head = "Kunde inte sparas." if sentences else "Kunde inte sparas: se fälten märkta ✗."
        self.say("\n".join([head, *sentences]))
        if marked:
            marked[0].enter(quietly=True)

    def told(self, finding: Finding, texts: dict[str, str]) -> str:
        """What is wrong and what to do; the numbers of requirements only where their words are not known."""
        bare = f"{finding.message} {finding.remedy}".strip() if texts.get(finding.requirement) else finding.sentence
        return plain(self.entity, bare)

    def to_blame(self, finding: Finding) -> list[str]:
        """The fields a finding is about: those its words name, or the only one its rule looks at."""
        names = [n for n in re.findall(r"\((\w+)\)", f"{finding.message} {finding.remedy}") if self.box(n)]
        label, missing = self.lsk.store.terms.field_label, re.findall("”([^”]+)” saknas", finding.message)
        names += [b.field.name for b in self.boxes if label(self.entity.name, b.field.name) in missing]
        if finding.field and self.box(finding.field):
            return [finding.field]
        rule = RULES.get(finding.rule)
        columns = [name for name in rule.columns if self.box(name)] if rule else []
        written = [name for name in columns if (box := self.box(name)) and box.changed]
        return names or (columns if len(columns) == 1 else written[:1])

    @property
    def unsaved(self) -> bool:
        return any(box.changed for box in self.boxes)

    def do_back(self) -> None:
        from lsk_tui.screens.dialogs import Ask

        if not self.unsaved:
            self.close(None)
            return
        question = "Det du skrivit är inte sparat."
        answers = {"stay": "Fortsätt skriva", "save": "Spara", "drop": "Släng", "keep": "Behåll utkastet"}
        self.app.push_screen(Ask(question, answers), self.answered)

    def answered(self, answer: str | None) -> None:
        if answer == "save":
            self.do_save()
        elif answer == "drop":
            self.close(None)
        elif answer == "keep":
            self.dismiss(None)

    def do_leave(self) -> None:
        from lsk_tui.screens.dialogs import Ask

        if not self.unsaved:
            self.app.exit()
            return
        more = ["Avsluta behåller utkastet på den här datorn; du får frågan om det nästa gång."]
        answers = {"stay": "Fortsätt skriva", "keep": "Avsluta", "drop": "Släng och avsluta"}
        self.app.push_screen(Ask("Det du skrivit är inte sparat.", answers, more), self.left)

    def left(self, answer: str | None) -> None:
        if answer == "drop":
            self.keeper.drop()
        if answer in ("drop", "keep"):
            self.app.exit()


def makes(field: Field, situation: Situation) -> tuple[str, ...]:
    """The kinds of records that a reference leads to and that may be made in this file."""
    kinds = (field.to,) if isinstance(field, Ref) else field.to if isinstance(field, AnyRef) else ()
    return tuple(kind for kind in kinds if not actions.can_add(replace(situation, entity=ENTITIES[kind])))
