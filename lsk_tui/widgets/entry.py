"""The two places to write in: one line, and many."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input, TextArea

# As in every other program on the computer; Textual's own goes to the beginning of the line, which Home does too.
ALL: list[BindingType] = [Binding("ctrl+a", "select_all", show=False)]


class Entry(Input):
    """One line. Several lines that are pasted become one; Textual's own would throw away all but the first."""

    BINDINGS: ClassVar[list[BindingType]] = ALL

    def on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        line = " ".join(clean(event.text).split())
        if self.selection.is_empty:
            self.insert_text_at_cursor(line)
        else:
            self.replace(line, *self.selection)


class Prose(TextArea):
    """Many lines."""

    BINDINGS: ClassVar[list[BindingType]] = ALL

    def on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        put = self.replace(clean(event.text), *self.selection)
        self.move_cursor(put.end_location)


def clean(text: str) -> str:
    """Without the signs that steer terminals and that no file can hold, with one kind of line break."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    return "".join(sign for sign in text if sign in "\n\t" or (sign >= " " and sign != "\x7f"))
