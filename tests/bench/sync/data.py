"""The data that is measured on: 200 000 reviews with nine texts each, in a main file and a unit's file.

Every data set is a folder made once a run and then only read; a measurement works on copies of its files.
"""

from __future__ import annotations

import contextlib
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from lsk import bulk
from lsk.change import Change
from lsk.model import ENTITIES
from lsk.store import VERSION, Store, connect, now, transaction
from sync.merge import sync_pair
from sync.unit_file import make_unit_file

ROWS = 200_000
ACTOR = "Mätning"
ENTITY = ENTITIES["review"]
TEXTS = {  # each text column and about how many words it holds
    "title": 5, "reviewer": 2, "ordered_by": 1, "method": 5, "strengths": 12,
    "development_areas": 5, "result": 35, "reported_to": 2, "diary_number": 1,
}  # fmt: skip
EDITED = {"reviewer": 2, "ordered_by": 1, "strengths": 5, "result": 35, "diary_number": 1}  # five cells a row
COLUMNS = ["id", "ref", "kind", "unit", "year", "status", *TEXTS]
WORDS = """
    handling ärende beslut process aktivitet registrera granska underlag styrande dokument bevarande gallring
    verksamhet enhet ansvarig rutin kvalitet uppföljning mall version diarium arkiv mottagare avsändare sekretess
    bilaga protokoll kallelse yttrande remiss
""".split()  # noqa: SIM905
MAIN, UNIT, RAW = "main.db", "unit.db", "raw.db"


def text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)) + f" {chance.randrange(10_000)}"


def reviews(unit: str, first: int, count: int) -> Iterator[list[object]]:
    """Rows in the order of COLUMNS, the same every time; ids rise as those of LSK do."""
    chance = random.Random(first)
    for n in range(first, first + count):
        key = f"0190{n:08x}"
        id_ = f"{key[:8]}-{key[8:]}-7{n % 4096:03x}-8{chance.getrandbits(12):03x}-{chance.getrandbits(48):012x}"
        values = [text(chance, words) for words in TEXTS.values()]
        yield [id_, f"B-GRA-26-{n}", "internrevision", unit, 2026, "planerad", *values]


@contextlib.contextmanager
def changing(store: Store) -> Iterator[None]:
    """One change set, without the rules' judgement: they are not what is measured."""
    with transaction(store.db):
        change = Change(store.db, store.file, store.today, store.terms)
        change.begin()
        yield
        change.end(now(), ACTOR, "", VERSION, None)


def made(root: Path, name: str, make: Callable[[Path], None]) -> Path:
    """The folder ``name`` under ``root``, filled by ``make`` the first time it is asked for."""
    folder = root / name
    if not folder.exists():
        work = root / f"{name}.ny"
        shutil.rmtree(work, ignore_errors=True)  # a run that was broken off
        work.mkdir()
        make(work)
        work.rename(folder)
    return folder


def base(root: Path) -> Path:
    """A main file with all rows, and the file of the unit that owns them."""

    def make(folder: Path) -> None:
        with Store.create(folder / MAIN) as main:
            with main.change(ACTOR) as change:
                unit = change.insert("unit", {"name": "Norr", "short_name": "NORD", "level": "enhet"}).id
            with changing(main):
                bulk.insert(main.db, ENTITY, COLUMNS, list(reviews(unit, 0, ROWS)))
            make_unit_file(main, unit, folder / UNIT, ACTOR)

    return made(root, "base", make)


def updates(root: Path, cells: int) -> Path:
    """The unit has changed five cells in rows spread over the table."""

    def make(folder: Path) -> None:
        copy(base(root), folder)
        edit(folder / UNIT, cells // len(EDITED), seed=1)
        raw_news(folder)

    return made(root, f"updates-{cells}", make)


def inserts(root: Path, cells: int) -> Path:
    """The unit has added rows: nine texts and six other cells in each."""

    def make(folder: Path) -> None:
        copy(base(root), folder)
        add(folder / UNIT, cells // (len(COLUMNS) - 1))
        raw_news(folder)

    return made(root, f"inserts-{cells}", make)


def history(root: Path, cells: int, older: int = 20) -> Path:
    """The same as ``updates``, but the rows have ``older`` changes each that both files know."""

    def make(folder: Path) -> None:
        copy(base(root), folder)
        for seed in range(2, older + 2):
            edit(folder / UNIT, cells // len(EDITED), seed)
            sync_pair(folder / MAIN, folder / UNIT, ACTOR)
        edit(folder / UNIT, cells // len(EDITED), seed=1)

    return made(root, f"history-{cells}", make)


def conflicts(root: Path, cells: int, part: int = 10) -> Path:
    """The same as ``updates``, but one row in ``part`` has been changed in the main file too."""

    def make(folder: Path) -> None:
        copy(updates(root, cells), folder)
        edit(folder / MAIN, cells // len(EDITED), seed=99, every=part)

    return made(root, f"conflicts-{cells}", make)


def copy(source: Path, to: Path) -> Path:
    to.mkdir(exist_ok=True)
    for path in source.glob("*.db"):
        shutil.copyfile(path, to / path.name)
    return to


def edit(path: Path, rows: int, seed: int, every: int = 1) -> None:
    """Give every cell of EDITED a new value in ``rows`` rows, the same for every seed, or one in ``every`` of them."""
    with Store.open(path) as store:
        fill_new(store, rows, seed, every)
        with changing(store):
            store.db.execute(update_from("temp.new"))


def fill_new(store: Store, rows: int, seed: int, every: int = 1) -> None:
    """temp.new: id and new values of the cells to change."""
    chance = random.Random(seed)
    ids = [r[0] for r in store.db.execute("SELECT id FROM review ORDER BY id")]
    chosen = sorted(random.Random(7).sample(ids, rows))[::every]
    store.db.execute(f"CREATE TEMP TABLE new(id TEXT PRIMARY KEY, {', '.join(EDITED)}) WITHOUT ROWID")
    store.db.executemany(
        f"INSERT INTO new VALUES (?{', ?' * len(EDITED)})",
        ([id_, *(text(chance, words) for words in EDITED.values())] for id_ in chosen),
    )


def update_from(table: str) -> str:
    return f"UPDATE review SET {', '.join(f'{c} = s.{c}' for c in EDITED)} FROM {table} s WHERE s.id = review.id"


def add(path: Path, rows: int) -> None:
    with Store.open(path) as store, changing(store):
        unit = store.file.unit
        assert unit is not None
        bulk.insert(store.db, ENTITY, COLUMNS, list(reviews(unit, ROWS, rows)))


HEADER = "id, epoch, hlc, tbl, kind, row, unit, salt"


def raw_news(folder: Path) -> None:
    """What raw SQL is given: the changed rows, and the log to append, in tables of their own."""
    with contextlib.closing(connect(folder / RAW)) as db:
        db.execute("ATTACH ? AS unit", (str(folder / UNIT),))
        own = "SELECT stream << 36 FROM unit.sync_local"
        with transaction(db):
            db.execute(f"CREATE TABLE op AS SELECT {HEADER} FROM unit.sync_op WHERE id > ({own})")
            db.execute(
                f"CREATE TABLE cell AS SELECT op << 7 | col AS id, new, old FROM unit.sync_cell WHERE op > ({own})"
            )
            db.execute(
                f"""CREATE TABLE row AS SELECT {", ".join(COLUMNS)} FROM unit.review
                    WHERE id IN (SELECT row FROM op) ORDER BY rowid"""
            )


def cells_of(folder: Path) -> int:
    """How many cells the unit's news holds."""
    with contextlib.closing(connect(folder / RAW, readonly=True)) as db:
        return int(db.execute("SELECT count(*) FROM cell").fetchone()[0])
