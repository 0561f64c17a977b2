"""Questions about goals, indicators and what others have."""

from __future__ import annotations

from datasette_plugins.questions.vocabulary import Chart, Question, in_year, is_, one_of, year

QUESTIONS = (
    Question(
        "mal_som_inte_nas",
        "Vilka mål når vi inte?",
        "Indikatorer vars senaste utfall inte når målvärdet, och om det blivit bättre eller sämre.",
        "indikatorer",
        """SELECT mal, indikator, period, mal_varde, utfall, matt, trend FROM indikatorer
WHERE bedomning = 'negativ' ORDER BY trend = 'sämre' DESC, mal, indikator""",
        not_answered="Varför målen inte nås, och mål som saknar indikator.",
    ),
    Question(
        "utfall_over_tid",
        "Hur har utfallet utvecklats?",
        "En indikators utfall mot målvärdet, period för period.",
        "malutfall",
        f"""SELECT indikator, period, utfall, mal_varde, matt, bedomning, trend FROM malutfall
WHERE period IS NOT NULL AND {is_("indikator")} ORDER BY indikator, period_slut DESC""",
        {"indikator": one_of("malutfall", "indikator", "Indikator")},
        not_answered="Om förändringen beror på det vi har gjort. Små förändringar kan vara slump.",
        chart=Chart("lines", ("period",), ("utfall",), split="indikator", target="mal_varde", backwards=True),
    ),
    Question(
        "jamfort_med_andra",
        "Hur ligger vi till jämfört med andra?",
        "Vårt senaste utfall bredvid andras värden på samma indikator.",
        "jamforelser",
        f"""SELECT j.indikator, i.period AS period_hos_oss, i.utfall AS vart_utfall, j.namn, j.jamfors_med, j.period,
  j.varde
FROM jamforelser j LEFT JOIN indikatorer i ON i.indikator_id = j.indikator_id
WHERE {is_("indikator", "j.indikator")} ORDER BY j.indikator, j.period DESC, j.namn""",
        {"indikator": one_of("jamforelser", "indikator", "Indikator")},
        also=("indikatorer",),
        not_answered="Om verksamheterna är lika; perioderna kan skilja sig.",
    ),
    Question(
        "mal_utan_matning",
        "Vilka mål mäts inte?",
        "Mål utan indikator, och indikatorer utan något utfall.",
        "mal",
        """SELECT titel AS mal, niva, NULL AS indikator, 'saknar indikator' AS brist FROM mal WHERE indikatorer = 0
UNION ALL SELECT mal, NULL, indikator, 'inte mätt' FROM indikatorer WHERE period IS NULL
ORDER BY 4, 1, 3""",
        also=("indikatorer",),
        not_answered="Om ett mål som inte mäts ändå är uppnått.",
    ),
    Question(
        "ataganden_uppfyllda",
        "Håller vi våra åtaganden och kvalitetsgarantier?",
        "Antal åtaganden efter slag och om de är uppfyllda, år för år.",
        "ataganden",
        f"""SELECT ar, slag, uppfyllelse, count(*) AS antal FROM ataganden WHERE {in_year()}
GROUP BY 1, 2, 3 ORDER BY ar DESC, slag, uppfyllelse""",
        {"ar": year("ataganden")},
        not_answered="Hur enskilda personer upplevde det som lovades.",
        chart=Chart("columns", ("ar",), ("antal",), split="uppfyllelse", backwards=True, most=5),
    ),
    Question(
        "malaktiviteter_lage",
        "Vad gör enheterna för att nå målen?",
        "Enheternas aktiviteter till målen, de försenade först.",
        "malaktiviteter",
        f"""SELECT mal, aktivitet, enhet, ansvarig, senast, lage FROM malaktiviteter
WHERE {is_("enhet")} ORDER BY lage = 'försenad' DESC, mal, senast""",
        {"enhet": one_of("malaktiviteter", "enhet", "Enhet")},
        not_answered="Om aktiviteterna ger resultat; se utfallet.",
    ),
)
