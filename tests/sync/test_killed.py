"""Fault 14: kill a sync anywhere. Each file is as before or after its own step, and syncing again reaches the goal."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.verify import verify
from tests.sync.world import World

Make = Callable[..., World]
TOP = Path(__file__).parents[2]


def run(w: World, stop_at: int) -> str:
    """Start a sync in a process of its own and kill it at the n-th statement; returns what it said."""
    command = [sys.executable, "-m", "tests.sync.killed", str(stop_at), str(w.path("main")), str(w.path("NORD"))]
    with subprocess.Popen(
        command, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        process.kill()
    return said


@pytest.mark.parametrize("share", [0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97])
def test_14_killed_anywhere(world: Make, tmp_path: Path, share: float) -> None:
    w = world()
    rows = [w.deviation("main", "NORD", f"Rad {n}" + "x" * 3000) for n in range(20)]
    w.make("NORD")
    for row in rows[:10]:
        w.set("NORD", "deviation", row, what_happened="Nord" + "y" * 3000)
    for row in rows[5:]:
        w.set("main", "deviation", row, what_happened="Main" + "z" * 3000)
    w.delete("NORD", "deviation", rows[15])
    with w.copied(tmp_path / "whole") as twin:
        said = run(twin, 10**9)
        goal = {name: twin.all_rows(name) for name in ("main", "NORD")}
        contested = twin.contested("main")
    assert said.startswith("done ") and len(contested) == 6
    before = {name: w.all_rows(name) for name in ("main", "NORD")}
    w.close()
    assert run(w, int(int(said.split()[1]) * share)) == "stopped"
    for name in ("main", "NORD"):
        assert w[name].db.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        assert w.all_rows(name) in (before[name], goal[name])
    w.close()
    w.sync("NORD")
    assert {name: w.all_rows(name) for name in ("main", "NORD")} == goal
    assert w.contested("main") == w.contested("NORD") == contested
    assert [verify(w[name]) for name in ("main", "NORD")] == [[], []]
    assert w.sync("NORD")[0].nothing_new
