"""Questions about decisions, the committee's own questions, and the year."""

from __future__ import annotations

from datasette_plugins.questions.vocabulary import PUBLISHED, Chart, Question, in_year, is_, one_of, year

QUESTIONS = (
    Question(
        "beslut_att_folja_upp",
        "Vilka av våra beslut väntar på uppföljning?",
        "Beslut med en dag för uppföljning som ännu inte är gjord. Äldst först.",
        "beslut_och_uppfoljning",
        f"""SELECT folj_upp_senast, sammantrade, organ, paragraf, beslut, lage FROM beslut_och_uppfoljning
WHERE folj_upp_senast IS NOT NULL AND uppfoljt IS NULL AND {is_("organ")} ORDER BY folj_upp_senast""",
        {"organ": one_of("beslut_och_uppfoljning", "organ", "Organ")},
        not_answered="Beslut som ingen har bestämt en dag för.",
    ),
    Question(
        "vad_blev_det_av_paragrafen",
        "Vad blev det av paragrafen?",
        "Åtgärder, planer, dokument och annat som hänger på ett beslut, och hur det går med dem.",
        "beslut_foljder",
        f"""SELECT sammantrade, organ, paragraf, slag, titel, lage, dag FROM beslut_foljder
WHERE {is_("paragraf")} AND {is_("sammantrade")} ORDER BY sammantrade DESC, paragraf, slag, titel""",
        {
            "paragraf": one_of(
                "beslut_foljder", "paragraf", "Paragraf", "CAST(replace(paragraf, '§ ', '') AS INTEGER), paragraf"
            ),
            "sammantrade": one_of("beslut_foljder", "sammantrade", "Sammanträde", "sammantrade DESC"),
        },
        not_answered="Följder som ingen har knutit till beslutet i ledningssystemet.",
    ),
    Question(
        "vara_beslut",
        "Vad har vi beslutat?",
        "Besluten i varje organ, med slag och läge.",
        "beslut_och_uppfoljning",
        f"""SELECT sammantrade, organ, paragraf, beslut, slag, lage FROM beslut_och_uppfoljning
WHERE {is_("organ")} AND (:ar = '' OR substr(sammantrade, 1, 4) = :ar) ORDER BY sammantrade DESC, paragraf""",
        {
            "organ": one_of("beslut_och_uppfoljning", "organ", "Organ"),
            "ar": year("(SELECT CAST(substr(sammantrade, 1, 4) AS INTEGER) AS ar FROM beslut_och_uppfoljning)"),
        },
        not_answered="Beslut om enskilda, och beslut som inte rör ledningssystemet.",
    ),
    Question(
        "fragor_utan_svar",
        "Har våra frågor fått svar?",
        "Frågor som nämnden har ställt till verksamheten, de obesvarade först.",
        "namndfragor",
        f"""SELECT fragad, organ, paragraf, fraga, ansvarig, senast, besvarad, lage, svar FROM namndfragor
WHERE {is_("lage")} ORDER BY besvarad IS NULL DESC, fragad DESC""",
        {"lage": one_of("namndfragor", "lage", "Läge")},
        not_answered="Frågor som ställts utan att antecknas i ledningssystemet.",
    ),
    Question(
        "arshjul_forsenat",
        "Vad i årshjulet är försenat?",
        "Rapporter, uppföljningar och andra årliga uppgifter vars dag har passerat.",
        "arshjul",
        f"""SELECT senast, uppgift, period, enhet, ansvarig, mottagare, kraft FROM arshjul
WHERE lage = 'försenat' AND {is_("enhet")} ORDER BY senast""",
        {"enhet": one_of("arshjul", "enhet", "Enhet")},
        not_answered="Uppgifter som är gjorda men inte noterade som klara.",
    ),
    Question(
        "arshjul_framat",
        "Vad ska göras de närmaste tre månaderna?",
        "Uppgifter i årshjulet med dag inom tre månader från publiceringen.",
        "arshjul",
        f"""SELECT senast, uppgift, period, enhet, ansvarig, mottagare, kraft FROM arshjul
WHERE lage = 'kommande' AND senast <= date({PUBLISHED}, '+3 months') AND {is_("mottagare")} ORDER BY senast""",
        {"mottagare": one_of("arshjul", "mottagare", "Till")},
        not_answered="Uppgifter som ännu inte har fått en dag.",
    ),
    Question(
        "arshjul_gjort",
        "Hur mycket av årshjulet är gjort?",
        "Antal uppgifter som är klara, kommande och försenade, år för år.",
        "arshjul",
        """SELECT CAST(substr(senast, 1, 4) AS INTEGER) AS ar, sum(lage = 'klart') AS klara,
  sum(lage = 'kommande') AS kommande, sum(lage = 'försenat') AS forsenade FROM arshjul
WHERE senast IS NOT NULL GROUP BY 1 ORDER BY 1 DESC""",
        not_answered="Vad uppgifterna ledde till.",
        chart=Chart("columns", ("ar",), ("klara", "kommande", "forsenade"), backwards=True, most=6),
    ),
    Question(
        "matningar_som_saknas",
        "Är årets mätningar planerade och gjorda?",
        "Raderna i kommunens tabell över mätningar, de utan något planerat eller gjort först.",
        "matningar",
        "SELECT ar, vad_mats, ansvar, planerat, gjort, lage FROM matningar ORDER BY lage = 'saknas' DESC, nr",
        not_answered="Vad mätningarna visade. Tom där kommunen inte har någon sådan tabell.",
    ),
    Question(
        "styrinstrumentens_lage",
        "Är årets styrinstrument fastställda?",
        "Raderna i kommunens tabell över styrinstrument: fastställande, ansvar och läge i år.",
        "styrinstrument",
        "SELECT styrinstrument, faststalls, ansvar, senast, klart, lage FROM styrinstrument ORDER BY nr",
        not_answered="Vad som står i dem. Tom där kommunen inte har någon sådan tabell.",
    ),
    Question(
        "rapporter_for_aret",
        "Vilka rapporter har kommit, och vad beslutades om dem?",
        "Inlämnade rapporter med läge och den paragraf där de redovisades.",
        "rapporter",
        f"""SELECT ar, titel, slag, enhet, inlamnad, redovisad, lage, sammantrade, paragraf FROM rapporter
WHERE {in_year()} AND {is_("slag")} ORDER BY ar DESC, slag, enhet, titel""",
        {"ar": year("rapporter"), "slag": one_of("rapporter", "slag", "Slag")},
        not_answered="Rapporter som ännu är utkast.",
    ),
    Question(
        "rapporter_som_saknas",
        "Vilka enheter har inte lämnat sin rapport?",
        "Enheter som tidigare lämnat en rapport av ett slag, men inte för förra året.",
        "rapporter_saknas",
        f"SELECT enhet, slag, mall, ar, senaste FROM rapporter_saknas WHERE {is_('enhet')} ORDER BY enhet, slag",
        {"enhet": one_of("rapporter_saknas", "enhet", "Enhet")},
        not_answered="Enheter som aldrig har lämnat någon.",
    ),
)
