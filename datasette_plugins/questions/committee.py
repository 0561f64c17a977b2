"""The committee's own questions: each one in the published file becomes a question of the site.

When the answer names a ready-made question by its title, the site gives that answer, fresh at each publication.
Otherwise it gives what was answered.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from datasette_plugins.questions.vocabulary import Question

TABLE = "namndfragor"
NAME = r"fraga_[0-9a-f]{12}"


def asked(db: sqlite3.Connection, ready: list[Question]) -> list[Question]:
    """What the committee has asked, the newest first; nothing where the level has no such table."""
    if db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (TABLE,)).fetchone() is None:
        return []
    cursor = db.execute(f"SELECT * FROM {TABLE} ORDER BY fragad DESC, fraga_id")
    names = [column[0] for column in cursor.description]
    return [question(dict(zip(names, row, strict=True)), ready) for row in cursor]


def question(row: dict[str, Any], ready: list[Question]) -> Question:
    name = f"fraga_{row['fraga_id']}"
    origin = f"Ställd av {row['organ']} {row['fragad']}" + (f", {row['paragraf']}" if row["paragraf"] else "")
    told = f"{origin}. " + (f"Senast besvarad {row['besvarad']}." if row["besvarad"] else "Ännu inte besvarad.")
    meant = named(row["svar"] or "", ready)
    if meant is not None:
        return replace(meant, name=name, title=row["fraga"], asked=told, description=f"{told} {meant.description}")
    return Question(
        name,
        row["fraga"],
        told,
        TABLE,
        f"""SELECT fragad, organ, paragraf, ansvarig, senast, besvarad, lage, svar FROM {TABLE}
WHERE fraga_id = '{row["fraga_id"]}'""",
        asked=told,
        not_answered="Något annat än det som verksamheten har svarat." if row["svar"] else "",
    )


def named(answer: str, ready: list[Question]) -> Question | None:
    """The ready-made question whose title the answer holds."""
    told = answer.casefold()
    return next((question for question in ready if question.title.casefold().rstrip("?") in told), None)
