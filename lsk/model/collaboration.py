"""Collaboration within and outside the own activity (SOSFS 2011:9, 4 kap. 5–6 §§)."""

from .vocabulary import Choice, Date, Entity, Publish, Ref, Text, Workflow

external_party = Entity(
    "external_party",
    "PAR",
    (
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Choice("kind", values_from="party_kinds", publish=Publish.OPEN, listed=True),
    ),
    requirement="R60",
)

agreement = Entity(
    "agreement",
    "AVT",
    (
        Text("name", required=True, sorted=True, publish=Publish.OPEN, listed=True),
        Choice("kind", values_from="agreement_kinds", publish=Publish.OPEN, listed=True),
        Text("purpose", long=True, publish=Publish.OPEN),
        Text("target_group", publish=Publish.OPEN),
        Ref("party", "external_party", publish=Publish.OPEN, listed=True),
        Ref("service_area", "service_area", publish=Publish.OPEN),
        Ref("document", "document", publish=Publish.OPEN),
        Ref("responsible_role", "role", publish=Publish.OPEN, listed=True),
        Date("valid_from", publish=Publish.OPEN, listed=True),
        Date("valid_to", publish=Publish.OPEN, listed=True),
        Date("follow_up_due", publish=Publish.OPEN),
    ),
    workflow=Workflow(("förslag", "gällande", "under omförhandling", "upphörd"), ("upphörd",)),
    requirement="R60",
)

ENTITIES = (external_party, agreement)
