"""What is published about deviations: numbers only, and never a small one.

A deviation is counted in the year and quarter in which it was received, as in the export of that year. Lex Sarah and
lex Maria are counted for the whole area only: in a small municipality the unit would say whose case it was.
"""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Cube, number, order

DEVIATIONS = "avvikelser"
VIEWS = "klagomål och synpunkter"
GRAVE = "missförhållanden och vårdskador"
GROUPS = (DEVIATIONS, VIEWS, GRAVE)
HAPPENED = "avvikelser och missförhållanden"
VIEW_KINDS = ("klagomål", "synpunkt", "förslag")
TRACKS = ("lokal", "lex Sarah", "lex Maria")
UNJUDGED = "ej bedömt"

# One row for each group of events that any table below tells apart. A unit goes by the end of its id, so that it is
# the same unit when it has got another name.
FACTS = f"""
WITH investigated AS (
  SELECT deviation, max(started_on IS NOT NULL) AS begun, max(reported_to_ivo_on IS NOT NULL) AS reported
  FROM investigation GROUP BY deviation)
SELECT CAST(substr(d.received_on, 1, 4) AS INTEGER) AS ar,
  (CAST(substr(d.received_on, 6, 2) AS INTEGER) + 2) / 3 AS kvartal,
  d.kind AS slag, ifnull(d.track, '{UNJUDGED}') AS spar, substr(d.unit, -12) AS enhet,
  ifnull(i.begun, 0) AS utredd, ifnull(i.reported, 0) AS anmald,
  d.status = 'avslutad' AS avslutad, count(*) AS antal
FROM deviation d LEFT JOIN investigated i ON i.deviation = d.id WHERE +d.received_on <= :today
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"""

UNITS = "SELECT substr(id, -12), name, short_name, ref FROM unit"

SOURCES = "deviation.received_on deviation.kind deviation.track deviation.status deviation.unit unit.name \
unit.short_name investigation.started_on investigation.reported_to_ivo_on"
THROUGH = "investigation.deviation"


def group(kind: str) -> str:
    if kind in VIEW_KINDS:
        return VIEWS
    return GRAVE if any(word in kind.casefold() for word in ("missförhållande", "vårdskada")) else DEVIATIONS


def happening(kind: str) -> str:
    return VIEWS if kind in VIEW_KINDS else HAPPENED


# How the facts hang together, for the protection: blocks of dimensions, each with what it has in common with the first
# block at its head. What the last one counts changes while a case goes on; the others count what has happened.
KIND = "slag"
PARTS = {"grupp": group, "handelse": happening}  # coarser dimensions that follow from the kind
BLOCKS = ((KIND, "kvartal"), ("handelse", "enhet"), (KIND, "spar", "utredd", "anmald", "avslutad"))
LASTING = BLOCKS[:2]
BEFORE = {"spar": (UNJUDGED,), "utredd": (0, 1), "anmald": (0, 1), "avslutad": (0, 1)}  # may have been so earlier

# The values that get a row even in a year without any: a zero is information too.
ALWAYS = {"kvartal": (1, 2, 3, 4), "grupp": GROUPS, "spar": TRACKS, "slag": VIEW_KINDS, "handelse": (HAPPENED, VIEWS)}
UNIT = "enhet"  # the dimension whose values are written as the names of units

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
        grain="ett kvartal och en grupp",
    ),
    Cube(
        "avvikelser_per_slag_ar",
        "Avvikelser, klagomål och synpunkter per slag och år",
        "Hur många av varje slag som tagits emot och avslutats. Raden ”alla” är summan av slagen.",
        Publish.COMMITTEE,
        (YEAR, Column("slag", "Slag", "deviation.kind")),
        ((COUNT, ""), (CLOSED, "avslutad")),
        total="slag",
        grain="ett år och ett slag",
    ),
    Cube(
        "avvikelser_per_enhet_ar",
        "Avvikelser, klagomål och synpunkter per enhet och år",
        "Hur många som tagits emot på varje enhet. Missförhållanden och vårdskador räknas ihop med avvikelserna. "
        "Raderna ”alla” är summor.",
        Publish.COMMITTEE,
        (YEAR, Column(UNIT, "Enhet", "unit.name"), Column("handelse", "Händelse", "deviation.kind")),
        ((COUNT, ""),),
        total="enhet handelse",
        grain="ett år, en enhet och en händelse",
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
        grain="ett år och ett spår",
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
        grain="ett år och ett slag",
    ),
)
