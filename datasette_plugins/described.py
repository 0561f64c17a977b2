"""What the tables and their columns are, in words, as Datasette's metadata wants it."""

from __future__ import annotations

from typing import Any

from datasette_plugins.questions import canned, questions
from lsk.model.vocabulary import Publish
from lsk.publish import tables_of
from lsk.publish.build import ABOUT
from lsk.publish.vocabulary import Column, Cube, Table

KINDS = {
    "date": "datum",
    "number": "antal",
    "share": "andel i procent",
    "key": "märke som andra tabeller hänvisar till",
}


def described(level: Publish) -> dict[str, Any]:
    """Tables with title, description, what a row is, and what each column holds; and the ready-made questions."""
    tables = {table.name: told(table) for table in (*tables_of(level), ABOUT)}
    return {"tables": tables, "queries": {question.name: canned(question) for question in questions(level)}}


def told(table: Table | Cube) -> dict[str, Any]:
    grain = table.grain.rstrip(".")
    return {
        "title": table.title,
        "description": table.description,
        "grain": grain[:1].lower() + grain[1:],
        "columns": {column.name: meaning(column) for column in table.columns},
    }


def meaning(column: Column) -> str:
    """What the column holds, with its unit: what its declaration says, else its heading and kind."""
    said = column.description.rstrip(".") or column.title
    unit = column.unit or (KINDS.get(column.kind, "") if not column.description else "")
    return f"{said} ({unit})" if unit else said
