"""Many records at once: what is told first is what then happens, as one change."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lsk import history, many
from lsk.change import Record
from lsk.errors import LskError
from lsk.store import Store

Add = Callable[..., Record]


@pytest.fixture
def three(add: Add) -> list[Record]:
    told = {"unit": "HTN", "kind": "avvikelse", "received_on": "2026-01-02", "origin": "intern"}
    return [add("deviation", what_happened=text, **told) for text in ("ett", "två", "tre")]


def log(store: Store) -> int:
    return int(store.db.execute("SELECT count(*) FROM sync_op").fetchone()[0])


def kinds(store: Store) -> list[str]:
    return [row[0] for row in store.db.execute("SELECT kind FROM deviation ORDER BY ref")]


def test_what_is_tried_leaves_no_trace(ragunda: Store, three: list[Record]) -> None:
    before, ids = log(ragunda), [r.id for r in three]
    assert many.try_update(ragunda, "deviation", ids, {"kind": "klagomål"}, "Anna").can == ids
    assert many.try_delete(ragunda, "deviation", ids, "Anna").can == ids
    assert log(ragunda) == before and kinds(ragunda) == ["avvikelse"] * 3
    assert ragunda.db.execute("SELECT change_set FROM sync_local").fetchone()[0] is None


def test_a_rule_that_refuses_one_record_lets_the_others_through(ragunda: Store, add: Add, three: list[Record]) -> None:
    add("investigation", deviation=three[0].ref, kind="ordinär", started_on="2026-01-03", finished_on="2026-01-04")
    ids = [r.id for r in three]
    tried = many.try_update(ragunda, "deviation", ids, {"status": "avslutad"}, "Anna")
    assert tried.can == [three[0].id] and set(tried.refused) == {three[1].id, three[2].id}
    assert all("utred" in why for why in tried.refused.values())


def test_a_value_that_a_field_cannot_hold_is_refused_for_each(ragunda: Store, three: list[Record]) -> None:
    tried = many.try_update(ragunda, "deviation", [r.id for r in three], {"kind": "finns inte"}, "Anna")
    assert tried.can == [] and len(tried.refused) == 3


def test_those_that_have_the_value_are_left_alone(ragunda: Store, three: list[Record]) -> None:
    ids = [r.id for r in three]
    many.update(ragunda, "deviation", ids[:1], {"kind": "klagomål"}, "Anna")
    tried = many.try_update(ragunda, "deviation", ids, {"kind": "klagomål"}, "Anna")
    assert tried.can == ids[1:] and tried.same == 1


def test_one_undo_takes_all_of_it_back(ragunda: Store, three: list[Record]) -> None:
    ids = [r.id for r in three]
    many.update(ragunda, "deviation", ids, {"kind": "klagomål"}, "Anna")
    assert kinds(ragunda) == ["klagomål"] * 3
    history.undo(ragunda, "Anna")
    assert kinds(ragunda) == ["avvikelse"] * 3
    many.delete(ragunda, "deviation", ids, "Anna")
    assert kinds(ragunda) == []
    history.undo(ragunda, "Anna")
    assert kinds(ragunda) == ["avvikelse"] * 3


def test_what_others_lean_on_stays_and_says_why(ragunda: Store, add: Add, three: list[Record]) -> None:
    add("investigation", deviation=three[0].ref, kind="ordinär", started_on="2026-01-03")
    tried = many.try_delete(ragunda, "deviation", [r.id for r in three], "Anna")
    assert tried.can == [three[1].id, three[2].id]
    assert tried.refused[three[0].id].startswith("1 Utredning hör hit.")
    with pytest.raises(LskError, match="1 Utredning"):
        many.delete(ragunda, "deviation", [r.id for r in three], "Anna")
    assert len(kinds(ragunda)) == 3


def test_those_that_lean_on_each_other_go_together(ragunda: Store, add: Add) -> None:
    over = add("process", name="Över", unit="HTN")
    under = add("process", name="Under", unit="HTN", parent=over.ref)
    assert many.try_delete(ragunda, "process", [over.id], "Anna").can == []
    assert many.try_delete(ragunda, "process", [over.id, under.id], "Anna").can == [over.id, under.id]
    many.delete(ragunda, "process", [over.id, under.id], "Anna")
    assert ragunda.db.execute("SELECT count(*) FROM process WHERE id = ?", (over.id,)).fetchone()[0] == 0


def test_more_than_a_person_can_look_through_is_refused(ragunda: Store) -> None:
    ids = [str(n) for n in range(many.MOST + 1)]
    for ask in (
        lambda: many.try_delete(ragunda, "deviation", ids, ""),
        lambda: many.delete(ragunda, "deviation", ids, ""),
    ):
        with pytest.raises(LskError, match=f"högst {many.MOST}"):
            ask()
