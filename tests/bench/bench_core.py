"""The speed of the core against named baselines: python tests/bench/bench_core.py (a few minutes; Linux for memory).

Every line is a ratio of two medians of five, taken in turn in one run, so that a slower machine changes neither.
The exit code is 1 when a line misses its target.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lsk import capture, records, search
from lsk.imports.mapping import Options
from lsk.imports.saving import run as run_import
from lsk.store import Store

RECORDS, IMPORTED, ROUNDS = 200_000, 50_000, 5
HEADING = "kind;unit;received_on;what_happened;origin;immediate_action\n"

# Runs a program given as arguments and prints the peak memory of that child, in MB.
PEAK = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"""


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(work: Callable[[], object], baseline: Callable[[], object]) -> tuple[float, float]:
    """Medians of both, taken in turn; the first round of each warms up and is not counted."""
    rounds = [(seconds(work), seconds(baseline)) for _ in range(ROUNDS + 1)][1:]
    return statistics.median(r[0] for r in rounds), statistics.median(r[1] for r in rounds)


def told(what: str, measured: tuple[float, float], target: float) -> bool:
    ratio = measured[0] / measured[1]
    verdict = "ok" if ratio <= target else "MISSED"
    print(f"{what:<58} {measured[0] * 1000:9.2f} ms {measured[1] * 1000:9.2f} ms {ratio:6.2f} ≤ {target:<4} {verdict}")
    return ratio <= target


def line(number: int) -> str:
    day = f"20{16 + number % 10}-{1 + number % 12:02d}-{1 + number % 28:02d}"
    words = " ".join(f"ord{(number * k) % 997}" for k in (1, 3, 7, 11, 13))
    rare = " guldfisk" if number % 40_000 == 17 else ""
    return f"avvikelse;HTN;{day};Händelse {number} med maten{rare} {words};intern;Bad om ursäkt {words}\n"


def new_file(path: Path) -> Store:
    store = Store.create(path, "ragunda")
    with store.change("mätning") as change:
        change.insert("unit", {"name": "Hemtjänst norr", "short_name": "HTN", "level": "enhet"})
    return store


def import_into(store: Store, source: Path) -> None:
    run_import(store, "deviation", source, Options(), "mätning")


# --- the lines -------------------------------------------------------------------------------------------------------


def help_of_the_command() -> bool:
    def run(*args: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *args], stdout=subprocess.DEVNULL, check=True)

    measured = compare(run("-m", "lsk.cli", "--help"), run("-c", "import click"))
    return told("lsk --help / python -c 'import click'", measured, 1.5)


def import_of_many_rows(folder: Path) -> bool:
    """The whole command's work (read, judge, save, index) against executemany of the same rows, no triggers."""
    source = folder / "in.csv"
    source.write_text(HEADING + "".join(line(n) for n in range(IMPORTED)), encoding="utf-8")
    rounds: list[tuple[float, float]] = []
    for number in range(ROUNDS):
        with new_file(folder / f"import{number}.db") as store, new_file(folder / f"bare{number}.db") as bare:
            captured = seconds(lambda store=store: import_into(store, source))
            names = [row["name"] for row in store.db.execute("PRAGMA table_info(deviation)")]
            rows = [tuple(row) for row in store.db.execute(f"SELECT {', '.join(names)} FROM deviation")]
            for trigger in capture.triggers_present(bare.db):
                bare.db.execute(f'DROP TRIGGER "{trigger}"')
            insert = f"INSERT INTO deviation({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
            # The rows point at the unit of the other file.
            bare.db.execute("PRAGMA foreign_keys = OFF")
            rounds.append(
                (captured, seconds(lambda bare=bare, insert=insert, rows=rows: raw_insert(bare, insert, rows)))
            )
    measured = (statistics.median(r[0] for r in rounds), statistics.median(r[1] for r in rounds))
    return told(f"import of {IMPORTED} rows, captured and indexed / executemany", measured, 6)


def raw_insert(store: Store, insert: str, rows: list[tuple[object, ...]]) -> None:
    store.db.execute("BEGIN")
    store.db.executemany(insert, rows)
    store.db.execute("COMMIT")


def list_and_search(path: Path) -> list[bool]:
    met = []
    with Store.open(path, readonly=True) as store:
        db = store.db
        raw_list = "SELECT * FROM deviation ORDER BY received_on DESC, id DESC LIMIT 50"
        measured = compare(lambda: records.select(db, "deviation"), lambda: db.execute(raw_list).fetchall())
        met.append(told("first list page / the same SQL", measured, 3))
        raw_search = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rank LIMIT 20"
        for about, words in (("a rare word", "guldfisk"), ("a word in all", "ursäkt")):
            asked = search.question(words)
            measured = compare(
                lambda words=words: search.search(db, words),
                lambda asked=asked: db.execute(raw_search, (asked,)).fetchall(),
            )
            met.append(told(f"search for {about} / the same SQL", measured, 3))
    for about, args in (
        ("lsk list", ["list", str(path), "deviation"]),
        ("lsk list --json, all", ["list", str(path), "deviation", "--json"]),
        ("lsk list --search, a rare word", ["list", str(path), "deviation", "--search", "guldfisk"]),
        ("lsk list --search, a word in all", ["list", str(path), "deviation", "--search", "ursäkt"]),
    ):
        met.append(memory(about, args))
    return met


def memory(about: str, args: list[str]) -> bool:
    if not sys.platform.startswith("linux"):
        print(f"peak memory of {about}: measured on Linux only")
        return True
    done = subprocess.run(
        [sys.executable, "-c", PEAK, sys.executable, "-m", "lsk.cli", *args], capture_output=True, text=True, check=True
    )
    peak = float(done.stdout)
    print(f"{'peak memory of ' + about:<58} {peak:9.0f} MB {'':>12} {'':>6} ≤ 150  {'ok' if peak <= 150 else 'MISSED'}")
    return peak <= 150


def large_file(folder: Path) -> Path:
    path, source = folder / "stor.db", folder / "stor.csv"
    with new_file(path) as store:
        for first in range(0, RECORDS, IMPORTED):
            lines = (line(n) for n in range(first, first + IMPORTED))
            source.write_text(HEADING + "".join(lines), encoding="utf-8")
            import_into(store, source)
    return path


def main() -> int:
    os.environ["LSK_ACTOR"] = "mätning"
    print(f"{'median of ' + str(ROUNDS):<58} {'LSK':>12} {'baseline':>12} {'ratio':>6}   target")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        met = [help_of_the_command(), import_of_many_rows(folder), *list_and_search(large_file(folder))]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
