"""python -m tests.bench.tui [group …] [--rounds 7]: one table; the exit code is 1 when a line misses its target.

``--posting`` and ``--harlequin`` name those programs, installed beside in environments of their own, to compare with.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lsk.store import Store
from tests.bench.bench_core import HEADING, RECORDS, import_into, line, new_file

from .terminal import Answer, Terminal, running

DOWN, PAGE_DOWN, PALETTE, ESCAPE = "\x1b[B", "\x1b[6~", "\x10", "\x1b"
READY, ROW = "Färdig att läsa", "-AVV-"  # what a row of the list has
KEYS = 15  # of a kind in a round
QUERY, RARE = "maten", "maten guldfisk"  # in every record, in five
MOST_MEMORY = 150
FILE = "stor.db"


@dataclass(frozen=True)
class Line:
    what: str
    ours: float
    limit: float
    unit: str
    target: float | None

    @property
    def ok(self) -> bool:
        return self.target is None or self.ours <= self.target * self.limit

    def __str__(self) -> str:
        ratio = self.ours / self.limit
        told = "" if self.target is None else f"≤ {self.target:<5g} {'ok' if self.ok else 'MISS'}"
        return f"{self.what:<66} {self.ours:9.1f} {self.limit:9.1f} {self.unit:<6} {ratio:6.2f} {told}"


def python(app: str) -> list[str]:
    return [sys.executable, "-m", f"tests.bench.tui.apps.{app}"]


def ours(folder: Path) -> list[str]:
    return [sys.executable, "-m", "lsk.cli", "open", str(folder / FILE)]


def median(rounds: int, take: Callable[[], float]) -> float:
    """The first round warms up and is not counted."""
    return statistics.median([take() for _ in range(rounds + 1)][1:])


def first_paint(argv: list[str], marker: str, folder: Path) -> float:
    with running(argv, folder) as terminal:
        return terminal.until(marker) * 1000


def first_paints(folder: Path, rounds: int, others: dict[str, tuple[list[str], str]]) -> Iterator[Line]:
    programs = {"ours": (ours(folder), "Idag"), "minimal": (python("minimal"), "Sista raden"), **others}
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds + 1):  # in turn, so that a slow moment hits all of them
        for name, (argv, marker) in programs.items():
            taken[name].append(first_paint(argv, marker, folder))
    found = {name: statistics.median(times[1:]) for name, times in taken.items()}
    yield Line("first paint: 200 000 records / a minimal Textual app", found["ours"], found["minimal"], "ms", 1.3)
    for name in others:
        yield Line(f"first paint: 200 000 records / {name}, its own", found["ours"], found[name], "ms", 1.0)


def listing(terminal: Terminal) -> None:
    """From *Idag* to the list of 200 000 deviations, the tree of areas shut."""
    terminal.until("Idag")
    terminal.quiet()
    terminal.key("g", "Avvikelser")
    terminal.key("a", ROW)
    terminal.quiet()


def middle(answers: list[Answer]) -> tuple[float, float]:
    """Milliseconds and bytes."""
    return statistics.median(a.seconds for a in answers) * 1000, statistics.median(a.size for a in answers)


def keys(folder: Path, rounds: int) -> Iterator[Line]:
    taken: dict[tuple[str, str], list[Answer]] = {}
    for _ in range(max(rounds // 2, 1)):
        for name, argv in (("ours", ours(folder)), ("bare", python("bare_list")), ("table", python("table"))):
            with running(argv, folder) as terminal:
                if name == "ours":
                    listing(terminal)
                else:
                    terminal.until(READY)
                    terminal.quiet()
                for what, key in (("down", DOWN), ("page", PAGE_DOWN)):
                    found = [terminal.key(key, ROW) for _ in range(KEYS + 2)][2:]
                    taken.setdefault((name, what), []).extend(found)
    found = {key: middle(answers) for key, answers in taken.items()}
    down, page = "down in 200 000 rows", "page down in 200 000 rows"
    yield Line(f"{down} / a bare line-drawn list", found["ours", "down"][0], found["bare", "down"][0], "ms", 1.5)
    yield Line(f"{down} / DataTable, 1 000 rows", found["ours", "down"][0], found["table", "down"][0], "ms", 0.5)
    yield Line(f"{page} / DataTable, 1 000 rows", found["ours", "page"][0], found["table", "page"][0], "ms", 0.5)
    yield Line(f"{page} / a bare line-drawn list", found["ours", "page"][0], found["bare", "page"][0], "ms", None)
    yield Line(
        f"{down}: bytes / DataTable, 1 000 rows", found["ours", "down"][1], found["table", "down"][1], "bytes", 0.5
    )


def searching(folder: Path, rounds: int) -> Iterator[Line]:
    """What the last letter of a query costs until its hits are seen, and all of them in one go; beside the query."""
    for what, query in (("a word in all", QUERY), ("words in five", RARE)):

        def raw(query: str = query) -> float:
            with Store.open(folder / FILE, readonly=True) as store:
                start = time.perf_counter()
                store.search(query, 30)
                return (time.perf_counter() - start) * 1000

        def typed(already: int, query: str = query) -> float:
            with running(ours(folder), folder) as terminal:
                terminal.until("Idag")
                terminal.quiet()
                terminal.key(PALETTE, "Hjälp")
                if already:
                    terminal.key(query[:already], ROW)
                return terminal.key(query[already:], ROW).seconds * 1000

        asked = median(rounds, raw)
        letter, whole = (median(rounds, partial(typed, n)) for n in (len(query) - 1, 0))
        yield Line(f"search of 200 000 records, {what}: last letter / the query", letter, asked, "ms", 3.0)
        yield Line(f"search of 200 000 records, {what}: typed at once / the query", whole, asked, "ms", None)


def memory(folder: Path, rounds: int) -> Iterator[Line]:
    with running(ours(folder), folder) as terminal:
        listing(terminal)
        terminal.key(DOWN, ROW)
        terminal.key(PAGE_DOWN, ROW)
        terminal.key(PALETTE, "Hjälp")
        terminal.key(QUERY, ROW)
        terminal.quiet()
        yield Line("memory after list, paging and search", terminal.memory(), MOST_MEMORY, "MB", 1.0)


def file(folder: Path) -> Path:
    """200 000 deviations over ten years, made once."""
    path = folder / FILE
    if not path.exists():
        source = folder / "in.csv"
        source.write_text(HEADING + "".join(line(n) for n in range(RECORDS)), encoding="utf-8")
        with new_file(path) as store:
            import_into(store, source)
            store.search("maten")  # the index is brought up to date before anything is measured
    return path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tui", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="group", help="paint, keys, search, memory")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--data", type=Path, help="a folder for the data, kept for the next run")
    parser.add_argument("--posting", metavar="PROGRAM")
    parser.add_argument("--harlequin", metavar="PROGRAM")
    chosen = parser.parse_args()
    others = {
        name: ([program], marker)
        for name, program, marker in (
            ("posting", chosen.posting, "Collection"),
            ("harlequin", chosen.harlequin, "Data Catalog"),
        )
        if program
    }
    groups = {
        "paint": lambda folder: first_paints(folder, chosen.rounds, others),
        "keys": lambda folder: keys(folder, chosen.rounds),
        "search": lambda folder: searching(folder, chosen.rounds),
        "memory": lambda folder: memory(folder, chosen.rounds),
    }
    if unknown := set(chosen.groups) - set(groups):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    print(f"{'median':<66} {'ours':>9} {'limit':>9} {'':<6} {'ratio':>6} target")
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="lsk-bench-") as name:
        root = chosen.data or Path(name)
        root.mkdir(exist_ok=True)
        os.environ |= {"LSK_NYCKLAR": str(root / "nycklar"), "LSK_ACTOR": "Mätning"}
        folder = Path(name)
        if file(root).parent != folder:
            shutil.copyfile(root / FILE, folder / FILE)
        for group in chosen.groups or groups:
            for line in groups[group](folder):
                print(line, flush=True)
                lines.append(line)
    return 0 if all(line.ok for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
