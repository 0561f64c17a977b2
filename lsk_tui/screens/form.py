"""The form of any record, made from its declaration. What must be filled in comes first."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from lsk.errors import LskError, Refused
from lsk.model import ENTITIES
from lsk.model.vocabulary import UNIT, Field, Order, Ref
from lsk.personal import register
from lsk.records import one
from lsk.rules import RULES, Finding
from lsk.rules.proposals import propose
from lsk.store import Store
from lsk.terms import entity_new
from lsk_tui import actions
from lsk_tui.actions import Situation
from lsk_tui.owning import owner
from lsk_tui.screens.base import Place
from lsk_tui.widgets.fieldbox import FieldBox
from lsk_tui.words import plain


class Form(Place):
    """Asks for the fields of a new record, or of one that is there. Dismissed with the id that was saved, or None."""

    PLACE = actions.FORM
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(PLACE)
    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""  # the field to begin with is chosen when all are there

    def __init__(self, entity: str, record: str | None, values: dict[str, Any], focus: str = "") -> None:
        super().__init__()
        self.entity, self.record, self.first = ENTITIES[entity], record, focus
        self.values = values
        self.saving = False

    def content(self) -> ComposeResult:
        names = register(self.lsk.store.db)
        yield Static("", id="refused", markup=False)
        with VerticalScroll(id="fields", can_focus=False):
            must, may = self.fields()
            for heading, fields in (("Måste fyllas i", must), ("Kan fyllas i", may)):
                if fields:
                    yield Static(heading, classes="form-heading")
                for field in fields:
                    yield FieldBox(
                        self.entity, field, self.values.get(field.name), self.lsk.store, self.lsk.desk, names
                    )

    def fields(self) -> tuple[list[Field], list[Field]]:
        """Required fields, then the others; a new record begins at its first step, so that is not asked for."""
        asked = [f for f in self.entity.columns if not isinstance(f, Order) and (f.name != "status" or self.record)]
        return [f for f in asked if f.required], [f for f in asked if not f.required]

    def title_words(self) -> str:
        if self.record is None:
            return entity_new(self.entity.name)
        return f"Ändra {self.lsk.store.terms.entity_the(self.entity.name)} {self.values.get('ref') or ''}"

    def situation(self) -> Situation:
        return self.lsk.situation(self.entity, self.record, self.values.get("unit") or self.lsk.store.file.unit)

    @property
    def boxes(self) -> list[FieldBox]:
        return list(self.query(FieldBox))

    def box(self, name: str) -> FieldBox | None:
        return next((box for box in self.boxes if box.field.name == name), None)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#refused").display = False
        self.propose()
        box = self.box(self.first) or next((b for b in self.boxes if b.initial is None), self.boxes[0])
        self.call_after_refresh(box.enter)

    def on_screen_resume(self) -> None:
        self.tell()

    @on(FieldBox.Changed)
    def changed(self) -> None:
        self.query_one("#refused").display = False
        self.propose()

    def propose(self) -> None:
        """What the municipality's routing will fill in when a new record is saved, shown in the empty fields."""
        if self.record is not None:
            return
        written = {box.field.name: value for box in self.boxes if (value := box.read()[0]) is not None}
        proposed = propose(self.lsk.store.db, self.entity.name, written)
        for box in self.boxes:
            box.propose(proposed.get(box.field.name))

    def do_save(self) -> None:
        if not self.saving:  # a second Ctrl+S before the first is answered would make the record twice
            self.saving = True
            self.settle_and_save()

    @work(group="save")
    async def settle_and_save(self) -> None:
        """What is written but not yet chosen counts, as if the field had been left first."""
        try:
            for box in self.boxes:
                await box.settle()
            wrong = [box for box in self.boxes if box.judge()]
            if wrong:
                wrong[0].enter(quietly=True)
                self.refused([])
            else:
                await self.save({box.field.name: box.read()[0] for box in self.boxes})
        except LskError as error:
            self.app.notify(plain(self.entity, str(error)), severity="error", markup=False)
        finally:
            self.saving = False

    async def save(self, values: dict[str, Any]) -> None:
        actor, name, record = self.lsk.actor, self.entity.name, self.record
        changed = {k: v for k, v in values.items() if v != self.values.get(k)}
        if record is not None and not changed:
            self.dismiss(record)
            return

        def keep(store: Store) -> tuple[str, list[Finding]]:
            with store.change(actor) as change:
                if record is None:
                    new = change.insert(name, {k: v for k, v in {**self.values, **values}.items() if k != "ref"})
                else:
                    change.update(name, record, changed)
            return record or new.id, change.warnings

        try:
            saved, warnings = await self.lsk.desk.ask(keep)
        except Refused as error:
            self.refused(error.findings)
        else:
            for finding in warnings:
                self.app.notify(finding.sentence, title="Sparat, men", severity="warning", markup=False)
            self.dismiss(saved)

    def refused(self, findings: list[Finding]) -> None:
        """What the rules said no to: all of it at the top, and at the field where it is mended."""
        top = self.query_one("#refused", Static)
        sentences = [plain(self.entity, finding.sentence) for finding in findings]
        top.update(
            "Kunde inte sparas.\n" + "\n".join(f"✗ {s}" for s in sentences)
            if sentences
            else "Kunde inte sparas: se fälten märkta ✗."
        )
        top.display = True
        marked = [box for f in findings for name in self.to_blame(f) if (box := self.box(name))]
        for finding in findings:
            for name in self.to_blame(finding):
                if box := self.box(name):
                    box.refuse(plain(self.entity, finding.sentence))
        if marked:
            marked[0].enter(quietly=True)

    def to_blame(self, finding: Finding) -> list[str]:
        """The fields a finding is about: those its words name in brackets, or the only one its rule looks at."""
        names = [n for n in re.findall(r"\((\w+)\)", f"{finding.message} {finding.remedy}") if self.box(n)]
        rule = RULES.get(finding.rule)
        return names or (list(rule.columns) if rule and len(rule.columns) == 1 else [])

    @property
    def unsaved(self) -> bool:
        return any(box.changed for box in self.boxes)

    def do_back(self) -> None:
        from lsk_tui.screens.dialogs import Ask

        if not self.unsaved:
            self.dismiss(None)
            return
        question = "Det du skrivit är inte sparat."
        self.app.push_screen(
            Ask(question, {"stay": "Fortsätt skriva", "save": "Spara", "drop": "Släng"}), self.answered
        )

    def answered(self, answer: str | None) -> None:
        if answer == "save":
            self.do_save()
        elif answer == "drop":
            self.dismiss(None)

    def do_leave(self) -> None:
        from lsk_tui.screens.dialogs import Ask

        if not self.unsaved:
            self.app.exit()
            return
        self.app.push_screen(
            Ask("Det du skrivit är inte sparat.", {"stay": "Fortsätt skriva", "drop": "Avsluta ändå"}),
            lambda answer: self.app.exit() if answer == "drop" else None,
        )


def inherited(store: Store, entity: str, made_from: str, record: str) -> dict[str, Any]:
    """What a new record takes over from the one it is made from: references of the same name and kind, and its unit."""
    row = one(store.db, made_from, record)
    theirs = {f.name: f.to for f in ENTITIES[made_from].columns if isinstance(f, Ref)}
    mine = {f.name: f.to for f in ENTITIES[entity].columns if isinstance(f, Ref)}
    values = {name: row[name] for name, to in mine.items() if row is not None and theirs.get(name) == to}
    if mine.get("unit") == "unit" and "unit" not in values:
        values["unit"] = owner(store.db, made_from, record)
    return {name: value for name, value in values.items() if value is not None}


def starting_values(store: Store, entity: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a new record holds from the start: what it was made from, and in a unit's own file the unit."""
    kind = ENTITIES[entity]
    has_unit = any(isinstance(f, Ref) and f.name == "unit" for f in kind.fields)
    return ({"unit": store.file.unit} if has_unit and kind.scope == UNIT and store.file.unit else {}) | given
