"""Goals and how they are measured: vision → focus area → goal → indicator → measurement, and plans to get there."""

from .vocabulary import (
    UNIT,
    AnyRef,
    Choice,
    Computed,
    Date,
    Decimal,
    Entity,
    Integer,
    Personal,
    Publish,
    Ref,
    Text,
    Workflow,
)

vision = Entity(
    "vision",
    "VIS",
    (
        Choice(
            "kind",
            required=True,
            values=("vision", "värdeord", "grundläggande värdering"),
            publish=Publish.OPEN,
            listed=True,
        ),
        Text("name", sorted=True, publish=Publish.OPEN, listed=True),
        Text("text", required=True, long=True, publish=Publish.OPEN, listed=True),
        Text("approach", long=True, publish=Publish.OPEN),
        Text("way_of_working", long=True, publish=Publish.OPEN),
        Text("decided_in", publish=Publish.OPEN),
    ),
    title="text",
    requirement="V2 V16 V17 V62",
)

# A perspective, a focus area, a phase, a leg: one of the few headings under which a municipality orders its work.
focus_area = Entity(
    "focus_area",
    "FOK",
    (
        Choice("kind", required=True, values_from="focus_kinds", publish=Publish.OPEN, listed=True),
        Integer("number", required=True, minimum=1, publish=Publish.OPEN, listed=True),
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Text("text", long=True, publish=Publish.OPEN, listed=True),
        Text("requirements", publish=Publish.OPEN),
    ),
    requirement="V8 V13 V14 H7 H11 R30 R39 T5",
)

goal = Entity(
    "goal",
    "MÅL",
    (
        Text("title", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Integer("number", minimum=1, publish=Publish.OPEN, listed=True),
        Text("text", long=True, publish=Publish.OPEN),
        Choice("level", required=True, values_from="goal_levels", publish=Publish.OPEN, listed=True),
        Ref("parent", "goal", publish=Publish.OPEN, listed=True),
        Ref("unit", "unit", publish=Publish.OPEN, listed=True),
        Ref("focus_area", "focus_area", publish=Publish.OPEN, listed=True),
        Ref("perspective", "focus_area", publish=Publish.OPEN),
        Choice("direction", values=("internt", "externt"), publish=Publish.OPEN, listed=True),
        Choice("horizon", values=("kortsiktigt", "långsiktigt"), publish=Publish.OPEN),
        Choice("basis", values=("strategiskt viktigt", "problemområde"), publish=Publish.OPEN, requirement="R44"),
        Integer("year_from", minimum=1990, maximum=2200, publish=Publish.OPEN),
        Integer("year_to", minimum=1990, maximum=2200, publish=Publish.OPEN),
        Ref("responsible_role", "role", publish=Publish.OPEN),
        Ref("decision", "decision", publish=Publish.OPEN),
    ),
    scope=UNIT,
    title="title",
    workflow=Workflow(("förslag", "fastställt", "avslutat"), ("avslutat",)),
    requirement="R20 R40 R44 V11 V12 V14 V15 J7 J11 T6 T7 T8 H5 H15",
)

goal_activity = Entity(
    "goal_activity",
    "MAK",
    (
        Ref("goal", "goal", required=True, publish=Publish.COMMITTEE, listed=True),
        Text("text", required=True, long=True, publish=Publish.COMMITTEE, listed=True),
        Ref("unit", "unit", publish=Publish.COMMITTEE, listed=True),
        Ref("participation", "participation"),
        Ref("responsible_role", "role", publish=Publish.COMMITTEE, listed=True),
        Date("due", publish=Publish.COMMITTEE, listed=True),
        Date("done_on", publish=Publish.COMMITTEE),
    ),
    scope=UNIT,
    title="text",
    workflow=Workflow(("planerad", "pågår", "klar"), ("klar",)),
    requirement="V12 V22",
)

commitment = Entity(
    "commitment",
    "ÅTA",
    (
        Choice("kind", required=True, values_from="commitment_kinds", publish=Publish.OPEN, listed=True),
        Text("text", required=True, long=True, publish=Publish.OPEN, listed=True),
        Ref("unit", "unit", publish=Publish.OPEN, listed=True),
        Ref("goal", "goal", publish=Publish.OPEN, listed=True),
        Ref("focus_area", "focus_area", publish=Publish.OPEN),
        Integer("year", minimum=1990, maximum=2200, publish=Publish.OPEN, listed=True),
        Ref("proposed_by", "role", publish=Publish.OPEN),
        Ref("decided_by", "role", publish=Publish.OPEN),
        Ref("decision", "decision", publish=Publish.OPEN),
        Date("served_on", publish=Publish.OPEN),
        Choice("fulfilment", values=("uppfyllt", "delvis", "ej uppfyllt"), publish=Publish.OPEN, listed=True),
        Date("followed_up_on", publish=Publish.OPEN),
        Ref("report", "report", publish=Publish.OPEN),
    ),
    scope=UNIT,
    title="text",
    requirement="T6 T8 T9 T10 T16 T17 T31 T59 H7 H8",
)

indicator = Entity(
    "indicator",
    "IND",
    (
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Ref("goal", "goal", publish=Publish.OPEN, listed=True),
        Ref("commitment", "commitment", publish=Publish.OPEN),
        Text("part", publish=Publish.OPEN),
        Text("definition", long=True, publish=Publish.OPEN),
        Text("unit_of_measure", publish=Publish.OPEN, listed=True),
        Choice("better", required=True, values=("högre", "lägre"), publish=Publish.OPEN, listed=True),
        Decimal("target", publish=Publish.OPEN, listed=True),
        Choice("frequency", values=("månad", "kvartal", "tertial", "halvår", "år"), publish=Publish.OPEN),
        Text("source_system", publish=Publish.OPEN),
        Text("kolada_id", publish=Publish.OPEN),
        Date("decided_on", publish=Publish.OPEN, requirement="H6"),
    ),
    requirement="R40 V15 H6 V61",
)

# Above the target is good or bad as the indicator says; on it is neither.
GAP = "round(CAST(t.value AS REAL) - CAST(t.target AS REAL), 6)"
DEVIATION_KIND = f"""(SELECT CASE WHEN t.value IS NULL OR t.target IS NULL THEN NULL WHEN {GAP} = 0 THEN 'ingen'
  WHEN ({GAP} > 0) = (i.better = 'högre') THEN 'positiv' ELSE 'negativ' END
  FROM indicator i WHERE i.id = t.indicator)"""

measurement = Entity(
    "measurement",
    "MÄT",
    (
        Ref("indicator", "indicator", required=True, publish=Publish.OPEN, listed=True),
        Ref("unit", "unit", publish=Publish.OPEN, listed=True),
        Date("period_start", required=True, publish=Publish.OPEN, listed=True),
        Date("period_end", required=True, publish=Publish.OPEN, listed=True),
        Decimal("value", publish=Publish.OPEN, listed=True),
        Decimal("target", publish=Publish.OPEN, listed=True),
        Computed("gap", GAP, publish=Publish.OPEN),
        Computed("deviation_kind", DEVIATION_KIND, publish=Publish.OPEN, listed=True),
        Decimal("resource_used", publish=Publish.COMMITTEE, requirement="R46 R47"),
        Text("comment", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
        Text("source", publish=Publish.OPEN),
        Date("fetched_on"),
    ),
    scope=UNIT,
    title="period_end",
    identity=("indicator", "unit", "period_start", "period_end"),
    year_by="period_end",
    requirement="R46 R47 R48 J12 T16 V52",
)

comparison_value = Entity(
    "comparison_value",
    "JÄM",
    (
        Ref("indicator", "indicator", required=True, publish=Publish.OPEN, listed=True),
        Choice(
            "compared_with",
            required=True,
            values=(
                "nationellt register",
                "regionalt register",
                "öppna jämförelser",
                "annan kommun eller verksamhet",
                "tidigare resultat",
            ),
            publish=Publish.OPEN,
            listed=True,
        ),
        Text("name", publish=Publish.OPEN, listed=True),
        Text("municipality_code", publish=Publish.OPEN),
        Text("period", required=True, publish=Publish.OPEN, listed=True),
        Decimal("value", publish=Publish.OPEN, listed=True),
        Date("fetched_on"),
    ),
    title="name",
    requirement="R49 T22 T29 V47 J14",
)

survey = Entity(
    "survey",
    "UND",
    (
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Choice("kind", required=True, values_from="survey_kinds", publish=Publish.OPEN, listed=True),
        Ref("unit", "unit", publish=Publish.OPEN),
        Text("orderer", publish=Publish.OPEN),
        Text("performer", publish=Publish.OPEN),
        Text("period", publish=Publish.OPEN, listed=True),
        Date("answer_due", publish=Publish.COMMITTEE, listed=True),
        Date("answered_on", publish=Publish.COMMITTEE, listed=True),
        Ref("responsible_role", "role", publish=Publish.OPEN),
        Ref("decision", "decision", publish=Publish.OPEN),
        Text("result", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
        Date("reported_on", publish=Publish.OPEN),
    ),
    scope=UNIT,
    year_by="answer_due",
    requirement="R25 T21 T22 T23 V47 V58 J14",
)

resource = Entity(
    "resource",
    "RES",
    (
        Choice(
            "kind",
            required=True,
            values=("anslag", "behov kort sikt", "behov lång sikt", "utfall", "prognos"),
            publish=Publish.COMMITTEE,
            listed=True,
        ),
        Integer("year", required=True, minimum=1990, maximum=2200, publish=Publish.COMMITTEE, listed=True),
        Ref("goal", "goal", publish=Publish.COMMITTEE, listed=True),
        Ref("unit", "unit", publish=Publish.COMMITTEE, listed=True),
        Decimal("amount", publish=Publish.COMMITTEE, listed=True),
        Text("note", long=True, publish=Publish.COMMITTEE),
    ),
    scope=UNIT,
    title="kind",
    requirement="R12 R41 R46 J14 V24 V25",
)

plan = Entity(
    "plan",
    "PLN",
    (
        Text("title", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Choice("kind", required=True, values_from="plan_kinds", publish=Publish.OPEN, listed=True),
        Ref("unit", "unit", publish=Publish.OPEN, listed=True),
        Integer("year", minimum=1990, maximum=2200, publish=Publish.OPEN, listed=True),
        Text("mission", long=True, publish=Publish.OPEN, requirement="R43"),
        Ref("decision", "decision", publish=Publish.OPEN),
        Date("follow_up_due", publish=Publish.OPEN),
        AnyRef("origin", ("competence_followup", "review", "analysis", "goal", "risk_analysis")),
    ),
    scope=UNIT,
    title="title",
    workflow=Workflow(("utkast", "fastställd", "följs upp", "avslutad"), ("avslutad",)),
    requirement="R42 R43 R44 R52 J11 J13 J14 J37 J50 T6 T9 T13 T31 T59",
)

plan_section = Entity(
    "plan_section",
    "PAV",
    (
        Ref("plan", "plan", required=True, listed=True),
        Integer("number", required=True, minimum=1, listed=True),
        Text("heading", required=True, publish=Publish.OPEN, listed=True),
        Choice("force", values=("ska", "bör"), listed=True),
        Text("text", long=True, publish=Publish.OPEN, listed=True),
    ),
    scope="plan",
    title="heading",
    identity=("plan", "heading"),
    requirement="J13",
)

plan_item = Entity(
    "plan_item",
    "PPU",
    (
        Ref("plan", "plan", required=True, listed=True),
        Text("what", required=True, long=True, publish=Publish.COMMITTEE, listed=True),
        Choice("kind", values=("prestation", "aktivitet", "utvecklingsområde"), publish=Publish.COMMITTEE),
        Text("why", long=True, publish=Publish.COMMITTEE, requirement="R42"),
        Text("how", long=True, publish=Publish.COMMITTEE, requirement="R42"),
        Ref("who", "role", publish=Publish.COMMITTEE, listed=True, requirement="R42"),
        Date("due", publish=Publish.COMMITTEE, listed=True, requirement="R42"),
        Ref("goal", "goal", publish=Publish.COMMITTEE, listed=True),
        Date("done_on", publish=Publish.COMMITTEE),
    ),
    scope="plan",
    title="what",
    workflow=Workflow(("planerad", "pågår", "klar"), ("klar",)),
    requirement="R42 J13",
)

ENTITIES = (
    vision,
    focus_area,
    goal,
    goal_activity,
    commitment,
    indicator,
    measurement,
    comparison_value,
    survey,
    resource,
    plan,
    plan_section,
    plan_item,
)
