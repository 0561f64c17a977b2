"""Overviews of what is followed up: self-checks, reviews, complaints, allotted risks, the management review."""

from __future__ import annotations

import sqlite3

from lsk.complaint_cycle import DEPARTMENTS
from lsk.overviews import Asked, Row, overview, rows, within


@overview("egenkontroller", "Årets egenkontroller efter metod, för varje enhet: planerade och gjorda.", "V47 V46 J19")
def self_checks(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """V47: for each unit the methods of the municipality, and how many rounds were planned and done in the year."""
    return rows(
        db,
        f"""SELECT u.name AS enhet, c.number AS nr, c.value AS metod, count(r.id) AS planerade,
             count(r.done_on) AS gjorda
           FROM unit u JOIN choice_value c ON c.list = 'self_check_methods'
           LEFT JOIN self_check s ON s.unit = u.id AND s.method = c.value
           LEFT JOIN self_check_round r ON r.self_check = s.id AND r.due BETWEEN :first AND :last
           WHERE u.id = :unit OR {within("u.id")} AND EXISTS (SELECT 1 FROM self_check k WHERE k.unit = u.id)
           GROUP BY u.id, c.id ORDER BY u.name_sort, c.number""",
        asked,
    )


@overview("genomgång", "Underlagen till årets genomgång av ledningssystemet, i ordning.", "V57 V58 V59")
def management_inputs(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """V58: the inputs of the template, what has been written on each, and what was decided before and its status."""
    found = rows(
        db,
        """SELECT s.number AS nr, s.heading AS underlag, coalesce(i.content, i.comment) AS innehåll,
             s.figures AS siffror
           FROM report_template m JOIN report_template_section s ON s.template = m.id
           LEFT JOIN management_review g ON g.year = :year
           LEFT JOIN management_review_input i ON i.management_review = g.id AND i.number = s.number
           WHERE m.kind = 'ledningens genomgång' ORDER BY s.number""",
        asked,
    )
    earlier = rows(
        db,
        """SELECT a.text || ' (' || ifnull(a.kind || ', ', '') || a.status || ')' AS decided
           FROM action a JOIN management_review g ON g.id = a.origin WHERE g.year < :year ORDER BY g.year, a.ref""",
        asked,
    )
    decided = "; ".join(row["decided"] for row in earlier) or None
    return [
        {"nr": r["nr"], "underlag": r["underlag"], "innehåll": r["innehåll"],
         "från tidigare": decided if r["siffror"] == "atgarder_fran_genomgangar" else None}
        for r in found
    ]  # fmt: skip


@overview(
    "klagomål", "Årets synpunkter och klagomål per avdelning: antal, ej åtgärdade, nya behov.", "T18 T48 T53 T55 V56"
)
def complaints(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T55: counts for each department, those not acted on, and new or unmet needs (T53). No text from any of them."""
    return rows(
        db,
        f"""{DEPARTMENTS} SELECT u.name AS avdelning, count(*) AS antal,
              count(*) FILTER (WHERE t.status NOT IN ('uppföljd', 'avslutad')
                AND NOT EXISTS (SELECT 1 FROM action a WHERE a.origin = t.id)) AS "ej åtgärdade",
              count(*) FILTER (WHERE t.unmet_need = 1) AS "nya eller ej tillgodosedda behov"
            FROM deviation t JOIN department d ON d.unit = t.unit JOIN unit u ON u.id = d.id
            WHERE t.kind IN ('klagomål', 'synpunkt') AND t.received_on BETWEEN :first AND :last
              AND {within("t.unit")}
            GROUP BY u.id ORDER BY u.name_sort""",
        asked,
    )


@overview(
    "uppföljning", "Enheter som omfattas av verksamhetsuppföljningen, och vem som får årets resultat.", "J30 J31 J33"
)
def follow_ups(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """J31 J33: units with individual plans, by form of operation; where the result goes follows the form."""
    return rows(
        db,
        """SELECT u.name AS enhet, u.operation_form AS driftform, ifnull(g.reported_to, s.value) AS mottagare,
             g.done_on AS gjord, g.reported_on AS redovisad
           FROM unit u LEFT JOIN setting s ON s.key = 'review_recipient_' || replace(lower(u.operation_form), ' ', '_')
           LEFT JOIN review g ON g.unit = u.id AND g.kind = 'verksamhetsuppföljning' AND g.year = :year
           WHERE u.has_individual_plan = 1 AND (:unit IS NULL OR u.id = :unit) ORDER BY u.operation_form,
             u.name_sort""",
        asked,
    )


@overview("tilldelade", "Risker som är tilldelade en enhet, med läge och åtgärder; de öppna först.", "H19 H22")
def allotted_risks(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """H22: what was allotted to whom, how far it has come, and how many of its actions remain."""
    return rows(
        db,
        """SELECT u.name AS enhet, t.description AS risk, t.status AS läge, count(a.id) AS åtgärder,
             count(a.id) FILTER (WHERE a.status IN ('genomförd', 'uppföljd', 'avslutad')) AS genomförda,
             iif(t.status = 'stängd', 'stängd', 'öppen') AS kvar
           FROM risk t JOIN unit u ON u.id = t.allotted_to LEFT JOIN action a ON a.origin = t.id
             AND a.status <> 'avslagen'
           WHERE :unit IS NULL OR u.id = :unit GROUP BY t.id ORDER BY kvar DESC, u.name_sort, t.ref""",
        asked,
    )
