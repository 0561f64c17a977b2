"""A municipality's profile: its words, choices, roles, routing and obligations as data.

A profile is read from YAML (one that comes with LSK, or a file) and written into a new file together with the law
register. From then on the file is self-contained.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsk.change import NAMESPACE, derived_id
from lsk.errors import LskError
from lsk.located import EMPTY, Fault, Map, Seq
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Decimal, Entity, Flag, Integer, Ref

if TYPE_CHECKING:
    from lsk.store import Store

LAW = "law"  # the source of the ids of the law register
MOST_FAULTS = 20
Keys = dict[tuple[str, str], str]  # (entity, key) → id


@dataclass
class Row:
    """One record of a profile as it is written there. ``path`` is what its id is made of; a child knows its parent."""

    entity: Entity
    values: dict[str, Any]
    key: str
    path: str
    parent: Row | None = None
    parent_field: str = ""
    id: str = ""


def names() -> list[str]:
    """The profiles that come with LSK."""
    return sorted(
        p.name.removesuffix(".yaml") for p in resources.files("lsk.profiles").iterdir() if p.name.endswith(".yaml")
    )


@cache
def titles() -> dict[str, str]:
    """The profiles that come with LSK, each with whose it is ("Värnamo kommun"). To read all of them takes seconds."""
    whose = {name: re.search(r"^name: (.+)$", text_of(name), re.MULTILINE) for name in names()}
    return {name: match[1].strip() if match else name for name, match in whose.items()}


def read(name: str) -> Map:
    """A profile by name, or by the path of a file; every scalar is text. LskError tells all that is wrong with it."""
    from lsk import located
    from lsk.profile_check import check

    profile, faults = located.read(text_of(name))
    faults = faults or list(check(profile))
    if faults:
        raise LskError(told(name, faults))
    return profile


def text_of(name: str) -> str:
    path = Path(name)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        try:
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise LskError(f"Profilen {name} är inte sparad som UTF-8 (rad {line}). Spara om den som UTF-8.") from error
    if name in names():
        return resources.files("lsk.profiles").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    raise LskError(f"Profilen {name} finns inte. Välj någon av: {', '.join(names())}.")


def told(name: str, faults: list[Fault]) -> str:
    """All faults at once, by line; the first of very many."""
    lines = [f"  {fault}" for fault in sorted(set(faults))]
    left = [f"  … och {len(lines) - MOST_FAULTS} fel till."] if len(lines) > MOST_FAULTS else []
    return "\n".join([f"Profilen {name} har {len(lines)} fel. Inget är ändrat.", *lines[:MOST_FAULTS], *left])


@cache
def law() -> Map:
    """The law register that every file starts with."""
    from lsk import located

    text = resources.files("lsk.law").joinpath("register.yaml").read_text(encoding="utf-8")
    return located.read(text)[0]


def law_rows() -> list[Row]:
    """The records of the law register, with their ids."""
    rows = list(flat(law()["records"]))
    identified(rows, LAW, {})
    return rows


def load(store: Store, name: str, actor: str) -> None:
    """Write the law register and the profile into a new file, as one change set."""
    profile = read(name)
    laws, rows = law_rows(), rows_of(profile)
    for row in rows:
        if row.entity.name == "municipality":
            row.values.setdefault("profile", profile["profile"])
    keys = identified(rows, profile["profile"], keys_of(laws))
    with store.change(actor, f"ny fil med profilen {profile['name']}") as change:
        by_entity: dict[str, list[dict[str, Any]]] = {}
        for row in (*laws, *rows):
            stored = {k: v for k, v in typed(row, keys).items() if v is not None}
            by_entity.setdefault(row.entity.name, []).append(stored)
        for entity_name in sorted(by_entity, key=list(ENTITIES).index, reverse=True):
            change.insert_many(entity_name, by_entity[entity_name])


def rows_of(profile: Map) -> list[Row]:
    """Everything in a profile as records."""
    return [*lists(profile), *flat(profile["records"])]


def lists(profile: Map) -> Iterator[Row]:
    """Settings, choice lists and words, as records."""
    setting, choice, term = ENTITIES["setting"], ENTITIES["choice_value"], ENTITIES["term"]
    for row in profile.get("settings", ()):
        yield Row(setting, dict(row), "", "")
    for name, entries in profile.get("choices", {}).items():
        for number, entry in enumerate(entries, 1):
            value = entry if isinstance(entry, dict) else {"value": entry}
            yield Row(choice, {"list": name, "number": str(number), **value}, "", "")
    for key, words in profile.get("terms", {}).items():
        yield Row(term, {"key": key, **words}, "", "")


def flat(records: dict[str, Any], parent: Row | None = None) -> Iterator[Row]:
    """Nested records one by one, each child after its parent. What is not a record of a known kind is passed over."""
    for name, rows in records.items():
        if name not in ENTITIES or not isinstance(rows, (Seq, list)):
            continue
        to_parent = parent_field(name, parent.entity.name) if parent else ""
        if parent and not to_parent:
            continue
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                continue
            values = {k: v for k, v in row.items() if not (k in ENTITIES and isinstance(v, list)) and k != "key"}
            key = row.get("key", "")
            # A child without a key of its own is the nth of its parent.
            path = key or (f"{parent.path}.{number}" if parent else str(number))
            found = Row(ENTITIES[name], values, key, path, parent, to_parent)
            yield found
            yield from flat({k: v for k, v in row.items() if k in ENTITIES and isinstance(v, list)}, found)


def parent_field(child: str, parent: str) -> str:
    """The field by which one kind of record lies under another; "" when it does not."""
    return next((f.name for f in ENTITIES[child].fields if isinstance(f, Ref) and f.to == parent), "")


def path_id(source: str, entity: str, path: str) -> str:
    """The id of a record of a profile: the same in every file made from it."""
    return str(uuid.uuid5(NAMESPACE, f"{source}/{entity}/{path}"))


def identified(rows: list[Row], source: str, keys: Keys) -> Keys:
    """Give each row its id. A computed record's id follows from what it refers to, so it comes last.

    ``keys``: what may also be referred to. Returns them with those of the rows.
    """
    for row in rows:
        if not row.entity.identity:
            row.id = row.values.get("id") or path_id(source, row.entity.name, row.path)
    keys = keys | keys_of(rows)
    for row in rows:
        if row.entity.identity:
            row.id = derived_id(row.entity, typed(row, keys))
    return keys | keys_of(rows)


def keys_of(rows: list[Row]) -> Keys:
    return {(row.entity.name, row.key): row.id for row in rows if row.key}


def typed(row: Row, keys: Keys) -> dict[str, Any]:
    """A checked row as stored values: numbers, yes and no, keys turned into ids; None for a field written empty."""
    stored: dict[str, Any] = {"id": row.id}
    if row.parent:
        stored[row.parent_field] = row.parent.id
    for name, text in row.values.items():
        if name == "id":
            continue
        field = row.entity.field(name)
        if text in EMPTY:
            stored[field.name] = None
        elif isinstance(field, Flag):
            stored[field.name] = int(text == "ja")
        elif isinstance(field, Integer):
            stored[field.name] = int(text)
        elif isinstance(field, Decimal):
            stored[field.name] = text.replace(",", ".")
        elif isinstance(field, Ref):
            stored[field.name] = keys[field.to, text]
        elif isinstance(field, AnyRef):
            stored[field.name] = any_key(field, text, keys)
        else:
            stored[field.name] = str(text)
    return stored


def any_key(field: AnyRef, key: str, keys: Keys) -> str | None:
    """The id behind a key that may name a record of several kinds."""
    return next((keys[kind, key] for kind in field.to or ENTITIES if (kind, key) in keys), None)
