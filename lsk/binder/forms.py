"""The forms to fill in by hand, in the file's own words: a blank deviation, a blank report under lex Sarah."""

from __future__ import annotations

from dataclasses import dataclass

from lsk.binder.sheet import Sheet, table
from lsk.documents import plain
from lsk.model import ENTITIES
from lsk.model.vocabulary import Choice, Field, Flag, Text
from lsk.store import Store

PART = "Blanketter"
BOX = "☐\u00a0"
BLANK = ("```", "```")  # an empty box
WHERE_TO = (
    "Lämna blanketten till den som tar emot avvikelser i enheten. När datorn fungerar igen skrivs den in där, "
    "och pappret hanteras som er dokumenthanteringsplan säger."
)
NO_NAMES = "Skriv vad som hände, inte vem. Skriv inga namn eller personnummer."


@dataclass(frozen=True)
class Form:
    """``fields`` are of the deviation; ``questions`` have no field of their own there."""

    name: str
    title: str
    lead: str
    fields: tuple[str, ...]
    questions: tuple[str, ...] = ()


FORMS = (
    Form(
        "avvikelse",
        "Avvikelse, klagomål eller synpunkt",
        "Fyll i det som är känt. Den som lämnar ett klagomål eller en synpunkt får vara anonym.",
        ("kind", "happened_on", "received_on", "source", "what_happened", "immediate_action", "severity", "process"),
    ),
    Form(
        "lex-sarah",
        "Rapport enligt lex Sarah",
        "För missförhållanden och påtagliga risker för missförhållanden. Rapportera genast.",
        ("happened_on", "received_on", "what_happened", "immediate_action"),
        ("Följder för den enskilde", "Har något liknande hänt förut? Kan det hända igen?"),
    ),
)
SIGNED = ("Lämnad av (roll)", "Mottagen av (roll)", "Datum och klockslag")


def form_sheet(store: Store, form: Form, unit_name: str) -> Sheet:
    """A form as a sheet: a row for each short answer, then a box for each that takes a few sentences."""
    label = store.terms.field_label
    fields = [ENTITIES["deviation"].field(name) for name in form.fields]
    short = [f for f in fields if not is_long(f)]
    rows = [(plain(store.terms.entity_label("unit")), plain(unit_name))]
    rows += [(plain(label("deviation", f.name)), boxes(store, f)) for f in short]
    rows += [(words, "") for words in SIGNED]
    told = [plain(label("deviation", f.name)) for f in fields if is_long(f)] + list(form.questions)
    lines = [f"# {form.title}", "", form.lead, "", f"{NO_NAMES} {WHERE_TO}", *table(("Fråga", "Svar"), rows)]
    for words in told:
        lines += [f"## {words}", "", *BLANK, ""]
    return Sheet(f"blankett:{form.name}", PART, form.title, "\n".join(lines))


def is_long(field: Field) -> bool:
    return isinstance(field, Text) and field.long


def boxes(store: Store, field: Field) -> str:
    """The choices of a field to tick; room to write for any other field."""
    if isinstance(field, Flag):
        return f"{BOX}ja {BOX}nej"
    if not isinstance(field, Choice):
        return ""
    rows = store.db.execute(
        "SELECT value FROM choice_value WHERE list = ? AND ifnull(retired, 0) = 0 ORDER BY number", (field.values_from,)
    )
    values = field.values or tuple(row["value"] for row in rows)
    return " ".join(f"{BOX}{plain(value)}" for value in values)
