"""Cut the power at every moment of a sync and of writing a bundle: ``python -m tests.faults.power``.

The run is traced once. From the trace follows what the disk holds, at every fsync and every change of a name, when all
or some of what was not synced is lost. Each such folder is opened, verified, and brought to its goal by the next run.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from tests.faults.scene import Trial, in_child, trial
from tests.faults.trace import ONE_OF_TWO, STRACE, images, restore

JOBS = ("sync", "bundle")


def traced(scene: Trial, folder: Path) -> tuple[Path, Path]:
    """Run the job once under strace: the folder it ran in, and the trace."""
    files, trace = scene.copy(folder / "spårad"), folder / "spår"
    done = in_child("tests.faults.child", scene.job.name, 0, files, prefix=(*STRACE, str(trace)))
    assert done.returncode == 0, done.stderr
    return files, trace


def cuts(name: str, folder: Path, most: int | None, seed: int = 1) -> Counter[str]:
    """How often nothing, part or all was left of the job after a cut; about ``most`` cuts, evenly spread."""
    assert shutil.which("strace"), "strace is missing; install it with: apt-get install strace"
    scene = trial(name, folder / name)
    files, trace = traced(scene, folder)
    found = list(images(scene.start, files, trace, seed))
    assert len(found) > 10, "the trace shows too little of the run"
    step = max(1, len(found) // most) if most else 1
    some = [cut for n, cut in enumerate(found) if n % step == seed % step or cut[0].endswith(ONE_OF_TWO)]
    return Counter(judged(scene, when, image, folder) for when, image in some)


def judged(scene: Trial, when: str, image: dict[Path, bytes], folder: Path) -> str:
    files = restore(image, folder / "försök", scene.start)
    try:
        return scene.judge(files)
    except AssertionError as error:
        error.add_note(f"{scene.job.name}, {when}")
        raise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for name in JOBS:
        with tempfile.TemporaryDirectory(prefix="lsk-power-") as folder:
            found = cuts(name, Path(folder), given.most, given.seed)
        print(
            f"{name}: {found.total()} cuts, left of the job: {dict(found)}; every file sound, every next run complete"
        )


if __name__ == "__main__":
    main()
