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
from lsk.rules.fields import choices, fault
from lsk.store import Store
from lsk.terms import entity_a, entity_new, field_help
from lsk_tui import lookup
from lsk_tui.desk import Desk
from lsk_tui.widgets.entry import Entry, Prose
from lsk_tui.widgets.pick import Choices, Pick
from lsk_tui.words import day, plain

HINTS = {
    Date: "Skriv 2026-11-03, eller idag, igår, +14, fre, 1/12.",
    Integer: "Ett heltal.",
    Decimal: "Ett tal, till exempel 97,5.",
}
FEW = 8  # choices; more are not told in a sentence
NO_NAMES = "Skriv inga namn eller personuppgifter."
LONG = 20_000  # letters; a longer text is searched for personal data when the field is left, not at every key


class FieldBox(Vertical):
    """Asks for one value. ``read`` gives it, or the sentence that says what is wrong.

    ``names``: the persons of the file. ``makes``: the kinds of records that may be made from a reference.
    Nothing is read from the file at a key, so that a file that another program holds never stops the writing.
    """

    class Changed(Message):
        """What stands in the field changed."""

        def __init__(self, box: FieldBox) -> None:
            super().__init__()
            self.box = box

    class Passed(Message):
        """Enter was pressed, and the field is done with."""

        def __init__(self, box: FieldBox) -> None:
            super().__init__()
            self.box = box

    class Make(Message):
        """A new record for this field is asked for, perhaps called ``text``."""

        def __init__(self, box: FieldBox, kind: str, text: str) -> None:
            super().__init__()
            self.box, self.kind, self.text = box, kind, text

    def __init__(
        self,
        entity: Entity,
        field: Field,
        value: Any,
        store: Store,
        desk: Desk,
        names: frozenset[tuple[str, ...]],
        makes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(id=f"field-{field.name}")
        self.entity, self.field, self.store, self.desk, self.names = entity, field, store, desk, names
        self.makes = makes
        self.label = store.terms.field_label(entity.name, field.name)
        self.list = choices(store.db, field) if isinstance(field, Choice) else []
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
            free = isinstance(f, Choice) and not self.list
            means = self.called if isinstance(f, (Ref, AnyRef)) else None
            makes = tuple((kind, entity_new(kind)) for kind in self.makes)
            needed = f.required and bool(self.list)  # of a list; which record it is about is nobody's to guess
            return Pick(self.offer, self.initial, self.words(self.initial), free, means, makes, self.pass_on, needed)
        text = "" if self.initial is None else str(self.initial)
        if isinstance(f, Text) and f.long:
            return Prose(text, compact=True, soft_wrap=True)
        return Entry(text, compact=True, select_on_focus=False)

    def words(self, value: Any) -> str:
        """A stored value as it stands in a Pick."""
        return lookup.words(self.store, self.field, value)

    async def offer(self, text: str) -> Choices:
        """What can be chosen, for what has been typed."""
        field = self.field
        if isinstance(field, (Ref, AnyRef)):
            return await self.desk.ask(lambda store: lookup.suggestions(store, field, text))
        if isinstance(field, Flag):
            every: Choices = [(1, "ja"), (0, "nej")]
        else:
            every = [(v, v) for v in self.list]
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
            return None, ""  # what is proposed is filled in when it is saved
        if value is not None and isinstance(field, Choice):
            return value, ""  # it is one of the list, or the municipality has made no list
        wrong = fault(self.store.db, field, value, self.label)
        return (None if wrong else value), self.bare(wrong)

    def unknown(self, pick: Pick) -> str:
        if len(self.list) > FEW:
            what = f"Töm fältet, så visas de {len(self.list)} att välja bland."
        elif self.list:
            what = f"Välj något av: {', '.join(self.list)}."
        elif self.makes:
            what = f"Skriv något annat, eller gå med ↑ till + {entity_new(self.makes[0])}."
        else:
            to = self.field.to if isinstance(self.field, Ref) else None
            asked = f"Här väljs {entity_a(to)}. " if to else ""
            what = f"{asked}Skriv något annat, eller välj med piltangenterna."
        return f"”{pick.text}” finns inte att välja. {what}"

    def bare(self, sentence: str) -> str:
        return plain(self.entity, sentence)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Pick.Changed)
    def edited(self, event: Message) -> None:
        event.stop()
        if not self.touched and not self.changed:
            return  # an editor tells of the value it begins with, too
        self.touched = True
        self.refusal = ""
        self.judge(typing=True)
        self.post_message(self.Changed(self))

    @on(Pick.Offered)
    def offered(self, event: Pick.Offered) -> None:
        """Only now is it known whether what is being written can become something."""
        event.stop()
        if self.touched:
            self.judge(typing=True)

    @on(Pick.Make)
    def make(self, event: Pick.Make) -> None:
        event.stop()
        self.post_message(self.Make(self, event.kind, event.text))

    @on(Input.Submitted)
    def entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.pass_on()

    def pass_on(self) -> None:
        self.post_message(self.Passed(self))

    def on_descendant_focus(self) -> None:
        self.add_class("-here")

    def on_descendant_blur(self) -> None:
        self.remove_class("-here")
        if self.touched:
            self.judge()

    def judge(self, typing: bool = False) -> str:
        """Say under the field what is wrong; while typing, what may yet become right is left alone."""
        value, wrong = self.read()
        here = typing and self.has_class("-here")
        said = self.refusal or ("" if here and wrong and self.unfinished else wrong)
        note = said or self.aside(value, here)
        self.set_class(bool(said), "-wrong")
        self.set_class(bool(note), "-noted")
        self.query_one(".field-note", Static).update(f"✗ {said}" if said else note)
        return wrong

    @property
    def unfinished(self) -> bool:
        """What stands here is wrong now, but more of it can make it right."""
        for pick in self.query(Pick):
            return bool(pick.text) and not pick.hopeless
        return bool(self.text) and values.may_become(self.field, self.text)

    def aside(self, value: Any, typing: bool) -> str:
        """What is good to know of a value that is right: which day it is, or that it may point at a person."""
        if isinstance(self.field, Date) and value and self.text.strip() != value:
            return day(value)
        if self.field.personal == Personal.RISK and value and not (typing and len(value) > LONG):
            kinds = dict.fromkeys(s.kind for s in suspicions(str(value), self.names))
            return f"! Texten innehåller {' och '.join(kinds)}. Ta bort det som pekar ut någon." if kinds else ""
        return ""

    def refuse(self, sentence: str) -> None:
        """Show what a rule said of this field."""
        self.refusal = sentence
        self.judge()

    def propose(self, value: Any, words: str) -> None:
        """What will be filled in when it is saved, as faint words in the empty field."""
        self.proposed = value
        for box in self.query(Input):
            box.placeholder = f"förslag: {words}" if value is not None else ""

    def keep(self) -> list[Any]:
        """What a draft holds of the field: the text, and the value that is chosen."""
        return [self.text, *(pick.value for pick in self.query(Pick))]

    def put(self, kept: list[Any]) -> None:
        """Write what a draft held."""
        self.touched = True
        for pick in self.query(Pick):
            pick.take(kept[1] if len(kept) > 1 else None, kept[0])
            return
        self.write(kept[0])

    def begin_with(self, value: Any, words: str) -> None:
        """Show a value that was saved by somebody else, as if the form had opened with it."""
        self.initial = value
        self.refusal = ""
        for pick in self.query(Pick):
            pick.take(value, words)
            return
        self.write("" if value is None else str(value))

    def write(self, text: str) -> None:
        widget = self.query_one("Input, TextArea")
        if isinstance(widget, TextArea):
            widget.text = text
        elif isinstance(widget, Input):
            widget.value = text

    def enter(self, quietly: bool = False) -> None:
        """Go to the field; ``quietly`` without unfolding what can be chosen over the fields below."""
        for pick in self.query(Pick):
            pick.quiet = quietly and not pick.input.has_focus
            if quietly:
                pick.offers.display = False
        self.screen.set_focus(self.query_one("Input, TextArea"))  # at once: what is typed next is for this field
        if quietly:
            self.call_after_refresh(self.scroll_visible)  # with what is said under it
