"""Fill in a record field by field, hear what the rules say, and save it."""

from __future__ import annotations

from typing import Any

from lsk import values
from lsk.errors import LskError, Refused
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Date, Decimal, Entity, Field, Flag, Integer, Order, Personal, Ref, Text
from lsk.model.vocabulary import Choice as Chosen
from lsk.personal import register, suspicions
from lsk.records import count, one, select
from lsk.rules import Finding
from lsk.rules.fields import choices, fault
from lsk.store import Store
from lsk.terms import entity_new, field_help
from lsk_tui import lookup
from lsk_tui.given import WRITTEN_DOWN_TODAY, starting_values
from lsk_tui.plain.talk import Back, Choice, Talk
from lsk_tui.words import cut, plain

FEW = 20  # records that are told as choices; of more, a part of the name is asked for
HINTS = {
    Date: "Skriv 2026-11-03, eller idag, igår, +14, fre.",
    Integer: "Skriv ett heltal.",
    Decimal: "Skriv ett tal, till exempel 97,5.",
    Flag: "Svara ja eller nej.",
}
NO_NAMES = "Skriv vad som hände, inte vem: inga namn eller personuppgifter."


def new(talk: Talk, store: Store, actor: str, name: str, given: dict[str, Any] | None = None) -> str:
    """Ask for a new record and save it. Returns its id; Back when the person gave it up."""
    entity = ENTITIES[name]
    held = starting_values(store, name, given or {})
    talk.unsaved = entity_new(name)
    talk.say(f"{entity_new(name)}. Först det som måste fyllas i. Skriv ? för hjälp, avbryt för att låta bli.")
    asked = [f for f in entity.columns if not isinstance(f, Order) and f.name != "status" and f.name not in held]
    for field in asked:
        if field.required:
            held[field.name] = field_value(talk, store, entity, field)
    more(talk, store, entity, [f for f in asked if not f.required], held)
    return saved(talk, store, actor, entity, None, held)


def change(talk: Talk, store: Store, actor: str, name: str, record: str) -> None:
    """Ask which fields are to be changed, and save them."""
    entity, row = ENTITIES[name], one(store.db, name, record)
    assert row is not None
    talk.unsaved = f"ändringen av {row['ref']}"
    changed: dict[str, Any] = {}
    more(talk, store, entity, [f for f in entity.columns if not isinstance(f, Order)], changed, dict(row))
    if changed:
        saved(talk, store, actor, entity, record, changed)
    else:
        talk.unsaved = ""
        talk.say("Inget ändrades.")


def more(
    talk: Talk, store: Store, entity: Entity, fields: list[Field], held: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Fields one by one as the person names them, until an empty line."""
    before = before or {}
    words = [Choice(f, store.terms.field_label(entity.name, f.name)) for f in fields]
    told = [
        Choice(c.value, f"{c.words}: {cut(values.shown(store.db, c.value, before[c.value.name]), 60)}", c.words)
        if before.get(c.value.name) is not None else c
        for c in words
    ]  # fmt: skip
    talk.say("Fält som kan fyllas i:" if not before else "Fälten:")
    talk.tell(told)
    question = "Vilket fält till?" if not before else "Vilket fält ska ändras?"
    help = "Svara med fältets nummer eller namn."
    while told and (field := talk.choose(question, told, help, "Tom rad sparar.", told=True)) is not None:
        held[field.name] = field_value(talk, store, entity, field)


def field_value(talk: Talk, store: Store, entity: Entity, field: Field) -> Any:
    """The value of one field, asked for until it is one."""
    label = store.terms.field_label(entity.name, field.name)
    help = field_help(entity.name, field.name) or HINTS.get(type(field), "")
    empty = "" if field.required else "Tom rad lämnar fältet tomt."
    if isinstance(field, Chosen) and (known := choices(store.db, field)):
        return talk.choose(as_question(label), [Choice(word, word) for word in known], help, empty)
    if isinstance(field, Flag) and not field.required:
        return talk.choose(as_question(label), [Choice(1, "ja"), Choice(0, "nej")], help, empty)
    if isinstance(field, Ref):
        return reference(talk, store, field, label, help, empty)
    if isinstance(field, Text):
        return text(talk, store, entity, field, label, help)

    def read(written: str) -> Any:
        value = values.parse(store.db, field, written or default(entity, field), store.today)
        if wrong := fault(store.db, field, value, label):
            raise LskError(plain(entity, wrong))
        return value

    hint = "Tom rad betyder idag." if default(entity, field) else empty
    return talk.until(f"{as_question(label)} {hint}".strip(), read, help)


def as_question(label: str) -> str:
    """A label as a question; some are one already."""
    return f"{label.rstrip('?')}?"


def default(entity: Entity, field: Field) -> str:
    """What a person writes down as it happens has happened today."""
    today = (entity.name, field.name) in {*WRITTEN_DOWN_TODAY, ("self_check_round", "done_on")}
    return "idag" if today else ""


def text(talk: Talk, store: Store, entity: Entity, field: Text, label: str, help: str) -> str | None:
    """One line, or for a long text lines until an empty one; asked again when it may tell of a person."""
    risky = field.personal == Personal.RISK
    help = " ".join(part for part in (help, NO_NAMES if risky else "") if part)
    how = " En tom rad avslutar texten." if field.long else "" if field.required else " Tom rad lämnar fältet tomt."
    while True:
        lines = [talk.ask(f"{as_question(label)}{how}", help)]
        while field.long and lines[-1]:
            lines.append(talk.ask("Mer text, eller tom rad:", help))
        written = "\n".join(lines).strip()
        if wrong := fault(store.db, field, written, label):
            talk.say(plain(entity, wrong))
        elif not risky or not (kinds := dict.fromkeys(s.kind for s in suspicions(written, register(store.db)))):
            return written or None
        elif not rewritten(talk, list(kinds)):
            return written


def rewritten(talk: Talk, kinds: list[str]) -> bool:
    """Whether a text that may tell of a person is to be written anew."""
    talk.say(f"Texten innehåller {' och '.join(kinds)}. {NO_NAMES}")
    return bool(talk.choose("Hur vill du göra?", [Choice(True, "Skriv om texten"), Choice(False, "Behåll den")]))


def reference(talk: Talk, store: Store, field: Ref | AnyRef, label: str, help: str, empty: str) -> Any:
    """A record: one of the few there are, or one found by a part of its name."""
    if isinstance(field, Ref) and count(store.db, field.to) <= FEW:
        rows = select(store.db, field.to, limit=FEW)
        if rows:
            listed = [Choice(row["id"], lookup.named(store, field.to, row["id"]), short_name(row)) for row in rows]
            return talk.choose(as_question(label), listed, help, empty)
        talk.say(f"Det finns ingen post av slaget {store.terms.entity_label(field.to).lower()} att välja.")
        if field.required:
            raise Back
        return None
    while True:
        asked = talk.ask(f"{as_question(label)} Skriv en del av namnet. {empty}".strip(), help)
        if not asked and empty:
            return None
        found = [Choice(record, words) for record, words in lookup.suggestions(store, field, asked)]
        if not found:
            talk.say(f"Inget heter som ”{cut(asked, 40)}”. Pröva färre bokstäver.")
        elif (chosen := talk.choose("Vilken?", found, help, "Tom rad söker på nytt.")) is not None:
            return chosen


def short_name(row: Any) -> str:
    return str(row["short_name"] or "") if "short_name" in row.keys() else ""  # noqa: SIM118 (sqlite3.Row)


def saved(talk: Talk, store: Store, actor: str, entity: Entity, record: str | None, held: dict[str, Any]) -> str:
    """Save, and ask again for what the rules say no to. Returns the id; Back when the person gives it up."""
    while True:
        try:
            with store.change(actor) as work:
                if record is None:
                    made = work.insert(entity.name, {k: v for k, v in held.items() if v is not None}).id
                else:
                    work.update(entity.name, record, held)
                    made = record
        except Refused as error:
            mend(talk, store, entity, held, error.findings)
            continue
        except LskError as error:
            talk.say(f"{error}")
            if not talk.yes("Försöka spara igen?"):
                raise Back from error
            continue
        row = one(store.db, entity.name, made)
        label = store.terms.entity_label(entity.name)
        talk.keep(f"Sparat: {label} {row['ref'] if row is not None else ''}{'' if record is None else ' är ändrad'}.")
        for warning in work.warnings:
            talk.say(f"Tänk på: {plain(entity, warning.sentence)}")
        return made


def mend(talk: Talk, store: Store, entity: Entity, held: dict[str, Any], findings: list[Finding]) -> None:
    """Say why it was refused, and ask anew for the fields it is about."""
    talk.say("Inte sparat:")
    for finding in findings:
        talk.say(f"- {plain(entity, finding.sentence)}")
    named = [
        f for f in entity.columns if f.name in {finding.field for finding in findings if finding.entity == entity.name}
    ]
    if not named:
        fields = [f for f in entity.columns if not isinstance(f, Order)]
        listed = [Choice(f, store.terms.field_label(entity.name, f.name)) for f in fields]
        named = [talk.choose("Vilket fält ska rättas? Skriv avbryt för att låta bli.", listed)]
    for field in named:
        held[field.name] = field_value(talk, store, entity, field)
