"""Exchange bundles: through a place that all reach, or by files carried by hand. Read first, then write.

A file writes only under names of its own, and only when it has something to say. Kill it anywhere: what was read is
read, what was written is there, and the next time does the rest.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsk.capture import MILLISECONDS
from lsk.errors import LskError
from lsk.store import Store
from lsk.terms import numbered

from . import fetch, ledger, post
from .arrived import Fetched
from .compact import compact
from .conflicts import Conflict, fresh_since, listed
from .fetch import Steps
from .forget import sweep
from .keys import Keys
from .merge import copy
from .ownership import held, keyed
from .placed import unreadable
from .places import Place, open_place
from .sides import refuse_network, spoken, writable

BEHIND_MINUTES = 10  # how far behind the file's own stamps the computer's clock may be


@dataclass
class Outcome:
    """What an exchange did. ``sent``: codes of the files written to; ``conflicts``: those not there before."""

    place: str
    fetched: Fetched = field(default_factory=Fetched)
    sent: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    removed: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    clock: str = ""

    @property
    def nothing_new(self) -> bool:
        f = self.fetched
        return not (f.heard or f.waiting or f.refused or f.foreign or f.elsewhere or self.sent or self.removed)


def quietly(label: str, items: Sequence[Any]) -> Iterable[Any]:
    """No progress shown."""
    return items


@contextlib.contextmanager
def live(path: Path, dry_run: bool = False) -> Iterator[tuple[Store, Keys]]:
    """Open a file for sync, or a copy of it, with its keys, made at first need."""
    with unlocked(path, dry_run) as store:
        yield store, keyed(store)


@contextlib.contextmanager
def unlocked(path: Path, dry_run: bool = False) -> Iterator[Store]:
    """Open a file, or a copy of it; LskError when it lies on a network share or in a hub, or cannot be written."""
    refuse_network(path)
    where = path
    with contextlib.ExitStack() as opened, spoken(path):
        if dry_run:
            path = copy(path, Path(opened.enter_context(tempfile.TemporaryDirectory()), "prov", path.name))
        store = opened.enter_context(Store.open(path))
        refuse_hub(store, where)
        writable(store)
        yield store
        sweep(store)


def refuse_hub(store: Store, path: Path) -> None:
    """A file that lies where its bundles pass is one that two may open, or that a cloud service copies half written."""
    hub = post.main_replica(store.db)[: post.HUB_FOLDER]
    for folder in path.absolute().resolve().parents:
        if (folder / hub).is_dir():
            raise inside_hub(path, folder)


def refuse_inside(path: Path, place: str) -> None:
    """The same before anything has passed: ``path`` may not lie in the folder that is the place."""
    hub = Path(place).expanduser().absolute().resolve()
    if "://" not in place and hub in path.absolute().resolve().parents:
        raise inside_hub(path, hub)


def inside_hub(path: Path, hub: Path) -> LskError:
    return LskError(
        f"{path} ligger i den gemensamma mappen {hub}, där två kan öppna den samtidigt och en molntjänst kan kopiera "
        "den halvskriven. Flytta filen till en egen mapp på datorn, och synka därifrån."
    )


def exchange(
    path: Path, place: str, actor: str, *, shrink: bool = False, dry_run: bool = False, steps: Steps = quietly
) -> Outcome:  # fmt: skip
    """Read what is new at a place for this file, then write what is new in the file. ``dry_run``: read only, on a copy.

    Nothing new, nothing written anywhere. LskError when the file or the place cannot be used.
    """
    refuse_inside(path, place)
    with live(path, dry_run) as (store, keys), open_place(place) as there, tempfile.TemporaryDirectory() as work:
        out = Outcome(there.shown, clock=clock_trouble(store.db))
        before = listed(store.db)
        folder = Path(work)
        read(store, keys, there, folder, actor, out.fetched, steps)
        out.conflicts = fresh_since(store, before)
        if not dry_run:
            out.removed = compact(store, keys, there, folder, shrink)
            write(store, keys, there, folder, out)
    return out


def read(
    store: Store, keys: Keys, place: Place, folder: Path, actor: str, out: Fetched, steps: Steps
) -> None:  # fmt: skip
    """Fetch what may be to this file, and take it."""
    entries = [(entry.name, entry.size) for entry in place.names()]
    found, strangers = fetch.candidates(store, place.shown, entries)
    out.elsewhere += len(strangers)
    files: list[tuple[str, str, Path]] = []
    for name, size in steps(f"Hämtar {numbered(len(found), 'synkfil', 'synkfiler')}", found):
        local = folder / f"{len(files)}{ledger.BUNDLE}"
        if fetched(place, name, local, out):
            files.append((name, ledger.seen_as(name, size), local))
    arrived, done = fetch.sort_out(store, files, out)
    done += fetch.take(store, keys, place.shown, arrived, actor, out, steps)
    ledger.received(store.db, strangers + done)


def fetched(place: Place, name: str, to: Path, out: Fetched) -> bool:
    """Fetch one file. One that is gone meanwhile is no trouble; when the place itself is gone, LskError."""
    try:
        place.read(name, to)
    except LskError as error:
        if any(entry.name == name for entry in place.names()):
            out.waiting.append(str(error))
        return False
    return True


def write(store: Store, keys: Keys, place: Place, folder: Path, out: Outcome) -> None:
    f = out.fetched
    for letter in post.letters(store, keys, place.shown, folder, f.news, f.behind, f.early, f.amiss):
        place.write(letter.name, letter.path)
        post.sent(store, place.shown, letter)
        letter.path.unlink()
        out.sent.append(letter.code)
        out.written.append(letter.name)


def bundle(path: Path, to: Path, code: str | None = None) -> Outcome:
    """Write what the others have not acknowledged as files in the folder ``to``, to be mailed or carried.

    ``code``: only for the file with this code. LskError when there is no such file, or it cannot be written to.
    """
    with live(path) as (store, keys), open_place(str(to)) as there, tempfile.TemporaryDirectory() as work:
        out = Outcome(there.shown, clock=clock_trouble(store.db))
        only = None if code is None else addressee(store, code)
        for letter in post.letters(store, keys, ledger.ANYWHERE, Path(work), only=only):
            name = f"{store.file.code}-till-{letter.code}-{letter.name.rpartition('/')[2]}"
            there.write(name, letter.path)
            out.sent.append(letter.code)
            out.written.append(name)
    return out


def addressee(store: Store, code: str) -> int:
    if store.file.is_unit_file:
        raise LskError(f"{store.path} är en enhetsfil och skriver bara till huvudfilen. Utelämna --for.")
    row = store.db.execute("SELECT no FROM sync_stream WHERE code = ?", (code.upper(),)).fetchone()
    can = post.receivers(store.db)
    if row is None or row["no"] not in can:
        codes = [r[0] for r in store.db.execute("SELECT code, no FROM sync_stream ORDER BY no") if r[1] in can]
        raise LskError(
            f"Det går inte att skriva till filen {code}. Filer som har anmält sin nyckel: "
            f"{', '.join(codes) or 'inga ännu'}. En ny enhetsfil anmäler sig när den själv skickar något."
        )
    return int(row["no"])


def receive(path: Path, files: Sequence[Path], actor: str, steps: Steps = quietly) -> Outcome:
    """Take bundles that came by mail or on a stick. LskError when one cannot be read at all."""
    with unlocked(path) as store, tempfile.TemporaryDirectory() as work:
        out = Outcome("", clock=clock_trouble(store.db))
        before = listed(store.db)
        brought = [(str(file), "", copied(file, Path(work, f"{n}{ledger.BUNDLE}"))) for n, file in enumerate(files)]
        arrived, _ = fetch.sort_out(store, brought, out.fetched)
        refuse_by_hand(path, out.fetched)
        if arrived:
            fetch.take(store, held(store), ledger.ANYWHERE, arrived, actor, out.fetched, steps)
        out.conflicts = fresh_since(store, before)
    return out


def refuse_by_hand(path: Path, f: Fetched) -> None:
    """What is passed over or awaited in a place is an error when somebody gives it by hand."""
    f.refused += [f"{name} är till en annan fil. Ta in den med den." for name in f.others]
    f.refused += [f"{name} är inte en synkfil från LSK. Välj den .lskb-fil som avsändaren skrev." for name in f.foreign]
    f.refused += f.waiting
    if f.elsewhere:
        f.refused.append(f"{f.elsewhere} av synkfilerna hör till en annan huvudfil än {path}. Kontrollera filnamnen.")
    f.foreign, f.waiting, f.elsewhere = [], [], 0


def copied(file: Path, to: Path) -> Path:
    try:
        shutil.copyfile(file, to)
    except OSError as error:
        raise unreadable(file, error) from error
    return to


def clock_trouble(db: sqlite3.Connection) -> str:
    """What to say when the computer's clock is behind the stamps in the file; "" when it is not."""
    late = db.execute(f"SELECT ((hlc >> 16) - {MILLISECONDS}) / 60000 FROM sync_local").fetchone()[0]
    if late < BEHIND_MINUTES:
        return ""
    how = f"{late} minuter" if late < 120 else f"{late // 60} timmar" if late < 2880 else f"{late // 1440} dagar"
    return (
        f"Datorns klocka är {how} efter den senaste ändringen i filen. Ställ klockan; tills dess stämmer tiderna i "
        "historiken inte, men inget går förlorat."
    )
