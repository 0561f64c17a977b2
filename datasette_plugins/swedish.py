"""Datasette in Swedish: headings, cells and errors."""

from __future__ import annotations

from functools import cache
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Response
from markupsafe import Markup

from datasette_plugins.pages import content
from datasette_plugins.questions import HEADINGS
from datasette_plugins.rows import table_rows
from datasette_plugins.words import capital, decimal, number_of, shortened, text_of, written
from lsk.model.vocabulary import Publish
from lsk.publish import tables_of
from lsk.publish.build import ABOUT, HIDDEN
from lsk.publish.vocabulary import Column

REFUSALS = {
    400: ("Adressen går inte att använda", "Kontrollera att länken är hel, eller gå till startsidan."),
    403: ("Den här sidan är inte öppen", "Gå till startsidan för att se vad som publiceras."),
    404: ("Sidan finns inte", "Den kan ha flyttats eller stavats fel. Gå till startsidan."),
    405: ("Här går det bara att läsa", "Det som är publicerat kan inte ändras."),
    413: ("Formuläret är för stort", "Gå tillbaka och skriv kortare."),
    414: ("Adressen är för lång", "Gå till startsidan och börja om därifrån."),
    429: ("För många försök på kort tid", "Vänta en stund och försök igen."),
    500: ("Något gick fel", "Sidan kunde inte visas. Försök igen, eller gå till startsidan."),
    503: ("Många läser just nu", "Vänta några sekunder och ladda om sidan."),
}
# How an outcome stands to its target, as people say it; the tables tell in what direction it differs.
JUDGED = {"positiv": "bättre än målet", "ingen": "på målet", "negativ": "når inte målet"}
MADE = {**HEADINGS, **content.HEADINGS}


@cache
def declared() -> dict[str, dict[str, Column]]:
    """The published tables' columns by name."""
    tables = {table.name: {c.name: c for c in table.columns} for table in tables_of(Publish.COMMITTEE)}
    return {**tables, ABOUT.name: {c.name: c for c in ABOUT.columns}}


def column_of(name: str, table: str | None) -> Column | None:
    """The declaration of a column: the table's own; None for what a page or a question makes; else any table's."""
    tables = declared()
    own = tables.get(table or "", {}).get(name)
    if own or name in MADE:
        return own
    return next((columns[name] for columns in tables.values() if name in columns), None)


def heading(name: str, table: str | None = None) -> str:
    column = column_of(name, table)
    return column.title if column else MADE.get(name) or capital(name.replace("_", " "))


def style(name: str, table: str | None = None) -> str:
    """How a column is set: figures to the right, a date on one line."""
    column = column_of(name, table)
    kind = column.kind if column else "number" if name in MADE or name.isdigit() else "text"
    return {"number": "tal", "share": "tal", "decimal": "tal", "date": "dag"}.get(kind, "text")


def visible(columns: Any) -> list[str]:
    """The columns people see: not the marks of hidden counts, nor the keys of records, nor SQLite's row numbers."""
    return [name for name in columns if not name.endswith((HIDDEN, "_id")) and name not in ("rowid", "id")]


def protected(columns: Any) -> bool:
    """Whether some of the columns are counts that may be hidden."""
    return any(name.endswith(HIDDEN) for name in columns)


def cell(row: Any, name: str) -> str:
    """One cell of a row of the published file."""
    if name == "bedomning":
        return JUDGED.get(row[name], text_of(row[name]))
    return text_of(row[name], row[name + HIDDEN] if name + HIDDEN in row.keys() else None)  # noqa: SIM118 (sqlite3.Row)


def written_rows(rows: Any, names: list[str], table: str | None, links: Any) -> Markup:
    """The rows of a table as HTML."""
    return table_rows(rows, {name: style(name, table) for name in names}, cell, links)


# --- hooks -----------------------------------------------------------------------------------------------------------


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    env.globals.update(
        lsk_heading=heading,
        lsk_style=style,
        lsk_visible=visible,
        lsk_rows=written_rows,
        lsk_protected=protected,
        lsk_text=text_of,
        lsk_decimal=decimal,
        lsk_number=number_of,
        lsk_day=written,
        lsk_short=shortened,
        lsk_capital=capital,
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
