"""Three bugs are planted, one at a time, and the machine must find each: a test that cannot fail proves nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import ModuleType
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from sync import authorise, derive
from tests.sync.machine import Files

BOUNDED = settings(
    max_examples=40,
    stateful_step_count=15,
    derandomize=True,
    report_multiple_bugs=False,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Rivals(Files):
    """Little more than edits, deletes and direct sync, so that what is looked for comes soon."""

    take_back = reorder = move_in_tree = allot = move_unit = revoke = jump = None
    post_up = post_down = deliver = cut = lose = None


Planted = Callable[[], AbstractContextManager[object]]


def rewritten(module: ModuleType, name: str, right: str, wrong: str) -> AbstractContextManager[object]:
    """A function of a module with one piece of its text replaced."""
    source = inspect.getsource(getattr(module, name))
    assert source.count(right) == 1
    scope = dict(vars(module))
    exec(compile(f"from __future__ import annotations\n{source.replace(right, wrong)}", f"<{name}>", "exec"), scope)
    return patch.object(module, name, scope[name])


def no_tie_break() -> AbstractContextManager[object]:
    """Of two values with the same stamp, the file's own shows."""
    own = "id >> 36 = (SELECT stream FROM sync_local) DESC"
    return rewritten(derive, "work_out", "hlc DESC, id DESC", f"hlc DESC, {own}, id DESC")


def clocks() -> AbstractContextManager[object]:
    """Whoever's clock is ahead is thought to have seen the other."""
    return patch.object(derive, "saw", lambda y, x: f"({y}.hlc > {x}.hlc)")


def no_scope() -> AbstractContextManager[object]:
    """Whose a row is plays no part."""
    return patch.multiple(authorise, before=lambda *_: {}, after=lambda *_: {})


@pytest.mark.parametrize("bug", [no_tie_break, clocks, no_scope])
def test_the_machine_finds_a_planted_bug(bug: Planted) -> None:
    with bug(), pytest.raises(AssertionError):
        run_state_machine_as_test(Rivals, settings=BOUNDED)


def test_what_is_planted_is_taken_away_again() -> None:
    run_state_machine_as_test(Rivals, settings=settings(BOUNDED, max_examples=5))
