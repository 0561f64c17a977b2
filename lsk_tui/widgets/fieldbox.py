"""One field of a form: its label, the right kind of editor, and under it what is wrong or good to know."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, Static, TextArea

from lsk import values
from lsk.errors import LskError
from lsk.model.vocabulary import AnyRef, Choice, Date, Decimal, Entity, Field, Flag, Integer, Personal, Ref, Text
from lsk.personal import suspicions
from lsk.records import entity_of
from lsk.rules.fields import choices, fault
from lsk.store import Store
from lsk.terms import field_help
from lsk_tui import lookup
from lsk_tui.desk import Desk
from lsk_tui.widgets.pick import Choices, Pick
from lsk_tui.words import day, plain

HINTS = {
    Date: "Skriv 2026-11-03, eller idag, igår, +14, fre.",
    Integer: "Ett heltal.",
    Decimal: "Ett tal, till exempel 97,5.",
}
NO_NAMES = "Skriv inga namn eller personuppgifter."


class FieldBox(Vertical):
    """Asks for one value. ``read`` gives it, or the sentence that says what is wrong. ``names``: the persons."""

    class Changed(Message):
        """What stands in the field changed."""

        def __init__(self, box: FieldBox) -> None:
            super().__init__()
            self.box = box

    def __init__(
        self, entity: Entity, field: Field, value: Any, store: Store, desk: Desk, names: frozenset[tuple[str, ...]]
    ) -> None:
        super().__init__(id=f"field-{field.name}")
        self.entity, self.field, self.store, self.desk, self.names = entity, field, store, desk, names
        self.label = store.terms.field_label(entity.name, field.name)
        self.initial = value
        self.proposed: Any = None
        self.refusal = ""
        self.touched = False

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label(self.label + (" *" if self.field.required else ""), classes="field-label", markup=False)
            yield self.editor()
        yield Static("", classes="field-note", markup=False)
        yield Static(self.help_text(), classes="field-help", markup=False)

    def help_text(self) -> str:
        risky = NO_NAMES if self.field.personal == Personal.RISK else ""
        return field_help(self.entity.name, self.field.name) or risky or HINTS.get(type(self.field), "")

    def editor(self) -> Widget:
        f = self.field
        if isinstance(f, (Choice, Flag, Ref, AnyRef)):
            free = isinstance(f, Choice) and not choices(self.store.db, f)
            means = self.called if isinstance(f, (Ref, AnyRef)) else None
            return Pick(self.offer, self.initial, self.words(self.initial), free, means)
        text = "" if self.initial is None else str(self.initial)
        if isinstance(f, Text) and f.long:
            return TextArea(text, compact=True, soft_wrap=True)
        return Input(text, compact=True, select_on_focus=False)

    def words(self, value: Any) -> str:
        """A stored value as it stands in a Pick."""
        if value is None:
            return ""
        if isinstance(self.field, Ref):
            return lookup.named(self.store, self.field.to, value)
        if isinstance(self.field, AnyRef):
            kind = entity_of(self.store.db, value)
            return lookup.named(self.store, kind, value, with_kind=True) if kind else "(borttagen)"
        return values.shown(self.store.db, self.field, value)

    async def offer(self, text: str) -> Choices:
        """What can be chosen, for what has been typed."""
        field = self.field
        if isinstance(field, (Ref, AnyRef)):
            return await self.desk.ask(lambda store: lookup.suggestions(store, field, text))
        if isinstance(field, Flag):
            every: Choices = [(1, "ja"), (0, "nej")]
        else:
            every = [(v, v) for v in choices(self.store.db, field)] if isinstance(field, Choice) else []
        found = [(v, w) for v, w in every if text.casefold() in w.casefold()]
        return found or (every if not text else [])

    async def called(self, text: str) -> tuple[Any, str] | None:
        """The record that is called exactly so."""
        field = self.field
        assert isinstance(field, (Ref, AnyRef))
        return await self.desk.ask(lambda store: lookup.called(store, field, text))

    async def settle(self) -> None:
        """Let what is written count as chosen when it can mean only one thing."""
        for pick in self.query(Pick):
            await pick.settle()

    @property
    def text(self) -> str:
        """What stands in the editor."""
        widget = self.query_one("Input, TextArea")
        return widget.text if isinstance(widget, TextArea) else widget.value  # type: ignore[attr-defined]

    @property
    def changed(self) -> bool:
        return self.read()[0] != self.initial or bool(self.read()[1] and self.text)

    def read(self) -> tuple[Any, str]:
        """(stored value, "") or (None, the sentence that says what is wrong)."""
        field = self.field
        try:
            if isinstance(field, (Choice, Flag, Ref, AnyRef)):
                pick = self.query_one(Pick)
                if pick.unsettled:
                    return None, self.unknown(pick)
                value = pick.value
            else:
                value = values.parse(self.store.db, field, self.text, self.store.today)
        except LskError as error:
            return None, self.bare(str(error))
        if value is None and self.proposed is not None:
            return None, ""  # what the routing proposes is filled in when it is saved
        wrong = fault(self.store.db, field, value, self.label)
        return (None if wrong else value), self.bare(wrong)

    def unknown(self, pick: Pick) -> str:
        few = (
            f" Välj något av: {', '.join(choices(self.store.db, self.field))}."
            if isinstance(self.field, Choice)
            else ""
        )
        return f"”{pick.text}” finns inte att välja.{few or ' Skriv något annat, eller välj med piltangenterna.'}"

    def bare(self, sentence: str) -> str:
        return plain(self.entity, sentence)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Pick.Changed)
    def edited(self, event: Message) -> None:
        event.stop()
        self.touched = True
        self.refusal = ""
        self.judge(typing=True)
        self.post_message(self.Changed(self))

    @on(Input.Submitted)
    def entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    def on_descendant_focus(self) -> None:
        self.add_class("-here")

    def on_descendant_blur(self) -> None:
        self.remove_class("-here")
        if self.touched:
            self.judge()

    def judge(self, typing: bool = False) -> str:
        """Say under the field what is wrong; while typing, a word that may yet become one is left alone."""
        value, wrong = self.read()
        unfinished = typing and self.has_class("-here") and bool(self.query(Pick)) and bool(self.text)
        said = self.refusal or ("" if unfinished else wrong)
        note = said or self.aside(value)
        self.set_class(bool(said), "-wrong")
        self.set_class(bool(note), "-noted")
        self.query_one(".field-note", Static).update(f"✗ {said}" if said else note)
        return wrong

    def aside(self, value: Any) -> str:
        """What is good to know of a value that is right: which day it is, or that it may point at a person."""
        if isinstance(self.field, Date) and value and self.text.strip() != value:
            return day(value)
        if self.field.personal == Personal.RISK and value:
            kinds = dict.fromkeys(s.kind for s in suspicions(str(value), self.names))
            return f"! Texten innehåller {' och '.join(kinds)}. Ta bort det som pekar ut någon." if kinds else ""
        return ""

    def refuse(self, sentence: str) -> None:
        """Show what a rule said of this field."""
        self.refusal = sentence
        self.judge()

    def propose(self, value: Any) -> None:
        """What the municipality's routing would fill in, as a faint word in the empty field."""
        self.proposed = value
        for box in self.query(Input):
            box.placeholder = f"förslag: {self.words(value)}" if value is not None else ""

    def enter(self, quietly: bool = False) -> None:
        """Go to the field; ``quietly`` without unfolding what can be chosen over the fields below."""
        for pick in self.query(Pick):
            pick.quiet = quietly and not pick.input.has_focus
            if quietly:
                pick.offers.display = False
        self.query_one("Input, TextArea").focus()
