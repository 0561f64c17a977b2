from collections.abc import Iterator
from pathlib import Path

import pytest
from datasette.app import Datasette

from datasette_plugins.instance import build
from lsk.model.vocabulary import Publish
from lsk.publish import publish
from tests.publish.example import example


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what was published for the committee, and the municipality's own file beside it."""
    place = tmp_path_factory.mktemp("publicerat")
    with example(place / "ragunda.db") as store:
        publish(store, place)
    return place


@pytest.fixture(scope="session")
def open_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("öppet")
    with example(place / "ragunda.db") as store:
        publish(store, place, Publish.OPEN)
    return place


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every site made in a test is closed after it: each holds threads, and files that they have open."""
    made: list[Datasette] = []
    real = Datasette.__init__

    def init(self: Datasette, *args: object, **options: object) -> None:
        real(self, *args, **options)
        made.append(self)

    monkeypatch.setattr(Datasette, "__init__", init)
    yield
    for each in made:
        if each.executor is not None:
            each.executor.shutdown()
        for database in each.databases.values():
            database.close()


@pytest.fixture
def site(folder: Path) -> Datasette:
    return build(folder)
