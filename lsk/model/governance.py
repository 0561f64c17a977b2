"""What the political bodies decide, and where it is registered."""

from .vocabulary import AnyRef, Choice, Date, Entity, Publish, Ref, Text

meeting = Entity(
    "meeting",
    "SAM",
    (
        Ref("body", "role", required=True, publish=Publish.OPEN, listed=True),
        Date("held_on", required=True, publish=Publish.OPEN, listed=True),
        Text("note", publish=Publish.OPEN),
    ),
    title="held_on",
    unique=(("body", "held_on"),),
    year_by="held_on",
    requirement="R56",
)

decision = Entity(
    "decision",
    "BES",
    (
        Ref("meeting", "meeting", required=True, publish=Publish.OPEN, listed=True),
        Text("paragraph", required=True, publish=Publish.OPEN, listed=True),
        Text("text", required=True, long=True, publish=Publish.OPEN, listed=True),
        Choice("kind", values_from="decision_kinds", publish=Publish.OPEN, listed=True),
        AnyRef("subject", ("document", "document_version", "action", "analysis", "occurrence", "risk_analysis")),
        Text("diary_number"),
        Date("follow_up_due", publish=Publish.OPEN, listed=True),
        Text("outcome", long=True, publish=Publish.OPEN),
        Date("followed_up_on", publish=Publish.OPEN),
    ),
    title="paragraph",
    requirement="R31 R33 R51 R56",
)

diary_reference = Entity(
    "diary_reference",
    "DIA",
    (
        Text("number", required=True, sorted=True, listed=True),
        Choice("system", values_from="registers", listed=True),
        Text("title", required=True, listed=True),
        AnyRef("subject", ("deviation", "investigation", "document_version", "decision"), listed=True),
        Date("registered_on", listed=True),
        Date("closed_on"),
    ),
    title="number",
    unique=(("number",),),
    year_by="registered_on",
    requirement="R35 R59",
)

ENTITIES = (meeting, decision, diary_reference)
