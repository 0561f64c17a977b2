"""The basic structure of the system (SOSFS 2011:9, 4 kap.): process → activity → routine, and steering documents."""

from .vocabulary import UNIT, Choice, Date, Entity, Integer, Order, Personal, Publish, Ref, Text, Workflow

process = Entity(
    "process",
    "PRO",
    (
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Text("number", publish=Publish.OPEN, listed=True),
        Ref("parent", "process", publish=Publish.OPEN),
        Choice("kind", values_from="process_kinds", publish=Publish.OPEN, listed=True),
        Ref("owner_role", "role", publish=Publish.OPEN, listed=True, requirement="R13"),
        Ref("unit", "unit", publish=Publish.OPEN, listed=True),
        Ref("allotted_to", "unit", publish=Publish.OPEN, requirement="J15"),
        Text("purpose", long=True, publish=Publish.OPEN),
        Text("intended_result", long=True, publish=Publish.OPEN),
        Choice("task_character", values=("upprätthålla", "processa", "förändra"), requirement="V63"),
        Choice("collaboration", values=("ingen", "intern", "extern", "intern och extern"), publish=Publish.OPEN),
        Date("reviewed_on", publish=Publish.OPEN),
        Date("next_review", publish=Publish.OPEN, listed=True),
    ),
    scope=UNIT,
    workflow=Workflow(("identifierad", "beskriven", "fastställd", "under revidering", "upphörd"), ("upphörd",)),
    requirement="R8 R13 R14 R57",
)

activity = Entity(
    "activity",
    "AKT",
    (
        Ref("process", "process", required=True, publish=Publish.OPEN, listed=True),
        Order("position", within="process"),
        Text("name", required=True, publish=Publish.OPEN, listed=True),
        Text("description", long=True, publish=Publish.OPEN),
        Ref("responsible_role", "role", publish=Publish.OPEN, listed=True),
    ),
    scope="process",
)

document = Entity(
    "document",
    "DOK",
    (
        Text("title", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Choice("kind", required=True, values_from="document_kinds", publish=Publish.OPEN, listed=True),
        Choice("topic", values_from="document_topics", publish=Publish.OPEN, listed=True),
        Choice("issuer_level", values_from="levels", publish=Publish.OPEN),
        Ref("owner_role", "role", publish=Publish.OPEN, listed=True),
        Ref("unit", "unit", publish=Publish.OPEN, listed=True),
        Text("applies_to", publish=Publish.OPEN, requirement="V1"),
        Ref("parent", "document", publish=Publish.OPEN),
        Ref("focus_area", "focus_area", publish=Publish.OPEN, requirement="H7"),
        Integer("review_months", minimum=1, maximum=120),
    ),
    scope=UNIT,
    title="title",
    requirement="R4 R6 R31 R33",
)

document_version = Entity(
    "document_version",
    "VER",
    (
        Ref("document", "document", required=True, publish=Publish.OPEN, listed=True),
        Text("version_number", required=True, publish=Publish.OPEN, listed=True),
        Text("procedure", long=True, publish=Publish.OPEN),
        Text("responsibility", long=True, publish=Publish.OPEN),
        Text("location"),
        Ref("handler", "person", personal=Personal.WORK),
        Ref("decided_by", "role", publish=Publish.OPEN, listed=True),
        Date("decided_on", publish=Publish.OPEN, listed=True),
        Text("decision_paragraph", publish=Publish.OPEN, requirement="V1"),
        Ref("decision", "decision", publish=Publish.OPEN),
        Text("diary_number", publish=Publish.OPEN, requirement="V1"),
        Choice("change_class", values_from="change_classes", publish=Publish.OPEN, requirement="H36 H37"),
        Date("valid_from", publish=Publish.OPEN, listed=True),
        Date("revised_on", publish=Publish.OPEN),
        Date("next_review", publish=Publish.OPEN, listed=True),
    ),
    scope="document",
    title="version_number",
    workflow=Workflow(
        ("utkast", "granskas", "fastställd", "ersatt", "upphävd"), ("ersatt", "upphävd"), ("ersatt", "upphävd")
    ),
    unique=(("document", "version_number"),),
    year_by="valid_from",
    requirement="R14 R31 R57",
)

acknowledgement = Entity(
    "acknowledgement",
    "KVI",
    (
        Ref("document_version", "document_version", required=True, listed=True),
        Ref("person", "person", required=True, personal=Personal.WORK, listed=True),
        Ref("unit", "unit", listed=True),
        Date("acknowledged_on", required=True, listed=True),
    ),
    scope=UNIT,
    title="document_version",
    identity=("document_version", "person"),
    year_by="acknowledged_on",
    requirement="R22",
)

printout = Entity(
    "printout",
    "UTS",
    (
        Ref("unit", "unit", required=True, listed=True),
        Ref("document_version", "document_version", listed=True),
        Ref("process", "process", listed=True),
        Text("sheet"),
        Text("sheet_code", listed=True),
        Date("printed_on", required=True, listed=True),
        Ref("printed_by", "role"),
        Text("placed_at", required=True, listed=True),
        Integer("copies", minimum=1),
        Date("replaced_on", listed=True),
    ),
    scope=UNIT,
    title="placed_at",
    year_by="printed_on",
    requirement="J21",
)

ENTITIES = (process, activity, document, document_version, acknowledgement, printout)
