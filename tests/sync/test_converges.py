"""Whatever is done, in whatever order it travels: the files agree, repeating changes nothing, and nothing is lost.

More examples, by hand: ``LSK_HYPOTHESIS=bench pytest tests/sync/test_converges.py``
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.sync.machine import Files

settings.register_profile("ci", max_examples=100, stateful_step_count=16)
settings.register_profile("bench", max_examples=2000, stateful_step_count=50)

Files.TestCase.settings = settings(
    settings.get_profile(os.environ.get("LSK_HYPOTHESIS", "ci")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestFiles = Files.TestCase
