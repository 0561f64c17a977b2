"""Reviews by the own organisation and by others: plan → review → finding → action."""

from .vocabulary import UNIT, Choice, Date, Entity, Integer, Personal, Publish, Ref, Text, Workflow

review_plan = Entity(
    "review_plan",
    "GRN",
    (
        Text("title", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Integer("year_from", required=True, minimum=1990, maximum=2200, publish=Publish.OPEN, listed=True),
        Integer("year_to", required=True, minimum=1990, maximum=2200, publish=Publish.OPEN, listed=True),
        Ref("decision", "decision", publish=Publish.OPEN),
    ),
    title="title",
    workflow=Workflow(("utkast", "antagen", "avslutad"), ("avslutad",)),
    requirement="T24",
)

review = Entity(
    "review",
    "GRA",
    (
        Text("title", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Choice("kind", required=True, values_from="review_kinds", publish=Publish.OPEN, listed=True),
        Ref("unit", "unit", publish=Publish.OPEN, listed=True),
        Ref("plan", "review_plan", publish=Publish.OPEN),
        Integer("year", required=True, minimum=1990, maximum=2200, publish=Publish.OPEN, listed=True),
        Ref("reviewer_role", "role", publish=Publish.OPEN),
        Text("reviewer", publish=Publish.OPEN),
        Text("ordered_by", publish=Publish.OPEN),
        Text("method", long=True, publish=Publish.COMMITTEE),
        Date("done_on", publish=Publish.OPEN, listed=True),
        Text("strengths", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
        Text("development_areas", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
        Text("result", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
        Text("reported_to", publish=Publish.OPEN),
        Date("reported_on", publish=Publish.OPEN, listed=True),
        Text("diary_number"),
    ),
    title="title",
    scope=UNIT,
    workflow=Workflow(("planerad", "genomförd", "redovisad", "åtgärder följs upp", "avslutad"), ("avslutad",)),
    year_by="done_on",
    requirement="T19 T20 T24 T27 T30 J30 J31 J32 J33 V34 V52 V54 V58 H35",
)

review_finding = Entity(
    "review_finding",
    "IAK",
    (
        Ref("review", "review", required=True, listed=True),
        Text("text", required=True, long=True, publish=Publish.COMMITTEE, personal=Personal.RISK, listed=True),
        Ref("requirement", "requirement", publish=Publish.COMMITTEE, listed=True),
        Choice("severity", values_from="severities", publish=Publish.COMMITTEE, listed=True),
    ),
    scope="review",
    title="text",
    requirement="T28 T30 J32",
)

ENTITIES = (review_plan, review, review_finding)
