"""The areas in the order people think of them, each with its kinds of records and the letter that goes there."""

from __future__ import annotations

from typing import NamedTuple

from lsk.model import AREAS, ENTITIES
from lsk.model.vocabulary import SHARED


class Area(NamedTuple):
    """``letter`` after g; ``first`` is the list one comes to."""

    letter: str
    name: str
    first: str


GO_TO = (
    Area("a", "deviations", "deviation"),
    Area("f", "improvement", "action"),
    Area("e", "checks", "self_check"),
    Area("r", "risk", "risk"),
    Area("p", "processes", "process"),
    Area("l", "law", "requirement"),
    Area("o", "organisation", "unit"),
    Area("s", "collaboration", "external_party"),
    Area("å", "year", "obligation"),
    Area("b", "governance", "decision"),
    Area("t", "trace", "link"),
    Area("n", "profile", "setting"),
)

ORDER = [area.name for area in GO_TO]
AREAS_OF: dict[str, list[str]] = {
    area: [e.name for e in ENTITIES.values() if e.area == area]
    for area in [*ORDER, *(name for name in AREAS if name not in ORDER)]
}

NOT_A_UNIT_S = ("trace", "profile")  # whose records are made by other acts, or concern the whole municipality


def areas_of(unit_file: bool) -> dict[str, list[str]]:
    """The areas with their kinds. In a unit's own file only what a unit writes; the rest is found by searching."""
    if not unit_file:
        return AREAS_OF
    own = {
        area: [name for name in names if ENTITIES[name].scope != SHARED]
        for area, names in AREAS_OF.items()
        if area not in NOT_A_UNIT_S
    }
    return {area: names for area, names in own.items() if names}


def go_to(unit_file: bool) -> list[Area]:
    """The letters after g, each to the first list of its area that there is in the file."""
    kinds = areas_of(unit_file)
    found = [area for area in GO_TO if area.name in kinds]
    return [
        area if area.first in kinds[area.name] else Area(area.letter, area.name, kinds[area.name][0]) for area in found
    ]
