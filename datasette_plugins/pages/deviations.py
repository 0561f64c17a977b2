"""Deviations, complaints, lex Sarah and lex Maria over time, by kind and by unit. Protected counts only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date

from markupsafe import Markup

from datasette_plugins.chart import Value, columns, legend
from datasette_plugins.facts import about
from datasette_plugins.pages.content import Asked, Content, Section, has, rows, section
from datasette_plugins.quarters import going_on, quarter_labels
from datasette_plugins.words import capital
from lsk.publish.build import HIDDEN
from lsk.publish.deviations import GROUPS, VIEW_KINDS
from lsk.publish.vocabulary import ALL

QUARTERS = 8
YEARS = 4


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    return {
        "lead": "Vad som har rapporterats i hela verksamheten. Fler rapporter behöver inte betyda att det har blivit "
        "sämre: det kan också vara fler som rapporterar. Inga enskilda fall visas.",
        "sections": list(sections(db)),
    }


def sections(db: sqlite3.Connection) -> Iterator[Section]:
    yield section(
        db, "Kvartal för kvartal", "Räknat på det datum de togs emot.", "avvikelser_per_kvartal",
        by_quarter(), order="ar DESC, kvartal DESC", most=QUARTERS, chart=quarters_chart(db), protected=True,
    )  # fmt: skip
    yield section(
        db, "Lex Sarah och lex Maria",
        "Allvarliga händelser som har rapporterats, utretts och anmälts till Inspektionen för vård och omsorg (IVO).",
        "avvikelser_per_ar_och_spar", "SELECT * FROM avvikelser_per_ar_och_spar WHERE spar LIKE 'lex%'",
        order="ar DESC, rowid", chart=yearly(db, "avvikelser_per_ar_och_spar", "spar", ("lex Sarah", "lex Maria")),
        protected=True,
    )  # fmt: skip
    yield section(
        db, "Klagomål, synpunkter och förslag", "Det som brukare, anhöriga och andra har fört fram, och hur många "
        "ärenden som är avslutade.", "klagomal_synpunkter_ar",
        "SELECT * FROM klagomal_synpunkter_ar", order="ar DESC, rowid",
        chart=yearly(db, "klagomal_synpunkter_ar", "slag", VIEW_KINDS), protected=True,
    )  # fmt: skip
    if has(db, "avvikelser_per_slag_ar"):
        yield section(
            db, "Efter slag", "Varje slag år för år.", "avvikelser_per_slag_ar",
            over_years(db, "avvikelser_per_slag_ar", "slag"), order=f"slag = '{ALL}', min(rowid)",
            protected=True, most=20,
        )  # fmt: skip
    if has(db, "avvikelser_per_enhet_ar"):
        yield section(
            db, "Var i verksamheten", "Alla slag tillsammans, enhet för enhet. Enheterna är olika stora; jämför helst "
            "en enhet med sig själv.", "avvikelser_per_enhet_ar",
            over_years(db, "avvikelser_per_enhet_ar", "enhet", f"WHERE handelse = '{ALL}'"),
            order=f"enhet = '{ALL}', min(rowid)", protected=True, most=20,
        )  # fmt: skip


def quarters_chart(db: sqlite3.Connection) -> Markup:
    """The last quarters, group by group; all together where most groups are too small to be shown."""
    found = rows(db, "SELECT ar, kvartal, grupp, antal FROM avvikelser_per_kvartal")
    periods = sorted({(ar, kvartal) for ar, kvartal, _, _ in found})[-QUARTERS:]
    value = {(ar, kvartal, group): n for ar, kvartal, group, n in found}
    shown = [value.get((*period, group)) is not None for period in periods for group in GROUPS]
    drawn = GROUPS if 2 * sum(shown) > len(shown) else (ALL,)
    series = [(capital(group), [value.get((*period, group)) for period in periods]) for group in drawn]
    names = [name if name != capital(ALL) else "Alla avvikelser, klagomål och synpunkter" for name, _ in series]
    drawing = columns("Avvikelser, klagomål och synpunkter per kvartal", quarter_labels(periods), series)
    return drawing + legend(names) + going_on(periods, date.fromisoformat(about(db)["publicerad"]))


def by_quarter() -> str:
    """The table of quarters with a column for each group."""
    names = zip(("avvikelser", "klagomal", "allvarliga", "alla"), (*GROUPS, ALL), strict=True)
    wanted = (
        f"max({value}) FILTER (WHERE grupp = '{group}') AS {name}{mark}"
        for name, group in names
        for value, mark in (("antal", ""), ("antal_dold", HIDDEN))
    )
    return f"""SELECT ar, kvartal, {", ".join(wanted)} FROM avvikelser_per_kvartal
        GROUP BY ar, kvartal"""


def yearly(db: sqlite3.Connection, table: str, by: str, series: tuple[str, ...]) -> Markup:
    """A group of bars for each of the last years; nothing where every count is hidden or nought."""
    found: dict[tuple[int, str], Value] = {
        (year, kind): count for year, kind, count in rows(db, f"SELECT ar, {by}, antal FROM {table}")
    }
    years = sorted({year for year, _ in found})[-YEARS:]
    drawn = [(capital(kind), [found.get((year, kind), 0) for year in years]) for kind in series]
    if not any(value for _, values in drawn for value in values):
        return Markup("")
    title = f"{', '.join(name for name, _ in drawn)} per år"
    return columns(title, [str(year) for year in years], drawn) + legend([name for name, _ in drawn])


def over_years(db: sqlite3.Connection, table: str, by: str, where: str = "") -> str:
    """A row for each kind, a column for each of the last years."""
    years = [year for (year,) in rows(db, f"SELECT DISTINCT ar FROM {table} ORDER BY ar DESC LIMIT {YEARS}")]
    wanted = (
        f'max({value}) FILTER (WHERE ar = {int(year)}) AS "{int(year)}{mark}"'
        for year in reversed(years)
        for value, mark in (("antal", ""), ("antal_dold", HIDDEN))
    )
    return f"SELECT {', '.join([by, *wanted])} FROM {table} {where} GROUP BY {by}"
