"""Published of reviews: what was looked into, by whom in which role, and what it found."""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, day, key, keyed, number, order

REVIEWS = Table(
    "granskningar",
    "Granskningar",
    "Verksamhetens egna och andras granskningar: när de gjordes och till vem de redovisades.",
    Publish.OPEN,
    (
        key("granskning_id", "Granskningens märke"),
        Column("titel", "Granskning", "review.title"),
        Column("slag", "Slag", "review.kind"),
        Column("enhet", "Enhet", "unit.name"),
        order("ar", "År", "review.year"),
        Column("plan", "Granskningsplan", "review_plan.title"),
        Column("granskare", "Granskas av", "role.name"),
        Column("bestalld_av", "Beställd av", "review.ordered_by"),
        day("genomford", "Genomförd", "review.done_on"),
        Column("redovisad_till", "Redovisad till", "review.reported_to"),
        day("redovisad", "Redovisad", "review.reported_on"),
        Column("lage", "Läge", "review.done_on review.reported_on"),
    ),
    f"""SELECT {keyed("t")}, t.title, t.kind, u.name, t.year, p.title, r.name, t.ordered_by, t.done_on, t.reported_to,
          t.reported_on,
          CASE WHEN t.reported_on IS NOT NULL THEN 'redovisad' WHEN t.done_on IS NOT NULL THEN 'genomförd'
               WHEN t.year < CAST(substr(:today, 1, 4) AS INTEGER) THEN 'försenad' ELSE 'planerad' END, t.ref AS _ref
        FROM review t LEFT JOIN unit u ON u.id = t.unit LEFT JOIN review_plan p ON p.id = t.plan
        LEFT JOIN role r ON r.id = t.reviewer_role ORDER BY t.year DESC, t.title_sort, t.id""",
    entity="review",
    grain="en granskning",
)

RESULTS = Table(
    "granskningar_resultat",
    "Granskningarnas resultat",
    "Vad granskningarna kom fram till: styrkor, utvecklingsområden och antal iakttagelser.",
    Publish.COMMITTEE,
    (
        key("granskning_id", "Granskningens märke"),
        Column("titel", "Granskning", "review.title"),
        Column("enhet", "Enhet", "unit.name"),
        order("ar", "År", "review.year"),
        Column("status", "Status", "review.status"),
        Column("styrkor", "Styrkor", "review.strengths"),
        Column("utveckling", "Utvecklingsområden", "review.development_areas"),
        Column("resultat", "Resultat", "review.result"),
        number("iakttagelser", "Iakttagelser", "review_finding.severity"),
        number("atgarder", "Åtgärder", "action.status", "Åtgärder som kommer ur iakttagelserna."),
        number("atgarder_klara", "Varav klara", "action.status action.done_on"),
    ),
    f"""SELECT {keyed("t")}, t.title, u.name, t.year, t.status, t.strengths, t.development_areas, t.result,
          (SELECT count(*) FROM review_finding f WHERE f.review = t.id),
          count(a.id), count(a.id) FILTER (WHERE a.done_on IS NOT NULL
            OR a.status IN ('genomförd', 'uppföljd', 'avslutad')), t.ref AS _ref
        FROM review t LEFT JOIN unit u ON u.id = t.unit
        LEFT JOIN action a ON a.origin IN (SELECT f.id FROM review_finding f WHERE f.review = t.id)
          AND a.status <> 'avslagen'
        WHERE t.done_on IS NOT NULL GROUP BY t.id ORDER BY t.year DESC, t.title_sort, t.id""",
    entity="review",
    through="review.done_on review_finding.review action.origin",
    grain="en genomförd granskning",
)

MANAGEMENT = Table(
    "ledningens_genomgang",
    "Ledningens genomgång",
    "Årets genomgång av ledningssystemet: underlagen i ordning, vad de säger, och slutsatsen.",
    Publish.COMMITTEE,
    (
        order("ar", "År", "management_review.year"),
        day("genomford", "Genomförd", "management_review.held_on"),
        Column("grupp", "Arbetsgrupp", "working_group.name"),
        order("nr", "Nr", "management_review.year"),
        Column("underlag", "Underlag", "management_review_input.heading"),
        Column("innehall", "Innehåll", "management_review_input.content management_review_input.comment"),
        Column("slutsats", "Slutsats", "management_review.effectiveness"),
        Column("status", "Status", "management_review.status"),
    ),
    """SELECT g.year, g.held_on, w.name, i.number, i.heading, coalesce(i.content, i.comment), g.effectiveness, g.status,
          g.ref AS _ref
        FROM management_review g LEFT JOIN working_group w ON w.id = g.working_group
        LEFT JOIN management_review_input i ON i.management_review = g.id ORDER BY g.year DESC, i.number, i.id""",
    entity="management_review",
    through="management_review_input.management_review management_review_input.number",
    grain="ett underlag till ett års genomgång",
)

TABLES = (REVIEWS, RESULTS, MANAGEMENT)
