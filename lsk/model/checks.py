"""Self-checks (SOSFS 2011:9, 5 kap. 2 §): what is to be checked, and each round that was."""

from .vocabulary import UNIT, Choice, Computed, Date, Entity, Integer, Personal, Publish, Ref, Text, Workflow

self_check = Entity(
    "self_check",
    "EGK",
    (
        Text("name", required=True, sorted=True, publish=Publish.COMMITTEE, listed=True),
        Choice("method", values_from="self_check_methods", publish=Publish.COMMITTEE, listed=True),
        Ref("unit", "unit", publish=Publish.COMMITTEE, listed=True),
        Ref("process", "process", publish=Publish.COMMITTEE),
        Ref("risk", "risk"),
        Ref("document", "document", publish=Publish.COMMITTEE),
        Text("criterion", long=True, publish=Publish.COMMITTEE),
        Choice(
            "frequency",
            required=True,
            values=("månad", "kvartal", "tertial", "halvår", "år"),
            publish=Publish.COMMITTEE,
            listed=True,
        ),
        Text("sample"),
        Ref("responsible_role", "role", publish=Publish.COMMITTEE, listed=True),
        Date("valid_from"),
        Date("valid_to"),
    ),
    scope=UNIT,
    requirement="R21 R57",
)

self_check_round = Entity(
    "self_check_round",
    "EKR",
    (
        Ref("self_check", "self_check", required=True, publish=Publish.COMMITTEE, listed=True),
        Text("period", required=True, publish=Publish.COMMITTEE, listed=True),
        Date("due", required=True, publish=Publish.COMMITTEE, listed=True),
        Date("done_on", publish=Publish.COMMITTEE, listed=True),
        Ref("done_by", "role", publish=Publish.COMMITTEE),
        Integer("checked_count", minimum=0, publish=Publish.COMMITTEE),
        Integer("compliant_count", minimum=0, publish=Publish.COMMITTEE),
        Computed("share", "round(100.0 * t.compliant_count / nullif(t.checked_count, 0), 1)", listed=True),
        Text("result", long=True, personal=Personal.RISK),
        Text("analysis", long=True, personal=Personal.RISK),
    ),
    scope="self_check",
    title="period",
    identity=("self_check", "period"),
    workflow=Workflow(
        ("planerad", "genomförd", "analyserad", "åtgärdad", "klar"), ("klar",), stamps=(("genomförd", "done_on"),)
    ),
    year_by="due",
    requirement="R21 R57",
)

ENTITIES = (self_check, self_check_round)
