"""Overviews of what is wanted: goals, outcomes, plans, the tables of the year, what belongs under one heading."""

from __future__ import annotations

import sqlite3

from lsk.model import ENTITIES
from lsk.model.goals import DEVIATION_KIND
from lsk.model.vocabulary import Ref
from lsk.overviews import Asked, Row, overview, rows, within
from lsk.records import title_of
from lsk.terms import entity_label

# Each goal and every goal under it.
UNDER = """WITH RECURSIVE under(top, id) AS (
  SELECT id, id FROM goal UNION SELECT under.top, g.id FROM goal g JOIN under ON g.parent = under.id)"""


@overview("mål", "De överordnade målen, med aktiviteterna till dem (i en enhet: --unit).", "V12 V13 V14 R20")
def goals(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """V14: each superior goal with focus and direction; one without activity says so."""
    return rows(
        db,
        f"""{UNDER} SELECT g.number AS nr, g.title AS mål,
              upper(substr(g.direction, 1, 1)) || substr(g.direction, 2) AS riktning,
              f.name AS fokusområde, p.name AS perspektiv, count(a.id) AS aktiviteter,
              iif(count(a.id) = 0, 'saknar aktivitet', NULL) AS anmärkning
            FROM goal g JOIN under ON under.top = g.id LEFT JOIN focus_area f ON f.id = g.focus_area
            LEFT JOIN focus_area p ON p.id = g.perspective
            LEFT JOIN goal_activity a ON a.goal = under.id AND (:unit IS NULL OR a.unit = :unit)
            LEFT JOIN choice_value c ON c.list = 'goal_levels' AND c.value = g.level
            WHERE g.parent IS NULL AND g.status <> 'avslutat' GROUP BY g.id
            ORDER BY c.number, g.number, g.title_sort""",
        asked,
    )


@overview("utfall", "Årets utfall för varje indikator, de som inte når målet först.", "R47 R48 H6 J12 V15")
def outcomes(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """R48: outcomes beside their targets, negative deviations first; an indicator without outcome is there too (H6)."""
    return rows(
        db,
        f"""SELECT mål, indikator, bestämd, period, målvärde, utfall, avvikelse, resurser FROM (
              SELECT g.title AS mål, n.name AS indikator, n.decided_on AS bestämd,
                t.period_start || ' – ' || t.period_end AS period,
                replace(ifnull(t.target, n.target), '.', ',') AS målvärde,
                replace(t.value, '.', ',') AS utfall, {DEVIATION_KIND} AS avvikelse,
                t.resource_used AS resurser, g.number AS nr, n.name_sort AS namn
              FROM indicator n LEFT JOIN goal g ON g.id = n.goal
              LEFT JOIN measurement t ON t.indicator = n.id AND t.period_end BETWEEN :first AND :last
                AND {within("t.unit")}
              WHERE t.id IS NOT NULL OR g.unit IS NULL OR {within("g.unit")})
            ORDER BY CASE avvikelse WHEN 'negativ' THEN 1 WHEN 'positiv' THEN 2 WHEN 'ingen' THEN 3 ELSE 4 END,
              nr, namn""",
        asked,
    )


@overview("plan", "Punkterna i en plan (--about): vem, vad, hur, när och varför.", "R42")
def plan_items(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """R42: who does what, how, when and why, as it is printed."""
    return rows(
        db,
        """SELECT p.title AS plan, r.name AS vem, t.what AS vad, t.how AS hur, t.due AS när, t.why AS varför,
             t.status AS läge
           FROM plan_item t JOIN plan p ON p.id = t.plan LEFT JOIN role r ON r.id = t.who
           WHERE (:about IS NULL OR :about IN (p.id, p.ref, p.title)) AND (:unit IS NULL OR p.unit = :unit)
           ORDER BY p.title_sort, t.ref""",
        asked,
    )


@overview(
    "rubrik", "Allt som hör till en fas, ett fokusområde eller en annan rubrik (--about).", "H7 H11 V8 V13 R30 T5"
)
def under_heading(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """H7 H11: what has been placed under each heading, of whatever kind."""
    found = []
    for entity in ENTITIES.values():
        for field in (f for f in entity.columns if isinstance(f, Ref) and f.to == "focus_area"):
            for row in db.execute(
                f"""SELECT f.kind, f.number, f.name, t.id, t.ref FROM "{entity.name}" t
                      JOIN focus_area f ON f.id = t."{field.name}"
                    WHERE :about IS NULL OR f.name = :about COLLATE NOCASE OR f.kind = :about COLLATE NOCASE""",
                {"about": asked.about},
            ):
                post = {
                    "rubrik": row["name"],
                    "slag": entity_label(entity.name),
                    "post": title_of(db, entity.name, row["id"]),
                    "beteckning": row["ref"],
                }
                found.append(((row["kind"], row["number"], post["slag"], post["beteckning"]), post))
    return [post for _, post in sorted(found, key=lambda pair: pair[0])]


# The rows of one of the profile's own tables (t), in its order; the setting names the requirement of each row.
LISTED = (
    """FROM obligation t JOIN setting s ON s.key = '{}' AND ' ' || s.value || ' ' LIKE '% ' || t.requirements || ' %'"""
)
IN_ORDER = "instr(' ' || s.value || ' ', ' ' || t.requirements || ' ')"


@overview(
    "styrinstrument", "Tabellen över styrinstrument: fastställande och ansvar.", "T7 T8 T9 T10 T11 T12 T13 T14 T15"
)
def steering(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T7–T15: how each instrument is established, and who answers for it, as the source has it."""
    return rows(
        db,
        f"""SELECT t.requirements AS krav, t.name AS styrinstrument, t.output AS fastställande, t.note AS ansvar,
              t.cadence AS återkommer {LISTED.format("steering_table")} ORDER BY {IN_ORDER}""",
        asked,
    )


@overview("mätningar", "Tabellen över mätningar: vem som redovisar, vad som är planerat och gjort under året.",
          "T16 T17 T18 T19 T20 T21 T22 T23 T24 T25 T26 T27")  # fmt: skip
def measurements(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T16–T27: each measurement with who accounts for it; one with nothing planned or done in the year says so."""
    return rows(
        db,
        f"""SELECT t.requirements AS krav, t.name AS mätning, t.output AS omfattar, t.note AS ansvar,
              count(o.id) FILTER (WHERE o.done_on IS NULL) AS planerade, count(o.done_on) AS gjorda,
              iif(count(o.id) = 0, 'inget planerat', NULL) AS anmärkning {LISTED.format("measurement_table")}
            LEFT JOIN occurrence o ON o.obligation = t.id AND coalesce(o.done_on, o.due, o.period) LIKE :year || '%'
            GROUP BY t.id ORDER BY {IN_ORDER}""",
        asked,
    )
