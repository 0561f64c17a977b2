"""Reports and the management review: what they must say, and in which order."""

from lsk.rules import Breach, finding, gate, warning

MISSING = """SELECT t.id, t.ref, t.title, group_concat(s.heading, ', ') AS missing FROM {{rows}} t
  JOIN report_template_section s ON s.template = t.template AND s.force = '{force}'
  WHERE t.status <> 'utkast' AND NOT EXISTS (
    SELECT 1 FROM report_section r WHERE r.report = t.id AND r.heading = s.heading AND r.text IS NOT NULL)
  GROUP BY t.id"""


@gate("report", "J23 J27", columns=("status",))
def a_report_is_not_submitted_without_its_required_headings() -> Breach:
    """J23 J27: what a report must contain is there when it is submitted."""
    return Breach(
        MISSING.format(force="ska"),
        "{title} kan inte lämnas in: avsnitt saknas ({missing}).",
        "Skriv avsnitten först.",
    )


@warning("report", "V55 V56", columns=("status",))
def a_report_has_the_headings_it_should_have() -> Breach:
    """V55 V56: what a report should contain is missed when it is not there."""
    return Breach(MISSING.format(force="bör"), "{title} saknar avsnitt som bör finnas: {missing}.", "Skriv avsnitten.")


@gate("report_section", "J24", columns=("number", "heading"))
def what_stands_last_is_last() -> Breach:
    """J24: the quality report is placed under "Övrigt", last."""
    return Breach(
        """SELECT t.id, t.ref, o.heading AS last FROM {rows} t JOIN report p ON p.id = t.report
           JOIN report_section o ON o.report = t.report
           JOIN report_template_section s ON s.template = p.template AND s.heading = o.heading AND s.place = 'sist'
           WHERE t.heading <> o.heading AND t.number >= o.number""",
        "”{last}” ska stå sist i rapporten.",
        "Ge det andra avsnittet en tidigare plats.",
    )


@gate("report", "J26", columns=("template", "unit"))
def a_patient_safety_report_is_for_health_care() -> Breach:
    """J26: units with health care draw up a patient-safety report, and only they."""
    return Breach(
        """SELECT t.id, t.ref, u.name FROM {rows} t JOIN report_template m ON m.id = t.template
           JOIN unit u ON u.id = t.unit WHERE m.kind = 'patientsäkerhetsberättelse' AND u.has_health_care = 0""",
        "{name} har ingen hälso- och sjukvård och ska inte skriva patientsäkerhetsberättelse.",
        "Välj en annan enhet.",
    )


@gate("action", "V59", columns=("origin", "kind"))
def a_decision_of_the_management_review_has_its_kind() -> Breach:
    """V59: decisions are of three types: corrective, preventive, improving."""
    return Breach(
        """SELECT t.id, t.ref, t.text FROM {rows} t JOIN management_review m ON m.id = t.origin WHERE t.kind IS NULL""",
        "Beslutet ”{text}” från ledningens genomgång saknar typ.",
        "Välj korrigerande, förebyggande eller förbättrande.",
    )


@gate("management_review", "V58", columns=("status",))
def a_management_review_handles_all_its_inputs() -> Breach:
    """V58: all inputs of the template are there before the review is held."""
    return Breach(
        """SELECT t.id, t.ref, t.year, group_concat(s.heading, ', ') AS missing FROM {rows} t
           JOIN report_template m ON m.kind = 'ledningens genomgång' JOIN report_template_section s ON s.template = m.id
           WHERE t.status <> 'förbereds' AND NOT EXISTS (SELECT 1 FROM management_review_input i
             WHERE i.management_review = t.id AND i.number = s.number AND coalesce(i.content, i.comment) IS NOT NULL)
           GROUP BY t.id""",
        "Ledningens genomgång {year} saknar underlag: {missing}.",
        "Fyll i underlagen först.",
    )


@finding("report_template", "V57")
def the_management_reviews_every_year() -> Breach:
    """V57: at least once a year."""
    return Breach(
        """SELECT t.id, t.ref, strftime('%Y', today()) AS year FROM {rows} t WHERE t.kind = 'ledningens genomgång'
           AND NOT EXISTS (SELECT 1 FROM management_review r WHERE r.year = strftime('%Y', today()) + 0)""",
        "Ledningens genomgång saknas för {year}.",
        "Lägg till årets genomgång.",
    )
