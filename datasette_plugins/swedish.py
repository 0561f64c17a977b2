"""Datasette in Swedish: headings, cells, errors, and CSV that opens right in a Swedish Excel."""

from __future__ import annotations

import csv
import io
from functools import cache
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response

from datasette_plugins.questions import HEADINGS, QUESTIONS
from lsk.csvfiles import guarded
from lsk.model.vocabulary import Publish
from lsk.publish import tables_of
from lsk.publish.build import ABOUT, HIDDEN
from lsk.publish.vocabulary import Column

SUPPRESSED = ".."
UNKNOWN = "–"
REFUSALS = {
    400: ("Adressen går inte att använda", "Kontrollera att länken är hel, eller gå till startsidan."),
    403: ("Den här sidan är inte öppen", "Gå till startsidan för att se vad som publiceras."),
    404: ("Sidan finns inte", "Den kan ha flyttats eller stavats fel. Gå till startsidan."),
    405: ("Här går det bara att läsa", "Det som är publicerat kan inte ändras."),
    414: ("Adressen är för lång", "Gå till startsidan och börja om därifrån."),
    500: ("Något gick fel", "Sidan kunde inte visas. Försök igen, eller gå till startsidan."),
}


@cache
def declared() -> dict[str, dict[str, Column]]:
    """The published tables' columns by name."""
    tables = {table.name: {c.name: c for c in table.columns} for table in tables_of(Publish.COMMITTEE)}
    return {**tables, "om": {c.name: c for c in ABOUT}}


def column_of(name: str, table: str | None) -> Column | None:
    """The declaration of a column: the table's own, or for a question the first table's that has the name."""
    tables = declared()
    own = tables.get(table or "", {}).get(name)
    return own or next((columns[name] for columns in tables.values() if name in columns), None)


def heading(name: str, table: str | None = None) -> str:
    column = column_of(name, table)
    return HEADINGS.get(name) or (column.title if column else name.capitalize().replace("_", " "))


def style(name: str, table: str | None = None) -> str:
    """How a column is set: figures to the right, a date on one line."""
    column = column_of(name, table)
    kind = column.kind if column else "number" if name in HEADINGS else "text"
    return {"number": "tal", "share": "tal", "date": "dag"}.get(kind, "text")


def visible(columns: Any) -> list[str]:
    """The columns people see: not the marks of hidden counts, nor SQLite's row numbers."""
    return [name for name in columns if not name.endswith(HIDDEN) and name != "rowid"]


def protected(columns: Any) -> bool:
    """Whether some of the columns are counts that may be hidden."""
    return any(name.endswith(HIDDEN) for name in columns)


def number_of(count: int | None, one: str, many: str) -> str:
    """A count and its noun or adjective: 1 försenad, 2 försenade."""
    return f"{count or 0} {one if count == 1 else many}"


def text_of(value: Any, hidden: Any = None) -> str:
    """A cell for people: .. where a count is not shown, – where nothing is known, Swedish numbers."""
    if value is None or value == "":
        return SUPPRESSED if hidden else UNKNOWN
    if isinstance(value, float):
        return f"{value:,.1f}".replace(",", "\u00a0").replace(".", ",")
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u00a0") if abs(value) >= 10000 else str(value)
    return str(value)


def cell(row: Any, name: str) -> str:
    """One cell of a row of the published file."""
    return text_of(row[name], row[name + HIDDEN] if name + HIDDEN in row.keys() else None)  # noqa: SIM118 (sqlite3.Row)


def label_of(question: str, parameter: str) -> str:
    """What a question asks for, in its form."""
    return next(q.asks[parameter] for q in QUESTIONS if q.name == question)


# --- hooks -----------------------------------------------------------------------------------------------------------


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    env.globals.update(
        lsk_heading=heading,
        lsk_style=style,
        lsk_visible=visible,
        lsk_cell=cell,
        lsk_ask=label_of,
        lsk_protected=protected,
    )


@hookimpl
def handle_exception(datasette: Any, exception: Exception) -> Any:
    if not datasette.plugin_config("lsk_site"):
        return None
    return refused(datasette, getattr(exception, "status", 500))  # Datasette's own handler writes it to stderr


@hookimpl
def forbidden(datasette: Any) -> Any:
    return refused(datasette, 403) if datasette.plugin_config("lsk_site") else None


async def refused(datasette: Any, status: int) -> Response:
    """An error page that says in Swedish what to do, and nothing about the machinery."""
    title, text = REFUSALS.get(status, REFUSALS[500])
    await datasette.invoke_startup()
    html = await datasette.render_template("error.html", {"status": status, "title": title, "text": text})
    return Response.html(html, status=status)


@hookimpl
def register_routes(datasette: Any) -> list[Any]:
    if not datasette.plugin_config("lsk_site"):
        return []
    return [(r"/(?P<database>[a-z]+)/(?P<name>[a-z_]+)(?P<excel>\.excel)?\.csv$", csv_view)]


# --- CSV -------------------------------------------------------------------------------------------------------------


async def csv_view(datasette: Any, request: Any) -> Response:
    """A whole table, or the answer to a question."""
    database, name, excel = (request.url_vars[key] for key in ("database", "name", "excel"))
    query = await datasette.get_canned_query(database, name, None)
    if query is None and name not in declared():
        raise NotFound(name)
    sql = query["sql"] if query else f'SELECT * FROM "{name}"'
    params = {param: request.args.get(param) or "" for param in (query or {}).get("params", [])}
    columns, rows = await datasette.get_database(database).execute_fn(lambda db: read(db, sql, params))
    text = for_excel(columns, rows, None if query else name) if excel else plain(columns, rows)
    return Response(
        text,
        headers={"content-disposition": f'attachment; filename="{name}{excel or ""}.csv"'},
        content_type="text/csv; charset=utf-8",
    )


def read(db: Any, sql: str, params: dict[str, str]) -> tuple[list[str], list[Any]]:
    cursor = db.execute(sql, params)
    return visible(column[0] for column in cursor.description), cursor.fetchall()


def plain(columns: list[str], rows: list[Any]) -> str:
    """UTF-8, comma, declared names: for other programs."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([machine(row, name) for name in columns] for row in rows)
    return out.getvalue()


def machine(row: Any, name: str) -> Any:
    value = row[name]
    if value is None:
        return SUPPRESSED if cell(row, name) == SUPPRESSED else ""
    return guarded(value) if isinstance(value, str) else value


def for_excel(columns: list[str], rows: list[Any], table: str | None) -> str:
    """With a byte order mark, semicolon, decimal comma and Swedish headings."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(heading(name, table) for name in columns)
    writer.writerows([str(machine(row, name)).replace(".", ",") if isinstance(row[name], float) else machine(row, name)
                      for name in columns] for row in rows)  # fmt: skip
    return "\ufeff" + out.getvalue()
