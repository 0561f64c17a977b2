"""The table of actions: keys that work everywhere, one meaning a key in a place, and reasons."""

import pytest

from lsk.model import entity
from lsk_tui import actions
from lsk_tui.actions import EVERYWHERE, FORBIDDEN, Action, Situation
from lsk_tui.areas import GO_TO
from lsk_tui.pictures.base import Picture
from lsk_tui.screens import browse, dialogs, form, past, record, today, work
from lsk_tui.screens.base import Place

PLACES: dict[str, type[Place]] = {
    "idag": today.Today,
    "lista": browse.Browse,
    "post": record.Record,
    "formulär": form.Form,
    "rader": past.Reading,
    "bild": Picture,
    "arbete": work.Running,
}


def keys(action: Action) -> list[str]:
    return action.keys.split(",") if action.keys else []


def test_no_action_has_a_key_that_a_swedish_keyboard_or_a_terminal_takes() -> None:
    assert [(a.name, key) for a in actions.ACTIONS for key in keys(a) if key in FORBIDDEN] == []
    assert {"ctrl+i", "ctrl+h", "f11", "@", "ctrl+left_square_bracket"} <= FORBIDDEN


@pytest.mark.parametrize("place", EVERYWHERE)
def test_a_key_means_one_thing_in_a_place(place: str) -> None:
    all_keys = [key for action in actions.at(place) for key in keys(action)]
    assert sorted(all_keys) == sorted(set(all_keys))


@pytest.mark.parametrize("place", EVERYWHERE)
def test_every_action_of_a_place_can_be_done_there(place: str) -> None:
    missing = [a.name for a in actions.at(place) if not hasattr(PLACES[place], f"do_{a.name}")]
    assert missing == []


@pytest.mark.parametrize("place", EVERYWHERE)
def test_the_key_row_has_at_most_seven_keys_and_help_among_them(place: str) -> None:
    row = [action.name for action in actions.in_row(place)]
    assert 0 < len(row) <= 7 and "help" in row


def test_letters_after_g_are_free_of_each_other_and_of_the_arrow_letters() -> None:
    letters = [area.letter for area in GO_TO]
    assert len(set(letters)) == len(letters) and not {"i", "j", "k"} & set(letters)
    assert {binding.key for binding in dialogs.GoTo.BINDINGS if hasattr(binding, "key")} >= set(letters)


def test_a_unit_s_file_says_why_what_is_shared_cannot_be_changed() -> None:
    here = Situation(unit="u1", mine=frozenset({"u1"}), entity=entity("role"), record="r1")
    assert "huvudfilen" in actions.can_change(here) and "huvudfilen" in actions.can_add(here)


def test_a_unit_s_file_changes_its_own_and_says_why_not_another_s() -> None:
    own = Situation(unit="u1", mine=frozenset({"u1"}), entity=entity("deviation"), record="d1", owner="u1")
    other = Situation(unit="u1", mine=frozenset({"u1"}), entity=entity("deviation"), record="d2", owner="u2")
    assert actions.can_change(own) == ""
    assert "hör inte till enheten" in actions.can_change(other)


def test_a_file_open_for_reading_says_so() -> None:
    here = Situation(readonly=True, entity=entity("deviation"), record="d1")
    assert "läsning" in actions.can_change(here) and "läsning" in actions.can_undo(here)


def test_keys_are_named_as_on_the_keyboard() -> None:
    assert actions.key_name("ctrl+p") == "Ctrl+P"
    assert actions.key_name("escape") == "Esc"
    assert actions.key_name("f1") == "F1"
    assert actions.key_name("slash") == "/"
    assert actions.key_name("n") == "n"
