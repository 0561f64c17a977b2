"""``python -m tests.datasette_plugins.accessibility``: what the accessibility statement says about the tests.

Runs axe-core on every kind of page, at every width, in both looks, and writes datasette_plugins/tillganglighet.json
with the day. Run it when pages have changed and before a release: ``make tillganglighet``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from datasette_plugins.pages.statement import RESULTS
from lsk.publish import publish
from sample_db.build import build
from tests.datasette_plugins.in_browser import (
    AXE,
    KINDS,
    LOOKS,
    WIDTHS,
    address_of,
    browser,
    page_of,
    served,
    violations,
)

PROFILE = "tyreso"  # the one whose pages have most kinds of tables


def sample(folder: Path) -> Path:
    """What the committee of the sample municipality is shown. The published file."""
    with build(folder / "kommun.db", profile=PROFILE) as store:
        return publish(store, folder / "publicerat").path


def measured(published: Path) -> dict[str, Any]:
    """The results of every run."""
    found: list[str] = []
    with served(published.parent) as address, browser() as opened, page_of(opened) as page:
        for kind in KINDS:
            answer = page.goto(address + address_of(kind, published))
            assert answer and answer.status == (404 if kind == "fel" else 200), kind
            found += [f"{kind}, {each}" for each in violations(page)]
    return {
        "tested_on": date.today().isoformat(),
        "axe": axe_version(),
        "pages": len(KINDS),
        "widths": list(WIDTHS),
        "runs": len(KINDS) * len(WIDTHS) * len(LOOKS),
        "violations": len(found),
        "found": found,
    }


def axe_version() -> str:
    version: str = json.loads((AXE.parent / "package.json").read_text(encoding="utf-8"))["version"]
    return version


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        result = measured(sample(Path(folder)))
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
    print(f"{result['runs']} runs, {result['violations']} violations → {RESULTS}", *result["found"], sep="\n")
    return int(bool(result["found"]))


if __name__ == "__main__":
    sys.exit(main())
