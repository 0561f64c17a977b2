"""A year planned on three copies offline, then merged: one occurrence per obligation, unit and period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from lsk.year.plan import plan, write
from tests.sync.world import World


def test_a_year_planned_offline_on_three_files_is_there_once(world: Callable[..., World]) -> None:
    w = world()
    for name, cadence, rule, applies in (
        ("Egenkontroller sammanställs", "kvartal", "+30", "varje enhet"),
        ("Kvalitetsberättelse", "år", "03-01 vardag efter", "hela verksamheten"),
    ):
        w.add("main", "obligation", name=name, cadence=cadence, due_rule=rule, applies_to=applies, force="ska")
    for name in ("NORD", "SYD"):
        w.make(name)

    counts = {}
    for name in ("main", "NORD", "SYD"):
        planned = plan(w[name], 2027)
        write(w[name], planned, name)
        counts[name] = len(planned.new)
    assert counts == {"main": 13, "NORD": 8, "SYD": 4}  # three units, four quarters, and the one report

    w.close()
    w.sync("NORD", "SYD")
    w.sync("NORD", "SYD")
    for name, count in counts.items():
        rows = w[name].db.execute("SELECT obligation, unit, period FROM occurrence").fetchall()
        of_each = Counter(map(tuple, rows))
        assert set(of_each.values()) == {1}
        assert len(of_each) >= count
        assert w.contested(name) == set()
        assert plan(w[name], 2027).writes == 0
    assert len(w.rows("main", "occurrence")) == 13
