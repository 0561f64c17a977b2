"""The whole story over each way to travel: nine units' files and the main file, three rounds, edits on all sides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.exchange import exchange
from sync.verify import verify
from tests.servers import KINDS
from tests.sync.exchanged import agree
from tests.sync.world import ACTOR, World

NINE = ["NORD", "SYD", "NORDA", *(f"U{n}" for n in range(4, 10))]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nine_files_three_rounds(
    kind: str, world: Callable[..., World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    w = world()
    for name in NINE[3:]:
        values = {"name": f"Enhet {name}", "short_name": name, "level": "enhet"}
        w.units[name] = w.add("main", "unit", **values)
    for name in NINE:
        w.make(name)
    with KINDS[kind](tmp_path / "server") as server:
        monkeypatch.delenv("LSK_SSH_NY_VARD", raising=False)
        for variable, value in server.environment.items():
            monkeypatch.setenv(variable, value)

        def meet(*names: str) -> None:
            for name in names:
                w.close()
                out = exchange(w.path(name), server.address, ACTOR)
                assert not out.fetched.refused and not out.fetched.waiting

        rows: dict[str, str] = {}
        for turn in range(3):
            for name in NINE:
                if turn:
                    w.set(name, "deviation", rows[name], what_happened=f"{name} {turn}")
                    w.set("main", "deviation", rows[name], what_happened=f"Huvudfilen {turn}", diary_number=str(turn))
                rows[name] = rows.get(name) or w.deviation(name, name, "Först")
                w.deviation(name, name, f"Ny {turn}")
            w.add("main", "process", name=f"Process {turn}")
            meet(*NINE, "main")  # the units hear of it when they next send
        meet(*NINE, "main", *NINE, "main")
        w.close()
        assert all(exchange(w.path(name), server.address, ACTOR).nothing_new for name in ("main", *NINE))
    agree(w, *NINE)
    assert len(w.rows("main", "deviation")) == 4 * 9 and len(w.contested("main")) == 9
    for name in NINE:
        own = {"NORD": {"NORD", "NORDA"}}.get(name, {name})
        assert {r for r in w.rows("main", "deviation") if w.get("main", "deviation", r, "unit") in {
            w.units[u] for u in own}} == set(w.rows(name, "deviation"))  # fmt: skip
        assert {w.get(name, "process", r, "name") for r in w.rows(name, "process")} >= {
            f"Process {n}" for n in range(3)
        }
    assert {name: verify(w[name]) for name in ("main", *NINE)} == {name: [] for name in ("main", *NINE)}
