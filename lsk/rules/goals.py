"""Goals that can be followed, plans that say who does what, measurements that lead somewhere."""

from lsk.model.goals import DEVIATION_KIND
from lsk.rules import Breach, decided, finding, gate
from lsk.rules.organisation import circle

OTHERS = "('vision', 'nationellt mål')"  # levels that somebody else follows up
UNIT_PLANS = "('verksamhetsplan', 'enhetsplan')"  # what the yearly plan of a unit is called


@gate("goal", "R20 V12 J11", columns=("parent",))
def goals_form_no_circle() -> Breach:
    """R20 V12 J11: a goal is broken down into others, never into itself."""
    return Breach(
        circle("goal", "title"), "Målet {name} kan inte ligga under sig själv.", "Välj ett annat överordnat mål."
    )


@finding("goal", "R40 R44 V15 T6")
def a_goal_can_be_measured() -> Breach:
    """R40 R44 V15: a goal is followed by at least one indicator, its own or one of the goals it is broken down into."""
    return Breach(
        f"""SELECT t.id, t.ref, t.title FROM {{rows}} t WHERE t.status <> 'avslutat' AND t.level NOT IN {OTHERS}
           AND NOT EXISTS (SELECT 1 FROM indicator i WHERE i.goal = t.id)
           AND NOT EXISTS (SELECT 1 FROM goal g JOIN indicator i ON i.goal = g.id WHERE g.parent = t.id)""",
        "Målet {title} saknar indikator och kan inte följas upp.",
        "Lägg till en indikator.",
    )


@finding("goal", "R20 V12 V5 J11")
def a_superior_goal_is_broken_down() -> Breach:
    """R20 V12 J11: a goal above the lowest level has goals or activities under it."""
    return Breach(
        f"""SELECT t.id, t.ref, t.title FROM {{rows}} t
             JOIN choice_value c ON c.list = 'goal_levels' AND c.value = t.level
           WHERE t.status <> 'avslutat' AND t.level NOT IN {OTHERS}
             AND NOT EXISTS (SELECT 1 FROM goal g WHERE g.parent = t.id)
             AND NOT EXISTS (SELECT 1 FROM goal_activity a WHERE a.goal = t.id)
             AND (t.parent IS NULL OR c.number < (SELECT max(number) FROM choice_value WHERE list = 'goal_levels'))""",
        "Målet {title} har ingen aktivitet och inget underordnat mål.",
        "Lägg till en aktivitet eller bryt ned målet.",
    )


@finding("goal", "R44", severity="notis")
def a_goal_says_why_it_was_chosen() -> Breach:
    """R44: goals are strategically important or aimed at a problem area."""
    return Breach(
        f"SELECT t.id, t.ref, t.title FROM {{rows}} t WHERE t.basis IS NULL AND {decided('goal_basis_required')}",
        "Målet {title} säger inte om det är strategiskt viktigt eller gäller ett problemområde.",
        "Ange grund för målet.",
    )


@finding("plan_item", "R42", severity="fel")
def a_plan_item_says_who_what_how_when_and_why() -> Breach:
    """R42: an action plan says who does what, how and when, and why."""
    return Breach(
        """SELECT t.id, t.ref, t.what, substr(iif(t.who IS NULL, ', vem', '') || iif(t.how IS NULL, ', hur', '')
             || iif(t.due IS NULL, ', när', '') || iif(t.why IS NULL, ', varför', ''), 3) AS missing
           FROM {rows} t JOIN plan p ON p.id = t.plan AND p.kind IN ('handlingsplan', 'åtgärdsplan')
           WHERE t.who IS NULL OR t.how IS NULL OR t.due IS NULL OR t.why IS NULL""",
        "Punkten ”{what}” i handlingsplanen är ofullständig: {missing} saknas.",
        "Fyll i det som saknas.",
    )


@gate("plan", "J11 J13 J50", columns=("status",))
def a_plan_is_not_established_without_its_sections() -> Breach:
    """J13: an activity plan holds the headings that its template demands."""
    return Breach(
        """SELECT t.id, t.ref, t.title, group_concat(s.heading, ', ') AS missing FROM {rows} t
           JOIN report_template m ON m.kind = t.kind JOIN report_template_section s ON s.template = m.id
             AND s.force = 'ska'
           WHERE t.status = 'fastställd' AND NOT EXISTS (
             SELECT 1 FROM plan_section p WHERE p.plan = t.id AND p.heading = s.heading AND p.text IS NOT NULL)
           GROUP BY t.id""",
        "{title} kan inte fastställas: avsnitt saknas ({missing}).",
        "Skriv avsnitten först.",
    )


@gate("plan", "J11 T9", columns=("status",))
def a_plan_is_not_established_with_loose_goals() -> Breach:
    """J11: a unit's goals are relevant to the committee's and the council's: each lies under one of them."""
    return Breach(
        f"""SELECT t.id, t.ref, t.title, group_concat(g.title, ', ') AS loose FROM {{rows}} t
           JOIN goal g ON g.unit = t.unit AND g.status <> 'avslutat'
             AND NOT EXISTS (SELECT 1 FROM goal o WHERE o.id = g.parent AND o.level <> g.level)
           JOIN choice_value c ON c.list = 'goal_levels' AND c.value = g.level
             AND c.number = (SELECT max(number) FROM choice_value WHERE list = 'goal_levels')
           WHERE t.status = 'fastställd' AND t.kind IN {UNIT_PLANS} GROUP BY t.id""",
        "{title} kan inte fastställas: enhetsmål utan överordnat mål ({loose}).",
        "Koppla enhetsmålen till ett överordnat mål.",
    )


@finding("unit", "J11 J37 T6 T9")
def a_unit_has_its_plan_for_the_year() -> Breach:
    """J11 T9: each unit draws up its plan for the year, by the name it has in the municipality."""
    return Breach(
        f"""SELECT t.id, t.ref, t.name, strftime('%Y', today()) AS year,
             ifnull((SELECT value FROM choice_value WHERE list = 'plan_kinds' AND value IN {UNIT_PLANS}
               ORDER BY number LIMIT 1), 'plan') AS plan FROM {{rows}} t
           WHERE t.level = 'enhet' AND {decided("unit_plan_required")} AND NOT EXISTS (
             SELECT 1 FROM plan p WHERE p.unit = t.id AND p.kind IN {UNIT_PLANS}
             AND p.year = strftime('%Y', today()) + 0)""",
        "{name} saknar {plan} för {year}.",
        "Lägg till planen.",
    )


@gate("measurement", "R47 V52", columns=("period_start", "period_end", "indicator", "unit"))
def measurements_of_an_indicator_do_not_overlap() -> Breach:
    """R47: one outcome for one period; half-years inside the year they make up may stand beside it."""
    return Breach(
        # Materialized and joined last, so that they are found by indicator and unit at once: there may be very many.
        """WITH same AS MATERIALIZED (
             SELECT id, indicator, ifnull(unit, '') AS unit, period_start, period_end FROM measurement
             WHERE indicator IN (SELECT n.indicator FROM {rows} n))
           SELECT t.id, t.ref, i.name, o.period_start || ' – ' || o.period_end AS other FROM {rows} t
           JOIN indicator i ON i.id = t.indicator
           CROSS JOIN same o ON o.indicator = t.indicator AND o.unit = ifnull(t.unit, '')
             AND o.id <> t.id AND o.period_start <= t.period_end AND o.period_end >= t.period_start
             AND NOT (o.period_start <= t.period_start AND o.period_end >= t.period_end)
             AND NOT (t.period_start <= o.period_start AND t.period_end >= o.period_end)""",
        "Mätningen av {name} överlappar en annan ({other}).",
        "Rätta perioden.",
    )


@gate("measurement", "", columns=("period_start", "period_end"))
def a_period_ends_after_it_begins() -> Breach:
    """A period is read forwards."""
    return Breach(
        "SELECT t.id, t.ref FROM {rows} t WHERE t.period_end < t.period_start",
        "Perioden slutar innan den börjar.",
        "Rätta datumen.",
    )


@gate("measurement", "H6", columns=("indicator", "period_start"))
def an_indicator_is_decided_before_what_it_measures() -> Breach:
    """H6: the goal is followed by parameters decided in advance."""
    return Breach(
        f"""SELECT t.id, t.ref, i.name, t.period_start FROM {{rows}} t JOIN indicator i ON i.id = t.indicator
           WHERE {decided("indicators_decided_in_advance")} AND ifnull(i.decided_on, '9999') >= t.period_start""",
        "{name} måste vara bestämd före {period_start} för att kunna mäta den perioden.",
        "Fyll i när indikatorn bestämdes, eller mät en senare period.",
    )


@finding("measurement", "R46 R49 T28")
def a_measured_deviation_is_analysed() -> Breach:
    """R46 R49 T28: an outcome off the target, for good or bad, is analysed: "Vad beror avvikelsen på?"."""
    return Breach(
        f"""SELECT * FROM (SELECT t.id, t.ref, n.name, replace(t.value, '.', ',') AS value,
             replace(t.target, '.', ',') AS target, {DEVIATION_KIND} AS kind FROM {{rows}} t
             JOIN indicator n ON n.id = t.indicator WHERE NOT EXISTS (SELECT 1 FROM analysis a WHERE a.subject = t.id))
           WHERE kind IN ('negativ', 'positiv')""",
        "{name}: {value} mot målet {target} ({kind}) är inte analyserat.",
        "Lägg till en analys: Vad beror avvikelsen på?",
    )
