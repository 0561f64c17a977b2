"""Published of improvement: actions in numbers, and one by one where a political body has decided on them."""

from __future__ import annotations

from lsk.model.improvement import action
from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day, key, keyed, number, order

MATRIX = "matrix_quadrant.resource_input matrix_quadrant.improvement"
STEPS = " ".join(action.workflow.steps) if action.workflow else ""
DONE = "(a.done_on IS NOT NULL OR a.status IN ('genomförd', 'uppföljd', 'avslutad'))"

ACTIONS = Table(
    "atgarder",
    "Åtgärder efter läge",
    "Hur många åtgärder som finns i varje steg, hur gamla de är och var de ligger i prioriteringsmatrisen.",
    Publish.COMMITTEE,
    (
        Column("status", "Status", "action.status"),
        Column("alder", "Ålder", "action.proposed_on"),
        Column("resursinsats", "Resursinsats", "action.resource_input"),
        Column("forbattring", "Förbättring", "action.improvement"),
        Column("ruta", "Ruta i matrisen", "action.quadrant matrix_quadrant.label"),
        number("antal", "Antal", "action.status"),
    ),
    f"""SELECT a.status,
          CASE WHEN a.proposed_on IS NULL THEN 'okänd'
               WHEN a.proposed_on >= date(:today, '-3 months') THEN 'högst 3 månader'
               WHEN a.proposed_on >= date(:today, '-1 year') THEN '3 till 12 månader' ELSE 'över ett år' END AS alder,
          a.resource_input, a.improvement, q.label, count(*)
        FROM action a
        LEFT JOIN matrix_quadrant q ON q.resource_input = a.resource_input AND q.improvement = a.improvement
        GROUP BY 1, 2, 3, 4, 5
        ORDER BY instr('{STEPS}', a.status), max(a.proposed_on) DESC, 3, 4""",
    entity="action",
    through=MATRIX,
    grain="ett steg, en ålder och en ruta i matrisen",
)

BY_UNIT = Table(
    "atgarder_enhet",
    "Åtgärder per enhet",
    "Hur många åtgärder varje enhet har, hur många som är klara eller försenade, och vilken effekt de fick.",
    Publish.COMMITTEE,
    (
        Column("enhet", "Enhet", "unit.name"),
        number("alla", "Alla", "action.status"),
        number("klara", "Klara", "action.status action.done_on"),
        number("forsenade", "Försenade", "action.due action.status action.done_on"),
        number("effekt_ja", "Full effekt", "action.effect"),
        number("effekt_delvis", "Delvis effekt", "action.effect"),
        number("effekt_nej", "Ingen effekt", "action.effect"),
    ),
    f"""SELECT u.name, count(*), sum({DONE}), sum(NOT {DONE} AND ifnull(a.due < :today, 0)),
          count(*) FILTER (WHERE a.effect = 'ja'), count(*) FILTER (WHERE a.effect = 'delvis'),
          count(*) FILTER (WHERE a.effect = 'nej')
        FROM action a JOIN unit u ON u.id = a.unit WHERE a.status <> 'avslagen'
        GROUP BY u.id ORDER BY u.name_sort, u.id""",
    entity="action",
    grain="en enhet",
)

ORIGINS = {
    "avvikelse": "deviation", "risk": "risk", "egenkontroll": "self_check_round", "internkontroll": "control_result",
    "analys": "analysis", "utredning": "investigation", "granskning": "review_finding",
    "ledningens genomgång": "management_review", "mätning": "measurement", "mål": "goal", "beslut": "decision",
}  # fmt: skip
ORIGIN = " ".join(f"WHEN a.origin IN (SELECT id FROM {entity}) THEN '{word}'" for word, entity in ORIGINS.items())

SOURCES = Table(
    "atgarder_ursprung",
    "Var åtgärderna kommer ifrån",
    "Hur många åtgärder som kommer ur risker, egenkontroller, granskningar med mera, år för år.",
    Publish.COMMITTEE,
    (
        order("ar", "År", "action.proposed_on"),
        Column("ursprung", "Ursprung", "action.status"),
        number("antal", "Antal", "action.proposed_on"),
        number("klara", "Klara", "action.status action.done_on"),
    ),
    f"""SELECT CAST(substr(a.proposed_on, 1, 4) AS INTEGER) AS ar, CASE {ORIGIN} ELSE 'ej angivet' END AS ursprung,
          count(*), sum({DONE}) FROM action a WHERE a.status <> 'avslagen'
        GROUP BY 1, 2 ORDER BY 1 DESC, 3 DESC, 2""",
    entity="action",
    through="action.origin",
    grain="ett år och ett ursprung",
)

DECIDED = Table(
    "atgarder_uppfoljning",
    "Beslutade åtgärder och deras uppföljning",
    "Åtgärder som ett politiskt organ har beslutat om: när de ska vara klara, om de är det, och vilken effekt de fått.",
    Publish.COMMITTEE,
    (
        Column("atgard", "Åtgärd", "action.text"),
        Column("enhet", "Enhet", "unit.name"),
        Column("ansvarig", "Ansvarig", "role.name"),
        day("beslutad", "Beslutad", "meeting.held_on"),
        Column("paragraf", "Paragraf", "decision.paragraph"),
        day("senast", "Klar senast", "action.due"),
        day("klar", "Klar", "action.done_on"),
        Column("status", "Status", "action.status"),
        Column("lage", "Läge", "action.due action.done_on action.status"),
        day("foljdes_upp", "Senast uppföljd", "action_followup.followed_up_on"),
        Column("effekt", "Effekt", "action.effect"),
        Column("ruta", "Ruta i matrisen", "action.quadrant matrix_quadrant.label"),
        key("atgard_id", "Åtgärdens märke"),
        key("beslut_id", "Beslutets märke"),
    ),
    f"""SELECT a.text, u.name, r.name, m.held_on, d.paragraph, a.due, a.done_on, a.status,
          CASE WHEN a.status = 'avslagen' THEN 'avslagen' WHEN {DONE} THEN 'klar'
               WHEN a.due < :today THEN 'försenad' ELSE 'pågår' END,
          (SELECT max(f.followed_up_on) FROM action_followup f WHERE f.action = a.id), a.effect, q.label,
          {keyed("a")}, {keyed("d")}, a.ref AS _ref
        FROM action a JOIN decision d ON d.id = a.decision JOIN meeting m ON m.id = d.meeting
        LEFT JOIN unit u ON u.id = a.unit LEFT JOIN role r ON r.id = a.responsible_role
        LEFT JOIN matrix_quadrant q ON q.resource_input = a.resource_input AND q.improvement = a.improvement
        ORDER BY a.due IS NULL, a.due, a.id""",
    entity="action",
    through=f"action_followup.action action.resource_input action.improvement {MATRIX}",
    grain="en åtgärd som ett politiskt organ har beslutat om",
)

TABLES = (ACTIONS, BY_UNIT, SOURCES, DECIDED)
