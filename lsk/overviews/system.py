"""Overviews of the system itself: what each unit holds, how requirements are met, documents, agreements, gaps."""

from __future__ import annotations

import sqlite3

from lsk.overviews import Asked, Row, overview, rows
from lsk.rules.processes import OBJECT_KINDS, VALID

CHANGED = "strftime('%Y-%m-%d', max(o.hlc >> 16) / 1000, 'unixepoch')"


@overview("enhet", "De åtta delarna i varje enhets ledningssystem: antal och senaste ändring.", "J17 J3 J19")
def unit_objects(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """J17: how many of each kind a unit has, and when one of them was last changed."""
    kinds = " UNION ALL ".join(
        f"""SELECT t.name_sort AS namn, t.id, {number} AS ordning, t.name AS enhet, '{kind}' AS del,
              (SELECT count(*) {source}) AS antal,
              (SELECT {CHANGED} FROM sync_op o WHERE o.row IN (SELECT x.id {source})) AS ändrad FROM unit t
            WHERE iif(:unit IS NULL, t.level = 'enhet', t.id = :unit)"""
        for number, (kind, source) in enumerate(OBJECT_KINDS.items())
    )
    return rows(
        db,
        f"""SELECT enhet, del, antal, ändrad, iif(antal = 0, 'saknas', NULL) AS anmärkning FROM ({kinds})
            ORDER BY namn, id, ordning""",
        asked,
    )


@overview(
    "kravuppfyllnad",
    "Hur kraven uppfylls: de enheter där systemet är obligatoriskt, sedan de frivilliga.",
    "V21 V41 T34 J3",
)
def fulfilment(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """V21: a requirement is demanded only where the system is mandatory; voluntary units are shown, not counted."""
    return rows(
        db,
        """WITH judged(requirement, unit, worst) AS (
             SELECT requirement, unit, max(CASE fulfilment WHEN 'uppfyllt' THEN 0 WHEN 'ej tillämpligt' THEN 0
               WHEN 'delvis' THEN 1 ELSE 2 END) FROM application GROUP BY requirement, unit),
           met AS (
             SELECT u.name AS enhet, u.name_sort AS namn, u.system_applies AS systemet, coalesce(
               (SELECT worst FROM judged a WHERE a.requirement = k.id AND a.unit = u.id),
               (SELECT worst FROM judged a WHERE a.requirement = k.id AND a.unit IS NULL), 2) AS worst
             FROM unit u JOIN requirement k ON k.force = 'ska'
             WHERE u.system_applies IN ('obligatoriskt', 'frivilligt') AND (:unit IS NULL OR u.id = :unit))
           SELECT enhet, systemet, iif(systemet = 'obligatoriskt', count(*), NULL) AS krav, sum(worst = 0) AS uppfyllda,
             sum(worst = 1) AS delvis, iif(systemet = 'obligatoriskt', sum(worst = 2), NULL) AS saknas
           FROM met GROUP BY enhet ORDER BY systemet DESC, namn""",
        asked,
    )


@overview("områden", "Föreskrift, tillämpning och ansvar för varje område (--about).", "T33 T36")
def areas(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T36: what is demanded, how it is applied here and who answers; a source that is repealed is marked."""
    return rows(
        db,
        """SELECT o.name AS område, k.code AS krav, k.text AS föreskrift, ifnull(k.cited_as, p.designation) AS källa,
             iif(coalesce(p.valid_to, s.valid_to) < today(), 'upphävd källa', NULL) AS anmärkning,
             a.text AS tillämpning, r.name AS ansvar
           FROM requirement_area o JOIN requirement k ON k.topic = o.id LEFT JOIN provision p ON p.id = k.provision
           LEFT JOIN statute s ON s.id = p.statute
           LEFT JOIN application a ON a.requirement = k.id AND (:unit IS NULL OR a.unit IS NULL OR a.unit = :unit)
           LEFT JOIN role r ON r.id = a.responsible_role
           WHERE :about IS NULL OR o.name = :about COLLATE NOCASE ORDER BY o.number, k.code_sort, a.ref""",
        asked,
    )


@overview("luckor", "Riktlinjer och rutiner som saknas, och krav som inte uppfylls.", "T47 T46 J40")
def gaps(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T47: guidelines and routines that have no version in force, and applications that say what they lack."""
    return rows(
        db,
        f"""SELECT t.kind AS slag, t.title AS vad, t.topic AS område, r.name AS ansvar,
              'ingen fastställd version' AS lucka
            FROM document t LEFT JOIN role r ON r.id = t.owner_role
            WHERE t.kind IN ('riktlinje', 'rutin') AND NOT {VALID} AND (:unit IS NULL OR t.unit = :unit)
            UNION ALL SELECT 'krav', k.code || ' ' || k.text, o.name, r.name, ifnull(t.gap, t.fulfilment)
            FROM application t JOIN requirement k ON k.id = t.requirement LEFT JOIN requirement_area o ON o.id = k.topic
            LEFT JOIN role r ON r.id = t.responsible_role
            WHERE t.fulfilment IN ('saknas', 'delvis', 'planerad') AND (:unit IS NULL OR t.unit = :unit)
              ORDER BY 1 DESC, 2""",
        asked,
    )


@overview("styrdokument", "Gällande styrdokument efter beslutsdatum, det äldsta först.", "T44 V1 J47 R31")
def documents(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T44: each document in force with who decided it and when, oldest first; ``about`` is its kind."""
    return rows(
        db,
        """SELECT v.decided_on AS beslutad, r.name AS av, v.decision_paragraph AS paragraf, d.kind AS slag,
             d.title AS dokument,
             v.version_number AS version, v.ref AS beteckning
           FROM document_version v JOIN document d ON d.id = v.document LEFT JOIN role r ON r.id = v.decided_by
           WHERE v.status = 'fastställd' AND (:about IS NULL OR d.kind = :about) AND (:unit IS NULL OR d.unit = :unit)
           ORDER BY v.decided_on, d.title_sort""",
        asked,
    )


@overview("dokumenthuvud", "Dokumenthuvudet för en version (--about), som det skrivs ut.", "V1")
def header(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """V1: the nine fields of a document's header, one row each; what is not known yet is empty."""
    found = rows(
        db,
        """SELECT d.kind AS "Dokumenttyp", o.name AS "Dokumentansvarig",
             trim(coalesce(r.short_name, r.name, '') || ifnull(' ' || v.decided_on, '')
               || ifnull(' ' || v.decision_paragraph, '')) AS "Beslutad av/Datum",
             v.diary_number AS "Beslutets dnr", ifnull(d.applies_to, u.name) AS "Gäller för", h.name AS "Handläggare",
             v.valid_from AS "Giltig fr.o.m.", v.revised_on AS "Reviderad", v.version_number AS "Version"
           FROM document_version v JOIN document d ON d.id = v.document LEFT JOIN role o ON o.id = d.owner_role
           LEFT JOIN role r ON r.id = v.decided_by LEFT JOIN unit u ON u.id = d.unit
             LEFT JOIN person h ON h.id = v.handler
           WHERE :about IN (v.id, v.ref)""",
        asked,
    )
    return [
        {"uppgift": key, "värde": value and value[0].upper() + value[1:]} for row in found for key, value in row.items()
    ]


@overview("överenskommelser", "Överenskommelser efter nivå, med parter (en part: --about).", "T38 T39 T40 T41 R60 V44")
def agreements(db: sqlite3.Connection, asked: Asked) -> list[Row]:
    """T38–T40: agreements by level, each with its parties and who answers for it."""
    return rows(
        db,
        """WITH side(agreement, party) AS (
             SELECT id, party FROM agreement WHERE party IS NOT NULL
             UNION SELECT a.id, p.id FROM link l JOIN agreement a ON a.id IN (l.source, l.target)
               JOIN external_party p ON p.id IN (l.source, l.target) WHERE l.kind = 'part')
           SELECT a.kind AS nivå, a.name AS överenskommelse, group_concat(p.name, ', ') AS parter, a.purpose AS syfte,
             r.name AS ansvar
           FROM agreement a LEFT JOIN side ON side.agreement = a.id LEFT JOIN external_party p ON p.id = side.party
           LEFT JOIN role r ON r.id = a.responsible_role
           LEFT JOIN choice_value c ON c.list = 'agreement_kinds' AND c.value = a.kind
           WHERE :about IS NULL OR EXISTS (SELECT 1 FROM side x JOIN external_party y ON y.id = x.party
             WHERE x.agreement = a.id AND y.name = :about COLLATE NOCASE)
           GROUP BY a.id ORDER BY c.number, a.ref""",
        asked,
    )
