"""Published of goals: what is wanted, how it is measured, and how it went."""

from __future__ import annotations

from lsk.model.goals import DEVIATION_KIND
from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day, decimal, key, keyed, number, order

MONTHS = """((substr(t.period_end, 1, 4) - substr(t.period_start, 1, 4)) * 12
  + substr(t.period_end, 6, 2) - substr(t.period_start, 6, 2) + 1)"""
# A whole year, quarter and so on by its name; any other period by its days.
PERIOD = f"""CASE WHEN substr(t.period_start, 9) <> '01' OR date(t.period_end, '+1 day') <> date(t.period_end,
    'start of month', '+1 month') OR (substr(t.period_start, 6, 2) - 1) % {MONTHS} <> 0
    THEN t.period_start || ' – ' || t.period_end
  WHEN {MONTHS} = 12 THEN substr(t.period_start, 1, 4)
  WHEN {MONTHS} = 1 THEN substr(t.period_start, 1, 7)
  WHEN {MONTHS} = 3 THEN substr(t.period_start, 1, 4) || ' kvartal ' || (substr(t.period_end, 6, 2) / 3)
  WHEN {MONTHS} = 4 THEN substr(t.period_start, 1, 4) || ' tertial ' || (substr(t.period_end, 6, 2) / 4)
  WHEN {MONTHS} = 6 THEN substr(t.period_start, 1, 4) || ' halvår ' || (substr(t.period_end, 6, 2) / 6)
  ELSE t.period_start || ' – ' || t.period_end END"""

# An indicator's outcome of a period: the mean where several units have measured. Judged as the app does.
OUTCOMES = f"""WITH measured AS MATERIALIZED (
    SELECT t.indicator, t.period_start, t.period_end, {PERIOD} AS period, CAST(t.value AS REAL) AS value,
      CAST(t.target AS REAL) AS target, {DEVIATION_KIND} AS kind
    FROM measurement t WHERE t.value IS NOT NULL),
  outcome AS (
    SELECT indicator, period_start, period_end, period, round(avg(value), 2) AS value, round(avg(target), 2) AS target,
      count(*) AS units, sum(kind = 'negativ') AS short,
      CASE WHEN count(kind) = 0 THEN NULL WHEN sum(kind = 'negativ') THEN 'negativ'
           WHEN sum(kind = 'positiv') THEN 'positiv' ELSE 'ingen' END AS verdict
    FROM measured GROUP BY indicator, period_start, period_end),
  story AS (
    SELECT o.*, lag(o.value) OVER before AS earlier,
      row_number() OVER (PARTITION BY o.indicator ORDER BY o.period_end DESC, o.period_start) AS back
    FROM outcome o WINDOW before AS (PARTITION BY o.indicator ORDER BY o.period_end, o.period_start DESC))"""
TREND = """CASE WHEN o.earlier IS NULL THEN NULL WHEN o.value = o.earlier THEN 'oförändrat'
  WHEN (o.value > o.earlier) = (i.better = 'högre') THEN 'bättre' ELSE 'sämre' END"""
VALUE, TARGET, KIND = "measurement.value", "measurement.target indicator.target", "measurement.deviation_kind"
PERIODS = "measurement.period_start measurement.period_end"

VISION = Table(
    "vision",
    "Vision och värdeord",
    "Vad kommunen vill och står för: vision, värdeord och grundläggande värderingar.",
    Publish.OPEN,
    (
        Column("slag", "Slag", "vision.kind"),
        Column("namn", "Namn", "vision.name"),
        Column("text", "Text", "vision.text"),
        Column("forhallningssatt", "Förhållningssätt", "vision.approach"),
        Column("arbetssatt", "Arbetssätt", "vision.way_of_working"),
        Column("beslutad_i", "Beslutad i", "vision.decided_in"),
    ),
    """SELECT v.kind, v.name, v.text, v.approach, v.way_of_working, v.decided_in, v.ref AS _ref FROM vision v
        ORDER BY v.kind <> 'vision', v.kind <> 'värdeord', v.name_sort, v.id""",
    entity="vision",
    grain="en vision, ett värdeord eller en värdering",
)

GOALS = Table(
    "mal",
    "Mål",
    "Målen som gäller: på vilken nivå, under vilket mål de hör, vem som ansvarar och när de beslutades.",
    Publish.OPEN,
    (
        key("mal_id", "Målets märke"),
        order("nr", "Nr", "goal.number"),
        Column("titel", "Mål", "goal.title"),
        Column("beskrivning", "Beskrivning", "goal.text"),
        Column("niva", "Nivå", "goal.level"),
        Column("overordnat", "Överordnat mål", "goal.title"),
        key("overordnat_id", "Överordnat måls märke"),
        Column("fokusomrade", "Fokusområde", "focus_area.name"),
        Column("perspektiv", "Perspektiv", "focus_area.name"),
        Column("inriktning", "Inriktning", "goal.direction"),
        Column("enhet", "Enhet", "unit.name"),
        Column("ansvarig", "Ansvarig", "role.name"),
        order("ar_fran", "Från år", "goal.year_from"),
        order("ar_till", "Till år", "goal.year_to"),
        day("beslut", "Beslutat", "meeting.held_on"),
        Column("paragraf", "Paragraf", "decision.paragraph"),
        key("beslut_id", "Beslutets märke"),
        number("indikatorer", "Indikatorer", "indicator.goal"),
    ),
    f"""SELECT {keyed("g")}, g.number, g.title, g.text, g.level, o.title, {keyed("o")}, f.name, p.name, g.direction,
          u.name, r.name, g.year_from, g.year_to, m.held_on, d.paragraph, {keyed("d")},
          (SELECT count(*) FROM indicator i WHERE i.goal = g.id), g.ref AS _ref
        FROM goal g LEFT JOIN goal o ON o.id = g.parent LEFT JOIN focus_area f ON f.id = g.focus_area
        LEFT JOIN focus_area p ON p.id = g.perspective LEFT JOIN unit u ON u.id = g.unit
        LEFT JOIN role r ON r.id = g.responsible_role LEFT JOIN decision d ON d.id = g.decision
        LEFT JOIN meeting m ON m.id = d.meeting
        WHERE g.status = 'fastställt' ORDER BY g.number IS NULL, g.number, g.title_sort, g.id""",
    entity="goal",
    through="goal.status",
    grain="ett fastställt mål",
)

OUTCOME = Table(
    "malutfall",
    "Mål och utfall",
    "Varje indikators utfall mot sitt målvärde, period för period. Har flera enheter mätt är utfallet deras "
    "medelvärde, och bedömningen är negativ om någon av dem inte når målvärdet.",
    Publish.OPEN,
    (
        key("mal_id", "Målets märke"),
        Column("mal", "Mål", "goal.title"),
        key("indikator_id", "Indikatorns märke"),
        Column("indikator", "Indikator", "indicator.name"),
        Column("matt", "Mått", "indicator.unit_of_measure"),
        Column("battre", "Bättre är", "indicator.better"),
        Column("period", "Period", PERIODS),
        day("period_slut", "Periodens slut", "measurement.period_end"),
        decimal("mal_varde", "Målvärde", TARGET, "Periodens eget målvärde, annars indikatorns.", "indikatorns mått"),
        decimal("utfall", "Utfall", VALUE, "", "indikatorns mått"),
        Column("bedomning", "Bedömning", KIND, description="Positiv eller negativ avvikelse från målvärdet."),
        decimal("foregaende", "Föregående", VALUE, "Utfallet perioden före.", "indikatorns mått"),
        Column("trend", "Trend", f"{VALUE} indicator.better", description="Mot perioden före."),
        number("enheter", "Enheter", VALUE, "Så många har mätt."),
        number("enheter_under", "Når inte målet", KIND, "Så många av dem når inte målvärdet."),
    ),
    f"""{OUTCOMES} SELECT {keyed("g")}, g.title, {keyed("i")}, i.name, i.unit_of_measure, i.better, o.period,
          o.period_end, coalesce(o.target, CAST(i.target AS REAL)), o.value, o.verdict, o.earlier, {TREND},
          ifnull(o.units, 0), ifnull(o.short, 0), i.ref AS _ref
        FROM indicator i LEFT JOIN goal g ON g.id = i.goal AND g.status = 'fastställt'
        LEFT JOIN story o ON o.indicator = i.id
        ORDER BY g.number IS NULL, g.number, g.title_sort, i.name_sort, i.id, o.period_end DESC, o.period_start""",
    entity="measurement",
    through="goal.status goal.number",
    grain="en indikator och en period; en indikator som inte är mätt har en rad utan period",
)

INDICATORS = Table(
    "indikatorer",
    "Indikatorer",
    "Vad som mäts och hur: definition, målvärde, källa, och det senaste utfallet.",
    Publish.OPEN,
    (
        key("indikator_id", "Indikatorns märke"),
        Column("indikator", "Indikator", "indicator.name"),
        Column("mal", "Mål", "goal.title"),
        Column("del", "Del", "indicator.part"),
        Column("definition", "Definition", "indicator.definition"),
        Column("matt", "Mått", "indicator.unit_of_measure"),
        Column("battre", "Bättre är", "indicator.better"),
        decimal("mal_varde", "Målvärde", TARGET, "", "indikatorns mått"),
        Column("mats", "Mäts varje", "indicator.frequency"),
        Column("kalla", "Källa", "indicator.source_system"),
        Column("kolada", "Nyckeltal i Kolada", "indicator.kolada_id"),
        day("bestamd", "Bestämd", "indicator.decided_on"),
        Column("period", "Senaste period", PERIODS),
        decimal("utfall", "Senaste utfall", VALUE, "", "indikatorns mått"),
        Column("bedomning", "Bedömning", KIND),
        Column("trend", "Trend", f"{VALUE} indicator.better", description="Mot perioden före."),
    ),
    f"""{OUTCOMES} SELECT {keyed("i")}, i.name, g.title, i.part, i.definition, i.unit_of_measure, i.better,
          coalesce(o.target, CAST(i.target AS REAL)), i.frequency, i.source_system, i.kolada_id, i.decided_on,
          o.period, o.value, o.verdict, {TREND}, i.ref AS _ref
        FROM indicator i LEFT JOIN goal g ON g.id = i.goal AND g.status = 'fastställt'
        LEFT JOIN story o ON o.indicator = i.id AND o.back = 1 ORDER BY i.name_sort, i.id""",
    entity="indicator",
    through="goal.status",
    grain="en indikator",
)

MEASUREMENTS = Table(
    "matvarden",
    "Mätvärden per enhet",
    "Varje mätning: enhet, period, utfall och målvärde.",
    Publish.OPEN,
    (
        Column("indikator", "Indikator", "indicator.name"),
        Column("enhet", "Enhet", "unit.name"),
        Column("period", "Period", PERIODS),
        day("period_start", "Från", "measurement.period_start"),
        day("period_slut", "Till", "measurement.period_end"),
        decimal("utfall", "Utfall", VALUE, "", "indikatorns mått"),
        decimal("mal_varde", "Målvärde", "measurement.target", "", "indikatorns mått"),
        decimal("skillnad", "Skillnad", "measurement.gap", "Utfallet minus målvärdet.", "indikatorns mått"),
        Column("bedomning", "Bedömning", f"{KIND} indicator.better"),
        Column("kalla", "Källa", "measurement.source"),
    ),
    f"""SELECT i.name, ifnull(u.name, 'hela verksamheten'), {PERIOD}, t.period_start, t.period_end,
          CAST(t.value AS REAL), CAST(t.target AS REAL), round(CAST(t.value AS REAL) - CAST(t.target AS REAL), 6),
          {DEVIATION_KIND}, t.source, t.ref AS _ref
        FROM measurement t JOIN indicator i ON i.id = t.indicator LEFT JOIN unit u ON u.id = t.unit
        ORDER BY i.name_sort, t.period_end DESC, u.name_sort, t.id""",
    entity="measurement",
    grain="en indikator, en enhet och en period",
)

COMPARISONS = Table(
    "jamforelser",
    "Jämförelsevärden",
    "Andras värden på våra indikatorer, ur register och öppna jämförelser.",
    Publish.OPEN,
    (
        key("indikator_id", "Indikatorns märke"),
        Column("indikator", "Indikator", "indicator.name"),
        Column("jamfors_med", "Jämförs med", "comparison_value.compared_with"),
        Column("namn", "Vem", "comparison_value.name"),
        Column("kommunkod", "Kommunkod", "comparison_value.municipality_code"),
        Column("period", "Period", "comparison_value.period"),
        decimal("varde", "Värde", "comparison_value.value", "", "indikatorns mått"),
    ),
    f"""SELECT {keyed("i")}, i.name, c.compared_with, c.name, c.municipality_code, c.period, CAST(c.value AS REAL),
          c.ref AS _ref
        FROM comparison_value c JOIN indicator i ON i.id = c.indicator
        ORDER BY i.name_sort, c.period DESC, c.compared_with, c.name, c.id""",
    entity="comparison_value",
    grain="ett värde",
)

COMMITMENTS = Table(
    "ataganden",
    "Åtaganden och kvalitetsgarantier",
    "Vad verksamheten har lovat, och om det är uppfyllt.",
    Publish.OPEN,
    (
        Column("slag", "Slag", "commitment.kind"),
        Column("atagande", "Åtagande", "commitment.text"),
        Column("enhet", "Enhet", "unit.name"),
        order("ar", "År", "commitment.year"),
        key("mal_id", "Målets märke"),
        Column("mal", "Mål", "goal.title"),
        Column("uppfyllelse", "Uppfyllt", "commitment.fulfilment"),
        day("foljt_upp", "Följt upp", "commitment.followed_up_on"),
        day("beslut", "Beslutat", "meeting.held_on"),
        Column("paragraf", "Paragraf", "decision.paragraph"),
    ),
    f"""SELECT t.kind, t.text, u.name, t.year, {keyed("g")}, g.title, ifnull(t.fulfilment, 'ej bedömt'),
          t.followed_up_on, m.held_on, d.paragraph, t.ref AS _ref
        FROM commitment t LEFT JOIN unit u ON u.id = t.unit LEFT JOIN goal g ON g.id = t.goal
        LEFT JOIN decision d ON d.id = t.decision LEFT JOIN meeting m ON m.id = d.meeting
        ORDER BY t.year DESC, t.kind, u.name_sort, t.id""",
    entity="commitment",
    grain="ett åtagande",
)

SURVEYS = Table(
    "undersokningar",
    "Undersökningar och enkäter",
    "Vilka undersökningar verksamheten deltar i, vem som gör dem och när de redovisades. Inga svar.",
    Publish.OPEN,
    (
        Column("undersokning", "Undersökning", "survey.name"),
        Column("slag", "Slag", "survey.kind"),
        Column("enhet", "Enhet", "unit.name"),
        Column("bestallare", "Beställare", "survey.orderer"),
        Column("utforare", "Utförs av", "survey.performer"),
        Column("period", "Period", "survey.period"),
        Column("ansvarig", "Ansvarig", "role.name"),
        day("redovisad", "Redovisad", "survey.reported_on"),
    ),
    """SELECT t.name, t.kind, u.name, t.orderer, t.performer, t.period, r.name, t.reported_on, t.ref AS _ref
        FROM survey t LEFT JOIN unit u ON u.id = t.unit LEFT JOIN role r ON r.id = t.responsible_role
        ORDER BY t.period DESC, t.name_sort, t.id""",
    entity="survey",
    grain="en undersökning",
)

PLANS = Table(
    "planer",
    "Verksamhetsplaner och andra planer",
    "Planer som är fastställda, när de beslutades och när de ska följas upp.",
    Publish.OPEN,
    (
        Column("plan", "Plan", "plan.title"),
        Column("slag", "Slag", "plan.kind"),
        Column("enhet", "Enhet", "unit.name"),
        order("ar", "År", "plan.year"),
        day("beslut", "Beslutad", "meeting.held_on"),
        Column("paragraf", "Paragraf", "decision.paragraph"),
        day("folj_upp", "Följs upp senast", "plan.follow_up_due"),
    ),
    """SELECT t.title, t.kind, u.name, t.year, m.held_on, d.paragraph, t.follow_up_due, t.ref AS _ref
        FROM plan t LEFT JOIN unit u ON u.id = t.unit LEFT JOIN decision d ON d.id = t.decision
        LEFT JOIN meeting m ON m.id = d.meeting WHERE t.status <> 'utkast' ORDER BY t.year DESC, t.title_sort, t.id""",
    entity="plan",
    through="plan.status",
    grain="en plan",
)

ACTIVITIES = Table(
    "malaktiviteter",
    "Aktiviteter till målen",
    "Vad enheterna gör för att nå målen, och om det är gjort.",
    Publish.COMMITTEE,
    (
        key("mal_id", "Målets märke"),
        Column("mal", "Mål", "goal.title"),
        Column("aktivitet", "Aktivitet", "goal_activity.text"),
        Column("enhet", "Enhet", "unit.name"),
        Column("ansvarig", "Ansvarig", "role.name"),
        day("senast", "Senast", "goal_activity.due"),
        day("klar", "Klar", "goal_activity.done_on"),
        Column("lage", "Läge", "goal_activity.status goal_activity.due"),
    ),
    f"""SELECT {keyed("g")}, g.title, t.text, u.name, r.name, t.due, t.done_on,
          CASE WHEN t.status = 'klar' OR t.done_on IS NOT NULL THEN 'klar' WHEN t.due < :today THEN 'försenad'
               ELSE t.status END, t.ref AS _ref
        FROM goal_activity t JOIN goal g ON g.id = t.goal LEFT JOIN unit u ON u.id = t.unit
        LEFT JOIN role r ON r.id = t.responsible_role ORDER BY g.title_sort, t.due IS NULL, t.due, t.id""",
    entity="goal_activity",
    grain="en aktivitet",
)

TABLES = (
    VISION, GOALS, OUTCOME, INDICATORS, MEASUREMENTS, COMPARISONS, COMMITMENTS, SURVEYS, PLANS, ACTIVITIES,
)  # fmt: skip
