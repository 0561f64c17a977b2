"""What is published about deviations: numbers only, for the whole area, and never a small one.

A deviation is counted in the year and quarter in which it was received, as in the export of that year.
"""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Cube, number, order

DEVIATIONS = "avvikelser"
VIEWS = "klagomål och synpunkter"
GRAVE = "missförhållanden och vårdskador"
GROUPS = (DEVIATIONS, VIEWS, GRAVE)
VIEW_KINDS = ("klagomål", "synpunkt", "förslag")
TRACKS = ("lokal", "lex Sarah", "lex Maria")
UNJUDGED = "ej bedömt"

# One row for each kind of event that anybody counts: the atoms of every table below.
FACTS = f"""
SELECT CAST(substr(d.received_on, 1, 4) AS INTEGER) AS ar,
  (CAST(substr(d.received_on, 6, 2) AS INTEGER) + 2) / 3 AS kvartal,
  CASE WHEN d.kind IN {VIEW_KINDS} THEN '{VIEWS}'
       WHEN d.kind LIKE '%missförhållande%' OR d.kind LIKE '%vårdskada%' THEN '{GRAVE}'
       ELSE '{DEVIATIONS}' END AS grupp,
  d.kind AS slag, ifnull(d.track, '{UNJUDGED}') AS spar,
  EXISTS (SELECT 1 FROM investigation i WHERE i.deviation = d.id AND i.started_on IS NOT NULL) AS utredd,
  EXISTS (SELECT 1 FROM investigation i WHERE i.deviation = d.id AND i.reported_to_ivo_on IS NOT NULL) AS anmald,
  d.status = 'avslutad' AS avslutad, count(*) AS antal, sum(d.received_on > :since) AS nya
FROM deviation d WHERE d.received_on <= :today
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"""

SOURCES = "deviation.received_on deviation.kind deviation.track deviation.status investigation.started_on \
investigation.reported_to_ivo_on"
THROUGH = "investigation.deviation"

YEAR = order("ar", "År", "deviation.received_on")
COUNT = number("antal", "Antal", "deviation.received_on", "Antal mottagna under perioden.")
CLOSED = number("avslutade", "Avslutade", "deviation.status", "Så många av dem som är avslutade.")

CUBES = (
    Cube(
        "avvikelser_per_kvartal",
        "Avvikelser, klagomål och synpunkter per kvartal",
        "Hur många som tagits emot varje kvartal, i tre grupper. Raden ”alla” är summan av grupperna.",
        Publish.COMMITTEE,
        (
            YEAR,
            order("kvartal", "Kvartal", "deviation.received_on"),
            Column("grupp", "Grupp", "deviation.kind"),
        ),
        ((COUNT, ""),),
        total="grupp",
    ),
    Cube(
        "avvikelser_per_ar_och_spar",
        "Lex Sarah, lex Maria och lokal hantering per år",
        "Hur många som hanterats i varje spår, utretts och anmälts till tillsynsmyndigheten. Raden ”alla” är summan.",
        Publish.COMMITTEE,
        (YEAR, Column("spar", "Spår", "deviation.track")),
        (
            (COUNT, ""),
            (number("utredda", "Utredda", "investigation.started_on", "Utredning har påbörjats."), "utredd"),
            (
                number("anmalda", "Anmälda till IVO", "investigation.reported_to_ivo_on", "Anmälda till IVO."),
                "anmald",
            ),
            (CLOSED, "avslutad"),
        ),
        total="spar",
    ),
    Cube(
        "klagomal_synpunkter_ar",
        "Klagomål, synpunkter och förslag per år",
        "Hur många som tagits emot och avslutats. Raden ”alla” är summan av slagen.",
        Publish.COMMITTEE,
        (YEAR, Column("slag", "Slag", "deviation.kind")),
        ((COUNT, ""), (CLOSED, "avslutad")),
        total="slag",
        only=("grupp", VIEWS),
    ),
)

# The values that get a row even in a year without any: a zero is information too.
ALWAYS = {"kvartal": (1, 2, 3, 4), "grupp": GROUPS, "spar": TRACKS, "slag": VIEW_KINDS}
