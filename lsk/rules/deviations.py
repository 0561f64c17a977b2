"""Deviations: all are investigated, the grave ones lead to action, and they are registered where they belong."""

from lsk.rules import Breach, finding, gate

SERIOUS = "('missförhållande', 'risk för missförhållande', 'vårdskada', 'risk för vårdskada')"


@gate("deviation", "R36", columns=("status",))
def no_deviation_is_closed_without_investigation() -> Breach:
    """R36: all deviations must be investigated, whether staff, citizen or authority made the report."""
    return Breach(
        """SELECT t.id, t.ref FROM {rows} t WHERE t.status = 'avslutad'
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


@gate("investigation", "R16 R26", columns=("kind", "investigator_role"))
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


@finding("deviation", "R36")
def a_deviation_is_being_investigated() -> Breach:
    """R36: an open deviation that nobody has begun to investigate. The number of days is the municipality's own."""
    return Breach(
        """SELECT t.id, t.ref, t.kind, t.received_on, s.value AS days FROM {rows} t
           JOIN setting s ON s.key = 'deviation_investigation_days' AND s.value IS NOT NULL
           WHERE t.status IN ('mottagen', 'registrerad')
             AND julianday('now') - julianday(t.received_on) > CAST(s.value AS INTEGER)
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
