"""The thread from paragraph to committee decision: a typed edge between any two records."""

from .vocabulary import UNIT, AnyRef, Choice, Entity, Ref, Text

link = Entity(
    "link",
    "LNK",
    (
        Choice("kind", required=True, values_from="link_kinds", listed=True),
        AnyRef("source", required=True, listed=True),
        AnyRef("target", required=True, listed=True),
        Text("note"),
        Ref("unit", "unit"),
    ),
    scope=UNIT,
    title="kind",
    identity=("kind", "source", "target"),
)

ENTITIES = (link,)
