"""Risk analysis (SOSFS 2011:9, 5 kap. 1 §): what could happen, how likely, and with what consequence."""

from .vocabulary import UNIT, Choice, Computed, Date, Entity, Integer, Personal, Publish, Ref, Text, Workflow

risk_scale = Entity(
    "risk_scale",
    "SKA",
    (
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Text("version", required=True, publish=Publish.OPEN, listed=True),
        Date("valid_from", publish=Publish.OPEN, listed=True),
        Integer("action_from", minimum=1),
    ),
    unique=(("name", "version"),),
)

# One row per square of the matrix: a product and a look-up table are the same thing once written down.
risk_score = Entity(
    "risk_score",
    "RUT",
    (
        Ref("scale", "risk_scale", required=True, listed=True),
        Integer("probability", required=True, minimum=1, maximum=9, listed=True),
        Integer("consequence", required=True, minimum=1, maximum=9, listed=True),
        Integer("score", required=True, minimum=0, listed=True),
        Text("band", listed=True),
    ),
    title="band",
    identity=("scale", "probability", "consequence"),
)

SCORE = """(SELECT s.{} FROM risk_score s
  WHERE s.scale = t.scale AND s.probability = t.probability AND s.consequence = t.consequence)"""

risk_analysis = Entity(
    "risk_analysis",
    "RAN",
    (
        Text("title", required=True, sorted=True, publish=Publish.COMMITTEE, listed=True),
        Choice("kind", required=True, values_from="risk_kinds", publish=Publish.COMMITTEE, listed=True),
        Ref("unit", "unit", publish=Publish.COMMITTEE, listed=True),
        Date("done_on", publish=Publish.COMMITTEE, listed=True),
        Choice("trigger", values_from="risk_triggers", publish=Publish.COMMITTEE),
        Text("change_description", long=True),
        Text("participants", long=True, personal=Personal.RISK),
        Ref("responsible_role", "role", publish=Publish.COMMITTEE),
        Date("presented_on", publish=Publish.COMMITTEE),
    ),
    scope=UNIT,
    title="title",
    workflow=Workflow(("påbörjad", "bedömd", "åtgärdad", "följs upp", "avslutad"), ("avslutad",)),
    year_by="done_on",
    requirement="R21 R57",
)

risk = Entity(
    "risk",
    "RIS",
    (
        Text("description", required=True, long=True, personal=Personal.RISK, listed=True),
        Ref("risk_analysis", "risk_analysis", listed=True),
        Ref("unit", "unit", publish=Publish.COMMITTEE, listed=True),
        Ref("allotted_to", "unit", publish=Publish.COMMITTEE, listed=True, requirement="H22"),
        Ref("process", "process", publish=Publish.COMMITTEE, listed=True),
        Ref("activity", "activity"),
        Ref("goal", "goal"),
        Ref("indicator", "indicator"),
        Ref("focus_area", "focus_area", publish=Publish.COMMITTEE, requirement="H11"),
        Integer("probability", minimum=1, maximum=9, publish=Publish.COMMITTEE),
        Integer("consequence", minimum=1, maximum=9, publish=Publish.COMMITTEE),
        Ref("scale", "risk_scale"),
        Computed("score", SCORE.format("score"), publish=Publish.COMMITTEE, listed=True),
        Computed("band", SCORE.format("band"), publish=Publish.COMMITTEE, listed=True),
        Text("consequence_text", long=True, personal=Personal.RISK),
        Choice("response", values=("åtgärda", "kontrollera", "acceptera"), publish=Publish.COMMITTEE),
        Date("identified_on", publish=Publish.COMMITTEE),
    ),
    scope=UNIT,
    title="description",
    workflow=Workflow(("identifierad", "bedömd", "tilldelad", "åtgärdas", "stängd"), ("stängd",)),
    year_by="identified_on",
    requirement="R57",
)

ENTITIES = (risk_scale, risk_score, risk_analysis, risk)
