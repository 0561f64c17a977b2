"""Where each of the 276 requirements lives: ``python -m lsk.requirements PATH`` writes the page.

Read out of the declarations, the rules, the overviews and the five profiles; only what cannot be derived, the state of
what is not whole yet, is kept by hand in requirements.yaml.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from lsk import overviews, profile, rules
from lsk.dictionary import row
from lsk.located import read
from lsk.model import ENTITIES

MUNICIPALITIES = {
    "R": ("Ragunda", "ragunda", 60),
    "V": ("Värnamo", "varnamo", 66),
    "J": ("Järva", "jarva", 50),
    "T": ("Tyresö", "tyreso", 62),
    "H": ("Hjo", "hjo", 38),
}
IDS = [f"{letter}{n}" for letter, (_, _, last) in MUNICIPALITIES.items() for n in range(1, last + 1)]
DONE, PARTLY, WAITING = "finns", "delvis", "väntar"
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
`lsk/model`, reglerna, översikterna och profilerna; bara läget för det som inte är helt står för hand, i
`lsk/requirements.yaml`. Ändra inte här.

*finns*: hela kravet hålls. *delvis*: poster, ord och regler finns, och det som står sist gör det helt. *väntar*: inget
finns ännu. I kolumnen Profil står kommunens egna poster som `slag:nyckel`.
"""


@dataclass
class Held:
    """What holds one requirement."""

    model: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    overviews: list[str] = field(default_factory=list)
    profile: dict[str, list[str]] = field(default_factory=dict)
    how: str = ""
    about: str = ""
    waits: list[str] = field(default_factory=list)
    state: str = DONE


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
    for part in parts().values():
        for state in (PARTLY, WAITING):
            for number in part.get(state, ()):
                found[number].waits.append(part["name"])
                found[number].state = WAITING if WAITING in (state, found[number].state) else PARTLY
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


@cache
def parts() -> dict[str, Any]:
    """The hand-kept file: what is waited for, and by which requirements."""
    text = resources.files("lsk").joinpath("requirements.yaml").read_text(encoding="utf-8")
    loaded, faults = read(text)
    if faults:
        raise ValueError(f"requirements.yaml: {faults[0]}")
    return dict(loaded)


def shares() -> list[tuple[str, list[int]]]:
    """Per municipality: how many requirements, and how many of them are whole, in part and waiting."""
    counted = []
    for letter, (name, _, last) in MUNICIPALITIES.items():
        states = [h.state for number, h in held().items() if number.startswith(letter)]
        counted.append((name, [last, *(states.count(s) for s in (DONE, PARTLY, WAITING))]))
    return counted


def page() -> str:
    return "\n".join(lines()) + "\n"


def lines() -> Iterator[str]:
    yield INTRODUCTION
    yield row(("Kommun", "Krav", "Finns", "Delvis", "Väntar", "Andel som finns"))
    yield row(["---", *["---:"] * 5])
    counted = shares()
    counted.append(("Alla", [sum(column) for column in zip(*(numbers for _, numbers in counted), strict=True)]))
    for name, numbers in counted:
        yield row((name, *map(str, numbers), f"{round(100 * numbers[1] / numbers[0])} %"))
    yield "\n## Vad som återstår\n"
    for part in parts().values():
        numbers = [*part.get(PARTLY, ()), *part.get(WAITING, ())]
        yield f"- **{part['name'].capitalize()}** ({len(numbers)} krav): {part['about']}."
    for letter, (name, _, last) in MUNICIPALITIES.items():
        yield f"\n## {name} {letter}1–{letter}{last}\n"
        yield row(("Krav", "Vad", "Läge", "Modell", "Regler och översikter", "Profil", "Hur, och vad som väntas på"))
        yield row(["---"] * 7)
        yield from (line(number, one) for number, one in held().items() if number.startswith(letter))


def line(number: str, one: Held) -> str:
    in_profile = [
        f"{len(keys)} st `{kind}`" if len(keys) > NAMED else code(f"{kind}:{key}" for key in keys)
        for kind, keys in one.profile.items()
    ]
    checked = [f"`lsk overview {name}`" for name in one.overviews]
    how = [one.how] * bool(one.how) + [f"väntar på {' och '.join(one.waits)}"] * bool(one.waits)
    what = " ".join(one.about.split())
    shown = what if len(what) <= 90 else what[:89].rstrip() + "…"
    rest = ", ".join([code(one.rules), *checked] if one.rules else checked)
    return row((number, shown, one.state, code(one.model), rest, ", ".join(in_profile), "; ".join(how)))


def code(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("python -m lsk.requirements PATH")
    Path(sys.argv[1]).write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
