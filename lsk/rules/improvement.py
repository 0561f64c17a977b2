"""Actions: described, prioritised, decided, done, and asked whether they helped."""

from lsk.rules import Breach, finding, gate

PLACED = (
    "(t.resource_input IS NOT NULL OR t.improvement IS NOT NULL OR t.priority IS NOT NULL OR t.status = 'prioriterad')"
)


@gate("action", "R54", columns=("resource_input", "improvement", "priority", "status", "scenario"))
def no_action_is_prioritised_without_impact_description() -> Breach:
    """R54: every action proposal has an impact description, a scenario of what follows, before it is placed."""
    return Breach(
        f"SELECT t.id, t.ref, t.text FROM {{rows}} t WHERE t.scenario IS NULL AND {PLACED}",
        "Åtgärden ”{text}” kan inte prioriteras: konsekvensbeskrivning saknas.",
        "Beskriv ett scenario först.",
    )


@gate("action", "R55", columns=("status",))
def a_prioritised_action_has_its_place_in_the_matrix() -> Breach:
    """R55: to be prioritised is to be placed by resource input and improvement."""
    return Breach(
        """SELECT t.id, t.ref, t.text FROM {rows} t WHERE t.status = 'prioriterad'
           AND (t.resource_input IS NULL OR t.improvement IS NULL)""",
        "Åtgärden ”{text}” saknar plats i prioriteringsmatrisen.",
        "Ange resursinsats och förbättring.",
    )


@finding("action", "R51 R52")
def an_action_is_done_in_time() -> Breach:
    """R52: what was decided is done by its day."""
    return Breach(
        """SELECT t.id, t.ref, t.text, t.due FROM {rows} t
           WHERE t.due < today() AND t.status IN ('beslutad', 'pågår')""",
        "Åtgärden ”{text}” skulle ha varit klar {due}.",
        "Genomför den, eller besluta om ett nytt datum.",
    )


@finding("action", "R52")
def a_done_action_has_its_effect_judged() -> Breach:
    """R52: continuous check-offs show whether the goal is reached."""
    return Breach(
        "SELECT t.id, t.ref, t.text FROM {rows} t WHERE t.status IN ('genomförd', 'uppföljd') AND t.effect IS NULL",
        "Åtgärden ”{text}” är genomförd men effekten är inte bedömd.",
        "Följ upp och ange effekt.",
    )


@finding("risk", "R21 R57 V43 J39", severity="fel")
def a_high_risk_has_an_action() -> Breach:
    """R57, 5 kap. 1 §: a risk over the scale's own limit has at least one action."""
    return Breach(
        """SELECT t.id, t.ref, t.description, sc.score FROM {rows} t JOIN risk_scale s ON s.id = t.scale
           JOIN risk_score sc ON sc.scale = t.scale
             AND sc.probability = t.probability AND sc.consequence = t.consequence
           WHERE t.status <> 'stängd' AND sc.score >= s.action_from AND ifnull(t.response, '') <> 'acceptera'
             AND NOT EXISTS (SELECT 1 FROM action a WHERE a.origin = t.id)""",
        "Risken ”{description}” har riskvärde {score} men ingen åtgärd.",
        "Lägg till en åtgärd, eller ange att risken accepteras.",
    )


@gate("risk", "V37 V43", columns=("probability", "consequence"))
def a_risk_is_estimated_both_ways() -> Breach:
    """V37 V43: the probability is estimated, and the negative consequences are judged."""
    return Breach(
        "SELECT t.id, t.ref, t.description FROM {rows} t WHERE t.probability IS NULL OR t.consequence IS NULL",
        "Risken ”{description}” saknar sannolikhet eller konsekvens.",
        "Bedöm båda.",
    )


@finding("risk", "H22", severity="fel")
def an_allotted_risk_is_handled() -> Breach:
    """H22: a department handles the risks that are allotted to it."""
    return Breach(
        """SELECT t.id, t.ref, t.description, u.name FROM {rows} t JOIN unit u ON u.id = t.allotted_to
           WHERE t.status IN ('identifierad', 'bedömd', 'tilldelad')
             AND NOT EXISTS (SELECT 1 FROM action a WHERE a.origin = t.id)""",
        "Risken ”{description}” är tilldelad {name} men inte omhändertagen.",
        "Lägg till en åtgärd.",
    )
