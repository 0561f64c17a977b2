"""The law that requirements lean on: in force, repealed, checked."""

from lsk.law.assessments import ASSESSED_AGAINST, EFFECTIVE
from lsk.law.impact import CITING
from lsk.rules import Breach, finding, gate


@finding("requirement", "R2")
def a_requirement_leans_on_law_in_force() -> Breach:
    """A requirement whose provision or statute is repealed must be moved to the one in force (L6, L7, L13)."""
    return Breach(
        """SELECT t.id, t.ref, t.code, ifnull(t.cited_as, p.designation) AS cited,
             s.short_name || ' ' || s.number AS law,
             ifnull((SELECT ' Motsvaras nu av ' || s2.short_name || ' (' || s2.number || ') ' || n.designation || '.'
               FROM provision n JOIN statute s2 ON s2.id = n.statute WHERE n.id = p.became), '') AS now
           FROM {rows} t JOIN provision p ON p.id = t.provision JOIN statute s ON s.id = p.statute
           WHERE coalesce(p.valid_to, s.valid_to) < today()""",
        "Kravet {code} lutar sig mot en upphävd källa: {cited} ({law}).{now}",
        "Flytta kravet till det lagrum som gäller.",
    )


@finding("application", "T33 T36")
def an_application_leans_on_law_in_force() -> Breach:
    """T33 T36: when the source of law is changed, each application is mapped to the one in force."""
    return Breach(
        """SELECT t.id, t.ref, k.code, k.text AS demand, s.short_name || ' ' || s.number AS law FROM {rows} t
           JOIN requirement k ON k.id = t.requirement JOIN provision p ON p.id = ifnull(t.provision, k.provision)
           JOIN statute s ON s.id = p.statute WHERE coalesce(p.valid_to, s.valid_to) < today()""",
        "Tillämpningen {ref} av {code} lutar sig mot en upphävd källa ({law}).",
        "Ange det lagrum som gäller (provision).",
    )


@finding("duty", "R8 R9")
def a_duty_leans_on_law_in_force() -> Breach:
    """A duty whose provision is repealed is re-mapped."""
    return Breach(
        """SELECT t.id, t.ref, t.text, p.designation, s.short_name || ' ' || s.number AS law
           FROM {rows} t JOIN provision p ON p.id = t.provision JOIN statute s ON s.id = p.statute
           WHERE coalesce(p.valid_to, s.valid_to) < today()""",
        "Ansvaret ”{text}” lutar sig mot en upphävd källa: {designation} ({law}).",
        "Ange det lagrum som gäller.",
    )


@finding("statute", "R2", severity="notis")
def a_statute_in_force_has_been_checked() -> Breach:
    """The register is data: a person checks the printed act and says when."""
    return Breach(
        """SELECT t.id, t.ref, t.short_name, t.number FROM {rows} t
           WHERE t.checked_on IS NULL AND (t.valid_to IS NULL OR t.valid_to >= today())
             AND EXISTS (SELECT 1 FROM requirement k JOIN provision p ON p.id = k.provision WHERE p.statute = t.id)""",
        "{short_name} ({number}) är inte kontrollerad mot källan.",
        "Läs författningen och fyll i kontrollerad den.",
    )


@finding("requirement", "R4 R5 R6 R57 V5 V41 J39")
def a_requirement_is_applied() -> Breach:
    """A requirement that must be met says how, and who answers for it."""
    return Breach(
        """SELECT t.id, t.ref, t.code FROM {rows} t WHERE t.force = 'ska'
           AND NOT EXISTS (SELECT 1 FROM application a WHERE a.requirement = t.id)""",
        "Kravet {code} saknar tillämpning.",
        "Beskriv hur kravet uppfylls och vem som ansvarar.",
    )


@finding("application", "T33 T36", severity="notis")
def an_application_is_assessed_by_the_wording_in_force() -> Breach:
    """An assessment stays tied to the wording it was made against; when the application has moved, it is made anew."""
    return Breach(
        f"""SELECT t.id, t.ref, t.assessed_on, s.short_name || ' ' || s.number || ' ' || p.designation AS law
            FROM {{rows}} t JOIN provision p ON p.id = {ASSESSED_AGAINST} JOIN statute s ON s.id = p.statute
            WHERE t.assessed_on IS NOT NULL AND {EFFECTIVE} <> p.id""",
        "Tillämpningen {ref} bedömdes {assessed_on} mot {law}, som har ersatts.",
        "Bedöm den mot lydelsen som gäller.",
    )


@gate("adaptation", "T33 T36", columns=("status", "new_provision"))
def a_moved_adaptation_says_where() -> Breach:
    """What is moved is moved somewhere."""
    return Breach(
        "SELECT t.id, t.ref FROM {rows} t WHERE t.status = 'flyttad' AND t.new_provision IS NULL",
        "Anpassningen {ref} kan inte vara flyttad: det står inte vart.",
        "Ange det nya lagrummet.",
    )


@gate("adaptation", "T33 T36", columns=("status",))
def a_moved_record_leaves_the_old_wording() -> Breach:
    """An item of the work list is not ended while its record still cites what was replaced."""
    still = " UNION ALL ".join(f"SELECT id, provision, ref FROM {name}" for name in CITING)
    return Breach(
        f"""SELECT t.id, t.ref, c.ref AS other FROM {{rows}} t JOIN ({still}) c ON c.id = t.record
            WHERE t.status = 'flyttad' AND c.provision = t.provision AND t.new_provision <> t.provision""",
        "Anpassningen {ref} kan inte vara flyttad: {other} hänvisar fortfarande till det tidigare lagrummet.",
        "Ändra lagrummet i posten först.",
    )


@gate("adaptation", "T33 T36", columns=("status", "reason", "decision"))
def a_kept_adaptation_says_why() -> Breach:
    """What stays as it was, or was decided otherwise, has a reason or a decision."""
    return Breach(
        """SELECT t.id, t.ref, t.status FROM {rows} t
           WHERE t.status IN ('behålls', 'avgjord') AND t.reason IS NULL AND t.decision IS NULL""",
        "Anpassningen {ref} kan inte vara {status} utan skäl.",
        "Skriv anledningen, eller ange beslutet.",
    )


@finding("adaptation", "T33 T36")
def an_adaptation_is_settled() -> Breach:
    """The work list of an adopted wording is worked off once that wording is in force."""
    return Breach(
        """SELECT t.id, t.ref, s.short_name || ' ' || s.number || ' ' || p.designation AS law FROM {rows} t
           JOIN provision p ON p.id = t.provision JOIN statute s ON s.id = p.statute
           WHERE t.status = 'väntar' AND coalesce(p.valid_to, s.valid_to, '') < today()""",
        "Anpassningen {ref} väntar: {law} har ersatts.",
        "Avgör om posten behålls, flyttas eller avgörs på annat sätt.",
    )
