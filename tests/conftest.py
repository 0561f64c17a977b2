"""What every test may ask for. A file made from a profile takes a while, so it is made once and copied."""

from __future__ import annotations

import gc
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import lsk.store
import tests.once
from lsk.change import Record
from lsk.store import Store
from sample_db.build import DEFAULT_PROFILE, DEFAULT_TODAY, build
from tests.once import Once
from tests.town import Town


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what lives to the end, and run seldom: it took a fourth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    return tests.once.once(tmp_path_factory)


@pytest.fixture(scope="session", autouse=True)
def key_folder_of_tests(once: Once) -> Iterator[None]:
    """Files that are made get keys; a test's keys are not kept among the user's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LSK_NYCKLAR", str(once("nycklar", lambda folder: None)))
        yield


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """The files of this process need not outlive a power cut; those of tests/faults are written by other processes."""
    connect = lsk.store.connect

    def hasty(path: Path, *, readonly: bool = False) -> sqlite3.Connection:
        db = connect(path, readonly=readonly)
        db.execute("PRAGMA synchronous = OFF")
        return db

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lsk.store, "connect", hasty)
        yield


@pytest.fixture(scope="session")
def sample_file(once: Once) -> Callable[..., Path]:
    """A profile's made-up municipality: sample_file("hjo", today=…). To be read, or copied."""

    def made(profile: str = DEFAULT_PROFILE, today: date = DEFAULT_TODAY) -> Path:
        def make(folder: Path) -> None:
            build(folder / f"{profile}.db", profile=profile, today=today).close()

        return once(f"exempel-{profile}-{today}", make) / f"{profile}.db"

    return made


@pytest.fixture(scope="session")
def ragunda_file(profile_file: Callable[[str], Path]) -> Path:
    return profile_file("ragunda")


@pytest.fixture
def ragunda(ragunda_file: Path, tmp_path: Path) -> Iterator[Store]:
    """An own file with the Ragunda profile and one unit, HTN."""
    path = tmp_path / "ragunda.db"
    shutil.copyfile(ragunda_file, path)
    with Store.open(path) as store:
        with store.change("test") as change:
            change.insert("unit", {"name": "Hemtjänst norr", "short_name": "HTN", "level": "enhet"})
        yield store


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mall") / "tom.db"
    Store.create(path).close()
    return path


@pytest.fixture
def empty(empty_file: Path, tmp_path: Path) -> Iterator[Store]:
    """An own file without a profile."""
    path = tmp_path / "tom.db"
    shutil.copyfile(empty_file, path)
    with Store.open(path) as store:
        yield store


@pytest.fixture
def add(ragunda: Store) -> Callable[..., Record]:
    """Add one record to the Ragunda file; texts such as unit="HTN" are read as a person would write them."""
    from lsk.model import entity
    from lsk.values import parse

    def insert(name: str, /, **values: Any) -> Record:
        stored = {
            key: parse(ragunda.db, entity(name).field(key), value) if isinstance(value, str) else value
            for key, value in values.items()
        }
        with ragunda.change("test") as change:
            return change.insert(name, stored)

    return insert


@pytest.fixture
def change(ragunda: Store) -> Callable[..., None]:
    """Change one record of the Ragunda file."""

    def update(name: str, record: Record, /, **values: Any) -> None:
        with ragunda.change("test") as changing:
            changing.update(name, record.id, values)

    return update


@pytest.fixture(scope="session")
def profile_file(once: Once) -> Callable[[str], Path]:
    """A file made from a profile, once for all tests."""

    def made(profile: str) -> Path:
        name = f"{profile}.db"
        return once(f"profil-{profile}", lambda folder: Store.create(folder / name, profile).close()) / name

    return made


@pytest.fixture
def town(profile_file: Callable[[str], Path], tmp_path: Path) -> Iterator[Callable[[str], Town]]:
    """An own file of a municipality: town("hjo")."""
    opened: list[Town] = []

    def copied(profile: str) -> Town:
        path = tmp_path / f"{profile}.db"
        shutil.copyfile(profile_file(profile), path)
        opened.append(Town(Store.open(path)))
        return opened[-1]

    yield copied
    for each in opened:
        each.store.close()


@pytest.fixture
def varnamo(town: Callable[[str], Town]) -> Town:
    return town("varnamo")


@pytest.fixture
def jarva(town: Callable[[str], Town]) -> Town:
    return town("jarva")


@pytest.fixture
def tyreso(town: Callable[[str], Town]) -> Town:
    return town("tyreso")


@pytest.fixture
def hjo(town: Callable[[str], Town]) -> Town:
    return town("hjo")
