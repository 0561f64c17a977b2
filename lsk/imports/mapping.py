"""Which column of a file is which field, and which word in it stands for which of ours.

What is known for certain is used: declared names, Swedish labels, what was saved, what was asked for. A synonym or a
near spelling is only suggested.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lsk.change import Change
from lsk.csvfiles import REFERENCE
from lsk.errors import LskError, Usage
from lsk.imports.dates import Read
from lsk.model import ENTITIES
from lsk.terms import synonyms

if TYPE_CHECKING:
    from lsk.store import Store

SKIP = ""  # the field of a column that is known and not wanted
NEAR = 0.72


@dataclass(frozen=True)
class Options:
    """What the person asked for, as written: RUBRIK=fält, RUBRIK:cell=värde, fält=värde, and so on."""

    maps: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    key: str = ""
    excel_dates: tuple[str, ...] = ()
    skip_bad: bool = False
    save_mapping: bool = False
    sheet: str = ""


@dataclass
class Column:
    """A column that is read, and the field it fills. ``kept``: texts that are kept beside what was read of them."""

    index: int
    heading: str
    target: str
    values: dict[str, str] = field(default_factory=dict)
    excel: bool = False
    kept: dict[str, Read] = field(default_factory=dict)
    read: Callable[[str], Any] = str


@dataclass
class Mapping:
    """The columns of one file, the fields that tell its records apart, and the headings that were not understood."""

    columns: list[Column] = field(default_factory=list)
    key: tuple[str, ...] = ()
    unknown: list[str] = field(default_factory=list)
    suggested: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[Column, str, str]] = field(default_factory=list)

    def heading_of(self, name: str) -> str:
        return next((c.heading for c in self.columns if c.target == name), "")


def folded(text: str) -> str:
    """A heading or a word without case and signs, for comparing."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


def headings(store: Store, name: str) -> dict[str, str]:
    """Every heading that is understood, folded: declared names and Swedish labels. What is computed is skipped."""
    known = {"id": "id", "ref": "ref", folded(REFERENCE): "ref"}
    for f in ENTITIES[name].all_fields:
        target = f.name if f.stored else SKIP
        known |= {folded(f.name): target, folded(store.terms.field_label(name, f.name)): target}
    return known


def mapping(store: Store, name: str, heading: list[str], options: Options) -> Mapping:
    """What the columns under ``heading`` are. LskError when two are the same field, or none is anything."""
    chosen = headings(store, name)
    saved_fields, saved_values, saved_key = saved(store, name)
    asked = dict(asked_field(store, name, heading, text) for text in options.maps)
    chosen |= saved_fields | asked
    found = Mapping()
    for index, text in enumerate(heading):
        target = chosen.get(folded(text))
        if target is None:
            found.unknown.append(text)
        elif target != SKIP:
            found.columns.append(Column(index, text.strip(), target, dict(saved_values.get(folded(text), {}))))
    for column, cell, value in (asked_value(store, name, found, text) for text in options.values):
        column.values[cell.strip().casefold()] = value
        found.asked.append((column, cell.strip(), value))
    for text in options.excel_dates:
        column_called(store, name, found, text).excel = True
    found.key = key_of(store, name, options.key) or tuple(f for f in saved_key if found.heading_of(f))
    found.suggested = suggestions(store, name, found)
    refuse_twice(found)
    return found


def refuse_twice(found: Mapping) -> None:
    fields = [c.target for c in found.columns]
    twice = [c.heading for c in found.columns if fields.count(c.target) > 1]
    if twice:
        raise LskError(
            f"Filen har flera kolumner för samma fält: {', '.join(twice)}. "
            f"Hoppa över alla utom en, till exempel med --map ”{twice[0]}=”."
        )


def field_named(store: Store, name: str, text: str) -> str:
    """The field a person means. LskError with the nearest name when there is none."""
    known = headings(store, name)
    found = known.get(folded(text))
    if found:
        return found
    label = store.terms.entity_label(name)
    if found == SKIP:
        raise LskError(f"Fältet ”{text}” räknas ut och kan inte läsas in.")
    near = nearest(text, [f.name for f in ENTITIES[name].columns])
    raise LskError(f"{label} har inget fält som heter ”{text}”.{near} Se fälten med: lsk import --help")


def nearest(text: str, words: list[str], quoted: str = "Menade du ") -> str:
    """ " Menade du X?" for the nearest of ``words``, or nothing."""
    by_folded = {folded(word): word for word in words}
    close = difflib.get_close_matches(folded(text), by_folded, n=1, cutoff=0.6)
    return f" {quoted}{by_folded[close[0]]}?" if close else ""


def asked_field(store: Store, name: str, heading: list[str], text: str) -> tuple[str, str]:
    """RUBRIK=fält as (folded heading, field). An empty field means: skip the column."""
    column, sign, target = text.rpartition("=")
    if not sign:
        raise Usage(f"”{text}” ska skrivas RUBRIK=fält, till exempel --map ”Enhetens namn=unit”.")
    if folded(column) not in {folded(h) for h in heading}:
        raise Usage(
            f"Filen har ingen rubrik ”{column}”.{nearest(column, heading)} Rubrikerna är: {', '.join(heading)}."
        )
    return folded(column), field_named(store, name, target) if target.strip() else SKIP


def asked_value(store: Store, name: str, found: Mapping, text: str) -> tuple[Column, str, str]:
    """RUBRIK:cell=värde as (column, cell, value)."""
    before, sign, value = text.rpartition("=")
    places = [i for i, character in enumerate(before) if character == ":"]
    for place in reversed(places):  # a heading may have a colon of its own
        if any(c.heading == before[:place].strip() for c in found.columns):
            return column_called(store, name, found, before[:place]), before[place + 1 :], value
    if not sign or not places:
        raise Usage(f"”{text}” ska skrivas RUBRIK:cell=värde, till exempel --value ”Enhet:Hemtj. norr=HTN”.")
    return column_called(store, name, found, before[: places[0]]), before[places[0] + 1 :], value


def column_called(store: Store, name: str, found: Mapping, text: str) -> Column:
    """The column with this heading, or with the field of this name."""
    wanted = folded(text)
    target = headings(store, name).get(wanted)
    for column in found.columns:
        if folded(column.heading) == wanted or (target and column.target == target):
            return column
    raise Usage(f"Ingen kolumn som läses in heter ”{text}”.{nearest(text, [c.heading for c in found.columns])}")


def key_of(store: Store, name: str, text: str) -> tuple[str, ...]:
    """``--key fält,fält`` as field names."""
    return tuple(field_named(store, name, part) for part in text.split(",") if part.strip())


def suggestions(store: Store, name: str, found: Mapping) -> dict[str, str]:
    """For each unknown heading the field it probably is: a common synonym, or nearly the same spelling."""
    taken = {c.target for c in found.columns}
    words: dict[str, str] = {}
    for f in ENTITIES[name].columns:
        if f.name not in taken:
            for word in (*synonyms(f.name), store.terms.field_label(name, f.name), f.name):
                words.setdefault(folded(word), f.name)
    close = {text: difflib.get_close_matches(folded(text), words, n=1, cutoff=NEAR) for text in found.unknown}
    return {text: words[match[0]] for text, match in close.items() if match}


# --- kept in the file ------------------------------------------------------------------------------------------------


def saved(store: Store, name: str) -> tuple[dict[str, str], dict[str, dict[str, str]], tuple[str, ...]]:
    """What the file remembers: heading → field, heading → cell → value, and the key."""
    fields: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    key = []
    names = {f.name for f in ENTITIES[name].columns} | {"id", "ref"}
    for row in store.db.execute("SELECT * FROM import_mapping WHERE entity = ? ORDER BY ref", (name,)):
        heading, target = folded(row["heading"]), row["field"] or SKIP
        if row["from_value"] is not None:
            values.setdefault(heading, {})[row["from_value"].casefold()] = row["to_value"] or ""
            continue
        if target and target not in names:
            raise LskError(
                f"Den sparade kopplingen {row['ref']} leder ”{row['heading']}” till fältet {target}, som inte finns. "
                f"Ändra den med: lsk set {store.path} {row['ref']} field=…"
            )
        fields[heading] = target
        if row["key"]:
            key.append(target)
    return fields, values, tuple(key)


def save(change: Change, name: str, found: Mapping, options: Options) -> None:
    """Remember what was asked for this time; what is remembered already is left alone."""
    rows: dict[str, dict[str, Any]] = {}
    for text in options.maps:
        heading, _, target = text.rpartition("=")
        column = next((c for c in found.columns if folded(c.heading) == folded(heading)), None)
        about = column.heading if column else heading.strip()
        rows[about] = {"entity": name, "heading": about, "field": column.target if column and target else None}
    for column in found.columns:
        if column.target in found.key or column.heading in rows:
            rows.setdefault(column.heading, {"entity": name, "heading": column.heading, "field": column.target})
            rows[column.heading]["key"] = int(column.target in found.key) if found.key else None
    pairs = [
        {"entity": name, "heading": c.heading, "field": c.target, "from_value": cell, "to_value": value or None}
        for c, cell, value in found.asked
    ]
    for row in (*rows.values(), *pairs):
        keep(change, row)


def keep(change: Change, values: dict[str, Any]) -> None:
    """Add what is to be remembered of a heading or a cell, or change what is different in what is there."""
    old = change.db.execute(
        "SELECT * FROM import_mapping WHERE entity = ? AND heading = ? AND from_value IS ?",
        (values["entity"], values["heading"], values.get("from_value")),
    ).fetchone()
    if old is None:
        change.insert("import_mapping", values)
    else:
        change.update("import_mapping", old["id"], {k: v for k, v in values.items() if old[k] != v})
