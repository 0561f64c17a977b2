"""Who answers for what (SOSFS 2011:9, 3 kap.): units, people, roles and the division of responsibility."""

from .vocabulary import UNIT, Choice, Date, Entity, Flag, Integer, Personal, Publish, Ref, Text

municipality = Entity(
    "municipality",
    "KOM",
    (
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Text("municipality_code", publish=Publish.OPEN),
        Text("area_of_activity", required=True, publish=Publish.OPEN, listed=True),
        Text("responsible_body", publish=Publish.OPEN, listed=True),
        Text("scope", long=True, publish=Publish.OPEN),
        Text("improvement_model", long=True, publish=Publish.OPEN),
        Text("profile"),
    ),
    requirement="R1 R39",
)

unit = Entity(
    "unit",
    "ENH",
    (
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Text("short_name", required=True, publish=Publish.OPEN, listed=True),
        Choice("level", required=True, values_from="levels", publish=Publish.OPEN, listed=True),
        Ref("parent", "unit", publish=Publish.OPEN, listed=True),
        Choice("operation_form", values_from="operation_forms", publish=Publish.OPEN),
        Choice("activity_kind", values_from="activity_kinds"),
        Flag("has_health_care"),
        Flag("has_individual_plan"),
        Choice("system_applies", values=("obligatoriskt", "frivilligt", "omfattas ej")),
        Integer("members", minimum=0, publish=Publish.OPEN, requirement="V4"),
        Integer("substitutes", minimum=0, publish=Publish.OPEN, requirement="V4"),
        Date("active_from"),
        Date("active_to"),
    ),
    unique=(("short_name",),),
    requirement="R1",
)

service_area = Entity(
    "service_area",
    "VOM",
    (Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True), Text("description", long=True)),
    requirement="R1",
)

person = Entity(
    "person",
    "PER",
    (
        Text("name", required=True, sorted=True, personal=Personal.WORK, listed=True),
        Text("title", personal=Personal.WORK, listed=True),
        Text("email", personal=Personal.WORK, listed=True),
    ),
)

role = Entity(
    "role",
    "ROL",
    (
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Text("short_name", publish=Publish.OPEN, listed=True),
        Choice("kind", values_from="role_kinds", publish=Publish.OPEN, listed=True),
        Choice("level", values_from="levels", publish=Publish.OPEN, listed=True),
        Flag("mandatory", listed=True),
        Choice("mandatory_for", values=("hela verksamheten", "varje enhet", "enhet med hälso- och sjukvård")),
    ),
    unique=(("name",),),
    requirement="R7 R10 R15 R19 R23 R27",
)

assignment = Entity(
    "assignment",
    "UPP",
    (
        Ref("person", "person", required=True, listed=True),
        Ref("role", "role", required=True, listed=True),
        Ref("unit", "unit", listed=True),
        Date("valid_from", required=True, listed=True),
        Date("valid_to", listed=True),
        Ref("appointed_by", "role"),
        Date("appointed_on"),
    ),
    title="person",
    requirement="R45",
)

duty = Entity(
    "duty",
    "ANS",
    (
        Ref("role", "role", required=True, publish=Publish.OPEN, listed=True),
        Integer("number", required=True, minimum=1, publish=Publish.OPEN, listed=True),
        Text("text", required=True, long=True, publish=Publish.OPEN, listed=True),
        Choice("kind", required=True, values=("ansvar", "uppgift", "mottar"), publish=Publish.OPEN, listed=True),
        Flag("delegable", publish=Publish.OPEN, listed=True),
        Ref("provision", "provision", publish=Publish.OPEN),
        Text("topic"),
        Text("source", publish=Publish.OPEN),
        Text("requirements", publish=Publish.OPEN, listed=True),
    ),
    title="text",
    requirement="R8 R9 R10 R15 R19 R23 R27",
)

duty_allocation = Entity(
    "duty_allocation",
    "FÖR",
    (
        Ref("duty", "duty", required=True, listed=True),
        Ref("to_role", "role", listed=True),
        Ref("to_unit", "unit", listed=True),
        Ref("to_person", "person", listed=True),
        Date("decided_on", listed=True),
        Ref("decision", "decision"),
        Text("decided_in", listed=True),
        Date("valid_from"),
        Date("valid_to"),
    ),
    title="duty",
    requirement="R9",
)

working_group = Entity(
    "working_group",
    "GRP",
    (
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Text("perspective", long=True, publish=Publish.OPEN),
        Ref("appointed_by", "role", publish=Publish.OPEN, listed=True),
        Date("appointed_on", publish=Publish.OPEN, listed=True),
        Ref("unit", "unit"),
    ),
    scope=UNIT,
    requirement="R45",
)

ENTITIES = (municipality, unit, service_area, person, role, assignment, duty, duty_allocation, working_group)
