"""Published of staff: what competence is demanded, and how staff and users take part. Never a head count of a unit."""

from __future__ import annotations

from lsk.model.vocabulary import Publish
from lsk.publish.vocabulary import Column, Table, number, order

COMPETENCE = Table(
    "kompetenskrav",
    "Kompetenskrav",
    "Vilken kompetens som krävs för olika yrken.",
    Publish.OPEN,
    (
        Column("yrke", "Yrke", "competence_requirement.occupation"),
        Column("krav", "Krav", "competence_requirement.text"),
        Column("omrade", "Område", "service_area.name"),
        number("minst_ar", "Minsta erfarenhet", "competence_requirement.minimum_years"),
        Column("kalla", "Källa", "competence_requirement.source"),
    ),
    """SELECT t.occupation, t.text, s.name, t.minimum_years, t.source, t.ref AS _ref
        FROM competence_requirement t LEFT JOIN service_area s ON s.id = t.service_area
        WHERE t.status <> 'upphört' ORDER BY t.occupation_sort, t.id""",
    entity="competence_requirement",
    through="competence_requirement.status",
    grain="ett krav",
)

PARTICIPATION = Table(
    "delaktighet",
    "Delaktighet",
    "Hur många gånger medarbetare, brukare och andra har deltagit i kvalitetsarbetet, år för år.",
    Publish.COMMITTEE,
    (
        order("ar", "År", "participation.held_on"),
        Column("forum", "Forum", "participation.forum"),
        Column("vilka", "Vilka", "participation.who"),
        number("tillfallen", "Tillfällen", "participation.held_on"),
    ),
    """SELECT CAST(substr(t.held_on, 1, 4) AS INTEGER), t.forum, t.who, count(*) FROM participation t
        GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3""",
    entity="participation",
    grain="ett år, ett forum och en grupp",
)

TABLES = (COMPETENCE, PARTICIPATION)
