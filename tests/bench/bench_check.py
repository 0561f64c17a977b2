"""The speed of ``lsk check`` against one ``pragma integrity_check`` of the same file: python -m tests.bench.bench_check

Medians of five, CPU time, taken in turn in one run; then the five slowest rules, and the CPU time of ``lsk new`` for
the largest profile. The exit code is 1 when a target is missed. Takes some minutes: the file is built first.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lsk import rules
from lsk.model import ENTITIES
from lsk.store import Store
from sample_db import build

SCALE, ROUNDS = 100, 5  # a scale of 100 is about 200 000 records
CHECK_TARGET, NEW_TARGET = 10.0, 2.0  # times an integrity check · seconds of CPU

# Runs a program given as arguments and prints the CPU time of that child.
TIMES = """import os, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(os.times().children_user + os.times().children_system)"""


def cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def child_cpu(*args: str) -> float:
    """Seconds of CPU that a command takes, its start included."""
    done = subprocess.run([sys.executable, "-c", TIMES, *args], capture_output=True, text=True, check=True)
    return float(done.stdout)


def told(what: str, measured: float, target: float, unit: str) -> bool:
    print(f"{what:<58} {measured:8.2f} {unit} ≤ {target:g} {'ok' if measured <= target else 'MISSED'}")
    return measured <= target


def check(path: Path) -> bool:
    with Store.open(path, readonly=True) as store:
        db = store.db
        records = sum(db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in ENTITIES)
        rules.check(db)  # both warm up
        db.execute("PRAGMA integrity_check").fetchall()
        rounds = [
            (cpu(lambda: rules.check(db)), cpu(lambda: db.execute("PRAGMA integrity_check").fetchall()))
            for _ in range(ROUNDS)
        ]
        checked, baseline = (statistics.median(r[n] for r in rounds) for n in (0, 1))
        print(f"{records} records: check {checked:.2f} s, integrity_check {baseline:.2f} s")
        slowest(store)
    return told("lsk check / pragma integrity_check", checked / baseline, CHECK_TARGET, "times")


def slowest(store: Store) -> None:
    timed = []
    for name, rule in rules.load().items():
        start = time.process_time()
        found = list(rules.ask(store.db, rule, f'"{rule.entity}"'))
        timed.append((time.process_time() - start, name, len(found)))
    for seconds, name, number in sorted(timed, reverse=True)[:5]:
        print(f"   {seconds:7.3f} s  {name} ({number} findings)")


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(name) / "stor.db"
        if not path.exists():
            build(path, scale=SCALE).close()
        met = check(path)
        new = [str(Path(name) / f"ny{n}.db") for n in range(ROUNDS)]
        seconds = [child_cpu(sys.executable, "-m", "lsk.cli", "new", one, "--profile", "jarva") for one in new]
    return 0 if told("lsk new --profile jarva", statistics.median(seconds), NEW_TARGET, "s") and met else 1


if __name__ == "__main__":
    sys.exit(main())
