"""Bundles between the files of a World, made and taken by hand: no place, no order, nobody who keeps count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lsk.store import VERSION, Store, now
from sync import keys, seal
from sync.causality import first_of, vector
from sync.envelope import Header, read_header, unwrap, wrap
from sync.keys import Keys
from sync.package import About, acknowledged, told, write_down, write_up
from sync.prove import Sender
from sync.sides import attached
from sync.take import Taken, take_up
from sync.take_down import take_down
from tests.sync.world import ACTOR, World


def post_up(unit: Store, main: str, to: Path, after: int | None = None) -> Path:
    """Seal what the unit has written and put it in a bundle to the main file (a replica), from ``after`` on."""
    mine, theirs = keys.create(unit.file.replica), keys.create(main)
    seal.seal(unit, mine)
    newest = vector(unit.db)[unit.file.stream]
    package = to.with_suffix(".paket")
    known = acknowledged(unit.db)[unit.file.stream] if after is None else after
    about = write_up(unit, package, known, newest)
    return enclose(unit, package, about, mine, theirs, main, to)


def enclose(store: Store, package: Path, about: About, mine: Keys, theirs: Keys, main: str, to: Path) -> Path:
    """Wrap a package and remove it."""
    header = {
        "format": 1, "main": main, "kind": "ned" if about.sender == 1 else "upp", "receiver": about.receiver,
        "sender": {"stream": about.sender, "replica": store.file.replica, "code": store.file.code},
        "base": about.base, "upto": about.upto, "whole": about.whole, "program": VERSION, "schema": 2, "at": now(),
        "enrol": None,
    }  # fmt: skip
    wrap(package, header, mine, [theirs.public.age], to)
    package.unlink()
    return to


def send_up(w: World, name: str, bundle: str, after: int | None = None) -> Path:
    return post_up(w[name], w["main"].file.replica, w.folder / f"{bundle}.lskb", after)


def send_down(w: World, name: str, bundle: str, **how: bool) -> Path:
    main, unit = w["main"], w[name]
    package, to = w.folder / f"{bundle}.paket", w.folder / f"{bundle}.lskb"
    about = write_down(main, unit.file.stream, acknowledged(unit.db), package, **how)
    mine, theirs = keys.create(main.file.replica), keys.create(unit.file.replica)
    return enclose(main, package, about, mine, theirs, main.file.replica, to)


@contextmanager
def opened(store: Store, bundle: Path) -> Iterator[tuple[Header, Path]]:
    header, package = read_header(bundle), bundle.with_suffix(".ut")
    unwrap(bundle, header, keys.create(store.file.replica), package)
    try:
        yield header, package
    finally:
        package.unlink()


def take(main: Store, bundle: Path) -> Taken:
    """The main file takes a unit's bundle. The token comes with the file that the unit was given."""
    with opened(main, bundle) as (header, package):
        about = told(package)
        code, unit, token = main.db.execute(
            "SELECT code, unit, token FROM sync_stream WHERE no = ?", (about.sender,)
        ).fetchone()
        sender = Sender(
            package, about.sender, code, unit, about.upto[about.sender], direct=False,
            sign_key=header.signer.sign, age_key=header.signer.age, token=token,
        )  # fmt: skip
        with attached(main.db, package):
            return take_up(main, sender, ACTOR)


def fetch(unit: Store, bundle: Path) -> Taken:
    """A unit's file takes a bundle from the main file."""
    with opened(unit, bundle) as (_, package):
        about = told(package)
        with attached(unit.db, package):
            return take_down(unit, about)


def own_operations(w: World, where: str, name: str) -> int:
    """How many of the operations of one file another one holds."""
    low = first_of(w[name].file.stream)
    return int(
        w[where]
        .db.execute("SELECT count(*) FROM sync_op WHERE id > ? AND id < ?", (low, first_of(w[name].file.stream + 1)))
        .fetchone()[0]
    )
