import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsk.store import Store
from tests.publish.example import TODAY, example


@pytest.fixture(scope="session")
def example_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exempel") / "ragunda.db"
    example(path).close()
    return path


@pytest.fixture
def store(example_file: Path, tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "kommun" / "ragunda.db"
    path.parent.mkdir()
    shutil.copyfile(example_file, path)
    with Store.open(path, today=TODAY) as opened:
        yield opened
