"""Do a job and kill oneself with -9 at its n-th moment; with n = 0 do it all and say how many moments there were.

A moment is some hundred steps of SQLite's machine, or a call from Python into C: reading, writing, encrypting, signing.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from tests.faults.scene import Job

STEPS = 200
SMALL_CACHE = 4  # pages, so that they reach the file long before COMMIT

stop_at = 0
count = 0


def moment() -> int:
    global count
    count += 1
    if count == stop_at:
        os.kill(os.getpid(), signal.SIGKILL)
    return 0


def called(frame: FrameType, event: str, argument: Any) -> None:
    if event == "c_call":
        moment()


class Watched(sqlite3.Connection):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.set_progress_handler(moment, STEPS)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return super().execute(f"PRAGMA cache_size = {SMALL_CACHE}" if "PRAGMA cache_size" in sql else sql, *values)


def watch() -> None:
    """Let every connection that LSK opens have a small cache and count its moments."""
    real = sqlite3.connect

    def connect(*given: Any, **named: Any) -> sqlite3.Connection:
        return real(*given, factory=Watched, **named)

    sqlite3.connect = connect  # type: ignore[assignment]


def main(job: str, files: Path) -> None:
    watch()
    sys.setprofile(called)
    Job(job).run(files)
    sys.setprofile(None)
    print(count)


if __name__ == "__main__":
    stop_at = int(sys.argv[2])
    main(sys.argv[1], Path(sys.argv[3]))
