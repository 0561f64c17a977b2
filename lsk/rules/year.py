"""The year: nothing that is due is forgotten."""

from lsk.rules import Breach, finding, warning


@finding("obligation", "R11 R17 R38 R47 R58")
def an_obligation_has_evidence_this_year() -> Breach:
    """R11 R17 R38 R58: what returns every year leaves a trace: done, or at least begun."""
    return Breach(
        """SELECT t.id, t.ref, t.name FROM {rows} t WHERE ifnull(t.cadence, '') <> 'vid händelse' AND NOT EXISTS (
             SELECT 1 FROM occurrence o WHERE o.obligation = t.id AND (o.done_on IS NOT NULL OR o.status = 'pågår')
               AND coalesce(o.done_on, o.due, today()) >= date(today(), '-400 days'))""",
        "{name}: inget underlag det senaste året.",
        "Registrera när den gjordes, eller när den ska göras.",
    )


@finding("obligation", "T16 T17 T18 T19 T20 T21 T22 T23 T24 T25 T26 T27")
def a_measurement_is_planned_for_the_year() -> Breach:
    """T16–T27: each row of the municipality's table of measurements has something planned or done this year."""
    return Breach(
        """SELECT t.id, t.ref, t.name, strftime('%Y', today()) AS year FROM {rows} t JOIN setting s
             ON s.key = 'measurement_table' AND ' ' || s.value || ' ' LIKE '% ' || t.requirements || ' %'
           WHERE NOT EXISTS (SELECT 1 FROM occurrence o WHERE o.obligation = t.id
             AND coalesce(o.done_on, o.due, o.period) LIKE strftime('%Y', today()) || '%')""",
        "Mätningen {name} är varken planerad eller gjord {year}.",
        "Registrera när den ska göras.",
    )


@finding("obligation", "", severity="notis")
def an_obligation_has_a_due_date() -> Breach:
    """The source gives no date: the municipality decides one."""
    return Breach(
        "SELECT t.id, t.ref, t.name FROM {rows} t WHERE t.due_rule IS NULL AND t.cadence <> 'fortlöpande'",
        "{name} har inget bestämt datum.",
        "Ange när den ska vara klar.",
    )


@finding("occurrence", "R11 R17 R38 R58", severity="fel")
def an_obligation_is_met_in_time() -> Breach:
    """An occurrence whose day has passed without being done is late."""
    return Breach(
        """SELECT t.id, t.ref, o.name, t.period, t.due FROM {rows} t JOIN obligation o ON o.id = t.obligation
           WHERE t.due < today() AND t.status <> 'klar'""",
        "{name} {period} är försenad: skulle ha varit klar {due}.",
        "Gör klart den och ange datum och underlag.",
    )


@warning("occurrence", "R11 R17 R38 R58", columns=("status", "evidence", "evidence_text"))
def what_is_done_has_evidence() -> Breach:
    """R11 R58: that it was done can be shown: a document, a decision, a diary number."""
    return Breach(
        """SELECT t.id, t.ref, o.name, t.period FROM {rows} t JOIN obligation o ON o.id = t.obligation
           WHERE t.status = 'klar' AND coalesce(t.evidence, t.evidence_text) IS NULL""",
        "{name} {period}: inget visar att den är gjord.",
        "Ange underlaget: ett dokument, ett beslut, ett diarienummer.",
    )


@finding("self_check_round", "R21 R57")
def a_self_check_is_done_in_time() -> Breach:
    """R21 R57: a planned round is carried out by its day."""
    return Breach(
        """SELECT t.id, t.ref, s.name, t.period, t.due FROM {rows} t JOIN self_check s ON s.id = t.self_check
           WHERE t.due < today() AND t.status = 'planerad'""",
        "Egenkontrollen {name} {period} skulle ha gjorts {due}.",
        "Genomför kontrollen och fyll i resultatet.",
    )
