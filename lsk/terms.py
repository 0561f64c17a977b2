"""Swedish words for what the model names in English, read from ``terms.toml``.

The table is the only place where the two languages meet. A name that has no label is a KeyError,
never shown as it is: the tests hold that every declared name has one.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cache
from typing import Any


def entity_label(name: str, many: bool = False) -> str:
    """A heading: "Avvikelse", or "Avvikelser" when ``many``."""
    return str(_entity(name)["many" if many else "one"])


def entity_the(name: str) -> str:
    """The definite form within a sentence: "avvikelsen"."""
    return str(_entity(name)["the"])


def entity_a(name: str) -> str:
    """The indefinite form within a sentence: "en avvikelse", "ett beslut"."""
    return f"{_entity(name)['gender']} {entity_label(name).lower()}"


def entity_new(name: str) -> str:
    """What a button that makes one says: "Ny avvikelse", "Nytt beslut"."""
    new = "Ny" if _entity(name)["gender"] == "en" else "Nytt"
    return f"{new} {entity_label(name).lower()}"


def entity_named(text: str) -> str | None:
    """The entity that ``text`` means, in Swedish or English, singular or plural; None when there is none."""
    return _names().get(_folded(text))


def numbered(n: int, one: str, many: str) -> str:
    """A number and what it counts: "1 ändring", "3 ändringar"."""
    return f"{n} {one if n == 1 else many}"


def field_label(entity: str, field: str) -> str:
    """The label of a field: "Mottagen den"."""
    own = _table()["field_of"].get(entity, {})
    return str(own[field] if field in own else _table()["field"][field])


def field_help(entity: str, field: str) -> str:
    """One sentence of help for a field, "" where its label says enough."""
    return str(_table()["help"].get(entity, {}).get(field, ""))


def area_label(area: str) -> str:
    """The heading of an area of the regulation: "Lag och krav"."""
    return str(_table()["area"][area])


def list_label(name: str) -> str:
    """The heading of a list of choices that the municipality fills itself: "Typer av avvikelser"."""
    return str(_table()["list"][name])


def synonyms(field: str) -> tuple[str, ...]:
    """What others call a field, in the headings of their registers."""
    return tuple(_table()["synonyms"].get(field, ()))


@cache
def _table() -> dict[str, Any]:
    import tomllib
    from importlib import resources

    return tomllib.loads(resources.files(__package__).joinpath("terms.toml").read_text(encoding="utf-8"))


def _entity(name: str) -> dict[str, str]:
    words: dict[str, str] = _table()["entity"][name]
    return words


@cache
def _names() -> dict[str, str]:
    names = {}
    for name, words in _table()["entity"].items():
        for word in (name, _english_plural(name), words["one"], words["many"], words["the"]):
            names[_folded(word)] = name
    return names


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


def _english_plural(name: str) -> str:
    if name.endswith("sis"):
        return name[:-2] + "es"
    if name.endswith("y"):
        return name[:-1] + "ies"
    return name + ("es" if name.endswith("s") else "s")


@dataclass(frozen=True)
class Terms:
    """The words of one file: the municipality's own where it has them, otherwise the table's.

    ``own`` maps a key (an entity, or entity.field) to (singular, plural or None).
    """

    own: dict[str, tuple[str, str | None]]

    def entity_label(self, name: str, many: bool = False) -> str:
        if name not in self.own:
            return entity_label(name, many)
        one, plural = self.own[name]
        return _headed(plural or one if many else one)

    def entity_the(self, name: str) -> str:
        own = self.own[name][0].lower() if name in self.own else ""
        return own if own and own != entity_label(name).lower() else entity_the(name)

    def field_label(self, entity: str, field: str) -> str:
        key = f"{entity}.{field}"
        return field_label(entity, field) if key not in self.own else _headed(self.own[key][0])


def _headed(word: str) -> str:
    return word[:1].upper() + word[1:]


def overriding(db: sqlite3.Connection) -> Terms:
    """The words of the file behind ``db``."""
    return Terms({key: (one, many) for key, one, many in db.execute("SELECT key, one, many FROM term")})
