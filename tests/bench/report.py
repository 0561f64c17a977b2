"""A yearly report of 60 units beside its own questions asked raw: python -m tests.bench.report [--data FOLDER].

The whole command, from the start of its process, against the sum of the questions in its manifest in sqlite3.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from lsk import profile
from lsk.reports.pack import MANIFEST
from lsk.store import Store
from tests.bench.publish.data import MAIN, TODAY, town
from tests.bench.sync.data import ACTOR, made
from tests.bench.sync.measure import Line, amount, medians, run_lines, times

KIND, YEAR = "Sektionens kvalitetsberättelse", TODAY.year - 1
MOST = 5.0  # times the questions alone
MEMORY = 300.0  # MB

# The command in a process that tells how much memory it came to need (ru_maxrss would start from its parent's).
TELLING = """
import sys
from lsk.cli import main
try:
    main(sys.argv[1:])
finally:
    status = open("/proc/self/status", encoding="utf-8").read()
    print("PEAK", int(status.partition("VmHWM:")[2].split()[0]) / 1024)
"""


def with_template(root: Path) -> Path:
    """The file, with Värnamo's seven headings and the figures under them."""

    def make(folder: Path) -> None:
        shutil.copyfile(town(root), folder / MAIN)
        templates = profile.read("varnamo")["records"]["report_template"]
        sections = next(t["report_template_section"] for t in templates if t["name"] == KIND)
        with Store.open(folder / MAIN, today=TODAY) as store, store.change(ACTOR) as change:
            template = change.insert("report_template", {"name": KIND, "kind": "kvalitetsrapport", "force": "bör"})
            for number, section in enumerate(sections, 1):
                asked = {name: section.get(name) for name in ("heading", "force", "figures")}
                change.insert("report_template_section", {"template": template.id, "number": number, **asked})

    return made(root, "report", make) / MAIN


def reported(folder: Path, main: Path) -> Generator[Any, None, None]:
    asked = ["report", str(main), KIND, "--year", str(YEAR), "--draft", "--to", str(folder / "ut")]
    yield
    said = subprocess.run([sys.executable, "-c", TELLING, *asked], check=True, capture_output=True, encoding="utf-8")
    yield float(said.stdout.rpartition("PEAK")[2])


def questions(main: Path) -> list[str]:
    """Every question that the report asks, once for each time it is asked."""
    with tempfile.TemporaryDirectory(prefix="lsk-bench-") as name:
        for _ in reported(Path(name), main):
            pass
        content = json.loads((Path(name) / "ut" / MANIFEST).read_text(encoding="utf-8"))
    return [query for table in content["tables"] for query in table["queries"]]


def raw(folder: Path, main: Path, queries: list[str]) -> Generator[Any, None, None]:
    with Store.open(main, readonly=True, today=TODAY) as store:  # for the functions that the questions use
        yield
        began = time.perf_counter()
        for query in queries:
            store.db.execute(query).fetchall()
        yield time.perf_counter() - began


def lines(root: Path, rounds: int) -> Iterator[Line]:
    main = with_template(root)
    cost = medians(rounds, report=(reported, main), raw=(raw, main, questions(main)))
    yield times(
        "report of 60 units, 200 000 records, beside its questions", cost["report"], cost["raw"], MOST, wall=True
    )
    yield amount("peak memory of the command", cost["report"].figure, "MB", MEMORY)


def main() -> int:
    return run_lines(lines, "python -m tests.bench.report", __doc__)


if __name__ == "__main__":
    sys.exit(main())
