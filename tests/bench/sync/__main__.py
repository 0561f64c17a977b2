"""python -m tests.bench.sync [group …] [--rounds 5]: one table; the exit code is 1 when a line misses its target."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path

from .data import ACTOR
from .measure import told_all

GROUPS = ("merge", "bundles", "history", "conflicts", "capture", "again", "space")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sync", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="group", help=", ".join(GROUPS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="a folder for the data sets, kept for the next run")
    chosen = parser.parse_args()
    groups = chosen.groups or GROUPS
    if unknown := set(groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="lsk-bench-") as name:
        root = chosen.data or Path(name)
        root.mkdir(exist_ok=True)
        os.environ |= {"LSK_NYCKLAR": str(root / "nycklar"), "LSK_ACTOR": ACTOR}
        works = (importlib.import_module(f"{__package__}.{group}") for group in groups)
        return told_all(line for work in works for line in work.lines(root, chosen.rounds))


if __name__ == "__main__":
    sys.exit(main())
