"""Questions across all that is followed up."""

from __future__ import annotations

from datasette_plugins.questions.vocabulary import PUBLISHED, Question

QUESTIONS = (
    Question(
        "blir_samre",
        "Var blir det sämre?",
        "Mål vars utfall är sämre än förra perioden, och enheter som det senaste året gjort en mindre andel av sina "
        "egenkontroller i tid eller har fler försenade beslutade åtgärder än för ett år sedan.",
        "malutfall",
        f"""WITH dag(nu, forr, forrforr) AS (
  SELECT {PUBLISHED}, date({PUBLISHED}, '-1 year'), date({PUBLISHED}, '-2 years')
), utfall AS (
  SELECT *, row_number() OVER (PARTITION BY indikator_id ORDER BY period_slut DESC) AS n
  FROM malutfall WHERE utfall IS NOT NULL
), kontroll AS (
  SELECT enhet, 100.0 * avg(gjord IS NOT NULL AND gjord <= senast) FILTER (WHERE senast >= forr) AS i_ar,
    100.0 * avg(gjord IS NOT NULL AND gjord <= senast) FILTER (WHERE senast < forr) AS i_fjol
  FROM egenkontroll_omgangar, dag WHERE senast >= forrforr AND senast < nu GROUP BY enhet
), forsenade AS (
  SELECT enhet, count(*) FILTER (WHERE senast < nu AND klar IS NULL) AS i_dag,
    count(*) FILTER (WHERE senast < forr AND (klar IS NULL OR klar >= forr)) AS i_fjol
  FROM atgarder_uppfoljning, dag WHERE lage <> 'avslagen' GROUP BY enhet
)
SELECT 'mål' AS omrade, nu.indikator AS vad, nu.period || ' mot ' || forr.period AS period, nu.utfall AS nu,
  forr.utfall AS forut, nu.mal_varde, nu.matt
FROM utfall nu JOIN utfall forr ON forr.indikator_id = nu.indikator_id AND forr.n = 2
WHERE nu.n = 1 AND iif(nu.battre = 'högre', nu.utfall < forr.utfall, nu.utfall > forr.utfall)
UNION ALL
SELECT 'egenkontroll', 'Egenkontroller gjorda i tid, ' || enhet, 'senaste året mot året före', round(i_ar, 1),
  round(i_fjol, 1), NULL, 'procent'
FROM kontroll WHERE i_ar < i_fjol
UNION ALL
SELECT 'åtgärder', 'Försenade beslutade åtgärder, ' || coalesce(enhet, 'utan enhet'), 'nu mot ett år tidigare',
  i_dag, i_fjol, NULL, 'antal'
FROM forsenade WHERE i_dag > i_fjol
ORDER BY 1 DESC, 2""",
        also=("egenkontroll_omgangar", "atgarder_uppfoljning"),
        not_answered="Varför. Små förändringar kan vara slump. Avvikelser och klagomål är inte med: fler rapporter kan "
        "betyda att fler rapporterar.",
    ),
)
