"""Overviews that count what was received, investigated and decided in a year or a part of it.

A nought is told where it is known: when the file has deviations from before the end of the period, and the period has
begun. Otherwise the count is not known.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from lsk.overviews import Asked, Row, overview, rows, within

# The municipality's own words, and any other that has been used.
KINDS = """kinds(value, number) AS (
  SELECT value, number FROM choice_value WHERE list = 'deviation_kinds' AND ifnull(retired, 0) = 0
  UNION SELECT kind, 1000 FROM deviation WHERE received_on BETWEEN :first_before AND :last
    AND kind NOT IN (SELECT value FROM choice_value WHERE list = 'deviation_kinds' AND ifnull(retired, 0) = 0))"""
KNOWN = "EXISTS (SELECT 1 FROM deviation WHERE received_on <= {last}) AND {first} <= today()"
NOW = KNOWN.format(first=":first", last=":last")
BEFORE = KNOWN.format(first=":first_before", last=":last_before")
CHANGE = "CAST(round(100.0 * (antal - innan) / nullif(innan, 0)) AS INTEGER)"


@overview(
    "avvikelser", "Inkomna avvikelser, klagomål och synpunkter efter slag, mot samma del av året före.",
    "R38 J23 T55 V56",
)  # fmt: skip
def by_kind(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """R38: counts of each kind, those that did not occur too, with the change in per cent and the sum last."""
    return rows(
        db,
        f"""WITH {KINDS}, counted AS (
              SELECT k.value AS slag, k.number AS nr,
                iif({NOW}, count(*) FILTER (WHERE t.received_on BETWEEN :first AND :last), NULL) AS antal,
                iif({BEFORE}, count(*) FILTER (WHERE t.received_on BETWEEN :first_before AND :last_before), NULL)
                  AS innan
              FROM kinds k LEFT JOIN deviation t ON t.kind = k.value AND {within("t.unit")} GROUP BY k.value
              ORDER BY k.number, k.value)
            SELECT slag, antal, innan AS "året före", {CHANGE} AS "förändring %" FROM counted
            UNION ALL SELECT 'Summa', antal, innan, {CHANGE} FROM (SELECT sum(antal) AS antal, sum(innan) AS innan
              FROM counted)""",
        asked,
    )


class Dimension(NamedTuple):
    """What the table of deviations can be divided by: the values there are (name, order), and each record's own."""

    values: str
    own: str


def listed(name: str) -> str:
    return f"""SELECT value, printf('%04d', number) FROM choice_value WHERE list = '{name}'
               AND ifnull(retired, 0) = 0"""


DIMENSIONS = {
    "enhet": Dimension(
        f"""SELECT u.name, u.name_sort FROM unit u WHERE {within("u.id")} AND (u.level = 'enhet'
            OR u.id IN (SELECT unit FROM deviation) OR NOT EXISTS (SELECT 1 FROM unit c WHERE c.parent = u.id))""",
        "(SELECT u.name FROM unit u WHERE u.id = t.unit)",
    ),
    "källa": Dimension(listed("deviation_sources"), "t.source"),
    "spår": Dimension(listed("deviation_tracks"), "t.track"),
    "allvarlighet": Dimension(listed("severities"), "t.severity"),
    "process": Dimension(
        "SELECT name, name_sort FROM process WHERE id IN (SELECT process FROM deviation)",
        "(SELECT p.name FROM process p WHERE p.id = t.process)",
    ),
}
NOT_SAID = "ej angivet"


@overview(
    "avvikelsetabell",
    f"Inkomna avvikelser, klagomål och synpunkter: slag och en indelning (--about {', '.join(DIMENSIONS)}).",
    "R38 J18 T55 V56",
)
def crossed(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T55: a table of kinds by units, sources, tracks, gravity or processes, with sums and noughts."""
    chosen = asked.about or "enhet"
    if chosen not in DIMENSIONS:
        return []
    values, own = DIMENSIONS[chosen]
    kinds = [row["value"] for row in rows(db, f"WITH {KINDS} SELECT value FROM kinds ORDER BY number, value", asked)]
    quoted = [(kind.replace('"', '""'), kind.replace("'", "''")) for kind in kinds]
    each = ", ".join(f"""iif({NOW}, sum(kind = '{text}'), NULL) AS "{name}\"""" for name, text in quoted)
    each += ", " * bool(quoted)
    answered = rows(
        db,
        f"""WITH all_values(name, place) AS ({values}), there(name, place) AS (SELECT name, min(place) FROM all_values
              GROUP BY name),
            counted AS MATERIALIZED (SELECT ifnull({own}, '{NOT_SAID}') AS name, t.kind FROM deviation t
              WHERE t.received_on BETWEEN :first AND :last AND {within("t.unit")}),
            every(name, place, kind) AS (
              SELECT name, '1' || place, NULL FROM there
              UNION ALL SELECT c.name, ifnull('1' || a.place, '2'), c.kind FROM counted c
                LEFT JOIN there a ON a.name = c.name
              UNION ALL SELECT 'Summa', '3', kind FROM counted UNION ALL SELECT 'Summa', '3', NULL)
            SELECT name, {each} iif({NOW}, count(kind), NULL) AS "Summa" FROM every GROUP BY name, place = '3'
            ORDER BY max(place), name""",
        asked,
    )
    return [{chosen: row.pop("name")} | {k: 0 if v is None and row["Summa"] is not None else v for k, v in row.items()}
            for row in answered]  # fmt: skip


@overview("utvalda", "Avvikelser som har valts ut för rapporten, utan fritext.", "R17")
def selected(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """R17: only those that have been selected, and nothing of what was written about anybody."""
    return rows(
        db,
        f"""SELECT t.ref AS beteckning, t.received_on AS mottagen, u.name AS enhet, t.kind AS slag, t.track AS spår,
              t.severity AS allvarlighet, t.status AS läge,
              count(a.id) AS åtgärder, count(a.done_on) AS genomförda
            FROM deviation t JOIN unit u ON u.id = t.unit LEFT JOIN action a ON a.origin = t.id
            WHERE t.selected_for_report = 1 AND t.received_on BETWEEN :first AND :last AND {within("t.unit")}
            GROUP BY t.id ORDER BY t.received_on, t.ref""",
        asked,
    )


# Investigations of what has caused, or could have caused, harm in health care.
HARM = f"""FROM investigation t JOIN deviation d ON d.id = t.deviation
  WHERE (t.kind = 'lex Maria' OR d.kind IN ('vårdskada', 'risk för vårdskada'))
    AND t.finished_on BETWEEN :first AND :last AND {within("d.unit")}"""


@overview("utredda", "Antal händelser som har utretts enligt 3 kap. 3 § patientsäkerhetslagen.", "J28")
def investigated(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """J28: how many were investigated to their end in the period."""
    return rows(db, f"SELECT 'Utredda händelser' AS uppgift, iif({NOW}, count(*), NULL) AS antal {HARM}", asked)


@overview("vårdskador", "Antal vårdskador som har bedömts som allvarliga.", "J28")
def grave_harm(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """J28: how many of them were found to be grave harm."""
    return rows(
        db,
        f"""SELECT 'Allvarliga vårdskador' AS uppgift, iif({NOW}, count(*), NULL) AS antal {HARM}
            AND t.assessment = 'allvarlig vårdskada'""",
        asked,
    )


# "2026 kvartal 2" ends the quarter's last month; what is written otherwise counts to the year it begins with.
QUARTER_IN = """substr({0}, 1, 4) = substr(:last, 1, 4) AND (length({0}) <> 14 OR
  3 * substr({0}, 14, 1) BETWEEN substr(:first, 6, 2) + 0 AND substr(:last, 6, 2) + 0)"""


@overview("verkställighet", "Icke verkställda beslut per kvartal, lag och insats. Inga personuppgifter.", "T25")
def not_carried_out(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T25: counts alone; a nought that has been reported is told."""
    return rows(
        db,
        f"""SELECT t.quarter AS kvartal, t.law AS lag, t.service AS insats, sum(t.count) AS antal,
              max(t.reported_on) AS rapporterad, r.name AS av
            FROM unexecuted_report t LEFT JOIN role r ON r.id = t.reported_by
            WHERE {QUARTER_IN.format("t.quarter")} AND {within("t.unit")}
            GROUP BY t.quarter, t.law, t.service, r.id ORDER BY t.quarter, t.law DESC, t.service""",
        asked,
    )


@overview("mottagare", "Vilka som ska få rapporten om icke verkställda beslut, och när de fick den.", "T25")
def told(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T25: every recipient of the profile, each quarter; one that has not been told has no day."""
    return rows(
        db,
        f"""WITH told AS (SELECT DISTINCT t.quarter FROM unexecuted_report t WHERE {QUARTER_IN.format("t.quarter")})
            SELECT told.quarter AS kvartal, c.value AS mottagare, m.sent_on AS skickad
            FROM choice_value c LEFT JOIN told LEFT JOIN unexecuted_recipient m ON m.quarter = told.quarter
              AND m.recipient = c.value
            WHERE c.list = 'unexecuted_recipients' AND ifnull(c.retired, 0) = 0 ORDER BY told.quarter, c.number""",
        asked,
    )
