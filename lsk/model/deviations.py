"""Deviations, complaints and views (SOSFS 2011:9, 5 kap. 3–6 §§), lex Sarah and lex Maria.

There is no field for who was to blame and none for the client: what happened, not who (R5, R36).
"""

from .vocabulary import UNIT, Choice, Date, Entity, Flag, Integer, Personal, Publish, Ref, Text, Workflow

deviation = Entity(
    "deviation",
    "AVV",
    (
        Choice("kind", required=True, values_from="deviation_kinds", publish=Publish.OPEN, listed=True),
        Ref("unit", "unit", required=True, publish=Publish.OPEN, listed=True),
        Date("received_on", required=True, publish=Publish.COMMITTEE, listed=True),
        Date("happened_on", publish=Publish.COMMITTEE),
        Text("what_happened", required=True, long=True, personal=Personal.RISK, listed=True),
        Choice("origin", values=("intern", "extern"), publish=Publish.COMMITTEE),
        Choice("source", values_from="deviation_sources", publish=Publish.COMMITTEE, requirement="R36 R37"),
        Choice("track", values_from="deviation_tracks", publish=Publish.OPEN, listed=True, requirement="R32"),
        Ref("process", "process", publish=Publish.COMMITTEE),
        Text("immediate_action", long=True, personal=Personal.RISK),
        Choice("severity", values_from="severities", publish=Publish.COMMITTEE),
        Ref("received_by", "role"),
        Choice("registered_in", values_from="registers", requirement="R35"),
        Text("diary_number", requirement="R59"),
        Flag("selected_for_report", requirement="R17"),
        Flag("unmet_need", publish=Publish.COMMITTEE, requirement="T53"),
        Text("answer", long=True, personal=Personal.RISK, requirement="H27"),
        Date("closed_on", publish=Publish.COMMITTEE),
    ),
    scope=UNIT,
    title="what_happened",
    workflow=Workflow(
        ("mottagen", "registrerad", "utreds", "analyserad", "åtgärdas", "uppföljd", "avslutad"),
        final=("avslutad",),
        stamps=(("avslutad", "closed_on"),),
    ),
    year_by="received_on",
    requirement="R17 R21 R28 R32 R34 R35 R36 R37 R59",
)

investigation = Entity(
    "investigation",
    "UTR",
    (
        Ref("deviation", "deviation", required=True, listed=True),
        Choice(
            "kind",
            required=True,
            values=("ordinär", "lex Sarah", "lex Maria"),
            publish=Publish.COMMITTEE,
            listed=True,
        ),
        Ref("investigator_role", "role", publish=Publish.COMMITTEE, listed=True, requirement="R16 R26"),
        Ref("investigator", "person", personal=Personal.WORK),
        Ref("template", "document", requirement="R35"),
        Date("started_on", publish=Publish.COMMITTEE, listed=True),
        Date("finished_on", publish=Publish.COMMITTEE, listed=True),
        Choice("assessment", values_from="assessments", publish=Publish.COMMITTEE, listed=True),
        Text("assessment_reason", long=True, personal=Personal.RISK),
        Text("conclusion", long=True, personal=Personal.RISK),
        Date("reported_to_ivo_on", publish=Publish.COMMITTEE),
        Text("ivo_number"),
        Date("committee_notified_on", publish=Publish.COMMITTEE),
        Text("diary_number", requirement="R59"),
    ),
    scope="deviation",
    title="kind",
    workflow=Workflow(
        ("öppnad", "utreds", "bedömd", "anmäld", "ej anmäld", "avslutad"),
        final=("ej anmäld", "avslutad"),
        aside=("ej anmäld",),
        stamps=(
            ("utreds", "started_on"),
            ("bedömd", "finished_on"),
            ("anmäld", "finished_on"),
            ("ej anmäld", "finished_on"),
            ("avslutad", "finished_on"),
        ),
    ),
    year_by="started_on",
    requirement="R16 R26 R33 R35 R36",
)

# What is said of a unit's complaints, views and deviations as a whole; the single cases stay where they are.
deviation_summary = Entity(
    "deviation_summary",
    "SMF",
    (
        Ref("unit", "unit", required=True, publish=Publish.COMMITTEE, listed=True),
        Date("period_start", required=True, publish=Publish.COMMITTEE, listed=True),
        Date("period_end", required=True, publish=Publish.COMMITTEE, listed=True),
        Text("patterns", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
        Text("analysis", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
        Text("actions", long=True, publish=Publish.COMMITTEE, personal=Personal.RISK),
        Date("done_on", publish=Publish.COMMITTEE, listed=True),
    ),
    scope=UNIT,
    title="period_end",
    identity=("unit", "period_start", "period_end"),
    year_by="period_end",
    requirement="R38 J18 J23 J42 T50 T55 V56",
)

unexecuted_report = Entity(
    "unexecuted_report",
    "IVB",
    (
        Ref("unit", "unit", required=True, publish=Publish.COMMITTEE, listed=True),
        Text("quarter", required=True, publish=Publish.COMMITTEE, listed=True),
        Choice("law", required=True, values=("SoL", "LSS"), publish=Publish.COMMITTEE, listed=True),
        Text("service", publish=Publish.COMMITTEE, listed=True),
        Integer("count", required=True, minimum=0, publish=Publish.COMMITTEE, listed=True),
        Ref("reported_by", "role", publish=Publish.COMMITTEE),
        Date("reported_on", publish=Publish.COMMITTEE, listed=True),
    ),
    scope=UNIT,
    title="quarter",
    year_by="reported_on",
    requirement="T25",
)

unexecuted_recipient = Entity(
    "unexecuted_recipient",
    "IVM",
    (
        Text("quarter", required=True, publish=Publish.COMMITTEE, listed=True),
        Text("recipient", required=True, publish=Publish.COMMITTEE, listed=True),
        Date("sent_on", publish=Publish.COMMITTEE, listed=True),
    ),
    title="recipient",
    identity=("quarter", "recipient"),
    requirement="T25",
)

ENTITIES = (deviation, investigation, deviation_summary, unexecuted_report, unexecuted_recipient)
