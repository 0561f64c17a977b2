"""What returns every year (årshjulet): obligations and each time they fall due."""

from .vocabulary import UNIT, AnyRef, Choice, Date, Entity, Integer, Publish, Ref, Text, Workflow

obligation = Entity(
    "obligation",
    "ÅRH",
    (
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Choice("cadence", values_from="cadences", publish=Publish.OPEN, listed=True),
        Text("due_rule", publish=Publish.OPEN, listed=True),
        Integer("lead_days", minimum=0, maximum=366),
        Choice("applies_to", values=("hela verksamheten", "varje enhet", "enhet med hälso- och sjukvård")),
        Ref("responsible_role", "role", publish=Publish.OPEN, listed=True),
        Ref("recipient", "role", publish=Publish.OPEN, listed=True),
        Ref("via", "role", publish=Publish.OPEN),
        Text("output", publish=Publish.OPEN),
        Choice("force", required=True, values=("ska", "bör"), publish=Publish.OPEN, listed=True),
        Ref("provision", "provision", publish=Publish.OPEN),
        Text("requirements", publish=Publish.OPEN, listed=True),
        Text("note", long=True, publish=Publish.OPEN),
    ),
    requirement="R11 R17 R18 R24 R25 R38 R47 R52 R58",
)

occurrence = Entity(
    "occurrence",
    "FÖK",
    (
        Ref("obligation", "obligation", required=True, publish=Publish.OPEN, listed=True),
        Ref("unit", "unit", publish=Publish.OPEN, listed=True),
        Text("period", required=True, publish=Publish.OPEN, listed=True),
        Date("due", publish=Publish.OPEN, listed=True),
        Date("done_on", publish=Publish.OPEN, listed=True),
        AnyRef("evidence", ("document_version", "decision", "meeting", "diary_reference", "analysis")),
        Text("evidence_text", publish=Publish.COMMITTEE),
    ),
    scope=UNIT,
    title="period",
    identity=("obligation", "unit", "period"),
    workflow=Workflow(("kommande", "pågår", "klar"), ("klar",), stamps=(("klar", "done_on"),)),
    year_by="due",
    requirement="R11 R17 R38 R47 R58",
)

ENTITIES = (obligation, occurrence)
