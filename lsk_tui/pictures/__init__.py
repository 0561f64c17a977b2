"""Where a picture says more than a list: every picture, what it shows, and which kinds of records it is about.

One line here is all that the palette, the list's and the record's key for pictures, and the help need to know.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lsk_tui.pictures.base import Picture


@dataclass(frozen=True)
class View:
    """``screen`` is "module:class" under lsk_tui.pictures, read in when it is first shown."""

    name: str
    words: str
    help: str
    screen: str
    about: tuple[str, ...]


VIEWS: tuple[View, ...] = (
    View(
        "översikter", "Översikter", "Tabeller till rapporter och möten: utfall, egenkontroller, klagomål, luckor …",
        "tables:Tables", ("report", "unit"),
    ),
    View(
        "underlag", "Beslutsunderlag", "Prioriterade åtgärder i ordning, med vad de leder till.",
        "tables:Memo", ("action",),
    ),
    View(
        "riskmatris", "Riskmatris", "Hur sannolika och allvarliga riskerna är: när de först bedömdes, och nu.",
        "riskmatrix:RiskMatrix", ("risk", "risk_analysis", "risk_scale", "risk_score", "unit"),
    ),
    View(
        "prioritering", "Prioriteringsmatris", "Föreslagna åtgärder efter resursinsats och förbättring.",
        "priorities:Priorities", ("action", "matrix_quadrant"),
    ),
    View(
        "årshjul", "Årshjul", "Vad som ska göras varje månad, vad som är klart och vad som är sent.",
        "yearwheel:YearWheel", ("obligation", "occurrence", "self_check", "self_check_round", "action", "unit"),
    ),
    View(
        "målträd", "Målträd", "Mål, underordnade mål och indikatorer med målvärde och utfall.",
        "goals:GoalTree", ("goal", "goal_activity", "indicator", "measurement", "unit"),
    ),
    View(
        "kretslopp", "Synpunkternas kretslopp", "Var årets klagomål och synpunkter står, för varje avdelning.",
        "cycle:Cycle", ("deviation", "deviation_summary"),
    ),
    View(
        "processkarta", "Processkarta", "Processer, deras aktiviteter och rutiner, och vad som saknas.",
        "processmap:ProcessMap", ("process", "activity"),
    ),
    View(
        "ansvar", "Ansvarsfördelning", "Vilken roll som ansvarar för, gör och tar emot vad.",
        "responsibility:Responsibility", ("role", "duty", "duty_allocation"),
    ),
    View(
        "organisation", "Organisation", "Enheterna som träd: vem som har vilken roll, och vad som saknas.",
        "responsibility:Organisation", ("unit", "assignment"),
    ),
    View(
        "tråd", "Spår", "Tråden från paragraf till beslut; för en enhet de åtta delarna i dess system.",
        "thread:Thread", ("unit",),
    ),
    View(
        "dokument", "Dokumentet", "Texten, versionerna, vem som läst det och var det används.",
        "document:Document", ("document", "document_version"),
    ),
)  # fmt: skip


def concerning(entity: str) -> list[View]:
    """The pictures of a kind of record."""
    return [view for view in VIEWS if entity in view.about]


def shown(name: str, entity: str | None = None, record: str | None = None) -> Picture:
    """The screen of a picture; ``record``, of kind ``entity``, is where it begins."""
    view = next(view for view in VIEWS if view.name == name)
    module, _, screen = view.screen.partition(":")
    picture: Picture = getattr(importlib.import_module(f"{__name__}.{module}"), screen)(view, entity, record)
    return picture
