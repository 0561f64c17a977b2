"""What is published, table by table. A field that is not named here, and marked in the model, does not leave the file.

Counts of the organisation's own work (checks, actions, obligations, risks) point at no client and are shown as they
are. Counts of what has happened to people are cubes (``deviations``) and are protected.
"""

from __future__ import annotations

from lsk.model.improvement import action
from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day, number, order

NAMED_PROVISION = "provision.designation statute.short_name statute.number"
SPELT = "s.short_name || ' (' || s.number || ') ' || p.designation"

MATRIX = "matrix_quadrant.resource_input matrix_quadrant.improvement"
STEPS = " ".join(action.workflow.steps) if action.workflow else ""

DUTIES = Table(
    "ansvarsfordelning",
    "Ansvarsfördelning",
    "Vem som ansvarar för vad i ledningssystemet: varje roll med sina uppgifter.",
    Publish.OPEN,
    (
        Column("roll", "Roll", "role.name"),
        order("nr", "Nr", "duty.number"),
        Column("slag", "Slag", "duty.kind"),
        Column("uppgift", "Uppgift", "duty.text"),
        Column("kan_delegeras", "Kan delegeras", "duty.delegable"),
        Column("lagrum", "Lagrum", NAMED_PROVISION),
        Column("krav", "Krav", "duty.requirements"),
    ),
    f"""SELECT r.name, d.number, d.kind, d.text, CASE d.delegable WHEN 1 THEN 'ja' WHEN 0 THEN 'nej' END,
          {SPELT}, d.requirements, d.ref AS _ref
        FROM duty d JOIN role r ON r.id = d.role LEFT JOIN provision p ON p.id = d.provision
        LEFT JOIN statute s ON s.id = p.statute ORDER BY r.name_sort, d.number, d.id""",
    entity="duty",
)

DOCUMENTS = Table(
    "gallande_styrdokument",
    "Gällande styrdokument",
    "Fastställda versioner: vem som beslutat, när de gäller och när de ska ses över.",
    Publish.OPEN,
    (
        Column("dokument", "Dokument", "document.title"),
        Column("slag", "Slag", "document.kind"),
        Column("amne", "Ämne", "document.topic"),
        Column("galler_for", "Gäller för", "unit.name"),
        Column("version", "Version", "document_version.version_number"),
        Column("beslutat_av", "Beslutat av", "role.name"),
        day("beslutat", "Beslutat", "document_version.decided_on"),
        day("galler_fran", "Gäller från", "document_version.valid_from"),
        day("ses_over", "Ses över senast", "document_version.next_review"),
        Column("lage", "Läge", "document_version.next_review"),
    ),
    """SELECT d.title, d.kind, d.topic, u.name, v.version_number, r.name, v.decided_on, v.valid_from, v.next_review,
          CASE WHEN v.next_review < :today THEN 'ska ses över' ELSE 'gäller' END, v.ref AS _ref
        FROM document_version v JOIN document d ON d.id = v.document LEFT JOIN unit u ON u.id = d.unit
        LEFT JOIN role r ON r.id = v.decided_by WHERE v.status = 'fastställd' ORDER BY d.title_sort, v.id""",
    entity="document_version",
    through="document_version.status",
)

OBLIGATIONS = Table(
    "arshjul",
    "Årshjul",
    "Vad som ska göras varje år, av vem, till vem, och om det är gjort.",
    Publish.OPEN,
    (
        Column("uppgift", "Uppgift", "obligation.name"),
        Column("period", "Period", "occurrence.period"),
        Column("enhet", "Enhet", "unit.name"),
        Column("ansvarig", "Ansvarig", "role.name"),
        Column("mottagare", "Mottagare", "role.name"),
        Column("kraft", "Ska eller bör", "obligation.force"),
        day("senast", "Senast", "occurrence.due"),
        day("klart", "Klart", "occurrence.done_on"),
        Column("lage", "Läge", "occurrence.due occurrence.done_on"),
        Column("mottagarens_slag", "Mottagarens slag", "role.kind"),
    ),
    """SELECT o.name, c.period, u.name, a.name, m.name, o.force, c.due, c.done_on,
          CASE WHEN c.done_on IS NOT NULL THEN 'klart' WHEN c.due IS NULL THEN 'utan datum'
               WHEN c.due < :today THEN 'försenat' ELSE 'kommande' END, m.kind, c.ref AS _ref
        FROM occurrence c JOIN obligation o ON o.id = c.obligation LEFT JOIN unit u ON u.id = c.unit
        LEFT JOIN role a ON a.id = o.responsible_role LEFT JOIN role m ON m.id = o.recipient
        ORDER BY c.due IS NULL, c.due, o.name_sort, u.name_sort, c.id""",
    entity="occurrence",
)

DECISIONS = Table(
    "beslut_och_uppfoljning",
    "Beslut och vad som hände sedan",
    "Beslut i de politiska organen, när de ska följas upp och vad de ledde till.",
    Publish.OPEN,
    (
        day("sammantrade", "Sammanträde", "meeting.held_on"),
        Column("organ", "Organ", "role.name"),
        Column("paragraf", "Paragraf", "decision.paragraph"),
        Column("beslut", "Beslut", "decision.text"),
        Column("slag", "Slag", "decision.kind"),
        day("folj_upp_senast", "Följ upp senast", "decision.follow_up_due"),
        day("uppfoljt", "Uppföljt", "decision.followed_up_on"),
        Column("utfall", "Utfall", "decision.outcome"),
        Column("lage", "Läge", "decision.follow_up_due decision.followed_up_on"),
    ),
    """SELECT m.held_on, r.name, d.paragraph, d.text, d.kind, d.follow_up_due, d.followed_up_on, d.outcome,
          CASE WHEN d.followed_up_on IS NOT NULL THEN 'uppföljt'
               WHEN d.follow_up_due < :today THEN 'uppföljning försenad'
               WHEN d.follow_up_due IS NOT NULL THEN 'följs upp' ELSE 'ingen uppföljning bestämd' END, d.ref AS _ref
        FROM decision d JOIN meeting m ON m.id = d.meeting LEFT JOIN role r ON r.id = m.body
        ORDER BY m.held_on DESC, d.paragraph, d.id""",
    entity="decision",
)

PROVISIONS = Table(
    "lagrum",
    "Lagrum",
    "De bestämmelser som ledningssystemet bygger på, med giltighet och vad de ersatts av.",
    Publish.OPEN,
    (
        Column("forfattning", "Författning", "statute.short_name"),
        Column("nummer", "Nummer", "statute.number"),
        Column("lagrum", "Lagrum", "provision.designation"),
        Column("rubrik", "Rubrik", "provision.heading"),
        Column("bindning", "Slag", "provision.binding"),
        day("galler_fran", "Gäller från", "provision.valid_from"),
        day("galler_till", "Gäller till", "provision.valid_to"),
        Column("ersatt_av", "Ersatt av", NAMED_PROVISION),
        Column("sakerhet", "Kontrollerat", "provision.certainty"),
    ),
    """SELECT s.short_name, s.number, p.designation, p.heading, p.binding, p.valid_from, p.valid_to,
          bs.short_name || ' (' || bs.number || ') ' || b.designation, p.certainty, p.ref AS _ref
        FROM provision p JOIN statute s ON s.id = p.statute LEFT JOIN provision b ON b.id = p.became
        LEFT JOIN statute bs ON bs.id = b.statute ORDER BY s.short_name_sort, s.number, p.ref, p.id""",
    entity="provision",
)

FULFILMENT = Table(
    "kravuppfyllnad",
    "Krav och hur de uppfylls",
    "Varje krav på ledningssystemet, hur det tillämpas, vem som ansvarar och hur långt det kommit.",
    Publish.COMMITTEE,
    (
        Column("krav", "Krav", "requirement.code"),
        Column("kravtext", "Kravets innehåll", "requirement.text"),
        Column("kraft", "Ska eller bör", "requirement.force"),
        Column("enhet", "Enhet", "unit.name"),
        Column("tillampning", "Så gör vi", "application.text"),
        Column("ansvarig", "Ansvarig", "role.name"),
        Column("uppfyllnad", "Uppfyllnad", "application.fulfilment"),
        day("bedomt", "Bedömt", "application.assessed_on"),
    ),
    """SELECT k.code, k.text, k.force, u.name, t.text, r.name, ifnull(t.fulfilment, 'ej bedömt'), t.assessed_on,
          ifnull(t.ref, k.ref) AS _ref
        FROM requirement k LEFT JOIN application t ON t.requirement = k.id LEFT JOIN unit u ON u.id = t.unit
        LEFT JOIN role r ON r.id = t.responsible_role ORDER BY length(k.code), k.code_sort, u.name_sort, k.id, t.id""",
    entity="requirement",
)

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
    through="risk.scale risk.probability risk.consequence "
    "risk_score.scale risk_score.probability risk_score.consequence risk_score.score risk_score.band",
)

CHECKS = Table(
    "egenkontroller",
    "Egenkontroller per enhet och år",
    "Omgångar som planerats, gjorts och blivit sena. Andelen är de som gjordes i tid, av dem vars dag har kommit.",
    Publish.COMMITTEE,
    (
        order("ar", "År", "self_check_round.due"),
        Column("enhet", "Enhet", "unit.name"),
        number("planerade", "Planerade", "self_check_round.due"),
        number("gjorda", "Gjorda", "self_check_round.done_on"),
        number("sena", "Sena", "self_check_round.due self_check_round.done_on"),
        Column("andel", "Gjorda i tid, %", "self_check_round.due self_check_round.done_on", kind="share"),
    ),
    """SELECT CAST(substr(o.due, 1, 4) AS INTEGER) AS ar, ifnull(u.name, 'hela verksamheten'),
          count(*), count(o.done_on), sum(o.done_on IS NULL AND o.due < :today),
          round(100.0 * sum(o.done_on <= o.due) / nullif(sum(o.due < :today OR o.done_on IS NOT NULL), 0), 1)
        FROM self_check_round o JOIN self_check e ON e.id = o.self_check LEFT JOIN unit u ON u.id = e.unit
        GROUP BY ar, u.id ORDER BY ar DESC, u.name_sort""",
    entity="self_check_round",
)

ROUNDS = Table(
    "egenkontroll_omgangar",
    "Egenkontroller, omgång för omgång",
    "Varje planerad omgång: vad som kontrolleras, var, när den skulle ha gjorts och om den är gjord.",
    Publish.COMMITTEE,
    (
        Column("enhet", "Enhet", "unit.name"),
        Column("egenkontroll", "Egenkontroll", "self_check.name"),
        Column("metod", "Metod", "self_check.method"),
        Column("period", "Period", "self_check_round.period"),
        Column("ansvarig", "Ansvarig", "role.name"),
        day("senast", "Senast", "self_check_round.due"),
        day("gjord", "Gjord", "self_check_round.done_on"),
        Column("lage", "Läge", "self_check_round.due self_check_round.done_on"),
    ),
    """SELECT ifnull(u.name, 'hela verksamheten'), e.name, e.method, o.period, r.name, o.due, o.done_on,
          CASE WHEN o.done_on > o.due THEN 'gjord för sent' WHEN o.done_on IS NOT NULL THEN 'gjord'
               WHEN o.due < :today THEN 'sen' ELSE 'kommande' END, e.ref AS _ref
        FROM self_check_round o JOIN self_check e ON e.id = o.self_check LEFT JOIN unit u ON u.id = e.unit
        LEFT JOIN role r ON r.id = e.responsible_role ORDER BY o.due DESC, u.name_sort, e.name_sort, o.id""",
    entity="self_check_round",
)

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
        day("senast", "Klar senast", "action.due"),
        day("klar", "Klar", "action.done_on"),
        Column("status", "Status", "action.status"),
        Column("lage", "Läge", "action.due action.done_on action.status"),
        day("foljdes_upp", "Senast uppföljd", "action_followup.followed_up_on"),
        Column("effekt", "Effekt", "action.effect"),
        Column("ruta", "Ruta i matrisen", "action.quadrant matrix_quadrant.label"),
    ),
    """SELECT a.text, u.name, r.name, m.held_on, a.due, a.done_on, a.status,
          CASE WHEN a.status = 'avslagen' THEN 'avslagen'
               WHEN a.done_on IS NOT NULL OR a.status IN ('genomförd', 'uppföljd', 'avslutad') THEN 'klar'
               WHEN a.due < :today THEN 'försenad' ELSE 'pågår' END,
          (SELECT max(f.followed_up_on) FROM action_followup f WHERE f.action = a.id), a.effect, q.label, a.ref AS _ref
        FROM action a JOIN decision d ON d.id = a.decision JOIN meeting m ON m.id = d.meeting
        LEFT JOIN unit u ON u.id = a.unit LEFT JOIN role r ON r.id = a.responsible_role
        LEFT JOIN matrix_quadrant q ON q.resource_input = a.resource_input AND q.improvement = a.improvement
        ORDER BY a.due IS NULL, a.due, a.id""",
    entity="action",
    through=f"action_followup.action action.resource_input action.improvement {MATRIX}",
)

TABLES = (
    ACTIONS, DECIDED, CHECKS, ROUNDS, DECISIONS, OBLIGATIONS, RISKS, FULFILMENT, DUTIES, DOCUMENTS, PROVISIONS,
)  # fmt: skip
