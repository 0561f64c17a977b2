"""Kill a sync and the writing of a bundle at many moments: ``python -m tests.faults.kill --times 200``.

After each kill every file opens and verifies, holds what it held before or after, and the next run comes to the goal.
"""

from __future__ import annotations

import argparse
import random
import signal
import tempfile
from collections import Counter
from pathlib import Path

from tests.faults.scene import Trial, in_child, trial

JOBS = ("sync", "bundle")


def moments(trial: Trial, folder: Path) -> int:
    """How many moments an undisturbed run has."""
    done = in_child("tests.faults.child", trial.job.name, 0, trial.copy(folder))
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def kill(trial: Trial, folder: Path, moment: int) -> str:
    """Kill a run at a moment and judge what it left."""
    files = trial.copy(folder)
    done = in_child("tests.faults.child", trial.job.name, moment, files)
    assert done.returncode == -signal.SIGKILL, f"moment {moment}: {done.stderr}"
    try:
        return trial.judge(files)
    except AssertionError as error:
        error.add_note(f"{trial.job.name} killed at moment {moment}")
        raise


def rounds(name: str, times: int, seed: int, folder: Path) -> Counter[str]:
    """How often nothing, part or all was done when the job was killed at one of ``times`` moments, evenly spread."""
    chosen = random.Random(seed)
    scene = trial(name, folder / name)
    total = moments(scene, folder / "räkning")
    spread = [int(total * (n + chosen.random()) / times) for n in range(times)]
    return Counter(kill(scene, folder / "försök", max(1, moment)) for moment in spread)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for name in JOBS:
        with tempfile.TemporaryDirectory(prefix="lsk-kill-") as folder:
            found = rounds(name, given.times, given.seed, Path(folder))
        print(
            f"{name}: {given.times} kills, done when killed: {dict(found)}; every file sound, every next run complete"
        )


if __name__ == "__main__":
    main()
