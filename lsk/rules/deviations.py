"""Deviations: all are investigated, the grave ones lead to action, and they are registered where they belong."""

from lsk.rules import Breach, decided, finding, gate

IDEAS = "('förbättringsförslag', 'idé')"  # answered rather than investigated (H27, J49)
SERIOUS = "('missförhållande', 'risk för missförhållande', 'vårdskada', 'risk för vårdskada')"


@gate("deviation", "R36 J39", columns=("status",))
def no_deviation_is_closed_without_investigation() -> Breach:
    """R36: all deviations must be investigated, whether staff, citizen or authority made the report."""
    return Breach(
        f"""SELECT t.id, t.ref FROM {{rows}} t WHERE t.status = 'avslutad' AND t.kind NOT IN {IDEAS}
           AND NOT EXISTS (SELECT 1 FROM investigation i WHERE i.deviation = t.id)""",
        "Avvikelsen {ref} kan inte avslutas: den är inte utredd.",
        "Lägg till en utredning och avsluta sedan.",
    )


@gate("deviation", "R36", columns=("status",))
def no_deviation_is_closed_with_an_open_investigation() -> Breach:
    """R36: to be investigated is to have come to an end of it."""
    return Breach(
        """SELECT t.id, t.ref FROM {rows} t WHERE t.status = 'avslutad' AND EXISTS (
             SELECT 1 FROM investigation i WHERE i.deviation = t.id AND i.finished_on IS NULL)""",
        "Avvikelsen {ref} kan inte avslutas: utredningen är inte klar.",
        "Fyll i när utredningen blev klar.",
    )


@gate("deviation", "R34", columns=("status",))
def no_serious_deviation_is_closed_without_action() -> Breach:
    """R34: for vårdskador, missförhållanden and risks of them, actions must be taken."""
    return Breach(
        f"""SELECT t.id, t.ref, t.kind FROM {{rows}} t WHERE t.status = 'avslutad'
           AND (t.kind IN {SERIOUS} OR t.track IN ('lex Sarah', 'lex Maria')) AND NOT EXISTS (
             SELECT 1 FROM action a WHERE a.origin = t.id
               OR a.origin IN (SELECT i.id FROM investigation i WHERE i.deviation = t.id)
               OR a.origin IN (SELECT n.id FROM analysis n WHERE n.subject = t.id))""",
        "Avvikelsen {ref} ({kind}) kan inte avslutas utan åtgärd.",
        "Lägg till minst en åtgärd först.",
    )


@gate("deviation", "R35 R59", columns=("kind", "track", "origin", "diary_number", "status"))
def a_diary_number_is_given_where_it_is_required() -> Breach:
    """R35 R59: external complaints and views, and lex reports, are registered in the diary."""
    return Breach(
        """SELECT t.id, t.ref, t.kind, t.track FROM {rows} t WHERE t.diary_number IS NULL AND 'ja' = (
             SELECT w.answer FROM routing w WHERE w.matter = 'diarienummer krävs'
               AND (w.kind IS NULL OR w.kind = t.kind) AND (w.track IS NULL OR w.track = t.track)
               AND (w.origin IS NULL OR w.origin = t.origin) ORDER BY w.priority LIMIT 1)""",
        "”Diarienummer” saknas: {kind} ({track}) ska diarieföras.",
        "Fyll i diarienumret.",
    )


@gate("investigation", "R16 R26 H34", columns=("kind", "investigator_role"))
def a_lex_investigation_is_made_by_the_right_role() -> Breach:
    """R16 R26: MAS investigates lex Maria, kvalitetssamordnaren lex Sarah."""
    return Breach(
        """SELECT t.id, t.ref, t.kind, r.name AS given, w.answer AS ought FROM {rows} t
           JOIN role r ON r.id = t.investigator_role
           JOIN routing w ON w.matter = 'avvikelse utreds av' AND w.track = t.kind
           WHERE t.kind IN ('lex Sarah', 'lex Maria') AND w.answer NOT IN (r.name, ifnull(r.short_name, ''))""",
        "{kind} utreds av {ought}, inte av {given}.",
        "Ändra utredande roll.",
    )


@gate("investigation", "R16 R26 H31 H34", columns=("kind", "investigator_role", "investigator"))
def a_lex_investigation_has_an_investigator() -> Breach:
    """R16 R26 H34: somebody investigates; where the municipality has named nobody (H31), a person chooses."""
    return Breach(
        """SELECT t.id, t.ref, t.kind FROM {rows} t
           WHERE t.kind IN ('lex Sarah', 'lex Maria') AND coalesce(t.investigator_role, t.investigator) IS NULL""",
        "”Utredande roll” saknas: ingen roll är bestämd för {kind}.",
        "Välj vem som utreder.",
    )


@gate("investigation", "R36", columns=("started_on", "reported_to_ivo_on", "committee_notified_on"))
def a_case_is_handled_after_it_came() -> Breach:
    """R36: the steps come in their order; nothing is investigated or notified before the report was received."""
    return Breach(
        """SELECT t.id, t.ref, t.kind, d.received_on FROM {rows} t JOIN deviation d ON d.id = t.deviation
           WHERE min(ifnull(t.started_on, '9999'), ifnull(t.reported_to_ivo_on, '9999'),
             ifnull(t.committee_notified_on, '9999')) < d.received_on""",
        "Utredningen {ref} ({kind}) har ett datum före {received_on}, dagen då rapporten togs emot.",
        "Rätta datumet.",
    )


@finding("deviation", "R36")
def a_deviation_is_being_investigated() -> Breach:
    """R36: an open deviation that nobody has begun to investigate. The number of days is the municipality's own."""
    return Breach(
        f"""SELECT t.id, t.ref, t.kind, t.received_on, s.value AS days FROM {{rows}} t
           JOIN setting s ON s.key = 'deviation_investigation_days' AND s.value IS NOT NULL
           WHERE t.status IN ('mottagen', 'registrerad') AND t.kind NOT IN {IDEAS}
             AND julianday(today()) - julianday(t.received_on) > CAST(s.value AS INTEGER)
             AND NOT EXISTS (SELECT 1 FROM investigation i WHERE i.deviation = t.id)""",
        "Avvikelsen {ref} från {received_on} har ingen utredning efter {days} dagar (lokal målsättning).",
        "Inled en utredning.",
    )


@finding("deviation", "R34 R52")
def a_closed_deviation_has_its_effect_checked() -> Breach:
    """R34 R52: whether the action helped is known before the matter is forgotten."""
    return Breach(
        """SELECT DISTINCT t.id, t.ref FROM {rows} t JOIN action a ON a.origin = t.id
           WHERE t.status = 'avslutad' AND a.status IN ('genomförd', 'uppföljd', 'avslutad') AND a.effect IS NULL""",
        "Avvikelsen {ref} är avslutad, men effekten av åtgärden är inte bedömd.",
        "Följ upp åtgärden och ange effekt.",
    )


@gate("deviation", "R32 V39 V49", columns=("kind", "track"))
def a_statutory_kind_follows_its_track() -> Breach:
    """R32 V49: vårdskador go by lex Maria, missförhållanden by lex Sarah; neither is kept as a local matter."""
    return Breach(
        """SELECT t.id, t.ref, t.kind, iif(t.kind LIKE '%vårdskada', 'lex Maria', 'lex Sarah') AS ought FROM {rows} t
           WHERE (t.kind LIKE '%vårdskada' AND ifnull(t.track, '') <> 'lex Maria')
              OR (t.kind LIKE '%missförhållande' AND ifnull(t.track, '') NOT IN ('lex Sarah', 'lex Maria'))""",
        "{kind} ska hanteras som {ought}.",
        "Ändra hur den hanteras (track).",
    )


@finding("deviation", "R21 T48")
def a_deviation_is_registered_somewhere() -> Breach:
    """R21: the quality work is documented in the designated system."""
    return Breach(
        """SELECT t.id, t.ref FROM {rows} t WHERE t.registered_in IS NULL AND t.status <> 'mottagen'
           AND EXISTS (SELECT 1 FROM routing WHERE matter = 'avvikelse registreras i')""",
        "Avvikelsen {ref} säger inte var den är registrerad.",
        "Fyll i registrerad i.",
    )


@finding("deviation", "T48 T28 J42 V56")
def a_closed_deviation_was_analysed() -> Breach:
    """T48: shortcomings are identified, documented, analysed, acted on and followed up."""
    return Breach(
        f"""SELECT t.id, t.ref FROM {{rows}} t WHERE t.status = 'avslutad' AND {decided("deviations_are_analysed")}
           AND NOT EXISTS (SELECT 1 FROM analysis a WHERE a.subject = t.id)""",
        "Avvikelsen {ref} är avslutad men inte analyserad.",
        "Lägg till en analys.",
    )


@gate("deviation", "H27 J49", columns=("status",))
def an_improvement_proposal_is_answered() -> Breach:
    """H27: proposals from employees are documented and handled: with an action, or with reasons why not."""
    return Breach(
        f"""SELECT t.id, t.ref FROM {{rows}} t WHERE t.status = 'avslutad' AND t.kind IN {IDEAS} AND t.answer IS NULL
           AND NOT EXISTS (SELECT 1 FROM action a WHERE a.origin = t.id)""",
        "Förslaget {ref} kan inte avslutas utan svar.",
        "Lägg till en åtgärd eller skriv en motivering (answer).",
    )


@finding("investigation", "R26 J44", severity="fel")
def a_serious_case_is_reported_to_ivo() -> Breach:
    """R26: what is judged serious is notified to IVO (27 kap. 6 § SoL, 3 kap. 5 § PSL)."""
    return Breach(
        """SELECT t.id, t.ref, t.kind, t.assessment FROM {rows} t
           WHERE t.assessment LIKE '%allvarlig%' AND t.reported_to_ivo_on IS NULL""",
        "{kind} med bedömningen {assessment} är inte anmäld till IVO.",
        "Anmäl och fyll i datum.",
    )


@finding("investigation", "J44", severity="fel")
def the_committee_is_told_of_a_serious_case() -> Breach:
    """J44: MAS or MAR notifies the committee when a patient was seriously harmed, or could have been."""
    return Breach(
        """SELECT t.id, t.ref, t.kind FROM {rows} t WHERE t.kind = 'lex Maria' AND t.finished_on IS NOT NULL
           AND t.assessment NOT LIKE 'ej%' AND t.assessment NOT LIKE 'ing%' AND t.committee_notified_on IS NULL""",
        "Nämnden är inte underrättad om {ref} ({kind}).",
        "Underrätta nämnden och fyll i datum.",
    )


@gate("risk_analysis", "T49", columns=("presented_on", "kind"))
def a_change_is_presented_with_its_risks() -> Breach:
    """T49: at planned changes the responsible manager presents a risk analysis."""
    return Breach(
        """SELECT t.id, t.ref, t.title FROM {rows} t WHERE t.presented_on IS NOT NULL AND t.kind = 'förändringsrisk'
           AND (t.done_on IS NULL OR t.responsible_role IS NULL
             OR NOT EXISTS (SELECT 1 FROM risk r WHERE r.risk_analysis = t.id))""",
        "{title} kan inte redovisas: riskanalysen är inte gjord av ansvarig chef.",
        "Ange ansvarig roll, datum och minst en risk.",
    )


@finding("unexecuted_report", "T25")
def unexecuted_decisions_reach_all_recipients() -> Breach:
    """T25: reported every quarter to all the recipients of the profile."""
    return Breach(
        """SELECT t.id, t.ref, t.quarter, group_concat(c.value, ', ') AS missing FROM {rows} t
           JOIN choice_value c ON c.list = 'unexecuted_recipients' AND NOT EXISTS (SELECT 1 FROM unexecuted_recipient r
             WHERE r.quarter = t.quarter AND r.recipient = c.value AND r.sent_on IS NOT NULL) GROUP BY t.id""",
        "Ej verkställda beslut {quarter} har inte nått {missing}.",
        "Skicka rapporten och fyll i datum.",
    )
