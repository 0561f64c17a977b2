"""Write a municipality's profile and the law register into a file. From then on the file is self-contained."""

from __future__ import annotations

import uuid
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsk.change import NAMESPACE, derived_id
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.model.vocabulary import AnyRef, Entity, Flag, Integer, Ref

if TYPE_CHECKING:
    from lsk.store import Store


def names() -> list[str]:
    """The profiles there are."""
    return sorted(
        p.name.removesuffix(".yaml") for p in resources.files("lsk.profiles").iterdir() if p.name.endswith(".yaml")
    )


def read(name: str) -> dict[str, Any]:
    """A profile by name, or by the path of a file; every scalar is text. LskError when there is none."""
    import yaml

    path = Path(name)
    if path.suffix == ".yaml" and path.exists():
        text = path.read_text(encoding="utf-8")
    elif name in names():
        text = resources.files("lsk.profiles").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    else:
        raise LskError(f"Profilen {name} finns inte. Välj någon av: {', '.join(names())}.")
    try:
        loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.YAMLError as error:
        raise LskError(f"Profilen {name} är inte rätt skriven YAML: {' '.join(str(error).split())}") from error
    missing = [part for part in ("profile", "name", "records") if not isinstance(loaded, dict) or part not in loaded]
    if missing:
        raise LskError(f"Profilen {name} saknar {', '.join(missing)}. Jämför med en profil som följer med LSK.")
    return loaded


def law() -> dict[str, Any]:
    """The law register that every file starts with."""
    import yaml

    text = resources.files("lsk.law").joinpath("register.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    return loaded


def load(store: Store, name: str, actor: str) -> None:
    """Write the law register and the profile as one change set."""
    profile = read(name)
    rows = [*flat(law()["records"], "law"), *lists(profile), *flat(profile["records"], profile["profile"])]
    for row in rows:
        if row[0].name == "municipality":
            row[1].setdefault("profile", profile["profile"])
    with store.change(actor, f"ny fil med profilen {profile['name']}") as change:
        keys = {(entity.name, key): values["id"] for entity, values, key in rows if key}
        by_entity: dict[str, list[dict[str, Any]]] = {}
        for entity, values, _ in rows:
            by_entity.setdefault(entity.name, []).append(typed(entity, values, keys))
        for entity_name in sorted(by_entity, key=list(ENTITIES).index, reverse=True):
            change.insert_many(entity_name, by_entity[entity_name])


def lists(profile: dict[str, Any]) -> list[tuple[Entity, dict[str, Any], str]]:
    """Settings, choice lists and words, as records."""
    found: list[tuple[Entity, dict[str, Any], str]] = []
    setting, choice, term = ENTITIES["setting"], ENTITIES["choice_value"], ENTITIES["term"]
    for row in profile.get("settings", []):
        found.append((setting, with_id(setting, dict(row)), ""))
    for name, entries in profile.get("choices", {}).items():
        for number, entry in enumerate(entries, 1):
            value = entry if isinstance(entry, dict) else {"value": entry}
            found.append((choice, with_id(choice, {"list": name, "number": str(number), **value}), ""))
    for key, words in profile.get("terms", {}).items():
        found.append((term, with_id(term, {"key": key, **words}), ""))
    return found


def with_id(entity: Entity, values: dict[str, Any]) -> dict[str, Any]:
    return {"id": derived_id(entity, values), **values}


def flat(records: dict[str, list[dict[str, Any]]], source: str) -> list[tuple[Entity, dict[str, Any], str]]:
    """Nested records as (entity, values with id, key); a child gets its parent's key in its Ref."""
    found: list[tuple[Entity, dict[str, Any], str]] = []
    for name, rows in records.items():
        if name not in ENTITIES:
            raise LskError(f"Profilen har poster av ett okänt slag: {name}. Slagen är: {', '.join(ENTITIES)}.")
        entity = ENTITIES[name]
        for number, row in enumerate(rows, 1):
            values = {k: v for k, v in row.items() if k not in ENTITIES or not isinstance(v, list)}
            key = values.pop("key", "")
            path = f"{source}/{name}/{key or values.pop('_path', number)}"
            values["id"] = derived_id(entity, values) if entity.identity else str(uuid.uuid5(NAMESPACE, path))
            found.append((entity, values, key))
            for child in (k for k, v in row.items() if k in ENTITIES and isinstance(v, list)):
                ref = next(f.name for f in ENTITIES[child].fields if isinstance(f, Ref) and f.to == name)
                children = [{"_path": f"{key or number}.{i}", **c, ref: key} for i, c in enumerate(row[child], 1)]
                found += flat({child: children}, source)
    return [(e, {k: v for k, v in values.items() if k != "_path"}, key) for e, values, key in found]


def typed(entity: Entity, values: dict[str, Any], keys: dict[tuple[str, str], str]) -> dict[str, Any]:
    """Text from the file as stored values: numbers, yes and no, and keys turned into ids."""
    row: dict[str, Any] = {"id": values["id"]}
    for name, text in values.items():
        if name == "id" or text in ("", "null", "~"):
            continue
        try:
            field = entity.field(name)
        except KeyError as error:
            raise LskError(f"Profilen har ett okänt fält: {entity.name}.{name}") from error
        if isinstance(field, Flag):
            row[name] = int(text == "ja")
        elif isinstance(field, Integer):
            row[name] = int(text)
        elif isinstance(field, Ref):
            row[name] = found_key(keys, (field.to, text), entity.name)
        elif isinstance(field, AnyRef):
            row[name] = next(
                (i for (kind, key), i in keys.items() if key == text and (kind in field.to or not field.to)), text
            )
        else:
            row[name] = text
    return row


def found_key(keys: dict[tuple[str, str], str], key: tuple[str, str], where: str) -> str:
    if key not in keys:
        raise LskError(f"Profilen hänvisar från {where} till {key[0]} {key[1]}, som inte finns i den.")
    return keys[key]
