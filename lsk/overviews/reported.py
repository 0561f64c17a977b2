"""Overviews of what reports tell beside the counts: actions, reviews, control, surveys, causes, law, who reported."""

from __future__ import annotations

import sqlite3

from lsk.model.goals import DEVIATION_KIND
from lsk.overviews import Asked, Row, overview, rows, within


@overview("åtgärder", "Åtgärder efter typ: föreslagna, genomförda, effekt, försenade.", "R38 R52 J22 V32 V56 T30")
def actions(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """R52: how many were proposed and done in the period, and whether they helped."""
    return rows(
        db,
        f"""WITH kinds(kind, nr) AS (VALUES ('korrigerande', 1), ('förebyggande', 2), ('förbättrande', 3), (NULL, 4))
            SELECT ifnull(k.kind, 'typ ej angiven') AS typ,
              count(*) FILTER (WHERE t.proposed_on BETWEEN :first AND :last) AS föreslagna,
              count(*) FILTER (WHERE t.done_on BETWEEN :first AND :last) AS genomförda,
              count(*) FILTER (WHERE t.done_on BETWEEN :first AND :last AND t.effect = 'ja') AS "med effekt",
              count(*) FILTER (WHERE t.done_on BETWEEN :first AND :last AND t.effect = 'delvis') AS "delvis effekt",
              count(*) FILTER (WHERE t.done_on BETWEEN :first AND :last AND t.effect = 'nej') AS "utan effekt",
              count(*) FILTER (WHERE t.due BETWEEN :first AND :last AND t.due < today() AND t.done_on IS NULL
                AND t.status <> 'avslagen') AS försenade
            FROM kinds k LEFT JOIN action t ON t.kind IS k.kind AND {within("t.unit")} GROUP BY k.nr ORDER BY k.nr""",
        asked,
    )


@overview("genomgångsåtgärder", "Åtgärder som beslutades vid tidigare genomgångar, och deras läge.", "V58 V59")
def review_actions(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """V58: what the management decided in earlier years, with kind and status."""
    return rows(
        db,
        """SELECT g.year AS år, a.ref AS beteckning, a.text AS åtgärd, a.kind AS typ, a.status AS läge,
             a.due AS "ska vara klar"
           FROM action a JOIN management_review g ON g.id = a.origin WHERE g.year < :year ORDER BY g.year, a.ref""",
        asked,
    )  # fmt: skip


@overview("delaktighet", "Personalens och brukarnas medverkan: forum, vilka, hur många tillfällen.", "V56 R53")
def participation(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """V56: how often each group has taken part, in which forum."""
    return rows(
        db,
        f"""SELECT t.forum, t.who AS vilka, count(*) AS tillfällen, count(DISTINCT t.unit) AS enheter,
              max(t.held_on) AS senast
            FROM participation t WHERE t.held_on BETWEEN :first AND :last AND {within("t.unit")}
            GROUP BY t.forum, t.who ORDER BY t.forum, t.who""",
        asked,
    )


@overview("granskningar", "Årets granskningar: vem, vad, när, iakttagelser och åtgärder.", "V56 V58 T24 T28 T30")
def reviews(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T24: planned and done, with how many findings there were and how many led to an action."""
    return rows(
        db,
        f"""SELECT t.title AS granskning, t.kind AS slag, u.name AS enhet, t.reviewer AS granskare,
              t.done_on AS genomförd,
              t.reported_on AS redovisad, count(DISTINCT f.id) AS iakttagelser,
              count(DISTINCT iif(a.id IS NULL, NULL, f.id)) AS "med åtgärd"
            FROM review t LEFT JOIN unit u ON u.id = t.unit LEFT JOIN review_finding f ON f.review = t.id
            LEFT JOIN action a ON a.origin = f.id
            WHERE ifnull(t.done_on BETWEEN :first AND :last, t.year = :year)
              AND (t.unit IS NULL OR {within("t.unit")}) GROUP BY t.id
            ORDER BY t.done_on IS NULL, t.done_on, t.title_sort""",
        asked,
    )  # fmt: skip


@overview("internkontroll", "Internkontrollplanens moment: hur mycket som kontrollerats och godkänts.", "T26 T60 V50")
def control(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T26: each point of the year's plans with what was checked in the period; one without a result is there too."""
    return rows(
        db,
        f"""SELECT p.title AS plan, m.text AS moment, sum(r.checked_count) AS kontrollerade,
              sum(r.approved_count) AS godkända,
              CAST(round(100.0 * sum(r.approved_count) / nullif(sum(r.checked_count), 0)) AS INTEGER) AS "andel %",
              max(r.done_on) AS senast, iif(count(r.id) = 0, 'inte kontrollerat', NULL) AS anmärkning
            FROM internal_control_plan p JOIN control_point m ON m.plan = p.id
            LEFT JOIN control_result r ON r.control_point = m.id AND r.done_on BETWEEN :first AND :last
            WHERE p.year = :year AND (p.unit IS NULL OR {within("p.unit")}) GROUP BY m.id
            ORDER BY p.title_sort, m.ref""",
        asked,
    )  # fmt: skip


@overview("jämförelser", "Egna värden bredvid register, andra kommuner och tidigare resultat.", "V58 R49 T22 T29 J14")
def comparisons(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """V58: each comparison value of the year, with one's own of the same year."""
    return rows(
        db,
        """SELECT n.name AS indikator, t.name AS jämförs_med, t.compared_with AS slag, t.period,
             replace(t.value, '.', ',') AS värde,
             (SELECT replace(m.value, '.', ',') FROM measurement m WHERE m.indicator = n.id AND m.unit IS NULL
               AND m.period_end BETWEEN :first AND :last ORDER BY m.period_end DESC LIMIT 1) AS eget
           FROM comparison_value t JOIN indicator n ON n.id = t.indicator WHERE substr(t.period, 1, 4) = :year || ''
           ORDER BY n.name_sort, t.compared_with, t.name""",
        asked,
    )


@overview("undersökningar", "Årets undersökningar: vem som frågade, när de besvarades och redovisades.", "V58 T21 R25")
def surveys(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """V58: what was asked of users, citizens and staff in the year."""
    return rows(
        db,
        f"""SELECT t.name AS undersökning, t.kind AS slag, t.orderer AS beställare, t.answered_on AS besvarad,
              t.reported_on AS redovisad
            FROM survey t WHERE (coalesce(t.answered_on, t.answer_due) BETWEEN :first AND :last
              OR substr(t.period, 1, 4) = :year || '') AND (t.unit IS NULL OR {within("t.unit")})
            ORDER BY t.name_sort""",
        asked,
    )


@overview(
    "orsaker", "Utfall som avviker från målet: ”Vad beror avvikelsen på?”, och om det är analyserat.", "R48 R49 R50"
)
def causes(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """R49: every outcome off its target, also the good ones; what has not been analysed says so."""
    return rows(
        db,
        f"""SELECT n.name AS indikator, t.period_end AS "till och med", t.deviation_kind AS avvikelse,
              group_concat(DISTINCT o.category) AS orsaker, max(a.done_on) AS analyserad,
              iif(max(a.done_on) IS NULL, 'Vad beror avvikelsen på?', NULL) AS anmärkning
            FROM (SELECT t.id, t.indicator, t.period_end, {DEVIATION_KIND} AS deviation_kind FROM measurement t
              WHERE t.period_end BETWEEN :first AND :last AND {within("t.unit")}) t
            JOIN indicator n ON n.id = t.indicator LEFT JOIN analysis a ON a.subject = t.id
            LEFT JOIN cause o ON o.analysis = a.id
            WHERE t.deviation_kind IN ('negativ', 'positiv') GROUP BY t.id
            ORDER BY t.deviation_kind, n.name_sort, t.id""",
        asked,
    )  # fmt: skip


@overview("lagändringar", "Lagar och bestämmelser som börjar eller slutar gälla under året.", "V58 R2")
def law_changes(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """V58: statutes and provisions that changed in the period, with what they became."""
    return rows(
        db,
        """SELECT datum, ändring, lag, bestämmelse FROM (
             SELECT valid_from AS datum, 'börjar gälla' AS ändring, short_name || ' (' || number || ')' AS lag,
               NULL AS bestämmelse FROM statute WHERE valid_from BETWEEN :first AND :last
             UNION ALL SELECT valid_to, 'slutar gälla', short_name || ' (' || number || ')', NULL FROM statute
               WHERE valid_to BETWEEN :first AND :last
             UNION ALL SELECT p.valid_from, 'börjar gälla', s.short_name, p.designation FROM provision p
               JOIN statute s ON s.id = p.statute WHERE p.valid_from BETWEEN :first AND :last
             UNION ALL SELECT p.valid_to, 'slutar gälla', s.short_name, p.designation FROM provision p
               JOIN statute s ON s.id = p.statute WHERE p.valid_to BETWEEN :first AND :last)
           ORDER BY datum, lag, bestämmelse IS NOT NULL, bestämmelse""",
        asked,
    )


@overview("berättelser", "Enheternas rapporter för året: lämnade, och vilka som saknas.", "V58 J25 H18")
def reported(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """J25 H18: for each template of a unit's level, every unit that owes the report, and whether it has come."""
    return rows(
        db,
        f"""SELECT m.name AS rapport, u.name AS enhet, max(r.submitted_on) AS inlämnad,
              iif(count(r.id) = 0, 'saknas', NULL) AS anmärkning
            FROM report_template m JOIN unit u ON u.level = m.level AND {within("u.id")}
              AND (u.has_health_care = 1 OR m.kind <> 'patientsäkerhetsberättelse')
              AND ifnull(u.active_from, '') <= :last AND ifnull(u.active_to, '9999') >= :first
            LEFT JOIN report r ON r.template = m.id AND r.unit = u.id AND r.year = :year AND r.status <> 'utkast'
            WHERE m.kind IN ('kvalitetsberättelse', 'verksamhetsberättelse', 'patientsäkerhetsberättelse')
            GROUP BY m.id, u.id ORDER BY m.name_sort, u.name_sort""",
        asked,
    )


@overview("ansvar", "Vem som svarar för vad: rollernas ansvar och uppgifter.", "R8 T36 J27")
def duties(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T36: each role's duties, in the profile's order."""
    return rows(
        db,
        """SELECT r.name AS roll, d.kind AS slag, d.text AS ansvar FROM duty d JOIN role r ON r.id = d.role
           ORDER BY r.ref, d.number""",
        asked,
    )
