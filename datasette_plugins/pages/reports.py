"""Reports: which there are and where they stand, and each with its text and the figures behind it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from datasette_plugins.pages.content import Asked, Content, has, rows, section
from datasette_plugins.questions import QUESTIONS
from lsk.model.vocabulary import Publish
from lsk.publish import tables_of

MOST = 150
# Where the figures are that a template names by what they are about.
ABOUT = {
    "mal_och_utfall": ("/mal", "Mål och utfall", "malutfall"),
    "utvalda_avvikelser": ("/avvikelser", "Avvikelser per kvartal", "avvikelser_per_kvartal"),
    "avvikelser_ar": ("/avvikelser", "Avvikelser per år", "avvikelser_per_kvartal"),
    "utredda_handelser": ("/avvikelser", "Lex Sarah och lex Maria", "avvikelser_per_ar_och_spar"),
    "allvarliga_vardskador": ("/avvikelser", "Lex Sarah och lex Maria", "avvikelser_per_ar_och_spar"),
    "internkontrollplan": ("/kontroll", "Intern kontroll", "kontrollmoment"),
    "granskningsplan": ("/rapporter", "Granskningar", "granskningar"),
}


def page(db: sqlite3.Connection, asked: Asked) -> Content:
    years = [year for (year,) in rows(db, "SELECT DISTINCT ar FROM rapporter ORDER BY ar DESC")]
    shown = asked.params.get("ar") or str(next(iter(years), ""))
    found = rows(
        db, "SELECT * FROM rapporter WHERE ar = ? ORDER BY ifnull(inlamnad, '') DESC, titel LIMIT ?", (shown, MOST)
    )
    reviews = []
    if has(db, "granskningar"):
        reviews.append(section(
            db, "Granskningar", "Vad som har granskats, av vem, och när det redovisades.", "granskningar",
            "SELECT titel, slag, enhet, ar, granskare, genomford, redovisad FROM granskningar",
            order="ar DESC, rowid", most=25,
        ))  # fmt: skip
    return {
        "lead": "Kvalitetsberättelser, redovisningar och granskningar. Varje rapport visas med siffrorna bakom den.",
        "years": years,
        "shown": shown,
        "reports": found,
        "most": MOST,
        "sections": reviews,
    }


def item(db: sqlite3.Connection, asked: Asked) -> Content:
    found = rows(db, "SELECT * FROM rapporter WHERE rapport_id = ?", (asked.item,))
    if not found:
        raise LookupError(asked.item)
    parts = rows(db, "SELECT * FROM rapport_avsnitt WHERE rapport_id = ? ORDER BY nr, rowid", (asked.item,))
    figures = {part["nr"]: list(behind(db, asked.base, part["siffror"] or "")) for part in parts}
    return {"title": found[0]["titel"], "report": found[0], "parts": parts, "figures": figures}


def behind(db: sqlite3.Connection, base: str, named: str) -> Iterator[tuple[str, str]]:
    """Address and title of the figures that a section names: a page's, a published table, or a question."""
    tables = {table.name: table.title for table in tables_of(Publish.COMMITTEE)}
    questions = {question.name: question for question in QUESTIONS}
    for name in named.replace(",", " ").split():
        path, title, table = ABOUT.get(name, (f"{base}/{name}", tables.get(name, ""), name))
        if name in questions:
            title, table = questions[name].title, questions[name].table
        if title and has(db, table):
            yield path, title
