"""What is published, table by table, by area as the model is: a field not named here does not leave the file.

Counts of the organisation's own work (checks, actions, obligations, risks) point at no client and are shown as they
are. Counts of what has happened to people are cubes (``lsk.publish.deviations``) and are protected. A table that is
declared twice has one declaration for each level.
"""

from __future__ import annotations

from lsk.publish.tables import (
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
    reports,
    reviews,
    risk,
    staff,
    trace,
    year,
)
from lsk.publish.vocabulary import Table

AREAS = (
    goals, improvement, deviations, checks, control, reviews, governance, year, risk, law, organisation, processes,
    collaboration, staff, reports, trace,
)  # fmt: skip

TABLES: tuple[Table, ...] = tuple(table for area in AREAS for table in area.TABLES)
