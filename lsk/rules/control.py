"""Internal control: what enters the plan, and what its outcome demands."""

from lsk.rules import Breach, decided, finding, gate


@gate("control_point", "V51", columns=("in_ordinary_followup", "plan"))
def the_plan_holds_only_what_is_not_followed_up_anyway() -> Breach:
    """V51: the internal control plan contains areas or processes not caught in ordinary follow-up."""
    return Breach(
        "SELECT t.id, t.ref, t.text FROM {rows} t WHERE t.in_ordinary_followup = 1",
        "”{text}” fångas redan i ordinarie uppföljning och hör inte hemma i internkontrollplanen.",
        "Välj ett annat område eller en annan process.",
    )


@gate("control_point", "V51 J15", columns=("process", "indicator", "risk", "plan"))
def a_control_point_is_tied_to_process_indicator_or_risk() -> Breach:
    """V51: the analysis is tied to the committee's indicators and essential processes."""
    return Breach(
        "SELECT t.id, t.ref, t.text FROM {rows} t WHERE coalesce(t.process, t.indicator, t.risk) IS NULL",
        "”{text}” saknar koppling till process, indikator eller risk.",
        "Koppla kontrollmomentet.",
    )


@finding("control_point", "V50")
def a_control_point_serves_an_assurance() -> Breach:
    """V50: internal control gives assurance about six things; each point says which."""
    return Breach(
        f"SELECT t.id, t.ref, t.text FROM {{rows}} t WHERE t.assurance IS NULL AND {decided('assurance_required')}",
        "”{text}” säger inte vad kontrollen ger säkerhet om.",
        "Välj vad den ger säkerhet om.",
    )


@finding("control_result", "H10 H12 V53 J16", severity="fel")
def a_control_under_its_target_is_analysed() -> Breach:
    """H10 H12 J16: an outcome under the target is analysed."""
    return Breach(
        """SELECT t.id, t.ref, k.text, t.period, replace(k.target, '.', ',') AS target,
             replace(printf('%g', round(100.0 * t.approved_count / t.checked_count, 1)), '.', ',') AS share
           FROM {rows} t JOIN control_point k ON k.id = t.control_point
           WHERE t.checked_count > 0 AND 100.0 * t.approved_count / t.checked_count < CAST(k.target AS REAL)
             AND t.analysis IS NULL AND NOT EXISTS (SELECT 1 FROM analysis a WHERE a.subject = t.id)""",
        "”{text}” {period}: {share} % godkända, under målet {target} %, är inte analyserat.",
        "Skriv en analys.",
    )


@finding("unit", "J15")
def a_unit_has_its_materiality_and_risk_analysis() -> Breach:
    """J15: each unit draws up a materiality and risk analysis with systematic controls."""
    return Breach(
        f"""SELECT t.id, t.ref, t.name FROM {{rows}} t WHERE t.level = 'enhet'
              AND {decided("unit_materiality_required")}
           AND NOT EXISTS (SELECT 1 FROM risk_analysis a WHERE a.unit = t.id
             AND a.kind = 'väsentlighets- och riskanalys'
             AND ifnull(a.done_on, today()) >= date(today(), '-400 days'))""",
        "{name} saknar väsentlighets- och riskanalys det senaste året.",
        "Lägg till en riskanalys.",
    )
