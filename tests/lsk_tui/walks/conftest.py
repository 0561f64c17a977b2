"""The sample municipality, built once and copied for every walk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.lsk_tui.walks.walk import Walk, build_town, copy_town, follow
from tests.once import Once

Taken = Callable[[Walk], Awaitable[Path]]


@pytest.fixture(scope="session")
def town(once: Once) -> Path:
    return once("lovsjo", build_town)


@pytest.fixture
def frames() -> None:
    """Every frame is drawn, also those that come before the answers of the file."""


@pytest.fixture
def taken(town: Path, tmp_path: Path) -> Taken:
    """Take a walk in a copy of the town; the folder is given back, to see what is now in the files."""

    async def take(walk: Walk) -> Path:
        folder = tmp_path / "kommun"
        await follow(walk, copy_town(town, folder, walk))
        return folder

    return take
