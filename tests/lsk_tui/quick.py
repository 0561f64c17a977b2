"""Textual without what a test loses time on: waiting for frames, frames that nobody sees, style sheets read again.

What the app does is the same, and what it has come to is drawn after every key; ``walks`` draw every frame on the way.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor
from textual._context import active_app
from textual.app import App
from textual.css.model import RuleSet
from textual.css.parse import parse
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen

FRAME = 0.001  # seconds; the screen is drawn anew at most this long after something has changed
SOON = 0.02  # seconds; a timer that goes off within this is waited for

draw = Compositor.render_update


async def wait_for_idle(min_sleep: float = 0, max_sleep: float = 10) -> None:
    """Until nothing is left to run and no timer is about to go off.

    Textual's own waits until the processor has rested for a while: after every key, and longer on a busy computer.
    """
    loop = asyncio.get_running_loop()
    end, quiet = loop.time() + max_sleep, 0
    while quiet < 3 and loop.time() < end and not active_app.get()._exit:  # one that closes has timers to the end
        await asyncio.sleep(0)
        first = min((timer.when() for timer in loop._scheduled if not timer.cancelled()), default=end)
        soon = first < loop.time() + SOON
        quiet = 0 if loop._ready or soon else quiet + 1
        if soon and not loop._ready:
            await asyncio.sleep(max(0, first - loop.time()))


def draw_later(
    self: Compositor, full: bool = False, screen_stack: list[Screen[Any]] | None = None, simplify: bool = False
) -> RenderableType | None:
    """In place of ``render_update``: what has changed is remembered, and drawn by ``draw_now``."""
    return draw(self, full, screen_stack, simplify) if full else None


def draw_now(app: App[Any]) -> None:
    """Draw what has changed since it was last drawn, as a terminal would show it."""
    draw(app.screen._compositor, screen_stack=app._background_screens)


@lru_cache(maxsize=512)
def rules_of(
    css: str,
    read_from: tuple[str, str],
    defaults: bool,
    tie_breaker: int,
    scope: str,
    said: tuple[tuple[str, str], ...],
) -> list[RuleSet]:
    told = Stylesheet(variables=dict(said))._variable_tokens
    return list(parse(scope, css, read_from, None, told, defaults, tie_breaker))


def parse_once(
    self: Stylesheet,
    css: str,
    read_from: tuple[str, str],
    is_default_rules: bool = False,
    tie_breaker: int = 0,
    scope: str = "",
) -> list[RuleSet]:
    """In place of ``_parse_rules``, which every app does anew: the style sheets are those of the app before it."""
    said = tuple(self._variables.items())
    return rules_of(css, read_from, is_default_rules, tie_breaker, scope, said)


def hasten(patch: pytest.MonkeyPatch) -> None:
    """All but the drawing, which ``patch.setattr(Compositor, "render_update", draw_later)`` puts off."""
    patch.setattr("textual.app.wait_for_idle", wait_for_idle)
    patch.setattr("textual.pilot.wait_for_idle", wait_for_idle)
    patch.setattr("textual.screen.UPDATE_PERIOD", FRAME)
    patch.setattr(Stylesheet, "_parse_rules", parse_once)
