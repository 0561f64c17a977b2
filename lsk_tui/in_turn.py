"""Keys one at a time, each where it was meant to go."""

from __future__ import annotations

from collections import deque
from functools import partial

from textual import events
from textual.app import App
from textual.message_pump import MessagePump


class InTurn(App[None], inherit_bindings=False):
    """An app in which a key waits until the key before it has done all it leads to.

    Textual hands out keys as they come. What is typed fast, or comes in one go over a slow line, would reach the
    screen that its first key is just about to leave, and mean other things there.

    A screen that needs more than being built says so as ``unready``, and calls ``read_on`` when it is ready.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unread: deque[events.Key | events.Paste] = deque()
        self.seen_by: list[MessagePump] = []  # those the latest key went to, and through
        self.holding = False

    @property
    def more_is_written(self) -> bool:
        """Whether the next key is a letter: what a text leads to is worked out once, when the last has come."""
        return bool(self.unread) and isinstance(self.unread[0], events.Key) and self.unread[0].is_printable

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            self.unread.append(event)
            await self.read_on()
        else:
            await super().on_event(event)

    async def read_on(self) -> None:
        """Hand out the next key, unless something of the one before it is left to do."""
        while self.unread and not self.holding and not getattr(self.screen, "unready", False):
            if self.screen not in self.seen_by:  # it is new: let it be built, and get its focus
                self.seen_by = [self.screen, self]
                self.hold(self.seen_by)
            elif any(pump.message_queue_size for pump in self.seen_by):
                # Once for the key on its way up, and once for what a widget made of it: chosen, submitted.
                self.hold(self.seen_by + self.seen_by)
            else:
                await self.hand_out()

    def hold(self, pumps: list[MessagePump]) -> None:
        """Go on when each of these in turn, last the app, has done what it had to."""
        self.holding = True
        for n, pump in enumerate(pumps, 1):
            then = partial(self.hold, pumps[n:]) if pumps[n:] else self.release
            if pump.post_message(events.Callback(callback=then)):  # one that is gone takes no more messages
                return

    async def release(self) -> None:
        self.holding = False
        if self.unread and self.screen in self.seen_by and not getattr(self.screen, "unready", False):
            await self.hand_out()
        await self.read_on()

    async def hand_out(self) -> None:
        self.seen_by = list((self.focused or self.screen).ancestors_with_self)
        await super().on_event(self.unread.popleft())
