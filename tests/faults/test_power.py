"""Fault 15: after a power cut every file is as before or after its own step, and a bundle is absent or whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.power import cuts

MOST = 12


@pytest.mark.parametrize("job", ["sync", "bundle"])
def test_15_the_power_is_cut(job: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "nycklar"))  # the scene sets its own; this puts it back
    found = cuts(job, tmp_path, MOST)
    if job == "sync":
        assert found.total() >= MOST
        assert found["inget"] and found["delvis"]
