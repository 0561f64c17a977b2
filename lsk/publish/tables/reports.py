"""Published of reports: which were written, what they say, and the figures behind them."""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day, key, keyed, number, order

REPORTS = Table(
    "rapporter",
    "Rapporter",
    "Inlämnade rapporter och berättelser: för vilket år, av vilken enhet, och när de redovisades.",
    Publish.OPEN,
    (
        key("rapport_id", "Rapportens märke"),
        Column("titel", "Rapport", "report.title"),
        Column("slag", "Slag", "report_template.kind"),
        Column("enhet", "Enhet", "unit.name"),
        order("ar", "År", "report.year"),
        Column("period", "Period", "report.period"),
        day("inlamnad", "Inlämnad", "report.submitted_on"),
        day("redovisad", "Redovisad", "report.presented_on"),
        day("publicerad", "Publicerad", "report.published_on"),
        Column("lage", "Läge", "report.submitted_on report.presented_on report.published_on"),
        day("sammantrade", "Sammanträde", "meeting.held_on"),
        Column("paragraf", "Paragraf", "decision.paragraph"),
        key("beslut_id", "Beslutets märke"),
    ),
    f"""SELECT {keyed("t")}, t.title, m.kind, u.name, t.year, t.period, t.submitted_on, t.presented_on, t.published_on,
          CASE WHEN t.published_on IS NOT NULL THEN 'publicerad' WHEN t.presented_on IS NOT NULL THEN 'redovisad'
               ELSE 'inlämnad' END, s.held_on, d.paragraph, {keyed("d")}, t.ref AS _ref
        FROM report t JOIN report_template m ON m.id = t.template LEFT JOIN unit u ON u.id = t.unit
        LEFT JOIN decision d ON d.id = t.decision LEFT JOIN meeting s ON s.id = d.meeting
        WHERE t.status <> 'utkast' ORDER BY t.year DESC, t.title_sort, t.id""",
    entity="report",
    through="report.status",
    grain="en inlämnad rapport",
)


def sections(level: Publish, status: str) -> Table:
    """The text of the reports that have come that far."""
    return Table(
        "rapport_avsnitt",
        "Rapporternas text",
        "Vad rapporterna säger, avsnitt för avsnitt, och vilka siffror som ligger bakom.",
        level,
        (
            key("rapport_id", "Rapportens märke"),
            Column("rapport", "Rapport", "report.title"),
            number("nr", "Nr", "report_section.number"),
            Column("rubrik", "Rubrik", "report_section.heading report_template_section.heading"),
            Column("text", "Text", "report_section.text"),
            Column("siffror", "Siffror", "report_template_section.figures"),
        ),
        f"""SELECT {keyed("r")}, r.title, t.number, t.heading, t.text, s.figures, t.ref AS _ref
            FROM report_section t JOIN report r ON r.id = t.report
            LEFT JOIN report_template_section s ON s.template = r.template AND s.heading = t.heading
            WHERE r.status IN ({status}) ORDER BY r.year DESC, r.title_sort, r.id, t.number, t.id""",
        entity="report_section",
        through="report.status report.year",
        grain="ett avsnitt i en rapport",
    )


MISSING = Table(
    "rapporter_saknas",
    "Rapporter som saknas",
    "Enheter som har lämnat en rapport av ett slag något år, men inte för det här eller förra året.",
    Publish.COMMITTEE,
    (
        Column("enhet", "Enhet", "unit.name"),
        Column("slag", "Slag", "report_template.kind"),
        Column("mall", "Mall", "report_template.name"),
        order("ar", "Saknas för år", "report.year"),
        order("senaste", "Senaste år", "report.year"),
    ),
    """WITH written AS (SELECT t.template, t.unit, max(t.year) AS latest FROM report t
            WHERE t.status <> 'utkast' AND t.unit IS NOT NULL GROUP BY 1, 2),
          asked AS (SELECT CAST(substr(:today, 1, 4) AS INTEGER) - 1 AS year)
        SELECT u.name, m.kind, m.name, asked.year, written.latest, m.ref AS _ref
        FROM written JOIN asked JOIN unit u ON u.id = written.unit JOIN report_template m ON m.id = written.template
        WHERE written.latest < asked.year ORDER BY u.name_sort, m.name_sort, u.id""",
    entity="report",
    through="report.status",
    grain="en enhet och en mall",
)

# Everybody reads what is published; the committee what has been handed in.
TABLES = (
    REPORTS,
    sections(Publish.OPEN, "'publicerad'"),
    sections(Publish.COMMITTEE, "'inlämnad', 'sammanställd', 'anmäld', 'publicerad'"),
    MISSING,
)
