"""A merge through bundles in a folder: seal, pack, compress, encrypt, sign, place; fetch, verify, unpack, merge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sync import exchange
from sync.places import open_place

from . import data
from .measure import Line, amount, medians, speed
from .merge import direct

CELLS = 100_000
SLOWEST = 0.5
MOST_BYTES = 60  # per changed cell


def through_bundles(folder: Path, source: Path) -> Iterator[int | None]:
    """The figure is the size of the bundle."""
    data.copy(source, folder)
    place, work = folder / "plats", folder / "arbete"
    place.mkdir()
    work.mkdir()
    yield None
    with exchange.live(folder / data.UNIT) as (unit, keys), open_place(str(place)) as there:
        exchange.write(unit, keys, there, work, exchange.Outcome(there.shown))
    with exchange.live(folder / data.MAIN) as (main, keys), open_place(str(place)) as there:
        out = exchange.Outcome(there.shown)
        exchange.read(main, keys, there, work, data.ACTOR, out.fetched, exchange.quietly)
    yield sum(path.stat().st_size for path in place.rglob("*.lskb"))
    if not out.fetched.news:
        raise SystemExit(f"no bundle was taken: {out.fetched}")


def lines(root: Path, rounds: int) -> Iterator[Line]:
    for kind, source in (("changed", data.updates(root, CELLS)), ("inserted", data.inserts(root, CELLS))):
        found = medians(rounds, ours=(through_bundles, source), limit=(direct, source))
        yield speed(f"{CELLS} cells {kind}: through bundles / direct merge", found["ours"], found["limit"], SLOWEST)
        size = found["ours"].figure / data.cells_of(source)
        yield amount(f"{CELLS} cells {kind}: bundle bytes per cell", size, "B", MOST_BYTES)
