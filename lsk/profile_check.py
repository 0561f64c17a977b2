"""What is wrong with a profile that somebody has written: all of it, by line and column, before anything is changed."""

from __future__ import annotations

import difflib
import re
import uuid
from collections.abc import Collection, Iterator
from typing import Any

from lsk.located import EMPTY, At, Fault, Map, Seq, at
from lsk.model import ENTITIES
from lsk.model.profile import RULE_LISTS
from lsk.model.vocabulary import AnyRef, Choice, Date, Decimal, Entity, Field, Flag, Integer, Ref
from lsk.profile import Keys, Row, any_key, flat, keys_of, law_rows, lists, parent_field
from lsk.reports.figures import FIGURES
from lsk.rules.fields import fault_of_number, real_date, real_number
from lsk.terms import field_label

NEEDED = ("profile", "name", "records")
TOP = (*NEEDED, "settings", "choices", "terms", "held_by_program")
CHOICE_LISTS = {f.values_from for e in ENTITIES.values() for f in e.fields if isinstance(f, Choice) and f.values_from}
TERM = ("one", "many", "note")
NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)


def check(profile: Any) -> Iterator[Fault]:
    """Every fault of a profile as ``located.read`` gave it."""
    missing = [part for part in NEEDED if not isinstance(profile, Map) or part not in profile]
    if missing:
        yield at(profile, f"profilen saknar {', '.join(missing)}. Jämför med en profil som följer med LSK.")
    if not isinstance(profile, Map):
        return
    for part in profile:
        if part not in TOP:
            yield at(part, unknown("del av profilen", part, TOP))
    shape = [*shape_of_head(profile), *shape_of_lists(profile), *shape_of_records(profile.get("records", Map()))]
    yield from shape
    rows = list(flat(profile["records"])) if isinstance(profile.get("records"), Map) else []
    if not shape:
        rows = [*lists(profile), *rows]
    choices = {name: values_of(entries) for name, entries in choices_of(profile).items()}
    keys = keys_of(law_rows()) | {(row.entity.name, row.key): "" for row in rows if row.key}
    for row in rows:
        yield from faults_of_row(row, choices, keys)
    yield from repeats(rows)
    yield from circles(rows)


# --- the shape: what may stand where ------------------------------------------------------------------------------


def shape_of_head(profile: Map) -> Iterator[Fault]:
    for part in ("profile", "name"):
        if part in profile and (not isinstance(profile[part], At) or profile[part] in EMPTY):
            yield at(profile[part], f"{part} ska vara en text.")


def shape_of_lists(profile: Map) -> Iterator[Fault]:
    """Settings, choices and terms."""
    settings = profile.get("settings", Seq())
    if not isinstance(settings, Seq):
        yield at(settings, "settings ska vara en lista, där varje inställning börjar med - key:")
    else:
        for row in settings:
            yield from shape_of_row(ENTITIES["setting"], row, ("key",))
    for part in ("choices", "terms"):
        if not isinstance(profile.get(part, Map()), Map):
            yield at(profile[part], f"{part} ska ha ett namn och ett kolon på varje rad.")
    for name, entries in choices_of(profile).items():
        if name not in CHOICE_LISTS and name not in RULE_LISTS:
            yield at(name, unknown("vallista", name, {*CHOICE_LISTS, *RULE_LISTS}))
        if not isinstance(entries, Seq):
            yield at(entries, f"{name} ska vara en lista: [ord, ord] eller en rad med - för varje ord.")
            continue
        for entry in entries:
            if not isinstance(entry, At):
                yield from shape_of_row(ENTITIES["choice_value"], entry, ("value",))
            elif entry in EMPTY:
                yield at(entry, f"ett ord i listan {name} är tomt.")
    terms = profile.get("terms", Map())
    for name, words in terms.items() if isinstance(terms, Map) else ():
        if not isinstance(words, Map):
            yield at(words, f"{name} ska skrivas som {{one: ord, many: ord}}.")
            continue
        for word, text in words.items():
            if word not in TERM:
                yield at(word, unknown("del av ett ord", word, TERM))
            elif not isinstance(text, At):
                yield at(text, f"{name}.{word} ska vara en text, inte en lista.")
        if words.get("one", "") in EMPTY:
            yield at(name, f"{name}: one (ordet i ental) saknas.")


def shape_of_records(records: Any, parent: str = "") -> Iterator[Fault]:
    if not isinstance(records, Map):
        yield at(records, "records ska ha ett slag av post och ett kolon på varje rad.")
        return
    for name, rows in records.items():
        if name not in ENTITIES:
            yield at(name, unknown("slag av poster", name, ENTITIES))
        elif not isinstance(rows, Seq):
            yield at(rows, f"{name} ska vara en lista, där varje post börjar med -")
        else:
            for row in rows:
                yield from shape_of_row(ENTITIES[name], row, (), parent)


def shape_of_row(entity: Entity, row: Any, needed: tuple[str, ...], parent: str = "") -> Iterator[Fault]:
    """A record: known fields, texts in them, and lists only of kinds that lie under it."""
    if not isinstance(row, Map):
        yield at(row, f"en post av slaget {entity.name} ska ha fält: värde på varje rad.")
        return
    fields = {f.name for f in entity.all_fields} | {"key", "id"}
    children = {child for child in ENTITIES if parent_field(child, entity.name)}
    for name, value in row.items():
        if name in children and isinstance(value, Seq):
            yield from shape_of_records(Map({name: value}), entity.name)
        elif name not in fields:
            yield at(name, unknown("fält", f"{entity.name}.{name}", {f"{entity.name}.{f}" for f in fields | children}))
        elif not isinstance(value, At):
            what = "en lista" if isinstance(value, Seq) else "flera rader med fält"
            yield at(value, f"{entity.name}.{name} ska vara en text, inte {what}.")
    for name in needed:
        if row.get(name, "") in EMPTY:
            yield at(row, f"{entity.name}.{name} saknas.")


def unknown(what: str, name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Menas {near[0]}?" if near else f"Det finns: {', '.join(sorted(known)[:60])}."
    return f"okänt {what}: {name}. {hint}" if what.startswith(("fält", "slag")) else f"okänd {what}: {name}. {hint}"


def choices_of(profile: Map) -> Map:
    choices = profile.get("choices", Map())
    return choices if isinstance(choices, Map) else Map()


def values_of(entries: Any) -> list[str]:
    words = [e.get("value") if isinstance(e, Map) else e for e in entries] if isinstance(entries, Seq) else []
    return [word for word in words if isinstance(word, At)]


# --- each record --------------------------------------------------------------------------------------------------


def faults_of_row(row: Row, choices: dict[str, list[str]], keys: Keys) -> Iterator[Fault]:
    here = next(iter(row.values), row.key)
    stored = {field.name: field for field in row.entity.columns}
    for field in stored.values():
        text = row.values.get(field.name, "")
        if text not in EMPTY:
            told = fault_of_text(field, text, choices, keys) if isinstance(text, str) else ""
            if told:
                yield at(text, f"{row.entity.name}.{field.name} {told}")
        elif field.required and field.name not in (*row.entity.defaults, row.parent_field):
            label = field_label(row.entity.name, field.name)
            yield at(here, f"{row.entity.name}: ”{label}” ({field.name}) saknas och måste fyllas i.")
    if row.entity.name == "report_template_section":
        yield from faults_of_figures(row.values.get("figures", ""))
    for name, text in row.values.items():
        if name not in stored and any(f.name == name for f in row.entity.all_fields):
            yield at(name, f"{row.entity.name}.{name} räknas ut och kan inte skrivas.")
        elif name == "id" and not real_id(text):
            yield at(text, f"{row.entity.name}.id ska vara ett id ur en LSK-fil, inte ”{text}”. Ta bort raden.")


def faults_of_figures(text: Any) -> Iterator[Fault]:
    """Names that no report knows of."""
    for name in str(text).replace(",", " ").split() if isinstance(text, At) else ():
        if name not in FIGURES:
            close = difflib.get_close_matches(name, FIGURES, n=1)
            hint = f"Menas {close[0]}?" if close else f"Det finns: {', '.join(FIGURES)}."
            yield at(text, f"report_template_section.figures: siffrorna {name} finns inte. {hint}")


def fault_of_text(field: Field, text: str, choices: dict[str, list[str]], keys: Keys) -> str:
    """What is wrong with one value, as the end of a sentence that begins with the field."""
    if isinstance(field, Choice):
        allowed = list(field.values) or choices.get(field.values_from, [])
        return (
            f"kan inte vara ”{text}”. Välj något av: {', '.join(allowed)}." if allowed and text not in allowed else ""
        )
    if isinstance(field, Ref) and (field.to, text) not in keys:
        return f"hänvisar till {field.to} {text}, som inte finns i profilen{near(text, field.to, keys)}."
    if isinstance(field, AnyRef) and any_key(field, text, keys) is None:
        return f"hänvisar till {text}, som inte finns i profilen."
    if isinstance(field, Flag):
        return "" if text in ("ja", "nej") else f"ska vara ja eller nej, inte ”{text}”."
    if isinstance(field, Integer):
        return fault_of_number(field, int(text) if NUMBER.fullmatch(text) else str(text), "").removeprefix("”” ")
    if isinstance(field, Decimal):
        return "" if real_number(text.replace(",", ".")) else f"ska vara ett tal som 97,5, inte ”{text}”."
    if isinstance(field, Date):
        return "" if real_date(text) else f"ska vara ett datum som 2026-11-03, inte ”{text}”."
    return ""


def near(text: str, entity: str, keys: Keys) -> str:
    close = difflib.get_close_matches(text, [key for kind, key in keys if kind == entity], n=1)
    return f". Menas {close[0]}?" if close else ""


def real_id(text: Any) -> bool:
    try:
        return isinstance(text, str) and str(uuid.UUID(text)) == text
    except ValueError:
        return False


# --- all records together -----------------------------------------------------------------------------------------


def repeats(rows: list[Row]) -> Iterator[Fault]:
    """The same key, code or natural key on two records of a kind."""
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        for group in dict.fromkeys([("key",), ("id",), *row.entity.unique, row.entity.identity or ("id",)]):
            values = [natural(row, field) for field in group]
            if not all(values):
                continue
            mark = (row.entity.name, group, *values)
            if mark in seen:
                last = next((v for v in reversed(values) if isinstance(v, At)), row.key)
                told = ", ".join(f"{field} {value}" for field, value in zip(group, values, strict=True))
                yield at(last, f"{row.entity.name} med {told} finns redan högre upp. Ta bort den ena.")
            seen.add(mark)


def natural(row: Row, field: str) -> str:
    """What a row has in a field that may tell it from others; a child has its parent's place."""
    if field == row.parent_field and row.parent:
        return row.parent.path
    found: str = row.values.get(field, row.key if field == "key" else "")
    return found


def circles(rows: list[Row]) -> Iterator[Fault]:
    """A record that lies under itself, by any field that refers to its own kind."""
    for name in {row.entity.name for row in rows}:
        for field in (f for f in ENTITIES[name].fields if isinstance(f, Ref) and f.to == name):
            above = {
                row.key: row.values[field.name]
                for row in rows
                if row.entity.name == name and row.key and field.name in row.values
            }
            for key, start in above.items():
                chain = [key]
                while above.get(chain[-1]) and above[chain[-1]] not in chain:
                    chain.append(above[chain[-1]])
                if above.get(chain[-1]) == key:
                    yield at(start, f"{name}.{field.name} går i cirkel: {' → '.join([*chain, key])}.")
