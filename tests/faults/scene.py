"""What is done violence to: a sync that has everything in it, and a bundle on its way to a place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsk.errors import LskError
from lsk.store import Store
from sync.exchange import exchange
from sync.merge import sync_files
from sync.verify import verify
from tests.sync.world import ACTOR, World, template

TOP = Path(__file__).parents[2]
NORD = "sticka/NORD"  # in a folder of its own, as on a USB stick: what lasts in one folder need not last in the other
FILES = ("main", NORD)
PLACE = "plats"


def prepare(folder: Path) -> World:
    """Main and NORD, with rows that one, the other, or both have changed; long texts, so that there are many pages."""
    folder.mkdir()
    os.environ["LSK_NYCKLAR"] = str(folder / "nycklar")
    template(folder / "mall.db")
    files = folder / "filer"
    files.mkdir()
    for name in (PLACE, "sticka"):
        (files / name).mkdir()
    w = World(files, folder / "mall.db")
    rows = [w.deviation("main", "NORD", f"Rad {n}" + "x" * 3000) for n in range(12)]
    process = w.add("main", "process", name="Larm", unit=w.units["NORD"])
    w.make(NORD, "NORD")
    for row in rows[:6]:
        w.set(NORD, "deviation", row, what_happened="Nord" + "y" * 3000)
    for row in rows[3:]:
        w.set("main", "deviation", row, what_happened="Main" + "z" * 3000)
    w.delete(NORD, "deviation", rows[9])
    w.delete(NORD, "process", process)
    w.add("main", "activity", process=process, name="Ta emot larm")  # the main file must repair
    w.deviation(NORD, "NORD", "Ny i enheten")
    w.deviation("main", "NORD", "Ny i huvudfilen")
    w.close()
    return w


@dataclass
class Job:
    """What a process does with the files in a folder: "sync", or "bundle", where NORD writes to the place."""

    name: str

    def run(self, files: Path) -> None:
        if self.name == "sync":
            sync_files(files / "main.db", [files / f"{NORD}.db"], ACTOR)
        else:
            exchange(files / f"{NORD}.db", str(files / PLACE), ACTOR)

    def complete(self, files: Path) -> None:
        """Do it again; what is in the place is then also taken, so that what came of it is seen in both files."""
        self.run(files)
        if self.name == "bundle":
            for name in ("main", NORD, "main"):
                exchange(files / f"{name}.db", str(files / PLACE), ACTOR)


def state(files: Path) -> dict[str, Any]:
    """What the files hold, as a person sees it: rows and conflicts."""
    w = World.__new__(World)
    w.folder, w.stores = files, {}
    found = {name: (w.all_rows(name), w.contested(name)) for name in FILES}
    w.close()
    return found


def sound(files: Path) -> list[str]:
    """What is wrong with the files as they lie; opening them first puts back what was left half done."""
    wrong = []
    for name in FILES:
        try:
            with Store.open(files / f"{name}.db") as store:
                wrong += [f"{name}: {finding.sentence}" for finding in verify(store)]
        except LskError as error:
            wrong.append(f"{name}: {error}")
    return wrong


@dataclass
class Trial:
    """One way to stop, again and again from the same start: ``goal`` is what an undisturbed run comes to."""

    job: Job
    start: Path
    before: dict[str, Any]
    goal: dict[str, Any]

    def copy(self, to: Path) -> Path:
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.start, to)
        return to

    def judge(self, files: Path) -> str:
        """Was nothing ("inget"), part or all done when stopped? AssertionError on harm, or when the goal is missed."""
        assert sound(files) == []
        after = state(files)
        for name in FILES:
            assert after[name] in (self.before[name], self.goal[name]), f"{name} is neither as before nor as after"
        self.complete(files)
        done = [after[name] == self.goal[name] for name in FILES]
        return "allt" if all(done) else "delvis" if any(done) else "inget"

    def complete(self, files: Path) -> None:
        """The next run comes to the goal, and there is then nothing left to do."""
        self.job.complete(files)
        assert state(files) == self.goal
        assert sound(files) == []
        assert sync_files(files / "main.db", [files / f"{NORD}.db"], ACTOR)[0].nothing_new


def trial(name: str, folder: Path) -> Trial:
    w = prepare(folder)
    job = Job(name)
    start = w.folder
    before = state(start)
    whole = Trial(job, start, before, {}).copy(folder / "hel")
    job.complete(whole)
    return Trial(job, start, before, state(whole))


def in_child(module: str, *arguments: object, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run a module of these tests in a process of its own."""
    command = [*prefix, sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, cwd=TOP, capture_output=True, text=True, encoding="utf-8", check=False)
