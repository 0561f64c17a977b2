"""The committee's ready-made questions: data, read into Datasette's canned queries, and what their pages need."""

from __future__ import annotations

from functools import cache
from typing import Any

from datasette import hookimpl

from datasette_plugins.questions import actions, checks, committee, decisions, deviations, goals, system
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

AREAS = (deviations, actions, checks, goals, decisions, system)
QUESTIONS: tuple[Question, ...] = tuple(question for area in AREAS for question in area.QUESTIONS)

# Numbers that a question or a page makes for itself.
HEADINGS = {
    "aret_fore": "Samma kvartal året före",
    "avvikelser": "Avvikelser",
    "klagomal": "Klagomål och synpunkter",
    "allvarliga": "Missförhållanden och vårdskador",
    "alla": "Alla",
    "pagar": "Pågår",
    "kommande": "Kommande",
    "vart_utfall": "Vårt utfall",
    "antal_krav": "Krav",
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


# --- hooks: the committee's own questions, and what a question's page shows ------------------------------------------


@hookimpl
def canned_queries(datasette: Any, database: str) -> Any:
    if not datasette.plugin_config("lsk_site"):
        return None

    async def found() -> dict[str, Any]:
        return {question.name: question.canned() for question in await own(datasette, database)}

    return found


async def own(datasette: Any, database: str) -> list[Question]:
    ready = questions(next(level for level, name in LEVELS.items() if name == database))
    asked: list[Question] = await datasette.get_database(database).execute_fn(lambda db: committee.asked(db, ready))
    return asked


@hookimpl
def extra_template_vars(datasette: Any, database: str | None, table: str | None, request: Any, view_name: str) -> Any:
    if not database or not datasette.plugin_config("lsk_site") or database not in LEVELS.values():
        return None
    name = request.url_vars.get("table") or table if request else table

    async def found() -> dict[str, Any]:
        known = (*QUESTIONS, *await own(datasette, database)) if name else ()
        question = next((each for each in known if each.name == name), None)
        if question is None:
            return {}
        db = datasette.get_database(database)
        choices = {
            name: [str(row[0]) for row in (await db.execute(ask.choices)).rows] if ask.choices else []
            for name, ask in question.asks.items()
        }
        worth_asking = [name for name, ask in question.asks.items() if choices[name] or not ask.choices]
        return {
            "lsk_question": question,
            "lsk_asked": worth_asking,
            "lsk_choices": choices,
            "lsk_chart": charted(question),
        }

    return found


def charted(question: Question) -> Any:
    """What the page calls with its rows."""
    from datasette_plugins.swedish import heading

    chart = question.chart
    if chart is None:
        return lambda rows: ""
    headings = {name: heading(name, question.table) for name in chart.series}
    return lambda rows: draw(chart, question.title, list(rows), headings)
