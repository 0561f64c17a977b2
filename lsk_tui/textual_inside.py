"""Everything here leans on what Textual keeps to itself. A new version of it is tried against this file first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.control import Control
from textual._compositor import Compositor
from textual._styles_cache import StylesCache
from textual.app import App
from textual.await_remove import AwaitRemove
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.geometry import Offset, Region
from textual.notifications import Notify
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, OptionList, Tree
from textual.worker import WorkerFailed

from lsk.errors import LskError
from lsk_tui.in_turn import InTurn

SHOW_CURSOR = "\x1b[?25h"


class Steady(InTurn, inherit_bindings=False):
    """An app that outlives a worker which met with what LSK has a sentence for: a file that is gone, locked, full.

    Textual would end the app, with a Python traceback. Faults of the program itself still end it: they must be seen.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stylesheet = Remembering(variables=self.get_css_variables())

    def begin_with(self, theme: str) -> None:
        """The theme, before the app runs: set once it does, everything would be styled a second time."""
        self.set_reactive(App.theme, theme)
        self.stylesheet.set_variables(self.get_css_variables())
        dark = self.current_theme.dark
        self.update_classes({f"-theme-{theme}": True, "-dark-mode": dark, "-light-mode": not dark}, update=False)
        self._refresh_truecolor_filter(self.ansi_theme)

    def on_notify(self, event: Notify) -> None:
        """Say it once: what the agenda, the findings and the lists all stumble on would stand there three times."""
        if event.notification.message in (standing.message for standing in self._notifications):
            event.prevent_default()

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


class Remembering(Stylesheet):
    """Textual would parse all there is at every new kind of screen: here what has been parsed is kept.

    Until the variables are others; then all of it is parsed again, as it must be.
    """

    def reparse(self) -> None:
        self.parse()


class OnlyDirty(Compositor):
    """Asks for the lines that are to be painted anew. Textual asks every widget for all it has, at every key."""

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if crop is None:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            lines = Region(clip.x, crop.y, clip.width, crop.height).intersection(clip)  # whole, or they would be cut
            seen = region.intersection(lines)
            if seen and seen.overlaps(crop):
                yield region, lines, widget.render_lines(seen.translate(-region.offset))


class Sparing(Screen[object]):
    """A screen that paints no more than what has changed."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = OnlyDirty()


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
    from textual.widgets import TextArea  # here, since it brings much with it

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
