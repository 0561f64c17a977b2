"""Sync files given directly: what is new in the unit files goes up, then the main file's news goes down.

Each step is one transaction in one file. Kill it anywhere: every file is as before or after a step, and syncing again
does what is left.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from lsk.errors import LskError
from lsk.store import Store, connect, examine, transaction

from . import ledger
from .causality import first_of, vector
from .conflicts import Conflict, fresh_since, listed
from .forget import sweep
from .package import About, Vector, acknowledged, write_down
from .seal import close, latest
from .sides import attached, open_main, open_unit, sender, spoken, writable
from .take import Taken, take_up
from .take_down import Amiss, take_down


@dataclass
class Summary:
    """What a sync did with one unit's file. ``conflicts``: those in the main file that were not there before."""

    file: str
    code: str
    up: Taken = field(default_factory=Taken)
    down: Taken = field(default_factory=Taken)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def nothing_new(self) -> bool:
        return not (self.up.operations or self.up.quarantined or self.down.operations or self.down.rows)


def sync_pair(main: Path, other: Path, actor: str, dry_run: bool = False) -> Summary:
    """Sync one unit's file with the main file. LskError says why it cannot be done; then nothing is changed."""
    return sync_files(main, [other], actor, dry_run)[0]


def sync_files(main: Path, others: Sequence[Path], actor: str, dry_run: bool = False) -> list[Summary]:
    """Sync several unit files with the main file: first all of them up, then the main file's news down to each.

    Every file is examined before anything is written. ``dry_run`` does it all on copies.
    """
    if dry_run:
        return rehearse(main, others, actor)
    with ExitStack() as opened:
        store = opened.enter_context(open_main(main))
        writable(store)
        units = [opened.enter_context(open_unit(store, path)) for path in others]
        if len({unit.file.stream for unit in units}) < len(units):
            raise LskError("Samma enhetsfil är angiven flera gånger. Ange varje fil en gång.")
        summaries = [Summary(str(unit.path), unit.file.code) for unit in units]
        for unit, summary in zip(units, summaries, strict=True):
            up(store, unit, actor, summary)
        for unit, summary in zip(units, summaries, strict=True):
            down(store, unit, actor, summary)
        for each in (store, *units):
            sweep(each)
        close(store)
    return summaries


def up(main: Store, unit: Store, actor: str, summary: Summary) -> None:
    close(unit)
    if nothing_since(main, unit):
        return
    known = listed(main.db)
    with spoken(unit.path), attached(main.db, unit.path):
        taken = take_up(main, sender(unit), actor)
    summary.up += taken
    summary.conflicts += fresh_since(main, known)


def nothing_since(main: Store, unit: Store) -> bool:
    """Whether the files have seen the same, down to the last operations, seal and key: told without merging."""
    if vector(main.db) != vector(unit.db):
        return False
    stream = unit.file.stream
    key = "SELECT sign_key FROM sync_stream WHERE no = ?"
    newest = "SELECT id, hlc, salt FROM sync_op WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1"
    same = "SELECT id, hlc, salt FROM sync_op WHERE id = ?"
    for number in (stream, main.file.stream):
        held = unit.db.execute(newest, (first_of(number), first_of(number + 1) - 1)).fetchone()
        if held and main.db.execute(same, (held["id"],)).fetchone() != held:
            return False
    ours, theirs = latest(main.db, stream, stream), latest(unit.db, stream, stream)
    keys = [store.db.execute(key, (stream,)).fetchone()[0] for store in (main, unit)]
    return keys[0] == keys[1] and (ours and ours.digest) == (theirs and theirs.digest)


def down(main: Store, unit: Store, actor: str, summary: Summary) -> None:
    """Make a package for the unit's file, and let it take it."""
    knows, has = acknowledged(unit.db), vector(unit.db)[unit.file.stream]
    seen = vector(main.db)
    if all(n <= knows.get(stream, 0) for stream, n in seen.items()):
        return
    lost = has if has < seen.get(unit.file.stream, 0) else None
    try:
        summary.down, about = hand_down(main, unit, knows, lost)
    except Amiss:
        summary.down, about = hand_down(main, unit, knows, lost, whole=True)
    with transaction(main.db):
        ledger.record(main.db, ledger.ANYWHERE, unit.file.stream, ledger.HAS, about.upto)


def hand_down(main: Store, unit: Store, knows: Vector, lost: int | None, whole: bool = False) -> tuple[Taken, About]:
    with tempfile.TemporaryDirectory(prefix="lsk-") as folder:
        package = Path(folder) / "paket.db"
        with spoken(main.path):
            about = write_down(main, unit.file.stream, knows, package, whole=whole, has=lost)
        with spoken(unit.path), attached(unit.db, package):
            return take_down(unit, about), about


def rehearse(main: Path, others: Sequence[Path], actor: str) -> list[Summary]:
    """The same on copies in a temporary folder; the files themselves are only read."""
    with tempfile.TemporaryDirectory(prefix="lsk-") as folder:
        copies = [copy(path, Path(folder) / str(n) / path.name) for n, path in enumerate([main, *others])]
        summaries = sync_files(copies[0], copies[1:], actor)
    for summary, path in zip(summaries, others, strict=True):
        summary.file = str(path)
    return summaries


def copy(path: Path, to: Path) -> Path:
    examine(path)
    to.parent.mkdir()
    with spoken(path), closing(connect(path, readonly=True)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
    return to
