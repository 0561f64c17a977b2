"""Questions about self-checks and internal control."""

from __future__ import annotations

from datasette_plugins.questions.vocabulary import Chart, Question, in_year, is_, one_of, year

QUESTIONS = (
    Question(
        "egenkontroller_sena",
        "Vilka egenkontroller är inte gjorda i tid?",
        "Omgångar vars dag har passerat utan att de är gjorda, och de som gjordes för sent.",
        "egenkontroll_omgangar",
        f"""SELECT enhet, egenkontroll, period, ansvarig, senast, gjord, lage FROM egenkontroll_omgangar
WHERE lage IN ('sen', 'gjord för sent') AND {is_("enhet")} ORDER BY lage = 'sen' DESC, senast""",
        {"enhet": one_of("egenkontroll_omgangar", "enhet", "Enhet")},
        not_answered="Vad kontrollerna visade.",
    ),
    Question(
        "egenkontroller_i_tid",
        "Gör enheterna sina egenkontroller i tid?",
        "Planerade, gjorda och sena omgångar på varje enhet, och hur stor andel som gjordes i tid.",
        "egenkontroller",
        f"""SELECT ar, enhet, planerade, gjorda, sena, andel FROM egenkontroller
WHERE {in_year()} AND {is_("enhet")} ORDER BY ar DESC, andel IS NULL, andel, enhet""",
        {"ar": year("egenkontroller"), "enhet": one_of("egenkontroller", "enhet", "Enhet")},
        not_answered="Om kontrollerna är de rätta, och vad de visade.",
    ),
    Question(
        "egenkontroller_per_metod",
        "Hur kontrollerar vi oss själva?",
        "Planerade, gjorda och sena omgångar efter metod, år för år.",
        "egenkontroller_metod",
        f"""SELECT ar, metod, planerade, gjorda, sena FROM egenkontroller_metod WHERE {in_year()}
ORDER BY ar DESC, metod""",
        {"ar": year("egenkontroller_metod")},
        not_answered="Vad kontrollerna visade.",
        chart=Chart("columns", ("ar",), ("gjorda",), split="metod", backwards=True, most=5),
    ),
    Question(
        "internkontroll_gjord",
        "Är internkontrollplanens moment kontrollerade?",
        "Hur många moment varje plan har, hur många som är kontrollerade, och hur många som visade en avvikelse.",
        "internkontrollplaner",
        f"""SELECT ar, plan, enhet, moment, kontrollerade,
  kontrollerade - med_avvikelse AS utan_avvikelse, med_avvikelse, folj_upp FROM internkontrollplaner
WHERE {in_year()} ORDER BY ar DESC, plan""",
        {"ar": year("internkontrollplaner")},
        not_answered="Vad avvikelserna gällde.",
        chart=Chart("bars", ("plan",), ("utan_avvikelse", "med_avvikelse")),
    ),
    Question(
        "internkontroll_avvikelser",
        "Vilka moment i internkontrollen visade en avvikelse?",
        "Kontrollmoment där en avvikelse hittades, med andelen godkända där tillräckligt många kontrollerades.",
        "kontrollmoment",
        f"""SELECT ar, enhet, kontrollmoment, period, gjord, andel, mal FROM kontrollmoment
WHERE lage = 'avvikelse' AND {in_year()} ORDER BY gjord DESC""",
        {"ar": year("kontrollmoment")},
        not_answered="Vilka akter eller ärenden som hade brister.",
    ),
    Question(
        "granskningars_resultat",
        "Vad visade granskningarna, och vad gjorde vi åt det?",
        "Genomförda granskningar med antal iakttagelser, åtgärder och klara åtgärder.",
        "granskningar_resultat",
        f"""SELECT ar, titel, enhet, iakttagelser, atgarder, atgarder_klara, status, utveckling
FROM granskningar_resultat
WHERE {in_year()} AND {is_("enhet")} ORDER BY ar DESC, titel""",
        {"ar": year("granskningar_resultat"), "enhet": one_of("granskningar_resultat", "enhet", "Enhet")},
        not_answered="Varje iakttagelse för sig; de står i granskningsrapporten.",
    ),
    Question(
        "granskningar_planerade",
        "Vilka granskningar är planerade, gjorda och försenade?",
        "Egna och andras granskningar efter år och läge.",
        "granskningar",
        f"""SELECT ar, titel, slag, enhet, granskare, genomford, redovisad, lage FROM granskningar
WHERE {in_year()} AND {is_("lage")} ORDER BY ar DESC, lage = 'försenad' DESC, titel""",
        {"ar": year("granskningar"), "lage": one_of("granskningar", "lage", "Läge")},
        not_answered="Vad granskningarna kom fram till.",
    ),
)
