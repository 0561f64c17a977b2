"""What one municipality calls and decides for itself. Written from its profile, edited in the app."""

from .vocabulary import Choice, Entity, Flag, Integer, Publish, Text

setting = Entity(
    "setting",
    "INS",
    (
        Text("question", long=True, sorted=True, listed=True),
        Text("value", listed=True),
        Text("key", required=True, sorted=True),
        Text("note", long=True),
        Text("requirements"),
    ),
    title="question",
    identity=("key",),
)

choice_value = Entity(
    "choice_value",
    "VAL",
    (
        Text("list", required=True, listed=True),
        Text("value", required=True, publish=Publish.OPEN, listed=True),
        Integer("number", required=True, minimum=1, listed=True),
        Text("note", long=True, listed=True),
        Flag("retired", listed=True),
    ),
    title="value",
    identity=("list", "value"),
)

term = Entity(
    "term",
    "TRM",
    (
        Text("key", required=True, sorted=True, listed=True),
        Text("one", required=True, listed=True),
        Text("many", listed=True),
        Text("note", long=True),
    ),
    title="key",
    identity=("key",),
)

# Where a kind of document is decided, a kind of deviation registered, and so on: one row per answer.
routing = Entity(
    "routing",
    "VÄG",
    (
        Choice(
            "matter",
            required=True,
            values=("dokument beslutas av", "avvikelse registreras i", "avvikelse utreds av", "diarienummer krävs"),
            listed=True,
        ),
        Text("kind", listed=True),
        Text("topic", listed=True),
        Text("track", listed=True),
        Choice("origin", values=("intern", "extern"), listed=True),
        Text("answer", required=True, listed=True),
        Integer("priority", required=True, minimum=1, listed=True),
        Text("note", long=True),
        Text("requirements", listed=True),
    ),
    title="matter",
)

matrix_quadrant = Entity(
    "matrix_quadrant",
    "KVA",
    (
        Text("resource_input", required=True, listed=True),
        Text("improvement", required=True, listed=True),
        Text("label", publish=Publish.OPEN, listed=True),
        Integer("rank", required=True, minimum=1, listed=True),
    ),
    title="label",
    identity=("resource_input", "improvement"),
    requirement="R55",
)

ENTITIES = (setting, choice_value, term, routing, matrix_quadrant)
