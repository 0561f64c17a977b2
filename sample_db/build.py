"""The whole sample, in the order in which a municipality would have made it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from lsk.errors import LskError
from lsk.store import Store
from sample_db import (
    actions,
    control,
    documents,
    events,
    goals,
    organisation,
    reports,
    reviews,
    risks,
    roles,
    staff,
    year,
)
from sample_db.words import Sample, places, read_texts

DEFAULT_TODAY = date(2026, 11, 1)
DEFAULT_PROFILE = "ragunda"
PER_SCALE = 2000  # records in a file, for each step of the scale


def profiles() -> list[str]:
    """The profiles that have a made-up municipality."""
    return [name for name in places() if name not in ("settings", "meanings")]


def place_of(profile: str) -> dict[str, Any]:
    """The made-up municipality behind a profile. LskError when it has none."""
    if profile not in profiles():
        raise LskError(f"Det finns ingen exempelkommun för {profile}. Välj någon av: {', '.join(profiles())}.")
    place: dict[str, Any] = places()[profile]
    return place


def times(scale: int, place: dict[str, Any]) -> int:
    """How many times the events, for so many times 2 000 records in all."""
    return max(1, round((scale * PER_SCALE - place["fixed"]) / place["events"]))


def build(
    path: Path,
    *,
    profile: str = DEFAULT_PROFILE,
    seed: int = 1,
    scale: int = 1,
    today: date = DEFAULT_TODAY,
    progress: Callable[[str], None] | None = None,
) -> Store:
    """A new file with three years of a made-up municipality up to ``today``: about ``scale`` × 2 000 records.

    The municipality is ordered as ``profile`` says; its organisation and documents stay as they are, a larger scale
    means more events. The same profile, seed, scale and day give the same rows. LskError when ``path`` holds
    something already, or the profile has no made-up municipality.
    """
    say = progress or (lambda text: None)
    place = place_of(profile)
    chance = random.Random(f"{profile}/{seed}/{scale}/{today}")
    sample = Sample(chance, today, times(scale, place), read_texts(), place, places()["meanings"])
    say("Profil och lagregister")
    store = Store.create(path, profile, today=today)
    try:
        roles.read(sample, store)
        fill(sample, store, say)
    except BaseException:
        store.close()
        raise
    return store


def fill(sample: Sample, store: Store, say: Callable[[str], None]) -> None:
    say("Enheter, personer och sammanträden")
    organisation.build(sample, store)
    year.meetings(sample, store)
    say("Processer, rutiner och styrdokument")
    documents.build(sample, store)
    organisation.agreements(sample, store)
    year.obligations(sample, store)
    say("Mål, planer och mätningar")
    goals.build(sample, store)
    say("Riskanalyser och egenkontroller")
    newest = risks.analyses(sample, store, risks.scale(sample, store))
    found = risks.checks(sample, store, newest)
    control.build(sample, store)
    staff.build(sample, store)
    events.build(sample, store, found, say)
    events.edit(sample, store)
    say("Granskningar och rapporter")
    reviews.build(sample, store)
    reports.build(sample, store)
    actions.waiting(sample, store, newest)
