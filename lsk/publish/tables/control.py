"""Published of internal control: the plans, their points, and what the controls showed."""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import SMALLEST_RATE, Column, Table, day, decimal, key, keyed, number, order, share

PLANS = Table(
    "internkontrollplaner",
    "Internkontrollplaner",
    "Planerna för intern kontroll: hur många moment de har, och hur många som är kontrollerade.",
    Publish.OPEN,
    (
        order("ar", "År", "internal_control_plan.year"),
        Column("plan", "Plan", "internal_control_plan.title"),
        Column("enhet", "Enhet", "unit.name"),
        day("beslut", "Antagen", "meeting.held_on"),
        Column("paragraf", "Paragraf", "decision.paragraph"),
        day("folj_upp", "Följs upp senast", "internal_control_plan.follow_up_due"),
        number("moment", "Moment", "control_point.plan"),
        number("kontrollerade", "Kontrollerade", "control_result.done_on"),
        number("med_avvikelse", "Med avvikelse", "control_result.deviation_found"),
    ),
    """SELECT p.year, p.title, u.name, m.held_on, d.paragraph, p.follow_up_due, count(DISTINCT k.id),
          count(DISTINCT k.id) FILTER (WHERE r.done_on IS NOT NULL),
          count(DISTINCT k.id) FILTER (WHERE r.deviation_found = 1), p.ref AS _ref
        FROM internal_control_plan p LEFT JOIN unit u ON u.id = p.unit LEFT JOIN decision d ON d.id = p.decision
        LEFT JOIN meeting m ON m.id = d.meeting LEFT JOIN control_point k ON k.plan = p.id
        LEFT JOIN control_result r ON r.control_point = k.id
        WHERE p.status <> 'utkast' GROUP BY p.id ORDER BY p.year DESC, p.title_sort, p.id""",
    entity="internal_control_plan",
    through="internal_control_plan.status",
    grain="en plan",
)

POINTS = Table(
    "kontrollmoment",
    "Internkontroll, moment för moment",
    f"Vad som ska kontrolleras och vad kontrollerna visade. Andelen visas när minst {SMALLEST_RATE} har kontrollerats.",
    Publish.OPEN,
    (
        key("kontrollmoment_id", "Momentets märke"),
        Column("plan", "Plan", "internal_control_plan.title"),
        order("ar", "År", "internal_control_plan.year"),
        Column("enhet", "Enhet", "unit.name"),
        Column("kontrollmoment", "Kontrollmoment", "control_point.text"),
        Column("slag", "Ska säkra att", "control_point.assurance"),
        Column("metod", "Metod", "control_point.method"),
        Column("frekvens", "Kontrolleras varje", "control_point.frequency"),
        Column("ansvarig", "Ansvarig", "role.name"),
        Column("process", "Process", "process.name"),
        Column("indikator", "Indikator", "indicator.name"),
        decimal("mal", "Målvärde", "control_point.target"),
        Column("period", "Period", "control_result.period"),
        day("gjord", "Gjord", "control_result.done_on"),
        number("kontrollerade", "Kontrollerade", "control_result.checked_count"),
        share("andel", "Godkända, %", "control_result.share", base="kontrollerade"),
        Column("avvikelse", "Avvikelse", "control_result.deviation_found"),
        Column("lage", "Läge", "control_result.done_on control_result.deviation_found"),
    ),
    f"""SELECT {keyed("k")}, p.title, p.year, u.name, k.text, k.assurance, k.method, k.frequency, a.name, s.name,
          i.name, CAST(k.target AS REAL), r.period, r.done_on,
          r.checked_count, round(100.0 * r.approved_count / nullif(r.checked_count, 0), 1),
          CASE r.deviation_found WHEN 1 THEN 'ja' WHEN 0 THEN 'nej' END,
          CASE WHEN r.deviation_found = 1 THEN 'avvikelse' WHEN r.done_on IS NOT NULL THEN 'gjord'
               ELSE 'planerad' END, k.ref AS _ref
        FROM control_point k JOIN internal_control_plan p ON p.id = k.plan LEFT JOIN unit u ON u.id = p.unit
        LEFT JOIN role a ON a.id = k.responsible_role LEFT JOIN process s ON s.id = k.process
        LEFT JOIN indicator i ON i.id = k.indicator LEFT JOIN control_result r ON r.control_point = k.id
        WHERE p.status <> 'utkast' ORDER BY p.year DESC, p.title_sort, k.ref, r.period DESC, r.id""",
    entity="control_point",
    through="internal_control_plan.status control_result.approved_count",
    grain="ett moment och en kontroll; ett moment utan kontroll har en rad utan period",
)

TABLES = (PLANS, POINTS)
