"""Costs of what is measured, each in a process of its own, and the table they are told in."""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

# Prepares, yields, does what is measured, and may yield a figure of its own; what comes after that is not measured.
Work = Callable[..., Generator[Any, None, None]]


@dataclass(frozen=True)
class Cost:
    """Seconds on the wall, seconds of CPU in all threads, growth of peak memory in MB, and the work's own figure."""

    wall: float
    cpu: float
    memory: float
    figure: float = 0.0


@dataclass(frozen=True)
class Line:
    """One measured promise: ``ratio`` is to be at least, or at most, ``target``; without target it is only told."""

    what: str
    ours: str
    limit: str
    ratio: float
    target: float | None = None
    at_least: bool = True

    @property
    def ok(self) -> bool:
        if self.target is None:
            return True
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target


def cost(work: Work, *args: object) -> Cost:
    """Run ``work`` in a temporary folder (its first argument) in a fresh process."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(prefix="lsk-bench-") as folder:
        process = spawn.Process(target=run, args=(there, work, Path(folder), *args))
        process.start()
        there.close()
        try:
            return here.recv()
        except EOFError:
            raise SystemExit(f"{work.__module__}.{work.__name__} failed") from None
        finally:
            process.join()


def run(out: Connection, work: Work, *args: object) -> None:
    with contextlib.closing(out):
        steps = work(*args)
        next(steps)
        os.sync()  # what was copied is not to be written out at our expense
        memory, cpu, wall = peak(), time.process_time(), time.perf_counter()
        figure = next(steps, None)
        taken = Cost(time.perf_counter() - wall, time.process_time() - cpu, peak() - memory, float(figure or 0))
        steps.close()
        out.send(taken)


def peak() -> float:
    """Peak resident memory of this process in MB. In Linux ru_maxrss starts from the parent's, so it is not used."""
    if platform.system() == "Linux":
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    unit = 1 << 20 if platform.system() == "Darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def medians(rounds: int, **works: tuple[Any, ...]) -> dict[str, Cost]:
    """Name → median cost; the works (function, arguments) take turns, so that a slow moment hits all of them."""
    taken: dict[str, list[Cost]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, (work, *args) in works.items():
            taken[name].append(cost(work, *args))
    return {name: median(costs) for name, costs in taken.items()}


def median(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(c, part) for c in costs) for part in ("wall", "cpu", "memory", "figure")))


def shown(seconds: Cost) -> str:
    return f"{seconds.cpu:.3f} ({seconds.wall:.3f})"


def speed(what: str, ours: Cost, limit: Cost, target: float | None = None) -> Line:
    """How fast we are as a part of the limit's speed, in CPU seconds."""
    return Line(what, shown(ours), shown(limit), limit.cpu / ours.cpu, target)


def times(what: str, ours: Cost, limit: Cost, target: float | None = None, wall: bool = False) -> Line:
    """How many times as long we take, in CPU seconds or on the wall."""
    ratio = ours.wall / limit.wall if wall else ours.cpu / limit.cpu
    return Line(what, shown(ours), shown(limit), ratio, target, at_least=False)


def amount(what: str, ours: float, unit: str, target: float) -> Line:
    return Line(what, f"{ours:.1f} {unit}", f"{target:g} {unit}", ours, target, at_least=False)


def told(line: Line) -> str:
    sign = "" if line.target is None else f"{'≥' if line.at_least else '≤'} {line.target:g}"
    verdict = "" if line.target is None else "ok" if line.ok else "MISS"
    return f"{line.what:<62} {line.ours:>17} {line.limit:>17} {line.ratio:8.2f} {sign:>7} {verdict}"


HEADING = f"{'CPU seconds (wall), median':<62} {'ours':>17} {'limit':>17} {'ratio':>8} {'target':>7}"


def told_all(lines: Iterable[Line]) -> int:
    """Print the table line by line as it is measured; 1 when a line misses its target, else 0."""
    print(HEADING)
    ok = True
    for line in lines:
        print(told(line), flush=True)
        ok = ok and line.ok
    return 0 if ok else 1


def run_lines(lines: Callable[[Path, int], Iterable[Line]], command: str, about: str | None) -> int:
    """One benchmark as a command with ``--rounds`` and ``--data``."""
    parser = argparse.ArgumentParser(prog=command, description=about)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="a folder for the data, kept for the next run")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lsk-bench-") as name:
        root = chosen.data or Path(name)
        root.mkdir(exist_ok=True)
        return told_all(lines(root, chosen.rounds))
