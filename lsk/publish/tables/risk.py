"""Published of risks: how many, where in the matrix. What a risk says stays in the file."""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day, number, order

SCORED = """risk.scale risk.probability risk.consequence risk_score.scale risk_score.probability
risk_score.consequence risk_score.score risk_score.band"""

RISKS = Table(
    "riskbild",
    "Riskbild",
    "Hur många risker varje enhet har på varje nivå, och hur många som ännu är öppna.",
    Publish.COMMITTEE,
    (
        Column("enhet", "Enhet", "unit.name"),
        Column("niva", "Risknivå", "risk.band"),
        number("risker", "Risker", "risk.unit"),
        number("oppna", "Varav öppna", "risk.status"),
    ),
    """SELECT ifnull(u.name, 'hela verksamheten'), ifnull(s.band, 'ej bedömd'), count(*), sum(k.status <> 'stängd')
        FROM risk k LEFT JOIN unit u ON u.id = k.unit
        LEFT JOIN risk_score s ON s.scale = k.scale AND s.probability = k.probability AND s.consequence = k.consequence
        GROUP BY u.id, s.band ORDER BY u.name_sort, max(s.score) DESC""",
    entity="risk",
    through=SCORED,
    grain="en enhet och en risknivå",
)

MATRIX = Table(
    "riskmatris",
    "Riskmatris",
    "Varje ruta i matrisen: sannolikhet, konsekvens, riskvärde, och hur många risker som ligger där.",
    Publish.COMMITTEE,
    (
        Column("skala", "Skala", "risk_scale.name risk_scale.version"),
        order("sannolikhet", "Sannolikhet", "risk.probability"),
        order("konsekvens", "Konsekvens", "risk.consequence"),
        order("poang", "Riskvärde", "risk.score"),
        Column("niva", "Risknivå", "risk.band"),
        number("oppna", "Öppna risker", "risk.status"),
        number("alla", "Alla risker", "risk.score"),
    ),
    """SELECT k.name || ' (' || k.version || ')', s.probability, s.consequence, s.score, s.band,
          count(r.id) FILTER (WHERE r.status <> 'stängd'), count(r.id)
        FROM risk_score s JOIN risk_scale k ON k.id = s.scale
        LEFT JOIN risk r ON r.scale = s.scale AND r.probability = s.probability AND r.consequence = s.consequence
        WHERE EXISTS (SELECT 1 FROM risk x WHERE x.scale = s.scale)
        GROUP BY s.id ORDER BY k.name_sort, k.version, k.id, s.probability DESC, s.consequence""",
    entity="risk",
    through=SCORED,
    grain="en ruta i en skala som används",
)

ANALYSES = Table(
    "riskanalyser",
    "Riskanalyser",
    "Vilka riskanalyser som är gjorda, varför, och hur många risker de fann.",
    Publish.COMMITTEE,
    (
        Column("riskanalys", "Riskanalys", "risk_analysis.title"),
        Column("slag", "Slag", "risk_analysis.kind"),
        Column("enhet", "Enhet", "unit.name"),
        Column("anledning", "Anledning", "risk_analysis.trigger"),
        day("gjord", "Gjord", "risk_analysis.done_on"),
        day("redovisad", "Redovisad", "risk_analysis.presented_on"),
        Column("status", "Status", "risk_analysis.status"),
        number("risker", "Risker", "risk_analysis.done_on"),
    ),
    """SELECT a.title, a.kind, u.name, a.trigger, a.done_on, a.presented_on, a.status,
          (SELECT count(*) FROM risk r WHERE r.risk_analysis = a.id), a.ref AS _ref
        FROM risk_analysis a LEFT JOIN unit u ON u.id = a.unit ORDER BY a.done_on DESC, a.title_sort, a.id""",
    entity="risk_analysis",
    through="risk.risk_analysis",
    grain="en riskanalys",
)

TABLES = (RISKS, MATRIX, ANALYSES)
