"""Staff (SOSFS 2011:9, 6 kap.): competence, staffing, introduction and participation. Counts, never persons."""

from .vocabulary import (
    UNIT,
    AnyRef,
    Choice,
    Computed,
    Date,
    Entity,
    Flag,
    Integer,
    Personal,
    Publish,
    Ref,
    Text,
    Workflow,
)

competence_requirement = Entity(
    "competence_requirement",
    "KMP",
    (
        Text("occupation", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Text("text", required=True, long=True, publish=Publish.OPEN, listed=True),
        Ref("service_area", "service_area", publish=Publish.OPEN, listed=True),
        Integer("minimum_years", minimum=0, publish=Publish.OPEN, listed=True),
        Text("source", publish=Publish.OPEN),
        Date("valid_from", publish=Publish.OPEN),
    ),
    title="occupation",
    workflow=Workflow(("ska fastställas", "fastställt", "upphört"), ("upphört",)),
    requirement="R2 T58 H14",
)

competence_followup = Entity(
    "competence_followup",
    "KMU",
    (
        Ref("unit", "unit", required=True, publish=Publish.COMMITTEE, listed=True),
        Integer("year", required=True, minimum=1990, maximum=2200, publish=Publish.COMMITTEE, listed=True),
        Ref("competence_requirement", "competence_requirement", publish=Publish.COMMITTEE, listed=True),
        Integer("staff_total", minimum=0, publish=Publish.COMMITTEE),
        Integer("staff_meeting", minimum=0, publish=Publish.COMMITTEE),
        Computed("gap", "t.staff_total - t.staff_meeting", publish=Publish.COMMITTEE, listed=True),
        Ref("plan", "plan", publish=Publish.COMMITTEE, listed=True),
        Date("done_on", publish=Publish.COMMITTEE, listed=True),
    ),
    scope=UNIT,
    title="year",
    identity=("unit", "year", "competence_requirement"),
    year_by="done_on",
    requirement="R15 R58 T57 T59 H14 H31",
)

staffing_followup = Entity(
    "staffing_followup",
    "BEM",
    (
        Ref("unit", "unit", required=True, publish=Publish.COMMITTEE, listed=True),
        Text("period", required=True, publish=Publish.COMMITTEE, listed=True),
        Integer("needed", minimum=0, publish=Publish.COMMITTEE, listed=True),
        Integer("filled", minimum=0, publish=Publish.COMMITTEE, listed=True),
        Text("comment", long=True, personal=Personal.RISK),
        Date("done_on", publish=Publish.COMMITTEE),
    ),
    scope=UNIT,
    title="period",
    identity=("unit", "period"),
    year_by="done_on",
    requirement="T57",
)

introduction = Entity(
    "introduction",
    "INT",
    (
        Ref("unit", "unit", required=True, publish=Publish.COMMITTEE, listed=True),
        Text("name", required=True, sorted=True, publish=Publish.COMMITTEE, listed=True),
        Ref("document", "document", publish=Publish.COMMITTEE),
        Flag("exists", publish=Publish.COMMITTEE, listed=True),
        Integer("introduced_count", minimum=0, publish=Publish.COMMITTEE, listed=True),
        Date("reviewed_on", publish=Publish.COMMITTEE, listed=True),
    ),
    scope=UNIT,
    requirement="T59",
)

participation = Entity(
    "participation",
    "DEL",
    (
        Choice("forum", required=True, values_from="participation_forums", publish=Publish.COMMITTEE, listed=True),
        Choice("who", required=True, values_from="participants", publish=Publish.COMMITTEE, listed=True),
        Ref("unit", "unit", publish=Publish.COMMITTEE, listed=True),
        Date("held_on", required=True, publish=Publish.COMMITTEE, listed=True),
        Choice("step", values_from="improvement_steps", publish=Publish.COMMITTEE, requirement="R53"),
        AnyRef("subject", ("goal", "plan", "process", "risk_analysis", "document", "analysis", "action")),
        Text("notes", long=True, personal=Personal.RISK),
    ),
    scope=UNIT,
    title="forum",
    year_by="held_on",
    requirement="R5 R53 V12 V30 V56 V66 J48 J49 T3 T4 T34 H28",
)

ENTITIES = (competence_requirement, competence_followup, staffing_followup, introduction, participation)
