"""Improvement (SOSFS 2011:9, 5 kap. 6–8 §§): analysis → cause → action → follow-up."""

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

analysis = Entity(
    "analysis",
    "ANA",
    (
        Text("title", required=True, sorted=True, publish=Publish.COMMITTEE, listed=True),
        Ref("unit", "unit", publish=Publish.COMMITTEE, listed=True),
        AnyRef("subject", ("deviation", "self_check_round", "risk_analysis", "investigation"), listed=True),
        Ref("working_group", "working_group", publish=Publish.COMMITTEE),
        Date("done_on", publish=Publish.COMMITTEE, listed=True),
        Text("why", long=True, personal=Personal.RISK, requirement="R49"),
        Text("wrong_way", long=True, personal=Personal.RISK, requirement="R50"),
        Text("better", long=True, personal=Personal.RISK, requirement="R50"),
        Flag("positive", publish=Publish.COMMITTEE, requirement="R48"),
        Text("conclusions", long=True, personal=Personal.RISK, requirement="R50"),
        Text("learned_from", long=True, requirement="R49"),
    ),
    scope=UNIT,
    title="title",
    year_by="done_on",
    requirement="R45 R46 R49 R50",
)

cause = Entity(
    "cause",
    "ORS",
    (
        Ref("analysis", "analysis", required=True, listed=True),
        Text("text", required=True, long=True, personal=Personal.RISK, listed=True),
        Choice("category", values_from="cause_categories", publish=Publish.COMMITTEE, listed=True),
    ),
    scope="analysis",
    title="text",
    requirement="R46 R49",
)

action = Entity(
    "action",
    "ÅTG",
    (
        Text("text", required=True, long=True, publish=Publish.COMMITTEE, personal=Personal.RISK, listed=True),
        Ref("unit", "unit", required=True, publish=Publish.COMMITTEE, listed=True),
        Choice("kind", values=("korrigerande", "förebyggande", "förbättrande"), publish=Publish.COMMITTEE),
        AnyRef(
            "origin", ("deviation", "risk", "self_check_round", "analysis", "investigation", "decision"), listed=True
        ),
        Ref("responsible_role", "role", publish=Publish.COMMITTEE, listed=True),
        Ref("responsible", "person", personal=Personal.WORK),
        Date("proposed_on", publish=Publish.COMMITTEE),
        Date("due", publish=Publish.COMMITTEE, listed=True),
        Text("scenario", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK, requirement="R54"),
        Text("impact_users", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
        Text("impact_staff", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
        Text("impact_economy", long=True, publish=Publish.COMMITTEE),
        Choice("resource_input", values_from="resource_inputs", publish=Publish.COMMITTEE, requirement="R55"),
        Choice("improvement", values_from="improvements", publish=Publish.COMMITTEE, requirement="R55"),
        Computed(
            "quadrant",
            """(SELECT q.label FROM matrix_quadrant q
              WHERE q.resource_input = t.resource_input AND q.improvement = t.improvement)""",
            publish=Publish.COMMITTEE,
            listed=True,
            requirement="R55",
        ),
        Integer("priority", minimum=1, publish=Publish.COMMITTEE),
        Ref("decision", "decision", publish=Publish.COMMITTEE),
        Date("done_on", publish=Publish.COMMITTEE),
        Text("result", long=True, personal=Personal.RISK),
        Choice("effect", values=("ja", "delvis", "nej"), publish=Publish.COMMITTEE, requirement="R52"),
    ),
    scope=UNIT,
    title="text",
    workflow=Workflow(
        (
            "föreslagen",
            "konsekvensbeskriven",
            "prioriterad",
            "beslutad",
            "avslagen",
            "pågår",
            "genomförd",
            "uppföljd",
            "avslutad",
        ),
        final=("avslagen", "avslutad"),
        aside=("avslagen",),
        stamps=(("genomförd", "done_on"), ("uppföljd", "done_on"), ("avslutad", "done_on")),
    ),
    year_by="proposed_on",
    requirement="R34 R51 R52 R54 R55 R56",
)

action_followup = Entity(
    "action_followup",
    "UPF",
    (
        Ref("action", "action", required=True, listed=True),
        Date("followed_up_on", required=True, publish=Publish.COMMITTEE, listed=True),
        Choice("effect", values=("ja", "delvis", "nej"), publish=Publish.COMMITTEE, listed=True),
        Text("text", long=True, personal=Personal.RISK, listed=True),
        Ref("followed_up_by", "role", publish=Publish.COMMITTEE, listed=True),
    ),
    scope="action",
    title="followed_up_on",
    year_by="followed_up_on",
    requirement="R52",
)

ENTITIES = (analysis, cause, action, action_followup)
