"""Everything LSK holds: one module per area of the regulation, one declaration per kind of record."""

from __future__ import annotations

from dataclasses import replace

from . import (
    checks,
    collaboration,
    control,
    deviations,
    goals,
    governance,
    improvement,
    law,
    organisation,
    processes,
    profile,
    reports,
    reviews,
    risk,
    staff,
    trace,
    year,
)
from .vocabulary import Entity, Moved

AREAS = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        organisation,
        law,
        goals,
        processes,
        collaboration,
        risk,
        checks,
        control,
        deviations,
        improvement,
        staff,
        reviews,
        year,
        governance,
        reports,
        trace,
        profile,
    )
}

ENTITIES: dict[str, Entity] = {
    entity.name: replace(entity, area=area) for area, module in AREAS.items() for entity in module.ENTITIES
}

MOVED: list[Moved] = []  # columns that an earlier version had elsewhere


def entity(name: str) -> Entity:
    """The declaration of ``name``; KeyError when nothing of that name is declared."""
    return ENTITIES[name]
