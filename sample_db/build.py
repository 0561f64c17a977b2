"""The whole sample, in the order in which a municipality would have made it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

from lsk.store import Store
from sample_db import documents, events, organisation, risks, year
from sample_db.words import Sample, read_texts

DEFAULT_TODAY = date(2026, 11, 1)
PER_SCALE = 2000  # records in a file, for each step of the scale
NOT_EVENTS, EVENTS = 1170, 1230  # what they are at scale 1


def times(scale: int) -> int:
    """How many times the events, for so many times 2 000 records in all."""
    return max(1, round((scale * PER_SCALE - NOT_EVENTS) / EVENTS))


def build(
    path: Path,
    *,
    seed: int = 1,
    scale: int = 1,
    today: date = DEFAULT_TODAY,
    progress: Callable[[str], None] | None = None,
) -> Store:
    """A new file with three years of a made-up municipality up to ``today``: about ``scale`` × 2 000 records.

    The organisation and its documents stay as they are; a larger scale means more events. The same seed, scale and
    day give the same rows. LskError when ``path`` holds something already.
    """
    say = progress or (lambda text: None)
    sample = Sample(random.Random(f"{seed}/{scale}/{today}"), today, times(scale), read_texts())
    say("Profil och lagregister")
    store = Store.create(path, "ragunda", today=today)
    try:
        say("Enheter, personer och sammanträden")
        organisation.build(sample, store)
        year.meetings(sample, store)
        say("Processer, rutiner och styrdokument")
        documents.build(sample, store)
        organisation.agreements(sample, store)
        year.obligations(sample, store)
        say("Riskanalyser och egenkontroller")
        newest = risks.analyses(sample, store, risks.scale(sample, store))
        found = risks.checks(sample, store, newest)
        events.build(sample, store, found, say)
        events.edit(sample, store)
    except BaseException:
        store.close()
        raise
    return store
