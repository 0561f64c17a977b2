"""Where each of the 276 requirements lives: ``python -m lsk.requirements PATH`` writes the page.

Read out of the declarations, the rules, the overviews, the published tables and the five profiles.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lsk import overviews, profile, rules
from lsk.dictionary import row
from lsk.model import ENTITIES
from lsk.publish.deviations import CUBES
from lsk.publish.tables import TABLES
from lsk.publish.vocabulary import Cube, Table

MUNICIPALITIES = {
    "R": ("Ragunda", "ragunda", 60),
    "V": ("Värnamo", "varnamo", 66),
    "J": ("Järva", "jarva", 50),
    "T": ("Tyresö", "tyreso", 62),
    "H": ("Hjo", "hjo", 38),
}
IDS = [f"{letter}{n}" for letter, (_, _, last) in MUNICIPALITIES.items() for n in range(1, last + 1)]
CITED = re.compile(r"\b([RVJTH]\d{1,2})[a-z]?\b")
TELLING = (
    "requirement",
    "obligation",
    "duty",
    "definition",
    "report_template",
    "focus_area",
)  # says best what is asked
NAMED = 6  # records of one kind that a cell names; of more it says how many

INTRODUCTION = """# Kraven och var de finns

Fem kommuners ledningssystem har lästs till 276 krav: Ragunda R1–R60, Värnamo V1–V66, Järva J1–J50, Tyresö T1–T62 och
Hjo H1–H38. Den här sidan säger vad i LSK som håller vart och ett. Den skrivs av `make dictionary` ur deklarationerna i
`lsk/model`, reglerna, översikterna, det som publiceras och profilerna. Ändra inte här.

Profil: kommunens egna poster, som `slag:nyckel`. Publiceras: tabellerna på nämndens webbplats."""


@dataclass
class Held:
    """What holds one requirement."""

    model: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    overviews: list[str] = field(default_factory=list)
    profile: dict[str, list[str]] = field(default_factory=dict)
    how: str = ""
    about: str = ""

    @property
    def entities(self) -> list[str]:
        return list(dict.fromkeys([*(name.partition(".")[0] for name in self.model), *self.profile]))


@cache
def held() -> dict[str, Held]:
    """Each requirement with all that holds it."""
    found = {number: Held() for number in IDS}
    for entity in ENTITIES.values():
        for number in cited(entity.requirement):
            found[number].model.append(entity.name)
        for one in entity.fields:
            for number in cited(one.requirement):
                found[number].model.append(f"{entity.name}.{one.name}")
    for _, rule in sorted(rules.load().items()):
        for number in cited(rule.requirement):
            found[number].rules.append(rule.name)
    for _, overview in sorted(overviews.load().items()):
        for number in cited(overview.requirement):
            found[number].overviews.append(overview.name)
    for _, name, _ in MUNICIPALITIES.values():
        from_profile(found, profile.read(name))
    return found


def cited(text: str) -> list[str]:
    """The requirements a text cites, R2a as R2; each once."""
    return list(dict.fromkeys(CITED.findall(text)))


def from_profile(found: dict[str, Held], written: Any) -> None:
    """What a municipality's own profile says of its requirements."""
    said: dict[str, dict[str, str]] = {}
    for one in profile.rows_of(written):
        values = one.values
        for number in cited(f"{values.get('requirements', '')} {values.get('code', '')}"):
            key = values.get("key") or values.get("code") or one.path
            found[number].profile.setdefault(one.entity.name, []).append(str(key))
            text = values.get("text") or values.get("name") or values.get("question") or ""
            said.setdefault(number, {}).setdefault(one.entity.name, str(text))
    for number, texts in said.items():
        found[number].about = next((texts[kind] for kind in TELLING if kind in texts), next(iter(texts.values())))
    for line in written.get("held_by_program", ()):
        found[line["id"]].how = str(line["by"])


def published(entity: str) -> list[str]:
    """The published tables that are about records of a kind."""
    every: tuple[Table | Cube, ...] = (*TABLES, *CUBES)
    return [table.name for table in every if entity in about(table)]


def about(table: Table | Cube) -> set[str]:
    """The kinds of records that are its rows, or that it counts."""
    if isinstance(table, Table):
        return {table.entity}
    return {name for column in table.by for name, _ in column.fields if name in ("deviation", "investigation")}


def page() -> str:
    return "\n".join(lines()) + "\n"


def lines() -> Iterator[str]:
    yield INTRODUCTION
    for letter, (name, _, last) in MUNICIPALITIES.items():
        yield f"\n## {name} {letter}1–{letter}{last}\n"
        yield row(("Krav", "Vad", "Modell", "Regler och översikter", "Profil", "Publiceras", "Hur"))
        yield row(["---"] * 7)
        yield from (line(number, one) for number, one in held().items() if number.startswith(letter))


def line(number: str, one: Held) -> str:
    in_profile = [
        f"{len(keys)} st `{kind}`" if len(keys) > NAMED else code(f"{kind}:{key}" for key in keys)
        for kind, keys in one.profile.items()
    ]
    checked = [f"`lsk overview {name}`" for name in one.overviews]
    shown_as = [name for entity in one.entities for name in published(entity)]
    tables = f"{len(shown_as)} tabeller" if len(shown_as) > NAMED else code(shown_as)
    what = " ".join(one.about.split())
    shown = what if len(what) <= 90 else what[:89].rstrip() + "…"
    rest = ", ".join([code(one.rules), *checked] if one.rules else checked)
    return row((number, shown, code(one.model), rest, ", ".join(in_profile), tables, one.how))


def code(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("python -m lsk.requirements PATH")
    Path(sys.argv[1]).write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
