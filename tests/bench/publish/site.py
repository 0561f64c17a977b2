"""The site beside vanilla Datasette on the same file: python -m tests.bench.publish.site FOLDER [--seconds 60].

FOLDER is what ``lsk publish`` wrote. Both run as processes of their own, ours as ``lsk serve`` runs it, and take turns.
A first view is one with a Host not used before, since pages are kept for each. Linux, for the memory of a process.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasette_plugins.pages import BY_NAME, pages_of
from datasette_plugins.questions import questions
from lsk.model.vocabulary import Publish
from tests.bench.publish.clients import Request, Taken, fetch, read
from tests.bench.sync.measure import Line, amount, told_all

ROUNDS, VIEWS, AGAIN_SECONDS, LOAD_SECONDS = 5, 10, 2.0, 60.0
MOST_FIRST, LEAST_AGAIN, MOST_TAIL, MOST_MEMORY, MOST_WEIGHT = 1.5, 20.0, 10.0, 150.0, 100.0


@contextlib.contextmanager
def process(*command: str, **environment: str) -> Iterator[tuple[int, int, str]]:
    """Process number, port, and the address it said, of a server that says where it is."""
    surroundings = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
    with subprocess.Popen(
        [sys.executable, "-m", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=surroundings
    ) as server:
        try:
            assert server.stdout
            address = next(found[0] for line in server.stdout if (found := re.search(r"http://\S+", line)))
            port = re.search(r":(\d+)", address.partition("//")[2])
            assert port
            threading.Thread(target=server.stdout.read, daemon=True).start()  # a full pipe would stop the server
            yield server.pid, int(port[1]), address
        finally:
            server.terminate()


def entered(port: int, address: str) -> str:
    """The cookie that the link gives."""
    head, _ = fetch(port, "/" + address.partition("//")[2].partition("/")[2])
    return head.partition(b"set-cookie: ")[2].partition(b";")[0].decode()


@dataclass(frozen=True)
class Server:
    """A server that runs: its process, its port, and what to carry to be let in."""

    pid: int
    port: int
    cookie: str = ""

    def read(self, requests: list[Request], **how: Any) -> Taken:
        taken = read(self.port, requests, self.cookie, **how)
        if taken.errors and "seconds" not in how:
            raise SystemExit(f"{requests[0][0]}: {taken.errors} of {len(requests)} failed")
        return taken

    def views(self, requests: list[Request]) -> tuple[float, float]:
        """Milliseconds: the median on the wall, and what each took of CPU."""
        taken, cpu = self.spent(lambda: self.read(requests))
        return statistics.median(taken.seconds) * 1000, cpu / len(requests) * 1000

    def spent(self, work: Callable[[], Taken]) -> tuple[Taken, float]:
        """What was done, and the CPU seconds the server took for it: unlike the wall, alike on a busy computer."""
        before = self.cpu()
        done = work()
        return done, self.cpu() - before

    def cpu(self) -> float:
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text(encoding="utf-8").split()[0]) for thread in threads) / 1e9

    def memory(self) -> float:
        """Peak resident MB."""
        return (
            int(Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").partition("VmHWM:")[2].split()[0]) / 1024
        )


def same_rows(bodies: dict[str, bytes], sizes: dict[str, int]) -> dict[str, Any]:
    """For vanilla: our questions as they are, and for each of our pages a query of as many rows as it shows."""
    queries = {question.name: {"sql": question.sql} for question in questions(Publish.COMMITTEE)}
    for target, body in bodies.items():
        page = BY_NAME.get(target[1:])
        if page:
            shown = body.count(b"<tr>") + body.count(b"<tr ") + body.count(b"<li>")
            queries[query_of(target)] = {"sql": f'SELECT * FROM "{table_of(page.needs, sizes, shown)}" LIMIT {shown}'}
    return {"databases": {"namnd": {"queries": queries}}}


def table_of(needs: Sequence[str], sizes: dict[str, int], rows: int) -> str:
    """A table that the page reads and that has as many rows, or else the smallest that has."""
    enough = sorted((size, name) for name, size in sizes.items() if size >= rows)
    return next((name for name in needs if sizes.get(name, 0) >= rows), enough[0][1] if enough else "om")


def sizes_in(path: Path) -> dict[str, int]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def query_of(target: str) -> str:
    return target.rpartition("/")[2] if target.startswith("/namnd/") else f"sida_{target[1:] or 'start'}"


def lines(folder: Path, rounds: int = ROUNDS, seconds: float = LOAD_SECONDS) -> Iterator[Line]:
    """The promises about the site, measured on the publication in ``folder``."""
    pages = [f"/{name}" for name in pages_of(Publish.COMMITTEE)]
    answered = [f"/namnd/{question.name}" for question in questions(Publish.COMMITTEE)]
    with contextlib.ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lsk-bench-")))
        pid, ours, address = stack.enter_context(process("lsk.cli", "serve", str(folder), "--port", "0"))
        cookie = entered(ours, address)
        bodies = {target: fetch(ours, target, cookie)[1] for target in [*pages, *answered]}
        metadata = place / "metadata.json"
        metadata.write_text(json.dumps(same_rows(bodies, sizes_in(folder / "namnd.db"))), encoding="utf-8")
        plain = ("datasette", "serve", "-i", str(folder / "namnd.db"), "-p", "0", "-m", str(metadata))
        their_pid, vanilla, _ = stack.enter_context(process(*plain, DATASETTE_LOAD_PLUGINS=""))
        us, them = Server(pid, ours, cookie), Server(their_pid, vanilla)
        weight = max(len(gzip.compress(body, 6)) for body in bodies.values())
        yield amount("the heaviest page, as it is sent", weight / 1024, "kB", MOST_WEIGHT)
        yield from first_views(us, them, [*pages, *answered], rounds)
        yield from again(us, them, rounds)
        yield from load(us, [*pages, *answered], seconds)


def first_views(us: Server, them: Server, targets: list[str], rounds: int) -> Iterator[Line]:
    views: dict[str, list[tuple[float, ...]]] = {target: [] for target in targets}
    for turn in range(rounds + 1):  # the first warms up
        for target, taken in views.items():
            new = [(target, f"127.0.0.1:{1 + turn * VIEWS + n}") for n in range(VIEWS)]
            same = [(f"/namnd/{query_of(target)}", "127.0.0.1")] * VIEWS
            ours, our_cpu = us.views(new)
            theirs, their_cpu = them.views(same)
            if turn:
                taken.append((ours, theirs, our_cpu, their_cpu))
    middle = {t: tuple(map(statistics.median, zip(*taken, strict=True))) for t, taken in views.items()}
    for what, one, other, target in (("p50", 0, 1, MOST_FIRST), ("CPU", 2, 3, None)):
        order = sorted(middle, key=lambda t, one=one, other=other: middle[t][one] / middle[t][other])
        for place, page in (("middle", order[len(order) // 2]), ("slowest", order[-1])):
            ours, theirs = middle[page][one], middle[page][other]
            words = f"first view, {what}, the {place} of {len(order)} pages: {page}"
            yield Line(words, f"{ours:.2f} ms", f"{theirs:.2f} ms", ours / theirs, target, at_least=False)


def again(us: Server, them: Server, rounds: int) -> Iterator[Line]:
    """The start page again and again, beside vanilla's page of as many rows."""
    figures, plain = [], [(f"/namnd/{query_of('/')}", "127.0.0.1")]
    for _ in range(rounds):
        kept, our_cpu = us.spent(lambda: us.read([("/", "127.0.0.1")], readers=8, seconds=AGAIN_SECONDS))
        beside, their_cpu = them.spent(lambda: them.read(plain, readers=8, seconds=AGAIN_SECONDS))
        ours, theirs = len(kept.seconds), len(beside.seconds)
        figures.append((ours / AGAIN_SECONDS, theirs / AGAIN_SECONDS, ours / our_cpu, theirs / their_cpu))
    one, other, our_cpu, their_cpu = (statistics.median(column) for column in zip(*figures, strict=True))
    words = "the start page again, 8 readers"
    yield Line(f"{words}: a second", f"{one:.0f}", f"{other:.0f}", one / other, LEAST_AGAIN)
    yield Line(f"{words}: a CPU second of the server", f"{our_cpu:.0f}", f"{their_cpu:.0f}", our_cpu / their_cpu)


def load(us: Server, targets: list[str], seconds: float) -> Iterator[Line]:
    taken = us.read([(target, "127.0.0.1") for target in targets], readers=8, seconds=seconds)
    ordered = sorted(taken.seconds)
    middle, tail = (ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.99))
    yield amount(f"8 readers for {seconds:g} s, {len(ordered)} answers: errors", taken.errors, "", 0)
    words = "8 readers, all pages and questions: p99 / p50"
    yield Line(words, f"{tail:.2f} ms", f"{middle:.2f} ms", tail / middle, MOST_TAIL, at_least=False)
    yield amount("memory of the server", us.memory(), "MB", MOST_MEMORY)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.publish.site", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=LOAD_SECONDS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    return told_all(lines(chosen.folder, chosen.rounds, chosen.seconds))


if __name__ == "__main__":
    sys.exit(main())
