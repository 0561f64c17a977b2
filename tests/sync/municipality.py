"""One main file and four unit files, and a record of what was in truth written in each and carried between them."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from fractional_indexing import generate_key_between

from lsk.capture import owner as owner_sql
from lsk.change import Change
from lsk.model import ENTITIES
from lsk.store import VERSION, Store, now, transaction
from sync import keys
from sync.envelope import read_header, unwrap, wrap
from sync.header import FORMAT
from sync.merge import Summary, down, up
from sync.package import About, told
from sync.prove import Sender
from sync.sides import attached
from sync.take import take_up
from sync.take_down import Early, take_down
from sync.unit_file import make_unit_file
from tests.sync import oracle
from tests.sync.miniature import miniature
from tests.sync.oracle import Written

UNITS = {"NORD": None, "SYD": None, "NORDA": "NORD"}  # unit → the unit above it
FILES = {"NORD": "NORD", "SYD": "SYD", "NORDA": "NORDA", "NORD2": "NORD"}  # file → its unit
NOON = (
    4_102_444_800_000 << 16
)  # every clock starts here, in 2100: only what is written moves it, so equal stamps are common

SUBTREE = """WITH RECURSIVE mine(id) AS (SELECT :unit UNION SELECT u.id FROM unit u JOIN mine ON u.parent = mine.id)
  SELECT id FROM mine"""
_folder = tempfile.TemporaryDirectory(prefix="lsk-test-")


@cache
def template() -> tuple[Path, dict[str, str], dict[str, keys.Keys]]:
    """A folder with the main file and a file for each of FILES, the units' ids, and everybody's keys."""
    folder = Path(_folder.name)
    ids = {name: f"00000000-0000-7000-8000-00000000000{n}" for n, name in enumerate(UNITS)}
    found = {}
    with Store.create(folder / "main.db") as main:
        with saving(main):
            for name, above in UNITS.items():
                main.db.execute(
                    "INSERT INTO unit(id, ref, name, short_name, level, parent) VALUES (?, ?, ?, ?, 'enhet', ?)",
                    (ids[name], f"HK-{name}", f"Enhet {name}", name, above and ids[above]),
                )
            for name in UNITS:
                main.db.execute(
                    """INSERT INTO deviation(id, ref, kind, unit, received_on, what_happened)
                       VALUES (?, ?, 'k', ?, ?, 'först')""",
                    (ids[name].replace("-8000-", "-8001-"), f"HK-AVV-{name}", ids[name], "2026-03-01"),
                )
            main.db.execute(
                "INSERT INTO process(id, ref, name) VALUES (?, 'HK-PRO', 'Gemensam')",
                (ids["SYD"].replace("-8000-", "-8002-"),),
            )
        main.db.execute("UPDATE sync_local SET hlc = ?", (NOON,))
        found["main"] = keys.create(main.file.replica)
        for name, unit in FILES.items():
            make_unit_file(main, ids[unit], folder / f"{name}.db", "Anna")
            found[name] = keys.create(replica(folder / f"{name}.db"))
    return folder, ids, found


def replica(path: Path) -> str:
    """Who a new file is; its clock is set with the others'."""
    with Store.open(path) as store:
        store.db.execute("UPDATE sync_local SET hlc = ?", (NOON,))
        return store.file.replica


@contextlib.contextmanager
def saving(store: Store) -> Iterator[sqlite3.Connection]:
    """One save that asks no rules, as another program would do it, but with a name on it."""
    with transaction(store.db):
        change = Change(store.db, store.file, store.today, store.terms)
        change.begin()
        yield store.db
        change.end(now(), store.path.stem, "", VERSION, None)


@dataclass
class Post:
    """A bundle under way. ``carries``: what its sender had seen, itself included, when it was written."""

    file: str
    going_up: bool
    path: Path
    about: About
    carries: dict[int, int]


class Municipality:
    """``written``: every operation, as it was written. ``seen``: what each file has been given, by what was carried."""

    def __init__(self) -> None:
        super().__init__()  # hypothesis's machine, beside this in Files
        self.number = 0
        self.stores: dict[str, Store] = {}
        self.units: list[str] = list(FILES)
        self.unit_of = dict(FILES)
        self.written: dict[int, list[Written]] = defaultdict(list)
        self.count: dict[str, int] = defaultdict(int)
        self.seen: dict[str, dict[int, int]] = defaultdict(dict)
        self.mail: list[Post] = []
        self.sent: dict[str, dict[int, int]] = {}
        with contextlib.ExitStack() as begun:
            begun.enter_context(miniature())
            begun.enter_context(patch.dict(os.environ, LSK_NYCKLAR=str(Path(_folder.name) / "nycklar")))
            self.folder = Path(begun.enter_context(tempfile.TemporaryDirectory(prefix="lsk-test-")))
            source, self.ids, made = template()
            self.keys = dict(made)
            begun.callback(lambda: [store.close() for store in self.stores.values()])
            for name in ("main", *FILES):
                shutil.copyfile(source / f"{name}.db", self.folder / f"{name}.db")
                self.open(name)
            self.note("main")
            self.beginning = self.written[self.stream("main")][-1].id
            for name in FILES:
                self.seen[name] = self.vector("main")
            self.ending = begun.pop_all()

    def open(self, name: str) -> None:
        self.stores[name] = Store.open(self.folder / f"{name}.db")

    def file(self, number: int) -> str:
        names = ["main", *self.units]
        return names[number % len(names)]

    def stream(self, name: str) -> int:
        return self.stores[name].file.stream

    def vector(self, name: str) -> dict[int, int]:
        """What a file has been given, and has written itself."""
        return {**self.seen[name], self.stream(name): self.count[name]}

    def note(self, name: str) -> None:
        """Remember what has been written in a file since the last time."""
        new = oracle.read(self.stores[name].db, self.stream(name), self.count[name], dict(self.seen[name]))
        self.written[self.stream(name)] += new
        self.count[name] += len(new)

    def learn(self, name: str, carried: dict[int, int]) -> None:
        mine = self.seen[name]
        for stream, upto in carried.items():
            if stream != self.stream(name):
                mine[stream] = max(upto, mine.get(stream, 0))

    def new_id(self) -> str:
        self.number += 1
        return f"00000001-0000-7000-8000-{self.number:012x}"

    def save(self, name: str, *statements: tuple[str, tuple[Any, ...]]) -> bool:
        """Whether SQLite took it: a reference may lead nowhere, a link may be there already."""
        try:
            with saving(self.stores[name]) as db:
                for sql, values in statements:
                    db.execute(sql, values)
        except sqlite3.IntegrityError:
            return False
        finally:
            self.note(name)
        return True

    def insert(self, name: str, entity: str, /, **values: Any) -> None:
        given = {"id": self.new_id(), **values}
        given.setdefault("ref", f"{name}-{self.number}")
        columns, marks = ", ".join(f'"{c}"' for c in given), ", ".join("?" * len(given))
        self.save(name, (f'INSERT INTO "{entity}"({columns}) VALUES ({marks})', tuple(given.values())))

    def pick(self, name: str, kinds: tuple[str, ...], number: int, anyones: bool = False) -> tuple[str, str] | None:
        """A row of the file's own unit, or of anyone's: kind, id."""
        db = self.stores[name].db
        units = SUBTREE if name != "main" and not anyones else "SELECT :unit UNION SELECT id FROM unit"
        some = " OR owner IS NULL" if name == "main" or anyones else ""
        found = db.execute(
            " UNION ALL ".join(
                f"""SELECT '{kind}', id FROM (SELECT t.id, {owner_sql(ENTITIES[kind], "t")} AS owner FROM "{kind}" t)
                    WHERE owner IN ({units}){some}"""
                for kind in kinds
            )
            + " ORDER BY 2",
            {"unit": self.ids[self.unit_of[name]] if name != "main" else ""},
        ).fetchall()
        return tuple(found[number % len(found)]) if found else None

    def pick_id(self, name: str, kind: str, number: int, anyones: bool = False) -> str | None:
        found = self.pick(name, (kind,), number, anyones)
        return found and found[1]

    def some_unit(self, name: str, unit: str) -> str:
        return self.ids[unit if name == "main" else self.unit_of[name]]

    def place(self, name: str, process: str, number: int) -> str:
        """A place among the activities of a process: before, between or after."""
        sql = "SELECT DISTINCT position FROM activity WHERE process = ? AND position IS NOT NULL ORDER BY 1"
        places = [None, *(r[0] for r in self.stores[name].db.execute(sql, (process,))), None]
        at = number % (len(places) - 1)
        return str(generate_key_between(places[at], places[at + 1]))

    # --- what travels

    def exchange(self, names: list[str]) -> None:
        """Direct sync, as sync_files does it, with files that are open already."""
        for name in names:
            with self.judged_after(name, self.count[name]):
                self.enrol(name)
                up(self.stores["main"], self.stores[name], "Anna", Summary("", ""))
        for name in names:
            down(self.stores["main"], self.stores[name], "Anna", Summary("", ""))
            self.learn(name, self.vector("main"))

    def enrol(self, name: str) -> None:
        public = self.keys[name].public
        sql = "UPDATE sync_stream SET sign_key = ?, age_key = ? WHERE no = ?"
        self.stores[name].db.execute(sql, (public.sign, public.age, self.stream(name)))

    @contextlib.contextmanager
    def judged_after(self, name: str, upto: int) -> Iterator[None]:
        """The main file takes a file's news: what is not the unit's to change must be set aside."""
        main, stream = self.stores["main"].db, self.stream(name)
        before = oracle.rows_of(main)
        units = oracle.under(before, self.ids[self.unit_of[name]])
        had = self.seen["main"].get(stream, 0)
        new = self.written[stream][had:upto]
        foreign = {w.id for w in new if w.row in before and oracle.owner(before, w.row) not in units}
        yield
        self.learn("main", {stream: upto})
        self.note("main")
        assert foreign <= self.set_aside()

    def set_aside(self) -> set[int]:
        return {r[0] for r in self.stores["main"].db.execute("SELECT op FROM sync_quarantine")}

    def put_in(self, file: str, going_up: bool, about: About) -> None:
        """Wrap the package up as a bundle, and post it."""
        sender, receiver = (file, "main") if going_up else ("main", file)
        who = self.stores[sender].file
        header = {
            **asdict(about),
            "format": FORMAT, "main": self.stores["main"].file.replica, "kind": "upp" if going_up else "ned",
            "sender": {"stream": who.stream, "replica": who.replica, "code": who.code},
            "program": VERSION, "schema": 1, "at": now(), "enrol": None,
        }  # fmt: skip
        path = self.folder / f"{self.new_id()}.lskb"
        wrap(self.folder / "paket", header, self.keys[sender], [self.keys[receiver].public.age], path)
        self.mail.append(Post(file, going_up, path, about, self.vector(sender)))

    def taken_out(self, post: Post, bundle: Path) -> Path:
        """The package in a bundle."""
        package = self.folder / "uppackat"
        unwrap(bundle, read_header(bundle), self.keys["main" if post.going_up else post.file], package)
        return package

    def hand_in(self, post: Post) -> None:
        package = self.taken_out(post, post.path)
        about = told(package)
        assert about == post.about
        if post.going_up:
            self.hand_up(post, about, package)
        else:
            self.hand_down(post, about, package)

    def hand_up(self, post: Post, about: About, package: Path) -> None:
        store, stream = self.stores[post.file], about.sender
        token = store.db.execute("SELECT token FROM sync_local").fetchone()[0]
        public, file = self.keys[post.file].public, store.file
        sender = Sender(
            package, stream, file.code, str(file.unit), about.upto[stream], False, public.sign, public.age, token
        )
        with self.judged_after(post.file, about.upto[stream]), attached(self.stores["main"].db, package):
            take_up(self.stores["main"], sender, "Anna")

    def hand_down(self, post: Post, about: About, package: Path) -> None:
        with contextlib.suppress(Early), attached(self.stores[post.file].db, package):
            take_down(self.stores[post.file], about)
            self.learn(post.file, post.carries)
