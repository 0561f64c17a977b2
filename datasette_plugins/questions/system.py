"""Questions about the system itself: law, responsibility, documents, processes, risks, agreements."""

from __future__ import annotations

from datasette_plugins.questions.vocabulary import PUBLISHED, Ask, Chart, Question, is_, one_of, year

NOT_MET = """SELECT DISTINCT uppfyllnad FROM kravuppfyllnad
WHERE uppfyllnad IN ('saknas', 'delvis', 'planerad', 'ej bedömt') ORDER BY uppfyllnad"""

QUESTIONS = (
    Question(
        "krav_som_inte_uppfylls",
        "Vilka krav uppfyller vi inte?",
        "Krav som saknar tillämpning, är planerade eller bara delvis uppfyllda.",
        "kravuppfyllnad",
        f"""SELECT krav, kravtext, kraft, omrade, lagrum, enhet, ansvarig, uppfyllnad FROM kravuppfyllnad
WHERE uppfyllnad IN ('saknas', 'delvis', 'planerad', 'ej bedömt') AND {is_("uppfyllnad")} AND {is_("omrade")}
ORDER BY kraft DESC, krav, enhet""",
        {
            "uppfyllnad": Ask("Uppfyllnad", NOT_MET),
            "omrade": one_of("kravuppfyllnad", "omrade", "Område"),
        },
        not_answered="Vad som fattas; det står i ledningssystemet.",
    ),
    Question(
        "lagens_tackning",
        "Hur väl täcker vi lagen?",
        "Antal krav ur varje författning, och hur många av dem som är uppfyllda, delvis uppfyllda och saknas.",
        "lagtackning",
        """SELECT forfattning, nummer, sum(krav) AS antal_krav, sum(uppfyllda) AS uppfyllda, sum(delvis) AS delvis,
  sum(saknas) AS saknas, sum(ej_bedomda) AS ej_bedomda FROM lagtackning GROUP BY 1, 2 ORDER BY 3 DESC""",
        not_answered="Bestämmelser som inte ställer krav på ledningssystemet.",
        chart=Chart("bars", ("forfattning", "nummer"), ("uppfyllda", "delvis", "saknas", "ej_bedomda")),
    ),
    Question(
        "lagrum_som_upphort",
        "Vilka lagrum har upphört eller ersatts?",
        "Lagrum som inte längre gäller vid publiceringen, och vad som ersatt dem.",
        "lagrum",
        f"""SELECT forfattning, nummer, lagrum, rubrik, galler_till, ersatt_av FROM lagrum
WHERE galler_till < {PUBLISHED} ORDER BY galler_till DESC, forfattning, lagrum""",
        not_answered="Ändringar som ännu inte är införda i kommunens lagregister.",
    ),
    Question(
        "ansvar_per_roll",
        "Vem ansvarar för vad?",
        "Uppgifterna för varje roll i ledningssystemet.",
        "ansvarsfordelning",
        f"SELECT roll, nr, slag, uppgift, kan_delegeras, lagrum, krav FROM ansvarsfordelning WHERE {is_('roll')}",
        {"roll": one_of("ansvarsfordelning", "roll", "Roll")},
        not_answered="Vem som har rollen.",
    ),
    Question(
        "styrdokument_att_se_over",
        "Vilka styrdokument skulle ha setts över?",
        "Gällande styrdokument vars dag för översyn har passerat.",
        "gallande_styrdokument",
        f"""SELECT ses_over, dokument, slag, version, beslutat_av, galler_fran FROM gallande_styrdokument
WHERE lage = 'ska ses över' AND {is_("slag")} ORDER BY ses_over""",
        {"slag": one_of("gallande_styrdokument", "slag", "Slag")},
        not_answered="Om dokumentet är fel; bara att det inte har setts över.",
    ),
    Question(
        "hitta_styrdokument",
        "Vilka styrdokument gäller för det jag söker?",
        "Gällande styrdokument vars namn eller ämne innehåller ordet.",
        "gallande_styrdokument",
        """SELECT dokument, slag, amne, galler_for, version, beslutat_av, beslutat, ses_over FROM gallande_styrdokument
WHERE found(dokument || ' ' || ifnull(amne, ''), :ord) AND (:slag = '' OR slag = :slag)
ORDER BY dokument""",
        {"ord": Ask("Ord"), "slag": one_of("gallande_styrdokument", "slag", "Slag")},
        not_answered="Vad som står i dokumenten.",
    ),
    Question(
        "processer_att_se_over",
        "Vilka processer har vi, och vilka skulle ha setts över?",
        "Verksamhetens processer med ägare, de som skulle ha setts över först.",
        "processer",
        f"""SELECT process, slag, agare, enhet, ses_over, iif(ses_over < {PUBLISHED}, 'ska ses över', 'gäller') AS lage
FROM processer WHERE {is_("slag")} ORDER BY ses_over IS NULL, ses_over, process""",
        {"slag": one_of("processer", "slag", "Slag")},
        not_answered="Hur arbetet i processen går till; det står i aktiviteterna.",
    ),
    Question(
        "riskernas_niva",
        "Hur många risker har vi, och hur allvarliga är de?",
        "Antal risker på varje nivå, och hur många som är öppna, för varje enhet.",
        "riskbild",
        f"SELECT enhet, niva, risker, oppna FROM riskbild WHERE {is_('enhet')} ORDER BY rowid",
        {"enhet": one_of("riskbild", "enhet", "Enhet")},
        not_answered="Vad riskerna består i.",
        chart=Chart("bars", ("enhet",), ("oppna",), split="niva"),
    ),
    Question(
        "riskanalyser_gjorda",
        "Vilka riskanalyser är gjorda, och när?",
        "Riskanalyser med anledning, dag och antal risker.",
        "riskanalyser",
        f"""SELECT gjord, riskanalys, slag, enhet, anledning, risker, status FROM riskanalyser
WHERE {is_("enhet")} AND (:ar = '' OR substr(gjord, 1, 4) = :ar) ORDER BY gjord DESC, riskanalys""",
        {
            "enhet": one_of("riskanalyser", "enhet", "Enhet"),
            "ar": year("(SELECT CAST(substr(gjord, 1, 4) AS INTEGER) AS ar FROM riskanalyser)"),
        },
        not_answered="Vad riskerna består i.",
    ),
    Question(
        "overenskommelser_att_folja_upp",
        "Vilka överenskommelser ska följas upp eller går ut?",
        "Överenskommelser om samverkan, de som ska följas upp först.",
        "overenskommelser",
        f"""SELECT folj_upp, galler_till, overenskommelse, niva, parter, ansvarig FROM overenskommelser
WHERE {is_("niva")} ORDER BY coalesce(folj_upp, galler_till, '9999'), overenskommelse""",
        {"niva": one_of("overenskommelser", "niva", "Nivå")},
        not_answered="Hur samverkan fungerar.",
    ),
    Question(
        "kompetens_som_kravs",
        "Vilken kompetens kräver vi?",
        "Kompetenskrav för varje yrke.",
        "kompetenskrav",
        "SELECT yrke, krav, omrade, minst_ar, kalla FROM kompetenskrav ORDER BY yrke",
        not_answered="Hur många som har kompetensen.",
    ),
    Question(
        "delaktighet_i_arbetet",
        "Hur deltar medarbetare och brukare i kvalitetsarbetet?",
        "Antal tillfällen i varje forum, år för år.",
        "delaktighet",
        "SELECT ar, forum, vilka, tillfallen FROM delaktighet ORDER BY ar DESC, forum, vilka",
        not_answered="Hur många som deltog, och vad de sade.",
        chart=Chart("columns", ("ar",), ("tillfallen",), split="vilka", backwards=True, most=5),
    ),
    Question(
        "sambanden",
        "Vad hänger ihop med vad?",
        "Varje samband i tråden från lagrum till beslut, med vad som står i båda ändar.",
        "spar_kanter",
        f"""SELECT f.slag, f.titel AS vad, k.slag AS samband, t.slag AS till_slag, t.titel AS leder_till
FROM spar_kanter k JOIN spar_poster f ON f.id = k.fran JOIN spar_poster t ON t.id = k.till
WHERE {is_("slag", "f.slag")} OR t.slag = :slag ORDER BY f.rowid, k.slag, t.rowid""",
        {"slag": one_of("spar_poster", "slag", "Slag")},
        also=("spar_poster",),
        not_answered="Om sambandet räcker, till exempel om en rutin täcker hela kravet.",
    ),
)
