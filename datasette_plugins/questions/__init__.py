"""The committee's ready-made questions: data, read into Datasette's canned queries, and what their pages need."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from datasette import hookimpl

from datasette_plugins.facts import about, fact, values
from datasette_plugins.questions import actions, checks, committee, decisions, deviations, goals, overall, system
from datasette_plugins.questions.drawing import draw
from datasette_plugins.questions.vocabulary import Ask, Chart, Question
from lsk.model.vocabulary import Publish
from lsk.publish import LEVELS, tables_of

__all__ = [
    "HEADINGS",
    "OWN",
    "QUESTIONS",
    "Ask",
    "Chart",
    "Question",
    "answers",
    "answers_to_any",
    "canned",
    "questions",
]

OWN = committee.NAME  # what the names of the committee's own questions look like

AREAS = {
    "Helheten": overall.QUESTIONS,
    "Avvikelser, klagomål och synpunkter": deviations.QUESTIONS,
    "Åtgärder": actions.QUESTIONS,
    "Kontroll och granskning": checks.QUESTIONS,
    "Mål": goals.QUESTIONS,
    "Beslut, årshjul och rapporter": decisions.QUESTIONS,
    "Krav, ansvar och dokument": system.QUESTIONS,
}
QUESTIONS: tuple[Question, ...] = tuple(question for area in AREAS.values() for question in area)

# Numbers that a question or a page makes for itself.
HEADINGS = {
    "aret_fore": "Samma kvartal året före",
    "nu": "Nu",
    "forut": "Förut",
    "avvikelser": "Avvikelser",
    "klagomal": "Klagomål och synpunkter",
    "allvarliga": "Missförhållanden och vårdskador",
    "alla": "Alla",
    "pagar": "Pågår",
    "kommande": "Kommande",
    "vart_utfall": "Vårt utfall",
    "antal_krav": "Krav",
    "utan_avvikelse": "Utan avvikelse",
}


@cache
def questions(level: Publish) -> list[Question]:
    """The ready-made questions that can be answered at the level."""
    tables = {table.name for table in tables_of(level)}
    return [question for question in QUESTIONS if tables.issuperset(question.tables)]


def canned(question: Question) -> dict[str, Any]:
    return question.canned()


def answers(question: Question) -> dict[str, str]:
    """What may follow the question mark, and what it must look like."""
    return {name: ask.pattern for name, ask in question.asks.items()}


def answers_to_any() -> dict[str, str]:
    """The same for the committee's own questions, which may be any of the ready-made."""
    return {name: pattern for question in QUESTIONS for name, pattern in answers(question).items()}


def grouped(queries: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Canned queries under their headings, the committee's own first."""
    named = {query["name"]: query for query in queries}
    areas = {heading: [named.pop(each.name) for each in area if each.name in named] for heading, area in AREAS.items()}
    groups = {"Nämndens egna frågor": list(named.values()), **areas}
    return [(heading, found) for heading, found in groups.items() if found]


def own(db: sqlite3.Connection, level: Publish) -> list[Question]:
    """The committee's own questions in a published file."""
    return committee.asked(db, questions(level))


async def called(datasette: Any, database: str, name: str) -> Question | None:
    """The question of a name, ready-made or the committee's own."""
    known: Sequence[Question] = QUESTIONS
    if re.fullmatch(OWN, name):
        level = next(level for level, called in LEVELS.items() if called == database)
        known = await datasette.get_database(database).execute_fn(lambda db: own(db, level))
    return next((each for each in known if each.name == name), None)


# --- hook: what a question's page shows ------------------------------------------------------------------------------


@hookimpl
def extra_template_vars(datasette: Any, database: str | None, table: str | None, request: Any, view_name: str) -> Any:
    if not database or not datasette.plugin_config("lsk_site") or database not in LEVELS.values():
        return None
    name = request.url_vars.get("table") or table if request else table

    async def found() -> dict[str, Any]:
        question = await called(datasette, database, name or "")
        if question is None:
            return {"lsk_grouped": grouped}
        db = datasette.get_database(database)
        published = (await fact(db, "om", about))["publicerad"]
        choices = {name: await values(db, ask.choices) if ask.choices else [] for name, ask in question.asks.items()}
        worth_asking = [name for name, ask in question.asks.items() if choices[name] or not ask.choices]
        return {
            "lsk_question": question,
            "lsk_asked": worth_asking,
            "lsk_choices": choices,
            "lsk_chart": charted(question, date.fromisoformat(published)),
        }

    return found


def charted(question: Question, published: date) -> Any:
    """What the page calls with its rows."""
    from datasette_plugins.swedish import heading

    chart = question.chart
    if chart is None:
        return lambda rows: ""
    headings = {name: heading(name, question.table) for name in chart.series}
    return lambda rows: draw(chart, question.title, list(rows), headings, published)
