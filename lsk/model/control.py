"""Internal control (kommunallagen): the plan, its points, and what came of them."""

from .vocabulary import (
    UNIT,
    Choice,
    Computed,
    Date,
    Decimal,
    Entity,
    Flag,
    Integer,
    Personal,
    Publish,
    Ref,
    Text,
    Workflow,
)

internal_control_plan = Entity(
    "internal_control_plan",
    "IKP",
    (
        Text("title", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Ref("unit", "unit", publish=Publish.OPEN, listed=True),
        Integer("year", required=True, minimum=1990, maximum=2200, publish=Publish.OPEN, listed=True),
        Ref("risk_analysis", "risk_analysis", publish=Publish.OPEN),
        Ref("decision", "decision", publish=Publish.OPEN),
        Date("follow_up_due", publish=Publish.OPEN, listed=True),
    ),
    scope=UNIT,
    title="title",
    workflow=Workflow(("utkast", "antagen", "följs upp", "redovisad"), ("redovisad",)),
    requirement="V18 V51 T12 T26 J15 J16",
)

control_point = Entity(
    "control_point",
    "KTP",
    (
        Ref("plan", "internal_control_plan", required=True, publish=Publish.OPEN, listed=True),
        Text("text", required=True, long=True, publish=Publish.OPEN, listed=True),
        Ref("process", "process", publish=Publish.OPEN, listed=True),
        Ref("indicator", "indicator", publish=Publish.OPEN, listed=True),
        Ref("risk", "risk"),
        Choice("assurance", values_from="assurances", publish=Publish.OPEN, listed=True, requirement="V50"),
        Flag("in_ordinary_followup", requirement="V51"),
        Text("method", publish=Publish.OPEN),
        Choice("frequency", values=("månad", "kvartal", "tertial", "halvår", "år"), publish=Publish.OPEN),
        Decimal("target", publish=Publish.OPEN),
        Ref("responsible_role", "role", publish=Publish.OPEN),
        Ref("examiner", "role", publish=Publish.OPEN),
        Ref("directed_from", "unit"),
        Ref("focus_area", "focus_area", publish=Publish.OPEN),
    ),
    scope="plan",
    title="text",
    requirement="V50 V51 J15 T12 H10",
)

control_result = Entity(
    "control_result",
    "KTR",
    (
        Ref("control_point", "control_point", required=True, publish=Publish.OPEN, listed=True),
        Text("period", required=True, publish=Publish.OPEN, listed=True),
        Date("done_on", publish=Publish.OPEN, listed=True),
        Integer("checked_count", minimum=0, publish=Publish.OPEN),
        Integer("approved_count", minimum=0, publish=Publish.OPEN),
        Computed(
            "share",
            "round(100.0 * t.approved_count / nullif(t.checked_count, 0), 1)",
            publish=Publish.OPEN,
            listed=True,
        ),
        Flag("deviation_found", publish=Publish.OPEN, listed=True),
        Text("text", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
        Text("analysis", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
    ),
    scope="control_point",
    title="period",
    identity=("control_point", "period"),
    year_by="done_on",
    requirement="V53 J16 T26 H10",
)

ENTITIES = (internal_control_plan, control_point, control_result)
