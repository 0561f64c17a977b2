"""Everything here leans on what Textual keeps to itself. A new version of it is tried against this file first."""

from __future__ import annotations

from typing import Any

from rich.control import Control
from textual._styles_cache import StylesCache
from textual.app import App
from textual.await_remove import AwaitRemove
from textual.dom import DOMNode
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, OptionList, TextArea, Tree
from textual.worker import WorkerFailed

from lsk.errors import LskError

SHOW_CURSOR = "\x1b[?25h"


class Steady(App[None], inherit_bindings=False):
    """An app that outlives a worker which met with what LSK has a sentence for: a file that is gone, locked, full.

    Textual would end the app, with a Python traceback. Faults of the program itself still end it: they must be seen.
    """

    def _handle_exception(self, error: Exception) -> None:
        if isinstance(error, WorkerFailed) and isinstance(error.error, LskError):
            self.notify(str(error.error), severity="error", markup=False)
        else:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual tells a fault with the values of all variables: here they can be what someone wrote about a person.

        They are left out, since people send such text on.
        """
        from rich.traceback import Traceback  # here, since it takes a tenth of the start

        self.bell()
        self._exit_renderables.append(Traceback(show_locals=False, width=None))
        self._close_messages_no_wait()

    def _prune(self, *nodes: Widget, parent: DOMNode | None = None) -> AwaitRemove:
        """What a screen has asked for is not waited for once it is left.

        Textual takes the parts of a screen away before its workers: an answer that came in between would have nothing
        to be shown in, and end the app.
        """
        for node in nodes:
            if isinstance(node, Screen):
                self.workers.cancel_node(node)
        return super()._prune(*nodes, parent=parent)


def forget_painted() -> None:
    """Let go of what widgets that are gone had painted: a cache of Textual's holds on to a thousand of them."""
    StylesCache.get_inner_outer.cache_clear()


def take_out(app: App[Any], screen: Screen[Any]) -> None:
    """Remove a screen that lies under others: Textual itself only takes away the topmost."""
    app._screen_stack.remove(screen)
    screen.remove()


def place_cursor(app: App[Any]) -> None:
    """Show the terminal's own cursor where the person is reading: Textual hides it and has no way to ask."""
    driver = app._driver
    if driver is not None and not app.is_headless:
        driver.write(SHOW_CURSOR + str(Control.move_to(*reading_at(app))))
        driver.flush()


def reading_at(app: App[Any]) -> Offset:
    """Where on the screen that is: the highlighted line, or the letter in a field.

    A screen whose keys move in another widget than the one with focus names it ``followed``; a widget with a cursor
    of its own says where in its content as ``read_at``.
    """
    widget = getattr(app.screen, "followed", None) or app.focused
    if widget is None:
        return Offset(0, 0)
    if isinstance(widget, (Input, TextArea)):
        return app.screen.outer_size.clamp_offset(widget.cursor_screen_offset)
    within = getattr(widget, "read_at", None) or highlight_of(widget)
    at = widget.content_region.offset
    if within is not None:
        at += within - Offset(int(widget.scroll_x), int(widget.scroll_y))
    return app.screen.outer_size.clamp_offset(at)


def highlight_of(widget: Widget) -> Offset | None:
    """The line within a list or a tree that its highlight is on; None for what has no such line."""
    if isinstance(widget, Tree):
        return Offset(0, widget.cursor_line)
    if isinstance(widget, OptionList) and widget.highlighted is not None:
        return Offset(0, widget._index_to_line.get(widget.highlighted, 0))
    return None


def lines_of(widget: OptionList, option: int | None) -> tuple[int, int] | None:
    """The first line that an option of a list stands on, and how many; None for one that has not been laid out."""
    if option is None or option not in widget._index_to_line:
        return None
    return widget._index_to_line[option], widget._heights.get(option, 1)
