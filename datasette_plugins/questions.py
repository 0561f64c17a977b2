"""The committee's ready-made questions: data, read into Datasette's canned queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lsk.model.vocabulary import Publish
from lsk.publish import tables_of
from lsk.publish.vocabulary import ALL


@dataclass(frozen=True)
class Question:
    """A canned query over ``table``. ``asks`` maps a parameter to its label; an empty answer means all."""

    name: str
    title: str
    description: str
    table: str
    sql: str
    asks: dict[str, str] = field(default_factory=dict)


YEAR = {"ar": "År (tomt = alla)"}
OF_YEAR = "(:ar = '' OR ar = CAST(:ar AS INTEGER))"

QUESTIONS = (
    Question(
        "hur_manga_avvikelser",
        "Hur många avvikelser, klagomål och synpunkter kommer in?",
        "Antal per kvartal i tre grupper. Jämför ett kvartal med samma kvartal året före.",
        "avvikelser_per_kvartal",
        """SELECT n.ar, n.kvartal, n.grupp, n.antal, n.antal_dold, f.antal AS aret_fore, f.antal_dold AS aret_fore_dold
FROM avvikelser_per_kvartal n
LEFT JOIN avvikelser_per_kvartal f ON f.ar = n.ar - 1 AND f.kvartal = n.kvartal AND f.grupp = n.grupp
WHERE (:ar = '' OR n.ar = CAST(:ar AS INTEGER)) ORDER BY n.ar DESC, n.kvartal DESC, n.rowid""",
        YEAR,
    ),
    Question(
        "lex_sarah_lex_maria",
        "Hur många lex Sarah och lex Maria har vi, och vad blev det av dem?",
        "Antal rapporterade, utredda och anmälda till IVO varje år.",
        "avvikelser_per_ar_och_spar",
        f"""SELECT ar, spar, antal, antal_dold, utredda, utredda_dold, anmalda, anmalda_dold, avslutade, avslutade_dold
FROM avvikelser_per_ar_och_spar WHERE spar LIKE 'lex%' AND {OF_YEAR} ORDER BY ar DESC, spar DESC""",
        YEAR,
    ),
    Question(
        "klagomal_och_synpunkter",
        "Vad klagar man på och föreslår, och blir ärendena klara?",
        "Klagomål, synpunkter och förslag: mottagna och avslutade varje år.",
        "klagomal_synpunkter_ar",
        f"SELECT * FROM klagomal_synpunkter_ar WHERE {OF_YEAR} ORDER BY ar DESC, slag = '{ALL}', slag",
        YEAR,
    ),
    Question(
        "atgarder_forsenade",
        "Vilka beslutade åtgärder är försenade?",
        "Åtgärder som vi har beslutat om, som skulle ha varit klara och inte är det. Längst försenad först.",
        "atgarder_uppfoljning",
        """SELECT senast, atgard, enhet, ansvarig, beslutad, status FROM atgarder_uppfoljning
WHERE lage = 'försenad' ORDER BY senast""",
    ),
    Question(
        "atgarder_effekt",
        "Gav åtgärderna den effekt vi ville ha?",
        "Genomförda åtgärder som vi har beslutat om, när de följdes upp och vilken effekt de fick.",
        "atgarder_uppfoljning",
        """SELECT effekt, atgard, enhet, klar, foljdes_upp FROM atgarder_uppfoljning
WHERE lage = 'klar' ORDER BY effekt IS NULL DESC, klar DESC""",
    ),
    Question(
        "atgardsmatris",
        "Hur fördelar sig förslagen i prioriteringsmatrisen?",
        "Åtgärder som väntar på beslut, efter resursinsats och förbättring i prioriteringsmatrisen.",
        "atgarder",
        """SELECT ifnull(resursinsats, 'ej bedömd') AS resursinsats, ifnull(forbattring, 'ej bedömd') AS forbattring,
  max(ruta) AS ruta, sum(antal) AS antal FROM atgarder
WHERE status IN ('föreslagen', 'konsekvensbeskriven', 'prioriterad') GROUP BY 1, 2
ORDER BY forbattring = 'stor' DESC, resursinsats = 'låg' DESC""",
    ),
    Question(
        "egenkontroller_sena",
        "Vilka egenkontroller är inte gjorda i tid?",
        "Omgångar vars dag har passerat utan att de är gjorda, och de som gjordes för sent.",
        "egenkontroll_omgangar",
        """SELECT enhet, egenkontroll, period, ansvarig, senast, gjord, lage FROM egenkontroll_omgangar
WHERE lage IN ('sen', 'gjord för sent') ORDER BY lage = 'sen' DESC, senast""",
    ),
    Question(
        "beslut_att_folja_upp",
        "Vilka av våra beslut väntar på uppföljning?",
        "Beslut med en dag för uppföljning som ännu inte är gjord. Äldst först.",
        "beslut_och_uppfoljning",
        """SELECT folj_upp_senast, sammantrade, organ, paragraf, beslut, lage FROM beslut_och_uppfoljning
WHERE folj_upp_senast IS NOT NULL AND uppfoljt IS NULL ORDER BY folj_upp_senast""",
    ),
    Question(
        "arshjul_forsenat",
        "Vad i årshjulet är försenat?",
        "Rapporter, uppföljningar och andra årliga uppgifter vars dag har passerat.",
        "arshjul",
        """SELECT senast, uppgift, period, enhet, ansvarig, mottagare, kraft FROM arshjul
WHERE lage = 'försenat' ORDER BY senast""",
    ),
    Question(
        "ansvar_per_roll",
        "Vem ansvarar för vad?",
        "Alla uppgifter i ledningssystemet, roll för roll. Skriv en del av rollens namn för att se bara den.",
        "ansvarsfordelning",
        """SELECT roll, nr, slag, uppgift, kan_delegeras, lagrum FROM ansvarsfordelning
WHERE :roll = '' OR roll LIKE '%' || :roll || '%' ORDER BY rowid""",
        {"roll": "Roll (tomt = alla)"},
    ),
    Question(
        "styrdokument_att_se_over",
        "Vilka styrdokument skulle ha setts över?",
        "Gällande styrdokument vars dag för översyn har passerat.",
        "gallande_styrdokument",
        """SELECT ses_over, dokument, slag, version, beslutat_av, galler_fran FROM gallande_styrdokument
WHERE lage = 'ska ses över' ORDER BY ses_over""",
    ),
)

# Columns that a question or a page makes for itself.
HEADINGS = {
    "aret_fore": "Samma kvartal året före",
    "avvikelser": "Avvikelser",
    "klagomal": "Klagomål och synpunkter",
    "allvarliga": "Missförhållanden och vårdskador",
    "alla": "Alla",
}


def questions(level: Publish) -> list[Question]:
    """The questions that can be answered at the level."""
    tables = {table.name for table in tables_of(level)}
    return [question for question in QUESTIONS if question.table in tables]


def canned(question: Question) -> dict[str, Any]:
    """As Datasette's metadata wants it."""
    return {
        "sql": question.sql,
        "title": question.title,
        "description": question.description,
        "params": list(question.asks),
        "hide_sql": True,
    }
