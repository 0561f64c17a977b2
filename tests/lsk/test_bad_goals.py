"""Goals and measurements that cannot be: one clear sentence, and nothing is written."""

from __future__ import annotations

import pytest

from lsk import records
from lsk.change import Record
from lsk.errors import LskError, Refused
from tests.town import Town


@pytest.fixture
def generations(hjo: Town) -> tuple[Record, Record, Record]:
    grandparent = hjo.add("goal", title="Trygghet", level="mål för kvalitetsarbetet")
    parent = hjo.add("goal", title="Trygg hemma", level="del av målet", parent=grandparent.ref)
    return grandparent, parent, hjo.add("goal", title="Trygg på natten", level="del av målet", parent=parent.ref)


def test_a_goal_is_not_its_own_grandparent(hjo: Town, generations: tuple[Record, Record, Record]) -> None:
    grandparent, parent, child = generations
    before = hjo.db.execute("SELECT seq FROM sync_local").fetchone()[0]
    for under in (child, parent, grandparent):
        with pytest.raises(Refused) as refused:
            hjo.change("goal", grandparent, parent=under.ref)
        (finding,) = refused.value.findings
        assert finding.message == "Målet Trygghet kan inte ligga under sig själv."
        assert finding.remedy == "Välj ett annat överordnat mål."
    assert hjo.get("goal", grandparent)["parent"] is None
    assert hjo.db.execute("SELECT seq FROM sync_local").fetchone()[0] == before


def test_a_circle_made_in_one_change_is_refused_whole(hjo: Town, generations: tuple[Record, Record, Record]) -> None:
    """Two moves, each fine by itself: the second closes the ring, and neither is kept."""
    grandparent, parent, child = generations
    with pytest.raises(Refused, match="under sig själv"), hjo.store.change("test") as change:
        change.update("goal", child.id, {"parent": None})
        change.update("goal", grandparent.id, {"parent": child.id})
        change.update("goal", child.id, {"parent": parent.id})
    assert [hjo.get("goal", g)["parent"] for g in generations] == [None, grandparent.id, parent.id]


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2025-06-01", "2026-05-31", "överlappar en annan (2025-01-01 – 2025-12-31)"),
        ("2024-07-01", "2025-01-01", "överlappar en annan (2025-01-01 – 2025-12-31)"),
        ("2026-06-30", "2026-01-01", "Perioden slutar innan den börjar"),
        ("2026-02-30", "2026-12-31", "är inget datum"),
    ],
)
def test_a_measurement_of_an_impossible_period_is_refused(hjo: Town, start: str, end: str, told: str) -> None:
    indicator = hjo.add("indicator", name="Nöjda", goal="Gott bemötande", better="högre", decided_on="2020-01-01")
    hjo.add("measurement", indicator=indicator.ref, period_start="2025-01-01", period_end="2025-12-31", value="80")

    with pytest.raises(LskError) as refused:
        hjo.add("measurement", indicator=indicator.ref, period_start=start, period_end=end, value="81")

    assert told in str(refused.value)
    assert records.count(hjo.db, "measurement") == 1


@pytest.mark.parametrize(("start", "end"), [("2025-01-01", "2025-06-30"), ("2026-01-01", "2026-12-31")])
def test_a_part_of_a_period_and_the_next_may_stand_beside_it(hjo: Town, start: str, end: str) -> None:
    """Half-years make up the year, and the year after does not overlap."""
    indicator = hjo.add("indicator", name="Nöjda", goal="Gott bemötande", better="högre", decided_on="2020-01-01")
    hjo.add("measurement", indicator=indicator.ref, period_start="2025-01-01", period_end="2025-12-31", value="80")
    hjo.add("measurement", indicator=indicator.ref, period_start=start, period_end=end, value="81")
    assert records.count(hjo.db, "measurement") == 2
