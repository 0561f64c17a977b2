"""Choose one of many by typing a little of it: a word of a list, yes or no, or another record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from lsk.errors import LskError
from lsk_tui.widgets.entry import Entry

Choices = list[tuple[Any, str]]


class Pick(Vertical):
    """An input with suggestions under it. ``source`` answers a text with (value, words) pairs.

    ``means`` answers a text that names one value exactly, such as a reference, with that value or None.
    ``free``: what is written is itself the value, when the municipality has made no list.
    ``makes``: kinds of records that can be made from here, with the words that offer it.
    ``leave``: where Enter goes; the next field, if nothing else is said.
    ``needed``: it cannot be left empty, so Enter takes the first of what is offered.
    """

    class Changed(Message):
        """The value or the text changed."""

    class Offered(Message):
        """What can be chosen for the text is known."""

    class Make(Message):
        """A new record of a kind is asked for; what was looked for may be its name."""

        def __init__(self, pick: Pick, kind: str, text: str) -> None:
            super().__init__()
            self.pick, self.kind, self.text = pick, kind, text

    def __init__(
        self,
        source: Callable[[str], Awaitable[Choices]],
        value: Any = None,
        words: str = "",
        free: bool = False,
        means: Callable[[str], Awaitable[tuple[Any, str] | None]] | None = None,
        makes: tuple[tuple[str, str], ...] = (),
        leave: Callable[[], object] | None = None,
        needed: bool = False,
    ) -> None:
        super().__init__()
        self.leave, self.needed = leave, needed
        self.source, self.free, self.means, self.makes = source, free, means, makes
        self.value = value
        self.chosen = words
        self.offered: Choices = []
        self.asked = ""  # the text that ``offered`` answers
        self.eager = False  # Enter came before what can be chosen did: take the first of it, as when it is seen
        self.quiet = False  # the next time it is come to, it does not unfold over what is said below

    def compose(self) -> ComposeResult:
        yield Entry(self.chosen, select_on_focus=True, compact=True)
        yield OptionList(compact=True, markup=False)

    @property
    def input(self) -> Input:
        return self.query_one(Input)

    @property
    def offers(self) -> OptionList:
        return self.query_one(OptionList)

    @property
    def text(self) -> str:
        return self.input.value.strip()

    @property
    def unsettled(self) -> bool:
        """Something is written that stands for no value."""
        return bool(self.text) and self.value is None and not self.free

    @property
    def gone(self) -> bool:
        """Whether the form was left while something was looked for: what it stood in is taken away first."""
        return not (self.is_attached and self.query("Input") and self.query("OptionList"))

    @property
    def outrun(self) -> bool:
        """What is offered answers an earlier text: somebody types faster than it is found."""
        return bool(self.text) and self.text != self.chosen and self.asked != self.text

    @property
    def hopeless(self) -> bool:
        """Nothing can be chosen for what is written, so it cannot become right by more of it."""
        return self.unsettled and self.asked == self.text and not self.offered

    def on_mount(self) -> None:
        self.offers.can_focus = False
        self.offers.display = False

    def on_descendant_focus(self) -> None:
        if self.quiet:
            self.quiet = False
            return
        self.suggest(self.text if self.value is None else "", show=True)

    def on_descendant_blur(self) -> None:
        if self.gone:
            return
        self.offers.display = False
        self.input.cursor_position = 0  # so that a long name shows its beginning
        if self.unsettled:
            self.settle_soon()

    @work(exclusive=True, group="settle")
    async def settle_soon(self) -> None:
        try:
            await self.settle()
        except LskError as error:
            self.app.notify(str(error), severity="error", markup=False)

    async def settle(self) -> None:
        """Take what is written when it can mean only one thing, or Enter was pressed on it.

        Asks anew, so that fast typing changes nothing.
        """
        text = self.text
        if not self.unsettled:
            return
        offered = await self.source(text)
        exact = next(((v, w) for v, w in offered if w.casefold() == text.casefold()), None)
        if exact is None and self.means is not None:
            exact = await self.means(text)
        if self.gone:
            return
        found = exact or (offered[0] if len(offered) == 1 or (self.eager and offered) else None)
        if found and self.unsettled and self.text == text:
            self.take(*found)

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value.strip() != self.chosen or (self.asked and not event.value.strip()):  # or all of it is erased
            self.value = event.value.strip() or None if self.free else None
            self.eager = self.eager and not self.input.has_focus
            self.chosen = ""
            self.suggest(event.value.strip(), show=self.input.has_focus)
            if self.unsettled and not self.input.has_focus:  # keys that were on their way when the field was left
                self.settle_soon()
        self.post_message(self.Changed())

    @work(exclusive=True)
    async def suggest(self, text: str, show: bool) -> None:
        try:
            offered = await self.source(text)
            if text and not offered and self.means is not None:
                named = await self.means(text)
                offered = [named] if named else []
        except LskError as error:
            self.app.notify(str(error), severity="error", markup=False)
            return
        if self.gone:
            return
        self.offered, self.asked = offered, text
        self.offers.clear_options()
        self.offers.add_options(Option(words) for _, words in offered)
        self.offers.add_options(Option(f"+ {words} …") for _, words in self.makes)
        # With nothing to choose the list would lie over what is said of it; an arrow unfolds what can be made.
        self.offers.display = show and self.input.has_focus and bool(self.offered or (self.makes and not text))
        # Nothing is marked before something is typed: Enter on an empty field passes it by, unless it is needed.
        first = 0 if self.offered and (text or (self.needed and self.value is None)) else None
        self.offers.highlighted = next((n for n, (v, _) in enumerate(self.offered) if v == self.value), first)
        self.post_message(self.Offered())

    def take(self, value: Any, words: str) -> None:
        """Let a value be chosen."""
        self.value, self.chosen, self.eager = value, words, False
        self.input.value = words
        self.offers.display = False
        self.post_message(self.Changed())

    @on(OptionList.OptionSelected)
    def clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.use(event.option_index)

    def use(self, index: int) -> bool:
        """Take the line of the list, or ask for what it says is to be made. False when it was that."""
        if index < len(self.offered):
            self.take(*self.offered[index])
            return True
        self.offers.display = False
        kind, _ = self.makes[index - len(self.offered)]
        self.post_message(self.Make(self, kind, self.text if self.unsettled else ""))
        return False

    def on_key(self, event: events.Key) -> None:
        if event.key in ("down", "up"):
            self.walk(event.key)
        elif event.key == "enter" and self.outrun:
            self.eager = True
            self.go_on()
        elif event.key == "enter" and self.offers.display and self.offers.highlighted is not None:
            if self.use(self.offers.highlighted):
                self.go_on()
        elif event.key == "enter":
            self.go_on()
        elif event.key == "escape" and self.offers.display:
            self.offers.display = False
        else:
            return
        event.stop()
        event.prevent_default()

    def go_on(self) -> None:
        """Enter was pressed, and the field is done with."""
        (self.leave or self.screen.focus_next)()

    def walk(self, key: str) -> None:
        if self.hopeless and self.makes:
            self.offers.display = True
            self.offers.highlighted = 0
        elif not self.offers.display:
            self.suggest("" if self.value is not None else self.text, show=True)
        elif key == "down":
            self.offers.action_cursor_down()
        else:
            self.offers.action_cursor_up()
