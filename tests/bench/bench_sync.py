"""Merge of 100 000 changed cells against the raw UPDATE … FROM that does nothing but write the values. Run by hand:

    python -m tests.bench.bench_sync [cells] [rounds]

Prints medians and ratios; asserts nothing.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lsk.store import Store, transaction
from sync.merge import sync_pair
from sync.sides import attached
from sync.unit_file import make_unit_file

FIELDS = ("what_happened", "immediate_action", "diary_number", "happened_on", "severity")


def prepare(folder: Path, rows: int) -> None:
    """A main file with ``rows`` deviations of one unit, the unit's file, and every row changed in it."""
    with Store.create(folder / "main.db") as main:
        with main.change("Bänk") as change:
            unit = change.insert("unit", {"name": "Norr", "short_name": "NORD", "level": "enhet"}).id
            change.insert_many(
                "deviation",
                (
                    {
                        "kind": "klagomål",
                        "unit": unit,
                        "received_on": "2026-03-01",
                        "what_happened": f"Händelse {n} " + "x" * 60,
                    }
                    for n in range(rows)
                ),
            )
        make_unit_file(main, unit, folder / "unit.db", "Bänk")
    with Store.open(folder / "unit.db") as store, transaction(store.db):
        store.db.execute(
            """UPDATE deviation SET what_happened = what_happened || ' ändrad',
               immediate_action = 'Åtgärdat ' || ref || hex(randomblob(30)),
               diary_number = '2026-' || ref, happened_on = '2026-02-28', severity = 'allvarlig'"""
        )


def raw(folder: Path) -> None:
    with Store.open(folder / "main.db") as store, attached(store.db, folder / "unit.db"), transaction(store.db):
        store.db.execute("UPDATE sync_local SET capture = 0")
        sets = ", ".join(f"{f} = s.{f}" for f in FIELDS)
        store.db.execute(f"UPDATE deviation SET {sets} FROM other.deviation s WHERE s.id = deviation.id")


def raw_and_log(folder: Path) -> None:
    raw(folder)
    with Store.open(folder / "main.db") as store, attached(store.db, folder / "unit.db"), transaction(store.db):
        store.db.execute("INSERT INTO sync_op SELECT * FROM other.sync_op")
        store.db.execute("INSERT INTO sync_cell SELECT * FROM other.sync_cell")


def merge(folder: Path) -> None:
    sync_pair(folder / "main.db", folder / "unit.db", "Bänk")


def measure(name: str, work: Callable[[Path], None], source: Path, rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for path in source.glob("*.db"):
                shutil.copyfile(path, Path(folder) / path.name)
            start = time.process_time()
            work(Path(folder))
            taken.append(time.process_time() - start)
            if work is merge:
                start = time.process_time()
                work(Path(folder))
                again = time.process_time() - start
    median = statistics.median(taken)
    print(f"{name:32} {median:7.3f} s CPU" + (f"   repeated: {again:.3f} s" if work is merge else ""))
    return median


def main(cells: int = 100_000, rounds: int = 5) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        prepare(source, cells // len(FIELDS))
        plain = measure("raw UPDATE … FROM", raw, source, rounds)
        logged = measure("raw UPDATE … FROM + log append", raw_and_log, source, rounds)
        merged = measure(f"sync, {cells} changed cells", merge, source, rounds)
    print(
        f"raw / sync: {plain / merged:.2f}    (raw + log) / sync: {logged / merged:.2f}    "
        f"{cells / merged:,.0f} cells/s"
    )


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
