"""A program in a pseudo-terminal: what a key costs, from the moment it is sent to the last byte of the answer."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SIZE = (40, 120)  # lines, columns
PATIENCE = 60.0  # seconds before a program that says nothing is given up
QUIET = 0.3  # seconds of silence before a key is sent: longer than our list waits with its glance
BURST = 0.004  # seconds of silence that end a burst of output


@dataclass(frozen=True)
class Answer:
    """Seconds until the first burst that shows what was waited for had come, and the bytes until then."""

    seconds: float
    size: int


class Terminal:
    """The program ``argv`` on a terminal of SIZE that answers no questions, as over a plain SSH line."""

    def __init__(self, argv: Sequence[str], folder: Path, **more: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        environment = {
            **{k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLORFGBG", "PYTHONDONTWRITEBYTECODE")},
            **{"TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": str(folder), "XDG_STATE_HOME": str(folder)},
            "PYTHONPYCACHEPREFIX": str(folder / "pyc"),  # compiled once, as where a user has it installed
            **more,
        }
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        self.seen = b""

    def read(self, wait: float) -> bytes:
        """What comes within ``wait`` seconds; nothing when nothing comes."""
        if not select.select([self.master], [], [], wait)[0]:
            return b""
        with contextlib.suppress(OSError):  # the program is gone
            data = os.read(self.master, 1 << 16)
            self.seen += data
            return data
        return b""

    def until(self, marker: str) -> float:
        """Seconds from the start until ``marker`` has been written."""
        wanted, end = marker.encode(), time.perf_counter() + PATIENCE
        while wanted not in self.seen:
            if time.perf_counter() > end or (not self.read(0.5) and self.process.poll() is not None):
                raise SystemExit(f"{marker!r} never came; the last that did: {self.seen[-2000:]!r}")
        return time.perf_counter() - self.begun

    def quiet(self, seconds: float = 0.4) -> None:
        """Until nothing more comes."""
        while self.read(seconds):
            continue
        self.seen = b""

    def key(self, keys: str, shows: str) -> Answer:
        """Send keys and time the answer: to the end of the first burst of output that has ``shows`` in it."""
        self.quiet(QUIET)
        wanted, start = shows.encode(), time.perf_counter()
        os.write(self.master, keys.encode())
        while True:
            if not self.read(PATIENCE):
                raise SystemExit(f"{keys!r} showed no {shows!r}; what came: {self.seen[-2000:]!r}")
            last = time.perf_counter()
            while self.read(BURST):
                last = time.perf_counter()
            if wanted in self.seen:
                return Answer(last - start, len(self.seen))

    def memory(self) -> float:
        """Peak resident memory in MB (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.master)


@contextlib.contextmanager
def running(argv: Sequence[str], folder: Path, **more: str) -> Iterator[Terminal]:
    terminal = Terminal(argv, folder, **more)
    try:
        yield terminal
    finally:
        terminal.close()
