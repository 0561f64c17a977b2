"""Questions about deviations, complaints, lex Sarah and lex Maria."""

from __future__ import annotations

from datasette_plugins.questions.vocabulary import Chart, Question, in_year, is_, one_of, year
from lsk.publish.vocabulary import ALL

SMALL = "Små antal visas inte, och svaret säger inget om enskilda händelser."

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
        {"ar": year("avvikelser_per_kvartal")},
        not_answered=f"Varför de blir fler eller färre; fler kan bero på att fler rapporterar. {SMALL}",
        chart=Chart("columns", ("kvartal", "ar"), ("antal",), split="grupp", backwards=True, most=8),
    ),
    Question(
        "avvikelser_av_olika_slag",
        "Vilka slag av avvikelser har vi flest av?",
        "Antal mottagna och avslutade av varje slag, år för år.",
        "avvikelser_per_slag_ar",
        f"""SELECT ar, slag, antal, antal_dold, avslutade, avslutade_dold FROM avvikelser_per_slag_ar
WHERE {in_year()} ORDER BY ar DESC, slag = '{ALL}', antal IS NULL, antal DESC, slag""",
        {"ar": year("avvikelser_per_slag_ar")},
        not_answered=f"Hur allvarliga de var. {SMALL}",
    ),
    Question(
        "avvikelser_pa_enheterna",
        "På vilka enheter händer det?",
        "Antal mottagna på varje enhet, år för år.",
        "avvikelser_per_enhet_ar",
        f"""SELECT ar, enhet, handelse, antal, antal_dold FROM avvikelser_per_enhet_ar
WHERE {in_year()} AND {is_("enhet")} ORDER BY ar DESC, enhet = '{ALL}', enhet, handelse = '{ALL}', handelse""",
        {"ar": year("avvikelser_per_enhet_ar"), "enhet": one_of("avvikelser_per_enhet_ar", "enhet", "Enhet")},
        not_answered=f"Om en enhet är sämre än en annan: de är olika stora och rapporterar olika mycket. {SMALL}",
    ),
    Question(
        "lex_sarah_lex_maria",
        "Hur många lex Sarah och lex Maria har vi, och vad blev det av dem?",
        "Antal rapporterade, utredda och anmälda till IVO varje år.",
        "avvikelser_per_ar_och_spar",
        f"""SELECT ar, spar, antal, antal_dold, utredda, utredda_dold, anmalda, anmalda_dold, avslutade, avslutade_dold
FROM avvikelser_per_ar_och_spar WHERE spar LIKE 'lex%' AND {in_year()} ORDER BY ar DESC, spar DESC""",
        {"ar": year("avvikelser_per_ar_och_spar")},
        not_answered=f"Vad IVO beslutade. {SMALL}",
    ),
    Question(
        "klagomal_och_synpunkter",
        "Vad klagar man på och föreslår, och blir ärendena klara?",
        "Klagomål, synpunkter och förslag: mottagna och avslutade varje år.",
        "klagomal_synpunkter_ar",
        f"SELECT * FROM klagomal_synpunkter_ar WHERE {in_year()} ORDER BY ar DESC, slag = '{ALL}', slag",
        {"ar": year("klagomal_synpunkter_ar")},
        not_answered=f"Om den som klagade blev nöjd. {SMALL}",
    ),
    Question(
        "enheternas_analys",
        "Vad säger enheterna själva om sina avvikelser?",
        "Enheternas analys av periodens avvikelser, klagomål och synpunkter, och vad de gör åt dem.",
        "sammanstallningar",
        f"""SELECT enhet, fran, till, analys, atgarder, gjord FROM sammanstallningar
WHERE {is_("enhet")} AND (:ar = '' OR substr(till, 1, 4) = :ar) ORDER BY till DESC, enhet""",
        {
            "enhet": one_of("sammanstallningar", "enhet", "Enhet"),
            "ar": year("(SELECT CAST(substr(till, 1, 4) AS INTEGER) AS ar FROM sammanstallningar)"),
        },
        not_answered="Vad som hände i de enskilda fallen, och hur många de var på varje enhet.",
    ),
)
