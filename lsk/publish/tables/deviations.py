"""Published of what deviations say as a whole: the units' own summaries. The counts are cubes, and protected.

``patterns`` stays in the file: it is where a unit writes how many there were and what they were about.
"""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day

SUMMARIES = Table(
    "sammanstallningar",
    "Enheternas sammanställningar",
    "Enheternas analys av sina avvikelser, klagomål och synpunkter, och vad de gör åt dem. Antalen finns i "
    "avvikelsetabellerna; inga enskilda händelser.",
    Publish.COMMITTEE,
    (
        Column("enhet", "Enhet", "unit.name"),
        day("fran", "Från", "deviation_summary.period_start"),
        day("till", "Till", "deviation_summary.period_end"),
        Column("analys", "Analys", "deviation_summary.analysis"),
        Column("atgarder", "Åtgärder", "deviation_summary.actions"),
        day("gjord", "Gjord", "deviation_summary.done_on"),
    ),
    """SELECT u.name, t.period_start, t.period_end, t.analysis, t.actions, t.done_on, t.ref AS _ref
        FROM deviation_summary t JOIN unit u ON u.id = t.unit WHERE t.done_on IS NOT NULL
        ORDER BY t.period_end DESC, u.name_sort, t.id""",
    entity="deviation_summary",
    grain="en enhet och en period",
)

TABLES = (SUMMARIES,)
