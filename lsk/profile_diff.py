"""What tells two profiles apart, in words for a person: each a profile, a YAML file or a file made from one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsk import profile as profiles
from lsk.errors import LskError
from lsk.model import ENTITIES
from lsk.terms import entity_label, field_label, list_label

# The kinds that are compared record by record; of the others it is enough how many there are.
COMPARED = ("role", "routing", "obligation", "report_template", "municipality")
KIND_OF_ROW = {
    "settings": "Inställningar",
    "choices": "Val",
    "terms": "Ord",
    "role": "Roller och deras ansvar",
    "routing": "Vägval",
    "obligation": "Årshjulet",
    "report_template": "Rapportmallar och deras rubriker",
    "municipality": "Kommunen",
    "count": "Antal poster",
}
LISTED = {"role": "duty", "report_template": "report_template_section"}
WITHOUT = ("requirements", "note", "key", "id", "profile", "source")


@dataclass(frozen=True)
class Difference:
    """One line: under which heading, about what, and what each says (None = nothing)."""

    heading: str
    about: str
    one: str | None
    other: str | None


def read(name: str) -> dict[str, Any]:
    """A profile by name, by the path of a YAML file, or out of an LSK file."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or not path.is_file():
        if path.suffix in (".yaml", ".yml") and not path.is_file():
            raise LskError(
                f"{name} finns inte. Kontrollera sökvägen, eller ange en profil: {', '.join(profiles.names())}."
            )
        return profiles.read(name)
    from lsk.profile_export import export
    from lsk.store import Store

    with Store.open(path, readonly=True) as store:
        return export(store)


def differences(one: dict[str, Any], other: dict[str, Any]) -> Iterator[Difference]:
    """Everything that differs, heading by heading."""
    yield from compare(KIND_OF_ROW["settings"], settings(one), settings(other))
    yield from words(one.get("choices", {}), other.get("choices", {}))
    yield from compare(KIND_OF_ROW["terms"], terms(one), terms(other))
    for kind in COMPARED:
        yield from compare(KIND_OF_ROW[kind], told(one, kind), told(other, kind))
    yield from compare(KIND_OF_ROW["count"], counts(one), counts(other))


def compare(heading: str, one: dict[str, str], other: dict[str, str]) -> Iterator[Difference]:
    for about in dict.fromkeys([*one, *other]):
        if one.get(about) != other.get(about):
            yield Difference(heading, about, one.get(about), other.get(about))


def settings(profile: dict[str, Any]) -> dict[str, str]:
    """The settings that are decided, by key."""
    return {row["key"]: row["value"] for row in profile.get("settings", ()) if row.get("value")}


def words(one: dict[str, Any], other: dict[str, Any]) -> Iterator[Difference]:
    """The choice lists; where both have one, only the words that the other lacks."""
    for name in dict.fromkeys([*one, *other]):
        first, second = chosen(one.get(name, ())), chosen(other.get(name, ()))
        mine = ", ".join(word for word in first if word not in second) or None
        yours = ", ".join(word for word in second if word not in first) or None
        if mine or yours:
            yield Difference(KIND_OF_ROW["choices"], list_label(name), mine, yours)


def chosen(entries: Any) -> list[str]:
    return [entry["value"] if isinstance(entry, dict) else entry for entry in entries]


def terms(profile: dict[str, Any]) -> dict[str, str]:
    return {
        key: " / ".join(said[word] for word in ("one", "many") if said.get(word))
        for key, said in profile.get("terms", {}).items()
    }


def labels(*profiles_: dict[str, Any]) -> dict[str, str]:
    """What a setting or a term is called in Swedish: its question, its kind of record or its own word."""
    found: dict[str, str] = {}
    for one in profiles_:
        for row in one.get("settings", ()):
            found.setdefault(row["key"], row.get("question") or row["key"])
        for key, said in one.get("terms", {}).items():
            found.setdefault(key, entity_label(key) if key in ENTITIES else said["one"].capitalize())
    return found


def told(profile: dict[str, Any], kind: str) -> dict[str, str]:
    """The records of a kind by name; what each is, in one line."""
    found: dict[str, str] = {}
    names = named(profile)
    for row in profile["records"].get(kind, ()):
        child = LISTED.get(kind)
        if kind == "routing":
            about = ", ".join(
                row[f] for f in ("matter", "kind", "topic", "track", "origin", "change_class") if row.get(f)
            )
            found[about] = row["answer"]
        elif kind == "municipality":
            found |= {field_label(kind, f): v for f, v in row.items() if f not in WITHOUT}
        elif child:
            text = ENTITIES[child].title
            items = [c[text] for c in row.get(child, ())]
            found[row["name"]] = f"{len(items)} st: {'; '.join(items)}" if items else "inget särskilt"
        else:
            found[row["name"]] = described(row, names)
    return found


def described(row: dict[str, Any], names: dict[str, str]) -> str:
    """An obligation in a line: how often, when, who, to whom."""
    parts = [row.get("cadence"), row.get("due_rule"), names.get(row.get("responsible_role", ""))]
    to = names.get(row.get("recipient", ""))
    return ", ".join([p for p in parts if p] + ([f"till {to}"] if to else [])) or "inget sagt om när eller vem"


def named(profile: dict[str, Any]) -> dict[str, str]:
    return {row["key"]: row["name"] for row in profile["records"].get("role", ()) if row.get("key")}


def counts(profile: dict[str, Any]) -> dict[str, str]:
    """How many records of each kind there are, children among them."""
    found: dict[str, int] = {}

    def count(records: dict[str, Any]) -> None:
        for kind, rows in records.items():
            found[kind] = found.get(kind, 0) + len(rows)
            for row in rows:
                count({k: v for k, v in row.items() if isinstance(v, list)})

    count(profile["records"])
    return {entity_label(kind, many=True): str(found[kind]) for kind in ENTITIES if kind in found}
