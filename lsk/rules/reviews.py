"""Reviews: who is reviewed when, what was found, and what came of it."""

from lsk.rules import Breach, finding, gate

YEARS = """WITH RECURSIVE years(plan, year, last) AS (
  SELECT id, year_from, year_to FROM review_plan UNION ALL SELECT plan, year + 1, last FROM years WHERE year < last)"""


@gate("review_plan", "T24", columns=("status",))
def a_review_plan_misses_nobody() -> Breach:
    """T24: private activity is reviewed every year, all others at least once in the plan's years."""
    return Breach(
        f"""{YEARS} SELECT t.id, t.ref, t.title, group_concat(DISTINCT missed) AS missed FROM {{rows}} t JOIN (
              SELECT y.plan, u.name || ' ' || y.year AS missed FROM years y JOIN unit u ON u.level = 'enhet'
                AND u.operation_form IN ('privat', 'entreprenad', 'LOV') AND NOT EXISTS (
                  SELECT 1 FROM review r WHERE r.plan = y.plan AND r.unit = u.id AND r.year = y.year)
              UNION ALL SELECT p.id, u.name FROM review_plan p JOIN unit u ON u.level = 'enhet'
                AND ifnull(u.operation_form, '') NOT IN ('privat', 'entreprenad', 'LOV') AND NOT EXISTS (
                  SELECT 1 FROM review r WHERE r.plan = p.id AND r.unit = u.id)
            ) m ON m.plan = t.id WHERE t.status = 'antagen' GROUP BY t.id""",
        "{title} kan inte antas: granskning saknas för {missed}.",
        "Planera in granskningarna först.",
    )


@gate("review", "J31", columns=("kind", "unit"))
def a_follow_up_visits_only_units_with_individual_plans() -> Breach:
    """J31: limited to units that carry out assessed services with an individual plan."""
    return Breach(
        """SELECT t.id, t.ref, u.name FROM {rows} t JOIN unit u ON u.id = t.unit
           WHERE t.kind = 'verksamhetsuppföljning' AND u.has_individual_plan = 0""",
        "{name} utför inga insatser med genomförandeplan och omfattas inte av verksamhetsuppföljningen.",
        "Välj en annan typ av granskning eller en annan enhet.",
    )


@finding("review", "T28 V54")
def a_review_is_analysed() -> Breach:
    """T28: every measurement and review is analysed to find areas to improve."""
    return Breach(
        """SELECT t.id, t.ref, t.title FROM {rows} t WHERE t.done_on IS NOT NULL AND t.development_areas IS NULL
           AND NOT EXISTS (SELECT 1 FROM analysis a WHERE a.subject = t.id)""",
        "{title} är genomförd men inte analyserad.",
        "Lägg till en analys eller fyll i utvecklingsområden.",
    )


@finding("review", "J33 T19 T24")
def a_review_is_reported() -> Breach:
    """J33 T24: what a review found is reported to the committee that answers for the activity."""
    return Breach(
        """SELECT t.id, t.ref, t.title, ifnull(t.reported_to, 'nämnden') AS receiver FROM {rows} t
           WHERE t.done_on < date(today(), '-365 days') AND t.reported_on IS NULL""",
        "{title} är inte redovisad för {receiver}.",
        "Redovisa granskningen och fyll i datum.",
    )


@finding("review_finding", "T30 V58")
def a_review_finding_leads_to_action() -> Breach:
    """T30: reviews are followed up so that improvements happen."""
    return Breach(
        """SELECT t.id, t.ref, t.text FROM {rows} t WHERE NOT EXISTS (SELECT 1 FROM action a WHERE a.origin = t.id)""",
        "Iakttagelsen ”{text}” har ingen åtgärd.",
        "Lägg till en åtgärd.",
    )
