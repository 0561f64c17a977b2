"""Published of governance: what the political bodies decided and asked, and what came of it."""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day, key, keyed

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
        key("beslut_id", "Beslutets märke"),
    ),
    f"""SELECT m.held_on, r.name, d.paragraph, d.text, d.kind, d.follow_up_due, d.followed_up_on, d.outcome,
          CASE WHEN d.followed_up_on IS NOT NULL THEN 'uppföljt'
               WHEN d.follow_up_due < :today THEN 'uppföljning försenad'
               WHEN d.follow_up_due IS NOT NULL THEN 'följs upp' ELSE 'ingen uppföljning bestämd' END,
          {keyed("d")}, d.ref AS _ref
        FROM decision d JOIN meeting m ON m.id = d.meeting LEFT JOIN role r ON r.id = m.body
        ORDER BY m.held_on DESC, d.paragraph, d.id""",
    entity="decision",
    grain="ett beslut",
    indexes=("sammantrade", "beslut_id"),
)

# A question has no paragraph of its own: it is tied to the decision it was noted in by a link.
QUESTIONS = Table(
    "namndfragor",
    "Frågor från nämnden",
    "Vad de politiska organen har frågat verksamheten om, i vilken paragraf, och svaret.",
    Publish.COMMITTEE,
    (
        key("fraga_id", "Frågans märke"),
        Column("organ", "Ställd av", "role.name"),
        day("fragad", "Ställd", "committee_question.asked_on"),
        Column("paragraf", "Paragraf", "decision.paragraph"),
        Column("fraga", "Fråga", "committee_question.question"),
        Column("ansvarig", "Ansvarar för svaret", "role.name"),
        day("senast", "Besvaras senast", "committee_question.due"),
        Column("svar", "Svar", "committee_question.answer"),
        day("besvarad", "Senast besvarad", "committee_question.answered_on"),
        Column("lage", "Läge", "committee_question.due committee_question.answered_on"),
        key("beslut_id", "Beslutets märke"),
    ),
    f"""SELECT {keyed("q")}, b.name, q.asked_on, d.paragraph, q.question, r.name, q.due, q.answer, q.answered_on,
          CASE WHEN q.answered_on IS NOT NULL THEN 'besvarad' WHEN q.due < :today THEN 'försenad'
               ELSE 'väntar på svar' END, {keyed("d")}, q.ref AS _ref
        FROM committee_question q JOIN role b ON b.id = q.body LEFT JOIN role r ON r.id = q.responsible_role
        LEFT JOIN decision d ON d.id = (
          SELECT min(x.id) FROM link l JOIN decision x ON x.id IN (l.source, l.target)
          WHERE q.id IN (l.source, l.target))
        ORDER BY q.asked_on DESC, q.id""",
    entity="committee_question",
    through="link.source link.target",
    grain="en fråga",
)

TABLES = (DECISIONS, QUESTIONS)
