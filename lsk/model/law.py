"""What is demanded: statutes, their provisions in versions, requirements, and how each unit meets them."""

from .vocabulary import UNIT, AnyRef, Choice, Computed, Date, Entity, Integer, Publish, Ref, Text, Workflow

CERTAINTY = ("läst i källan", "troligt, kontrollera", "ej funnet")
BINDING = ("lag", "förordning", "föreskrift", "allmänt råd", "handbok", "lokal")

statute = Entity(
    "statute",
    "FÖF",
    (
        Text("short_name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Text("number", required=True, publish=Publish.OPEN, listed=True),
        Text("name", required=True, publish=Publish.OPEN, listed=True),
        Choice("kind", required=True, values=BINDING, publish=Publish.OPEN),
        Text("issuer", publish=Publish.OPEN),
        Date("valid_from", publish=Publish.OPEN, listed=True),
        Date("valid_to", publish=Publish.OPEN, listed=True),
        Ref("replaced_by", "statute", publish=Publish.OPEN, listed=True),
        Choice("certainty", values=CERTAINTY, publish=Publish.OPEN),
        Date("checked_on"),
        Text("checked_by"),
        Text("source"),
    ),
    unique=(("short_name", "number"),),
    requirement="R1 R2",
)

provision = Entity(
    "provision",
    "LAG",
    (
        Ref("statute", "statute", required=True, publish=Publish.OPEN, listed=True),
        Text("designation", required=True, publish=Publish.OPEN, listed=True),
        Text("heading", publish=Publish.OPEN, listed=True),
        Choice("binding", required=True, values=BINDING, publish=Publish.OPEN, listed=True),
        Date("valid_from", publish=Publish.OPEN, listed=True),
        Date("valid_to", publish=Publish.OPEN, listed=True),
        Ref("became", "provision", publish=Publish.OPEN, listed=True),
        Choice("certainty", values=CERTAINTY, publish=Publish.OPEN),
        Date("checked_on"),
        Text("checked_by"),
        Text("note", long=True, publish=Publish.OPEN),
    ),
    title="designation",
    requirement="R2 R32",
)

# An area that the system covers, or is to cover (V35 T33 T35).
requirement_area = Entity(
    "requirement_area",
    "OMR",
    (
        Integer("number", required=True, minimum=1, publish=Publish.OPEN, listed=True),
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Ref("statute", "statute", publish=Publish.OPEN, listed=True),
        Text("cited_as", publish=Publish.OPEN, listed=True),
        Choice("coverage", required=True, values=("omfattas", "planerad"), publish=Publish.OPEN, listed=True),
    ),
    requirement="V35 T33 T35 T36",
)

requirement = Entity(
    "requirement",
    "KRV",
    (
        Text("code", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Text("text", required=True, long=True, publish=Publish.OPEN, listed=True),
        Choice("force", required=True, values=("ska", "bör"), publish=Publish.OPEN, listed=True),
        Choice("kind", required=True, values_from="requirement_kinds", publish=Publish.OPEN),
        Ref("topic", "requirement_area", publish=Publish.OPEN),
        Ref("focus_area", "focus_area", publish=Publish.OPEN, requirement="V8"),
        Ref("provision", "provision", publish=Publish.OPEN, listed=True),
        Text("cited_as", publish=Publish.OPEN, listed=True),
        Text("applies_when", publish=Publish.OPEN),
        Text("note", long=True, publish=Publish.OPEN),
        Text("source", publish=Publish.OPEN),
    ),
    title="code",
    unique=(("code",),),
    requirement="R2 R4 R5 R6 R29",
)

application = Entity(
    "application",
    "TIL",
    (
        Ref("requirement", "requirement", required=True, publish=Publish.COMMITTEE, listed=True),
        Ref("unit", "unit", publish=Publish.COMMITTEE, listed=True),
        Text("text", required=True, long=True, publish=Publish.COMMITTEE, listed=True),
        Ref("responsible_role", "role", publish=Publish.COMMITTEE, listed=True),
        Choice(
            "fulfilment",
            values=("uppfyllt", "delvis", "saknas", "planerad", "ej tillämpligt"),
            publish=Publish.COMMITTEE,
            listed=True,
        ),
        Text("gap", long=True),
        Date("gap_due"),
        Date("assessed_on", publish=Publish.COMMITTEE, listed=True),
        Ref("provision", "provision"),
    ),
    scope=UNIT,
    title="text",
    requirement="R4 R5 R6 R57",
)

definition = Entity(
    "definition",
    "DEF",
    (
        Text("term", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Text("text", required=True, long=True, publish=Publish.OPEN, listed=True),
        Text("source", publish=Publish.OPEN, listed=True),
    ),
    title="term",
    requirement="R3 R29",
)

# What leaned on a wording when a newer one was adopted, until somebody has said what becomes of it.
adaptation = Entity(
    "adaptation",
    "ANP",
    (
        AnyRef(
            "record",
            (
                "requirement",
                "application",
                "process",
                "document",
                "self_check",
                "control_point",
                "report_template",
                "report_template_section",
                "obligation",
                "duty",
            ),
            required=True,
            listed=True,
        ),
        Computed(
            "statute",
            "(SELECT s.short_name || ' ' || s.number FROM provision p JOIN statute s ON s.id = p.statute "
            "WHERE p.id = t.provision)",
            listed=True,
        ),
        Ref("provision", "provision", required=True, listed=True),
        Ref("new_provision", "provision", listed=True),
        Ref("unit", "unit", listed=True),
        Ref("responsible_role", "role", listed=True),
        Date("opened_on"),
        Date("settled_on", listed=True),
        Text("reason", long=True),
        Ref("decision", "decision"),
    ),
    scope=UNIT,
    title="provision",
    identity=("provision", "record"),
    workflow=Workflow(
        ("väntar", "behålls", "flyttad", "avgjord"),
        ("behålls", "flyttad", "avgjord"),
        stamps=(("behålls", "settled_on"), ("flyttad", "settled_on"), ("avgjord", "settled_on")),
    ),
    requirement="T33 T36",
)

ENTITIES = (statute, provision, requirement_area, requirement, application, definition, adaptation)
