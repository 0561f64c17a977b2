"""Staff: competence is followed up every year, and a gap leads to a plan."""

from lsk.rules import Breach, finding


@finding("unit", "R58 T57", severity="fel")
def a_unit_follows_up_competence_every_year() -> Breach:
    """R58: the staff's level of competence is followed up annually."""
    return Breach(
        """SELECT t.id, t.ref, t.name, strftime('%Y', today()) AS year FROM {rows} t
           WHERE t.level = 'enhet' AND ifnull(t.system_applies, '') <> 'omfattas ej'
             AND EXISTS (SELECT 1 FROM competence_followup f) AND NOT EXISTS (
               SELECT 1 FROM competence_followup f WHERE f.unit = t.id AND f.year = strftime('%Y', today()) + 0)""",
        "{name}: uppföljning saknas av personalens kompetens {year}.",
        "Gör en kompetensuppföljning.",
    )


@finding("competence_followup", "R58", severity="fel")
def a_competence_gap_has_a_plan() -> Breach:
    """R58: then planning is done to raise the level where shortcomings are found."""
    return Breach(
        """SELECT t.id, t.ref, u.name, t.year FROM {rows} t JOIN unit u ON u.id = t.unit
           WHERE t.staff_total > t.staff_meeting AND t.plan IS NULL""",
        "{name} {year}: plan saknas för att höja kompetensen.",
        "Koppla en plan till uppföljningen.",
    )


@finding("competence_requirement", "T58")
def a_competence_requirement_is_established() -> Breach:
    """T58: a requirement that is to be established is not forgotten."""
    return Breach(
        "SELECT t.id, t.ref, t.occupation FROM {rows} t WHERE t.status = 'ska fastställas'",
        "Kompetenskravet för {occupation} ska fastställas.",
        "Bestäm kravet.",
    )
