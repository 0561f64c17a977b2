"""Questions about actions: whether they are done, and whether they helped."""

from __future__ import annotations

from datasette_plugins.questions.vocabulary import Chart, Question, in_year, is_, one_of, year

DECIDED_ONLY = "Bara åtgärder som ett politiskt organ har beslutat om visas med sin text."

QUESTIONS = (
    Question(
        "atgarder_forsenade",
        "Vilka beslutade åtgärder är försenade?",
        "Åtgärder som vi har beslutat om, som skulle ha varit klara och inte är det. Längst försenad först.",
        "atgarder_uppfoljning",
        f"""SELECT senast, atgard, enhet, ansvarig, beslutad, paragraf, status FROM atgarder_uppfoljning
WHERE lage = 'försenad' AND {is_("enhet")} ORDER BY senast""",
        {"enhet": one_of("atgarder_uppfoljning", "enhet", "Enhet")},
        not_answered="Varför de är försenade.",
    ),
    Question(
        "atgarder_effekt",
        "Gav åtgärderna den effekt vi ville ha?",
        "Genomförda åtgärder som vi har beslutat om, när de följdes upp och vilken effekt de fick.",
        "atgarder_uppfoljning",
        f"""SELECT effekt, atgard, enhet, klar, foljdes_upp FROM atgarder_uppfoljning
WHERE lage = 'klar' AND {is_("enhet")} ORDER BY effekt IS NULL DESC, klar DESC""",
        {"enhet": one_of("atgarder_uppfoljning", "enhet", "Enhet")},
        not_answered="Hur effekten mättes; det står i uppföljningen i ledningssystemet.",
    ),
    Question(
        "atgarder_pa_enheterna",
        "Hur går det med åtgärderna på varje enhet?",
        "Antal åtgärder, hur många som är klara och försenade, och vilken effekt de fick.",
        "atgarder_enhet",
        """SELECT enhet, alla, klara, forsenade, alla - klara - forsenade AS pagar, effekt_ja, effekt_delvis, effekt_nej
FROM atgarder_enhet ORDER BY forsenade DESC, enhet""",
        not_answered=f"Vad åtgärderna går ut på. {DECIDED_ONLY}",
        chart=Chart("bars", ("enhet",), ("klara", "forsenade", "pagar")),
    ),
    Question(
        "atgarders_alder",
        "Hur länge har åtgärderna legat?",
        "Åtgärder som inte är klara, efter hur länge sedan de föreslogs.",
        "atgarder",
        """SELECT alder, status, sum(antal) AS antal FROM atgarder
WHERE status NOT IN ('avslagen', 'genomförd', 'uppföljd', 'avslutad') GROUP BY alder, status
ORDER BY alder = 'över ett år' DESC, alder = '3 till 12 månader' DESC, min(rowid)""",
        not_answered="Vilka åtgärderna är.",
        chart=Chart("columns", ("alder",), ("antal",), split="status"),
    ),
    Question(
        "atgarders_ursprung",
        "Varifrån kommer åtgärderna?",
        "Antal åtgärder ur risker, egenkontroller, granskningar, avvikelser med mera, och hur många som är klara.",
        "atgarder_ursprung",
        f"""SELECT ar, ursprung, antal, klara FROM atgarder_ursprung WHERE {in_year()}
ORDER BY ar DESC, antal DESC, ursprung""",
        {"ar": year("atgarder_ursprung")},
        not_answered="Vilken avvikelse eller risk en åtgärd kommer ur.",
        chart=Chart("columns", ("ar",), ("antal",), split="ursprung", backwards=True, most=5),
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
        not_answered="Vad förslagen innehåller; de är ännu inte beslutade.",
    ),
)
