"""What the political bodies decide, and where it is registered."""

from .vocabulary import AnyRef, Choice, Date, Entity, Integer, Personal, Publish, Ref, Text, Workflow

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
        AnyRef(
            "subject",
            (
                "document",
                "document_version",
                "action",
                "analysis",
                "occurrence",
                "risk_analysis",
                "goal",
                "commitment",
                "plan",
                "internal_control_plan",
                "review",
                "report",
            ),
        ),
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

committee_question = Entity(
    "committee_question",
    "FRÅ",
    (
        Ref("body", "role", required=True, publish=Publish.COMMITTEE, listed=True),
        Date("asked_on", required=True, publish=Publish.COMMITTEE, listed=True),
        Text("question", required=True, long=True, publish=Publish.COMMITTEE, personal=Personal.RISK, listed=True),
        Ref("responsible_role", "role", publish=Publish.COMMITTEE),
        Date("due", publish=Publish.COMMITTEE, listed=True),
        Text("answer", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
        Date("answered_on", publish=Publish.COMMITTEE, listed=True),
    ),
    title="question",
    year_by="asked_on",
    requirement="T19 T27 J33",
)

management_review = Entity(
    "management_review",
    "LGG",
    (
        Integer("year", required=True, minimum=1990, maximum=2200, publish=Publish.COMMITTEE, listed=True),
        Date("held_on", publish=Publish.COMMITTEE, listed=True),
        Ref("working_group", "working_group", publish=Publish.COMMITTEE, listed=True),
        Text("effectiveness", long=True, publish=Publish.COMMITTEE),
        Ref("minutes", "document", publish=Publish.COMMITTEE),
    ),
    title="year",
    workflow=Workflow(("förbereds", "genomförd", "avslutad"), ("avslutad",)),
    year_by="held_on",
    requirement="V57 V58 V59 V66",
)

management_review_input = Entity(
    "management_review_input",
    "LGU",
    (
        Ref("management_review", "management_review", required=True, listed=True),
        Integer("number", required=True, minimum=1, listed=True),
        Text("heading", required=True, publish=Publish.COMMITTEE, listed=True),
        Text("content", long=True, publish=Publish.COMMITTEE, listed=True),
        Text("comment", long=True, publish=Publish.COMMITTEE),
    ),
    title="heading",
    identity=("management_review", "number"),
    requirement="V58",
)

# How long a kind of record is kept, by the plan that the committee has decided. Only what a rule allows is proposed.
retention_rule = Entity(
    "retention_rule",
    "GAR",
    (
        Choice(
            "record_kind",
            required=True,
            values=(
                *(
                    "avvikelse",
                    "utredning",
                    "sammanställning av avvikelser",
                    "ej verkställt beslut",
                    "analys",
                    "åtgärd",
                ),
                *("uppföljning", "risk", "riskanalys", "kontrollomgång", "kontrollresultat", "granskning", "kvittens"),
                *("fråga från nämnden", "diariepost", "kompetensuppföljning", "bemanningsuppföljning", "delaktighet"),
                *("utskrift", "mätning"),
            ),
            listed=True,
        ),
        Choice("outcome", required=True, values=("gallras", "bevaras"), default="gallras", listed=True),
        Integer("years", minimum=0, maximum=200, listed=True),
        Choice("counted_from", values=("avslutad", "inkommen"), default="avslutad", listed=True),
        Text("basis", required=True, listed=True),
        Ref("decided_by", "role", listed=True),
        Text("note", long=True),
    ),
    title="record_kind",
    unique=(("record_kind",),),
)

# What was destroyed by decision, counted: nothing of what stood there.
destruction = Entity(
    "destruction",
    "GAP",
    (
        Text("record_kind", required=True, listed=True),
        Integer("count", required=True, minimum=1, listed=True),
        Date("first_on", listed=True),
        Date("last_on", listed=True),
        Text("decision", required=True, listed=True),
        Ref("decided_by", "role", listed=True),
        Text("basis"),
        Date("destroyed_on", required=True, listed=True),
        Text("destroyed_by", personal=Personal.WORK),
    ),
    title="record_kind",
    year_by="destroyed_on",
)

ENTITIES = (
    *(meeting, decision, diary_reference, committee_question, management_review, management_review_input),
    *(retention_rule, destruction),
)
