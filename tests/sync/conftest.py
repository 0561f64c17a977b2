from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sync.world import World, template


@pytest.fixture(scope="session")
def main_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "main.db"
    template(path)
    return path


@pytest.fixture
def world(tmp_path: Path, main_file: Path) -> Iterator[Callable[..., World]]:
    """Make a folder of files: world("NORD", "SYD") has main and two unit files."""
    made: list[World] = []

    def make(*unit_files: str) -> World:
        folder = tmp_path / f"world{len(made)}"
        folder.mkdir()
        made.append(World(folder, main_file, *unit_files))
        return made[-1]

    yield make
    for each in made:
        each.close()
