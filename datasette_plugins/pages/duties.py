"""Who answers for what: every role with its duties."""

from __future__ import annotations

import sqlite3
from itertools import groupby

from datasette_plugins.pages.content import Asked, Content, rows


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    found = rows(db, "SELECT * FROM ansvarsfordelning ORDER BY rowid")
    return {
        "lead": "Varje roll med sina uppgifter i ledningssystemet. Roller, inte personer.",
        "roles": [(role, list(duties)) for role, duties in groupby(found, key=lambda row: row["roll"])],
    }
