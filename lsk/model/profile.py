"""What one municipality calls and decides for itself. Written from its profile, edited in the app."""

from .vocabulary import UNIT, AnyRef, Choice, Entity, Flag, Integer, Personal, Publish, Ref, Text

setting = Entity(
    "setting",
    "INS",
    (
        Text("question", long=True, sorted=True, publish=Publish.COMMITTEE, listed=True),
        Text("value", publish=Publish.COMMITTEE, listed=True),
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
        Text("one", required=True, sorted=True, listed=True),
        Text("many", listed=True),
        Text("note", long=True),
    ),
    title="one",
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
        Text("change_class", listed=True),
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

# How another program's register is read: a heading is a field (none: skip it); with from_value, a cell is a value.
import_mapping = Entity(
    "import_mapping",
    "INK",
    (
        Text("entity", required=True, listed=True),
        Text("heading", required=True, sorted=True, listed=True),
        Text("field", listed=True),
        Text("from_value", listed=True),
        Text("to_value", listed=True),
        Flag("key", listed=True),
    ),
    title="heading",
    unique=(("entity", "heading", "from_value"),),
)

# What stood in an imported cell that could not be read, or not wholly, as the date it ought to be.
import_note = Entity(
    "import_note",
    "INN",
    (
        AnyRef("record", required=True, listed=True),
        Ref("unit", "unit"),
        Text("field", required=True, listed=True),
        Text("raw_text", required=True, long=True, personal=Personal.RISK, listed=True),
        Text("read_value", listed=True),
        Text("reason", listed=True),
        Text("file", listed=True),
        Integer("line", minimum=1, listed=True),
    ),
    scope=UNIT,
    title="raw_text",
    identity=("record", "field"),
)

ENTITIES = (setting, choice_value, term, routing, matrix_quadrant, import_mapping, import_note)

# Lists of choices that no field offers but rules read: what must exist, and who must be told.
RULE_LISTS = ("required_routines", "required_routines_health_care", "unexecuted_recipients")

# What a profile is made of beside settings, choices and words: how a municipality is ordered, not what happens there.
PROFILE_RECORDS = (
    "municipality",
    "unit",
    "service_area",
    "role",
    "duty",
    "working_group",
    "statute",
    "provision",
    "requirement_area",
    "requirement",
    "application",
    "definition",
    "vision",
    "focus_area",
    "goal",
    "indicator",
    "survey",
    "process",
    "activity",
    "document",
    "document_version",
    "external_party",
    "agreement",
    "risk_scale",
    "risk_score",
    "self_check",
    "competence_requirement",
    "obligation",
    "meeting",
    "decision",
    "report_template",
    "report_template_section",
    "routing",
    "matrix_quadrant",
    "link",
)
