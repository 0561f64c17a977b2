"""Direct merge against raw SQL that writes the same data and the same log, and against the session extension."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from lsk.store import Store, transaction
from sync.merge import sync_pair
from sync.sides import attached, open_main, open_unit, sender
from sync.take import take_up

from . import data
from .measure import Line, amount, medians, speed

TARGETS = {10_000: (0.85, None), 100_000: (0.85, 0.8), 1_000_000: (0.7, 1.0)}  # of raw SQL, of the session extension
MOST_MEMORY = 200
# The log that raw SQL keeps: a row a change and a row a cell.
LOG = (
    """CREATE TABLE log_op(id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, hlc INTEGER NOT NULL, tbl INTEGER NOT NULL,
         kind INTEGER NOT NULL, row TEXT NOT NULL, unit TEXT, salt INTEGER) STRICT""",
    "CREATE INDEX log_op_row ON log_op(row)",
    "CREATE TABLE log_cell(id INTEGER PRIMARY KEY, new ANY, old ANY) STRICT",
)
TRIGGERS = "SELECT name FROM sqlite_schema WHERE tbl_name = 'review' AND type = 'trigger'"


def direct(folder: Path, source: Path) -> Iterator[None]:
    data.copy(source, folder)
    with (
        open_main(folder / data.MAIN) as main,
        open_unit(main, folder / data.UNIT) as unit,
        attached(main.db, unit.path),
    ):
        yield
        take_up(main, sender(unit), data.ACTOR)
        yield


def whole_sync(folder: Path, source: Path) -> Iterator[None]:
    data.copy(source, folder)
    yield
    sync_pair(folder / data.MAIN, folder / data.UNIT, data.ACTOR)


@contextlib.contextmanager
def bare(folder: Path, source: Path) -> Iterator[Store]:
    """The main file without triggers on the table, the news attached as ``raw``."""
    data.copy(source, folder)
    with Store.open(folder / data.MAIN) as store:
        for (name,) in store.db.execute(TRIGGERS).fetchall():
            store.db.execute(f'DROP TRIGGER "{name}"')
        store.db.execute("ATTACH ? AS raw", (str(folder / data.RAW),))
        for statement in LOG:
            store.db.execute(statement)
        yield store


def raw_update(folder: Path, source: Path) -> Iterator[None]:
    with bare(folder, source) as store:
        yield
        with transaction(store.db):
            store.db.execute(data.update_from("raw.row"))
            append(store)
        yield


def raw_insert(folder: Path, source: Path) -> Iterator[None]:
    with bare(folder, source) as store:
        names = ", ".join(data.COLUMNS)
        yield
        with transaction(store.db):
            store.db.execute(f"INSERT INTO review({names}) SELECT {names} FROM raw.row")
            append(store)
        yield


def append(store: Store) -> None:
    store.db.execute("INSERT INTO log_op SELECT * FROM raw.op")
    store.db.execute("INSERT INTO log_cell SELECT * FROM raw.cell")


def session(folder: Path, source: Path) -> Iterator[None]:
    """The session extension keeps no log: it makes a changeset of what it saw, and applies it to the other file."""
    import apsw

    data.copy(source, folder)
    shutil.copyfile(folder / data.MAIN, folder / "given.db")
    given, main = apsw.Connection(str(folder / "given.db")), apsw.Connection(str(folder / data.MAIN))
    for db in (given, main):
        for pragma in ("cache_size = -65536", "temp_store = MEMORY", "foreign_keys = ON"):
            db.execute(f"PRAGMA {pragma}")
        for (name,) in list(db.execute(TRIGGERS)):
            db.execute(f'DROP TRIGGER "{name}"')
    given.execute("ATTACH ? AS raw", (str(folder / data.RAW),))
    names = ", ".join(data.COLUMNS)
    made = apsw.Session(given, "main")
    made.attach("review")
    with given:
        if source.name.startswith("inserts"):
            given.execute(f"INSERT INTO review({names}) SELECT {names} FROM raw.row")
        else:
            given.execute(data.update_from("raw.row"))
    yield
    changes = made.changeset()
    with main:
        apsw.Changeset.apply(changes, main)
    yield


def lines(root: Path, rounds: int) -> Iterator[Line]:
    for cells, (of_raw, of_session) in TARGETS.items():
        for kind, source, raw in (
            ("changed", data.updates(root, cells), raw_update),
            ("inserted", data.inserts(root, cells), raw_insert),
        ):
            found = medians(
                rounds,
                direct=(direct, source),
                raw=(raw, source),
                session=(session, source),
                sync=(whole_sync, source),
            )
            what = f"{cells} cells {kind}"
            yield speed(f"{what}: direct merge / raw SQL with log", found["direct"], found["raw"], of_raw)
            yield speed(f"{what}: direct merge / session extension", found["direct"], found["session"], of_session)
            yield speed(f"{what}: whole sync, up and down / raw SQL with log", found["sync"], found["raw"])
            if cells == max(TARGETS):
                yield amount(f"{what}: memory of the merge", found["direct"].memory, "MB", MOST_MEMORY)
