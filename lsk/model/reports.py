"""Reports: what each must say (template), and each that was written, from unit to committee."""

from .vocabulary import UNIT, Choice, Date, Entity, Integer, Personal, Publish, Ref, Text, Workflow

report_template = Entity(
    "report_template",
    "MAL",
    (
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Choice("kind", required=True, values_from="report_kinds", publish=Publish.OPEN, listed=True),
        Choice("level", values_from="levels", publish=Publish.OPEN, listed=True),
        Choice("force", required=True, values=("ska", "bör"), publish=Publish.OPEN, listed=True),
        Ref("compiled_into", "report_template", publish=Publish.OPEN, listed=True),
        Text("placement", publish=Publish.OPEN),
        Ref("recipient", "role", publish=Publish.OPEN),
        Text("requirements", publish=Publish.OPEN),
        Text("note", long=True),
    ),
    requirement="R11 V32 V55 J22 J24 J25 J26 T16 H18 H24",
)

report_template_section = Entity(
    "report_template_section",
    "MAV",
    (
        Ref("template", "report_template", required=True, publish=Publish.OPEN, listed=True),
        Integer("number", required=True, minimum=1, publish=Publish.OPEN, listed=True),
        Text("heading", required=True, publish=Publish.OPEN, listed=True),
        Choice("force", required=True, values=("ska", "bör"), publish=Publish.OPEN, listed=True),
        Choice("place", values=("först", "sist"), publish=Publish.OPEN),
        Text("figures", publish=Publish.OPEN, listed=True),
        Text("requirements", publish=Publish.OPEN),
    ),
    title="heading",
    identity=("template", "heading"),
    requirement="V56 J23 J24 J27 J28",
)

report = Entity(
    "report",
    "RAP",
    (
        Text("title", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Ref("template", "report_template", required=True, publish=Publish.OPEN, listed=True),
        Ref("unit", "unit", publish=Publish.OPEN, listed=True),
        Integer("year", required=True, minimum=1990, maximum=2200, publish=Publish.OPEN, listed=True),
        Text("period", publish=Publish.OPEN, listed=True),
        Ref("parent", "report", publish=Publish.OPEN),
        Date("submitted_on", publish=Publish.OPEN, listed=True),
        Date("presented_on", publish=Publish.OPEN),
        Ref("decision", "decision", publish=Publish.OPEN),
        Text("diary_number"),
        Date("published_on", publish=Publish.OPEN),
    ),
    scope=UNIT,
    title="title",
    workflow=Workflow(("utkast", "inlämnad", "sammanställd", "anmäld", "publicerad"), ("publicerad",)),
    year_by="submitted_on",
    requirement="R11 R17 R18 R24 R38 R47 V32 V33 V34 V52 V55 V60 J12 J22 J25 J26 T16 T17 T18 T25 T50 T55 H6 H18 H24",
)

report_section = Entity(
    "report_section",
    "RAV",
    (
        Ref("report", "report", required=True, publish=Publish.OPEN, listed=True),
        Integer("number", required=True, minimum=1, publish=Publish.OPEN, listed=True),
        Text("heading", required=True, publish=Publish.OPEN, listed=True),
        Choice("force", values=("ska", "bör"), publish=Publish.OPEN),
        Text("text", long=True, publish=Publish.OPEN, personal=Personal.RISK, listed=True),
    ),
    scope="report",
    title="heading",
    identity=("report", "heading"),
    requirement="V56 J23 J24 J27",
)

ENTITIES = (report_template, report_template_section, report, report_section)
