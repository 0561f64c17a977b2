"""The accessibility statement, with the results that the accessibility tests wrote when they were last run."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from datasette_plugins.pages.content import Asked, Content

RESULTS = Path(__file__).parent.parent / "tillganglighet.json"


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    return {"result": json.loads(RESULTS.read_text(encoding="utf-8"))}
