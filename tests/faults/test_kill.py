"""Fault 14: kill -9 at any moment of a sync, or of writing a bundle, harms no file, and the next run does the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.kill import rounds

TIMES = 20


@pytest.mark.parametrize("job", ["sync", "bundle"])
def test_14_killed_at_twenty_moments(job: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "nycklar"))  # the scene sets its own; this puts it back
    found = rounds(job, TIMES, 1, tmp_path)
    assert found.total() == TIMES
    if job == "sync":
        assert found["inget"] and found["delvis"]
