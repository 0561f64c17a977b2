"""The areas in the order people think of them, each with its kinds of records and the letter that goes there."""

from __future__ import annotations

from typing import NamedTuple

from lsk.model import AREAS, ENTITIES


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
