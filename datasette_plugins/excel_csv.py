"""CSV of a table or an answer: plain for other programs, and for a spreadsheet set to Swedish.

What would be changed or run by a spreadsheet is written so that it is neither: a formula gets an apostrophe before it,
and a text that looks like a number or a date (0114, 1.2, 2024-02) is written as ``="0114"``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response

from datasette_plugins.compat import question_asked
from datasette_plugins.swedish import column_of, declared, heading, visible
from datasette_plugins.words import SUPPRESSED
from lsk.csvfiles import guarded
from lsk.publish.build import HIDDEN

MONTH = "jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec"
# A text that a Swedish spreadsheet reads as something else: a number with leading zeros, a decimal number, a date.
READ_AS_ANOTHER = re.compile(
    rf"0\d+|\d{{16,}}|\d+(?:[ .,:/-]+\d+)+|\d+(?:[.,]\d+)?[eE]\d+|\d+(?:[ .,]\d+)* ?(?:%|kr)"
    rf"|\d{{1,2}}[ /.-]?(?:{MONTH})[a-z]*\.?(?:[ /.-]?\d{{2,4}})?|(?:{MONTH})[a-z]*[ ./-]?\d{{1,4}}",
    re.IGNORECASE,
)


@hookimpl
def register_routes(datasette: Any) -> list[Any]:
    if not datasette.plugin_config("lsk_site"):
        return []
    return [(r"/(?P<database>[a-z]+)/(?P<name>[a-z_0-9]+)(?P<excel>\.excel)?\.csv$", view)]


async def view(datasette: Any, request: Any) -> Response:
    """A whole table, or the answer to a question."""
    database, name, excel = (request.url_vars[key] for key in ("database", "name", "excel"))
    question = await question_asked(datasette, database, name)
    if question is None and name not in declared():
        raise NotFound(name)
    sql, asks = question or (f'SELECT * FROM "{name}"', [])
    params = {param: request.args.get(param) or "" for param in asks}
    columns, rows = await datasette.get_database(database).execute_fn(lambda db: read(db, sql, params))
    text = for_excel(columns, rows, None if question else name) if excel else plain(columns, rows)
    return Response(
        text,
        headers={"content-disposition": f'attachment; filename="{name}{excel or ""}.csv"'},
        content_type="text/csv; charset=utf-8",
    )


def read(db: Any, sql: str, params: dict[str, str]) -> tuple[list[str], list[Any]]:
    cursor = db.execute(sql, params)
    return [column[0] for column in cursor.description if not column[0].endswith(HIDDEN)], cursor.fetchall()


def plain(columns: list[str], rows: Iterable[Any]) -> str:
    """UTF-8, comma, declared names, the marks of records too: for other programs."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([for_program(row, name) for name in columns] for row in rows)
    return out.getvalue()


def for_excel(columns: list[str], rows: Iterable[Any], table: str | None) -> str:
    """With a byte order mark, semicolon, decimal comma and Swedish headings: for people."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    shown = visible(columns)
    writer.writerow(heading(name, table) for name in shown)
    days = {name for name in shown if (column := column_of(name, table)) and column.kind == "date"}
    writer.writerows([for_person(row, name, name in days) for name in shown] for row in rows)
    return "\ufeff" + out.getvalue()


def hidden(row: Any, name: str) -> bool:
    return name + HIDDEN in row.keys() and bool(row[name + HIDDEN])  # noqa: SIM118 (sqlite3.Row)


def for_program(row: Any, name: str) -> Any:
    value = row[name]
    if value is None:
        return SUPPRESSED if hidden(row, name) else ""
    return guarded(value) if isinstance(value, str) else value


def for_person(row: Any, name: str, day: bool) -> Any:
    value = for_program(row, name)
    if isinstance(value, float):
        return str(value).replace(".", ",")
    if isinstance(value, str) and not day and READ_AS_ANOTHER.fullmatch(value):
        return f'="{value}"'
    return value
