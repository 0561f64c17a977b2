"""Fault 16: the disk is full. A sentence, exit code 1, nothing half done; given room, the next run does the rest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.scene import NORD, Trial, in_child, trial

TIMES = 3


def strace(*how: str) -> tuple[str, ...]:
    assert shutil.which("strace"), "strace is missing; install it with: apt-get install strace"
    return ("strace", "-f", "-qq", *how)


def writes(scene: Trial, files: Path, call: str, watched: tuple[str, ...]) -> int:
    """How many times an undisturbed run writes to the watched files with this system call."""
    trace = files.with_suffix(".spår")
    done = in_child(
        "tests.faults.told", scene.job.name, files,
        prefix=strace("-e", f"trace={call}", "-o", str(trace), *watched),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return sum(f" {call}(" in line for line in trace.read_text(encoding="utf-8", errors="replace").splitlines())


def only(files: Path, *names: str) -> tuple[str, ...]:
    """Let strace see these files alone."""
    return tuple(part for name in names for part in ("-P", str(files / name)))


CASES = {
    "merging into the main file": ("sync", "pwrite64", ("main.db", "main.db-journal")),
    "taking the news into the unit's file": ("sync", "pwrite64", (f"{NORD}.db", f"{NORD}.db-journal")),
    "sealing and writing the package": ("bundle", "pwrite64", ()),
    "writing the bundle and putting it in the place": ("bundle", "write", ()),
}


@pytest.mark.parametrize("case", CASES)
def test_16_the_disk_is_full(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSK_NYCKLAR", str(tmp_path / "nycklar"))  # the scene sets its own; this puts it back
    job, call, names = CASES[case]
    scene = trial(job, tmp_path / "scen")
    files = tmp_path / "försök"
    total = writes(scene, scene.copy(files), call, only(files, *names))
    assert total
    for first in sorted({1 + total * n // TIMES for n in range(TIMES)}):
        scene.copy(files)
        full = strace(
            "-e", f"trace={call}", "-e", f"inject={call}:error=ENOSPC:when={first}+", "-o", str(tmp_path / "spår"),
            *only(files, *names),
        )  # fmt: skip
        done = in_child("tests.faults.told", job, files, prefix=full)
        assert (done.returncode, done.stderr) == (1, ""), f"write {first} of {total}: {done.stderr}"
        assert "disken" in done.stdout.lower() and "full" in done.stdout, done.stdout
        assert not list(files.rglob("*.part"))
        scene.judge(files)
